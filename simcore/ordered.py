"""Samples that were put in order beforehand: of some iterations only, or of one quantity under a limit on another."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.sampled import Sampled

Values = npt.NDArray[Any]


class Ordered(Sampled):
    """Values in rising order, and those of each replicate.

    The replicates may be of different lengths; where one has no value at all there is no standard error.
    """

    def __init__(self, whole: Values, replicates: Sequence[Values]):
        super().__init__(whole, len(replicates) if all(map(len, replicates)) else 1, float("nan"))
        self._sorted = whole
        self._sorted_replicates = list(replicates)


class Counted(Sampled):
    """One quantity of all iterations; those that break a limit on the other count as beyond every value."""

    def __init__(self, beside: Beside, limit: float):
        every = np.full(len(beside.whole.values), np.inf)
        kept = beside.whole.kept(limit)
        every[: len(kept)] = kept
        super().__init__(every, len(beside.replicates), float("nan"))
        self._sorted = every
        self._beside, self._limit = beside, limit

    def _replicate_shares(self, values: Sequence[float]) -> npt.NDArray[np.float64]:
        """Counted on the spot: putting every replicate in order for every limit would take longer than the rest."""
        return np.array([
            [np.count_nonzero(part.other[:upto] <= self._limit) / len(part.values)
             for upto in np.searchsorted(part.values, values, side="right")]
            for part in self._beside.replicates
        ])  # fmt: skip


class Limits(NamedTuple):
    """A limit for the whole sample, and for each replicate: its own P-value, or the same."""

    whole: float
    replicates: Sequence[float]


class _Pair(NamedTuple):
    values: Values  # in rising order
    other: Values

    def kept(self, limit: float) -> Values:
        return self.values[self.other <= limit]


@dataclass(frozen=True)
class Beside:
    """One quantity in rising order with the other beside it; sorted once for any number of limits on the other."""

    whole: _Pair
    replicates: tuple[_Pair, ...]

    @classmethod
    def of(cls, values: Values, other: Values, replicates: int) -> Beside:
        """Sort ``values`` and carry ``other`` along; iteration ``i`` belongs to replicate ``i mod replicates``."""
        parts = (_pair(values[k::replicates], other[k::replicates]) for k in range(replicates))
        return cls(_pair(values, other), tuple(parts))

    def kept(self, limits: Limits) -> Ordered:
        """The iterations alone whose other quantity keeps its limit; ValueError when there is none."""
        whole = self.whole.kept(limits.whole)
        if not len(whole):
            raise ValueError("no iteration keeps the limit, so nothing can be said about those that do")
        return Ordered(whole, [part.kept(limit) for part, limit in zip(self.replicates, limits.replicates, strict=True)])


def _pair(values: Values, other: Values) -> _Pair:
    order = np.argsort(values, kind="stable")
    return _Pair(values[order], other[order])


def ranks(values: Values) -> npt.NDArray[np.float64]:
    """Share of the sample at which each value is reached: the smallest P-value, as a share, that keeps it."""
    return (np.searchsorted(np.sort(values), values, side="left") + 1) / len(values)
