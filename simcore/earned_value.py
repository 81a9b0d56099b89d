"""Earned value and earned schedule at the data date: what was planned, done and spent, and where that leads by its indices.

Terms and formulas are those of PMI's *Standard for Earned Value Management* and ANSI/EIA-748; earned schedule is W. Lipke's
("Schedule is different", The Measurable News, 2003). The formulas stand in ``docs/method.md``.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from simcore.earned_measures import Measures, total_of
from simcore.earned_schedule import EarnedSchedule, earned_schedule
from simcore.models.plan import Activity, ActivityType, Plan, Ref, Status
from simcore.models.pricing import spent_on
from simcore.models.uncertainty import progress_of
from simcore.models.wbs import WbsTree
from simcore.planned_value import Slice, Span, Spread, budget_slices, remaining_cost, scaled
from simcore.scheduling import Schedule, schedule

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
CENT = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityValue:
    """Measures of one activity that has a budget, has cost something or will."""

    ref: Ref
    id: str
    name: str
    start: datetime
    finish: datetime
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class WbsValue:
    """Measures of a WBS node with all below it."""

    code: str
    name: str
    measures: Measures


@dataclass(frozen=True, kw_only=True, eq=False)
class ValueCurve:
    """Cumulative planned value by month, and earned value and actual cost as far as they are known.

    Attributes
    ----------
    dates : ndarray of datetime64[m]
        Planned start, firsts of the months, the data date, planned finish.
    pv, ev, ac : ndarray of float
        At those dates; EV and AC are NaN after the data date. Before it they are spread over the actual dates of the activities.
    """

    dates: Dates
    pv: Floats
    ev: Floats
    ac: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class EarnedValue:
    """Earned value at the data date.

    Attributes
    ----------
    as_of : datetime
        The data date.
    total : Measures
    activities : tuple of ActivityValue
        In plan order.
    wbs : tuple of WbsValue
        In the order of the plan's WBS.
    schedule : EarnedSchedule
    curve : ValueCurve
    notes : tuple of str
        Which budget and dates were measured against, and what was assumed.
    """

    as_of: datetime
    total: Measures
    activities: tuple[ActivityValue, ...]
    wbs: tuple[WbsValue, ...]
    schedule: EarnedSchedule
    curve: ValueCurve
    notes: tuple[str, ...]


def earned_value(plan: Plan) -> EarnedValue | None:
    """Earned value of a plan at its data date.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    EarnedValue or None
        None where there is nothing to measure; :func:`why_unmeasured` says why.
    """
    found: EarnedValue | None = plan.remembered("earned value", lambda: None if why_unmeasured(plan) else _Ledger(plan).close())
    return found


def planned_value(plan: Plan, moment: datetime) -> float:
    """Cumulative planned value of a plan that has earned value, at any moment."""
    ledger = _Ledger(plan)
    return ledger.pv_spread.at(ledger.clock.minutes(moment))


def why_unmeasured(plan: Plan) -> str:
    """Why a plan has no earned value; empty where it has."""
    active = [a for a in plan.activities if not a.inactive]
    if not any(a.status is not Status.NOT_STARTED or spent_on(plan, a) for a in active):
        return "No activity has begun and nothing is spent: there is no progress to measure."
    if as_of(plan) is None:
        return "The plan has neither a data date nor actual dates: progress cannot be compared with what was planned."
    rows = schedule(plan).duration
    if not any(_budget(plan, a, rows[i])[0] > 0 for i, a in enumerate(plan.activities) if not a.inactive):
        return "No activity has a budget: no cost, or no baseline cost, to measure progress with."
    return ""


def as_of(plan: Plan) -> datetime | None:
    """The latest data date; without one the last actual date."""
    dates = [p.data_date for p in plan.projects if p.data_date is not None]
    dates = dates or [d for a in plan.activities for d in (a.actual_start, a.actual_finish, a.suspend) if d is not None]
    return max(dates, default=None)


def _budget(plan: Plan, activity: Activity, remaining_minutes: float) -> tuple[float, list[Slice], bool]:
    """``(BAC, its items, whether it is the baseline's)``; a summary's baseline sums up others and is left out."""
    slices = budget_slices(plan, activity, remaining_minutes)
    baseline = activity.baseline
    if baseline is not None and activity.type is not ActivityType.SUMMARY:
        if baseline.cost is not None:
            return baseline.cost, scaled(slices, baseline.cost), True
        if plan.remembered("baseline has cost", lambda: _baseline_has_cost(plan)):
            return 0.0, [], True  # files leave out a cost of nothing
    return sum(amount for amount, _ in slices), slices, False


def _baseline_has_cost(plan: Plan) -> bool:
    return any(a.baseline is not None and a.baseline.cost for a in plan.activities)


class _Ledger:
    """Collects the measures of all activities."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.dates: Schedule = schedule(plan)
        self.network = self.dates.network
        self.clock, self.calendars = self.network.clock, self.network.calendars.base
        moment = as_of(plan)
        assert moment is not None
        self.moment, self.now = moment, self.clock.minutes(moment)
        self.counts = {"baseline cost": 0, "own cost": 0, "baseline dates": 0, "own dates": 0, "hammocks": 0}
        self.rows = [i for i, a in enumerate(plan.activities) if not a.inactive and self.dates.exists[i]]
        self.planned = {i: self._planned_dates(i) for i in self.rows}
        budgets = {i: _budget(plan, plan.activities[i], self.dates.duration[i]) for i in self.rows}
        self.bac = {i: budget for i, (budget, _, _) in budgets.items()}
        for i, (budget, _, of_baseline) in budgets.items():
            if budget:
                self.counts["baseline cost" if of_baseline else "own cost"] += 1
                self.counts["baseline dates" if self._has_baseline_dates(i) else "own dates"] += 1
        spans = [
            Span(i, amount, *self.planned[i], self._calendar(i), accrual)
            for i, (_, slices, _) in budgets.items()
            for amount, accrual in slices
        ]
        self.pv_spread = Spread(self.network, spans)

    def close(self) -> EarnedValue:
        """Everything put together."""
        plan, count = self.plan, len(self.plan.activities)
        planned = self.pv_spread.by_owner(self.now, count)
        found: dict[int, Measures] = {}
        for i in self.rows:
            activity = plan.activities[i]
            ev = self._earned(activity, self.bac[i], float(planned[i]))
            etc = remaining_cost(plan, activity, self.dates.duration[i])
            measures = Measures(bac=self.bac[i], pv=float(planned[i]), ev=ev, ac=spent_on(plan, activity), etc=etc)
            if measures.bac or measures.ac or measures.etc:
                found[i] = measures
        total = total_of(found.values())
        actual = {i: self._actual_dates(i) for i in found}
        ev_spread, ac_spread = (
            Spread(self.network, [Span(i, getattr(m, name), *actual[i], self._calendar(i)) for i, m in found.items()])
            for name in ("ev", "ac")
        )
        at = self._closing_minute(total)
        start, finish = self._planned_span()
        return EarnedValue(
            as_of=self.moment,
            total=total,
            activities=tuple(self._activity(i, measures) for i, measures in found.items()),
            wbs=tuple(self._wbs(found)),
            schedule=earned_schedule(self.network, self.pv_spread.at, total.ev, total.bac, (start, finish), at),
            curve=self._curve(start, finish, ev_spread, ac_spread),
            notes=tuple(self._notes(total)),
        )

    def _has_baseline_dates(self, i: int) -> bool:
        baseline = self.plan.activities[i].baseline
        return baseline is not None and (baseline.finish is not None or baseline.start is not None)

    def _planned_span(self) -> tuple[int, int]:
        """Planned start and finish; where there is a baseline, what lies outside of it counts only with its budget."""
        baselined = [i for i in self.rows if self._has_baseline_dates(i)]
        counting = [*baselined, *(i for i in self.rows if self.bac[i])] if baselined else self.rows
        return min(self.planned[i][0] for i in counting), max(self.planned[i][1] for i in counting)

    def _planned_dates(self, i: int) -> tuple[int, int]:
        baseline = self.plan.activities[i].baseline
        if baseline is not None and self._has_baseline_dates(i):
            start, finish = baseline.start or baseline.finish, baseline.finish or baseline.start
            assert start is not None
            assert finish is not None
        else:
            start, finish = self._shown(i)
        first = self.clock.minutes(start)
        return first, max(first, self.clock.minutes(finish))

    def _shown(self, i: int) -> tuple[datetime, datetime]:
        """Dates of the schedule; the data date where it has none."""
        dates = [column[i] for column in (self.dates.start, self.dates.finish)]
        start, finish = (self.moment if np.isnat(d) else d.astype("datetime64[m]").item() for d in dates)
        return start, finish

    def _actual_dates(self, i: int) -> tuple[int, int]:
        """Between which minutes an activity's earned value and cost came about: none of it later than the data date."""
        activity = self.plan.activities[i]
        finish = self.now if activity.actual_finish is None else min(self.clock.minutes(activity.actual_finish), self.now)
        start = self.planned[i][0] if activity.actual_start is None else self.clock.minutes(activity.actual_start)
        return min(start, finish), finish

    def _calendar(self, i: int) -> int:
        activity = self.plan.activities[i]
        return self.calendars.always if activity.elapsed else self.calendars.index[self.plan.calendar_name(activity)]

    def _earned(self, activity: Activity, bac: float, pv: float) -> float:
        """Progress times budget; what only spans other work and states no progress earns what was planned (level of effort)."""
        if activity.type.is_span and activity.status is not Status.COMPLETED and activity.percent_complete is None:
            self.counts["hammocks"] += bool(bac)
            return pv
        return bac * min(max(progress_of(activity), 0.0), 1.0)

    def _closing_minute(self, total: Measures) -> int:
        """The data date; once everything is earned, the last actual finish."""
        if total.ev < total.bac - CENT:
            return self.now
        finishes = [self.clock.minutes(d) for i in self.rows if (d := self.plan.activities[i].actual_finish) is not None]
        return min(max(finishes, default=self.now), self.now)

    def _activity(self, i: int, measures: Measures) -> ActivityValue:
        activity = self.plan.activities[i]
        start, finish = (self.clock.date(minute) for minute in self.planned[i])
        return ActivityValue(
            ref=activity.ref, id=self.plan.shown[activity.ref], name=activity.name, start=start, finish=finish, measures=measures
        )

    def _wbs(self, found: dict[int, Measures]) -> list[WbsValue]:
        tree = WbsTree(self.plan.wbs)
        below: dict[str, list[Measures]] = {node.code: [] for node in self.plan.wbs}
        for i, measures in found.items():
            code = self.plan.activities[i].wbs
            for above in tree.chain(code) if code else ():
                below.setdefault(above, []).append(measures)
        names = {node.code: node.name for node in self.plan.wbs}
        return [WbsValue(code=c, name=names.get(c, ""), measures=total_of(parts)) for c, parts in below.items() if parts]

    def _curve(self, start: int, finish: int, ev: Spread, ac: Spread) -> ValueCurve:
        first, last = self.clock.date(start), self.clock.date(max(finish, self.now))
        months = [self.clock.minutes(month) for month in _months(first, last)]
        minutes = sorted({start, finish, self.now, *months})
        known = [minute <= self.now for minute in minutes]
        return ValueCurve(
            dates=self.clock.to_datetime64(np.array(minutes)),
            pv=np.array([self.pv_spread.at(minute) for minute in minutes]),
            ev=np.array([ev.at(minute) if k else np.nan for minute, k in zip(minutes, known, strict=True)]),
            ac=np.array([ac.at(minute) if k else np.nan for minute, k in zip(minutes, known, strict=True)]),
        )

    def _notes(self, total: Measures) -> list[str]:
        notes = []
        if whose := _lacking(self.counts["own cost"], self.counts["baseline cost"], "a baseline cost"):
            notes.append(
                f"{whose}: the plan's own budgeted cost is taken; where it has none either, what is spent and what remains, "
                "which leaves no cost variance."
            )
        if whose := _lacking(self.counts["own dates"], self.counts["baseline dates"], "baseline dates"):
            notes.append(f"{whose}: planned value follows the present schedule, which hides delays up to the data date.")
        if self.counts["hammocks"]:
            notes.append("hammocks that state no progress earn what was planned for them (level of effort).")
        if not total.ac:
            notes.append("nothing is recorded as spent: indices of cost are unknown.")
        if len({p.data_date for p in self.plan.projects}) > 1:
            notes.append("the data dates of the projects differ: the latest is taken.")
        elif all(p.data_date is None for p in self.plan.projects):
            notes.append("the plan has no data date: the last actual date stands for it.")
        if self.plan.finance.escalation:
            notes.append("budgets and index forecasts are at the plan's prices, the simulated cost at those of the day.")
        return [note[0].upper() + note[1:] for note in notes]


def _lacking(without: int, having: int, what: str) -> str:
    """How many budgets lack something; empty where none does.

    >>> _lacking(2, 0, "a baseline cost"), _lacking(2, 3, "a baseline cost"), _lacking(0, 3, "a baseline cost")
    ('no activity has a baseline cost', '2 of 5 activities have no baseline cost', '')
    """
    if not without:
        return ""
    if not having:
        return f"no activity has {what}"
    return f"{without:,} of {without + having:,} activities have no {what.removeprefix('a ')}"


def _months(first: datetime, last: datetime) -> list[datetime]:
    """Firsts of the months between two dates.

    >>> [f"{month:%b %d}" for month in _months(datetime(2026, 11, 9), datetime(2027, 1, 8))]
    ['Dec 01', 'Jan 01']
    """
    found, month = [], datetime(first.year, first.month, 1)
    while (month := (month + timedelta(days=32)).replace(day=1)) < last:
        found.append(month)
    return found
