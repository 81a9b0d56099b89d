"""One quantity of a run, one value an iteration: percentiles with their own standard errors, probabilities, samples.

Standard errors come from replicates: iteration ``i`` belongs to replicate ``i mod R``, the replicates are independent
randomisations of the same stratified sample, so the scatter between them is an honest error of anything computed from all
(replicated randomised quasi-Monte Carlo: Owen, *Monte Carlo theory, methods and examples*, ch. 17).
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from simcore.intervals import LEVEL, share_interval, t_quantile
from simcore.models.units import parse_datetime

Floats = npt.NDArray[np.float64]
SPACINGS = 8
"""The slope of a long sample's curve is read over so many spacings to either side; one alone may be tiny by chance."""
NEAR = (-0.01, -0.005, 0.005, 0.01)
"""Shares of the iterations this far apart have about the same standard error."""
PERCENTILES = (5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95)


class Sampled:
    """One quantity, one value an iteration. Values here are plain numbers; subclasses speak dates or money.

    Parameters
    ----------
    values : ndarray, shape (iterations,)
        Minutes since the origin, or money; iteration order.
    replicates : int
        Number of independent replicates R; value ``i`` belongs to replicate ``i mod R``.
    deterministic : float
        The value without any uncertainty.
    """

    def __init__(self, values: npt.NDArray[Any], replicates: int, deterministic: float):
        self._values = values
        self._replicates = max(1, min(replicates, len(values) // 2))
        self._deterministic = deterministic

    @cached_property
    def _sorted(self) -> npt.NDArray[Any]:
        return np.sort(self._values)

    def _quantile(self, share: float) -> float:
        """The ⌈share·n⌉-th smallest value, a real iteration (share clipped to the sample)."""
        n = len(self._values)
        rank = min(max(int(np.ceil(share * n - 1e-9)), 1), n)
        return float(self._sorted[rank - 1])

    def _share_at_or_below(self, value: float) -> float:
        return float(np.searchsorted(self._sorted, value, side="right")) / len(self._values)

    def _between_replicates(self, per_iteration: npt.NDArray[Any]) -> float:
        """Standard error of the mean of a per-iteration quantity, from the scatter of the replicate means."""
        return error_between([per_iteration[k :: self._replicates].mean() for k in range(self._replicates)])

    def _mean(self) -> float:
        return float(self._values.mean(dtype=np.float64))

    def _sd(self) -> float:
        return float(self._values.std(dtype=np.float64, ddof=1)) if len(self._values) > 1 else 0.0

    @cached_property
    def _sorted_replicates(self) -> list[npt.NDArray[Any]]:
        return [np.sort(self._values[k :: self._replicates]) for k in range(self._replicates)]

    def _share_error(self, value: float) -> float:
        """Standard error of the share at or below a value, averaged over values nearby.

        Sixteen stratified replicates may agree at one value by chance; a little beside it they do not.
        """
        if self._replicates < 2:
            return float("nan")
        share = self._share_at_or_below(value)
        near = {value, *(self._quantile(share + step) for step in NEAR if 0 < share + step < 1)}
        chosen = [v for v in near if v == value or 0 < abs(self._share_at_or_below(v) - share) < 2 * NEAR[-1]]
        return float(np.sqrt(self._replicate_shares(chosen).var(axis=0, ddof=1).mean() / self._replicates))

    def _replicate_shares(self, values: Sequence[float]) -> Floats:
        """Share of each replicate at or below values, shape (replicates, values)."""
        return np.array([np.searchsorted(own, values, side="right") / len(own) for own in self._sorted_replicates])

    def _quantile_error(self, share: float) -> float:
        """Error of a quantile: the error of the share below it, read off the curve on both sides (works for steps too)."""
        value = self._quantile(share)
        error = self._share_error(value)
        if not np.isfinite(error):
            return error
        error = max(error, 0.5 / self.iterations)
        return error * self._slope(share, error)

    def _slope(self, share: float, error: float) -> float:
        """Value per share of iterations, around a quantile whose share has a standard error."""
        n = self.iterations
        step = max(error, min(SPACINGS / n, NEAR[-1]))
        low, high = max(share - step, 1 / n), min(share + step, 1.0)
        return (self._quantile(high) - self._quantile(low)) / (high - low) if high > low else 0.0

    def _replicate_quantiles(self, share: float) -> Floats:
        """The quantile of each replicate, shape (replicates,)."""
        ranks = [min(max(int(np.ceil(share * len(own) - 1e-9)), 1), len(own)) for own in self._sorted_replicates]
        return np.array([own[rank - 1] for own, rank in zip(self._sorted_replicates, ranks, strict=True)], np.float64)

    def _influence(self, share: float, levels: Sequence[float]) -> Floats:
        """What each replicate's share below a quantile says about the quantile at ``share``; shape (levels, replicates).

        ``levels`` are the quantiles nearby at which the shares are looked at. Influences of several quantities add up to
        that of their sum, replicate by replicate.
        """
        shares = self._replicate_shares([self._quantile(level) for level in levels]).T
        error = float(np.sqrt(shares.var(axis=1, ddof=1).mean() / self._replicates))
        return -shares * self._slope(share, max(error, 0.5 / self.iterations))

    def _error(self, what: float | str) -> float:
        if what == "mean":
            return self._between_replicates(self._values.astype(np.float64))
        return self._quantile_error(share_of_percent(what))

    def plain(self, of: float | str) -> float:
        """A P-value or the ``"mean"`` as a plain number."""
        return self._mean() if of == "mean" else self._quantile(share_of_percent(of))

    def plain_interval(self, of: float | str, level: float = LEVEL) -> tuple[float, float]:
        """Confidence interval in plain numbers.

        Of the mean: t standard errors to either side. Of a P-value: the values between which a share so uncertain lies.
        """
        times = t_quantile(level, self._replicates)
        if of == "mean":
            mean, half = self._mean(), times * self._error("mean")
            return mean - half, mean + half
        share = share_of_percent(of)
        half = times * max(self._share_error(self._quantile(share)), 0.5 / self.iterations)
        return self._quantile(share - half), self._quantile(share + half)

    def _share_interval(self, value: float, level: float) -> tuple[float, float]:
        share, error = self._share_at_or_below(value), self._share_error(value)
        low, high = share_interval(share, error, self.iterations, self._replicates, level)
        return float(low), float(high)

    @property
    def iterations(self) -> int:
        return len(self._values)

    def _extremes(self) -> tuple[float, float]:
        return float(self._sorted[0]), float(self._sorted[-1])

    @property
    def varies(self) -> bool:
        """Whether iterations differ."""
        low, high = self._extremes()
        return low != high

    @property
    def probability_of_deterministic(self) -> float:
        """Share of iterations at or below the deterministic value."""
        return self._share_at_or_below(self._deterministic)

    def _histogram(self, bins: int | None) -> tuple[Floats, npt.NDArray[np.int64]]:
        low, high = self._extremes()
        if high <= low:
            return np.array([low - 0.5, low + 0.5]), np.array([len(self._values)])
        counts, edges = np.histogram(self._values, bins=bins or nice_bins(len(self._values)), range=(low, high))
        return edges.astype(np.float64), counts.astype(np.int64)


def error_between(estimates: Sequence[float]) -> float:
    """Standard error of an estimate from those of its replicates; NaN with a single one."""
    return float(np.std(estimates, ddof=1) / np.sqrt(len(estimates))) if len(estimates) > 1 else float("nan")


def nice_bins(n: int) -> int:
    """Bars that show the shape without the noise: the Rice rule 2·n^(1/3), at most 60.

    >>> nice_bins(10_000)
    43
    """
    return int(min(60, max(5, round(2 * n ** (1 / 3)))))


def share_of_percent(percent: float | str) -> float:
    """A percentage strictly between 0 and 100 as a share."""
    value = float(percent)
    if not 0 < value < 100:
        raise ValueError(f"P{percent} is outside P0 to P100; write a percentage such as 80")
    return value / 100


def moment_of(date: datetime | str) -> datetime:
    """A date to keep; a text without a time means the end of that day."""
    return parse_datetime(date, end_of_day=True) if isinstance(date, str) else date


class DateVariable(Sampled):
    """A date (a finish, a milestone), one an iteration."""

    def __init__(self, minutes: npt.NDArray[np.int32], origin: datetime, replicates: int, deterministic: datetime):
        self._origin = origin
        super().__init__(minutes, replicates, self._minutes(deterministic))

    def _minutes(self, moment: datetime) -> float:
        return (moment - self._origin).total_seconds() / 60

    def _date(self, minutes: float) -> datetime:
        return self._origin + timedelta(minutes=round(minutes))

    def first(self, iterations: int) -> DateVariable:
        """The same of the first iterations alone: a shorter run."""
        return DateVariable(self._values[:iterations], self._origin, self._replicates, self.deterministic)

    @property
    def exact(self) -> DateVariable:
        """The same of the iterations that are kept one by one: all, except in very long runs."""
        return self

    @property
    def resolution(self) -> timedelta:
        """By how much a P-value may lie beyond the exact one; nothing where every iteration is kept."""
        return timedelta(0)

    @property
    def smallest(self) -> datetime:
        return self._date(self._extremes()[0])

    @property
    def largest(self) -> datetime:
        return self._date(self._extremes()[1])

    @property
    def deterministic(self) -> datetime:
        """The date without uncertainty."""
        return self._date(self._deterministic)

    @property
    def mean(self) -> datetime:
        return self._date(self._mean())

    @property
    def sd(self) -> timedelta:
        return timedelta(minutes=self._sd())

    @property
    def samples(self) -> npt.NDArray[np.datetime64]:
        """Dates in iteration order, dtype datetime64[m], shape (iterations,); ValueError where not all are kept."""
        return np.datetime64(self._origin, "m") + self._values.astype("timedelta64[m]")

    def p(self, percent: float) -> datetime:
        """P-value: the date that ``percent`` % of the iterations keep (a real iteration's date)."""
        return self._date(self._quantile(share_of_percent(percent)))

    def standard_error(self, of: float | str) -> timedelta:
        """Standard error of a P-value (``80``) or of the ``"mean"``, in elapsed time."""
        return timedelta(minutes=self._error(of))

    def interval(self, of: float | str, level: float = LEVEL) -> tuple[datetime, datetime]:
        """Confidence interval of a P-value (``80``) or of the ``"mean"``."""
        low, high = self.plain_interval(of, level)
        return self._date(low), self._date(high)

    def probability(self, date: datetime | str) -> float:
        """Share of iterations at or before a date; a text without a time means the end of that day."""
        return self._share_at_or_below(self._minutes(moment_of(date)))

    def probability_error(self, date: datetime | str) -> float:
        """Standard error of :meth:`probability`."""
        return self._share_error(self._minutes(moment_of(date)))

    def probability_interval(self, date: datetime | str, level: float = LEVEL) -> tuple[float, float]:
        """Confidence interval of :meth:`probability`."""
        return self._share_interval(self._minutes(moment_of(date)), level)

    def histogram(self, bins: int | None = None) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.int64]]:
        """``(edges, hits)``: edges datetime64[m] of shape (bins + 1,), hits of shape (bins,)."""
        edges, counts = self._histogram(bins)
        return np.datetime64(self._origin, "m") + np.rint(edges).astype("timedelta64[m]"), counts


class MoneyVariable(Sampled):
    """An amount of money, one an iteration."""

    def first(self, iterations: int) -> MoneyVariable:
        """The same of the first iterations alone: a shorter run."""
        return MoneyVariable(self._values[:iterations], self._replicates, self._deterministic)

    @property
    def exact(self) -> MoneyVariable:
        """The same of the iterations that are kept one by one: all, except in very long runs."""
        return self

    @property
    def resolution(self) -> float:
        """By how much a P-value may lie beyond the exact one; 0 where every iteration is kept."""
        return 0.0

    @property
    def smallest(self) -> float:
        return self._extremes()[0]

    @property
    def largest(self) -> float:
        return self._extremes()[1]

    @property
    def deterministic(self) -> float:
        return self._deterministic

    @property
    def mean(self) -> float:
        return self._mean()

    @property
    def sd(self) -> float:
        return self._sd()

    @property
    def samples(self) -> Floats:
        """Amounts in iteration order, shape (iterations,); ValueError where not all are kept."""
        return self._values

    def p(self, percent: float) -> float:
        """P-value: the amount that ``percent`` % of the iterations keep within."""
        return self._quantile(share_of_percent(percent))

    def standard_error(self, of: float | str) -> float:
        """Standard error of a P-value (``80``) or of the ``"mean"``."""
        return self._error(of)

    def interval(self, of: float | str, level: float = LEVEL) -> tuple[float, float]:
        """Confidence interval of a P-value (``80``) or of the ``"mean"``."""
        return self.plain_interval(of, level)

    def probability(self, amount: float) -> float:
        """Share of iterations at or below an amount."""
        return self._share_at_or_below(amount)

    def probability_error(self, amount: float) -> float:
        """Standard error of :meth:`probability`."""
        return self._share_error(amount)

    def probability_interval(self, amount: float, level: float = LEVEL) -> tuple[float, float]:
        """Confidence interval of :meth:`probability`."""
        return self._share_interval(amount, level)

    def histogram(self, bins: int | None = None) -> tuple[Floats, npt.NDArray[np.int64]]:
        """``(edges, hits)`` of shapes (bins + 1,) and (bins,)."""
        return self._histogram(bins)
