"""Observed values in CSV files: what ``empirical(file.csv, column)`` and fitting read.

A column's name may end in the unit of its numbers: ``duration (d)``, ``overrun (%)``. Errors are ``ValueError`` with a
sentence that names the file, and the line where there is one.
"""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simcore.models.suggestions import did_you_mean

MAX_VALUES = 10_000
MAX_BYTES = 20_000_000
DELIMITERS = ",;\t|"
_UNIT = re.compile(r"\s*[(\[]\s*(min|m|h|d|w|mo|em|eh|ed|ew|emo|%)\s*[)\]]\s*$", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*(\([^()]*\)|\[[^\[\]]*\])\s*$")
_VALUE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)\s*(%|[a-z]{1,8})?", re.IGNORECASE | re.ASCII)
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)(\s*(?:%|[A-Za-z]+)?)")


@dataclass(frozen=True, slots=True)
class FilesBeside:
    """Reads columns of CSV files in a folder and below it: the ``load`` of a plan or register read from that folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "jobs.csv").write_text("job,duration (d)\\nroof,8\\nwall,12\\n")
    ...     FilesBeside(folder)("jobs.csv", "duration")
    ('8d', '12d')
    """

    folder: str | Path

    def __call__(self, name: str, column: str = "") -> tuple[str, ...]:
        """Texts of the values of a column, in the file's order; without a name the only column of numbers."""
        if Path(name).is_absolute() or ".." in Path(name.replace("\\", "/")).parts:
            raise ValueError(f"'{name}' is not beside the plan; put it there and write its name alone")
        return column_of_file(Path(self.folder, name), column)


def column_of_file(path: str | Path, column: str = "") -> tuple[str, ...]:
    """Texts of the values of one column of a CSV file, with the unit of its heading behind plain numbers."""
    name = Path(path).name
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise ValueError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB; keep the rows that matter")
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise ValueError(f"there is no file {name}; correct the name, or put the file there") from None
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror or error}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return column_texts(text, column, name)


def column_texts(text: str, column: str = "", name: str = "the table") -> tuple[str, ...]:
    """As :func:`column_of_file`, from the text of a table.

    >>> column_texts("duration (d);note\\n8,5;late\\n12;\\n")
    ('8.5d', '12d')
    """
    rows = csv_rows(text, name)
    headings = rows[0][1] if not any(_is_value(cell) for cell in rows[0][1]) else None
    body = rows if headings is None else rows[1:]
    place = _place(headings, body, column, name)
    match = _UNIT.search(headings[place]) if headings else None
    unit = match[1].lower().replace("min", "m") if match else ""
    found = []
    for line, cells in body:
        if not (cell := _cell(cells, place)):
            continue
        if not (value := _VALUE.fullmatch(cell)):
            raise ValueError(f"{name} line {line}: '{cell}' is not a value; write numbers such as 12 or 8.5d")
        found.append(cell if value[2] else cell + unit)
    if not found:
        raise ValueError(f"{name} has no values in that column; write one a line")
    if len(found) > MAX_VALUES:
        raise ValueError(f"{name} has more than {MAX_VALUES:,} values; keep a sample of them, or fit a distribution")
    return tuple(found)


def csv_rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Lines with something in them, numbered as an editor does, their cells without blanks around them.

    >>> csv_rows("a;b\\n\\n1,5; 2\\n", "x.csv")
    [(1, ['a', 'b']), (3, ['1.5', '2'])]
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first or "\0" in text:
        raise ValueError(f"{name} is not a text file; save it as CSV" if first else f"{name} is empty; write values into it")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(DELIMITERS, key=unquoted.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter if delimiter in unquoted else "\t")
    try:
        cells = [(reader.line_num, [_decimal(cell.strip(), delimiter == ";") for cell in row]) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{name} line {reader.line_num} is not CSV: {error}") from None
    return [(line, row) for line, row in cells if any(row)]


def _decimal(cell: str, european: bool) -> str:
    """With a decimal point; 1,234 may be thousands, and is no value, unless the semicolons of the file say otherwise."""
    match = _DECIMAL_COMMA.fullmatch(cell)
    return f"{match[1]}.{match[2]}{match[3]}" if match and (european or len(match[2]) != 3) else cell


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None


def _place(headings: list[str] | None, body: Sequence[tuple[int, list[str]]], column: str, name: str) -> int:
    """Number of the column that is meant."""
    width = max(len(cells) for cells in (headings or [], *(cells for _, cells in body)))
    if column and headings is None:
        raise ValueError(f"{name} has no headings, so no column '{column}'; write headings into its first line")
    if column:
        wanted = column.casefold()
        known = {heading.casefold(): place for place, heading in reversed(list(enumerate(headings or ())))}
        bare = {_BRACKETS.sub("", heading): place for heading, place in reversed(known.items())}
        if (place := known.get(wanted, bare.get(wanted))) is None:
            raise ValueError(f"{name} has no column '{column}'. {did_you_mean(column, headings or ())}".rstrip())
        return place
    numeric = [
        place for place in range(width)
        if any(_is_value(cell := _cell(cells, place)) for _, cells in body)
        and all(_is_value(cell) for _, cells in body if (cell := _cell(cells, place)))
    ]  # fmt: skip
    if len(numeric) == 1 or width == 1:
        return numeric[0] if numeric else 0
    shown = ", ".join(f"'{heading}'" for heading in headings or ()) or "none with a heading"
    raise ValueError(f"{name} has several columns ({shown}); name the one to read")


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
