"""Money spread over time: what a plan's activities should have cost, have earned or have spent up to any moment."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.models.pricing import assignment_cost
from simcore.network import Network
from simcore.spending import accrual_of

if TYPE_CHECKING:
    from simcore.models.plan import Activity, Plan

Floats = npt.NDArray[np.float64]
Slice = tuple[float, str]
"""An amount, and how it accrues: start, end, uniform, or a curve of the plan."""


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of one activity between two clock minutes, worked on a calendar; ``owner`` is the activity's position."""

    owner: int
    amount: float
    start: int
    finish: int
    calendar: int
    accrual: str = "uniform"


class Spread:
    """Amounts spread over the working time of their spans.

    At the start of a span nothing of a uniform amount is there, at its finish all of it; an amount that accrues at the start or
    the end is there from that minute on, and so is one whose span has no working time.

    Parameters
    ----------
    network : Network
        Has the calendars and the plan's curves.
    spans : sequence of Span
    """

    def __init__(self, network: Network, spans: Sequence[Span]):
        self._calendars = network.calendars.base
        self._owner = np.array([s.owner for s in spans], np.int64)
        self._amount = np.array([s.amount for s in spans], np.float64)
        self._start = np.array([s.start for s in spans], np.int64)
        self._finish = np.array([s.finish for s in spans], np.int64)
        self._used, self._calendar = np.unique(np.array([s.calendar for s in spans], np.int64), return_inverse=True)
        work = self._calendars.work
        self._begin = np.array([work(s.calendar, s.start) for s in spans], np.float64)
        self._work = np.array([work(s.calendar, s.finish) for s in spans], np.float64) - self._begin
        accruals = np.array([s.accrual for s in spans], dtype=object)
        self._at_start, self._at_end = accruals == "start", accruals == "end"
        self._curves = [
            (np.flatnonzero(accruals == name), np.concatenate([[0.0], np.cumsum(weights)]) / sum(weights))
            for name, weights in network.plan.finance.curves.items()
            if sum(weights) > 0 and name not in ("start", "end", "uniform")
        ]

    def at(self, minute: int) -> float:
        """What is there at a clock minute, all in all."""
        return float(self._amounts(minute).sum())

    def by_owner(self, minute: int, owners: int) -> Floats:
        """The same for every activity."""
        return np.bincount(self._owner, weights=self._amounts(minute), minlength=owners).astype(np.float64)

    def _amounts(self, minute: int) -> Floats:
        now = np.array([self._calendars.work(int(c), minute) for c in self._used], np.float64)
        if not len(now):
            return np.zeros(0)
        done = np.clip((now[self._calendar] - self._begin) / np.maximum(self._work, 1.0), 0.0, 1.0)
        done[minute >= self._finish] = 1.0
        done[self._at_start] = minute >= self._start[self._at_start]
        done[self._at_end] = minute >= self._finish[self._at_end]
        for rows, cumulative in self._curves:
            done[rows] = np.interp(done[rows], np.linspace(0.0, 1.0, len(cumulative)), cumulative)
        return self._amount * done


def budget_slices(plan: Plan, activity: Activity, remaining_minutes: float) -> list[Slice]:
    """What an activity is to cost by the plan itself, item by item.

    A cost without a budget of its own (fixed, by the day) counts as the plan has it now: what is spent and what remains.
    """
    slices = list(_assigned(plan, activity))
    slices += [(expense.budgeted_cost, expense.accrual) for expense in activity.expenses]
    cost = activity.cost
    if cost is not None:
        slices.append((cost.actual + _by_the_day(plan, activity, remaining_minutes), "uniform"))
        slices.append((cost.fixed.value if cost.fixed else 0.0, cost.accrual))
    return [(amount, accrual) for amount, accrual in slices if amount]


def remaining_cost(plan: Plan, activity: Activity, remaining_minutes: float) -> float:
    """What the plan itself still foresees for an activity, at the plan's prices."""
    remaining = sum(assignment_cost(plan, activity, assignment).remaining for assignment in activity.assignments)
    remaining += sum(expense.remaining_cost for expense in activity.expenses)
    fixed = activity.cost.fixed.value if activity.cost and activity.cost.fixed else 0.0
    return remaining + fixed + _by_the_day(plan, activity, remaining_minutes)


def scaled(slices: Sequence[Slice], total: float) -> list[Slice]:
    """The items in the same proportions with another total; one uniform item where they have none.

    >>> scaled([(30.0, "start"), (10.0, "uniform")], 80.0), scaled([], 80.0)
    ([(60.0, 'start'), (20.0, 'uniform')], [(80.0, 'uniform')])
    """
    whole = sum(amount for amount, _ in slices)
    if whole <= 0 or min(amount for amount, _ in slices) < 0:
        return [(total, "uniform")] if total else []
    return [(amount * total / whole, accrual) for amount, accrual in slices]


def _assigned(plan: Plan, activity: Activity) -> Iterator[Slice]:
    for assignment in activity.assignments:
        yield assignment_cost(plan, activity, assignment).budgeted, accrual_of(plan, assignment)


def _by_the_day(plan: Plan, activity: Activity, minutes: float) -> float:
    if activity.cost is None or activity.cost.per_day is None:
        return 0.0
    return activity.cost.per_day.value * minutes / (plan.calendar_of(activity).hours_per_day * 60)
