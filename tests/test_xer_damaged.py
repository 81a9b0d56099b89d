"""Damaged XER files: each refused with its place and its one clear message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.models.errors import PlanError
from simcore.models.formats.xer import read_xer
from tests.p6_cases import plan, with_values, write_xer

LOOP = [{"task_id": to, "pred_task_id": at, "pred_type": "PR_FS"} for at, to in (("11", "12"), ("12", "11"))]
BROKEN = {
    "not an XER": (b"%PDF-1.7", "not an XER file"),
    "empty": (b"", "not an XER file"),
    "no project": (write_xer({"TASK": plan()["TASK"]}), "there is no project"),
    "type": (
        write_xer(with_values("TASK", 0, task_type="TT_Odd")),
        r"TASK line \d+: task_type is 'TT_Odd'.*Write one of TT_Task",
    ),
    "status": (write_xer(with_values("TASK", 1, status_code="done")), "status_code is 'done'"),
    "constraint": (write_xer(with_values("TASK", 0, cstr_type="CS_X", cstr_date="2026-01-01")), "cstr_type is 'CS_X'"),
    "link type": (write_xer(with_values("TASKPRED", 0, pred_type="FS")), "TASKPRED line .*pred_type is 'FS'"),
    "lag": (write_xer(with_values("TASKPRED", 0, lag_hr_cnt="two")), "lag_hr_cnt is 'two', not a number"),
    "nan": (write_xer(with_values("TASK", 0, remain_drtn_hr_cnt="nan")), "remain_drtn_hr_cnt is 'nan'"),
    "huge": (
        write_xer(with_values("TASK", 0, target_drtn_hr_cnt="1e300")),
        "target_drtn_hr_cnt is 1e300 hours, more than",
    ),
    "date": (
        write_xer(with_values("TASK", 0, act_start_date="yesterday")),
        "act_start_date is 'yesterday', not a date",
    ),
    "year": (write_xer(with_values("PROJECT", 0, plan_start_date="0026-03-02 08:00")), "outside the years"),
    "no successor": (write_xer(with_values("TASKPRED", 0, task_id="")), "lacks its predecessor or its successor"),
    "lost activity": (write_xer(with_values("TASK", 0, proj_id="99")), "belongs to no project"),
    "same task_id": (write_xer(with_values("TASK", 1, task_id="11")), "task_id 11 occurs a second time"),
    "tab in a text": (
        write_xer(with_values("TASKPRED", 0, pred_type="PR_FS\tx")),
        r"The row has 8 values for 7 columns",
    ),
    "cut off": (write_xer(plan())[:-60], "may be cut off"),
    "loop": (write_xer(plan(TASKPRED=LOOP)), "loop: A10 -> A20 -> A10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_damaged_files_are_refused_with_their_place(case: str) -> None:
    data, message = BROKEN[case]
    with pytest.raises(PlanError, match=message):
        read_xer(data, "plan.xer")


def test_all_problems_come_together() -> None:
    tables = with_values("TASK", 0, task_type="TT_Odd", act_start_date="x")
    tables["TASKPRED"][0]["lag_hr_cnt"] = "y"
    with pytest.raises(PlanError) as caught:
        read_xer(write_xer(tables), "plan.xer")
    assert len(caught.value.problems) == 3


@given(st.binary(max_size=200))
def test_any_bytes_give_a_plan_or_a_message(data: bytes) -> None:
    with pytest.raises(PlanError):
        read_xer(b"ERMHDR\t1\n" + data, "plan.xer")
