"""Weather of the native format: chances by month, or a measured record, for each calendar."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    as_is,
    expect_table,
    names_in_turn,
    number,
    probability,
    read_fields,
    sentence,
    text,
    text_map,
)
from simcore.models.formats.native_files import Grid, read_grid
from simcore.models.formats.native_tree import Node, Table
from simcore.models.suggestions import did_you_mean
from simcore.models.units import parse_date, parse_number
from simcore.models.weather import DAYS, Weather

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LEAP = 31 + 28
"""Day of a year that begins with 0 on which 29 February falls."""
_YES_NO = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False, "": False}

WEATHER_FIELDS: Fields = {
    "lost": Field("lost", as_is, nested=True),
    "persistence": Field("persistence", number),
    "record": Field("record", as_is, nested=True),
    "date": Field("date", text),
    "column": Field("column", text),
    "above": Field("above", number),
    "below": Field("below", number),
    "region": Field("region", text),
    "correlation": Field("correlation", number),
}
_OF_FILES = ("date", "column", "above", "below")


def read_weather(table: Table, report: Report) -> tuple[Weather, ...]:
    """The weather of every calendar; what is wrong is reported and left out."""
    found = []
    for name, node in table.items():
        before = _errors(report)
        weather = _weather(name, node, table.line_of(name), report)
        if _errors(report) == before:
            found.append(weather)
    return tuple(found)


def _errors(report: Report) -> int:
    return sum(problem.severity == "error" for problem in report.problems)


def _weather(name: str, node: Node, line: int, report: Report) -> Weather:
    scope = Scope(report, f"weather '{name}'")
    table = expect_table(node, scope, line)
    values = read_fields(table, WEATHER_FIELDS, scope)
    about = {key: values.pop(key) for key in _OF_FILES if key in values}
    if ("lost" in table) is ("record" in table):
        what = "has both chances and a record." if "lost" in table else "says neither how many days are lost nor has it a record."
        scope.problem(line, what, "Write either 'lost: {jan-feb: 40%}' or 'record: wind.csv'.")
        return Weather(calendar=name)
    if "lost" in values:
        written, at = values.pop("lost")
        values["monthly"] = _monthly(written, scope.inside("lost"), at)
    if "record" in values:
        written, at = values["record"]
        values["record"] = _record(written, at, about, scope.inside("record"))
        about = {} if isinstance(written, str) else about
    for key in about:
        scope.inside(key).problem(table.line_of(key), "goes with a record in a file only.", "Remove it.")
    return Weather(calendar=name, **values)


def _monthly(node: Node, scope: Scope, line: int) -> tuple[float, ...]:
    """Chances by months; those that are not named lose nothing."""
    chances: dict[int, float] = {}
    table = expect_table(node, scope, line)
    for key, value in text_map(table, scope, line).items():
        try:
            chance = probability(value, scope)
            for month in names_in_turn(key, MONTHS, "names no months; write jan, nov-feb or 'jan, mar'"):
                if month in chances:
                    raise ValueError(f"'{key}' names {MONTHS[month]} again; every month has one chance")
                chances[month] = chance
        except ValueError as error:
            scope.inside(key).problem(table.line_of(key), sentence(error))
    return tuple(chances.get(month, 0.0) for month in range(12))


def _record(node: Node, line: int, about: dict[str, Any], scope: Scope) -> tuple[bytes, ...]:
    if isinstance(node, str):
        grid = read_grid(node, scope, line)
        try:
            return () if grid is None else _measured(grid, node, about, scope, line)
        except ValueError as error:
            scope.problem(line, f"{node} {sentence(error)}")
            return ()
    table = expect_table(node, scope, line)
    years = []
    for name, digits in text_map(table, scope, line).items():
        bare = re.sub(r"\s", "", digits)
        if len(bare) not in (DAYS - 1, DAYS) or set(bare) - {"0", "1"}:
            what = f"a year is 365 or 366 digits, 0 for a day with and 1 for one without work; here are {len(bare)} characters."
            scope.inside(name).problem(table.line_of(name), what)
        else:
            years.append(_year(bytes(map(int, bare))))
    if not table:
        scope.problem(line, "has no years.", 'Write e.g. {2019: "0010...", 2020: "0000..."}.')
    return tuple(years)


def _year(days: bytes) -> bytes:
    """A year with a 29 February, which repeats the day before it where there was none."""
    return days if len(days) == DAYS else days[:_LEAP] + days[_LEAP - 1 : _LEAP] + days[_LEAP:]


def _measured(grid: Grid, name: str, about: dict[str, Any], scope: Scope, line: int) -> tuple[bytes, ...]:
    """The complete years of a time series; what is left out is noted."""
    lost = _lost_days(grid, about)
    years: dict[int, list[date]] = {}
    for day in sorted(lost):
        years.setdefault(day.year, []).append(day)
    whole = [year for year, days in years.items() if len(days) == (date(year + 1, 1, 1) - date(year, 1, 1)).days]
    if not whole:
        raise ValueError("has no year with a value for every day")
    partial = [str(year) for year in years if year not in whole]
    if partial:
        what = f"{name} lacks days of {', '.join(partial)}; years that are not complete are left out."
        scope.report.add(line, scope.label, what, severity="note")
    return tuple(_year(bytes(lost[day] for day in years[year])) for year in whole)


def _lost_days(grid: Grid, about: dict[str, Any]) -> dict[date, bool]:
    """Whether each day of a time series is lost: when any of its values is beyond the limit."""
    if {"above", "below"} <= about.keys():
        raise ValueError("has one limit; write above or below, not both")
    head = grid[0][1]
    when, what = _column(head, about.get("date"), 0), _column(head, about.get("column"), 1)
    lost: dict[date, bool] = {}
    for at, row in grid[1:]:
        cells = [*row, *[""] * (len(head) - len(row))]
        try:
            day = parse_date(cells[when][:10])
            lost[day] = lost.get(day, False) or _is_lost(cells[what], about)
        except ValueError as error:
            raise ValueError(f"row {at}: {error}") from None
    return lost


def _column(head: list[str], name: str | None, otherwise: int) -> int:
    """Number of a column by its heading; the first one holds dates and the second one values unless said otherwise."""
    if name is None:
        if len(head) <= otherwise:
            raise ValueError(f"has {len(head)} columns; a date and a value are needed in each row")
        return otherwise
    folded = [heading.casefold() for heading in head]
    if name.casefold() not in folded:
        raise ValueError(f"has no column '{name}'. {did_you_mean(name, head)}".rstrip())
    return folded.index(name.casefold())


def _is_lost(value: str, about: dict[str, Any]) -> bool:
    if "above" in about:
        return bool(value) and parse_number(value) > about["above"]
    if "below" in about:
        return bool(value) and parse_number(value) < about["below"]
    if value.lower() not in _YES_NO:
        raise ValueError(f"'{value}' is neither 0 or 1 nor yes or no; say what is too much, such as 'above: 12'")
    return _YES_NO[value.lower()]
