"""Distributions turned into what the kernel samples: closed forms, tail-refined tables, pieces."""
from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simcore.kernel_sampling import (
    FIXED,
    NORMAL_CELL_BITS,
    NORMAL_REACH,
    NORMAL_STEPS_PER_UNIT,
    OCTAVES,
    PIECES,
    SOBOL_BITS,
    T_STEPS,
    TABLE,
    TRIANGULAR,
    QuantileTables,
)
from simcore.models.distribution_base import Distribution
from simcore.models.distribution_grid import quantile_grid
from simcore.models.distribution_shapes import Fixed, PiecewiseLinear, StandardNormal, UnitTriangular

FULL = 2.0**32


FINEST_CELL_BITS = 8
ENOUGH = 1e-5
"""Error of a table's quantiles, as a share of the range from P0.1 to P99.9, above which it gets finer cells."""


@lru_cache
def cell_edges(cell_bits: int) -> npt.NDArray[np.float64]:
    """Distances from the nearer end of (0, 1), in units of 2^-32, at which the cells of a table begin and end."""
    steps = 1 + np.arange(1 << cell_bits) / (1 << cell_bits)
    return np.append((2.0 ** np.arange(31 - OCTAVES, 31)[:, None] * steps).ravel(), FULL / 2)


class TableBuilder:
    """Collects the shapes of a run; equal shapes share one table."""

    def __init__(self) -> None:
        self._cells: list[npt.NDArray[np.float32]] = []
        self._count = 0  # of cells
        self._pieces: list[tuple[float, float, float]] = []
        self._known: dict[Distribution, tuple[int, float, int, int]] = {}
        self._curves: list[npt.NDArray[np.float64]] = [_normal_cdf()]
        self._student: dict[float, int] = {}
        self.place(StandardNormal())  # first: correlations look it up there

    def place(self, shape: Distribution) -> tuple[int, float, int, int]:
        """``(kind, mode position, first, last or cell bits)`` of a canonical shape for :class:`Variables`."""
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
        first = self._count
        cell_bits, cells = table_cells(shape)
        self._cells.append(cells)
        self._count += len(cells)
        return TABLE, 0.0, first, cell_bits

    def _add_pieces(self, shape: PiecewiseLinear) -> tuple[int, float, int, int]:
        first, begin = len(self._pieces), 0.0
        for upto, low, high in zip(shape.upto, shape.low, shape.high, strict=True):
            self._pieces.append((min(round(begin * FULL), FULL - 1), low, (high - low) / (upto - begin) / FULL))
            begin = upto
        return PIECES, 0.0, first, len(self._pieces)

    def student(self, degrees: float) -> int:
        """Where the distribution function of Student's t begins in the table."""
        if degrees not in self._student:
            self._student[degrees] = sum(map(len, self._curves))
            self._curves.append(_student_cdf(degrees))
        return self._student[degrees]

    def build(self) -> QuantileTables:
        """The tables as arrays."""
        return QuantileTables(
            cells=np.concatenate(self._cells),
            pieces=np.array(self._pieces, np.float64).reshape(-1, 3),
            cdf=np.concatenate(self._curves),
            directions=np.zeros((0, SOBOL_BITS), np.uint32),
        )


@lru_cache
def _normal_cdf() -> npt.NDArray[np.float64]:
    from scipy.special import ndtr

    grid = np.arange(int(2 * NORMAL_REACH * NORMAL_STEPS_PER_UNIT) + 2) / NORMAL_STEPS_PER_UNIT - NORMAL_REACH
    return np.asarray(ndtr(grid))


def _student_cdf(degrees: float) -> npt.NDArray[np.float64]:
    """By x = t / sqrt(degrees + t^2) from -1 to 1, where it is half an incomplete beta function of x^2 to either side."""
    from scipy.special import betainc

    x = np.minimum(np.arange(2 * T_STEPS + 2) / T_STEPS - 1, 1.0)
    return np.asarray(0.5 + 0.5 * np.sign(x) * betainc(0.5, degrees / 2, x * x))


def table_cells(shape: Distribution) -> tuple[int, npt.NDArray[np.float32]]:
    """``(cell bits, cells)`` of a shape: as few cells as its curve allows.

    A cell's parabola goes through the quantiles at its ends and its middle. How far it is off is seen at its quarters, where
    parabolas err most; those are the middles of cells half as wide.
    """
    for cell_bits in range(NORMAL_CELL_BITS, FINEST_CELL_BITS + 1):
        values = _at_quarters(shape, cell_bits)
        error = np.abs(_parabolas(values[:, ::2], 0.25) - values[:, 1::4]).max()
        error = max(error, np.abs(_parabolas(values[:, ::2], 0.75) - values[:, 3::4]).max())
        tail = np.searchsorted(cell_edges(cell_bits + 2), 0.001 * FULL)
        if error <= ENOUGH * (values[1, tail] - values[0, tail]):
            break
    return cell_bits, _coefficients(values[:, ::2], cell_edges(cell_bits))


def _at_quarters(shape: Distribution, cell_bits: int) -> npt.NDArray[np.float64]:
    """Quantiles at the edges, quarters and middles of all cells, one row for either half of (0, 1)."""
    u = cell_edges(cell_bits + 2) / FULL
    return quantile_grid(shape, np.concatenate([u, 1 - u])).reshape(2, -1)


def _parabolas(values: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.float64]:
    """Values at a share of every cell, of the parabolas through its ends and its middle."""
    begin, middle, end = values[:, :-1:2], values[:, 1::2], values[:, 2::2]
    bend = 2 * (begin - 2 * middle + end)
    return begin + share * (end - begin + (share - 1) * bend)


def _coefficients(values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Level, slope and bend of every cell's parabola in the distance, the cells of the lower half first.

    The last cell of either half stands twice: float32 rounds the distances next to 1/2 up to 1/2.
    """
    begin, middle, end = values[:, :-1:2], values[:, 1::2], values[:, 2::2]
    width, at = np.diff(edges), edges[:-1]
    bend = 2 * (begin - 2 * middle + end) / width**2
    slope = (end - begin) / width - bend * (2 * at + width)
    level = begin - at * (slope + bend * at)
    cells = np.stack([level, slope, bend, np.zeros_like(level)], axis=2)
    return np.concatenate([cells, cells[:, -1:]], axis=1).reshape(-1, 4).astype(np.float32)
