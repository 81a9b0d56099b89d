"""What the uniforms of a pilot have to do with its results."""
from __future__ import annotations

import numpy as np

from simcore.jit import borrow, kernel
from simcore.kernel_sampling import uniform_row

HALF = 2.0**31


@kernel
def covary_rows(keys, stream, begin, where, masks, targets, bits, out):
    """Add to ``out`` the products of streams' uniforms and targets, summed over the iterations of a replicate.

    Uniforms are centred, in units of 2^-32; ``where`` is the mask that says in which iterations a stream counts (-1: in all).
    Masks and targets hold the replicate's iterations from ``begin`` on.
    """
    keys, where, masks, targets, out = borrow(keys), borrow(where), borrow(masks), borrow(targets), borrow(out)
    for i in range(keys.shape[0]):
        uniform_row(keys[i], stream[0], stream[1], 0, bits)
        for a in range(targets.shape[0]):
            total = 0.0
            for j in range(bits.shape[0]):
                counts = where[i] < 0 or masks[where[i], begin + j] != 0
                total += (np.float64(bits[j]) - HALF) * targets[a, begin + j] if counts else 0.0
            out[i, a] += total
