"""Rows of a P6 export, whichever file they came from, and how their texts become numbers and dates.

Both readers hand over rows under the column names of the XER, which are those of P6's own database.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from simcore.models.errors import Problem
from simcore.models.units import FIRST_YEAR, LAST_YEAR, MAX_MINUTES

T = TypeVar("T")


class Row(dict[str, str]):
    """One record: column name to text, and where it stands in the file (a line number or an id)."""

    __slots__ = ("mark", "table")

    def __init__(self, table: str, mark: object, values: Iterable[tuple[str, str]] | Mapping[str, str] = ()):
        super().__init__(values)
        self.table = table
        self.mark = mark


@dataclass
class Tables:
    """All rows of a file by table, the problems found in them, and which tables somebody asked for."""

    name: str
    place: Callable[[Row], str]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    version: str = ""  # of the P6 that wrote the file
    _reported: set[Problem] = field(default_factory=set)

    def of(self, table: str) -> list[Row]:
        """Rows of a table; asking for them marks the table as read."""
        self.used.add(table)
        return self.rows.get(table, [])

    def by_id(self, table: str, key: str) -> dict[str, Row]:
        """Rows by their id; a file of one project may leave the project's id empty."""
        return {row[key]: row for row in self.of(table) if key in row}

    def unread(self) -> Iterator[tuple[str, int]]:
        """Tables that nobody asked for, with their numbers of rows."""
        return ((table, len(rows)) for table, rows in self.rows.items() if rows and table not in self.used)

    def report(self, row: Row | None, what: str, fix: str = "", severity: str = "error") -> None:
        problem = Problem(self.name if row is None else self.place(row), what, fix, severity)
        if problem not in self._reported:  # a value that is asked for twice is told once
            self._reported.add(problem)
            self.problems.append(problem)

    def note(self, what: str) -> None:
        self.problems.append(Problem(self.name, what, severity="note"))

    def number(self, row: Row, key: str, severity: str = "warning") -> float | None:
        """A number, None when the field is empty or not readable (which is reported)."""
        text = row.get(key)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = _local_number(text)
        if value != value or value in (float("inf"), float("-inf")):
            self.report(row, f"{key} is {text!r}, not a number.", severity=severity)
            return None
        return value

    def amount(self, row: Row, key: str) -> float:
        """Money or a quantity; 0 when empty."""
        return self.number(row, key) or 0.0

    def minutes(self, row: Row, key: str) -> int | None:
        """A duration given in hours, to the nearest minute."""
        value = self.number(row, key, severity="error")
        if value is None:
            return None
        if abs(value) * 60 > MAX_MINUTES:
            self.report(row, f"{key} is {row[key]} hours, more than {MAX_MINUTES // 60}.", "Correct the value.")
            return None
        return round(value * 60)

    def moment(self, row: Row, key: str) -> datetime | None:
        """A date, to the nearest minute."""
        text = row.get(key)
        if not text:
            return None
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            self.report(row, f"{key} is {text!r}, not a date.", "Write it as 2026-03-02 08:00.")
            return None
        if value.second or value.microsecond or value.tzinfo:
            value = (value.replace(tzinfo=None) + timedelta(seconds=30)).replace(second=0, microsecond=0)
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            self.report(row, f"{key} is {text}, outside the years {FIRST_YEAR} to {LAST_YEAR}.", "Correct the date.")
            return None
        return value

    def choice(self, row: Row, key: str, choices: Mapping[str, T], default: T) -> T:
        """The meaning of one of P6's enumerated values; an unknown one is reported."""
        text = row.get(key)
        if not text:
            return default
        if text in choices:
            return choices[text]
        self.report(row, f"{key} is {text!r}, which is not a value of P6.", f"Write one of {', '.join(choices)}.")
        return default


def _local_number(text: str) -> float:
    """A number written with a comma, as clients with such settings export it; NaN when it is none.

    >>> _local_number("1.066,67")
    1066.67
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    group, point = (".", ",") if plain.rfind(",") > plain.rfind(".") else (",", ".")
    try:
        return float(plain.replace(group, "").replace(point, "."))
    except ValueError:
        return float("nan")


def unique_name(wanted: str, taken: Collection[str], *tails: str) -> str:
    """``wanted``, or with the first of the tails in brackets that is still free, or numbered.

    >>> unique_name("Standard", {"Standard"}, "North")
    'Standard (North)'
    >>> unique_name("Standard", {"Standard", "Standard (2)"})
    'Standard (3)'
    """
    if wanted not in taken:
        return wanted
    for tail in tails:
        if tail and (name := f"{wanted} ({tail})") not in taken:
            return name
    number = 2
    while (name := f"{wanted} ({number})") in taken:
        number += 1
    return name


def count(number: int, thing: str) -> str:
    """A number with its noun.

    >>> count(1, "row"), count(3, "row")
    ('1 row', '3 rows')
    """
    return f"{number} {thing}{'' if number == 1 else 's'}"
