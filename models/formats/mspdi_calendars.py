"""MSPDI calendars: base calendars, those of resources derived from them, exceptions and work weeks as plain dates."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from simcore.models.calendars import DAY, Calendar, Shifts
from simcore.models.formats.mspdi_recurrence import exception_dates
from simcore.models.formats.mspdi_values import Node, Reading

STANDARD_DAY: Shifts = ((480, 720), (780, 1020))
"""08:00-12:00 and 13:00-17:00: a working day whose hours the file does not say."""
_STANDARD_WEEK = {day: STANDARD_DAY if day < 5 else () for day in range(7)}
_DATED = 0  # DayType of an exception in the old notation; 1 is Sunday .. 7 Saturday


@dataclass
class _Pattern:
    """A calendar as written: what it says itself, the rest comes from its base."""

    uid: int
    name: str
    base: int | None
    is_base: bool
    week: dict[int, Shifts] = field(default_factory=dict)
    weeks: dict[date, Shifts] = field(default_factory=dict)  # work weeks
    exceptions: dict[date, Shifts] = field(default_factory=dict)


@dataclass(frozen=True)
class CalendarBook:
    """Calendars of the plan by name, and the name behind each UID of the file."""

    calendars: dict[str, Calendar]
    names: dict[int, str]

    def named(self, uid: int | None) -> str | None:
        return None if uid is None else self.names.get(uid)


@dataclass(frozen=True)
class CalendarSettings:
    """What ``d``, ``w``, ``mo`` mean, where weeks begin (0 is Sunday), and the days for which exceptions are kept."""

    hours_per_day: float
    hours_per_week: float
    hours_per_month: float
    week_start: int
    first: date
    last: date


def read_calendars(project: Node, settings: CalendarSettings, reading: Reading) -> CalendarBook:
    """All base calendars, and those of resources that differ from their base."""
    patterns: dict[int, _Pattern] = {}
    for node in project.children("Calendars/Calendar", "calendar"):
        pattern = _read_pattern(node, settings)
        if pattern is not None:
            patterns[pattern.uid] = pattern
    calendars: dict[str, Calendar] = {}
    names: dict[int, str] = {}
    for pattern in sorted(patterns.values(), key=lambda p: not p.is_base):
        calendar = _resolve(pattern, patterns, settings, reading)
        base = calendars.get(names.get(pattern.base, "")) if pattern.base is not None else None
        if base is not None and (base.week, base.exceptions) == (calendar.week, calendar.exceptions):
            names[pattern.uid] = names[pattern.base]  # type: ignore[index]  # a base that was found has a UID
            continue
        name = calendar.name if calendar.name not in calendars else f"{calendar.name} ({pattern.uid})"
        calendars[name] = replace(calendar, name=name)
        names[pattern.uid] = name
    return CalendarBook(calendars, names)


def standard_calendar(settings: CalendarSettings) -> Calendar:
    """Monday to Friday, 08:00-12:00 and 13:00-17:00."""
    pattern = _Pattern(uid=0, name="Standard", base=None, is_base=True)
    return _resolve(pattern, {}, settings, Reading(""))


def _read_pattern(node: Node, settings: CalendarSettings) -> _Pattern | None:
    uid = node.integer("UID")
    if uid is None:
        node.reading.error(node.where, "has no UID.")
        return None
    base = node.integer("BaseCalendarUID")
    pattern = _Pattern(
        uid=uid,
        name=node.text("Name") or f"Calendar {uid}",
        base=None if base in (None, 0, -1, uid) else base,
        is_base=node.flag("IsBaseCalendar"),
    )
    node.where = f"calendar {uid} {pattern.name!r}"
    old_notation: dict[date, Shifts] = {}
    for day in node.children("WeekDays/WeekDay", "week day"):
        kind = day.integer("DayType")
        if kind == _DATED:
            for when in _period(day, settings):
                old_notation[when] = _shifts(day)
        elif kind is not None and 1 <= kind <= 7:
            pattern.week[(kind + 5) % 7] = _shifts(day)
        else:
            day.reading.error(day.where, f"DayType is {kind}, not 0 (a date) or 1 (Sunday) to 7 (Saturday).")
    for week in node.children("WorkWeeks/WorkWeek", "work week"):
        _read_work_week(week, pattern, settings)
    written = node.children("Exceptions/Exception", "exception")
    if not written:  # the old notation repeats what the new one says
        pattern.exceptions.update(old_notation)
    for exception in written:
        shifts = _shifts(exception)
        for when in _recurring(exception, settings):
            pattern.exceptions[when] = shifts
    return pattern


def _read_work_week(node: Node, pattern: _Pattern, settings: CalendarSettings) -> None:
    days: dict[int, Shifts] = {}
    for day in node.children("WeekDays/WeekDay", "week day"):
        kind = day.integer("DayType") or 0
        if 1 <= kind <= 7:
            days[(kind + 5) % 7] = _shifts(day)
    for when in _period(node, settings):
        if when.weekday() in days:
            pattern.weeks[when] = days[when.weekday()]


def _bounds(node: Node) -> tuple[date, date] | None:
    first, last = node.date("TimePeriod/FromDate"), node.date("TimePeriod/ToDate")
    if first is None or last is None:
        node.reading.error(node.where, "has no TimePeriod with FromDate and ToDate.")
        return None
    return first.date(), last.date()


def _period(node: Node, settings: CalendarSettings) -> list[date]:
    """The days of a ``TimePeriod`` within the years that matter."""
    bounds = _bounds(node)
    if bounds is None:
        return []
    first, last = max(bounds[0], settings.first), min(bounds[1], settings.last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _recurring(node: Node, settings: CalendarSettings) -> list[date]:
    bounds = _bounds(node)
    if bounds is None:
        return []
    dates = exception_dates(node, *bounds, week_start=settings.week_start)
    return [day for day in dates if settings.first <= day <= settings.last]


def _shifts(node: Node) -> Shifts:
    """Working times of a day; one that ends at or before its start ends on the next day."""
    if not node.flag("DayWorking"):
        return ()
    spans: list[tuple[int, int]] = []
    for time in node.children("WorkingTimes/WorkingTime", "working time"):
        start, end = _minute(time, "FromTime"), _minute(time, "ToTime")
        if start is None or end is None or start == end != 0:
            continue
        spans.append((start, end if end > start else end + DAY))
    return _merged(spans) if node.has("WorkingTimes/WorkingTime") else STANDARD_DAY


def _merged(spans: list[tuple[int, int]]) -> Shifts:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _minute(node: Node, tag: str) -> int | None:
    text = node.text(tag)
    if text is None:
        return None
    try:
        hours, minutes = (int(part) for part in text.rpartition("T")[2].split(":")[:2])
    except ValueError:
        hours, minutes = -1, 0
    if not (0 <= hours <= 24 and 0 <= minutes < 60):
        node.reading.error(node.where, f"{tag} is {text!r}, which is not a time of day.", "Write it as 08:00:00.")
        return None
    return min(hours * 60 + minutes, DAY)


def _resolve(
    pattern: _Pattern, patterns: dict[int, _Pattern], settings: CalendarSettings, reading: Reading
) -> Calendar:
    """The calendar with what it takes from its base: the week day by day, exceptions unless it has its own."""
    chain = [pattern]
    while chain[-1].base is not None:
        base = patterns.get(chain[-1].base)
        if base is None:
            reading.note(f"calendar {chain[-1].name!r} is based on one that is not in the file; standard hours used")
            break
        if base in chain:
            where = f"calendar {pattern.uid} {pattern.name!r}"
            reading.error(where, "is based on itself.", "Give it another base calendar.")
            break
        chain.append(base)
    week: dict[int, Shifts] = dict(_STANDARD_WEEK)
    weeks: dict[date, Shifts] = {}
    exceptions: dict[date, Shifts] = {}
    for part in reversed(chain):
        week.update(part.week)
        weeks = {day: shifts for day, shifts in weeks.items() if day.weekday() not in part.week} | part.weeks
        exceptions.update(part.exceptions)
    dated = {day: shifts for day, shifts in sorted((weeks | exceptions).items()) if week[day.weekday()] != shifts}
    return Calendar(
        name=pattern.name,
        week=tuple(week[day] for day in range(7)),  # type: ignore[arg-type]  # seven by construction
        exceptions=dated,
        hours_per_day=settings.hours_per_day,
        hours_per_week=settings.hours_per_week,
        hours_per_month=settings.hours_per_month,
    )
