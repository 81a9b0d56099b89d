"""Cells of a register as texts of the native format, and back: what people and spreadsheets do to values is undone here.

A value goes into a cell as a number, a percentage or a date where that is what it is, and comes back as the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from simcore.models.errors import PlanError
from simcore.models.formats.native_tree import Node, Rows, Table, parse_tree
from simcore.models.formats.native_yaml import Value, flow, scalar
from simcore.models.units import format_percent

EXPECTED = {
    "id": "an id", "ids": "an id", "list": "a text", "word": "a word", "chance": "a probability", "shares": "RISK: 80%",
    "range": "a duration or a range", "money range": "an amount or a range", "money": "an amount of money", "date": "a date",
    "end date": "a date", "flag": "yes or no", "number": "a number", "yaml": "{key: value}", "codes": "CODE: value",
    "complete": "progress such as < 50%",
}  # fmt: skip
"""What is meant by a kind of cell; cells of the kind ``text`` take everything."""
_PERCENT_KINDS = frozenset({"chance", "range", "money range", "complete", "id", "text"})
_DATES = frozenset({"date", "end date"})
_TEXTS = frozenset({"id", "text", "ids", "list", "word"})
_YES, _NO = frozenset({"yes", "y", "true", "x", "1"}), frozenset({"no", "n", "false", "0"})
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,}|\d+(?=\s*%))\s*(?:%|[a-z]{1,3})?", re.IGNORECASE)
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")


class Cell(NamedTuple):
    """What stands in a cell: its value, whether a number is shown as a percentage, and why it cannot be read."""

    value: object
    percent: bool = False
    trouble: str = ""

    @property
    def blank(self) -> bool:
        return not self.trouble and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


def cell_text(cell: Cell, kind: str) -> str:
    """The text of a cell, as a file in the native format would have it.

    Raises
    ------
    ValueError
        With a sentence: something else stands there than is meant.

    Examples
    --------
    >>> cell_text(Cell(0.3, percent=True), "chance"), cell_text(Cell(1010.0), "id"), cell_text(Cell(" 0,5 "), "number")
    ('30%', '1010', '0.5')
    """
    value = cell.value
    if cell.trouble:
        raise ValueError(cell.trouble)
    if value is None:
        return ""
    if isinstance(value, str):
        return _from_text(value, kind)
    if isinstance(value, bool):
        if kind == "flag" or kind in _TEXTS:
            return "yes" if value else "no"
        raise ValueError(f"{str(value).upper()} stands where {EXPECTED[kind]} is expected; write it")
    if isinstance(value, (int, float)):
        return _from_number(float(value), cell.percent, kind)
    return _from_date(value, kind)


def _from_text(value: str, kind: str) -> str:
    if kind == "text":
        return value if value.strip() else ""
    text = value.strip().strip("\u200b\ufeff").strip()
    if kind == "flag":
        word = text.casefold()
        return "yes" if word in _YES else "no" if word in _NO else text
    if kind in _DATES:
        german, slashed = _GERMAN_DATE.fullmatch(text), _SLASHED_DATE.fullmatch(text)
        parts = german.groups()[::-1] if german else slashed.groups() if slashed else None
        return f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}" if parts else text
    if kind in ("chance", "number", "range", "money", "money range"):
        return _without_decimal_commas(text)
    return text


def _without_decimal_commas(text: str) -> str:
    """``2,5d`` and ``triangular(2,5d; 5d; 7d)`` as they are meant; where a comma may mean something else it stays."""
    if ";" in text and "(" in text:
        return re.sub(r"(?<=\d),(?=\d)", ".", text).replace(";", ",")
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _from_number(value: float, percent: bool, kind: str) -> str:
    if percent and kind in _PERCENT_KINDS:
        return format_percent(value)
    if kind in _DATES:
        shown = scalar(value)
        raise ValueError(f"the number {shown} stands where a date is expected; format the cell as a date, or write 2026-03-31")
    if kind == "flag" and value in (0.0, 1.0):
        return "yes" if value else "no"
    return _plain(value)


def _plain(value: float) -> str:
    text = format(Decimal(repr(value)), "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _from_date(value: object, kind: str) -> str:
    if isinstance(value, datetime):
        shown = value.date().isoformat() if value.time() == time() else value.isoformat(timespec="minutes")
    elif isinstance(value, date):
        shown = value.isoformat()
    else:
        kinds = {time: "a time of day", timedelta: "a span of time"}
        what = kinds.get(type(value), "something else")
        raise ValueError(f"{what} ({value}) stands where {EXPECTED.get(kind, 'a text')} is expected; format the cell as text")
    if kind in _DATES or kind == "text":
        return shown
    raise ValueError(
        f"a date ({shown}) stands where {EXPECTED[kind]} is expected; spreadsheets make dates of texts such as 5-10: "
        "format the cell as text and write it again"
    )


def cell_value(text: str, kind: str) -> tuple[Any, str]:
    """What to put into a cell so that :func:`cell_text` gives the text back: a value, and its number format.

    >>> cell_value("30%", "chance"), cell_value("8000", "money"), cell_value("2d", "range")
    ((0.3, '0%'), (8000.0, '#,##0'), ('2d', '@'))
    """
    found: tuple[Any, str] | None = None
    try:
        if kind == "chance" and text.endswith("%"):
            share = float(Decimal(text[:-1]) / 100)
            found = share, "0%" if (share * 100).is_integer() else "0.0##%"
        elif kind in ("chance", "number"):
            found = float(text), "General"
        elif kind == "money":
            found = float(text), "#,##0" if float(text).is_integer() else "#,##0.##"
        elif kind in _DATES and len(text) == 10:
            found = datetime.fromisoformat(text), "yyyy-mm-dd"
    except (ValueError, ArithmeticError):
        found = None
    if found is not None and _kept(found[0]) and cell_text(Cell(found[0], found[1].endswith("%")), kind) == text:
        return found
    return text, "@"


def _kept(value: Any) -> bool:
    """Whether a workbook keeps a value: numbers of fifteen digits, dates from 1901 on."""
    return value.year >= 1901 if isinstance(value, datetime) else float(f"{value:.15g}") == value


def cell_node(text: str, kind: str, line: int) -> Node:
    """A cell's text as a tree: lists, filters and mappings are written into one cell.

    Raises
    ------
    ValueError
        With a sentence.
    """
    if kind == "yaml" or (kind in ("ids", "codes", "shares") and text.startswith("{")) or (
        kind in ("list", "ids") and text.startswith("[")
    ):
        return _flow_node(text, line)
    if kind in ("list", "ids"):
        return rows_of(split_list(text), line)
    if kind in ("codes", "shares"):
        return _pairs(text, kind, line)
    return text


def split_list(text: str) -> list[str]:
    """Items between semicolons or line ends."""
    return [item for part in re.split(r"[;\r\n]+", text) if (item := part.strip())]


def rows_of(items: Sequence[str], line: int) -> Node:
    """Several items as a list, one as itself."""
    if len(items) == 1:
        return items[0]
    rows = Rows(line)
    for item in items:
        rows.put(item, line)
    return rows


def _pairs(text: str, kind: str, line: int) -> Table:
    table = Table(line)
    for item in split_list(text):
        key, colon, value = item.rpartition(":")
        if not colon or not key.strip() or not value.strip():
            raise ValueError(f"'{item}' is not of the form {EXPECTED[kind]}; separate several by semicolons")
        if key.strip() in table:
            raise ValueError(f"'{key.strip()}' is there twice; keep one")
        table.put(key.strip(), value.strip(), line)
    return table


def _flow_node(text: str, line: int) -> Node:
    try:
        node = parse_tree(text, "cell.yaml")
    except PlanError as error:
        problem = error.problems[0]
        raise ValueError(f"{problem.what.rstrip('.')}; write it in one pair of brackets, such as {{wbs: C.1}}") from None
    if isinstance(node, str):
        raise ValueError(f"'{text}' is not of the form {{key: value}}; write the braces too")
    return relined(node, line)


def relined(node: Node, line: int) -> Node:
    """The same tree, all of it at one line."""
    if isinstance(node, Table):
        table = Table(line)
        for key, value in node.items():
            table.put(key, relined(value, line), line)
        return table
    if isinstance(node, Rows):
        rows = Rows(line)
        for value in node:
            rows.put(relined(value, line), line)
        return rows
    return node


def node_text(value: Value, kind: str) -> str:
    """The inverse of :func:`cell_node`: the short way where it reads back as the same."""
    if isinstance(value, str):
        short = value
    elif isinstance(value, Mapping):
        short = "; ".join(f"{key}: {item}" for key, item in value.items() if isinstance(item, str))
    else:
        short = "; ".join(item for item in value if isinstance(item, str)) if isinstance(value, Sequence) else ""
    try:
        if short and short == _from_text(short, kind) and same(cell_node(short, kind, 0), value):
            return short
    except ValueError:
        pass
    return flow([value] if isinstance(value, str) and kind in ("list", "ids") else value)


def same(one: object, other: object) -> bool:
    """Whether two trees say the same; a list of one is the same as its item."""
    return simplified(one) == simplified(other)


def simplified(node: object) -> object:
    """Plain dictionaries, lists and texts; lists of one text as that text."""
    if isinstance(node, Mapping):
        return {key: simplified(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        items = [simplified(value) for value in node]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return node
