"""Costs, resource assignments and expenses of an activity in the native format."""

from __future__ import annotations

from simcore.models.costs import Amount, Assignment, Cost, Expense
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
    word,
    work,
)
from simcore.models.formats.native_tree import Node, Table

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
}


def read_cost(node: Node, scope: Scope, line: int) -> Cost | None:
    """Cost of an activity; a bare amount is a fixed one."""
    if isinstance(node, str):
        fixed = read_amount(node, scope, line)
        return Cost(fixed=fixed) if fixed is not None else None
    return Cost(**read_fields(expect_table(node, scope, line), COST_FIELDS, scope))


ASSIGNMENT_FIELDS: Fields = {
    "resource": Field("resource", text),
    "units": Field("units", share),
    "work": Field("work", work),
    "actual_work": Field("actual_work", work),
    "remaining_work": Field("remaining_work", work),
    "quantity": Field("quantity", number),
    "remaining_quantity": Field("remaining_quantity", number),
    "budgeted_cost": Field("budgeted_cost", money),
    "actual_cost": Field("actual_cost", money),
    "remaining_cost": Field("remaining_cost", money),
    "time_dependent": Field("time_dependent", flag),
    "start": Field("start", start_date),
    "finish": Field("finish", finish_date),
    "delay": Field("delay", minutes),
    "levelling_delay": Field("levelling_delay", minutes),
    "curve": Field("curve", text),
    "drives": Field("drives", flag),
    "uncertainty": Field("uncertainty", factor_distribution),
}


def read_assignments(node: Node, scope: Scope, line: int) -> tuple[Assignment, ...]:
    """Resources of an activity; a bare text is the id of one."""
    rows = expect_rows(node, scope, line)
    found = []
    for index, item in enumerate(rows):
        if isinstance(item, str):
            found.append(Assignment(resource=item))
        else:
            table = expect_table(item, scope, rows.line_of(index))
            found.append(Assignment(**{"resource": None, **read_fields(table, ASSIGNMENT_FIELDS, scope)}))
    return tuple(found)


EXPENSE_FIELDS: Fields = {
    "name": Field("name", text),
    "budgeted_cost": Field("budgeted_cost", money),
    "actual_cost": Field("actual_cost", money),
    "remaining_cost": Field("remaining_cost", money),
    "accrual": Field("accrual", word(("start", "uniform", "end"))),
    "account": Field("account", text),
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
