"""Weather of calendars that are not there, and chances and records that are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.suggestions import did_you_mean
from simcore.models.weather import DAYS

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan
    from simcore.models.weather import Weather


def weather_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with the weather of a plan."""
    seen: set[str] = set()
    for weather in plan.weather:
        where = places.of("weather", weather.calendar)
        if weather.calendar not in plan.calendars:
            fix = did_you_mean(weather.calendar, plan.calendars)
            yield Problem(where, f"there is no calendar '{weather.calendar}'.", fix)
        if weather.calendar in seen:
            yield Problem(where, "the calendar has weather already.", "Keep one.")
        seen.add(weather.calendar)
        yield from _numbers(weather, where)


def _numbers(weather: Weather, where: str) -> Iterator[Problem]:
    if bool(weather.monthly) is bool(weather.record):
        yield Problem(where, "it needs chances by month or a record, and not both.")
    if weather.monthly and len(weather.monthly) != 12:
        yield Problem(f"{where} lost", f"there are chances for {len(weather.monthly)} months.", "Give all twelve.")
    for chance in weather.monthly:
        if not 0.0 <= chance <= 1.0:
            yield Problem(f"{where} lost", f"the probability {chance:g} is not between 0 and 1.")
    if not 0.0 <= weather.persistence < 1.0:
        yield Problem(f"{where} persistence", f"{weather.persistence:g} is not from 0 to below 1.")
    elif weather.persistence and weather.record:
        yield Problem(f"{where} persistence", "a record lasts as long as it lasted.", "Remove it.")
    if not 0.0 <= weather.correlation <= 1.0:
        yield Problem(f"{where} correlation", f"{weather.correlation:g} is not between 0 and 1.")
    elif weather.record and weather.correlation not in (0.0, 1.0):
        yield Problem(f"{where} correlation", "with a record it is 1 or 0: the region's years, or its own.")
    for number, year in enumerate(weather.record, start=1):
        if len(year) != DAYS or set(year) - {0, 1}:
            yield Problem(f"{where} record", f"year {number} does not consist of {DAYS} zeros and ones.")
