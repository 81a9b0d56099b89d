"""When costs are spent, at which prices, and on which account: rules of the plan, applied to every cost."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simcore.models.costs import Assignment, Cost, Expense
from simcore.models.finance import NO_INDEX
from simcore.models.plan import Plan
from simcore.models.pricing import price_steps

UNIFORM = "uniform"


@dataclass(frozen=True, slots=True)
class Spending:
    """How a cost is spent.

    Attributes
    ----------
    accrual : str
        start, uniform, end, or a curve of the plan.
    index : str
        Escalation index, empty for none.
    steps : tuple of (datetime, float)
        Dates on which its price changes, as a ratio to the first price.
    stored : bool
        Whether the cost is as its file has it, at the prices of its dates; else at the first price.
    account : str
        Cost account, empty for none.
    """

    accrual: str = UNIFORM
    index: str = ""
    steps: tuple[tuple[datetime, float], ...] = ()
    stored: bool = False
    account: str = ""


def accrual_of(plan: Plan, assignment: Assignment) -> str:
    """How an assignment is spent: by its own curve where the plan has that, else as its resource is."""
    if assignment.curve is not None and assignment.curve in plan.finance.curves:
        return assignment.curve
    resource = plan.resources.get(assignment.resource or "")
    return UNIFORM if resource is None else resource.accrual


class SpendingRules:
    """The rules of a plan; activities are named by their position."""

    def __init__(self, plan: Plan):
        self.plan, self.curves = plan, plan.finance.curves
        self._shown = [plan.shown[a.ref] for a in plan.activities]
        self._indices = [
            (index.id, frozenset(index.kinds), None if index.activities is None else self._known(index.activities))
            for index in plan.finance.escalation
        ]

    def _known(self, texts: tuple[str, ...]) -> frozenset[str]:
        return frozenset(self.plan.shown[self.plan.find(text)] for text in texts)

    def kind_of(self, assignment: Assignment) -> str:
        """Kind of cost of an assignment: that of its resource."""
        resource = self.plan.resources.get(assignment.resource or "")
        return "cost" if resource is None else resource.kind

    def of_fixed(self, i: int, cost: Cost) -> Spending:
        return Spending(self._accrual(cost.accrual), self._index("fixed", i, cost.index), account=cost.account or "")

    def of_per_day(self, i: int, cost: Cost) -> Spending:
        return Spending(UNIFORM, self._index("per_day", i, cost.index), account=cost.account or "")

    def of_expense(self, i: int, expense: Expense) -> Spending:
        index = self._index("expense", i, expense.index)
        return Spending(self._accrual(expense.accrual), index, account=expense.account or "")

    def of_assignment(self, i: int, assignment: Assignment) -> Spending:
        resource = self.plan.resources.get(assignment.resource or "")
        steps = () if resource is None else price_steps(resource, assignment)
        return Spending(
            self._accrual(accrual_of(self.plan, assignment)),
            self._index(self.kind_of(assignment), i, None if resource is None else resource.index),
            steps=steps,
            stored=bool(steps) and assignment.remaining_cost is not None,
            account=assignment.account or "",
        )

    def of_impact(self, i: int) -> Spending:
        """Of what risks cost on an activity."""
        return Spending(UNIFORM, self._index("risk", i, None))

    def _accrual(self, name: str) -> str:
        """Unknown curves of a file spread uniformly."""
        return name if name in ("start", UNIFORM, "end") or name in self.curves else UNIFORM

    def _index(self, kind: str, i: int, named: str | None) -> str:
        if named is not None:
            return "" if named == NO_INDEX else named
        for index, kinds, activities in self._indices:
            if (not kinds or kind in kinds) and (activities is None or self._shown[i] in activities):
                return index
        return ""
