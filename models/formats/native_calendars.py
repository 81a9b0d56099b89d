"""Calendars of the native format: weeks, holidays, days out of pattern."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from simcore.models.calendars import DAY, Calendar, Shift, Shifts
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    expect_rows,
    expect_table,
    kind_of,
    names_in_turn,
    number,
    read_fields,
    sentence,
    text,
    texts,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.units import parse_date_range

Week = tuple[Shifts, Shifts, Shifts, Shifts, Shifts, Shifts, Shifts]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STANDARD = Calendar(name="standard", week=(((480, 720), (780, 1020)),) * 5 + ((), ()))
"""What a plan without calendars works on: Monday to Friday, 8:00-12:00 and 13:00-17:00."""

_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LONGEST_RANGE = 20 * 366


def read_calendar(name: str, node: Node, scope: Scope, line: int) -> Calendar:
    """One calendar; wrong parts are reported and left out."""
    before = len(scope.report.problems)
    table = expect_table(node, scope, line)
    values = read_fields(table, CALENDAR_FIELDS, scope)
    week: Week = values.pop("week", ((),) * 7)
    if len(scope.report.problems) > before:
        week = STANDARD.week  # so that no further problems follow from this one
    exceptions = {**values.pop("holidays", {}), **values.pop("exceptions", {})}
    if "week" not in table and not exceptions:
        scope.problem(line, "has no working time.", "Write 'week: {mon-fri: [08:00-12:00, 13:00-17:00]}'.")
    return Calendar(**{"name": name, "week": week, "exceptions": exceptions, **default_hours(week), **values})


def default_hours(week: Week) -> dict[str, float]:
    """Hours of a day (the most common working day, the longer one of two), of a week, and of a month.

    >>> default_hours(STANDARD.week)
    {'hours_per_day': 8.0, 'hours_per_week': 40.0, 'hours_per_month': 160.0}
    """
    lengths = [sum(end - start for start, end in shifts) for shifts in week if shifts]
    if not lengths:
        return {}
    times = Counter(lengths)
    day = max(times, key=lambda length: (times[length], length))
    weekly = sum(lengths) / 60
    monthly = weekly * 30 / 7 if len(lengths) == 7 else weekly * 4
    return {"hours_per_day": day / 60, "hours_per_week": weekly, "hours_per_month": monthly}


def _week(node: Node, scope: Scope, line: int) -> Week:
    table = expect_table(node, scope, line)
    days: dict[int, Shifts] = {}
    for key, value in table.items():
        inner = scope.inside(key)
        try:
            names = list(names_in_turn(key, DAYS, "names no days of the week; write mon, mon-fri or 'mon, wed'"))
        except ValueError as error:
            scope.problem(table.line_of(key), str(error))
            continue
        shifts = read_shifts(value, inner, table.line_of(key))
        for day in names:
            if day in days:
                inner.problem(table.line_of(key), f"the hours of {DAYS[day]} are given twice.")
            days[day] = shifts
    week = tuple(days.get(day, ()) for day in range(7))
    for day in range(7):
        tomorrow = week[(day + 1) % 7]
        if week[day] and tomorrow and week[day][-1][1] - DAY > tomorrow[0][0]:
            scope.problem(line, f"the last shift of {DAYS[day]} runs into the first one of {DAYS[(day + 1) % 7]}.")
    return week  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def parse_shift(value: str) -> Shift:
    """Minutes from midnight of a shift; one that ends before it begins passes midnight.

    >>> parse_shift("08:00-12:00"), parse_shift("22:00-06:00"), parse_shift("00:00-24:00")
    ((480, 720), (1320, 1800), (0, 1440))
    """
    match = _SHIFT.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"'{value}' is not a shift; write 08:00-12:00.")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if start >= DAY or end > DAY or int(match[2]) > 59 or int(match[4]) > 59:
        raise ValueError(f"'{value}' is not possible; hours run from 00:00 to 24:00.")
    return start, end if end > start else end + DAY


def read_shifts(node: Node, scope: Scope, line: int) -> Shifts:
    """The shifts of a day in order; an empty list is a day off."""
    shifts: list[Shift] = []
    for item in texts(node, scope, line):
        try:
            shifts.append(parse_shift(item))
        except ValueError as error:
            scope.problem(line, str(error))
    shifts.sort()
    for before, after in pairwise(shifts):
        if before[1] > after[0]:
            scope.problem(line, f"the shifts {format_shift(before)} and {format_shift(after)} overlap.")
            return ()
    return tuple(shifts)


def format_shift(shift: Shift) -> str:
    """The inverse of :func:`parse_shift`.

    >>> format_shift((1320, 1800))
    '22:00-06:00'
    """
    start, end = shift
    end = end if end <= DAY else end - DAY
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _holidays(node: Node, scope: Scope, line: int) -> dict[date, Shifts]:
    rows = expect_rows(node, scope, line)
    found: dict[date, Shifts] = {}
    for index, item in enumerate(rows):
        if isinstance(item, str):
            found.update(dict.fromkeys(_dates(item, scope, rows.line_of(index)), ()))
        else:
            scope.problem(rows.line_of(index), f"{kind_of(item)} stands where a date is expected.")
    return found


def _exceptions(node: Node, scope: Scope, line: int) -> dict[date, Shifts]:
    table = expect_table(node, scope, line)
    found: dict[date, Shifts] = {}
    for key, value in table.items():
        shifts = read_shifts(value, scope.inside(key), table.line_of(key))
        found.update(dict.fromkeys(_dates(key, scope, table.line_of(key)), shifts))
    return found


def _dates(value: str, scope: Scope, line: int) -> list[date]:
    """All dates of a range, both ends included."""
    try:
        first, last = parse_date_range(value)
    except ValueError as error:
        scope.problem(line, sentence(error))
        return []
    if (last - first).days > _LONGEST_RANGE:
        scope.problem(line, f"the range {value} is longer than 20 years.", "Correct the year.")
        return []
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _hours(value: str, scope: Scope) -> float:
    hours = number(value, scope)
    if not 0 < hours <= 24 * 31:
        raise ValueError(f"{value} hours are not possible")
    return hours


CALENDAR_FIELDS: Fields = {
    "name": Field("name", text),
    "week": Field("week", _week, nested=True),
    "holidays": Field("holidays", _holidays, nested=True),
    "exceptions": Field("exceptions", _exceptions, nested=True),
    "hours_per_day": Field("hours_per_day", _hours),
    "hours_per_week": Field("hours_per_week", _hours),
    "hours_per_month": Field("hours_per_month", _hours),
}


def read_calendars(table: Table, scope: Scope) -> dict[str, Calendar]:
    """All calendars of a plan by name."""
    report = scope.report
    return {
        name: read_calendar(name, node, Scope(report, f"calendar '{name}'"), table.line_of(name))
        for name, node in table.items()
    }
