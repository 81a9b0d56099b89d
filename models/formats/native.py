"""Reader of the native format, YAML or JSON: whole plans, and risks files for plans of any format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simcore.models.errors import PlanError, Problem
from simcore.models.formats.native_activities import ActivityReader
from simcore.models.formats.native_calendars import STANDARD, read_calendars
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    Units,
    expect_table,
    read_fields,
    text,
    texts,
)
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
from simcore.models.formats.native_risks import RiskReader
from simcore.models.formats.native_rules import apply_rules, read_rules
from simcore.models.formats.native_tree import Node, Table, parse_tree
from simcore.models.plan import Activity, Plan, Project, Ref, Relationship, SchedulingOptions
from simcore.models.wbs import WbsTree

FORMAT = 1


def _format(value: str, scope: Scope) -> int:
    if value != str(FORMAT):
        raise ValueError(f"format {value} is not known to this version of simcore; it reads format {FORMAT}")
    return FORMAT


def _section(node: Node, scope: Scope, line: int) -> Table:
    return expect_table(node, Scope(scope.report, scope.label), line)


def _as_is(node: Node, scope: Scope, line: int) -> tuple[Node, int]:
    return node, line


RISKS_FIELDS: Fields = {
    "format": Field("format", _format),
    "currency": Field("currency", text),
    "focus": Field("focus", texts, nested=True),
    "uncertainty": Field("uncertainty", _as_is, nested=True),
    "risks": Field("risks", _section, nested=True),
    "factors": Field("factors", _section, nested=True),
    "correlations": Field("correlations", _as_is, nested=True),
}
"""Keys of a risks file."""

PLAN_FIELDS: Fields = {
    **RISKS_FIELDS,
    "name": Field("name", text, keep_empty=True),
    "project": Field("project", _section, nested=True),
    "projects": Field("projects", _section, nested=True),
    "scheduling": Field("scheduling", _section, nested=True),
    "calendars": Field("calendars", _section, nested=True),
    "wbs": Field("wbs", _section, nested=True),
    "resources": Field("resources", _section, nested=True),
    "activities": Field("activities", _section, nested=True),
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


def read_native(data: bytes, name: str) -> Plan:
    """The plan in a native file.

    Parameters
    ----------
    data : bytes
        The file, YAML or JSON.
    name : str
        Its name without folders, for messages.

    Raises
    ------
    PlanError
        With every problem of the file, each with line and key.
    """
    report = Report(name)
    plan = _PlanReader(_top(data, name), report).read()
    _raise_errors(report)
    return plan


def merge_risks(plan: Plan, data: bytes, name: str) -> Plan:
    """The plan with the risks, factors, correlations, ranges by filter and focus of a risks file.

    Ranges that the plan's activities have win over those of the file; everything else is added.

    Raises
    ------
    PlanError
        With every problem of the risks file, and ids that the plan has already.
    """
    return merge_risk_table(plan, _top(data, name), Report(name))


def merge_risk_table(plan: Plan, top: Table, report: Report) -> Plan:
    """As :func:`merge_risks`, of a tree that is there already; problems found before stand in ``report``."""
    values = read_fields(top, RISKS_FIELDS, Scope(report, ""))
    index = ActivityIndex.of(plan)
    tree = WbsTree(plan.wbs)
    found = _risk_sections(values, top, index, tree, report, {risk.id for risk in plan.risks})
    for kind, old, new in (("risk", plan.risks, found.risks), ("factor", plan.factors, found.factors)):
        known = {item.id for item in old}  # type: ignore[attr-defined]
        for item in new:  # type: ignore[attr-defined]
            if item.id in known:
                line = values[f"{kind}s"].line_of(item.id)
                report.add(
                    line, f"{kind} '{item.id}'", f"the plan has a {kind} of this id already.", "Rename one of them."
                )
    currency = values.get("currency", "")
    if currency and plan.currency and currency != plan.currency:
        what = f"the plan is in {plan.currency}, the risks are in {currency}; nothing is converted."
        report.add(top.line_of("currency"), "currency", what, severity="warning")
    _raise_errors(report)
    return plan.with_changes(
        activities=found.activities,
        risks=(*plan.risks, *found.risks),
        factors=(*plan.factors, *found.factors),
        correlations=(*plan.correlations, *found.correlations),
        focus=tuple(dict.fromkeys((*plan.focus, *found.focus))),
        currency=plan.currency or currency,
        notes=(*plan.notes, *report.problems),
    )


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


@dataclass(slots=True)
class _RiskSections:
    """What the sections about risk give."""

    activities: tuple[Activity, ...]
    risks: tuple[Any, ...]
    factors: tuple[Any, ...]
    correlations: tuple[Any, ...]
    focus: tuple[Ref, ...]


def _risk_sections(
    values: Mapping[str, Any], top: Table, index: ActivityIndex, tree: WbsTree, report: Report, known_risks: set[str]
) -> _RiskSections:
    reader = RiskReader(index, tree, report)
    risks = reader.risks(values.get("risks", Table(0)))
    correlations, line = values.get("correlations", ("", 0))
    node, at = values.get("uncertainty", ("", 0))
    rules = read_rules(node, Scope(report, "uncertainty"), at)
    return _RiskSections(
        activities=apply_rules(rules, index, tree) if rules else index.activities,
        risks=risks,
        factors=reader.factors(values.get("factors", Table(0))),
        correlations=reader.correlations(correlations, line, known_risks | {risk.id for risk in risks}),
        focus=reader.focus(values.get("focus", ()), top.line_of("focus")),
    )


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
        reader = ActivityReader(projects, units, wbs, resources, report)
        table = self._items("activities")
        activities = [reader.read(key, node, table.line_of(key)) for key, node in table.items()]
        index = ActivityIndex(activities, projects, calendars)
        for activity, key in zip(activities, table, strict=True):
            self.lines[f"activity {index.shown(activity)}"] = table.line_of(key)
        relationships = self._relationships(activities, index, projects, options)
        self._items("risks", "risk")
        self._items("factors", "factor")
        about = {**about, **{key: values[key] for key in ("currency", "focus") if key in values}}
        sections = _risk_sections({**values, **about}, self.top, index, WbsTree(wbs), report, set())
        parts = {
            "name": values.get("name", projects[0].name if len(projects) == 1 else ""),
            "projects": projects,
            "relationships": relationships,
            "calendars": calendars,
            "wbs": wbs,
            "resources": resources,
            "activities": sections.activities,
            "risks": sections.risks,
            "factors": sections.factors,
            "correlations": sections.correlations,
            "focus": sections.focus,
            "scheduling": options,
            "currency": about.get("currency", ""),
        }
        return self._build(parts)

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
        self,
        activities: list[Activity],
        index: ActivityIndex,
        projects: tuple[Project, ...],
        options: SchedulingOptions,
    ) -> tuple[Relationship, ...]:
        reader = LinkReader(index, {project.id: project.scheduling or options for project in projects}, self.report)
        found: list[Relationship] = []
        table: Table = self.values.get("activities", Table(0))
        for activity, (key, node) in zip(activities, table.items(), strict=True):
            if isinstance(node, Table) and node.get("after", "") != "":
                found += reader.read(activity, node["after"], f"activity '{key}'", node.line_of("after"))
        return tuple(found)
