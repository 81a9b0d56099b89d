"""Register workbooks as tests write them: cell by cell under the headers, as a person would."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from simcore.models.errors import PlanError
from simcore.models.formats.native import read_native
from simcore.models.formats.register import merge_register
from simcore.models.formats.register_write import empty_register
from simcore.models.plan import Plan

PLAN = read_native(
    b"""
project: {name: Quay, start: 2026-03-02, currency: EUR}
wbs: {C: Civil, C.1: Piles}
activities:
  "1010": {name: Piles, duration: 20d, wbs: C.1, cost: {fixed: 1000, per_day: 100}}
  "1020": {name: Deck, duration: 30d, wbs: C, after: ["1010"]}
  crane: {name: Crane, duration: 10d, after: ["1020 FS+5d"]}
  done: {type: finish milestone, after: [crane]}
""",
    "plan.yaml",
)


def empty() -> Workbook:
    """What ``simcore new --excel`` writes for :data:`PLAN`."""
    return load_workbook(io.BytesIO(empty_register(PLAN)))


def put(book: Workbook, title: str, row: int, **values: Any) -> None:
    """Fill cells of a row; ``Risk_ID`` is the column Risk ID."""
    page: Worksheet = book[title]
    headers = {str(cell.value).casefold(): cell.column for cell in page[1] if cell.value}
    for name, value in values.items():
        page.cell(row, headers[name.replace("_", " ").casefold()]).value = value


def book_of(**sheets: Sequence[Sequence[Any]]) -> Workbook:
    """A workbook of nothing but these rows, headers first."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(list(row))
    return book


def data_of(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_book(book: Workbook, plan: Plan = PLAN) -> Plan:
    return merge_register(plan, data_of(book), "register.xlsx")


def problems_of(book: Workbook, plan: Plan = PLAN) -> list[str]:
    """The messages that a register is refused with."""
    with pytest.raises(PlanError) as caught:
        read_book(book, plan)
    return str(caught.value).splitlines()


def risks_book(rows: Sequence[Mapping[str, Any]]) -> Workbook:
    """An empty register with these risks filled in."""
    book = empty()
    for number, values in enumerate(rows, start=2):
        put(book, "Risks", number, **values)
    return book
