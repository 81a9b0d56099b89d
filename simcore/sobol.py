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
    """From the points 2^b, which in the order of the Gray code are the sum of the directions b and b - 1."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(DIMENSIONS, scramble=False, bits=WORD)
    found = np.zeros((DIMENSIONS, SOBOL_BITS), np.uint32)
    before = np.zeros(DIMENSIONS, np.uint32)
    for bit in range(SOBOL_BITS):
        sequence.fast_forward(2**bit - sequence.num_generated)
        before = before ^ np.rint(sequence.random(1)[0] * 2.0**WORD).astype(np.uint32)
        found[:, bit] = [int(f"{value:0{WORD}b}"[::-1], 2) for value in before.tolist()]
    return found


def _write(path: Path, table: npt.NDArray[np.uint32]) -> None:
    """At once, so that nobody reads half of it."""
    part = path.with_suffix(f".{os.getpid()}.npy")
    np.save(part, table)
    part.replace(path)
