"""Branches of the native format: paths with weights, or a condition with two ways."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from simcore.models.branches import CONDITIONS, AnyBranch, Branch, ConditionalBranch, Path
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    as_is,
    duration,
    expect_rows,
    expect_table,
    finish_date,
    flag,
    kind_of,
    money,
    probability,
    read_fields,
    sentence,
    start_date,
    text,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import Activity
from simcore.models.suggestions import did_you_mean

PATH_FIELDS: Fields = {
    "weight": Field("weight", probability),
    "activities": Field("activities", as_is, nested=True),
    "name": Field("name", text),
}
BRANCH_FIELDS: Fields = {
    "name": Field("name", text),
    "paths": Field("paths", as_is, nested=True),
    "when": Field("when", text),
    "then": Field("then", as_is, nested=True),
    "otherwise": Field("otherwise", as_is, nested=True),
    "stop": Field("stop", flag),
}
_CONDITION = re.compile(r"\s*(\w+)\s+of\s+(.+)\s+(>=|<=|=|<|>)\s*(\S.*?)\s*", re.DOTALL)
_EXAMPLE = "write e.g. 'duration of A100 > 70d'"


class BranchReader:
    """Reads branches; every activity must be known before."""

    def __init__(self, context: Context):
        self.context = context

    def read(self, table: Table) -> tuple[AnyBranch, ...]:
        """The branches; wrong ones are reported and left out, since nothing refers to them."""
        found = []
        for name, node in table.items():
            before = len(self.context.report.problems)
            branch = self._branch(name, node, table.line_of(name))
            if branch is not None and len(self.context.report.problems) == before:
                found.append(branch)
        return tuple(found)

    def _branch(self, name: str, node: Node, line: int) -> AnyBranch | None:
        scope = Scope(self.context.report, f"branch '{name}'")
        table = expect_table(node, scope, line)
        values = {"id": name, **read_fields(table, BRANCH_FIELDS, scope)}
        if "paths" in table and "when" in table:
            scope.problem(table.line_of("when"), "has both paths and a condition.", "Keep one.")
        elif "when" in table:
            return self._conditional(values, table, scope)
        elif "paths" in table:
            return self._by_chance(values, table, scope)
        else:
            fix = "Write 'paths: [{weight: 70%}, {weight: 30%, activities: [ID]}]', or 'when: duration of ID > 70d'."
            scope.problem(line, "has neither paths nor a condition.", fix)
        return None

    def _by_chance(self, values: dict[str, Any], table: Table, scope: Scope) -> Branch:
        for key in ("then", "otherwise", "stop"):
            if key in table:
                scope.inside(key).problem(table.line_of(key), "goes with 'when' only.", "Remove it, or the paths.")
                values.pop(key, None)
        node, at = values["paths"]
        return Branch(**{**values, "paths": self._paths(node, scope.inside("paths"), at)})

    def _paths(self, node: Node, scope: Scope, line: int) -> tuple[Path, ...]:
        rows = expect_rows(node, scope, line)
        found = []
        for index, item in enumerate(rows):
            at = rows.line_of(index)
            if not isinstance(item, Table):
                scope.problem(at, f"{kind_of(item)} stands where a path is expected.", "Write {weight: 30%, activities: [ID]}.")
                continue
            values = read_fields(item, PATH_FIELDS, scope)
            if "weight" not in item:
                scope.problem(at, "a path has no weight.", "Write how likely it is, such as 'weight: 30%'.")
            if "activities" in values:
                written, below = values["activities"]
                values["activities"] = self.context.shown(written, scope.inside("activities"), below)
            found.append(Path(**{"weight": 0.0, **values}))
        return tuple(found)

    def _conditional(self, values: dict[str, Any], table: Table, scope: Scope) -> ConditionalBranch | None:
        for key in ("then", "otherwise"):
            if key in values:
                node, at = values[key]
                values[key] = self.context.shown(node, scope.inside(key), at)
        if not {"then", "otherwise"} & table.keys():
            scope.problem(table.line, "says neither what is then nor what is otherwise.", "Write 'then: [ID]'.")
        try:
            quantity, activity, limit = self._condition(values.pop("when", ""), scope)
        except ValueError as error:
            scope.inside("when").problem(table.line_of("when"), sentence(error))
            return None
        values.update(quantity=quantity, activity=self.context.index.shown(activity), limit=limit)
        return ConditionalBranch(**values)

    def _condition(self, written: str, scope: Scope) -> tuple[str, Activity, datetime | float]:
        """``QUANTITY of ID > LIMIT``."""
        match = _CONDITION.fullmatch(written)
        if match is None:
            raise ValueError(f"'{written}' is no condition; {_EXAMPLE}")
        quantity, name, sign, limit = match.groups()
        if sign != ">":
            raise ValueError(f"'{sign}' is not understood, conditions hold above their limit; {_EXAMPLE}")
        if quantity not in CONDITIONS:
            raise ValueError(f"'{quantity}' cannot be asked for. {did_you_mean(quantity, CONDITIONS)}")
        activity = self.context.index.find(name)
        if activity is None:
            what = self.context.index.why_missing(name)
            raise ValueError(f"{what} {did_you_mean(name, self.context.index.names())}".rstrip())
        return quantity, activity, self._limit(quantity, activity, limit, scope)

    def _limit(self, quantity: str, activity: Activity, limit: str, scope: Scope) -> datetime | float:
        if quantity == "cost":
            return money(limit, scope)
        if quantity == "start":
            return start_date(limit, scope)
        if quantity == "finish":
            return finish_date(limit, scope)
        minutes, elapsed = duration(limit, Scope(scope.report, scope.label, self.context.index.units(activity)))
        if elapsed != activity.elapsed and minutes:
            kind, example = ("elapsed", "30ed") if activity.elapsed else ("working", "30d")
            raise ValueError(f"'{limit}' is not {kind} time as the duration of the activity; write e.g. {example}")
        return minutes
