"""The steps of time in which money is spent: as fine as periods, months and changes of prices ask for."""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from simcore.models.plan import Plan
from simcore.periods import month_starts, months_later, period_label, period_starts

YEAR = timedelta(days=365.25)


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Steps of time, and the periods that they make up.

    Attributes
    ----------
    edges : tuple of datetime
        Where steps begin, and the end of the last.
    period : tuple of int
        The period that each step belongs to; -1 where no periods are kept.
    starts : tuple of datetime
        Where periods begin, and the end of the last; empty where none are kept.
    """

    unit: str
    edges: tuple[datetime, ...]
    period: tuple[int, ...]
    starts: tuple[datetime, ...]
    labels: tuple[str, ...]

    @property
    def price_dates(self) -> list[datetime]:
        """The middle of the month that holds each step: the date of whose prices it is, whatever periods are kept."""
        return [_middle_of_month(edge) for edge in self.edges[:-1]]

    def discount(self, plan: Plan, base: datetime) -> np.ndarray:
        """Present value at a date of money spent in each step."""
        discount = plan.finance.discount
        if discount is None:
            return np.ones(len(self.period))
        base = discount.date or base
        return np.array([(1.0 + discount.rate) ** -((middle - base) / YEAR) for middle in self.price_dates])


def _middle_of_month(moment: datetime) -> datetime:
    begin = datetime(moment.year, moment.month, 1)
    return begin + (months_later(begin, 1) - begin) / 2


def build_timeline(
    plan: Plan, unit: str | None, first: datetime, last: datetime, cuts: Iterable[datetime], *, monthly: bool
) -> Timeline:
    """Steps from the period that holds ``first`` to the end of the one that holds ``last``.

    Parameters
    ----------
    unit : str or None
        Of the periods (:data:`simcore.periods.UNITS`); None keeps none.
    cuts : iterable of datetime
        Where steps end besides: dates on which prices change.
    monthly : bool
        Whether steps end with every month: prices move with time.
    """
    fiscal = plan.finance.fiscal_year_start
    starts = period_starts(unit or "month", first, last, fiscal)
    ends = {moment for moment in cuts if starts[0] < moment < starts[-1]}
    if monthly:
        ends.update(month_starts(starts[0], starts[-1]))
    edges = sorted({*starts, *ends})
    if unit is None:
        return Timeline(unit="", edges=tuple(edges), period=(-1,) * (len(edges) - 1), starts=(), labels=())
    period = [bisect_right(starts, edge) - 1 for edge in edges[:-1]]
    return Timeline(
        unit=unit,
        edges=tuple(edges),
        period=tuple(period),
        starts=tuple(starts),
        labels=tuple(period_label(unit, start, fiscal) for start in starts[:-1]),
    )
