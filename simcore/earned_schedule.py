"""Earned schedule: the moment at which as much was to be earned as has been earned, and the finish that follows from it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from simcore.models.plan import Plan
from simcore.network import Network

FARTHEST = 100 * 366 * 1440
"""Minutes after the planned finish beyond which a forecast says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedSchedule:
    """Schedule performance in time (W. Lipke). Durations are minutes of work on one calendar.

    Attributes
    ----------
    calendar : str or None
        On which durations are counted; None: clock time, where the projects of a plan have different calendars.
    hours_per_day : float
        Of that calendar.
    start, finish : datetime
        Planned.
    moment : datetime
        When as much should have been earned as has been.
    at : datetime
        The moment of comparison: the data date; once everything is earned, the last actual finish.
    planned, earned, actual : int
        Planned duration PD, earned schedule ES, actual time AT.
    forecast : datetime or None
        Start + PD / SPI(t); None where nothing is earned, or where it would lie a century after the planned finish.
    forecast_as_planned : datetime or None
        Start + AT + (PD - ES): the rest goes as planned.
    """

    calendar: str | None
    hours_per_day: float
    start: datetime
    finish: datetime
    moment: datetime
    at: datetime
    planned: int
    earned: int
    actual: int
    forecast: datetime | None
    forecast_as_planned: datetime | None

    @property
    def spi(self) -> float | None:
        """SPI(t) = ES / AT; None before the planned start."""
        return self.earned / self.actual if self.actual > 0 else None

    @property
    def sv(self) -> int:
        """SV(t) = ES - AT in minutes of work; negative is behind."""
        return self.earned - self.actual

    @property
    def sv_elapsed(self) -> timedelta:
        """The same in clock time, between the two dates."""
        return self.moment - self.at

    @property
    def tspi(self) -> float | None:
        """To-complete index (PD - ES) / (PD - AT): the pace that keeps the planned finish; None where that has passed."""
        left = self.planned - self.actual
        return (self.planned - self.earned) / left if left > 0 else None


def earned_schedule(
    network: Network, planned_value: Callable[[int], float], earned: float, budget: float, span: tuple[int, int], at: int
) -> EarnedSchedule:
    """The earned schedule of a plan.

    Parameters
    ----------
    network : Network
    planned_value : callable
        Cumulative planned value at a clock minute.
    earned, budget : float
        EV and BAC.
    span : (int, int)
        Clock minutes of the planned start and finish.
    at : int
        Clock minute of comparison.
    """
    start, finish = span
    moment = _moment(planned_value, earned, 1e-9 * budget, start, finish, at)
    name = common_calendar(network.plan)
    c = network.calendars.base.always if name is None else network.calendars.base.index[name]
    work, clock = network.calendars.base.work, network.clock

    def before(minute: int) -> int:
        """The end of the work before a minute, as finishes are written."""
        return max(int(network.calendars.base.finish(c, work(c, minute))), start)

    def date(minutes: float) -> datetime | None:
        if not 0 < minutes < FARTHEST:
            return None
        found = network.calendars.base.finish(c, work(c, start) + round(minutes))
        return clock.date(found) if found < finish + FARTHEST else None

    planned, done, actual = (work(c, minute) - work(c, start) for minute in (finish, moment, at))
    return EarnedSchedule(
        calendar=name,
        hours_per_day=24.0 if name is None else network.plan.calendars[name].hours_per_day,
        start=clock.date(start),
        finish=clock.date(finish),
        moment=clock.date(moment if moment == at else before(moment)),
        at=clock.date(at),
        planned=planned,
        earned=done,
        actual=actual,
        forecast=date(planned * actual / done) if earned > 0 and done > 0 and actual > 0 else None,
        forecast_as_planned=date(actual + planned - done),
    )


def common_calendar(plan: Plan) -> str | None:
    """The calendar of all projects; None where they differ."""
    names = {plan.project_calendar_name(p.id) for p in plan.projects}
    return names.pop() if len(names) == 1 else None


def _moment(planned_value: Callable[[int], float], earned: float, tolerance: float, start: int, finish: int, at: int) -> int:
    """The minute between planned start and finish at which the planned value is what has been earned.

    Where it is for a while (nights, idle weeks), the minute nearest the moment of comparison counts: work as planned is on time.
    """
    first = _search(lambda minute: planned_value(minute) >= earned - tolerance, start, finish)
    after = _search(lambda minute: planned_value(minute) > earned + tolerance, start, finish + 1)
    return first if after <= first else min(max(at, first), after - 1)


def _search(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first minute from ``low`` on at which something holds that goes on holding; ``high`` where it never does.

    >>> _search(lambda minute: minute * minute > 50, 0, 100)
    8
    """
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
