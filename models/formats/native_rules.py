"""The section ``uncertainty:``: ranges for all activities that a filter selects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Distribution
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    Units,
    duration_range,
    expect_rows,
    expect_table,
    kind_of,
    money_range,
    read_fields,
    sentence,
    text,
    texts,
)
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import Activity
from simcore.models.uncertainty import Where, may_vary
from simcore.models.wbs import WbsTree


def _codes(node: Node, scope: Scope, line: int) -> dict[str, tuple[str, ...]]:
    table = expect_table(node, scope, line)
    return {key: texts(value, scope.inside(key), table.line_of(key)) for key, value in table.items()}


WHERE_FIELDS: Fields = {
    "id": Field("id", texts, nested=True),
    "name": Field("name", texts, nested=True),
    "project": Field("project", texts, nested=True),
    "wbs": Field("wbs", texts, nested=True),
    "calendar": Field("calendar", texts, nested=True),
    "code": Field("code", _codes, nested=True),
}


def read_where(node: Node, scope: Scope, line: int) -> Where:
    """A filter; one without keys selects everything."""
    return Where(**read_fields(expect_table(node, scope, line), WHERE_FIELDS, scope))


RULE_FIELDS: Fields = {
    "where": Field("where", read_where, nested=True),
    "duration": Field("duration", text),
    "fixed": Field("fixed", text),
    "per_day": Field("per_day", text),
}


class Rule(NamedTuple):
    """A filter and the ranges it gives, still as text: absolute ones depend on the calendar of each activity."""

    where: Where
    ranges: dict[str, str]
    scope: Scope
    lines: dict[str, int]
    line: int


def read_rules(node: Node, scope: Scope, line: int) -> list[Rule]:
    """The rules in order."""
    rows = expect_rows(node, scope, line)
    rules = []
    for index, item in enumerate(rows):
        at = rows.line_of(index)
        inner = Scope(scope.report, f"uncertainty rule {index + 1}")
        if not isinstance(item, Table):
            fix = 'Write {where: {wbs: "A.1"}, duration: "triangular(90%, 100%, 130%)"}.'
            inner.problem(at, f"{kind_of(item)} stands where a rule is expected.", fix)
            continue
        values: dict[str, Any] = read_fields(item, RULE_FIELDS, inner)
        where = values.pop("where", Where())
        if not {"duration", "fixed", "per_day"} & item.keys():
            inner.problem(at, "gives no range.", "Write 'duration: \"triangular(90%, 100%, 130%)\"'.")
        rules.append(Rule(where, values, inner, {key: item.line_of(key) for key in values}, at))
    return rules


def apply_rules(rules: list[Rule], index: ActivityIndex, tree: WbsTree) -> tuple[Activity, ...]:
    """The activities with the ranges of the rules: a later rule wins, and an activity's own range over all of them."""
    hits = [0] * len(rules)
    changed = tuple(_with_ranges(activity, rules, hits, index, tree) for activity in index.activities)
    for rule, count in zip(rules, hits, strict=True):
        if not count:
            report = rule.scope.report
            report.add(rule.line, rule.scope.label, "selects no activity that may vary.", severity="warning")
    return changed


def _with_ranges(
    activity: Activity, rules: list[Rule], hits: list[int], index: ActivityIndex, tree: WbsTree
) -> Activity:
    if not may_vary(activity):
        return activity
    calendar = index.calendar(activity)
    units = index.units(activity)
    chosen: dict[str, tuple[int, Rule]] = {}
    for number, rule in enumerate(rules):
        if rule.where.matches(activity, calendar, tree):
            hits[number] += 1
            chosen.update(dict.fromkeys(rule.ranges, (number, rule)))
    for key, (number, rule) in chosen.items():
        try:
            activity = _with_range(activity, key, _reader(key, units, activity.elapsed), rule.ranges[key])
        except ValueError as error:
            if hits[number] > 0:  # once a rule is enough
                hits[number] = -len(index.activities)
                rule.scope.inside(key).problem(rule.lines[key], sentence(error))
    return activity


def _reader(key: str, units: Units, elapsed: bool) -> Callable[[str], Distribution]:
    if key == "duration":
        return lambda value: duration_range(value, units, elapsed)
    return money_range


def _with_range(activity: Activity, key: str, read: Callable[[str], Distribution], value: str) -> Activity:
    if key == "duration":
        return activity if activity.uncertainty is not None else replace(activity, uncertainty=read(value))
    cost: Cost | None = activity.cost
    amount: Amount | None = getattr(cost, key) if cost is not None else None
    if cost is None or amount is None or amount.uncertainty is not None:
        return activity
    uncertain = replace(amount, uncertainty=read(value))
    return replace(
        activity, cost=replace(cost, fixed=uncertain) if key == "fixed" else replace(cost, per_day=uncertain)
    )
