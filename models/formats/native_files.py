"""Files that a plan or a risks file names: tables beside it, as rows of texts."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from simcore.models.distribution_files import csv_rows
from simcore.models.formats.native_fields import Scope, kind_of, sentence
from simcore.models.formats.native_tree import Node, Rows
from simcore.models.suggestions import closest
from simcore.models.units import format_money

Grid = list[tuple[int, list[str]]]
"""Rows with something in them, and their numbers in the file."""

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
        return _workbook(data, name) if data.startswith(_EXCEL) else csv_rows(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        scope.problem(line, f"{name} is not UTF-8 text.", "Save it as CSV in UTF-8, or as .xlsx.")
    except ValueError as error:
        scope.problem(line, sentence(error))
    return None


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


def _workbook(data: bytes, name: str) -> Grid:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # whatever a broken workbook makes of the library
        raise ValueError(f"{name} is no workbook: {error}") from None
    rows = [[_text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    found = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    if not found:
        raise ValueError(f"{name} is empty; write values into it")
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_money(float(value)) if isinstance(value, int | float) else str(value).strip()
