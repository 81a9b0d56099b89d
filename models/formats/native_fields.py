"""How the keys of the native format are read: one table of fields for each kind of mapping.

A field parses its text and raises ``ValueError`` with a sentence; :func:`read_fields` adds file, line, owner and key
and goes on, so that all problems of a file are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from simcore.models import units
from simcore.models.calendars import Calendar
from simcore.models.distributions import (
    Distribution,
    FilesBeside,
    Load,
    Values,
    duration_values,
    factor_values,
    money_values,
    parse_distribution,
)
from simcore.models.errors import Problem
from simcore.models.formats.native_tree import Node, Rows, Table
from simcore.models.risks import Chance
from simcore.models.suggestions import did_you_mean

E = TypeVar("E", bound=Enum)
_MOST_SUGGESTIONS = 25
"""Looking for the likely meaning of a word among thousands is slow; later problems do without."""


class Units(NamedTuple):
    """Hours that ``d``, ``w`` and ``mo`` stand for on the calendar a value runs on."""

    day: float = 8.0
    week: float = 40.0
    month: float = 160.0

    @staticmethod
    def of(calendar: Calendar) -> Units:
        return Units(calendar.hours_per_day, calendar.hours_per_week, calendar.hours_per_month)


ALWAYS = Units(24.0, 168.0, 720.0)
"""Round the clock."""


@dataclass(slots=True)
class Report:
    """The problems of one file, in the order they are found."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    folder: Path | None = None  # where the files lie that it names; None: it may name none
    _told: set[Problem] = field(default_factory=set)
    _load: Load | None = None

    @property
    def load(self) -> Load | None:
        """Reads columns of files in the folder, each once; None where no files may be named."""
        if self._load is None and self.folder is not None:
            self._load = cache(FilesBeside(self.folder))
        return self._load

    def place(self, line: int) -> str:
        """How people find a line; reports on files that have no lines say it their own way."""
        return f"{self.file}:{line}"

    def add(self, line: int, label: str, what: str, fix: str = "", severity: str = "error") -> None:
        problem = Problem(f"{self.place(line)} {label}".rstrip(), what, fix, severity)
        if problem not in self._told:  # what concerns many activities is wrong once
            self._told.add(problem)
            self.problems.append(problem)

    def unknown(self, line: int, label: str, kind: str, name: str, known: Any) -> None:
        fix = did_you_mean(name, known) if len(self.problems) < _MOST_SUGGESTIONS else ""
        self.add(line, label, f"there is no {kind} '{name}'.", fix)


class Scope(NamedTuple):
    """Where a value stands: the report to add to, the owner in words, and what a day is there."""

    report: Report
    label: str
    units: Units = Units()

    def inside(self, key: str) -> Scope:
        return Scope(self.report, f"{self.label} {key}".lstrip(), self.units)

    def problem(self, line: int, what: str, fix: str = "") -> None:
        self.report.add(line, self.label, what, fix)


class Field(NamedTuple):
    """A key: the attribute it fills and how its text is read.

    ``nested`` fields get the node, the scope and the line instead of the text, and report their problems themselves.
    """

    name: str
    parse: Callable[..., Any]
    nested: bool = False
    keep_empty: bool = False


Fields = Mapping[str, Field]


def read_fields(table: Table, fields: Fields, scope: Scope) -> dict[str, Any]:
    """Values of the known keys; an empty value counts as not given."""
    values: dict[str, Any] = {}
    for key, node in table.items():
        known = fields.get(key)
        if known is None:
            fix = did_you_mean(key, fields) if len(scope.report.problems) < _MOST_SUGGESTIONS else ""
            scope.problem(table.line_of(key), f"the key '{key}' is not known.", fix)
        elif known.nested:
            value = known.parse(node, scope.inside(key), table.line_of(key))
            if value is not None:
                values[known.name] = value
        elif not isinstance(node, str):
            scope.inside(key).problem(table.line_of(key), f"{kind_of(node)} stands where a single value is expected.")
        elif node or known.keep_empty:
            try:
                values[known.name] = known.parse(node, scope)
            except ValueError as error:
                scope.inside(key).problem(table.line_of(key), sentence(error))
    return values


def sentence(error: ValueError) -> str:
    """The message of a value's parser with a full stop."""
    text = str(error)
    return text if text.endswith((".", "?", "!")) else f"{text}."


def kind_of(node: Node) -> str:
    if isinstance(node, Table):
        return "a mapping"
    return "a list" if isinstance(node, Rows) else f"'{node[:60]}'"


def expect_table(node: Node, scope: Scope, line: int) -> Table:
    """The node as a mapping; nothing written is an empty one."""
    if isinstance(node, Table):
        return node
    if node != "":
        scope.problem(line, f"{kind_of(node)} stands where a mapping (key: value) is expected.")
    return Table(line)


def expect_rows(node: Node, scope: Scope, line: int) -> Rows:
    """The node as a list; a single value or mapping is a list of one."""
    if isinstance(node, Rows):
        return node
    rows = Rows(line)
    if node != "":
        rows.put(node, line)
    return rows


def texts(node: Node, scope: Scope, line: int) -> tuple[str, ...]:
    """A list of texts, or one."""
    found = []
    for item in expect_rows(node, scope, line):
        if isinstance(item, str):
            found.append(item)
        else:
            scope.problem(line, f"{kind_of(item)} stands where a single value is expected.")
    return tuple(found)


def text_map(node: Node, scope: Scope, line: int) -> dict[str, str]:
    """A mapping of texts to texts."""
    table = expect_table(node, scope, line)
    found = {}
    for key, value in table.items():
        if isinstance(value, str):
            found[key] = value
        else:
            scope.inside(key).problem(table.line_of(key), f"{kind_of(value)} stands where a single value is expected.")
    return found


def as_is(node: Node, scope: Scope, line: int) -> tuple[Node, int]:
    """Left for a second look, which needs more than the node."""
    return node, line


def if_given(node: Node, scope: Scope, line: int) -> tuple[Node, int] | None:
    """As :func:`as_is`; nothing where nothing is written."""
    return None if node == "" else (node, line)


def text(value: str, scope: Scope) -> str:
    return value


def number(value: str, scope: Scope) -> float:
    return units.parse_number(value)


def whole_number(value: str, scope: Scope) -> int:
    parsed = units.parse_number(value)
    if parsed != int(parsed):
        raise ValueError(f"'{value}' is not a whole number")
    return int(parsed)


def share(value: str, scope: Scope) -> float:
    """A fraction, written as a percentage or a number."""
    return units.parse_percent(value) if value.rstrip().endswith("%") else units.parse_number(value)


def money(value: str, scope: Scope) -> float:
    return units.parse_money(value)


def probability(value: str, scope: Scope) -> float:
    return units.parse_probability(value)


def _no_probability(value: str) -> float:
    raise ValueError(f"'{value}' is not a percentage; a probability inside a distribution is written like 30%")


_PROBABILITIES = Values(_no_probability, units.format_money)


def chance(value: str, scope: Scope) -> Chance:
    """A probability, or a distribution of it."""
    return parse_distribution(value, _PROBABILITIES, scope.report.load) if "(" in value else units.parse_probability(value)


def window(value: str, scope: Scope) -> tuple[datetime, datetime]:
    """From the first moment of a date, or a date and time, to the last moment of another."""
    first, dots, last = value.partition("..")
    return units.parse_datetime(first), units.parse_datetime(last if dots else first, end_of_day=True)


def rank(value: str, scope: Scope) -> float:
    parsed = units.parse_number(value)
    if not -1.0 <= parsed <= 1.0:
        raise ValueError(f"the rank correlation {value} is not between -1 and 1")
    return parsed


def flag(value: str, scope: Scope) -> bool:
    word = value.lower()
    if word in ("true", "yes"):
        return True
    if word in ("false", "no"):
        return False
    raise ValueError(f"'{value}' is neither true nor false")


def start_date(value: str, scope: Scope) -> datetime:
    return units.parse_datetime(value)


def finish_date(value: str, scope: Scope) -> datetime:
    return units.parse_datetime(value, end_of_day=True)


@lru_cache(maxsize=65536)
def _duration(value: str, unit: Units) -> tuple[int, bool]:
    return units.parse_duration(value, *unit)


def duration(value: str, scope: Scope) -> tuple[int, bool]:
    """Minutes, and whether they are elapsed; not negative."""
    parsed = _duration(value, scope.units)
    if parsed[0] < 0:
        raise ValueError(f"the duration '{value}' is negative")
    return parsed


def minutes(value: str, scope: Scope) -> int:
    """Minutes of working time, of any sign."""
    parsed, elapsed = _duration(value, scope.units)
    if elapsed:
        raise ValueError(f"'{value}' is elapsed time where working time is expected; write e.g. 3d")
    return parsed


def work(value: str, scope: Scope) -> float:
    """Minutes of work, unrounded."""
    parsed, elapsed = units.parse_exact_duration(value, *scope.units)
    if elapsed:
        raise ValueError(f"'{value}' is elapsed time where work is expected; write e.g. 40h")
    return float(parsed)


@lru_cache(maxsize=65536)
def duration_range(value: str, unit: Units, elapsed: bool = False, load: Load | None = None) -> Distribution:
    """A distribution of durations as written on a calendar; ``load`` reads the files it may name."""
    return parse_distribution(value, duration_values(*unit, elapsed=elapsed), load)


@lru_cache(maxsize=65536)
def money_range(value: str, load: Load | None = None) -> Distribution:
    """A distribution of money."""
    return parse_distribution(value, money_values(), load)


@lru_cache(maxsize=65536)
def factor_range(value: str, load: Load | None = None) -> Distribution:
    """A distribution of percentages."""
    return parse_distribution(value, factor_values(), load)


def money_distribution(value: str, scope: Scope) -> Distribution:
    return money_range(value, scope.report.load)


def factor_distribution(value: str, scope: Scope) -> Distribution:
    return factor_range(value, scope.report.load)


def names_in_turn(key: str, names: Sequence[str], otherwise: str) -> Iterator[int]:
    """Numbers of the days or months that ``mon``, ``fri-mon`` or ``mon, wed`` names; three letters tell them apart.

    >>> list(names_in_turn("december-feb", ("jan", "feb", "mar", "nov", "dec"), "no months"))
    [4, 0, 1]
    """
    for part in key.split(","):
        first, dash, last = (name.strip().lower()[:3] for name in part.partition("-"))
        if first not in names or (dash and last not in names):
            raise ValueError(f"'{key}' {otherwise}.")
        begin = names.index(first)
        end = names.index(last) if dash else begin
        for step in range((end - begin) % len(names) + 1):
            yield (begin + step) % len(names)


def choice(kind: type[E], also: Mapping[str, E] | None = None) -> Callable[[str, Scope], E]:
    """A parser of the words of an enumeration, and other words for some of them."""
    words: dict[str, E] = {member.value: member for member in kind} | dict(also or {})

    def parse(value: str, scope: Scope) -> E:
        found = words.get(value) or words.get(value.lower())
        if found is None:
            raise ValueError(f"there is no '{value}'. {did_you_mean(value, [m.value for m in kind])}".rstrip())
        return found

    return parse


def word(known: tuple[str, ...]) -> Callable[[str, Scope], str]:
    """A parser of one of a few words."""

    def parse(value: str, scope: Scope) -> str:
        if value not in known:
            raise ValueError(f"there is no '{value}'. {did_you_mean(value, known)}".rstrip())
        return value

    return parse
