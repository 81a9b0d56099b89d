"""Activities of the native format."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from simcore.models.costs import FileCost, Resource
from simcore.models.formats.native_costs import assignment, read_assignments, read_cost, read_expenses
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    Units,
    choice,
    duration,
    duration_range,
    expect_rows,
    expect_table,
    finish_date,
    flag,
    kind_of,
    minutes,
    money,
    probability,
    read_fields,
    sentence,
    share,
    start_date,
    text,
    text_map,
    whole_number,
    work,
)
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_ranges import VARIABLES, Templates, has_own, with_range
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import (
    Activity,
    ActivityType,
    Baseline,
    Constraint,
    ConstraintType,
    FileDates,
    Project,
    Ref,
    Segment,
    Status,
    Wbs,
)
from simcore.models.suggestions import closest, did_you_mean

_FINISH_CONSTRAINTS = tuple(kind for kind in ConstraintType if "finish" in kind)
_constraint_type = choice(ConstraintType)


def _leave(node: Node, scope: Scope, line: int) -> None:
    """Read elsewhere, once all activities are known."""


def _constraints(node: Node, scope: Scope, line: int) -> tuple[Constraint, ...]:
    """``{finish_no_later_than: 2026-12-18}``, several keys or several mappings, or ``as_late_as_possible``."""
    found: list[Constraint] = []
    rows = expect_rows(node, scope, line)
    for index, item in enumerate(rows):
        at = rows.line_of(index)
        table = Table(at)
        if isinstance(item, str):
            table.put(item, "", at)
        else:
            table = expect_table(item, scope, at)
        for key, value in table.items():
            try:
                found.append(_constraint(key, value, scope))
            except ValueError as error:
                scope.problem(table.line_of(key), sentence(error))
    return tuple(found)


def _constraint(key: str, value: Node, scope: Scope) -> Constraint:
    kind = _constraint_type(key, scope)
    if kind is ConstraintType.AS_LATE_AS_POSSIBLE and value in ("", "true", "yes"):
        return Constraint(kind)
    if not isinstance(value, str):
        raise ValueError(f"{kind_of(value)} stands where the date of {key} is expected")
    if not value:
        raise ValueError(f"{key} has no date; write {{{key}: 2026-12-18}}")
    return Constraint(kind, finish_date(value, scope) if kind in _FINISH_CONSTRAINTS else start_date(value, scope))


SEGMENT_FIELDS: Fields = {
    "offset": Field("offset", minutes),
    "work": Field("work", minutes),
}


def _segments(node: Node, scope: Scope, line: int) -> tuple[Segment, ...]:
    rows = expect_rows(node, scope, line)
    found = []
    for index, item in enumerate(rows):
        table = expect_table(item, scope, rows.line_of(index))
        values = read_fields(table, SEGMENT_FIELDS, scope)
        if values.keys() >= {"offset", "work"}:
            found.append(Segment(**values))
        elif not {"offset", "work"} <= table.keys():
            scope.problem(
                rows.line_of(index), "a segment needs an offset and its work.", "Write {offset: 0d, work: 5d}."
            )
    return tuple(found)


BASELINE_FIELDS: Fields = {
    "start": Field("start", start_date),
    "finish": Field("finish", finish_date),
    "duration": Field("duration", minutes),
    "cost": Field("cost", money),
    "work": Field("work", work),
}
FILE_DATES_FIELDS: Fields = {
    "start": Field("start", start_date),
    "finish": Field("finish", finish_date),
    "early_start": Field("early_start", start_date),
    "early_finish": Field("early_finish", finish_date),
    "late_start": Field("late_start", start_date),
    "late_finish": Field("late_finish", finish_date),
    "total_float": Field("total_float", minutes),
    "free_float": Field("free_float", minutes),
    "critical": Field("critical", flag),
    "longest_path": Field("longest_path", flag),
}


FILE_COST_FIELDS: Fields = {item.name: Field(item.name, money) for item in fields(FileCost)}


def _file_cost(node: Node, scope: Scope, line: int) -> FileCost:
    return FileCost(**read_fields(expect_table(node, scope, line), FILE_COST_FIELDS, scope))


def _baseline(node: Node, scope: Scope, line: int) -> Baseline:
    return Baseline(**read_fields(expect_table(node, scope, line), BASELINE_FIELDS, scope))


def _file_dates(node: Node, scope: Scope, line: int) -> FileDates:
    return FileDates(**read_fields(expect_table(node, scope, line), FILE_DATES_FIELDS, scope))


_TYPES = {
    "milestone": ActivityType.FINISH_MILESTONE,
    "level of effort": ActivityType.HAMMOCK,
    "wbs summary": ActivityType.SUMMARY,
}

ACTIVITY_FIELDS: Fields = {
    "name": Field("name", text),
    "project": Field("project", text),
    "type": Field("type", choice(ActivityType, _TYPES)),
    "calendar": Field("calendar", text),
    "wbs": Field("wbs", text),
    "codes": Field("codes", text_map, nested=True),
    "fields": Field("fields", text_map, nested=True),
    "duration": Field("duration", duration),
    "uncertainty": Field("uncertainty", text),
    "existence": Field("existence", probability),
    "after": Field("after", _leave, nested=True),
    "status": Field("status", choice(Status)),
    "percent_complete": Field("percent_complete", share),
    "remaining": Field("remaining", duration),
    "actual_start": Field("actual_start", start_date),
    "actual_finish": Field("actual_finish", finish_date),
    "suspend": Field("suspend", start_date),
    "resume": Field("resume", start_date),
    "constraint": Field("constraints", _constraints, nested=True),
    "expected_finish": Field("expected_finish", finish_date),
    "deadline": Field("deadline", finish_date),
    "early": Field("external_early_start", start_date),
    "late": Field("external_late_finish", finish_date),
    "segments": Field("segments", _segments, nested=True),
    "levelling_delay": Field("levelling_delay", duration),
    "manual": Field("manual", flag),
    "inactive": Field("inactive", flag),
    "priority": Field("priority", whole_number),
    "effort_driven": Field("effort_driven", flag),
    "work_type": Field("work_type", text),
    "ignore_resource_calendar": Field("ignore_resource_calendar", flag),
    "cost": Field("cost", read_cost, nested=True),
    "resources": Field("assignments", read_assignments, nested=True),
    "expenses": Field("expenses", read_expenses, nested=True),
    "baseline": Field("baseline", _baseline, nested=True),
    "file_dates": Field("file_dates", _file_dates, nested=True),
    "file_cost": Field("file_cost", _file_cost, nested=True),
}


@dataclass
class ActivityReader:
    """Reads activities one by one; the parts they refer to must be read before."""

    projects: tuple[Project, ...]
    units: dict[str, Units]
    wbs: tuple[Wbs, ...]
    resources: dict[str, Resource]
    report: Report
    templates: Templates = field(default_factory=dict)
    from_templates: list[tuple[Ref, str, str]] = field(default_factory=list)  # whose range of what, and the template
    codes: set[str] = field(init=False)
    project_calendars: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = {node.code for node in self.wbs}
        first = next(iter(self.units), "")
        self.project_calendars = {project.id: project.calendar or first for project in self.projects}

    def read(self, key: str, node: Node, line: int) -> Activity:
        """The activity behind a key; what is wrong is reported and left at its default."""
        label = f"activity '{key}'"
        scope = Scope(self.report, label)
        table = expect_table(node, scope, line)
        project, own_id = self._identity(key, table, scope)
        calendar = table.get("calendar") or self.project_calendars.get(project, "")
        units = self.units.get(calendar if isinstance(calendar, str) else "", Units())
        scope = Scope(self.report, label, units)
        values = read_fields(table, ACTIVITY_FIELDS, scope)
        values.update(project=project, id=own_id)
        self._references(values, table, scope)
        self._durations(values, table, scope)
        if isinstance(node, Table) or node == "":  # what is no mapping at all has been reported
            self._demand_duration(values, table, scope)
        if "status" not in values:
            values["status"] = default_status(values.get("actual_start"), values.get("actual_finish"))
        template = values.pop("template", None)
        activity = Activity(**values)
        return activity if template is None else self._with_template(activity, template, table.line_of("uncertainty"), scope)

    def _with_template(self, activity: Activity, name: str, line: int, scope: Scope) -> Activity:
        """The activity with the ranges of a template on what it has without a range."""
        for key, spread in self.templates[name].items():
            if has_own(activity, key) is False:
                try:
                    activity = with_range(activity, key, spread.read(key, scope.units, activity.elapsed))
                except ValueError as error:  # right for other activities than this one
                    scope.inside("uncertainty").problem(line, f"the template '{name}' does not fit: {sentence(error)}")
                else:
                    self.from_templates.append((activity.ref, VARIABLES[key], name))
        return activity

    def sources(self, index: ActivityIndex) -> dict[str, str]:
        """Which ranges come from a template that an activity names, as ``Plan.ranges_from``."""
        return {
            f"{variable} of {index.shown(index.at(ref))}": f"template '{name}'"
            for ref, variable, name in self.from_templates
        }

    def _identity(self, key: str, table: Table, scope: Scope) -> tuple[str, str]:
        """Project and id: ``project:`` is given, or the key begins with it, or there is only one."""
        known = [project.id for project in self.projects]
        written = table.get("project", "")
        if isinstance(written, str) and written:
            if written not in known:
                self.report.unknown(table.line_of("project"), scope.label, "project", written, known)
                return (known[0] if known else ""), key
            return written, key.removeprefix(f"{written}:") or key
        prefixes = [name for name in known if key.startswith(f"{name}:") and len(key) > len(name) + 1]
        if prefixes:
            longest = max(prefixes, key=len)
            return longest, key[len(longest) + 1 :]
        if len(known) > 1:
            scope.problem(table.line, "does not say which project it belongs to.", f"Write 'project: {known[0]}'.")
        return (known[0] if known else ""), key

    def _references(self, values: dict[str, Any], table: Table, scope: Scope) -> None:
        calendar, wbs = values.get("calendar"), values.get("wbs")
        if calendar is not None and calendar not in self.units:
            self.report.unknown(table.line_of("calendar"), scope.label, "calendar", calendar, self.units)
            del values["calendar"]
        if wbs is not None and self.codes and wbs not in self.codes:
            self.report.unknown(table.line_of("wbs"), scope.label, "wbs", wbs, self.codes)
        for name in [written["resource"] for written in values.get("assignments", ())]:
            if name is not None and name not in self.resources:
                line = table.line_of("resources")
                self.report.unknown(line, scope.label, "resource", name, self.resources)
                values["assignments"] = ()
        values["assignments"] = tuple(assignment(written, self.resources) for written in values.get("assignments", ()))
        for found in values["assignments"]:
            tables = self.resources[found.resource].rate_tables if found.resource else {}
            if found.rate_table is not None and found.rate_table not in tables:
                what = f"the resource '{found.resource}' has no rate table '{found.rate_table}', so that it has no price."
                fix = did_you_mean(found.rate_table, tables)
                self.report.add(table.line_of("resources"), f"{scope.label} resources rate_table", what, fix, severity="warning")

    def _durations(self, values: dict[str, Any], table: Table, scope: Scope) -> None:
        minutes, elapsed = values.pop("duration", (0, False))
        values.update(duration=minutes, elapsed=elapsed)
        if "remaining" in values:
            values["remaining"], clock = values["remaining"]
            if clock != elapsed and values["remaining"]:
                scope.inside("remaining").problem(
                    table.line_of("remaining"),
                    "the duration and what remains of it must both be elapsed time or neither.",
                )
        if "levelling_delay" in values:
            values["levelling_delay"], values["levelling_delay_elapsed"] = values["levelling_delay"]
        if values.get("uncertainty") in self.templates:
            values["template"] = values.pop("uncertainty")
        elif "uncertainty" in values:
            written = values.pop("uncertainty")
            try:
                values["uncertainty"] = duration_range(written, scope.units, elapsed, scope.report.load)
            except ValueError as error:
                match = closest(written, self.templates) if "(" not in written else None
                what = f"there is no template '{written}'. Did you mean '{match}'?" if match else sentence(error)
                scope.inside("uncertainty").problem(table.line_of("uncertainty"), what)

    def _demand_duration(self, values: dict[str, Any], table: Table, scope: Scope) -> None:
        kind = values.get("type", ActivityType.TASK)
        may_lack_it = kind.is_milestone or kind.is_span or "actual_finish" in table or "status" in table
        if "duration" not in table and not may_lack_it and table.keys() <= ACTIVITY_FIELDS.keys():  # else it is misspelt
            scope.problem(table.line, "has no duration.", "Write 'duration: 10d', or 'type: finish milestone'.")


def default_status(actual_start: datetime | None, actual_finish: datetime | None) -> Status:
    """The status that the actual dates tell."""
    if actual_finish is not None:
        return Status.COMPLETED
    return Status.IN_PROGRESS if actual_start is not None else Status.NOT_STARTED
