"""The dimensions of the Sobol sequence: their directions, and which variables of a model have one.

Direction numbers are those of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections",
SIAM J. Sci. Comput. 30, 2008, read off the points that SciPy makes of them.
"""
from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simcore.jit import cache_directory
from simcore.kernel_risk import EVENT_DIMENSION, RiskModel
from simcore.kernel_sampling import DIMENSION, SOBOL_BITS
from simcore.riskmodel import CompiledRisk
from simcore.variables import stream_key

DIMENSIONS = 96
"""How many variables of a run may have one."""
READ_BITS = 20  # directions that are read off points
WORD = 32


def in_dimensions(risk: CompiledRisk, dimension_of: Mapping[str, int]) -> CompiledRisk:
    """A compiled risk model whose streams have the Sobol dimensions of a design; all others stay as they are."""
    return replace(risk, model=model_in_dimensions(risk.model, dimension_of)) if dimension_of else risk


def model_in_dimensions(model: RiskModel, dimension_of: Mapping[str, int]) -> RiskModel:
    """The same of the arrays alone."""
    if not dimension_of:
        return model
    by_key = {stream_key(name): dimension for name, dimension in dimension_of.items()}

    def dimensions(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        return np.array([by_key.get(key, -1) for key in keys.tolist()], np.int32)

    variables, shared = model.variables, model.shared
    place, event_place, latent_place = variables.place.copy(), shared.event_place.copy(), shared.latent_place.copy()
    place[:, DIMENSION] = dimensions(variables.key)
    event_place[:, EVENT_DIMENSION] = dimensions(shared.event_key)
    latent_place[:, 2] = dimensions(shared.latent_key)
    return model._replace(
        variables=variables._replace(place=place),
        shared=shared._replace(event_place=event_place, latent_place=latent_place),
        tables=model.tables._replace(directions=directions()),
    )


@lru_cache
def directions() -> npt.NDArray[np.uint32]:
    """What each bit of an index adds to a point, shape (DIMENSIONS, SOBOL_BITS), the first digit in the lowest bit.

    SciPy's statistics take a second or two to load, so the table is kept beside the compiled kernels.
    """
    path = cache_directory() / f"directions-{DIMENSIONS}.npy"
    with suppress(OSError, ValueError):
        kept = np.load(path)
        if kept.shape == (DIMENSIONS, SOBOL_BITS) and kept.dtype == np.uint32:
            return np.asarray(kept)
    found = _directions_from_points()
    with suppress(OSError):
        _write(path, found)
    return found


def _directions_from_points() -> npt.NDArray[np.uint32]:
    """From the points 2^b, which in the order of the Gray code are the sum of the directions b and b - 1.

    SciPy walks to a point through all before it, so only the first directions are read off; their recurrence gives the rest.
    """
    from scipy.stats import qmc

    sequence = qmc.Sobol(DIMENSIONS, scramble=False, bits=WORD)
    first = np.zeros((READ_BITS, DIMENSIONS), np.uint32)
    before = np.zeros(DIMENSIONS, np.uint32)
    for bit in range(READ_BITS):
        sequence.fast_forward(2**bit - sequence.num_generated)
        first[bit] = before = before ^ np.rint(sequence.random(1)[0] * 2.0**WORD).astype(np.uint32)
    found = [continued(column.tolist(), SOBOL_BITS) for column in first.T]
    return np.array([[int(f"{value:0{WORD}b}"[::-1], 2) for value in row] for row in found], np.uint32)


def continued(known: list[int], count: int) -> list[int]:
    """Direction numbers by the recurrence that the first of them follow, v_j = a_1 v_(j-1) + ... + v_(j-s) + v_(j-s) / 2^s.

    Additions are without carry; the coefficients are those of a primitive polynomial (P. Bratley and B. L. Fox, "Algorithm 659:
    implementing Sobol's quasirandom sequence generator", 1988), found by trying. Without one (the first dimension) each is half
    of the one before.

    >>> [value >> 28 for value in continued([1 << 31, 1 << 30, 1 << 29], 4)]
    [8, 4, 2, 1]
    """
    for degree in range(len(known) // 2):
        for coefficients in range(2 ** max(degree - 1, 0)):
            if all(_next(known[:j], degree, coefficients) == known[j] for j in range(degree + (degree == 0), len(known))):
                found = list(known)
                while len(found) < count:
                    found.append(_next(found, degree, coefficients))
                return found
    raise ValueError("these are no direction numbers of a Sobol sequence")


def _next(before: list[int], degree: int, coefficients: int) -> int:
    if degree == 0:
        return before[-1] >> 1
    value = before[-degree] ^ (before[-degree] >> degree)
    for i in range(1, degree):
        if coefficients >> (degree - 1 - i) & 1:
            value ^= before[-i]
    return value


def _write(path: Path, table: npt.NDArray[np.uint32]) -> None:
    """At once, so that nobody reads half of it."""
    part = path.with_suffix(f".{os.getpid()}.npy")
    np.save(part, table)
    part.replace(path)
