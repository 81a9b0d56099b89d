"""Files that a plan or a risks file names: tables beside it, as rows of texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from simcore.models.formats.native_fields import Scope, kind_of
from simcore.models.formats.native_tree import Node, Rows
from simcore.models.suggestions import closest
from simcore.models.units import format_money

Grid = list[list[str]]

_DELIMITERS = ",;\t"
_EXCEL = b"PK\x03\x04"


def cells(node: Node, scope: Scope, line: int) -> list[str]:
    """A row that is written in the plan itself."""
    if not isinstance(node, Rows):
        scope.problem(line, f"{kind_of(node)} stands where a row of numbers is expected.", "Write e.g. [1, 0.5].")
        return []
    return [item if isinstance(item, str) else "" for item in node]


def read_grid(name: str, scope: Scope, line: int) -> Grid | None:
    """The rows of a CSV file or of the first sheet of a workbook; None where there is none, which is reported."""
    data = _load(name, scope, line)
    if data is None:
        return None
    try:
        grid = _workbook(data) if data.startswith(_EXCEL) else _csv(data.decode("utf-8-sig"))
    except (ValueError, csv.Error) as error:  # a text that is no UTF-8 too
        scope.problem(line, f"{name} cannot be read: {error}.", "Save it as CSV in UTF-8, or as .xlsx.")
        return None
    while grid and not any(grid[-1]):
        grid.pop()
    if not grid:
        scope.problem(line, f"{name} is empty.")
        return None
    return grid


def _load(name: str, scope: Scope, line: int) -> bytes | None:
    folder = scope.report.folder
    if folder is None:
        fix = "Write its values here, or read the plan from a file."
        scope.problem(line, f"'{name}' can only be read beside a plan that is a file.", fix)
        return None
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name.replace("\\", "/")).parts:
        scope.problem(line, f"'{name}' is not beside the file that names it.", "Put it there and write its name alone.")
        return None
    try:
        return path.read_bytes()
    except FileNotFoundError:
        match = closest(name, _neighbours(path.parent))
        scope.problem(line, f"there is no file '{name}'.", f"Did you mean '{match}'?" if match else "")
    except OSError as error:
        scope.problem(line, f"'{name}' cannot be read ({error.strerror or error}).")
    return None


def _neighbours(folder: Path) -> Iterable[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return ()


def _csv(text: str) -> Grid:
    """Cells between commas, semicolons (then with decimal commas) or tabs, whichever the first line has most of."""
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [[_decimal(cell.strip()) if delimiter == ";" else cell.strip() for cell in row] for row in rows]


def _decimal(cell: str) -> str:
    whole, comma, rest = cell.partition(",")
    return f"{whole}.{rest}" if comma and rest.isdigit() and whole.lstrip("+-").isdigit() else cell


def _workbook(data: bytes) -> Grid:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # whatever a broken workbook makes of the library
        raise ValueError(f"it is no workbook ({error})") from None
    sheet = book.worksheets[0]
    grid = [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    book.close()
    return grid


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_money(float(value)) if isinstance(value, int | float) else str(value).strip()
