"""What assignments cost: as their file stored it, else work or quantity times the prices of their resource."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simcore.models.costs import Assignment, RatePeriod, Resource

if TYPE_CHECKING:
    from simcore.models.plan import Activity, Plan


@dataclass(frozen=True, slots=True)
class AssignmentCost:
    """Money of one assignment: planned at first, spent, and still to be spent (at the prices of ``priced_on``)."""

    budgeted: float
    actual: float
    remaining: float

    @property
    def at_completion(self) -> float:
        return self.actual + self.remaining


def assignment_cost(plan: Plan, activity: Activity, assignment: Assignment) -> AssignmentCost:
    """The costs of an assignment; what the file does not give follows from the first price of the resource.

    A price that changes over time changes what is still to be spent when the work is dated: see :func:`price_steps`.
    """
    resource = plan.resources.get(assignment.resource or "")

    def cost(stored: float | None, amount: float, uses: float = 0.0) -> float:
        return _priced(resource, amount, uses) if stored is None else stored

    planned, actual, remaining = _amounts(activity, assignment, resource)
    started = activity.actual_start is not None
    return AssignmentCost(
        budgeted=cost(assignment.budgeted_cost, planned, 1.0),
        actual=cost(assignment.actual_cost, actual, 1.0 if started else 0.0),
        remaining=cost(assignment.remaining_cost, remaining, 0.0 if started else 1.0),
    )


def spent_on(plan: Plan, activity: Activity) -> float:
    """Actual cost of an activity to date."""
    spent = activity.cost.actual if activity.cost else 0.0
    spent += sum(assignment_cost(plan, activity, assignment).actual for assignment in activity.assignments)
    return spent + sum(expense.actual_cost for expense in activity.expenses)


def price_steps(resource: Resource) -> tuple[tuple[datetime, float], ...]:
    """Dates on which the price changes, and the new price as a ratio to the first one; empty where it never does."""
    rates = [rate for rate in resource.rates if rate.price > 0.0]
    if len({rate.price for rate in rates}) < 2:
        return ()
    return tuple((rate.start, rate.price / rates[0].price) for rate in rates[1:] if rate.start is not None)


def _amounts(activity: Activity, assignment: Assignment, resource: Resource | None) -> tuple[float, float, float]:
    """Planned, actual and remaining hours of work, or units of material."""
    if resource is not None and resource.kind == "material":
        planned = assignment.quantity or 0.0
        remaining = planned if assignment.remaining_quantity is None else assignment.remaining_quantity
        return planned, max(planned - remaining, 0.0), remaining
    if assignment.work or assignment.remaining_work or assignment.actual_work:
        started = activity.actual_start is not None
        remaining = assignment.remaining_work if started or assignment.remaining_work else assignment.work
        return assignment.work / 60, assignment.actual_work / 60, remaining / 60
    units = 1.0 if assignment.units is None else assignment.units
    done = activity.duration - activity.remaining_duration
    return units * activity.duration / 60, units * done / 60, units * activity.remaining_duration / 60


def _priced(resource: Resource | None, amount: float, uses: float) -> float:
    if resource is None or not resource.rates:
        return 0.0
    first: RatePeriod = resource.rates[0]
    return amount * first.price + (uses * first.per_use if amount else 0.0)
