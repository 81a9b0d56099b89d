"""Plans with weather, the days that an iteration loses, and calendars without those days as lists of minutes."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

import simcore
from simcore.models.calendars import DAY, Calendar
from simcore.models.plan import Activity, Plan, Project
from simcore.models.weather import Weather
from simcore.network import compile_network
from simcore.weather import CompiledWeather, LaneWeather, compile_weather
from tests.naive import Worked

START = datetime(2026, 1, 5)


def plan_on(calendars: Sequence[Calendar], weather: Sequence[Weather], start: datetime = START, minutes: int = 14_400) -> Plan:
    """An activity of some minutes of work on each calendar, all of them kept."""
    activities = tuple(Activity(project="P", id=c.name, calendar=c.name, duration=minutes) for c in calendars)
    return Plan(
        projects=(Project(id="P", start=start),),
        activities=activities,
        calendars={c.name: c for c in calendars},
        weather=tuple(weather),
        focus=tuple(a.ref for a in activities),
    )


def compiled(plan: Plan) -> CompiledWeather:
    found = compile_weather(compile_network(plan), simcore.schedule(plan))
    assert found is not None
    return found


def lost_days(plan: Plan, replicates: int = 16, lanes: int = 1000, seed: int = 1) -> np.ndarray:
    """Lost working days, shape (calendars, days, replicates * lanes)."""
    weather = compiled(plan)
    memory = LaneWeather(weather, lanes)
    found = []
    for replicate in range(replicates):
        memory.sample((np.uint64(seed), replicate, replicates), 0, lanes)
        found.append(np.array([memory.lost(k) for k in range(len(weather.calendars))]))
    return np.concatenate(found, axis=2)


class Weathered(Worked):
    """The worked minutes of a calendar that loses days.

    ``lost`` tells of the days from ``begins`` on. A minute belongs to the day before while a shift begun then is not over.
    After the last of ``lost``, every minute worked is lost or not as the minute so many worked minutes before it.
    """

    def __init__(self, calendar: Calendar, first: date, days: int, begins: date, lost: np.ndarray):
        super().__init__(calendar, first, days)
        first_lost = (begins - first).days

        def beginning(n: int) -> int:
            """First minute of the day ``n`` days after the first."""
            before = calendar.shifts_on(first + timedelta(days=n - 1))
            return n * DAY + max([end - DAY for _, end in before if end > DAY], default=0)

        edges = [int(np.searchsorted(self.minutes, beginning(first_lost + n))) for n in range(len(lost) + 1)]
        is_lost = np.repeat(lost, np.diff(edges))
        later = np.arange(edges[0], len(self.minutes)) - edges[0]
        kept = np.ones(len(self.minutes), bool)
        kept[edges[0] :] = ~is_lost[later % len(is_lost)]
        self.minutes = self.minutes[kept]
