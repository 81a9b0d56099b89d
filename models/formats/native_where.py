"""Filters on activities, ``where:``, as rules, impacts, paths, factors and correlations have them."""

from __future__ import annotations

import re

from simcore.models.formats.native_fields import Field, Fields, Scope, expect_table, read_fields, texts
from simcore.models.formats.native_tree import Node
from simcore.models.uncertainty import Progress, Where, expression
from simcore.models.units import parse_percent


def patterns(node: Node, scope: Scope, line: int) -> tuple[str, ...]:
    """One pattern or several; a regular expression between slashes must be one."""
    found = texts(node, scope, line)
    for pattern in found:
        try:
            expression(pattern)
        except re.error as error:
            what = f"the regular expression {pattern} is not complete: {error.msg} at character {(error.pos or 0) + 1}."
            scope.problem(line, what)
            return ()
    return found


def _codes(node: Node, scope: Scope, line: int) -> dict[str, tuple[str, ...]]:
    table = expect_table(node, scope, line)
    return {key: patterns(value, scope.inside(key), table.line_of(key)) for key, value in table.items()}


_COMPARED = re.compile(r"\s*(<=|>=|<|>|=)?\s*([^<>=].*)")


def _progress(value: str, scope: Scope) -> Progress:
    """``< 50%``, ``>= 20%``, ``30%``, or ``20%..50%`` with both ends."""
    first, dots, last = value.partition("..")
    if dots:
        low, high = parse_percent(first), parse_percent(last)
        if low > high:
            raise ValueError(f"the range {value} ends before it begins; write {last.strip()}..{first.strip()}")
        return Progress(low=low, high=high)
    match = _COMPARED.fullmatch(value)
    if match is None:
        raise ValueError(f"'{value}' is not understood; write '< 50%', '>= 20%' or 20%..50%")
    share = parse_percent(match[2])
    match match[1]:
        case "<" | "<=":
            return Progress(high=share, without_high=match[1] == "<")
        case ">" | ">=":
            return Progress(low=share, without_low=match[1] == ">")
    return Progress(low=share, high=share)


WHERE_FIELDS: Fields = {
    "id": Field("id", patterns, nested=True),
    "name": Field("name", patterns, nested=True),
    "project": Field("project", patterns, nested=True),
    "wbs": Field("wbs", patterns, nested=True),
    "calendar": Field("calendar", patterns, nested=True),
    "resource": Field("resource", patterns, nested=True),
    "percent_complete": Field("progress", _progress),
    "code": Field("code", _codes, nested=True),
}


def read_where(node: Node, scope: Scope, line: int) -> Where:
    """A filter; one without keys selects everything."""
    return Where(**read_fields(expect_table(node, scope, line), WHERE_FIELDS, scope))
