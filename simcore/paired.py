"""Differences of two runs on the same random numbers, with their own standard errors.

Iteration i of both runs has the same draws, so that what both have in common cancels: the difference is known far better than
either run. Its errors come from the same replicates as those of a run: replicate by replicate the difference is an independent
estimate of its own.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from simcore.sampled import NEAR, DateVariable, MoneyVariable, Sampled, share_of_percent

Span = TypeVar("Span", timedelta, float)
Floats = npt.NDArray[np.float64]


class Difference(Generic[Span]):
    """How much a quantity is larger in the second run than in the first.

    Parameters
    ----------
    first, second : Sampled
        The same quantity of both runs: as many iterations, the same design.
    span : callable
        Turns a difference of plain numbers into what is shown: a timedelta or an amount of money.
    """

    def __init__(self, first: Sampled, second: Sampled, span: Callable[[float], Span]):
        if first.iterations != second.iterations:
            raise ValueError(f"{first.iterations:,} and {second.iterations:,} iterations cannot be compared one by one")
        self._first, self._second = first, second
        self._span: Callable[[float], Span] = span

    @cached_property
    def _values(self) -> Floats:
        return self._second._values.astype(np.float64) - self._first._values

    @property
    def mean(self) -> Span:
        return self._span(float(self._values.mean()))

    def p(self, percent: float) -> Span:
        """Difference of the P-values."""
        share = share_of_percent(percent)
        return self._span(self._second._quantile(share) - self._first._quantile(share))

    def standard_error(self, of: float | str) -> Span:
        """Standard error of the difference of a P-value (``80``) or of the ``"mean"``.

        Raises
        ------
        ValueError
            With less than two replicates of two iterations.
        """
        if self._replicates < 2:
            raise ValueError("a standard error needs at least four iterations")
        error = self._mean_error() if of == "mean" else self._quantile_error(share_of_percent(of))
        return self._span(error)

    @property
    def _replicates(self) -> int:
        return self._first._replicates

    def _mean_error(self) -> float:
        return self._second._between_replicates(self._values)

    def _quantile_error(self, share: float) -> float:
        """The larger of two estimates, each averaged over quantiles nearby.

        One is the scatter of the replicates' own differences; where a curve jumps (over a weekend, or by the magnitude of a
        likely risk) all replicates may stand on one side of it, though the whole sample does not. The other reads the
        replicates' shares below both quantiles off both curves, as the error of a single quantile does.
        """
        levels = [share + step for step in (0.0, *NEAR) if 0 < share + step < 1]
        own = np.array([self._replicate_quantiles(level) for level in levels])
        first, second = (variable._influence(share, levels) for variable in (self._first, self._second))
        scatter = max(float(values.var(axis=1, ddof=1).mean()) for values in (own, second - first))
        return (scatter / self._replicates) ** 0.5

    def _replicate_quantiles(self, share: float) -> Floats:
        return self._second._replicate_quantiles(share) - self._first._replicate_quantiles(share)

    @property
    def probability_less(self) -> float:
        """Share of iterations in which the second run has less: is earlier, or cheaper."""
        return float((self._values < 0).mean())

    @property
    def probability_same(self) -> float:
        """Share of iterations that do not differ."""
        return float((self._values == 0).mean())

    @property
    def probability_less_error(self) -> float:
        """Standard error of :attr:`probability_less`."""
        return self._second._between_replicates((self._values < 0).astype(np.float64))

    @property
    def samples(self) -> Floats:
        """Differences in iteration order: minutes, or money."""
        return self._values


def date_difference(first: DateVariable, second: DateVariable) -> Difference[timedelta]:
    """How much later the second run is."""
    return Difference(first, second, lambda minutes: timedelta(minutes=minutes))


def money_difference(first: MoneyVariable, second: MoneyVariable) -> Difference[float]:
    """How much dearer the second run is."""
    return Difference(first, second, float)
