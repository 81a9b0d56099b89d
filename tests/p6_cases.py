"""Small P6 exports made by hand: a file is a dictionary of tables, a table a list of rows."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from simcore.models.errors import Problem
from simcore.models.formats.xer import read_xer
from simcore.models.plan import Plan

WEEK = "(0||CalendarData()((0||DaysOfWeek()(%s))%s))"
DAY = "(0||%d()(%s))"
SHIFT = "(0||%d(s|%s|f|%s)())"
Table = list[dict[str, str]]


def clndr_data(
    days: dict[int, list[tuple[str, str]]], exceptions: dict[int, list[tuple[str, str]]] | None = None
) -> str:
    """Working times by P6's weekday (1 is Sunday) and by serial day number."""
    week = "".join(DAY % (day, _shifts(shifts)) for day, shifts in days.items())
    dates = "".join(
        f"(0||{n}(d|{day})({_shifts(shifts)}))" for n, (day, shifts) in enumerate((exceptions or {}).items())
    )
    return WEEK % (week, f"(0||Exceptions()({dates}))")


def _shifts(shifts: list[tuple[str, str]]) -> str:
    return "".join(SHIFT % (n, start, finish) for n, (start, finish) in enumerate(shifts))


OFFICE = clndr_data({d: [("08:00", "12:00"), ("13:00", "17:00")] if 1 < d < 7 else [] for d in range(1, 8)})
PLAN: dict[str, Table] = {
    "CURRTYPE": [{"curr_id": "1", "curr_short_name": "EUR", "curr_symbol": "€", "base_exch_rate": "1"}],
    "PROJECT": [{"proj_id": "7", "proj_short_name": "PUMP", "clndr_id": "1", "plan_start_date": "2026-03-02 08:00",
                 "last_recalc_date": "2026-03-02 08:00", "project_flag": "Y", "name_sep_char": "."}],
    "SCHEDOPTIONS": [{"proj_id": "7", "sched_retained_logic": "Y", "sched_progress_override": "N"}],
    "CALENDAR": [{"clndr_id": "1", "clndr_name": "Office", "default_flag": "Y", "day_hr_cnt": "8",
                  "clndr_data": OFFICE}],
    "PROJWBS": [
        {"wbs_id": "70", "proj_id": "7", "proj_node_flag": "Y", "wbs_short_name": "PUMP", "wbs_name": "Pump station"},
        {"wbs_id": "71", "proj_id": "7", "proj_node_flag": "N", "wbs_short_name": "CIV", "wbs_name": "Civil works",
         "parent_wbs_id": "70"},
    ],
    "TASK": [
        {"task_id": "11", "proj_id": "7", "wbs_id": "71", "clndr_id": "1", "task_code": "A10", "task_name": "Excavate",
         "task_type": "TT_Task", "status_code": "TK_NotStart", "target_drtn_hr_cnt": "40", "remain_drtn_hr_cnt": "40"},
        {"task_id": "12", "proj_id": "7", "wbs_id": "71", "clndr_id": "1", "task_code": "A20", "task_name": "Concrete",
         "task_type": "TT_Task", "status_code": "TK_NotStart", "target_drtn_hr_cnt": "24", "remain_drtn_hr_cnt": "24"},
    ],
    "TASKPRED": [{"task_pred_id": "1", "task_id": "12", "pred_task_id": "11", "proj_id": "7", "pred_proj_id": "7",
                  "pred_type": "PR_FS", "lag_hr_cnt": "0"}],
}  # fmt: skip


def read(tables: dict[str, Table], **options: Any) -> Plan:
    """The plan that an XER file of these tables gives."""
    return read_xer(write_xer(tables, **options), "plan.xer")


def only(notes: Iterable[Problem], text: str) -> str:
    """The one note or warning that holds a text."""
    found = [str(note) for note in notes if text in note.what]
    assert len(found) == 1, found
    return found[0]


def plan(**tables: Table) -> dict[str, Table]:
    """A copy of the small plan with more or other tables."""
    return deepcopy(PLAN) | tables


def with_values(table: str, row: int, **values: str) -> dict[str, Table]:
    """A copy of the small plan with values of one row changed."""
    tables = deepcopy(PLAN)
    tables[table][row] |= values
    return tables


def write_xer(
    tables: dict[str, Table], encoding: str = "utf-8", ending: str = "\r\n", header: str = "", closed: bool = True
) -> bytes:
    """The bytes of an XER file."""
    lines = [header or "ERMHDR\t23.12\t2026-03-01\tProject\tadmin\tAda\tdb\tProject Management\tEUR"]
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines += [f"%T\t{name}", "\t".join(["%F", *columns])]
        lines += ["\t".join(["%R", *(row.get(column, "") for column in columns)]) for row in rows]
    return ending.join([*lines, *(["%E"] if closed else []), ""]).encode(encoding)
