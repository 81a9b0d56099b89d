"""Register workbooks: empty ones to fill in, and those of a risk model."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from simcore.models.errors import PlanError, Problem
from simcore.models.formats.native_yaml import Value
from simcore.models.formats.register_cells import cell_value
from simcore.models.formats.register_fill import Content, Filled
from simcore.models.formats.register_pages import activities_page, examples_page, guide_page, heat_map_page
from simcore.models.formats.register_sheets import MATRIX, Column, Sheet, sheets

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from simcore.models.plan import Plan

_HEAD = PatternFill("solid", fgColor="1F3A5F")
_NEEDED = PatternFill("solid", fgColor="8A4B08")
_LAST_ROW = 1000
"""Down to where drop-downs reach in a new workbook."""
_LONGEST = 32_767
_FORMATS = {"chance": "0%", "date": "yyyy-mm-dd", "end date": "yyyy-mm-dd", "money": "#,##0", "number": "General"}
_SOURCES = {"risks": "Risks!$A$2:$A$1000", "templates": "Templates!$A$2:$A$200"}
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

SCALES: Mapping[str, Mapping[str, str]] = {
    "probability": {"very low": "5%", "low": "20%", "medium": "40%", "high": "60%", "very high": "80%"},
    "duration": {
        "very low": "uniform(1%, 5%)", "low": "uniform(5%, 10%)", "medium": "uniform(10%, 20%)", "high": "uniform(20%, 40%)",
        "very high": "uniform(40%, 80%)",
    },
    "cost": {
        "very low": "uniform(0%, 1%)", "low": "uniform(1%, 5%)", "medium": "uniform(5%, 10%)", "high": "uniform(10%, 20%)",
        "very high": "uniform(20%, 40%)",
    },
}  # fmt: skip
"""Words of a new register, to be changed to those of the organisation."""


def register_workbook(sections: Mapping[str, Value], plan: Plan | None = None, file: str = "register.xlsx") -> bytes:
    """A workbook of a risk model, or an empty one.

    Parameters
    ----------
    sections : mapping
        The risk model as :func:`simcore.models.formats.register_document.plan_document` gives it.
    plan : Plan, optional
        Whose activities are listed and offered in drop-downs.
    file : str
        For messages.

    Raises
    ------
    PlanError
        A value is too long for a cell.
    """
    content = Content(sections)
    book = Workbook()
    book.remove(book.worksheets[0])
    guide_page(book.create_sheet("Guide"), plan)
    for title, sheet in sheets().items():
        page = book.create_sheet(title)
        rows = content.rows[title]
        _fill(page, sheet, rows, file)
        _drop_downs(page, sheet, max(_LAST_ROW, len(rows) + 200), plan)
        if title == "Correlations":
            for name, matrix in (content.matrices or {MATRIX: []}).items():
                _fill_matrix(book.create_sheet(name), matrix)
        elif title == "Scales":
            heat_map_page(book.create_sheet("Heat map"), len(rows))
            activities_page(book.create_sheet("Activities"), plan)
    examples_page(book.create_sheet("Examples"))
    book.active = 0
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def empty_register(plan: Plan | None = None) -> bytes:
    """A workbook to fill in, with the words of a qualitative scale."""
    settings = {"currency": plan.currency} if plan is not None and plan.currency else {}
    return register_workbook({**settings, "scales": {name: dict(words) for name, words in SCALES.items()}}, plan)


def _fill(page: Worksheet, sheet: Sheet, rows: Sequence[Filled], file: str) -> None:
    for number, column in enumerate(sheet.columns, start=1):
        head = page.cell(1, number, column.header)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = _NEEDED if column.key in sheet.needs else _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="center")
        head.comment = Comment(_comment(column, sheet), "simcore", width=320, height=150)
        dimension = page.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.number_format = _FORMATS.get(column.kind, "@")
    page.row_dimensions[1].height = 32
    page.freeze_panes = "B2"
    for place, row in enumerate(rows, start=2):
        for number, column in enumerate(sheet.columns, start=1):
            if column.key in row:
                _put(page, place, number, row[column.key], column.kind, file)
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{max(2, len(rows) + 1)}"


def _comment(column: Column, sheet: Sheet) -> str:
    needed = "Needed. " if column.key in sheet.needs else ""
    example = f"\nExample: {column.example}" if column.example else ""
    return f"{needed}{column.help}{example}"


def _put(page: Worksheet, row: int, column: int, text: str, kind: str, file: str) -> None:
    value, number_format = cell_value(text, kind)
    cell = page.cell(row, column)
    if isinstance(value, str):
        safe = _UNSAFE.sub(lambda match: f"_x{ord(match[0][0]):04X}_{match[0][1:]}", _HALF_CHARACTER.sub("\ufffd", value))
        if len(safe) > _LONGEST:
            where = f"{file} sheet '{page.title}' cell {cell.coordinate}"
            what = f"a text of {len(safe):,} characters does not fit into a cell, which holds {_LONGEST:,}."
            raise PlanError(Problem(where, what, "Keep it in a risks file."))
        cell.value = safe
        cell.data_type = "s"  # a text that begins with = is no formula
    else:
        cell.value = value
    cell.number_format = number_format
    cell.alignment = Alignment(vertical="top", wrap_text=kind == "text")


def _fill_matrix(page: Worksheet, matrix: Sequence[Sequence[str]]) -> None:
    page.column_dimensions["A"].width = 28
    page.freeze_panes = "B2"
    for row, line in enumerate(matrix, start=1):
        for column, text in enumerate(line, start=1):
            _put(page, row, column, text, "number" if row > 1 and column > 1 else "text", page.title)
    help = "Variables in the first row and the first column, such as duration of A1000. One triangle is enough."
    page["A1"].comment = Comment(help, "simcore", width=320, height=80)


def _drop_downs(page: Worksheet, sheet: Sheet, last: int, plan: Plan | None) -> None:
    for number, column in enumerate(sheet.columns, start=1):
        formula = _formula(column, plan)
        if formula is None:
            continue
        validation = DataValidation(type="list", formula1=formula, allow_blank=True)
        validation.showErrorMessage = column.strict
        validation.errorTitle, validation.error = column.header, "Choose one of the list."
        letter = get_column_letter(number)
        validation.add(f"{letter}2:{letter}{last}")
        page.add_data_validation(validation)


def _formula(column: Column, plan: Plan | None) -> str | None:
    if column.choices:
        return f'"{",".join(column.choices)}"'
    if column.source == "activities":
        return f"Activities!$A$2:$A${len(plan.activities) + 1}" if plan is not None and plan.activities else None
    if column.source.startswith("scale:"):
        return "Scales!$A$2:$A$50"
    return _SOURCES.get(column.source)
