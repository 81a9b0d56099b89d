"""On which calendars weather takes days."""
from __future__ import annotations

from collections.abc import Iterable

from simcore.models.plan import Plan


def weather_parts(plan: Plan, calendars: Iterable[str]) -> dict[int, tuple[int, ...]]:
    """Positions of calendars that weather takes days off -> positions in ``plan.weather`` of what takes them.

    Joint calendars (names joined by a null character) lose the days of all their parts.
    """
    by_name = {weather.calendar: w for w, weather in enumerate(plan.weather)}
    found = {c: tuple(by_name[part] for part in name.split("\0") if part in by_name) for c, name in enumerate(calendars)}
    return {c: parts for c, parts in found.items() if parts}
