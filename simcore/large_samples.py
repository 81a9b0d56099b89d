"""Variables of runs too long to keep every value: the same questions, answered from fine histograms.

A P-value is the largest value in the bin that holds its rank: a real iteration's value, at most one bin's width (the
``resolution``) beyond the exact one. Probabilities of such values are exact; inside of a bin they are interpolated. Means are
exact sums. Standard errors come from the replicates, each with a histogram of its own.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.fine_counts import PARTS, FineCounts, Grid
from simcore.sampled import DateVariable, MoneyVariable, Sampled, error_between, nice_bins

if TYPE_CHECKING:
    from simcore.results import Results

Floats = npt.NDArray[np.float64]
SINGLE = ("finish", "cost", "cost_base_year", "present_value")
"""Variables that a run has at most once; ``project ID`` and ``milestone ID`` it may have several of."""


def named_variables(fields: Mapping[str, Any]) -> Iterator[tuple[str, Sampled]]:
    """Names and variables among the fields of :class:`simcore.results.Results`."""
    for name in SINGLE:
        if fields.get(name) is not None:
            yield name, fields[name]
    for kind in ("project", "milestone"):
        for key, variable in fields[f"{kind}s"].items():
            yield f"{kind} {key}", variable


def counted_finely(fields: Mapping[str, Any], replicates: int) -> dict[str, FineCounts]:
    """Histograms of variables that were kept exactly, over grids laid for them; values follow from iteration 0 on."""
    found = {}
    for name, variable in named_variables(fields):
        counts = FineCounts.empty(Grid.over(variable._values), replicates)
        counts.add(variable._values, 0)
        found[name] = counts
    return found


def with_histograms(results: Results, fine: Mapping[str, FineCounts], iterations: int) -> Results:
    """Results of the iterations that were kept, with the answers of all of them."""

    def of_all(name: str, exact: Any) -> Any:
        if exact is None:
            return None
        return LongDate(fine[name], exact) if isinstance(exact, DateVariable) else LongMoney(fine[name], exact)

    several: dict[str, Any] = {
        f"{kind}s": {key: of_all(f"{kind} {key}", exact) for key, exact in getattr(results, f"{kind}s").items()}
        for kind in ("project", "milestone")
    }
    single: dict[str, Any] = {name: of_all(name, getattr(results, name)) for name in SINGLE}
    return replace(results, iterations=iterations, **single, **several)


class _Long(Sampled):
    """What answers from a histogram; mixed into the variables that speak dates or money."""

    _fine: FineCounts
    _exact: Any

    def _set(self, fine: FineCounts, exact: Sampled) -> None:
        self._fine, self._exact = fine, exact
        self._replicates, self._deterministic = exact._replicates, exact._deterministic

    @property
    def _values(self) -> npt.NDArray[Any]:  # type: ignore[override]
        raise ValueError(
            f"a run of {self.iterations:,} iterations keeps the samples of the first {self._exact.iterations:,} alone; "
            "take exact.samples, or have all written to a file (simulate(samples=...), --samples)"
        )

    @cached_property
    def _cumulative(self) -> npt.NDArray[np.int64]:
        return np.cumsum(self._fine.counts.sum(axis=0, dtype=np.int64))

    @property
    def iterations(self) -> int:
        return int(self._cumulative[-1])

    def _extremes(self) -> tuple[float, float]:
        return self._fine.smallest, float(self._fine.largest.max())

    def _quantile(self, share: float) -> float:
        n = self.iterations
        rank = min(max(int(np.ceil(share * n - 1e-9)), 1), n)
        return float(self._fine.largest[np.searchsorted(self._cumulative, rank)])

    def _replicate_quantiles(self, share: float) -> Floats:
        found = []
        for own in self._fine.counts:
            cumulative = np.cumsum(own, dtype=np.int64)
            rank = min(max(int(np.ceil(share * cumulative[-1] - 1e-9)), 1), int(cumulative[-1]))
            found.append(self._fine.largest[np.searchsorted(cumulative, rank)])
        return np.array(found)

    def _split(self, value: float) -> tuple[int, float]:
        """The bin of a value, and which share of what was counted there lies at or below it."""
        grid = self._fine.grid
        at = int(grid.bin_of(grid.positions(np.array(value))))
        top, begin = self._fine.largest[at], max(grid.low + at * grid.width, self._fine.smallest)
        if value >= top:
            return at, 1.0
        return at, min(max((value - begin) / (top - begin), 0.0), 1.0) if begin < top else 0.0

    def _share_at_or_below(self, value: float) -> float:
        at, share = self._split(value)
        before = int(self._cumulative[at - 1]) if at else 0
        return (before + share * (int(self._cumulative[at]) - before)) / self.iterations

    def _replicate_shares(self, values: Sequence[float]) -> Floats:
        counts = self._fine.counts
        found = []
        for value in values:
            at, share = self._split(value)
            found.append((counts[:, :at].sum(axis=1, dtype=np.int64) + share * counts[:, at]) / self._sizes)
        return np.array(found).T

    @cached_property
    def _sizes(self) -> npt.NDArray[np.int64]:
        """Iterations of each replicate."""
        return self._fine.counts.sum(axis=1, dtype=np.int64)

    @property
    def _mean_position(self) -> float:
        return int(self._fine.sums.sum()) / (PARTS * self.iterations)

    def _mean(self) -> float:
        return self._fine.grid.low + self._mean_position * self._fine.grid.width

    def _sd(self) -> float:
        """From the middles of bins, or the largest value where that lies lower: a bin may hold a single value many times."""
        used = np.isfinite(self._fine.largest)
        counts = self._fine.counts.sum(axis=0, dtype=np.int64)[used]
        middle = np.flatnonzero(used) + 0.5
        at = np.minimum(middle, self._fine.grid.positions(self._fine.largest[used])) - self._mean_position
        return float(np.sqrt((counts * at**2).sum() / (self.iterations - 1))) * self._fine.grid.width

    def _error(self, what: float | str) -> float:
        if what == "mean":
            return error_between((self._fine.sums / (PARTS * self._sizes)).tolist()) * self._fine.grid.width
        return super()._error(what)

    def _histogram(self, bins: int | None) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Fine bins put together; a fine bin lies where its largest value does."""
        low, high = self._extremes()
        if high <= low:
            return np.array([low - 0.5, low + 0.5]), np.array([self.iterations])
        used = np.isfinite(self._fine.largest)
        counts = self._fine.counts.sum(axis=0, dtype=np.int64)[used]
        edges = np.linspace(low, high, (bins or nice_bins(self.iterations)) + 1)
        at = np.clip(np.searchsorted(edges, self._fine.largest[used], side="right") - 1, 0, len(edges) - 2)
        hits = np.zeros(len(edges) - 1, np.int64)
        np.add.at(hits, at, counts)
        return edges, hits


class LongDate(_Long, DateVariable):
    """A date of a long run."""

    def __init__(self, fine: FineCounts, exact: DateVariable):
        self._set(fine, exact)
        self._origin = exact._origin

    @property
    def exact(self) -> DateVariable:
        """The same of the iterations that are kept one by one."""
        found: DateVariable = self._exact
        return found

    def first(self, iterations: int) -> DateVariable:
        return self.exact.first(iterations)

    @property
    def resolution(self) -> timedelta:
        return timedelta(minutes=self._fine.grid.width)


class LongMoney(_Long, MoneyVariable):
    """An amount of a long run."""

    def __init__(self, fine: FineCounts, exact: MoneyVariable):
        self._set(fine, exact)

    @property
    def exact(self) -> MoneyVariable:
        """The same of the iterations that are kept one by one."""
        found: MoneyVariable = self._exact
        return found

    def first(self, iterations: int) -> MoneyVariable:
        return self.exact.first(iterations)

    @property
    def resolution(self) -> float:
        return self._fine.grid.width
