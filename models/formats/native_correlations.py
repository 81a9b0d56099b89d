"""Correlations of the native format: between named variables, groups by filter, matrices."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simcore.models.check_correlations import OF_ACTIVITIES, VARIABLE, VARIABLE_EXAMPLES, owner_of
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    as_is,
    expect_rows,
    expect_table,
    kind_of,
    rank,
    read_fields,
    sentence,
    word,
)
from simcore.models.formats.native_files import cells, read_grid
from simcore.models.formats.native_tree import Node, Rows, Table
from simcore.models.formats.native_where import read_where
from simcore.models.plan import Activity
from simcore.models.risks import Correlation
from simcore.models.uncertainty import Where, may_vary
from simcore.models.units import parse_number

_COPULA = re.compile(r"t\s*\(\s*([^()]*?)\s*\)")


def _copula(value: str, scope: Scope) -> float | None:
    """Degrees of freedom of Student's t; None for the Gaussian copula."""
    if value.strip().lower() == "gaussian":
        return None
    match = _COPULA.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"'{value}' is not understood; write gaussian, or t(4) for Student's t with 4 degrees of freedom")
    return parse_number(match[1])


CORRELATION_FIELDS: Fields = {
    "between": Field("between", as_is, nested=True),
    "rank": Field("rank", rank),
    "matrix": Field("matrix", as_is, nested=True),
    "copula": Field("degrees", _copula),
}
GROUP_FIELDS: Fields = {
    "where": Field("where", read_where, nested=True),
    "quantity": Field("quantity", word(OF_ACTIVITIES)),
}
_EXAMPLE = "Write {between: [duration of A, duration of B], rank: 0.5}."
Matrix = tuple[tuple[float, ...], ...]


@dataclass
class CorrelationReader:
    """Reads correlations; what can vary must be known before.

    Attributes
    ----------
    activities : sequence of Activity
        Those of the plan, with the ranges that rules give them.
    named : mapping of kind (``risk``, ``factor``, ``resource``) to ids
        What variables may belong to beside activities and relationships.
    lines : list of int
        Where each of the correlations stands, once they are read.
    """

    context: Context
    activities: Sequence[Activity]
    named: Mapping[str, Collection[str]]
    lines: list[int] = field(default_factory=list)

    def read(self, node: Node, line: int) -> tuple[Correlation, ...]:
        """The correlations; wrong ones are reported and left out."""
        rows = expect_rows(node, Scope(self.context.report, "correlations"), line)
        found = []
        for index, item in enumerate(rows):
            scope = Scope(self.context.report, f"correlation '{index + 1}'")
            correlation = self._one(item, rows.line_of(index), scope)
            if correlation is not None:
                found.append(correlation)
                self.lines.append(rows.line_of(index))
        return tuple(found)

    def _one(self, node: Node, line: int, scope: Scope) -> Correlation | None:
        table = expect_table(node, scope, line)
        before = len(scope.report.problems)
        values = read_fields(table, CORRELATION_FIELDS, scope)
        if not ("matrix" in table or {"between", "rank"} <= table.keys()):
            scope.problem(line, "needs variables and their rank correlation.", _EXAMPLE)
        elif {"rank", "matrix"} <= table.keys():
            scope.problem(line, "has both a rank and a matrix.", "Keep one.")
        if "between" in values:
            values["between"] = self._between(values["between"], scope.inside("between"))
        if "matrix" in values:
            self._matrix(values, scope.inside("matrix"))
        return Correlation(**values) if len(scope.report.problems) == before else None

    def _between(self, written: tuple[Node, int], scope: Scope) -> tuple[str, ...]:
        """Variables by name, and those of the activities that filters select."""
        node, line = written
        found: list[str] = []
        rows = expect_rows(node, scope, line)
        for index, item in enumerate(rows):
            if isinstance(item, Table):
                found += self._group(item, rows.line_of(index), scope)
            elif isinstance(item, str):
                name = self.variable(item, scope, rows.line_of(index))
                found += [] if name is None else [name]
            else:
                scope.problem(rows.line_of(index), f"{kind_of(item)} stands where a variable is expected.")
        return tuple(found)

    def _group(self, table: Table, line: int, scope: Scope) -> list[str]:
        values = read_fields(table, GROUP_FIELDS, scope)
        where: Where = values.get("where", Where())
        quantity = values.get("quantity", "duration")
        index = self.context.index
        chosen = [
            index.shown(activity)
            for activity in self.activities
            if may_vary(activity)
            and _varies(activity, quantity)
            and where.matches(activity, index.calendar(activity), self.context.tree)
        ]
        if len(chosen) < 2:
            what = f"the filter selects {len(chosen) or 'no'} {'activity' if len(chosen) < 2 else 'activities'}"
            scope.problem(line, f"{what} whose {quantity} varies.", "Correct the filter, or give more activities a range.")
        return [f"{quantity} of {name}" for name in chosen]

    def variable(self, name: str, scope: Scope, line: int) -> str | None:
        """The variable with ids as users see them; None where there is no such thing, which is reported."""
        match = VARIABLE.fullmatch(name.strip())
        if match is None:
            scope.problem(line, f"'{name}' names no variable.", VARIABLE_EXAMPLES)
            return None
        quantity, owner = match.groups()
        if quantity in OF_ACTIVITIES:
            activities = self.context.activities((owner,), scope, line)
            return f"{quantity} of {self.context.index.shown(activities[0])}" if activities else None
        if quantity == "lag":
            position = self.context.link(owner, scope, line)
            return None if position is None else f"lag of {self.context.links.name(position)}"
        kind = owner_of(quantity)
        if owner not in self.named[kind]:
            self.context.report.unknown(line, scope.label, kind, owner, self.named[kind])
            return None
        return f"{quantity} of {owner}"

    def _matrix(self, values: dict[str, Any], scope: Scope) -> None:
        """A list of rows, or a file, whose first row and column name the variables."""
        node, line = values["matrix"]
        if isinstance(node, Rows):
            if "between" not in values:
                scope.problem(line, "it does not say what its rows are.", "Write 'between: [duration of A, duration of B]'.")
            rows = [cells(row, scope, node.line_of(index)) for index, row in enumerate(node)]
        elif isinstance(node, str):
            if "between" in values:
                scope.problem(line, f"the variables are those that {node} names.", "Remove 'between'.")
            values["between"], rows = self._from_file(node, scope, line)
        else:
            fix = "Write a list of rows, or the name of a file."
            scope.problem(line, f"{kind_of(node)} stands where a matrix is expected.", fix)
            return
        try:
            values["matrix"] = complete(rows)
        except ValueError as error:
            scope.problem(line, sentence(error))


    def _from_file(self, file: str, scope: Scope, line: int) -> tuple[tuple[str, ...], list[list[str]]]:
        """The variables that a file names, and its cells."""
        grid = read_grid(file, scope, line)
        if grid is None:
            return (), []
        names = [row[0] for _, row in grid[1:]]
        if names != grid[0][1][1:]:
            what = f"the first row and the first column of {file} do not name the same variables in the same order."
            scope.problem(line, what)
            return (), []
        found = [self.variable(name, Scope(scope.report, f"{scope.label} {file}"), line) for name in names]
        return tuple(name for name in found if name is not None), [row[1:] for _, row in grid[1:]]


def _varies(activity: Activity, quantity: str) -> bool:
    if quantity == "duration":
        return activity.uncertainty is not None
    amount = getattr(activity.cost, "per_day" if quantity == "rate" else "fixed", None)
    return amount is not None and amount.uncertainty is not None


def complete(rows: list[list[str]]) -> Matrix:
    """A matrix whose lower (or upper) triangle may be left empty; what is empty on both sides is 0, on the diagonal 1.

    >>> complete([["1", "0.5"], ["", ""]])
    ((1.0, 0.5), (0.5, 1.0))
    """
    size = len(rows)
    for number, row in enumerate(rows, start=1):
        if len(row) > size:
            raise ValueError(f"row {number} has {len(row)} cells, but there are {size} rows; write as many rows as columns")

    def cell(i: int, j: int) -> str:
        return rows[i][j].strip() if j < len(rows[i]) else ""

    def value(i: int, j: int) -> float:
        written = cell(i, j) or cell(j, i) or ("1" if i == j else "0")
        try:
            return parse_number(written)
        except ValueError as error:
            raise ValueError(f"row {i + 1}, column {j + 1}: {error}") from None

    return tuple(tuple(value(i, j) for j in range(size)) for i in range(size))
