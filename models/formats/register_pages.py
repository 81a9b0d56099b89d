"""The sheets of a register that are for people alone: guide, activities, examples, heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from simcore.models.formats.register_sheets import sheets

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from simcore.models.plan import Plan

_TITLE = Font(bold=True, size=14, color="1F3A5F")
_BOLD = Font(bold=True)
_LINE = Side(style="thin", color="FFFFFF")
_THIN = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_COLOURS = ("7FBF7B", "B8D98A", "F7E08A", "F4B266", "E0645C")
_GUIDE = (
    ("How to fill in this register", ""),
    ("1", "Sheet Risks: one row a risk. An id, a name and a probability are enough to begin with."),
    ("2", "Sheet Impacts: one row for what a risk does to an activity, chosen from the list: how much longer, and dearer."),
    ("3", "Sheet Uncertainty: how far durations and costs may lie from the plan without any risk. A row can hold for many "
          "activities: fill in a WBS code, a name with * or nothing at all for every activity."),
    ("4", "Run it:  simcore run PLAN --risks register.xlsx --report report.html"),
    ("", ""),
    ("How values are written", ""),
    ("Durations", "A number and a unit: 5d days, 4h hours, 2w weeks of working time; 20% is a share of the planned value."),
    ("Ranges", "triangular(5d, 10d, 20d): smallest, most likely, largest. uniform(5d, 10d). pert(90%, 100%, 140%)."),
    ("Money", "A plain number, in the plan's one currency. Ranges: uniform(5000, 20000) or uniform(5%, 20%)."),
    ("Words", "Wherever a probability or an impact is meant, a word of the sheet Scales does too; change its numbers to yours."),
    ("Lists", "Several ids in one cell are separated by semicolons: A1000; A1010."),
    ("Mitigation", "What is done about a risk stands in the columns Action ... of the sheet Risks, what is left of it in 'Post "
                   "probability' and in rows of the sheet Impacts that say 'post'. simcore run --scenario post counts it."),
    ("", ""),
    ("What is read", ""),
    ("Columns", "May stand in any order, be hidden, or be deleted when they are not needed. Columns and sheets of your own are "
                "ignored, and listed. The comment on a header says what goes there."),
    ("Not read", "The sheets Guide, Activities, Examples and Heat map."),
    ("Mistakes", "All are told at once, each with its sheet and cell; until they are corrected nothing is taken."),
    ("", ""),
    ("The sheets", ""),
)  # fmt: skip


def guide_page(page: Worksheet, plan: Plan | None) -> None:
    """How to fill the workbook in, in plain words."""
    page.column_dimensions["A"].width = 18
    page.column_dimensions["B"].width = 110
    page.sheet_view.showGridLines = False
    rows = [("Risk register" + (f": {_printable(plan.name)}" if plan is not None and plan.name else ""), ""), ("", ""), *_GUIDE]
    rows += [(sheet.title, f"{sheet.about[:1].upper()}{sheet.about[1:]}.") for sheet in sheets().values()]
    for number, (left, right) in enumerate(rows, start=1):
        for column, text in enumerate((left, right), start=1):
            cell = page.cell(number, column, text or None)
            if text:
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=column == 2, vertical="top")
        page.cell(number, 1).font = _TITLE if left and not right else _BOLD


def activities_page(page: Worksheet, plan: Plan | None) -> None:
    """The activities of the plan, for the drop-downs and to look things up."""
    headers = ("Activity ID", "Name", "WBS", "WBS name", "Remaining (d)", "Status")
    _head(page, headers, (18, 50, 18, 40, 14, 14))
    if plan is None:
        return
    names = {node.code: node.name for node in plan.wbs}
    for number, activity in enumerate(plan.activities, start=2):
        days = activity.remaining_duration / 60 / (24 if activity.elapsed else plan.calendar_of(activity).hours_per_day)
        code = activity.wbs or ""
        texts = (plan.shown[activity.ref], activity.name, code, names.get(code, ""))
        for column, text in enumerate(texts, start=1):
            cell = page.cell(number, column)
            cell.value = _printable(text) or None
            if text:
                cell.data_type, cell.number_format = "s", "@"
        page.cell(number, 5, round(days, 2))
        page.cell(number, 6, str(activity.status))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:500])


def examples_page(page: Worksheet) -> None:
    """A filled row of every sheet; not read."""
    page.column_dimensions["A"].width = 22
    page.cell(1, 1, "Examples of rows. This sheet is not read.").font = _TITLE
    number = 3
    for sheet in sheets().values():
        columns = [column for column in sheet.columns if column.example]
        if not columns:
            continue
        page.cell(number, 1, f"{sheet.title}: {sheet.about}").font = _BOLD
        for place, column in enumerate(columns, start=1):
            page.cell(number + 1, place, column.header).font = _BOLD
            cell = page.cell(number + 2, place, column.example)
            cell.data_type, cell.font = "s", Font(italic=True, color="555555")
        number += 4
    for place in range(2, 20):
        page.column_dimensions[get_column_letter(place)].width = 24


def heat_map_page(page: Worksheet, words: int) -> None:
    """Probability by impact: how many impacts of open risks lie where, counted by formulas from the other sheets."""
    size = min(max(words, 5), 9)
    page.cell(1, 1, "Heat map: impacts before mitigation, counted by the words of the sheet Scales").font = _TITLE
    page.cell(2, 1, "Rows: probability. Columns: impact on the duration. Risks that are given in numbers are not counted.")
    page.column_dimensions["A"].width = 18
    for step in range(size):
        row, column = 4 + step, 2 + step
        word = f"Scales!$A${size + 1 - step}"
        page.cell(row, 1, f'=IF({word}="","",{word})').font = _BOLD
        word = f"Scales!$A${step + 2}"
        head = page.cell(4 + size, column, f'=IF({word}="","",{word})')
        head.font, head.alignment = _BOLD, Alignment(horizontal="center")
        page.column_dimensions[get_column_letter(column)].width = 14
        page.row_dimensions[row].height = 36
    for i in range(size):
        for j in range(size):
            cell = page.cell(4 + i, 2 + j, _count(4 + i, get_column_letter(2 + j), 4 + size))
            shade = round((size - 1 - i + j) / (2 * size - 2) * (len(_COLOURS) - 1))
            cell.fill = PatternFill("solid", fgColor=_COLOURS[shade])
            cell.alignment = Alignment(horizontal="center", vertical="center")
            cell.border, cell.font, cell.number_format = _THIN, Font(bold=True, size=14), "0;;"


def _count(row: int, column: str, words: int) -> str:
    """Rows of Impacts with this word whose risk is open and has that probability."""
    last = 1000
    risk, when = f"Impacts!$A$2:$A${last}", f"Impacts!$B$2:$B${last}"
    duration = f"Impacts!{_letter('Impacts', 'duration')}"
    impact = f"{duration}$2:{duration.removeprefix('Impacts!')}${last}"
    chance, status = _letter("Risks", "probability"), _letter("Risks", "status")
    known = (
        f"COUNTIFS(Risks!$A$2:$A${last},{risk},Risks!{chance}$2:{chance}${last},$A{row},"
        f'Risks!{status}$2:{status}${last},"<>closed")'
    )
    return f'=SUMPRODUCT(({impact}={column}${words})*({impact}<>"")*({when}<>"post")*($A{row}<>"")*({known}>0))'


def _letter(sheet: str, key: str) -> str:
    keys = [column.key for column in sheets()[sheet].columns]
    return f"${get_column_letter(keys.index(key) + 1)}"


def _head(page: Worksheet, headers: Sequence[str], widths: Sequence[int]) -> None:
    for number, (header, width) in enumerate(zip(headers, widths, strict=True), start=1):
        cell = page.cell(1, number, header)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F3A5F")
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = "B2"
