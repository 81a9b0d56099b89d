"""Expenses, cost accounts, spreading curves, budgets and the cost totals of a P6 export."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from simcore.models.costs import Expense, FileCost
from simcore.models.finance import Account, Budget, Finance
from simcore.models.formats.p6_tables import Row, Tables, count, unique_name

ACCRUALS = {"CL_Uniform": "uniform", "CL_Start": "start", "CL_End": "end"}
CURVE_PARTS = 20
"""P6 gives a curve as 21 percentages: what falls on the start, and on each twentieth of the duration."""


class Accounts:
    """Cost accounts by ``acct_id``, named by the path of their short names."""

    def __init__(self, tables: Tables):
        rows = tables.by_id("ACCOUNT", "acct_id")
        self.codes: dict[str, str] = {}
        self._taken: set[str] = set()
        self.accounts: list[Account] = []
        for key in rows:
            self._name(rows, key, frozenset())
        self._usual = {row.get("proj_id", ""): row.get("acct_id", "") for row in tables.of("PROJECT")}

    def _name(self, rows: Mapping[str, Row], key: str, below: frozenset[str]) -> str | None:
        """The code of an account, those above it named before it."""
        if key not in rows or key in below:
            return None
        if key not in self.codes:
            row = rows[key]
            parent = self._name(rows, row.get("parent_acct_id", ""), below | {key})
            short = (row.get("acct_short_name") or row.get("acct_name") or key).strip()
            code = unique_name(short if parent is None else f"{parent}.{short}", self._taken)
            self.codes[key] = code
            self._taken.add(code)
            self.accounts.append(Account(code=code, name=row.get("acct_name", ""), parent=parent))
        return self.codes[key]

    def of(self, row: Row) -> str | None:
        """The account of an assignment or expense, else the one its project names for all that have none."""
        usual = self._usual.get(row.get("proj_id", ""), "")
        return self.codes.get(row.get("acct_id", "")) or self.codes.get(usual)


class Curves:
    """Spreading curves by their names, and the names by ``curv_id``."""

    def __init__(self, tables: Tables):
        self.tables = tables
        self.weights: dict[str, tuple[float, ...]] = {}
        self._names: dict[str, str] = {}
        self._missing = 0
        for row in tables.of("RSRCCURVDATA"):
            usage = [tables.amount(row, f"pct_usage_{part}") for part in range(CURVE_PARTS + 1)]
            weights = (usage[0] + usage[1], *usage[2:])
            if min(weights) < 0 or not any(weights):
                name = row.get("curv_name", "")
                tables.note(f"Resource curve {name!r} has no percentages that can be used; uniform is used instead.")
                continue
            name = unique_name((row.get("curv_name") or row.get("curv_id", "")).strip(), self.weights)
            self._names[row.get("curv_id", "")] = name
            self.weights[name] = weights

    def of(self, row: Row) -> str | None:
        """The curve of an assignment."""
        key = row.get("curv_id", "")
        self._missing += bool(key) and key not in self._names
        return self._names.get(key)

    def note_missing(self) -> None:
        if self._missing:
            what = f"Resource curves of {count(self._missing, 'assignment')} are not in the file"
            self.tables.note(f"{what}; their costs are spread uniformly.")


def read_expenses(tables: Tables, accounts: Accounts) -> dict[str, tuple[Expense, ...]]:
    """Expenses by ``task_id``."""
    found: dict[str, list[Expense]] = defaultdict(list)
    for row in tables.of("PROJCOST"):
        expense = Expense(
            name=row.get("cost_name", ""),
            budgeted_cost=tables.amount(row, "target_cost"),
            actual_cost=tables.amount(row, "act_cost"),
            remaining_cost=tables.amount(row, "remain_cost"),
            quantity=tables.number(row, "target_qty"),
            price=tables.number(row, "cost_per_qty"),
            accrual=tables.choice(row, "cost_load_type", ACCRUALS, "uniform"),
            account=accounts.of(row),
        )
        found[row.get("task_id", "")].append(expense)
    return {key: tuple(values) for key, values in found.items()}


def read_finance(tables: Tables, projects: Mapping[str, str], accounts: Accounts, curves: Curves) -> Finance:
    """What the file says of money beside the costs of activities."""
    months = {tables.amount(row, "fy_start_month_num") for row in tables.of("PROJECT") if row.get("proj_id") in projects}
    month = int(months.pop()) if len(months) == 1 else 1
    return Finance(
        fiscal_year_start=month if 1 <= month <= 12 else 1,
        budget=_budget(tables, projects),
        accounts=tuple(accounts.accounts),
        curves=curves.weights,
    )


def _budget(tables: Tables, projects: Mapping[str, str]) -> Budget | None:
    """The original budgets of the projects and their approved changes; of the whole, not of WBS nodes inside it."""
    nodes = tables.by_id("PROJWBS", "wbs_id")
    tops = {key for key, row in nodes.items() if row.get("proj_node_flag") == "Y" or row.get("parent_wbs_id", "") not in nodes}
    rows = [row for row in tables.of("PROJECT") if row.get("proj_id") in projects]  # P6 XML has it there
    rows += [nodes[key] for key in tops if nodes[key].get("proj_id") in projects]
    amount = sum(tables.amount(row, "orig_cost") for row in rows)
    for row in tables.of("BUDGCHNG"):
        of_project = row.get("proj_id") in projects and row.get("wbs_id", "") in {"", *tops}
        if of_project and "appr" in row.get("status_code", "").lower():
            amount += tables.amount(row, "chng_cost")
    return Budget(amount=amount) if amount > 0 else None


class _Column(NamedTuple):
    """Where a kind of cost stands: in the rows of assignments and expenses, and as a sum in the activity itself."""

    rows: tuple[str, ...]
    expense: str
    name: str


_COLUMNS = {
    "budgeted": _Column(("target_cost",), "target_cost", "Planned"),
    "actual": _Column(("act_reg_cost", "act_ot_cost"), "act_cost", "Actual"),
    "remaining": _Column(("remain_cost",), "remain_cost", "Remaining"),
}
TOTALS = {
    f"{when}{kind}Cost": f"{when}{kind}Cost"
    for when in ("Planned", "Actual", "Remaining", "AtCompletion")
    for kind in ("Labor", "NonLabor", "Material", "Expense", "Total")
}
"""Columns of the sums that P6 XML has for an activity; an XER has none."""
_KINDS = {"RT_Labor": "Labor", "RT_Equip": "NonLabor", "RT_Mat": "Material"}
_Sums = dict[str, dict[tuple[str, str], float]]


def read_totals(tables: Tables) -> dict[str, FileCost]:
    """Stored costs by ``task_id``: the activity's own sums where the file has them, else those of its rows."""
    sums: _Sums = defaultdict(lambda: defaultdict(float))
    for row in tables.of("TASKRSRC"):
        kind = _KINDS.get(row.get("rsrc_type", ""), "Labor")
        for column in _COLUMNS.values():
            sums[row.get("task_id", "")][column.name, kind] += sum(tables.amount(row, key) for key in column.rows)
    for row in tables.of("PROJCOST"):
        for column in _COLUMNS.values():
            sums[row.get("task_id", "")][column.name, "Expense"] += tables.amount(row, column.expense)
    for row in tables.of("TASK"):
        own = sums[row.get("task_id", "")]
        for name in (*(column.name for column in _COLUMNS.values()), "AtCompletion"):
            for kind in ("Labor", "NonLabor", "Material", "Expense", "Total"):
                value = tables.number(row, f"{name}{kind}Cost")
                if value is not None:
                    own[name, kind] = value
    return {key: _file_cost(own) for key, own in sums.items() if any(own.values())}


def _file_cost(sums: dict[tuple[str, str], float]) -> FileCost:
    """One amount of each kind; at completion is what is stored as that, else the actual and the remaining."""

    def total(name: str) -> float:
        if (name, "Total") in sums:
            return sums[name, "Total"]
        return sum(value for (column, _), value in sums.items() if column == name)

    actual, remaining = total("Actual"), total("Remaining")
    kinds = {kind for _, kind in sums}
    complete = sums.get(("AtCompletion", "Total"))
    if complete is None:
        complete = sum(
            sums.get(("AtCompletion", kind), sums.get(("Actual", kind), 0.0) + sums.get(("Remaining", kind), 0.0))
            for kind in kinds
        )
    return FileCost(budgeted=total("Planned"), actual=actual, remaining=remaining, at_completion=complete)
