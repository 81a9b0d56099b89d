"""Joint confidence: what a run says about date and budget together, exact on its iterations.

Quantities that hang together (a date and an amount at the same P-value, the cost of the iterations that keep a date) get
their standard errors replicate by replicate like those of a single quantity: every replicate is an independent estimate, and
where a limit is itself a P-value, every replicate is measured by its own.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from simcore.ordered import Beside, Counted, Limits, Ordered, ranks
from simcore.ranks import average_ranks
from simcore.sampled import NEAR, DateVariable, MoneyVariable, Sampled, error_between, moment_of, share_of_percent

Floats = npt.NDArray[np.float64]
Value = TypeVar("Value")
Span = TypeVar("Span")
POINTS = 50


class Share(NamedTuple):
    """A probability and its standard error."""

    value: float
    error: float


class Quadrants(NamedTuple):
    """Shares of the iterations around a date and an amount; they add up to 1.

    Attributes
    ----------
    both : Share
        Date and amount are kept: the joint confidence.
    only_date, only_budget : Share
        In time but too dear; within the amount but late.
    neither : Share
        Late and too dear.
    """

    both: Share
    only_date: Share
    only_budget: Share
    neither: Share


@dataclass(frozen=True)
class Frontier:
    """Pairs of a date and the smallest amount with one joint confidence.

    It is no trade-off curve: all its points describe the same plan, and none says what a day costs to save.

    Attributes
    ----------
    percent : float
        The joint confidence level.
    dates : ndarray of datetime64[m], shape (points,)
    amounts, errors : ndarray, shape (points,)
        Of a real iteration each, and its standard error with the date held. NaN where the date is kept too rarely for any
        amount; the error is also NaN where that lies within the error of the share of iterations that keep the date.
    """

    percent: float
    dates: npt.NDArray[np.datetime64]
    amounts: Floats
    errors: Floats


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """The pair of date and amount at the same P-value that has the joint confidence asked for.

    Attributes
    ----------
    percent : float
        The joint confidence level asked for.
    p_value, p_value_error : float
        The P-value of date and amount, in per cent.
    date, date_error : datetime and timedelta
        The error is None where it is not known: with less than four iterations.
    amount, amount_error : float
    """

    percent: float
    p_value: float
    p_value_error: float
    date: datetime
    date_error: timedelta | None
    amount: float
    amount_error: float


@dataclass(frozen=True, kw_only=True)
class Given(Generic[Value, Span]):
    """A P-value among the iterations that keep a limit on the other quantity.

    Attributes
    ----------
    percent : float
    value, error : datetime and timedelta, or float
        The P-value and its standard error; None or NaN where it is not known, with too few such iterations.
    iterations : int
        That keep the limit.
    """

    percent: float
    value: Value
    error: Span
    iterations: int


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """How strongly finish and cost move together; NaN where one of them does not vary.

    Attributes
    ----------
    pearson, pearson_error : float
        Linear correlation.
    spearman, spearman_error : float
        Rank correlation, ties at their middle rank.
    """

    pearson: float
    pearson_error: float
    spearman: float
    spearman_error: float


@dataclass(frozen=True)
class Joint:
    """Date and budget together."""

    finish: DateVariable
    cost: MoneyVariable

    def probability(self, date: datetime | str, amount: float) -> float:
        """Joint confidence level: share of iterations that keep both the date and the amount."""
        return float(self._kept(date, amount).mean())

    def probability_error(self, date: datetime | str, amount: float) -> float:
        """Standard error of :meth:`probability`."""
        return self._share(self._kept(date, amount)).error

    def quadrants(self, date: datetime | str, amount: float) -> Quadrants:
        """Shares of iterations that keep both, one of the two, and neither."""
        in_time, within = self._in_time(date), self.cost._values <= amount
        return Quadrants(
            self._share(in_time & within),
            self._share(in_time & ~within),
            self._share(~in_time & within),
            self._share(~in_time & ~within),
        )

    def frontier(
        self, percent: float, points: int = POINTS, *, dates: Sequence[datetime | str] | None = None
    ) -> Frontier:
        """For each of many dates the smallest amount with which both are kept with a joint confidence.

        Parameters
        ----------
        percent : float
            Joint confidence level, such as 70.
        points : int
            At most so many dates, all of real iterations, from the earliest that can have this confidence to the last finish,
            closer together where the amount falls steeply.
        dates : sequence of datetime or str, optional
            Dates to use instead.

        Returns
        -------
        Frontier
        """
        share = share_of_percent(percent)
        limits = self._grid(share, points) if dates is None else [self.finish._minutes(moment_of(date)) for date in dates]
        found = [self._least_amount(limit, share) for limit in limits]
        amounts, errors = np.array(found, np.float64).reshape(-1, 2).T
        moments = np.array([self.finish._date(limit) for limit in limits], "datetime64[m]")
        return Frontier(percent, moments, amounts, errors)

    def recommended(self, percent: float) -> Recommended:
        """The date and the amount of equal P-values that have a joint confidence together.

        The only point of the frontier that needs no price of a day: it treats both quantities alike, and stays where it is
        when one of them is measured in other units.
        """
        share = share_of_percent(percent)
        common, p = self._common, self._common._quantile(share)
        return Recommended(
            percent=percent,
            p_value=100 * p,
            p_value_error=100 * common._quantile_error(share),
            date=self.finish._date(self.finish._quantile(p)),
            date_error=known_span(self._error_at_common(self.finish, share)),
            amount=self.cost._quantile(p),
            amount_error=self._error_at_common(self.cost, share),
        )

    def budget_given_date(self, percent: float, date: datetime | str) -> Given[float, float]:
        """P-value of the cost among the iterations that keep a date.

        Parameters
        ----------
        percent : float
            Of those iterations keep within the amount.
        date : datetime or str
            Also a P-value of the finish: ``budget_given_date(80, "P80")`` is the P80 cost, given that the P80 date is kept.

        Raises
        ------
        ValueError
            When no iteration keeps the date.
        """
        return self._given(percent, self._cost_beside, self._date_limits(date), float, float)

    def date_given_budget(self, percent: float, amount: float | str) -> Given[datetime, timedelta | None]:
        """P-value of the finish among the iterations that keep within an amount, or a P-value of the cost such as ``"P80"``.

        ValueError when no iteration keeps it.
        """
        limits = self._amount_limits(amount)
        return self._given(percent, self._finish_beside, limits, self.finish._date, known_span)

    def probability_of_budget_given_date(self, amount: float, date: datetime | str) -> Share:
        """Share of the iterations that keep a date (or a P-value of the finish) which keep within an amount too."""
        kept = self._cost_beside.kept(self._date_limits(date))
        return Share(kept._share_at_or_below(amount), kept._share_error(amount))

    def probability_of_date_given_budget(self, date: datetime | str, amount: float | str) -> Share:
        """Share of the iterations that keep within an amount (or a P-value of the cost) which keep a date too."""
        kept = self._finish_beside.kept(self._amount_limits(amount))
        minutes = self.finish._minutes(moment_of(date))
        return Share(kept._share_at_or_below(minutes), kept._share_error(minutes))

    @cached_property
    def correlation(self) -> Correlation:
        """Correlation of finish and cost, linear and by rank."""
        values = np.array([self.finish._values, self.cost._values], np.float64)
        pearson, pearson_error = self._correlation(values, lambda part: part)
        spearman, spearman_error = self._correlation(values, average_ranks)
        return Correlation(
            pearson=pearson, pearson_error=pearson_error, spearman=spearman, spearman_error=spearman_error
        )

    def _correlation(self, values: Floats, scale: Callable[[Floats], Floats]) -> tuple[float, float]:
        from simcore.achieved import linear_correlations

        samples = [values, *(values[:, k :: self._replicates] for k in range(self._replicates))]
        whole, *each = (float(linear_correlations(scale(sample))[0, 1]) for sample in samples)
        return whole, error_between(each)

    @property
    def _replicates(self) -> int:
        return self.cost._replicates

    @cached_property
    def _cost_beside(self) -> Beside:
        return Beside.of(self.cost._values, self.finish._values, self._replicates)

    @cached_property
    def _finish_beside(self) -> Beside:
        return Beside.of(self.finish._values, self.cost._values, self._replicates)

    @cached_property
    def _common(self) -> Ordered:
        """The smallest share, common to both, whose date and amount each iteration keeps.

        A pair of equal P-values has a joint confidence where so many iterations lie at or below their share. Replicates are
        ranked each by itself: the limits are P-values, which vary with the sample too.
        """
        return Ordered(self._common_ranks(slice(None)), [
            self._common_ranks(slice(k, None, self._replicates)) for k in range(self._replicates)
        ])  # fmt: skip

    def _common_ranks(self, part: slice) -> Floats:
        return np.sort(np.maximum(ranks(self.finish._values[part]), ranks(self.cost._values[part])))

    def _error_at_common(self, variable: Sampled, share: float) -> float:
        """Error of a quantity's value at the common P-value: of its curve there, and of the P-value along the curve."""
        common = self._common
        if common._replicates < 2:
            return float("nan")
        levels = [share + step for step in (0.0, *NEAR) if 0 < share + step < 1]
        p = common._quantile(share)
        slope = variable._slope(p, common._quantile_error(share))
        own = variable._influence(p, [common._quantile(level) for level in levels])
        along = slope * common._influence(share, levels)
        return float(np.sqrt((own + along).var(axis=1, ddof=1).mean() / common._replicates))

    def _grid(self, share: float, points: int) -> list[float]:
        """Finishes of real iterations from the one reached with ``share`` on; quadratic, since the amount falls steeply first."""
        steps = np.linspace(0, 1, points) ** 2
        return sorted({self.finish._quantile(share + (1 - share) * step) for step in steps.tolist()})

    def _least_amount(self, limit: float, share: float) -> tuple[float, float]:
        """The smallest amount with its error, both NaN where the limit is kept too rarely."""
        counted = Counted(self._cost_beside, limit)
        amount = counted._quantile(share)
        error = counted._quantile_error(share) if np.isfinite(amount) else np.nan
        return (amount if np.isfinite(amount) else np.nan), (error if np.isfinite(error) else np.nan)

    def _given(
        self, percent: float, beside: Beside, limits: Limits, value: Callable[[float], Value], span: Callable[[float], Span]
    ) -> Given[Value, Span]:
        share, kept = share_of_percent(percent), beside.kept(limits)
        return Given(
            percent=percent,
            value=value(kept._quantile(share)),
            error=span(kept._quantile_error(share)),
            iterations=kept.iterations,
        )

    def _date_limits(self, date: datetime | str) -> Limits:
        if isinstance(date, str) and date[:1] in ("P", "p"):
            return self._percentile_limits(self.finish, date)
        return self._fixed_limits(self.finish._minutes(moment_of(date)))

    def _amount_limits(self, amount: float | str) -> Limits:
        return self._percentile_limits(self.cost, amount) if isinstance(amount, str) else self._fixed_limits(amount)

    def _percentile_limits(self, variable: Sampled, text: str) -> Limits:
        """Of a P-value such as ``P80``: every replicate has its own."""
        share = share_of_percent(text.lstrip("Pp"))
        return Limits(variable._quantile(share), variable._replicate_quantiles(share).tolist())

    def _fixed_limits(self, limit: float) -> Limits:
        return Limits(limit, [limit] * self._replicates)

    def _in_time(self, date: datetime | str) -> npt.NDArray[np.bool_]:
        return np.asarray(self.finish._values <= self.finish._minutes(moment_of(date)))

    def _kept(self, date: datetime | str, amount: float) -> npt.NDArray[np.bool_]:
        return self._in_time(date) & (self.cost._values <= amount)

    def _share(self, inside: npt.NDArray[np.bool_]) -> Share:
        return Share(float(inside.mean()), self.cost._between_replicates(inside.astype(np.float64)))


def known_span(minutes: float) -> timedelta | None:
    """An elapsed time; None where it is not known."""
    return timedelta(minutes=minutes) if np.isfinite(minutes) else None
