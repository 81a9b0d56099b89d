"""Projects, scheduling options, WBS, activity codes and user-defined fields of a P6 export."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from simcore.models.formats.p6_calendars import CalendarSet
from simcore.models.formats.p6_progress import was_overridden
from simcore.models.formats.p6_tables import Row, Tables, count, unique_name
from simcore.models.plan import LagCalendar, Project, SchedulingOptions, Wbs

LAG_CALENDARS = {
    "rcal_Predecessor": LagCalendar.PREDECESSOR,
    "rcal_Successor": LagCalendar.SUCCESSOR,
    "rcal_ProjDefault": LagCalendar.PROJECT,
    "rcal_24Hour": LagCalendar.ALWAYS,
}
FLOATS = {"FT_FF": "finish", "FT_SS": "start", "FT_Min": "smallest", "FT_MIN": "smallest"}


def project_ids(tables: Tables) -> dict[str, str]:
    """Ids that users see by ``proj_id``, of the projects (not baselines, not EPS nodes) of the file."""
    rows = tables.by_id("PROJECT", "proj_id")
    found: dict[str, str] = {}
    for key, row in rows.items():
        is_baseline = row.get("orig_proj_id") and row["orig_proj_id"] in rows
        if row.get("project_flag") != "N" and not is_baseline:
            found[key] = unique_name((row.get("proj_short_name") or key).strip(), found.values())
    return found


def read_projects(
    tables: Tables, ids: Mapping[str, str], calendars: CalendarSet, names: Mapping[str, str]
) -> list[Project]:
    options = {row.get("proj_id", ""): row for row in tables.of("SCHEDOPTIONS")}
    projects = []
    for key, row in tables.by_id("PROJECT", "proj_id").items():
        if key in ids:
            found = scheduling(tables, row, options.get(key))
            if found.logic == "retained" and was_overridden(tables, key):
                found = replace(found, logic="override")
                tables.note(f"Project {ids[key]}: the options say retained logic, but the stored dates were computed with "
                            "progress override (completed activities have none); progress override is assumed.")
            projects.append(
                Project(
                    id=ids[key],
                    name=names.get(key, ""),
                    start=tables.moment(row, "plan_start_date"),
                    data_date=tables.moment(row, "last_recalc_date"),
                    calendar=calendars.names.get(row.get("clndr_id", ""), calendars.default),
                    must_finish_by=tables.moment(row, "plan_end_date"),
                    finish=tables.moment(row, "scd_end_date"),
                    scheduling=found,
                )
            )
    without = [shown for key, shown in ids.items() if "sched_retained_logic" not in options.get(key, {})]
    if without:
        tables.note(f"The scheduling options are not in the file (project {', '.join(without)}); P6's defaults are "
                    "assumed: retained logic, lags on the predecessor's calendar, finish float.")
    return projects


def scheduling(tables: Tables, project: Row, options: Row | None) -> SchedulingOptions:
    """How P6 schedules the project."""
    row = options if options is not None else Row("SCHEDOPTIONS", project.mark)
    if tables.choice(row, "sched_retained_logic", {"Y": True, "N": False}, True):
        logic = "retained"
    else:
        logic = "override" if row.get("sched_progress_override") == "Y" else "actual dates"
    return SchedulingOptions(
        rules="p6",
        logic=logic,
        lag_calendar=tables.choice(row, "sched_calendar_on_relationship_lag", LAG_CALENDARS, LagCalendar.PREDECESSOR),
        float=tables.choice(row, "sched_float_type", FLOATS, "finish"),
        float_to="plan finish" if row.get("sched_use_project_end_date_for_float") == "N" else "project finish",
        critical="longest path" if critical_hours(tables, project) is None else f"float <= {_hours(tables, project)}",
        open_ends_critical=row.get("sched_open_critical_flag") == "Y",
        use_expected_finish=row.get("sched_use_expect_end_flag", "Y") == "Y",
        ignore_other_projects=row.get("sched_outer_depend_type") == "SD_None",
        milestones_inside=tables.version.startswith("6."),
        start_to_start_lag_from="actual start" if row.get("sched_lag_early_start_flag") == "N" else "early start",
    )


def critical_hours(tables: Tables, project: Row) -> float | None:
    """The float at and below which an activity is critical; None when the longest path decides."""
    if project.get("critical_path_type") == "CT_DrivPath":
        return None
    return tables.amount(project, "critical_drtn_hr_cnt")


def _hours(tables: Tables, project: Row) -> str:
    hours = tables.amount(project, "critical_drtn_hr_cnt")
    return f"{hours:g}h" if hours else "0"


class WbsTree:
    """Nodes of the WBS with their full code paths by ``wbs_id``."""

    def __init__(self, tables: Tables, projects: Mapping[str, str]):
        self.rows = {
            key: row for key, row in tables.by_id("PROJWBS", "wbs_id").items() if row.get("proj_id", "") in projects
        }
        self.projects = projects
        self.separators = {
            key: row.get("name_sep_char") or "." for key, row in tables.by_id("PROJECT", "proj_id").items()
        }
        self.codes: dict[str, str] = {}
        self.taken: set[str] = set()
        for key in self.rows:
            self._name(key)

    def _name(self, key: str) -> None:
        """Give a node and those above it their paths, from the top down."""
        path = [key]
        while (parent := self.rows[path[-1]].get("parent_wbs_id", "")) in self.rows:
            if parent in self.codes or parent in path:
                break
            path.append(parent)
        for node in reversed(path):
            if node in self.codes:
                continue
            row = self.rows[node]
            short = (row.get("wbs_short_name") or row.get("wbs_name") or node).strip()
            above = self.codes.get(row.get("parent_wbs_id", ""))
            if above is not None:
                short = f"{above}{self.separators.get(row.get('proj_id', ''), '.')}{short}"
            self.codes[node] = unique_name(short, self.taken)
            self.taken.add(self.codes[node])

    def nodes(self) -> list[Wbs]:
        return [
            Wbs(
                code=self.codes[key],
                name=row.get("wbs_name", ""),
                parent=self.codes.get(row.get("parent_wbs_id", "")),
                project=self.projects[row.get("proj_id", "")],
            )
            for key, row in self.rows.items()
        ]

    def project_names(self) -> dict[str, str]:
        """Names of the projects: those of their root nodes."""
        return {
            row.get("proj_id", ""): row.get("wbs_name", "")
            for row in reversed(self.rows.values())
            if row.get("proj_node_flag") == "Y" or row.get("parent_wbs_id", "") not in self.rows
        }


def read_codes(tables: Tables, projects: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Activity codes by ``task_id``: the type's name and the value's short name (its path when that is not unique)."""
    types: dict[str, str] = {}
    for row in tables.of("ACTVTYPE"):
        if key := row.get("actv_code_type_id"):
            wanted = (row.get("actv_code_type") or key).strip()
            types[key] = unique_name(wanted, types.values(), projects.get(row.get("proj_id", ""), ""))
    values = tables.by_id("ACTVCODE", "actv_code_id")
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for row in values.values():
        seen[row.get("actv_code_type_id", ""), row.get("short_name", "")] += 1
    shown = {
        key: _code_path(row, values) if seen[row.get("actv_code_type_id", ""), row.get("short_name", "")] > 1
        else row.get("short_name") or row.get("actv_code_name") or key
        for key, row in values.items()
    }
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in tables.of("TASKACTV"):
        kind, value = types.get(row.get("actv_code_type_id", "")), shown.get(row.get("actv_code_id", ""))
        if kind is not None and value is not None:
            found[row.get("task_id", "")][kind] = value
    return found


def _code_path(row: Row, values: Mapping[str, Row]) -> str:
    names: list[str] = []
    seen: set[str] = set()
    current: Row | None = row
    while current is not None and current["actv_code_id"] not in seen:
        seen.add(current["actv_code_id"])
        names.append(current.get("short_name") or current.get("actv_code_name") or current["actv_code_id"])
        current = values.get(current.get("parent_actv_code_id", ""))
    return ".".join(reversed(names))


def read_fields(tables: Tables) -> dict[str, dict[str, str]]:
    """User-defined fields of activities by ``task_id``; those of other things are counted in a note."""
    labels: dict[str, str] = {}
    others: set[str] = set()
    for row in tables.of("UDFTYPE"):
        key = row.get("udf_type_id", "")
        if row.get("table_name", "TASK") == "TASK":
            labels[key] = unique_name(row.get("udf_type_label") or row.get("udf_type_name") or key, labels.values())
        else:
            others.add(key)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    ignored = 0
    for row in tables.of("UDFVALUE"):
        label = labels.get(row.get("udf_type_id", ""))
        ignored += row.get("udf_type_id", "") in others
        value = row.get("udf_text") or row.get("udf_date") or row.get("udf_number") or row.get("udf_code_id")
        if label and value:
            found[row.get("fk_id", "")][label] = value
    if ignored:
        tables.note(f"Ignored: {count(ignored, 'user-defined value')} of projects, WBS nodes, resources and others.")
    return found
