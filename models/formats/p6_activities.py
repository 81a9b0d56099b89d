"""Activities and relationships of a P6 export: durations, constraints, progress and the dates the tool stored."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simcore.models.costs import Assignment, Expense, FileCost
from simcore.models.formats.p6_baselines import Baselines
from simcore.models.formats.p6_tables import Row, Tables, count, unique_name
from simcore.models.plan import Activity, ActivityType, Constraint, ConstraintType, FileDates, LinkType, Ref, Relationship, Status

TYPES = {
    "TT_Task": ActivityType.TASK,
    "TT_Rsrc": ActivityType.RESOURCE_DEPENDENT,
    "TT_Mile": ActivityType.START_MILESTONE,
    "TT_FinMile": ActivityType.FINISH_MILESTONE,
    "TT_LOE": ActivityType.HAMMOCK,
    "TT_WBS": ActivityType.SUMMARY,
}
STATUSES = {"TK_NotStart": Status.NOT_STARTED, "TK_Active": Status.IN_PROGRESS, "TK_Complete": Status.COMPLETED}
CONSTRAINTS = {
    "CS_MSO": ConstraintType.START_ON,
    "CS_MSOA": ConstraintType.START_NO_EARLIER_THAN,
    "CS_MSOB": ConstraintType.START_NO_LATER_THAN,
    "CS_MEO": ConstraintType.FINISH_ON,
    "CS_MEOA": ConstraintType.FINISH_NO_EARLIER_THAN,
    "CS_MEOB": ConstraintType.FINISH_NO_LATER_THAN,
    "CS_MANDSTART": ConstraintType.MANDATORY_START,
    "CS_MANDFIN": ConstraintType.MANDATORY_FINISH,
    "CS_ALAP": ConstraintType.AS_LATE_AS_POSSIBLE,
}
LINK_TYPES = {"PR_FS": LinkType.FS, "PR_SS": LinkType.SS, "PR_FF": LinkType.FF, "PR_SF": LinkType.SF}
WORK_TYPES = {
    "DT_FixedDrtn": "fixed duration and units/time",
    "DT_FixedDUR2": "fixed duration and units",
    "DT_FixedQty": "fixed units",
    "DT_FixedRate": "fixed units/time",
}
PRIORITIES = {"PT_Top": 1, "PT_High": 2, "PT_Normal": 3, "PT_Low": 4, "PT_Lowest": 5}


@dataclass
class Context:
    """What an activity refers to, by the ids of the file."""

    tables: Tables
    projects: Mapping[str, str]
    calendars: Mapping[str, str]
    wbs: Mapping[str, str]
    critical: Mapping[str, float | None]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    assignments: Mapping[str, tuple[Assignment, ...]] = field(default_factory=dict)
    expenses: Mapping[str, tuple[Expense, ...]] = field(default_factory=dict)
    totals: Mapping[str, FileCost] = field(default_factory=dict)
    baselines: Baselines = field(default_factory=Baselines)
    outside: Outside = field(default_factory=lambda: Outside())


def read_activities(context: Context) -> dict[str, Activity]:
    """Activities by ``task_id``, of the projects of the plan alone."""
    tables = context.tables
    taken: dict[str, set[str]] = defaultdict(set)
    activities: dict[str, Activity] = {}
    for row in tables.of("TASK"):
        key, project = row.get("task_id"), context.projects.get(row.get("proj_id", ""))
        if row.get("proj_id") in context.baselines.projects:
            continue
        if not key or project is None:
            tables.report(row, "The activity has no task_id or belongs to no project of the file.")
        elif key in activities:
            tables.report(row, f"task_id {key} occurs a second time.", "Remove one of the two rows.")
        else:
            shown = _shown_id(tables, row, taken[project])
            taken[project].add(shown)
            activities[key] = _activity(context, row, project, shown)
    return activities


def _shown_id(tables: Tables, row: Row, taken: set[str]) -> str:
    code = (row.get("task_code") or "").strip()
    shown = unique_name(code or f"#{row['task_id']}", taken)
    if not code:
        tables.report(row, f"The activity has no Activity ID; it is called {shown!r} here.", severity="warning")
    elif shown != code:
        what = f"A second activity of the project has the ID {code!r}; it is called {shown!r} here."
        tables.report(row, what, severity="warning")
    return shown


def _activity(context: Context, row: Row, project: str, shown: str) -> Activity:
    tables, key = context.tables, row["task_id"]
    minutes, moment = tables.minutes, tables.moment
    kind = tables.choice(row, "task_type", TYPES, ActivityType.TASK)
    start, finish = moment(row, "act_start_date"), moment(row, "act_end_date")
    progress = Status.COMPLETED if finish else Status.IN_PROGRESS if start else Status.NOT_STARTED
    status = tables.choice(row, "status_code", STATUSES, progress)
    duration, remaining = minutes(row, "target_drtn_hr_cnt"), minutes(row, "remain_drtn_hr_cnt")
    return Activity(
        project=project,
        id=shown,
        name=row.get("task_name", ""),
        type=kind,
        calendar=_calendar(context, row),
        duration=0 if kind.is_milestone else duration if duration is not None else remaining or 0,
        remaining=0 if kind.is_milestone else remaining,
        status=status,
        actual_start=start,
        actual_finish=finish,
        percent_complete=_percent_complete(tables, row, status, duration, remaining),
        suspend=moment(row, "suspend_date"),
        resume=moment(row, "resume_date"),
        constraints=_constraints(tables, row),
        expected_finish=moment(row, "expect_end_date"),
        external_early_start=moment(row, "external_early_start_date") or context.outside.early.get(key),
        external_late_finish=moment(row, "external_late_end_date") or context.outside.late.get(key),
        priority=PRIORITIES.get(row.get("priority_type", "")),
        work_type=WORK_TYPES.get(row.get("duration_type", "")),
        wbs=context.wbs.get(row.get("wbs_id", "")),
        codes=context.codes.get(key, {}),
        fields=context.fields.get(key, {}),
        assignments=context.assignments.get(key, ()),
        expenses=context.expenses.get(key, ()),
        baseline=context.baselines.of(row),
        file_dates=_file_dates(tables, row, status, start, finish, context.critical.get(row.get("proj_id", ""))),
        file_cost=context.totals.get(key),
    )


def _calendar(context: Context, row: Row) -> str | None:
    key = row.get("clndr_id", "")
    if key and key not in context.calendars:
        context.tables.report(row, f"Calendar {key} of the activity is not in the file.",
                              "The project's calendar is taken.", "warning")
    return context.calendars.get(key)


def _constraints(tables: Tables, row: Row) -> tuple[Constraint, ...]:
    found = []
    for kind_key, date_key in (("cstr_type", "cstr_date"), ("cstr_type2", "cstr_date2")):
        if not row.get(kind_key):
            continue
        kind = tables.choice(row, kind_key, CONSTRAINTS, None)  # type: ignore[arg-type]
        if kind is ConstraintType.AS_LATE_AS_POSSIBLE:
            found.append(Constraint(kind))
        elif kind is not None and (date := tables.moment(row, date_key)):
            found.append(Constraint(kind, date))
        elif kind is not None:
            tables.report(row, f"Constraint {row[kind_key]} has no date and is ignored.", severity="warning")
    return tuple(found)


def _percent_complete(
    tables: Tables, row: Row, status: Status, duration: int | None, remaining: int | None
) -> float | None:
    """Progress by the activity's percent complete type, 0-1."""
    if status is Status.COMPLETED:
        return 1.0
    kind = row.get("complete_pct_type")
    if kind == "CP_Phys":
        done, total = tables.amount(row, "phys_complete_pct"), 100.0
    elif kind == "CP_Units":
        done = tables.amount(row, "act_work_qty") + tables.amount(row, "act_equip_qty")
        total = done + tables.amount(row, "remain_work_qty") + tables.amount(row, "remain_equip_qty")
    else:
        total = float(duration or 0)
        done = total - (total if remaining is None else remaining)
    return min(1.0, max(0.0, done / total)) if total > 0 and status is Status.IN_PROGRESS else 0.0


def _file_dates(
    tables: Tables, row: Row, status: Status, start: datetime | None, finish: datetime | None, critical: float | None
) -> FileDates:
    """Early and late dates are those of the remaining work, ``start`` and ``finish`` the columns that P6 shows."""
    moment = tables.moment
    early_start = moment(row, "early_start_date") or moment(row, "restart_date")
    early_finish = moment(row, "early_end_date") or moment(row, "reend_date")
    total_float = tables.minutes(row, "total_float_hr_cnt")
    driving = {"Y": True, "N": False}.get(row.get("driving_path_flag", ""))
    if critical is None:
        is_critical = driving
    else:
        is_critical = None if total_float is None or status is Status.COMPLETED else total_float <= critical * 60
    return FileDates(
        start=start or moment(row, "restart_date") or early_start or moment(row, "target_start_date"),
        finish=finish or moment(row, "reend_date") or early_finish or moment(row, "target_end_date"),
        early_start=early_start,
        early_finish=early_finish,
        late_start=moment(row, "late_start_date") or moment(row, "rem_late_start_date"),
        late_finish=moment(row, "late_end_date") or moment(row, "rem_late_end_date"),
        total_float=total_float,
        free_float=tables.minutes(row, "free_float_hr_cnt"),
        critical=is_critical,
        longest_path=driving,
    )


@dataclass
class Outside:
    """Relationships that leave the file (identities of their rows), and the dates P6 stored for them by ``task_id``."""

    rows: set[int] = field(default_factory=set)
    early: dict[str, datetime] = field(default_factory=dict)
    late: dict[str, datetime] = field(default_factory=dict)


def read_outside(tables: Tables) -> Outside:
    """What reaches in from other projects.

    ``aref`` is the date from which a relationship lets its successor start, ``arls`` the one by which it wants its
    predecessor finished: what P6 keeps as external early start and late finish when it imports such a file.
    """
    known = {row.get("task_id") for row in tables.of("TASK")}
    found = Outside()
    for row in tables.of("TASKPRED"):
        predecessor, successor = row.get("pred_task_id", ""), row.get("task_id", "")
        if not predecessor or not successor or (predecessor in known and successor in known):
            continue
        found.rows.add(id(row))
        if successor in known and (date := tables.moment(row, "aref")):
            found.early[successor] = max(date, found.early.get(successor, date))
        elif predecessor in known and (date := tables.moment(row, "arls")):
            found.late[predecessor] = min(date, found.late.get(predecessor, date))
    if found.rows:
        kept = f"{count(len(found.early), 'early start')} and {count(len(found.late), 'late finish date')}"
        ignored = count(len(found.rows), "relationship")
        tables.note(f"Ignored: {ignored} with activities that are not in the file; their stored dates bound {kept}.")
    return found


def read_relationships(context: Context, activities: Mapping[str, Activity]) -> list[Relationship]:
    """Links between the activities of the file."""
    tables = context.tables
    links: list[Relationship] = []
    of_summaries = 0
    for row in tables.of("TASKPRED"):
        predecessor, successor = activities.get(row.get("pred_task_id", "")), activities.get(row.get("task_id", ""))
        if predecessor is not None and successor is not None:
            if ActivityType.SUMMARY in (predecessor.type, successor.type):
                of_summaries += 1
                continue
            links.append(_relationship(tables, row, predecessor.ref, successor.ref))
        elif id(row) not in context.outside.rows and row.get("task_id") not in context.baselines.activities:
            tables.report(row, "The relationship lacks its predecessor or its successor.", "Remove it.")
    if of_summaries:
        ignored = count(of_summaries, "relationship")
        tables.note(f"Ignored: {ignored} of WBS summary activities, whose dates P6 takes from their WBS node alone.")
    return links


def _relationship(tables: Tables, row: Row, predecessor: Ref, successor: Ref) -> Relationship:
    return Relationship(
        predecessor,
        successor,
        tables.choice(row, "pred_type", LINK_TYPES, LinkType.FS),
        tables.minutes(row, "lag_hr_cnt") or 0,
    )
