"""Projects, scheduling options, WBS and resources of the native format."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from simcore.models.calendars import Calendar
from simcore.models.check_values import CHOICES, CRITICAL
from simcore.models.costs import RatePeriod, Resource
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    expect_rows,
    expect_table,
    factor_distribution,
    finish_date,
    flag,
    kind_of,
    money,
    read_fields,
    sentence,
    share,
    start_date,
    text,
    texts,
    whole_number,
    word,
)
from simcore.models.formats.native_fields import choice as one_of
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import LagCalendar, Project, SchedulingOptions, Wbs

DEFAULT_PROJECT = "P1"
"""Id of the one project of a file that names none: fixed, so that renaming the project changes no random stream."""


def _critical(value: str, scope: Scope) -> str:
    if not CRITICAL.fullmatch(value):
        raise ValueError(f"'{value}' is not understood; write 'longest path' or 'float <= 8h'")
    return value


def _scheduling_fields() -> dict[str, Field]:
    found = {}
    for option in fields(SchedulingOptions):
        kind = {"bool": flag, "int": whole_number}.get(str(option.type), text)
        found[option.name] = Field(option.name, word(CHOICES[option.name]) if option.name in CHOICES else kind)
    return found | {
        "lag_calendar": Field("lag_calendar", one_of(LagCalendar)),
        "critical": Field("critical", _critical),
    }


SCHEDULING_FIELDS: Fields = _scheduling_fields()


def read_scheduling(node: Node, scope: Scope, line: int, base: SchedulingOptions) -> SchedulingOptions:
    """Options as written, the rest from ``base``."""
    return replace(base, **read_fields(expect_table(node, scope, line), SCHEDULING_FIELDS, scope))


def _node(node: Node, scope: Scope, line: int) -> Table:
    return expect_table(node, scope, line)


PROJECT_FIELDS: Fields = {
    "name": Field("name", text),
    "start": Field("start", start_date),
    "data_date": Field("data_date", start_date),
    "calendar": Field("calendar", text),
    "must_finish_by": Field("must_finish_by", finish_date),
    "finish": Field("finish", finish_date),
    "scheduling": Field("scheduling", _node, nested=True),
}
SINGLE_PROJECT_FIELDS: Fields = {
    "id": Field("id", text),
    **PROJECT_FIELDS,
    "currency": Field("currency", text),
    "focus": Field("focus", texts, nested=True),
}
"""Of ``project:``, which is the whole plan; a file with ``projects:`` has currency and focus beside it."""


def read_project(
    values: dict[str, Any], scope: Scope, table: Table, calendars: dict[str, Calendar], base: SchedulingOptions
) -> Project:
    """A project from the values of its fields."""
    options = values.pop("scheduling", None)
    if options is not None:
        values["scheduling"] = read_scheduling(options, scope.inside("scheduling"), options.line, base)
    if "calendar" in values and values["calendar"] not in calendars:
        scope.report.unknown(table.line_of("calendar"), scope.label, "calendar", values.pop("calendar"), calendars)
    if not {"start", "data_date", "finish"} & (values.keys() | table.keys()):
        scope.problem(table.line, "has no start.", "Write when it begins, such as 'start: 2026-03-02'.")
    return Project(**values)


def _wbs_project(projects: tuple[Project, ...], values: dict[str, Any], table: Table, scope: Scope) -> None:
    known = [project.id for project in projects]
    if values.get("project") and values["project"] not in known:
        scope.report.unknown(table.line_of("project"), scope.label, "project", values.pop("project"), known)


WBS_FIELDS: Fields = {
    "name": Field("name", text),
    "parent": Field("parent", text, keep_empty=True),
    "project": Field("project", text, keep_empty=True),
}


def default_parent(code: str, codes: set[str]) -> str | None:
    """The longest declared code that this one continues after a dot.

    >>> default_parent("A.1.2", {"A", "A.1", "A.1.2"}), default_parent("B", {"A", "B"})
    ('A.1', None)
    """
    while "." in code:
        code = code.rpartition(".")[0]
        if code in codes:
            return code
    return None


def read_wbs(table: Table, projects: tuple[Project, ...], report: Report) -> tuple[Wbs, ...]:
    """The nodes; a bare text is the name of a node. Its project is that of the node above unless given."""
    codes = set(table)
    written = {code: _wbs_values(code, node, table, projects, report) for code, node in table.items()}
    parents = {code: values.get("parent", default_parent(code, codes)) or None for code, values in written.items()}
    nodes = []
    for code, values in written.items():
        above: str | None = code
        for _ in codes:  # not for ever, should parents form a loop
            if above is None or "project" in written[above]:
                break
            above = parents[above]
        project = written[above].get("project") if above is not None else None
        nodes.append(Wbs(code=code, name=values.get("name", ""), parent=parents[code], project=project or None))
    return tuple(nodes)


def _wbs_values(code: str, node: Node, table: Table, projects: tuple[Project, ...], report: Report) -> dict[str, Any]:
    if isinstance(node, str):
        return {"name": node}
    line = table.line_of(code)
    scope = Scope(report, f"wbs '{code}'")
    inner = expect_table(node, scope, line)
    values = read_fields(inner, WBS_FIELDS, scope)
    _wbs_project(projects, values, inner, scope)
    parent = values.get("parent")
    if parent and parent not in table:
        report.unknown(inner.line_of("parent"), scope.label, "parent", values.pop("parent"), table)
    return values


RATE_FIELDS: Fields = {
    "start": Field("start", start_date),
    "price": Field("price", money),
    "overtime_price": Field("overtime_price", money),
    "per_use": Field("per_use", money),
    "max_units": Field("max_units", share),
}


def _rates(node: Node, scope: Scope, line: int) -> tuple[RatePeriod, ...]:
    """Prices by their dates; a bare amount is one that always holds."""
    if isinstance(node, str) and node:
        try:
            return (RatePeriod(start=None, price=money(node, scope)),)
        except ValueError as error:
            scope.problem(line, sentence(error))
            return ()
    rows = expect_rows(node, scope, line)
    rates = []
    for index, item in enumerate(rows):
        if isinstance(item, str):
            item_scope = scope.inside(str(index + 1))
            item_scope.problem(
                rows.line_of(index), f"{kind_of(item)} stands where a mapping such as {{price: 80}} is expected."
            )
            continue
        table = expect_table(item, scope, rows.line_of(index))
        rates.append(RatePeriod(**{"start": None, "price": 0.0, **read_fields(table, RATE_FIELDS, scope)}))
    return tuple(rates)


def _rate_tables(node: Node, scope: Scope, line: int) -> dict[str, tuple[RatePeriod, ...]]:
    table = expect_table(node, scope, line)
    return {name: _rates(rates, scope.inside(name), table.line_of(name)) for name, rates in table.items()}


RESOURCE_FIELDS: Fields = {
    "name": Field("name", text),
    "kind": Field("kind", word(("labour", "equipment", "material", "cost"))),
    "calendar": Field("calendar", text),
    "price": Field("price", money),
    "rates": Field("rates", _rates, nested=True),
    "rate_tables": Field("rate_tables", _rate_tables, nested=True),
    "max_units": Field("max_units", share),
    "uncertainty": Field("uncertainty", factor_distribution),
    "productivity": Field("productivity", factor_distribution),
    "accrual": Field("accrual", text),
    "index": Field("index", text),
}


def read_resources(table: Table, calendars: dict[str, Calendar], report: Report) -> dict[str, Resource]:
    """Resources by id; ``price`` alone is a rate that always holds."""
    found = {}
    for name, node in table.items():
        scope = Scope(report, f"resource '{name}'")
        inner = expect_table(node, scope, table.line_of(name))
        values = read_fields(inner, RESOURCE_FIELDS, scope)
        if "price" in values:
            if "rates" in values:
                scope.problem(inner.line_of("price"), "has both a price and rates.", "Put the price into the rates.")
            values["rates"] = (RatePeriod(start=None, price=values.pop("price")),)
        if "calendar" in values and values["calendar"] not in calendars:
            report.unknown(inner.line_of("calendar"), scope.label, "calendar", values.pop("calendar"), calendars)
        found[name] = Resource(id=name, **values)
    return found
