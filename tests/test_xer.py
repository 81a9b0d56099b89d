"""XER files of Primavera P6: what is read out of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from simcore.models.plan import ActivityType, Constraint, ConstraintType, LagCalendar, LinkType, Ref, Status
from tests.p6_cases import only, plan, read, with_values


def test_a_small_plan_is_read_whole() -> None:
    small = read(plan())
    assert [a.id for a in small.activities] == ["A10", "A20"]
    assert small.activities[0].duration == 2400
    assert small.activities[0].wbs == "PUMP.CIV"
    link = small.relationships[0]
    assert (link.predecessor, link.successor, link.type, link.lag) == (
        Ref("PUMP", "A10"),
        Ref("PUMP", "A20"),
        LinkType.FS,
        0,
    )
    assert small.name == "Pump station"
    assert small.currency == "EUR"
    assert small.source == "plan.xer, Primavera P6 23.12"
    assert small.calendars["Office"].week[0] == ((480, 720), (780, 1020))
    assert small.projects[0].data_date == datetime(2026, 3, 2, 8)
    assert not small.notes


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_line_endings(ending: str) -> None:
    assert len(read(plan(), ending=ending).activities) == 2


def test_activity_types_status_and_progress() -> None:
    kinds = ["TT_Task", "TT_Rsrc", "TT_Mile", "TT_FinMile", "TT_LOE", "TT_WBS"]
    rows = [
        {"task_id": str(n), "proj_id": "7", "task_code": kind, "task_type": kind, "target_drtn_hr_cnt": "8"}
        for n, kind in enumerate(kinds)
    ]
    rows[0] |= {
        "status_code": "TK_Active",
        "act_start_date": "2026-03-02 08:00",
        "remain_drtn_hr_cnt": "6",
        "complete_pct_type": "CP_Drtn",
        "suspend_date": "2026-03-03 12:00",
        "resume_date": "2026-03-05 08:00",
    }
    rows[1] |= {"status_code": "TK_Complete", "act_start_date": "2026-02-02 08:00", "act_end_date": "2026-02-02 17:00"}
    a = {activity.id: activity for activity in read(plan(TASK=rows, TASKPRED=[])).activities}
    assert [a[kind].type for kind in kinds] == [
        ActivityType.TASK,
        ActivityType.RESOURCE_DEPENDENT,
        ActivityType.START_MILESTONE,
        ActivityType.FINISH_MILESTONE,
        ActivityType.HAMMOCK,
        ActivityType.SUMMARY,
    ]
    task = a["TT_Task"]
    assert (task.status, task.remaining, task.percent_complete) == (Status.IN_PROGRESS, 360, 0.25)
    assert (task.suspend, task.resume) == (datetime(2026, 3, 3, 12), datetime(2026, 3, 5, 8))
    assert (a["TT_Rsrc"].status, a["TT_Rsrc"].percent_complete) == (Status.COMPLETED, 1.0)
    assert a["TT_FinMile"].duration == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"complete_pct_type": "CP_Phys", "phys_complete_pct": "30"}, 0.3),
        ({"complete_pct_type": "CP_Units", "act_work_qty": "3", "remain_work_qty": "1"}, 0.75),
        ({"complete_pct_type": "CP_Drtn"}, 0.4),
    ],
)
def test_percent_complete_by_its_type(values: dict[str, str], expected: float) -> None:
    started = {"status_code": "TK_Active", "act_start_date": "2026-03-02 08:00", "remain_drtn_hr_cnt": "24"}
    assert read(with_values("TASK", 0, **started, **values)).activities[0].percent_complete == pytest.approx(expected)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("CS_MSO", ConstraintType.START_ON),
        ("CS_MSOA", ConstraintType.START_NO_EARLIER_THAN),
        ("CS_MSOB", ConstraintType.START_NO_LATER_THAN),
        ("CS_MEO", ConstraintType.FINISH_ON),
        ("CS_MEOA", ConstraintType.FINISH_NO_EARLIER_THAN),
        ("CS_MEOB", ConstraintType.FINISH_NO_LATER_THAN),
        ("CS_MANDSTART", ConstraintType.MANDATORY_START),
        ("CS_MANDFIN", ConstraintType.MANDATORY_FINISH),
    ],
)
def test_constraints(code: str, kind: ConstraintType) -> None:
    values = {"cstr_type": code, "cstr_date": "2026-04-01 17:00", "cstr_type2": "CS_ALAP"}
    first, second = read(with_values("TASK", 0, **values)).activities[0].constraints
    assert first == Constraint(kind, datetime(2026, 4, 1, 17))
    assert second == Constraint(ConstraintType.AS_LATE_AS_POSSIBLE)


def test_a_constraint_without_a_date_is_ignored_aloud() -> None:
    small = read(with_values("TASK", 0, cstr_type="CS_MEOB"))
    assert small.activities[0].constraints == ()
    assert only(small.notes, "CS_MEOB").startswith("plan.xer table TASK line")


def test_dates_and_floats_that_p6_stored() -> None:
    values = {
        "status_code": "TK_Active",
        "act_start_date": "2026-02-27 08:00",
        "early_start_date": "2026-03-02 08:00",
        "early_end_date": "2026-03-06 17:00",
        "late_start_date": "2026-03-04 08:00",
        "late_end_date": "2026-03-10 17:00:29",
        "restart_date": "2026-03-02 08:00",
        "reend_date": "2026-03-06 17:00",
        "total_float_hr_cnt": "15.9999",
        "free_float_hr_cnt": "0",
        "driving_path_flag": "Y",
        "expect_end_date": "2026-03-06 17:00",
        "external_early_start_date": "2026-02-01 08:00",
        "external_late_end_date": "2026-09-01 17:00",
    }
    activity = read(with_values("TASK", 0, **values)).activities[0]
    dates = activity.file_dates
    assert dates is not None
    assert (dates.start, dates.finish) == (datetime(2026, 2, 27, 8), datetime(2026, 3, 6, 17))
    assert (dates.early_start, dates.early_finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 6, 17))
    assert (dates.late_start, dates.late_finish) == (datetime(2026, 3, 4, 8), datetime(2026, 3, 10, 17))
    assert (dates.total_float, dates.free_float) == (960, 0)
    assert (dates.critical, dates.longest_path) == (False, True)
    assert activity.expected_finish == datetime(2026, 3, 6, 17)
    assert activity.external_early_start == datetime(2026, 2, 1, 8)
    assert activity.external_late_finish == datetime(2026, 9, 1, 17)


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"sched_retained_logic": "N", "sched_progress_override": "Y"}, "logic", "override"),
        ({"sched_retained_logic": "N"}, "logic", "actual dates"),
        ({"sched_calendar_on_relationship_lag": "rcal_24Hour"}, "lag_calendar", LagCalendar.ALWAYS),
        ({"sched_calendar_on_relationship_lag": "rcal_Successor"}, "lag_calendar", LagCalendar.SUCCESSOR),
        ({"sched_calendar_on_relationship_lag": "rcal_ProjDefault"}, "lag_calendar", LagCalendar.PROJECT),
        ({"sched_float_type": "FT_SS"}, "float", "start"),
        ({"sched_open_critical_flag": "Y"}, "open_ends_critical", True),
        ({"sched_use_expect_end_flag": "N"}, "use_expected_finish", False),
        ({"sched_lag_early_start_flag": "N"}, "start_to_start_lag_from", "actual start"),
        ({"sched_outer_depend_type": "SD_None"}, "ignore_other_projects", True),
        ({"sched_use_project_end_date_for_float": "N"}, "float_to", "plan finish"),
    ],
)
def test_scheduling_options(values: dict[str, str], field: str, expected: object) -> None:
    assert getattr(read(with_values("SCHEDOPTIONS", 0, **values)).scheduling, field) == expected


def test_critical_by_float_or_longest_path() -> None:
    assert read(with_values("PROJECT", 0, critical_drtn_hr_cnt="16")).scheduling.critical == "float <= 16h"
    assert read(with_values("PROJECT", 0, critical_path_type="CT_DrivPath")).scheduling.critical == "longest path"


def test_resources_assignments_and_expenses() -> None:
    small = read(
        plan(
            RSRC=[
                {
                    "rsrc_id": "5",
                    "rsrc_short_name": "CRANE",
                    "rsrc_name": "Crane",
                    "rsrc_type": "RT_Equip",
                    "clndr_id": "1",
                },
                {"rsrc_id": "6", "rsrc_short_name": "STEEL", "rsrc_type": "RT_Mat"},
            ],
            RSRCRATE=[
                {"rsrc_id": "5", "cost_per_qty": "120.5", "max_qty_per_hr": "2", "start_date": "2026-06-01 00:00"},
                {"rsrc_id": "5", "cost_per_qty": "100", "max_qty_per_hr": "1", "start_date": "2026-01-01 00:00"},
            ],
            TASKRSRC=[
                {
                    "taskrsrc_id": "1",
                    "task_id": "11",
                    "rsrc_id": "5",
                    "target_qty": "40",
                    "remain_qty": "30",
                    "act_reg_qty": "8",
                    "act_ot_qty": "2",
                    "target_qty_per_hr": "1",
                    "target_cost": "4000",
                    "act_reg_cost": "800",
                    "act_ot_cost": "300",
                    "remain_cost": "3000",
                    "relag_drtn_hr_cnt": "4",
                    "rollup_dates_flag": "N",
                },
                {
                    "taskrsrc_id": "2",
                    "task_id": "11",
                    "rsrc_id": "6",
                    "target_qty": "12,5",
                    "remain_qty": "12,5",
                    "target_cost": "1.250,50",
                    "remain_cost": "1.250,50",
                },
            ],
            ACCOUNT=[{"acct_id": "3", "acct_short_name": "4711"}],
            PROJCOST=[
                {
                    "task_id": "11",
                    "cost_name": "Permit fee",
                    "target_cost": "500",
                    "act_cost": "200",
                    "remain_cost": "300",
                    "cost_load_type": "CL_Start",
                    "acct_id": "3",
                }
            ],
        )
    )
    crane = small.resources["CRANE"]
    assert (crane.kind, crane.calendar, [rate.price for rate in crane.rates]) == ("equipment", "Office", [100, 120.5])
    labour, steel = small.activities[0].assignments
    assert (labour.resource, labour.work, labour.actual_work, labour.remaining_work) == ("CRANE", 2400, 600, 1800)
    assert (labour.budgeted_cost, labour.actual_cost, labour.remaining_cost) == (4000, 1100, 3000)
    assert (labour.delay, labour.drives, labour.time_dependent) == (240, False, True)
    assert (steel.quantity, steel.budgeted_cost, steel.work, steel.time_dependent) == (12.5, 1250.5, 0, False)
    fee = small.activities[0].expenses[0]
    assert (fee.name, fee.accrual, fee.account, fee.remaining_cost) == ("Permit fee", "start", "4711", 300)


def test_codes_and_fields() -> None:
    small = read(
        plan(
            ACTVTYPE=[
                {"actv_code_type_id": "1", "actv_code_type": "Phase"},
                {"actv_code_type_id": "2", "actv_code_type": "Area"},
            ],
            ACTVCODE=[
                {"actv_code_id": "1", "actv_code_type_id": "1", "short_name": "D"},
                {"actv_code_id": "2", "actv_code_type_id": "2", "short_name": "N"},
                {"actv_code_id": "3", "actv_code_type_id": "2", "short_name": "1", "parent_actv_code_id": "2"},
                {"actv_code_id": "4", "actv_code_type_id": "2", "short_name": "1"},
            ],
            TASKACTV=[
                {"task_id": "11", "actv_code_type_id": "1", "actv_code_id": "1"},
                {"task_id": "11", "actv_code_type_id": "2", "actv_code_id": "3"},
            ],
            UDFTYPE=[
                {"udf_type_id": "1", "table_name": "TASK", "udf_type_label": "Risk owner"},
                {"udf_type_id": "2", "table_name": "PROJECT", "udf_type_label": "Client"},
            ],
            UDFVALUE=[
                {"udf_type_id": "1", "fk_id": "11", "udf_text": "Ada"},
                {"udf_type_id": "2", "fk_id": "7", "udf_text": "X"},
            ],
        )
    )
    assert small.activities[0].codes == {"Phase": "D", "Area": "N.1"}
    assert small.activities[0].fields == {"Risk owner": "Ada"}
    assert "1 user-defined value of" in only(small.notes, "user-defined")


def two_projects() -> dict[str, Any]:
    tables = plan()
    tables["PROJECT"].append(
        {"proj_id": "8", "proj_short_name": "PIPE", "clndr_id": "1", "plan_start_date": "2026-03-02 08:00"}
    )
    tables["PROJWBS"].append(
        {"wbs_id": "80", "proj_id": "8", "proj_node_flag": "Y", "wbs_short_name": "PIPE", "wbs_name": "Pipe"}
    )
    tables["TASK"].append(tables["TASK"][0] | {"task_id": "21", "proj_id": "8", "wbs_id": "80"})
    tables["TASKPRED"].append({"task_id": "21", "pred_task_id": "12", "pred_type": "PR_SS", "lag_hr_cnt": "-8"})
    return tables


def test_several_projects_and_relationships_between_them() -> None:
    both = read(two_projects())
    assert [project.id for project in both.projects] == ["PUMP", "PIPE"]
    assert [both.shown[a.ref] for a in both.activities] == ["PUMP:A10", "A20", "PIPE:A10"]
    link = both.relationships[1]
    assert (link.predecessor, link.successor, link.lag) == (Ref("PUMP", "A20"), Ref("PIPE", "A10"), -480)
    assert "PIPE" in only(both.notes, "scheduling options")


def test_relationships_out_of_the_file_leave_their_dates() -> None:
    tables = plan()
    tables["TASKPRED"] += [
        {"task_id": "11", "pred_task_id": "901", "pred_type": "PR_FS", "aref": "2026-03-05 17:00"},
        {"task_id": "11", "pred_task_id": "902", "pred_type": "PR_FS", "aref": "2026-03-09 17:00"},
        {"task_id": "903", "pred_task_id": "12", "pred_type": "PR_FS", "arls": "2026-05-04 08:00"},
    ]
    small = read(tables)
    assert len(small.relationships) == 1
    assert small.activities[0].external_early_start == datetime(2026, 3, 9, 17)
    assert small.activities[1].external_late_finish == datetime(2026, 5, 4, 8)
    assert "3 relationships" in only(small.notes, "not in the file")


def test_relationships_of_wbs_summaries_are_left_out() -> None:
    tables = with_values("TASK", 0, task_type="TT_WBS")
    small = read(tables)
    assert small.relationships == ()
    assert small.activities[0].wbs == "PUMP.CIV"
    only(small.notes, "WBS summary")


def test_a_baseline_project_becomes_the_baseline() -> None:
    tables = two_projects()
    tables["PROJECT"][1]["orig_proj_id"] = "7"
    tables["TASKPRED"].pop()
    tables["TASK"][2] |= {
        "target_drtn_hr_cnt": "32",
        "restart_date": "2026-02-02 08:00",
        "reend_date": "2026-02-05 17:00",
    }
    tables["PROJCOST"] = [{"task_id": "21", "target_cost": "900"}]
    small = read(tables)
    assert [project.id for project in small.projects] == ["PUMP"]
    baseline = small.activities[0].baseline
    assert baseline is not None
    assert (baseline.duration, baseline.start, baseline.cost) == (1920, datetime(2026, 2, 2, 8), 900)
    assert small.activities[1].baseline is None


def test_blank_and_repeated_activity_ids() -> None:
    tables = plan()
    tables["TASK"][0]["task_code"] = ""
    tables["TASK"].append(tables["TASK"][1] | {"task_id": "13"})
    small = read(tables)
    assert [a.id for a in small.activities] == ["#11", "A20", "A20 (2)"]
    only(small.notes, "no Activity ID")
    only(small.notes, "second activity")


def test_line_breaks_inside_a_text_do_not_break_the_row() -> None:
    small = read(with_values("TASK", 0, task_name="Excavate\nand shore"))
    assert small.activities[0].name == "Excavate and shore"
    assert len(small.activities) == 2


def test_ignored_tables_are_listed_once_with_their_size() -> None:
    small = read(plan(TASKPROC=[{"proc_id": "1"}, {"proc_id": "2"}], OBS=[{"obs_id": "1"}], NEWTABLE=[{"x": "1"}]))
    assert [note.what for note in small.notes] == [
        "Ignored: activity steps (2 rows of TASKPROC).",
        "Ignored: unknown data (1 row of NEWTABLE).",
    ]


def test_an_unreadable_amount_of_money_is_a_warning() -> None:
    small = read(plan(PROJCOST=[{"task_id": "11", "cost_name": "Fee", "target_cost": "n/a", "remain_cost": "5"}]))
    assert small.activities[0].expenses[0].remaining_cost == 5
    assert "not a number" in only(small.notes, "target_cost")
