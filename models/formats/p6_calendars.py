"""Calendars of P6: the nested text of an XER's ``clndr_data``, base calendars, names made unique."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from simcore.models.calendars import DAY, Calendar, Shift, Shifts
from simcore.models.formats.p6_tables import Row, Tables, unique_name

EPOCH = date(1899, 12, 30)
TOKEN = re.compile(r"\(\s*0\|\|([^()]*)\(([^()]*)\)\s*\(|\)\s*\)|\S")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
WORKDAY: Shifts = ((480, 960),)
ASSUMED_WEEK = (WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, (), ())


@dataclass(slots=True)
class Node:
    """One ``(0||name(fields)(children))`` of the text."""

    name: str
    fields: dict[str, str]
    children: list[Node] = field(default_factory=list)

    def find(self, name: str) -> Node | None:
        """The first node of that name, here or further in."""
        for child in self.children:
            if child.name == name:
                return child
            if (found := child.find(name)) is not None:
                return found
        return None


@dataclass(slots=True)
class WorkTimes:
    """What a calendar says itself: the weekdays (0 is Monday) it lists and the dates out of pattern."""

    week: dict[int, Shifts] = field(default_factory=dict)
    exceptions: dict[date, Shifts] = field(default_factory=dict)


def parse_nodes(text: str) -> Node:
    """The tree behind a ``clndr_data`` text.

    Raises
    ------
    ValueError
        When the brackets do not match: the text is damaged.
    """
    root = Node("", {})
    path = [root]
    for token in TOKEN.finditer(text.replace("\x7f", " ")):
        name, fields = token.groups()
        if name is not None:
            parts = fields.split("|")
            node = Node(name, dict(zip(parts[::2], parts[1::2], strict=False)))
            path[-1].children.append(node)
            path.append(node)
        elif len(token[0]) > 1 and len(path) > 1:
            path.pop()
        else:
            raise ValueError(f"{token[0]!r} is not expected at character {token.start() + 1}")
    if len(path) > 1:
        raise ValueError("it ends too early")
    return root


def parse_work_times(text: str) -> WorkTimes:
    """Weekly pattern and exceptions out of a ``clndr_data`` text; ValueError when it is damaged.

    >>> parse_work_times("(0||CalendarData()((0||DaysOfWeek()((0||2()((0||0(s|08:00|f|12:00)())))))))").week
    {0: ((480, 720),)}
    """
    root, times = parse_nodes(text), WorkTimes()
    for day in children_of(root, "DaysOfWeek"):
        times.week[(int(day.name) + 5) % 7] = shifts_of(day)  # P6 counts from Sunday as 1
    for exception in children_of(root, "Exceptions"):
        try:
            times.exceptions[EPOCH + timedelta(days=int(exception.fields["d"]))] = shifts_of(exception)
        except (KeyError, OverflowError):
            raise ValueError(f"exception {exception.name} has no date") from None
    return times


def children_of(root: Node, name: str) -> Iterable[Node]:
    node = root.find(name)
    return node.children if node else ()


def shifts_of(node: Node) -> Shifts:
    return merge(shift(child.fields.get("s", ""), child.fields.get("f", "")) for child in node.children)


def shift(start: str, finish: str) -> Shift:
    """Minutes of a shift given as two clock times; a finish at or before the start is on the next day."""
    first, last = minute_of(start), minute_of(finish)
    return first, last if last > first else last + DAY


def minute_of(clock: str) -> int:
    match = CLOCK.match(clock)
    if match is None or int(match[1]) * 60 + int(match[2]) > DAY:
        raise ValueError(f"{clock!r} is not a time of day")
    return int(match[1]) * 60 + int(match[2])


def merge(shifts: Iterable[Shift]) -> Shifts:
    """Shifts in order, those that overlap or touch joined.

    >>> merge([(780, 1020), (480, 780)])
    ((480, 1020),)
    """
    joined: list[Shift] = []
    for start, end in sorted(shifts):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


@dataclass
class CalendarSet:
    """The calendars of a file under unique names."""

    calendars: dict[str, Calendar] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # clndr_id -> name
    default: str | None = None


def read_calendars(tables: Tables, times: Mapping[str, WorkTimes], projects: Mapping[str, str]) -> CalendarSet:
    """Every calendar of the file; ``projects`` gives the names that tell calendars of the same name apart."""
    rows = tables.by_id("CALENDAR", "clndr_id")
    result = CalendarSet()
    for key, row in rows.items():
        wanted = " ".join(row.get("clndr_name", "").split()) or f"calendar {key}"
        name = unique_name(wanted, result.calendars, projects.get(row.get("proj_id", ""), ""))
        if name != wanted:
            what = f"A second calendar has the name {wanted!r}; it is called {name!r} here."
            tables.report(row, what, severity="note")
        result.names[key] = name
        result.calendars[name] = _calendar(tables, row, name, [times[k] for k in _chain(row, rows) if k in times])
        if row.get("default_flag") == "Y" and result.default is None:
            result.default = name
    if not rows:
        result.default = "Standard"
        result.calendars["Standard"] = Calendar(name="Standard", week=ASSUMED_WEEK)
        assumed = "Monday to Friday 08:00-16:00 is assumed."
        tables.report(None, "There are no calendars in the file.", assumed, "warning")
    return result


def _chain(row: Row, rows: Mapping[str, Row]) -> list[str]:
    """Ids of a calendar and of its base calendars, nearest first."""
    chain = [row["clndr_id"]]
    while (base := rows[chain[-1]].get("base_clndr_id", "")) in rows and base not in chain:
        chain.append(base)
    return chain


def _calendar(tables: Tables, row: Row, name: str, times: Sequence[WorkTimes]) -> Calendar:
    """A calendar with what it inherits, nearest base first.

    P6 writes calendars out in full: weekdays are inherited only where a calendar does not list them, exceptions only
    by a calendar that lists no weekday at all. Without any working times P6's standard week is assumed.
    """
    own = next((n for n, known in enumerate(times) if known.week), None)
    if own is None:
        week: tuple[Shifts, ...] = ASSUMED_WEEK
        tables.report(row, f"Calendar {name!r} has no working times in the file.",
                      "Monday to Friday 08:00-16:00 is assumed.", "warning")
    else:
        week = tuple(next((known.week[day] for known in times if day in known.week), ()) for day in range(7))
    exceptions: dict[date, Shifts] = {}
    for known in reversed(times[: (own or 0) + 1]):
        exceptions |= known.exceptions
    hours = tables.number(row, "day_hr_cnt") or usual_hours(week)
    return Calendar(
        name=name,
        week=week,  # type: ignore[arg-type]
        exceptions={day: exceptions[day] for day in sorted(exceptions)},
        hours_per_day=hours,
        hours_per_week=tables.number(row, "week_hr_cnt") or 5 * hours,
        hours_per_month=tables.number(row, "month_hr_cnt") or 20 * hours,
    )


def usual_hours(week: Iterable[Shifts]) -> float:
    """Hours of the most common working day."""
    totals = [sum(end - start for start, end in shifts) for shifts in week if shifts]
    return max(totals, key=lambda total: (totals.count(total), total)) / 60 if totals else 8.0
