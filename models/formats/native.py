"""Reader of the native format, YAML or JSON: whole plans, and risks files for plans of any format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simcore.models.errors import PlanError, Problem
from simcore.models.finance import Finance
from simcore.models.formats.native_activities import ActivityReader
from simcore.models.formats.native_calendars import STANDARD, read_calendars
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import Field, Fields, Report, Scope, Units, expect_table, read_fields, text
from simcore.models.formats.native_finance import merged_finance
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_links import LinkReader
from simcore.models.formats.native_project import (
    DEFAULT_PROJECT,
    PROJECT_FIELDS,
    SINGLE_PROJECT_FIELDS,
    read_project,
    read_resources,
    read_scheduling,
    read_wbs,
)
from simcore.models.formats.native_ranges import read_templates
from simcore.models.formats.native_sections import RISKS_FIELDS, Known, Sections, read_sections, section
from simcore.models.formats.native_tree import Node, Table, parse_tree
from simcore.models.plan import Activity, Plan, Project, Relationship, SchedulingOptions
from simcore.models.wbs import WbsTree
from simcore.models.weather import Weather

PLAN_FIELDS: Fields = {
    **RISKS_FIELDS,
    "name": Field("name", text, keep_empty=True),
    "project": Field("project", section, nested=True),
    "projects": Field("projects", section, nested=True),
    "scheduling": Field("scheduling", section, nested=True),
    "calendars": Field("calendars", section, nested=True),
    "wbs": Field("wbs", section, nested=True),
    "resources": Field("resources", section, nested=True),
    "activities": Field("activities", section, nested=True),
}
"""Keys of a plan."""


def decode_text(data: bytes, name: str) -> str:
    """Text of a file in UTF-8, or in UTF-16 when it says so by its first bytes."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{data[error.start]:02X} is not {encoding[:6].rstrip('-').upper()} text."
        raise PlanError(Problem(f"{name}:{line}", what, "Save the file as UTF-8.")) from None


def read_native(data: bytes, name: str, folder: Path | None = None) -> Plan:
    """The plan in a native file.

    Parameters
    ----------
    data : bytes
        The file, YAML or JSON.
    name : str
        Its name without folders, for messages.
    folder : Path, optional
        Where it lies, and the files that it names.

    Raises
    ------
    PlanError
        With every problem of the file, each with line and key.
    """
    report = Report(name, folder=folder)
    plan = _PlanReader(_top(data, name), report).read()
    _raise_errors(report)
    return plan


def merge_risks(plan: Plan, data: bytes, name: str, folder: Path | None = None) -> Plan:
    """The plan with what a risks file says: risks, factors, correlations, branches, weather, ranges by filter and the rest.

    Ranges that the plan's activities have win over those of the file; everything else is added.

    Parameters
    ----------
    plan : Plan
        The plan whose activities the file names.
    data : bytes
        The file, YAML or JSON.
    name : str
        Its name without folders, for messages.
    folder : Path, optional
        Where it lies, and the files that it names.

    Raises
    ------
    PlanError
        With every problem of the risks file, and ids that the plan has already.
    """
    return merge_risk_table(plan, _top(data, name), Report(name, folder=folder))


def merge_risk_table(plan: Plan, top: Table, report: Report) -> Plan:
    """As :func:`merge_risks`, of a tree that is there already; problems found before stand in ``report``."""
    values = read_fields(top, RISKS_FIELDS, Scope(report, ""))
    known = Known(
        risks=tuple(risk.id for risk in plan.risks),
        factors=tuple(factor.id for factor in plan.factors),
        resources=tuple(plan.resources),
        correlations=len(plan.correlations),
    )
    origin = f" of {report.file}"
    found = read_sections(values, Context.of(plan, report), known, top.line_of("focus"), origin=origin)
    currency = values.get("currency", "")
    if currency and plan.currency and currency != plan.currency:
        what = f"the plan is in {plan.currency}, the risks are in {currency}; nothing is converted."
        report.add(top.line_of("currency"), "currency", what, severity="warning")
    changes = {
        "activities": found.activities,
        "ranges_from": {**plan.ranges_from, **found.ranges_from},
        "scales": found.scales,
        "correlations": (*plan.correlations, *found.correlations),
        "focus": tuple(dict.fromkeys((*plan.focus, *found.focus))),
        "currency": plan.currency or currency,
        "finance": merged_finance(plan.finance, found.finance, found.lines, report),
        "lines": {**plan.lines, **{key: report.place(line) for key, line in found.lines.items()}},
        **{key: _added(plan, key, kind, found, report) for key, kind in _ADDED.items()},
    }
    try:
        merged = plan.with_changes(**changes, notes=(*plan.notes, *report.problems))
    except PlanError as error:
        _raise_errors(report, error.problems)
        raise
    _raise_errors(report)
    return merged


_ADDED = {"risks": "risk", "factors": "factor", "branches": "branch", "weather": "weather", "scenarios": "scenario"}


def _added(plan: Plan, key: str, kind: str, found: Sections, report: Report) -> tuple[Any, ...]:
    """The plan's items and those that are new; an id that the plan has already is refused."""
    old = getattr(plan, key)
    known = {_id(item) for item in old}
    new = []
    for item in getattr(found, key):
        if _id(item) in known:
            line = found.lines[f"{kind} {_id(item)}"]
            what = f"the plan has a {kind} of this id already."
            report.add(line, f"{kind} '{_id(item)}'", what, "Rename one of them.")
        else:
            new.append(item)
    return (*old, *new)


def _id(item: Any) -> str:
    return item.calendar if isinstance(item, Weather) else item.id


def _top(data: bytes, name: str) -> Table:
    tree = parse_tree(decode_text(data, name), name)
    if not isinstance(tree, Table):
        fix = "See docs/plan-format.md for what a plan looks like."
        raise PlanError(
            Problem(name, "holds no plan: it is not a mapping of keys such as project and activities.", fix)
        )
    return tree


def _raise_errors(report: Report, more: Sequence[Problem] = ()) -> None:
    errors = [problem for problem in (*report.problems, *more) if problem.severity == "error"]
    if errors:
        raise PlanError(sorted(errors, key=lambda problem: _line(problem, report.file)))


def _line(problem: Problem, file: str) -> int:
    match = re.match(r":(\d+)", problem.where.removeprefix(file))
    return int(match[1]) if match else 0


_SECTIONS = (
    "activities", "scales", "risks", "factors", "correlations", "branches", "weather", "scenarios", "focus",
)  # fmt: skip


class _PlanReader:
    """Reads the sections of a plan in the order in which they need each other."""

    def __init__(self, top: Table, report: Report):
        self.top, self.report = top, report
        self.values = read_fields(top, PLAN_FIELDS, Scope(report, ""))
        self.lines: dict[str, int] = {}

    def read(self) -> Plan:
        values, report = self.values, self.report
        calendars = self._calendars()
        scope = Scope(report, "scheduling")
        options = read_scheduling(values.get("scheduling", Table(1)), scope, 1, SchedulingOptions())
        projects, about = self._projects(calendars, options)
        wbs = read_wbs(self._items("wbs"), projects, report)
        resources = read_resources(self._items("resources", "resource"), calendars, report)
        units = {name: Units.of(calendar) for name, calendar in calendars.items()}
        templates = read_templates(values.get("templates", Table(0)), report)
        reader = ActivityReader(projects, units, wbs, resources, report, templates)
        table = self._items("activities")
        activities = [reader.read(key, node, table.line_of(key)) for key, node in table.items()]
        index = ActivityIndex(activities, projects, calendars)
        for activity, key in zip(activities, table, strict=True):
            self.lines[f"activity {index.shown(activity)}"] = table.line_of(key)
        by_project = {project.id: project.scheduling or options for project in projects}
        relationships = self._relationships(activities, index, by_project)
        about = {**about, **{key: values[key] for key in ("currency", "focus") if key in values}}
        context = Context(index, WbsTree(wbs), report, relationships, by_project)
        known = Known(resources=tuple(resources))
        found = read_sections({**values, **about}, context, known, self._focus_line(), templates)
        self.lines.update(found.lines)
        parts = {
            "name": values.get("name", projects[0].name if len(projects) == 1 else ""),
            "projects": projects,
            "relationships": relationships,
            "calendars": calendars,
            "wbs": wbs,
            "resources": resources,
            "scheduling": options,
            "currency": about.get("currency", ""),
            "finance": Finance(**found.finance),
            "ranges_from": {**reader.sources(index), **found.ranges_from},
        }
        return self._build({**{key: getattr(found, key) for key in _SECTIONS}, **parts})

    def _focus_line(self) -> int:
        project = self.values.get("project")
        return project.line_of("focus") if project is not None and "focus" in project else self.top.line_of("focus")

    def _build(self, parts: dict[str, Any]) -> Plan:
        """The plan; what only the whole shows (loops) is told together with the problems of its parts."""
        notes = tuple(problem for problem in self.report.problems if problem.severity != "error")
        try:
            return Plan(**parts, source=self.report.file, notes=notes, lines=self.lines)
        except PlanError as error:
            _raise_errors(self.report, error.problems)
            raise

    def _items(self, section: str, kind: str = "") -> Table:
        """A section's table; the lines of its items are kept."""
        table: Table = self.values.get(section, Table(0))
        for name in table:
            self.lines[f"{kind or section} {name}"] = table.line_of(name)
        return table

    def _calendars(self) -> dict[str, Any]:
        table = self._items("calendars", "calendar")
        if table or "calendars" in self.values:
            return read_calendars(table, Scope(self.report, "calendars"))
        what = "Assumed: no calendars are given, so work is done Monday to Friday, 08:00-12:00 and 13:00-17:00."
        self.report.problems.append(Problem("", what, severity="note"))
        return {STANDARD.name: STANDARD}

    def _projects(
        self, calendars: dict[str, Any], options: SchedulingOptions
    ) -> tuple[tuple[Project, ...], dict[str, Any]]:
        """The projects, and what a single one says about the whole plan."""
        single, several = self.values.get("project"), self.values.get("projects")
        if single is not None and several is not None:
            self.report.add(
                self.top.line_of("projects"), "projects", "both project and projects are given.", "Keep one."
            )
        if several is not None:
            return tuple(self._project(name, node, several, calendars, options) for name, node in several.items()), {}
        if single is None:
            self.report.add(1, "", "there is no project.", "Write 'project: {name: Pump station, start: 2026-03-02}'.")
            return (Project(id=DEFAULT_PROJECT),), {}
        scope = Scope(self.report, "project")
        values = read_fields(single, SINGLE_PROJECT_FIELDS, scope)
        about: dict[str, Any] = {key: values.pop(key) for key in ("currency", "focus") if key in values}
        for key in about:
            if key in self.values:
                self.report.add(self.top.line_of(key), key, f"{key} is given here and in project.", "Keep one.")
        values = {"id": DEFAULT_PROJECT, **values}
        self.lines[f"project {values['id']}"] = self.top.line_of("project")
        return (read_project(values, scope, single, calendars, options),), about

    def _project(
        self, name: str, node: Node, several: Table, calendars: dict[str, Any], options: SchedulingOptions
    ) -> Project:
        scope = Scope(self.report, f"project '{name}'")
        self.lines[f"project {name}"] = several.line_of(name)
        table = expect_table(node, scope, several.line_of(name))
        values = read_fields(table, PROJECT_FIELDS, scope)
        return read_project({**values, "id": name}, scope, table, calendars, options)

    def _relationships(
        self, activities: list[Activity], index: ActivityIndex, options: dict[str, SchedulingOptions]
    ) -> tuple[Relationship, ...]:
        reader = LinkReader(index, options, self.report)
        found: list[Relationship] = []
        table: Table = self.values.get("activities", Table(0))
        for activity, (key, node) in zip(activities, table.items(), strict=True):
            if isinstance(node, Table) and node.get("after", "") != "":
                found += reader.read(activity, node["after"], f"activity '{key}'", node.line_of("after"))
        return tuple(found)
