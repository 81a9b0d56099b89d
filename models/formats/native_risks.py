"""Risks, factors and correlations of the native format: of a plan, or of a risks file for one."""

from __future__ import annotations

from typing import Any

from simcore.models.check_risks import COMBINE, VARIABLE
from simcore.models.distributions import Distribution
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    duration_range,
    expect_rows,
    expect_table,
    factor_distribution,
    flag,
    kind_of,
    money,
    money_range,
    probability,
    rank,
    read_fields,
    sentence,
    text,
    texts,
    word,
)
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_rules import read_where
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import Activity, Ref
from simcore.models.risks import Action, Correlation, Factor, Impact, Mitigation, Risk
from simcore.models.wbs import WbsTree


def _as_is(node: Node, scope: Scope, line: int) -> tuple[Node, int]:
    """Left for a second look, which needs more than the node."""
    return node, line


IMPACT_FIELDS: Fields = {
    "activity": Field("activity", texts, nested=True),
    "duration": Field("duration", text),
    "cost": Field("cost", text),
}
MITIGATION_FIELDS: Fields = {
    "name": Field("name", text),
    "cost": Field("cost", money),
    "probability": Field("probability", probability),
    "impacts": Field("impacts", _as_is, nested=True),
}
RISK_FIELDS: Fields = {
    "name": Field("name", text),
    "probability": Field("probability", probability),
    "impacts": Field("impacts", _as_is, nested=True),
    "shared": Field("shared", flag),
    "combine": Field("combine", word(COMBINE)),
    "mitigation": Field("mitigation", _as_is, nested=True),
}
FACTOR_FIELDS: Fields = {
    "name": Field("name", text),
    "probability": Field("probability", probability),
    "uncertainty": Field("uncertainty", factor_distribution),
    "applies_to": Field("applies_to", _as_is, nested=True),
    "combine": Field("combine", word(COMBINE)),
}
CORRELATION_FIELDS: Fields = {
    "between": Field("between", texts, nested=True),
    "rank": Field("rank", rank),
}


class RiskReader:
    """Reads the sections about risk; every activity must be known before."""

    def __init__(self, index: ActivityIndex, tree: WbsTree, report: Report):
        self.index, self.tree, self.report = index, tree, report

    def risks(self, table: Table) -> tuple[Risk, ...]:
        return tuple(self._risk(name, node, table.line_of(name)) for name, node in table.items())

    def _risk(self, name: str, node: Node, line: int) -> Risk:
        scope = Scope(self.report, f"risk '{name}'")
        values = read_fields(expect_table(node, scope, line), RISK_FIELDS, scope)
        values["impacts"] = self._impacts(values.get("impacts", ("", line)), scope.inside("impacts"))
        if "mitigation" in values:
            node, at = values["mitigation"]
            inner = scope.inside("mitigation")
            mitigation = read_fields(expect_table(node, inner, at), MITIGATION_FIELDS, inner)
            if "impacts" in mitigation:
                mitigation["impacts"] = self._impacts(mitigation["impacts"], inner.inside("impacts"))
            action = Action(name=mitigation.pop("name", ""), cost=mitigation.pop("cost", 0.0))
            values["mitigation"] = Mitigation(actions=(action,) if action != Action() else (), **mitigation)
        return Risk(id=name, **values)

    def _impacts(self, written: tuple[Node, int], scope: Scope) -> tuple[Impact, ...]:
        found: list[Impact] = []
        rows = expect_rows(written[0], scope, written[1])
        for index, item in enumerate(rows):
            at = rows.line_of(index)
            if not isinstance(item, Table):
                fix = 'Write {activity: ID, duration: "triangular(2d, 5d, 9d)"}.'
                scope.problem(at, f"{kind_of(item)} stands where an impact is expected.", fix)
                continue
            values = read_fields(item, IMPACT_FIELDS, scope)
            if "activity" not in item:
                scope.problem(at, "an impact does not say which activity it hits.", "Write 'activity: ID'.")
            if not {"duration", "cost"} & item.keys():
                scope.problem(
                    at, "an impact has neither a duration nor a cost.", 'Write e.g. duration: "uniform(2d, 9d)".'
                )
            for activity in self._activities(values.get("activity", ()), scope, item.line_of("activity")):
                impact = self._impact(activity, values, scope, item)
                if impact is not None:
                    found.append(impact)
        return tuple(found)

    def _impact(self, activity: Activity, values: dict[str, Any], scope: Scope, table: Table) -> Impact | None:
        parts: dict[str, Distribution] = {}
        for key in ("duration", "cost"):
            if key in values:
                try:
                    if key == "duration":
                        parts[key] = duration_range(values[key], self.index.units(activity), activity.elapsed)
                    else:
                        parts[key] = money_range(values[key])
                except ValueError as error:
                    scope.inside(key).problem(table.line_of(key), sentence(error))
        return Impact(activity=self.index.shown(activity), **parts) if parts else None

    def _activities(self, names: tuple[str, ...], scope: Scope, line: int) -> list[Activity]:
        found = []
        for name in names:
            activity = self.index.find(name)
            if activity is None:
                self._missing(name, scope, line)
            else:
                found.append(activity)
        return found

    def _missing(self, name: str, scope: Scope, line: int) -> None:
        what = self.index.why_missing(name)
        if what.startswith("there is no"):
            self.report.unknown(line, scope.label, "activity", name, self.index.names())
        else:
            scope.problem(line, what)

    def factors(self, table: Table) -> tuple[Factor, ...]:
        found = (self._factor(name, node, table.line_of(name)) for name, node in table.items())
        return tuple(factor for factor in found if factor is not None)

    def _factor(self, name: str, node: Node, line: int) -> Factor | None:
        scope = Scope(self.report, f"factor '{name}'")
        table = expect_table(node, scope, line)
        values = read_fields(table, FACTOR_FIELDS, scope)
        values["applies_to"] = self._applies_to(values.get("applies_to"), scope.inside("applies_to"))
        if "uncertainty" not in table:
            scope.problem(line, "has no uncertainty.", "Write 'uncertainty: \"triangular(95%, 100%, 120%)\"'.")
        if "applies_to" not in table:
            scope.problem(line, "applies to nothing.", "Write 'applies_to: [ID, ID]'.")
        return Factor(id=name, **values) if "uncertainty" in values else None

    def _applies_to(self, written: tuple[Node, int] | None, scope: Scope) -> tuple[str, ...]:
        """Ids as written, or those of the activities that a filter selects."""
        if written is None:
            return ()
        node, line = written
        if isinstance(node, Table):
            where = read_where(node, scope, line)
            chosen = [a for a in self.index.activities if where.matches(a, self.index.calendar(a), self.tree)]
            if not chosen:
                scope.problem(line, "the filter selects no activity.", "Correct the filter.")
            return tuple(self.index.shown(activity) for activity in chosen)
        return tuple(self.index.shown(activity) for activity in self._activities(texts(node, scope, line), scope, line))

    def correlations(self, node: Node, line: int, risks: set[str]) -> tuple[Correlation, ...]:
        rows = expect_rows(node, Scope(self.report, "correlations"), line)
        found = []
        for index, item in enumerate(rows):
            scope = Scope(self.report, f"correlation '{index + 1}'")
            table = expect_table(item, scope, rows.line_of(index))
            values = read_fields(table, CORRELATION_FIELDS, scope)
            if not {"between", "rank"} <= table.keys():
                fix = "Write {between: [duration of A, duration of B], rank: 0.5}."
                scope.problem(rows.line_of(index), "needs variables and their rank correlation.", fix)
            elif values.keys() >= {"between", "rank"}:
                between = [self._variable(name, risks, scope, table.line_of("between")) for name in values["between"]]
                known = tuple(name for name in between if name is not None)
                if len(known) == len(between):
                    found.append(Correlation(between=known, rank=values["rank"]))
        return tuple(found)

    def _variable(self, name: str, risks: set[str], scope: Scope, line: int) -> str | None:
        """The variable with the activity's id as users see it; None where wrong."""
        match = VARIABLE.fullmatch(name)
        inner = scope.inside("between")
        if match is None:
            fix = "Write 'duration of A100', 'rate of A100', 'cost of A100' or 'magnitude of R1'."
            inner.problem(line, f"'{name}' names no variable.", fix)
            return None
        if match[1] == "magnitude":
            if match[2] not in risks:
                self.report.unknown(line, inner.label, "risk", match[2], risks)
                return None
            return name
        activities = self._activities((match[2],), inner, line)
        return f"{match[1]} of {self.index.shown(activities[0])}" if activities else None

    def focus(self, names: tuple[str, ...], line: int) -> tuple[Ref, ...]:
        return tuple(activity.ref for activity in self._activities(names, Scope(self.report, "focus"), line))
