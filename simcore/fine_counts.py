"""Fine histograms of one quantity, replicate by replicate: what is kept of a run too long to keep every value.

Everything is an integer, or a largest value: the order in which iterations are counted does not matter.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

BINS = 2**16
"""Bins over the range of the values that the grid was laid over."""
SPARE = 2**14
"""Bins to either side; values beyond them count in the first and the last bin."""
PARTS = 2**14
"""Sums add up whole parts of a bin's width, so that they are exact."""
FINEST = 2.0**-40
"""Width of a bin to the size of the values, at least."""
REACH = 2**31
"""In bins: what lies farther away counts as that far in sums, which could overflow otherwise."""


@dataclass(frozen=True)
class Grid:
    """Equal bins.

    Attributes
    ----------
    low, width : float
        Where the bins begin, and how wide each is.
    bins : int
    """

    low: float
    width: float
    bins: int

    @classmethod
    def over(cls, values: npt.NDArray[Any]) -> Grid:
        """A grid over the range of values, with some to spare; whole numbers get bins of 2^k of them."""
        low, high = float(values.min()), float(values.max())
        if values.dtype.kind == "i":
            width = 1.0
            while (high - low + 1) / width > BINS:
                width *= 2
            bins = int((high - low) // width) + 1
        else:
            size = max(abs(low), abs(high), 1.0)
            width = max((high - low) / BINS, size * FINEST) if high > low else size / BINS
            bins = BINS
        return cls(low - SPARE * width, width, bins + 2 * SPARE)

    def positions(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Distance from the low end in widths."""
        found: npt.NDArray[np.float64] = (values - self.low) / self.width
        return found

    def bin_of(self, positions: Any) -> Any:
        return np.clip(np.floor(positions), 0, self.bins - 1).astype(np.int64)


@dataclass
class FineCounts:
    """Counts of one quantity.

    Attributes
    ----------
    grid : Grid
    counts : ndarray of uint32, shape (replicates, bins)
    largest : ndarray, shape (bins,)
        The largest value counted in each bin; -inf in an empty one.
    smallest : float
        Of all values.
    sums : ndarray of int64, shape (replicates,)
        Sum of the positions of all values, in ``PARTS`` of a bin.
    """

    grid: Grid
    counts: npt.NDArray[np.uint32]
    largest: npt.NDArray[np.float64]
    smallest: float
    sums: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, grid: Grid, replicates: int) -> FineCounts:
        return cls(
            grid, np.zeros((replicates, grid.bins), np.uint32), np.full(grid.bins, -np.inf), np.inf,
            np.zeros(replicates, np.int64),
        )  # fmt: skip

    def add(self, values: npt.NDArray[Any], first: int) -> None:
        """Count values of iterations from ``first`` on."""
        replicates = len(self.counts)
        own = (first + np.arange(len(values))) % replicates
        positions = self.grid.positions(values)
        at = self.grid.bin_of(positions)
        np.add.at(self.counts.reshape(-1), own * self.grid.bins + at, np.uint32(1))
        np.maximum.at(self.largest, at, values.astype(np.float64))
        np.add.at(self.sums, own, np.rint(np.clip(positions, -REACH, REACH) * PARTS).astype(np.int64))
        self.smallest = min(self.smallest, float(values.min()))

    def take(self, other: FineCounts) -> None:
        """Add what another has counted on the same grid."""
        self.counts += other.counts
        np.maximum(self.largest, other.largest, out=self.largest)
        self.sums += other.sums
        self.smallest = min(self.smallest, other.smallest)

    def __getstate__(self) -> dict[str, Any]:
        """On its way between machines only the bins that hold something: few, after a single task."""
        at, used = np.flatnonzero(self.counts).astype(np.uint32), np.flatnonzero(np.isfinite(self.largest)).astype(np.uint32)
        return {
            "grid": self.grid, "smallest": self.smallest, "sums": self.sums, "at": at, "used": used,
            "counts": self.counts.reshape(-1)[at], "largest": self.largest[used],
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(FineCounts.empty(state["grid"], len(state["sums"])).__dict__)
        self.counts.reshape(-1)[state["at"]] = state["counts"]
        self.largest[state["used"]] = state["largest"]
        self.smallest, self.sums = state["smallest"], state["sums"].copy()
