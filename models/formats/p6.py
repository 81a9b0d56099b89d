"""Tables of a P6 export into a plan; shared by the readers of XER and P6 XML."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simcore.models.errors import PlanError
from simcore.models.formats.p6_activities import Context, read_activities, read_outside, read_relationships
from simcore.models.formats.p6_baselines import read_baselines
from simcore.models.formats.p6_calendars import WorkTimes, read_calendars
from simcore.models.formats.p6_costs import Accounts, Curves, read_expenses, read_finance, read_totals
from simcore.models.formats.p6_resources import Resources, read_assignments
from simcore.models.formats.p6_structure import (
    WbsTree,
    critical_hours,
    project_ids,
    read_codes,
    read_fields,
    read_projects,
)
from simcore.models.formats.p6_tables import Tables, count
from simcore.models.plan import Plan, SchedulingOptions

ADMINISTRATION = frozenset({
    "ERMHDR", "CURRTYPE", "OBS", "FINTMPL", "UMEASURE", "COSTTYPE", "PCATTYPE", "PCATVAL", "RCATTYPE", "RCATVAL",
    "MEMOTYPE", "NONWORK", "POBS", "THRSPARM", "PHASE", "RSRCLEVELLIST", "APPLYACTOPTIONS", "DOCUMENT", "Document",
})  # fmt: skip
"""Tables without anything of the plan's own; that they are not read is not worth a word."""
IGNORED = {
    "TASKPROC": "activity steps",
    "ActivityStep": "activity steps",
    "TASKMEMO": "notes of activities",
    "TASKNOTE": "notes of activities",
    "ActivityNote": "notes of activities",
    "WBSMEMO": "notes of WBS nodes",
    "WBSMilestone": "WBS milestones",
    "ProjectNote": "notes of projects",
    "TASKDOC": "documents of activities",
    "ProjectDocument": "documents of activities",
    "TASKFIN": "past period actuals of activities",
    "TRSRCFIN": "past period actuals of assignments",
    "FINDATES": "financial periods",
    "PROJRISK": "risks of P6's own register",
    "RISKCTRL": "risks of P6's own register",
    "PROJISSU": "issues",
    "PROJTHRS": "thresholds",
    "RSRCROLE": "roles of resources",
    "PROJPCAT": "project codes",
    "RSRCRCAT": "resource codes",
    "WBSBUDG": "budgets of WBS nodes",
    "WBSRSRC": "resources of WBS nodes",
    "SHIFT": "resource shifts",
    "SHIFTPER": "resource shifts",
}


def build(tables: Tables, times: Mapping[str, WorkTimes], source: str, currency: str) -> Plan:
    """The plan of all projects in the tables.

    Raises
    ------
    PlanError
        With every problem found, when one of them makes the dates unreliable.
    """
    ids = project_ids(tables)
    if not ids:
        raise PlanError(f"{tables.name}: there is no project in the file. Export a whole project from P6.")
    calendars = read_calendars(tables, times, ids)
    wbs = WbsTree(tables, ids)
    projects = read_projects(tables, ids, calendars, wbs.project_names())
    resources = Resources(tables, calendars.names)
    accounts, curves = Accounts(tables), Curves(tables)
    context = Context(
        tables=tables,
        projects=ids,
        calendars=calendars.names,
        wbs=wbs.codes,
        critical={key: critical_hours(tables, row) for key, row in tables.by_id("PROJECT", "proj_id").items()},
        codes=read_codes(tables, ids),
        fields=read_fields(tables),
        assignments=read_assignments(tables, resources, accounts, curves),
        expenses=read_expenses(tables, accounts),
        totals=read_totals(tables),
        baselines=read_baselines(tables, ids),
        outside=read_outside(tables),
    )
    curves.note_missing()
    activities = read_activities(context)
    used = {activity.project for activity in activities.values()}
    finance = read_finance(tables, {key: shown for key, shown in ids.items() if shown in used}, accounts, curves)
    relationships = read_relationships(context, activities)
    for table, rows in tables.unread():
        if table not in ADMINISTRATION:
            tables.note(f"Ignored: {IGNORED.get(table, 'unknown data')} ({count(rows, 'row')} of {table}).")
    errors = [problem for problem in tables.problems if problem.severity == "error"]
    if errors:
        raise PlanError(errors)
    filled = [project for project in projects if project.id in used] or projects
    if len(filled) < len(projects):
        tables.note(f"Ignored: projects without activities ({len(projects) - len(filled)}).")
    options = filled[0].scheduling or SchedulingOptions()
    if all(project.scheduling == options for project in filled):
        filled = [replace(project, scheduling=None) for project in filled]
    return Plan(
        name=filled[0].name or filled[0].id,
        projects=tuple(filled),
        activities=tuple(activities.values()),
        relationships=tuple(relationships),
        calendars=calendars.calendars,
        wbs=tuple(wbs.nodes()),
        resources=resources.plan,
        scheduling=options,
        currency=currency,
        finance=finance,
        source=source,
        notes=tuple(tables.problems),
    )
