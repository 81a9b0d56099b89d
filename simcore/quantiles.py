"""Distributions turned into what the kernel samples: closed forms, tail-refined tables, pieces."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcore.kernel_sampling import (
    CELL_BITS,
    FIXED,
    HALF_CELLS,
    NORMAL_REACH,
    NORMAL_STEPS_PER_UNIT,
    OCTAVES,
    PIECES,
    TABLE,
    TRIANGULAR,
    QuantileTables,
)
from simcore.models.distribution_base import Distribution
from simcore.models.distribution_grid import quantile_grid
from simcore.models.distribution_shapes import Fixed, PiecewiseLinear, StandardNormal, UnitTriangular

FULL = 2.0**32


def cell_edges() -> npt.NDArray[np.float64]:
    """Distances from the nearer end of (0, 1), in units of 2^-32, at which the cells of a table begin and end."""
    steps = np.arange(1 << CELL_BITS) / (1 << CELL_BITS)
    low = 31 - OCTAVES
    return np.append((2.0 ** np.arange(low, 31)[:, None] * (1 + steps)).ravel(), FULL / 2)


_EDGES = cell_edges()


class TableBuilder:
    """Collects the shapes of a run; equal shapes share one table."""

    def __init__(self) -> None:
        self._levels: list[npt.NDArray[np.float64]] = []
        self._slopes: list[npt.NDArray[np.float64]] = []
        self._pieces: list[tuple[float, float, float]] = []
        self._known: dict[Distribution, tuple[int, float, int, int]] = {}
        self.place(StandardNormal())  # first: correlations look it up there

    def place(self, shape: Distribution) -> tuple[int, float, int, int]:
        """``(kind, mode position, first, last)`` of a canonical shape for :class:`Variables`."""
        if shape not in self._known:
            self._known[shape] = self._add(shape)
        return self._known[shape]

    def _add(self, shape: Distribution) -> tuple[int, float, int, int]:
        if isinstance(shape, Fixed):
            return FIXED, 0.0, 0, 0
        if isinstance(shape, UnitTriangular):
            return TRIANGULAR, shape.mode, 0, 0
        if isinstance(shape, PiecewiseLinear):
            return self._add_pieces(shape)
        first = 2 * HALF_CELLS * len(self._levels)
        level, slope = _cells(shape)
        self._levels.append(level)
        self._slopes.append(slope)
        return TABLE, 0.0, first, first

    def _add_pieces(self, shape: PiecewiseLinear) -> tuple[int, float, int, int]:
        first, begin = len(self._pieces), 0.0
        for upto, low, high in zip(shape.upto, shape.low, shape.high, strict=True):
            slope = (high - low) / (upto - begin)
            self._pieces.append((begin * FULL, low - slope * begin, slope / FULL))
            begin = upto
        return PIECES, 0.0, first, len(self._pieces)

    def build(self) -> QuantileTables:
        """The tables as arrays."""
        grid = np.arange(int(2 * NORMAL_REACH * NORMAL_STEPS_PER_UNIT) + 2) / NORMAL_STEPS_PER_UNIT - NORMAL_REACH
        return QuantileTables(
            cells=np.stack([np.concatenate(self._levels), np.concatenate(self._slopes)], axis=1).astype(np.float32),
            pieces=np.array(self._pieces, np.float64).reshape(-1, 3),
            normal_cdf=_normal_cdf(grid),
        )


def _normal_cdf(z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def _cells(shape: Distribution) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Levels and slopes of both halves: value = level + slope * distance, distance in units of 2^-32."""
    u = _EDGES / FULL
    both = quantile_grid(shape, np.concatenate([u, 1 - u]))
    halves = both[: len(u)], both[len(u):]
    slopes = [np.diff(q) / np.diff(_EDGES) for q in halves]
    levels = [q[:-1] - s * _EDGES[:-1] for q, s in zip(halves, slopes, strict=True)]
    return np.concatenate(levels), np.concatenate(slopes)

