"""Plain arithmetic on calendars, for readers and checks; the engine has tables of its own."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta

from simcore.models.calendars import DAY, Calendar, Shift, Shifts


def day_shifts(calendar: Calendar, day: date) -> Shifts:
    """What is worked between a midnight and the next, the end of last night's shift included.

    >>> from simcore.models.calendars import Calendar
    >>> monday_night = ((1320, 1800),)
    >>> nights = Calendar(name="nights", week=(monday_night, (), (), (), (), (), ()))
    >>> day_shifts(nights, date(2026, 3, 3))
    ((0, 360),)
    """
    return _within_day(calendar.shifts_on(day - timedelta(days=1)), calendar.shifts_on(day))


def working_minutes(calendar: Calendar, start: datetime, finish: datetime) -> int:
    """Minutes worked between two moments; 0 when ``finish`` is not after ``start``."""
    total, day = 0, start.date()
    while day <= finish.date():
        low = max(0, _minutes_from(day, start))
        high = min(DAY, _minutes_from(day, finish))
        total += sum(max(0, min(end, high) - max(begin, low)) for begin, end in day_shifts(calendar, day))
        day += timedelta(days=1)
    return total


def intersect(first: Calendar, second: Calendar) -> Calendar:
    """A calendar that works when both do; its name and hours a day are the first one's."""
    week = tuple(
        _common(_within_day(first.week[day - 1], first.week[day]), _within_day(second.week[day - 1], second.week[day]))
        for day in range(7)
    )
    named = {*first.exceptions, *second.exceptions}
    named |= {day + timedelta(days=1) for day in named}
    exceptions = {day: _common(day_shifts(first, day), day_shifts(second, day)) for day in sorted(named)}
    return Calendar(
        name=first.name,
        week=week,  # type: ignore[arg-type]  # seven by construction
        exceptions={day: shifts for day, shifts in exceptions.items() if shifts != week[day.weekday()]},
        hours_per_day=first.hours_per_day,
        hours_per_week=first.hours_per_week,
        hours_per_month=first.hours_per_month,
    )


def _minutes_from(day: date, moment: datetime) -> int:
    return int((moment - datetime.combine(day, time())).total_seconds() // 60)


def _within_day(before: Shifts, today: Shifts) -> Shifts:
    """Shifts cut at midnight: the tail of those begun the day before, and the head of today's."""
    tails = [(max(0, begin - DAY), end - DAY) for begin, end in before if end > DAY]
    heads = [(begin, min(end, DAY)) for begin, end in today if begin < DAY]
    merged: list[Shift] = []
    for begin, end in sorted(tails + heads):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def _common(first: Shifts, second: Shifts) -> Shifts:
    overlaps = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return tuple(sorted((begin, end) for begin, end in overlaps if begin < end))
