"""The cost check: do the costs of a plan agree with the totals that its file stores, and do they follow from its prices?

Two questions, kept apart. *Totals*: what the model adds up for an activity (assignments, fixed cost, expenses) is what the file
says the activity costs. *Prices*: work or quantity times the prices of their dates gives these costs again. The first must hold
for every activity; the second need not, because tools let people change a cost without its price.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simcore.models.costs import Assignment, Expense
from simcore.models.plan import Activity, Plan
from simcore.models.pricing import AssignmentCost, assignment_cost, price_at, rates_of, recomputed_cost

CENT = 0.01
QUANTITY_STEP = 5e-7  # P6 stores quantities with six decimals
PRICE_STEP = 5e-5  # and prices with four
VALUES = ("budgeted", "actual", "remaining", "at_completion")


@dataclass(frozen=True, kw_only=True)
class CostDifference:
    """An activity whose cost differs from what its file stores.

    Attributes
    ----------
    id : str
        The shown id.
    values : mapping of str to (in the file, computed)
        Only what differs of budgeted, actual, remaining and at completion.
    cause : str
        What the file itself shows of the reason.
    """

    id: str
    name: str
    values: Mapping[str, tuple[float, float]]
    cause: str


@dataclass(frozen=True, kw_only=True)
class CostCheck:
    """How far the costs of a plan agree with those of its file.

    Attributes
    ----------
    compared : int
        Activities for which the file stores a cost.
    differing : tuple of CostDifference
        Those whose total in the model is another.
    priced : int
        Those of which at least one cost is an amount times a price in the file; the others are amounts of their own.
    repriced : tuple of CostDifference
        Priced ones whose costs do not follow from their amounts and prices.
    """

    compared: int
    differing: tuple[CostDifference, ...] = ()
    priced: int = 0
    repriced: tuple[CostDifference, ...] = ()

    @property
    def agree(self) -> int:
        """Activities whose total agrees."""
        return self.compared - len(self.differing)

    @property
    def priced_agree(self) -> int:
        """Priced activities whose costs follow from their prices."""
        return self.priced - len(self.repriced)

    @property
    def perfect(self) -> bool:
        return not self.differing

    def __str__(self) -> str:
        if not self.compared:
            return "The file stores no costs of activities to compare with."
        if self.perfect:
            totals = f"All {self.compared:,} activities with cost agree with the file's own totals"
        else:
            totals = f"{self.agree:,} of {self.compared:,} activities with cost agree with the file's own totals"
            totals += f" ({_causes(self.differing)})"
        if not self.priced:
            return f"{totals}; no cost of the file has a price it could be computed from."
        follow = f"{self.priced_agree:,} of {self.priced:,} follow from its prices"
        return f"{totals}; {follow}{f' ({_causes(self.repriced)})' if self.repriced else ''}."


def causes_of(differences: tuple[CostDifference, ...]) -> dict[str, int]:
    """Number of differences by cause, the most frequent first."""
    counts: dict[str, int] = {}
    for difference in differences:
        counts[difference.cause] = counts.get(difference.cause, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _causes(differences: tuple[CostDifference, ...]) -> str:
    return "; ".join(f"{number:,}: {cause}" for cause, number in causes_of(differences).items())


def check_costs(plan: Plan) -> CostCheck:
    """Compare the costs of a plan with the totals stored in the file it came from."""
    compared, priced = 0, 0
    differing, repriced = [], []
    for activity in plan.activities:
        if activity.file_cost is None:
            continue
        compared += 1
        found = _against(activity, _model(plan, activity), _rounding(activity))
        if found:
            differing.append(_difference(plan, activity, found, "the file's total is not the sum of its parts"))
        if any(_is_priced(plan, activity)):
            priced += 1
            computed = _recomputed(plan, activity)
            found = _against(activity, computed, _rounding(activity))
            if found:
                repriced.append(_difference(plan, activity, found, _cause(plan, activity, found, computed)))
    return CostCheck(compared=compared, differing=tuple(differing), priced=priced, repriced=tuple(repriced))


def _difference(
    plan: Plan, activity: Activity, values: Mapping[str, tuple[float, float]], cause: str
) -> CostDifference:
    return CostDifference(id=plan.shown[activity.ref], name=activity.name, values=values, cause=cause)


def _against(activity: Activity, computed: AssignmentCost, rounding: float) -> dict[str, tuple[float, float]]:
    """What differs from the stored totals by more than their rounding."""
    stored = {name: getattr(activity.file_cost, name) for name in VALUES}
    return {
        name: (value, getattr(computed, name))
        for name, value in stored.items()
        if value is not None and abs(value - getattr(computed, name)) > rounding
    }


def _rounding(activity: Activity) -> float:
    """Half a cent for each part and for the total; quantities of expenses and their prices are rounded as well."""
    parts = 1 + len(activity.assignments) + len(activity.expenses)
    steps = (abs(e.price or 0.0) * QUANTITY_STEP + abs(e.quantity or 0.0) * PRICE_STEP for e in activity.expenses)
    return parts * CENT / 2 + sum(steps)


def _model(plan: Plan, activity: Activity) -> AssignmentCost:
    """What the model adds up for an activity."""
    costs = [assignment_cost(plan, activity, assignment) for assignment in activity.assignments]
    return _sum([*costs, *map(_stored, activity.expenses), *_own(activity)])


def _recomputed(plan: Plan, activity: Activity) -> AssignmentCost:
    """The same from amounts and prices, where there are prices."""
    costs = [
        recomputed_cost(plan, activity, assignment) or assignment_cost(plan, activity, assignment)
        for assignment in activity.assignments
    ]
    return _sum([*costs, *map(_by_price, activity.expenses), *_own(activity)])


def _sum(costs: list[AssignmentCost]) -> AssignmentCost:
    return AssignmentCost(sum(c.budgeted for c in costs), sum(c.actual for c in costs), sum(c.remaining for c in costs))


def _stored(expense: Expense) -> AssignmentCost:
    return AssignmentCost(expense.budgeted_cost, expense.actual_cost, expense.remaining_cost)


def _by_price(expense: Expense) -> AssignmentCost:
    """Only the budget of an expense is a quantity times a price; what is spent and left is entered."""
    budgeted = expense.budgeted_cost
    if expense.quantity and expense.price:
        budgeted = expense.quantity * expense.price
    return AssignmentCost(budgeted, expense.actual_cost, expense.remaining_cost)


def _own(activity: Activity) -> Iterator[AssignmentCost]:
    """Fixed cost of the activity itself; what it costs by the day is known to no file."""
    if activity.cost is not None:
        fixed = activity.cost.fixed.value if activity.cost.fixed else 0.0
        yield AssignmentCost(fixed + activity.cost.actual, activity.cost.actual, fixed)


def _is_priced(plan: Plan, activity: Activity) -> Iterator[bool]:
    """For each part with a cost, whether it is an amount times a price."""
    for assignment in activity.assignments:
        cost = assignment_cost(plan, activity, assignment)
        yield not assignment.lump_sum and any((cost.budgeted, cost.actual, cost.remaining))
    for expense in activity.expenses:
        yield bool(expense.price and expense.quantity)


def _cause(
    plan: Plan, activity: Activity, found: Mapping[str, tuple[float, float]], computed: AssignmentCost
) -> str:
    """What the file shows of why costs do not follow from prices."""
    if any(_lacks_price(plan, activity, assignment) for assignment in activity.assignments):
        return "a cost without a price in the file"
    in_all = computed.actual + computed.remaining
    stored = activity.file_cost.at_completion if activity.file_cost else None
    if "budgeted" not in found and stored is not None and abs(in_all - stored) <= _rounding(activity):
        return "spent cost entered apart from the progress of work"
    if "budgeted" not in found and activity.actual_start is not None and "actual" in found:
        return "spent cost entered by hand"
    return "not recalculated since prices, work or quantities changed"


def _lacks_price(plan: Plan, activity: Activity, assignment: Assignment) -> bool:
    """Whether an assignment costs something for which the file has no price."""
    cost = assignment_cost(plan, activity, assignment)
    if assignment.lump_sum or assignment.price or not any((cost.budgeted, cost.actual, cost.remaining)):
        return False
    resource = plan.resources.get(assignment.resource or "")
    rate = None if resource is None else price_at(rates_of(resource, assignment), assignment.start)
    return rate is None or not (rate.price or rate.per_use)
