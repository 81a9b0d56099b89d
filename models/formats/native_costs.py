"""Costs, resource assignments and expenses of an activity in the native format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simcore.models.costs import Amount, Assignment, Cost, Expense, Resource
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    expect_rows,
    expect_table,
    factor_distribution,
    finish_date,
    flag,
    kind_of,
    minutes,
    money,
    money_distribution,
    number,
    read_fields,
    sentence,
    share,
    start_date,
    text,
    work,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.pricing import rates_of

AMOUNT_FIELDS: Fields = {
    "value": Field("value", money),
    "uncertainty": Field("uncertainty", money_distribution),
}


def read_amount(node: Node, scope: Scope, line: int) -> Amount | None:
    """Money, alone or with its uncertainty; None where wrong (and reported) or empty."""
    if node == "":
        return None
    if isinstance(node, str):
        try:
            return Amount(value=money(node, scope))
        except ValueError as error:
            hint = ' Write {value: 1000, uncertainty: "..."}.' if "(" in node else ""
            scope.problem(line, sentence(error) + hint)
            return None
    table = expect_table(node, scope, line)
    values = read_fields(table, AMOUNT_FIELDS, scope)
    if isinstance(node, Table) and "value" not in table:
        scope.problem(line, "has no value.", 'Write {value: 1000, uncertainty: "pert(90%, 100%, 140%)"}.')
    return Amount(**values) if "value" in values else None


COST_FIELDS: Fields = {
    "fixed": Field("fixed", read_amount, nested=True),
    "per_day": Field("per_day", read_amount, nested=True),
    "actual": Field("actual", money),
    "accrual": Field("accrual", text),
    "account": Field("account", text),
    "index": Field("index", text),
}


def read_cost(node: Node, scope: Scope, line: int) -> Cost | None:
    """Cost of an activity; a bare amount is a fixed one."""
    if isinstance(node, str):
        fixed = read_amount(node, scope, line)
        return Cost(fixed=fixed) if fixed is not None else None
    return Cost(**read_fields(expect_table(node, scope, line), COST_FIELDS, scope))


PRICED = "priced"
"""Says of a cost that it follows from work or quantity and the prices of the resource."""
ASSIGNMENT_COSTS = ("budgeted_cost", "actual_cost", "remaining_cost")


def cost_left_out(assignment: Assignment, resource: Resource | None) -> float | None:
    """What a cost that is not given is: priced where the assignment or its resource has a price, else nothing."""
    if assignment.lump_sum:
        return 0.0
    rates = () if resource is None else rates_of(resource, assignment)
    return None if assignment.price is not None or any(rate.price or rate.per_use for rate in rates) else 0.0


def _stored_or_priced(value: str, scope: Scope) -> float | str:
    return value if value == PRICED else money(value, scope)


ASSIGNMENT_FIELDS: Fields = {
    "resource": Field("resource", text),
    "units": Field("units", share),
    "work": Field("work", work),
    "actual_work": Field("actual_work", work),
    "remaining_work": Field("remaining_work", work),
    "overtime_work": Field("overtime_work", work),
    "actual_overtime_work": Field("actual_overtime_work", work),
    "quantity": Field("quantity", number),
    "actual_quantity": Field("actual_quantity", number),
    "remaining_quantity": Field("remaining_quantity", number),
    "rate_table": Field("rate_table", text),
    "price": Field("price", money),
    "lump_sum": Field("lump_sum", flag),
    **{key: Field(key, _stored_or_priced) for key in ASSIGNMENT_COSTS},
    "time_dependent": Field("time_dependent", flag),
    "start": Field("start", start_date),
    "finish": Field("finish", finish_date),
    "delay": Field("delay", minutes),
    "levelling_delay": Field("levelling_delay", minutes),
    "curve": Field("curve", text),
    "drives": Field("drives", flag),
    "uncertainty": Field("uncertainty", factor_distribution),
    "account": Field("account", text),
}


def read_assignments(node: Node, scope: Scope, line: int) -> tuple[dict[str, Any], ...]:
    """Values of the assignments of an activity, for :func:`assignment`; a bare text is the id of a resource."""
    rows = expect_rows(node, scope, line)
    found: list[dict[str, Any]] = []
    for index, item in enumerate(rows):
        if isinstance(item, str):
            found.append({"resource": item})
        else:
            table = expect_table(item, scope, rows.line_of(index))
            found.append({"resource": None, **read_fields(table, ASSIGNMENT_FIELDS, scope)})
    return tuple(found)


def assignment(values: dict[str, Any], resources: Mapping[str, Resource]) -> Assignment:
    """An assignment; what is left out of its costs depends on its resource."""
    rest = Assignment(**{key: value for key, value in values.items() if key not in ASSIGNMENT_COSTS})
    otherwise = cost_left_out(rest, resources.get(rest.resource or ""))
    written = {key: values.get(key, otherwise) for key in ASSIGNMENT_COSTS}
    costs: dict[str, Any] = {key: None if cost == PRICED else cost for key, cost in written.items()}
    return replace(rest, **costs)


EXPENSE_FIELDS: Fields = {
    "name": Field("name", text),
    "budgeted_cost": Field("budgeted_cost", money),
    "actual_cost": Field("actual_cost", money),
    "remaining_cost": Field("remaining_cost", money),
    "quantity": Field("quantity", number),
    "price": Field("price", money),
    "accrual": Field("accrual", text),
    "account": Field("account", text),
    "uncertainty": Field("uncertainty", money_distribution),
    "index": Field("index", text),
}


def read_expenses(node: Node, scope: Scope, line: int) -> tuple[Expense, ...]:
    """Costs without a resource."""
    rows = expect_rows(node, scope, line)
    found = []
    for index, item in enumerate(rows):
        if isinstance(item, Table):
            found.append(Expense(**read_fields(item, EXPENSE_FIELDS, scope)))
        else:
            scope.problem(rows.line_of(index), f"{kind_of(item)} stands where a mapping (key: value) is expected.")
    return tuple(found)
