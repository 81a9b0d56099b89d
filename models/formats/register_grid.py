"""Workbooks and CSV files as grids of cells that know their place."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simcore.models.errors import PlanError, Problem
from simcore.models.formats.register_cells import Cell
from simcore.models.formats.register_sheets import NOT_READ, plain

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LARGEST = 300_000_000
"""Bytes of a workbook once unpacked; a few hundred risks take one million."""
_MOST_ROWS, _MOST_COLUMNS = 50_000, 2_000
_BLANK = Cell(None)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Grid:
    """A sheet. ``first`` is the number of its first row as the user sees it; ``merged`` are areas of merged cells by row."""

    file: str
    title: str
    rows: list[list[Cell]]
    merged: dict[int, list[str]] = field(default_factory=dict)
    is_text: bool = False

    def place(self, row: int, column: int | None = None) -> str:
        """How people find a cell, or a row."""
        cell = "" if column is None else letters(column)
        if self.is_text:
            return f"{self.file}:{row + 1}" + (f" column {cell}" if cell else "")
        where = f"cell {cell}{row + 1}" if cell else f"row {row + 1}"
        return f"{self.file} sheet '{self.title}' {where}"


def letters(column: int) -> str:
    """The name of a column, counted from 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def is_workbook(data: bytes) -> bool:
    """Whether a file is a workbook of Excel or LibreOffice in the ``.xlsx`` format, as far as its first bytes show."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.lower() == "xl/workbook.xml" for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def read_workbook(data: bytes, name: str) -> list[Grid]:
    """The sheets of a workbook.

    Raises
    ------
    PlanError
        The file is damaged, protected, or far too large.
    """
    book = _load(data, name, values=False)
    read = [sheet for sheet in book.worksheets if plain(sheet.title) not in map(plain, NOT_READ)]
    _check_size(name, read)
    formulas = any(cell.data_type == "f" for sheet in read for row in sheet.iter_rows() for cell in row)
    results = _load(data, name, values=True) if formulas else None
    return [_grid(name, sheet, results[sheet.title] if results else None) for sheet in read]


def _check_size(name: str, read: Sequence[Worksheet]) -> None:
    """A stray cell at the end of a sheet makes it as large as sheets can be."""
    problems = [
        Problem(
            f"{name} sheet '{sheet.title}'", f"reaches down to cell {letters(sheet.max_column - 1)}{sheet.max_row}.",
            "Delete the rows and columns behind the last that is filled, and save it again.",
        )
        for sheet in read if sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS
    ]  # fmt: skip
    if problems:
        raise PlanError(problems)


def _load(data: bytes, name: str, values: bool) -> Workbook:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                fix = "Keep the register in a workbook of its own."
                raise PlanError(Problem(name, "is a workbook of more than 300 MB.", fix))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts of a workbook that are not kept matter only to those who write it back
            return load_workbook(io.BytesIO(data), data_only=values)
    except PlanError:
        raise
    except Exception as error:  # a damaged archive fails in openpyxl in any way there is
        what = f"cannot be read as a workbook ({type(error).__name__}: {error})."
        raise PlanError(Problem(name, what, "Open it in Excel or LibreOffice and save it as .xlsx again.")) from None


def _grid(name: str, sheet: Worksheet, results: Worksheet | None) -> Grid:
    """The cells of a sheet, with the results of formulas as they were when the workbook was saved."""
    rows: list[list[Cell]] = []
    for cells in sheet.iter_rows():
        row = [_cell(cell) for cell in cells]
        for place, cell in enumerate(cells):
            if cell.data_type == "f" and results is not None:
                row[place] = _result(results[cell.coordinate])
        rows.append(row)
    merged: dict[int, list[str]] = {}
    for area in sheet.merged_cells.ranges:
        merged.setdefault(area.min_row - 1, []).append(area.coord)
    return Grid(name, sheet.title, rows, merged)


def _result(cell: Any) -> Cell:
    if cell.value is None:
        trouble = "the formula has no result in the file; open and save it in Excel, or write the value"
        return Cell(None, trouble=trouble)
    return _cell(cell)


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return _BLANK
    if cell.data_type == "e":
        return Cell(value, trouble=f"the formula ends in the error {value}; correct it, or write the value")
    if isinstance(value, str):
        return Cell(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value)
    return Cell(value, "%" in str(cell.number_format))


def read_csv(data: bytes, name: str) -> Grid:
    """The rows of a CSV file with commas, semicolons or tabs, in UTF-8 (also as Excel writes it) or Windows-1252.

    Raises
    ------
    PlanError
        Quotes that do not close.
    """
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    try:
        parsed = list(_numbered(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
    except csv.Error as error:
        raise PlanError(Problem(name, f"is not sound CSV ({error}).", "Check the quotes.")) from None
    rows: list[list[Cell]] = []
    for line, row in parsed:
        rows += [[] for _ in range(line - len(rows))]
        rows.append([Cell(value) for value in row])
    return Grid(name, "Risks", rows, is_text=True)


def _numbered(reader: Iterable[Sequence[str]]) -> Iterable[tuple[int, Sequence[str]]]:
    """Rows with the number, from 0, of the line they begin in: quoted values may hold line ends."""
    begin = 0
    for row in reader:
        yield begin, row
        begin = reader.line_num  # type: ignore[attr-defined]
