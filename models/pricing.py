"""What assignments cost: as their file stored it, else work or quantity times the prices of their resource.

What a file does not give is priced at the *first* price of the resource; :func:`price_steps` tells how prices change later.
:func:`recomputed_cost` sets the stored costs aside and takes prices from the dates of the work, for comparison.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simcore.models.costs import Assignment, RatePeriod, Resource
from simcore.models.working_time import working_minutes

if TYPE_CHECKING:
    from simcore.models.plan import Activity, Plan

Span = tuple[datetime, datetime]
ONCE = ("material", "cost")
"""Kinds of resources of which a quantity is used, not hours."""


@dataclass(frozen=True, slots=True)
class AssignmentCost:
    """Money of one assignment: planned at first, spent, and still to be spent."""

    budgeted: float
    actual: float
    remaining: float

    @property
    def at_completion(self) -> float:
        return self.actual + self.remaining


@dataclass(frozen=True, slots=True)
class _Amount:
    """Hours of work, or units of material; ``overtime`` is part of ``total``."""

    total: float
    overtime: float = 0.0


@dataclass(frozen=True, slots=True)
class _Tariff:
    """What an hour or a unit costs, and the use of the resource as such."""

    price: float
    overtime: float
    per_use: float = 0.0

    def of(self, amount: _Amount, uses: float = 0.0) -> float:
        regular = amount.total - amount.overtime
        return regular * self.price + amount.overtime * self.overtime + uses * self.per_use


def assignment_cost(plan: Plan, activity: Activity, assignment: Assignment, minutes: float | None = None) -> AssignmentCost:
    """The costs of an assignment; what the file does not give is at the first price of the resource.

    Parameters
    ----------
    plan : Plan
    activity : Activity
        Whose assignment it is.
    assignment : Assignment
    minutes : float, optional
        Remaining working minutes of the activity where the schedule tells them and the activity does not: of a hammock.
    """
    stored = assignment.budgeted_cost, assignment.actual_cost, assignment.remaining_cost
    if None not in stored or assignment.lump_sum:
        return AssignmentCost(*(cost or 0.0 for cost in stored))
    planned, actual, remaining = _amounts(plan, activity, assignment, minutes)
    tariff = _tariff(plan, activity, assignment, None)
    started, uses = activity.actual_start is not None, float(planned.total > 0)
    priced = (tariff.of(planned, uses), tariff.of(actual, uses * started), tariff.of(remaining, uses * (not started)))
    return AssignmentCost(*(own if cost is None else cost for cost, own in zip(stored, priced, strict=True)))


def spent_on(plan: Plan, activity: Activity) -> float:
    """Actual cost of an activity to date."""
    spent = activity.cost.actual if activity.cost else 0.0
    spent += sum(assignment_cost(plan, activity, assignment).actual for assignment in activity.assignments)
    return spent + sum(expense.actual_cost for expense in activity.expenses)


def rates_of(resource: Resource, assignment: Assignment | None = None) -> tuple[RatePeriod, ...]:
    """The prices of a resource that count for an assignment: of the list it names, if it names one."""
    if assignment is None or assignment.rate_table is None:
        return resource.rates
    return resource.rate_tables.get(assignment.rate_table, ())


def price_steps(resource: Resource, assignment: Assignment | None = None) -> tuple[tuple[datetime, float], ...]:
    """Dates on which the price changes, and the new price as a ratio to the first one; empty where it never does.

    An assignment with a price of its own, or with costs that are lump sums, knows no other.
    """
    if assignment is not None and (assignment.price is not None or assignment.lump_sum):
        return ()
    rates = [rate for rate in rates_of(resource, assignment) if rate.price > 0.0]
    if len({rate.price for rate in rates}) < 2:
        return ()
    return tuple((rate.start, rate.price / rates[0].price) for rate in rates[1:] if rate.start is not None)


def price_at(rates: tuple[RatePeriod, ...], moment: datetime | None) -> RatePeriod | None:
    """The price in effect at a moment; before the first of them, or without a moment, the first."""
    found = rates[0] if rates else None
    for rate in rates[1:]:
        if moment is None or rate.start is None or rate.start > moment:
            break
        found = rate
    return found


def recomputed_cost(plan: Plan, activity: Activity, assignment: Assignment) -> AssignmentCost | None:
    """Work or quantity times the prices in effect at its dates, whatever costs the file stores; None for lump sums.

    Amounts are those that the file states. A price that changes while work goes on counts for its share of the working time.
    Of resources that are paid at their start or end, all or nothing is spent.
    """
    if assignment.lump_sum:
        return None
    planned, actual, remaining = _stated(plan, assignment)
    whole, done, left = _spans(plan, activity, assignment)
    started, uses = activity.actual_start is not None, float(planned.total > 0)
    budgeted = _tariff(plan, activity, assignment, whole).of(planned, uses)
    spent = _tariff(plan, activity, assignment, done).of(actual, uses * started)
    to_spend = _tariff(plan, activity, assignment, left).of(remaining, uses * (not started))
    resource = plan.resources.get(assignment.resource or "")
    accrual = "uniform" if resource is None else resource.accrual
    if accrual == "start" and started:
        spent, to_spend = spent + to_spend, 0.0
    elif accrual == "end" and activity.actual_finish is None:
        spent, to_spend = 0.0, spent + to_spend
    return AssignmentCost(budgeted, spent, to_spend)


def _amounts(
    plan: Plan, activity: Activity, assignment: Assignment, minutes: float | None
) -> tuple[_Amount, _Amount, _Amount]:
    """Planned, actual and remaining amount; what is not stated follows from units, duration and progress."""
    to_do = activity.remaining_duration if minutes is None else minutes
    share = 1.0 if activity.actual_start is None else 0.0 if activity.actual_finish is not None else _left(activity)
    kind = _kind(plan, assignment)
    if kind in ONCE:
        planned, actual, remaining = assignment.quantity, assignment.actual_quantity, assignment.remaining_quantity
        if planned is None:
            planned = (1.0 if kind == "cost" else 0.0) if assignment.units is None else assignment.units
        if remaining is None:
            remaining = planned * share
        return _Amount(planned), _Amount(max(planned - remaining, 0.0) if actual is None else actual), _Amount(remaining)
    if assignment.actual_work or assignment.remaining_work:
        work = assignment.work or assignment.actual_work + assignment.remaining_work
        return _stated(plan, replace(assignment, work=work))
    if assignment.work:
        left = assignment.work * share
        return _stated(plan, replace(assignment, remaining_work=left, actual_work=assignment.work - left))
    per_minute = (1.0 if assignment.units is None else assignment.units) / 60
    duration = activity.duration or (to_do if activity.actual_start is None else 0.0)
    return (
        _Amount(duration * per_minute),
        _Amount(max(duration - to_do, 0.0) * per_minute if share < 1.0 else 0.0),
        _Amount(to_do * per_minute),
    )


def _left(activity: Activity) -> float:
    """Share of the duration that is still to do."""
    return min(activity.remaining_duration / activity.duration, 1.0) if activity.duration else 1.0


def _stated(plan: Plan, assignment: Assignment) -> tuple[_Amount, _Amount, _Amount]:
    """Planned, actual and remaining amount as they stand in the assignment."""
    a = assignment
    if _kind(plan, a) in ONCE:
        return _Amount(a.quantity or 0.0), _Amount(a.actual_quantity or 0.0), _Amount(a.remaining_quantity or 0.0)
    overtime_left = max(a.overtime_work - a.actual_overtime_work, 0.0)
    return (
        _Amount(a.work / 60, a.overtime_work / 60),
        _Amount(a.actual_work / 60, a.actual_overtime_work / 60),
        _Amount(a.remaining_work / 60, overtime_left / 60),
    )


def _kind(plan: Plan, assignment: Assignment) -> str:
    """Kind of the resource; an assignment whose resource is not in the file states a quantity if it is material."""
    resource = plan.resources.get(assignment.resource or "")
    if resource is None:
        return "labour" if assignment.quantity is None else "material"
    return resource.kind


def _tariff(plan: Plan, activity: Activity, assignment: Assignment, span: Span | None) -> _Tariff:
    """What the assignment is priced at: its own price, else those of its resource over a span, or the first one."""
    resource = plan.resources.get(assignment.resource or "")
    rates = () if resource is None else rates_of(resource, assignment)
    microsoft = plan.options(activity.project).rules == "msp"
    parts = _shares(plan, activity, rates, span)
    if assignment.price is not None:
        first = parts[0][0] if parts else None
        factor = first.overtime_price / first.price if first and first.overtime_price is not None and first.price else 1.0
        return _Tariff(assignment.price, assignment.price * factor)
    if not parts:
        return _Tariff(0.0, 0.0)
    by_units = microsoft and _kind(plan, assignment) not in ONCE and assignment.units is not None
    return _Tariff(
        price=sum(share * rate.price for rate, share in parts),
        overtime=sum(share * _overtime(rate, microsoft) for rate, share in parts),
        per_use=parts[0][0].per_use * (assignment.units if by_units and assignment.units is not None else 1.0),
    )


def _overtime(rate: RatePeriod, microsoft: bool) -> float:
    if rate.overtime_price is not None:
        return rate.overtime_price
    return 0.0 if microsoft else rate.price


def _shares(
    plan: Plan, activity: Activity, rates: tuple[RatePeriod, ...], span: Span | None
) -> list[tuple[RatePeriod, float]]:
    """The prices in effect over a span, each with its share of the working time."""
    first = price_at(rates, span and span[0])
    if first is None:
        return []
    if span is None or first is price_at(rates, span[1]):
        return [(first, 1.0)]
    inside = [rate for rate in rates if rate.start is not None and span[0] < rate.start < span[1]]
    ends = [rate.start for rate in inside if rate.start is not None]
    calendar = plan.calendar_of(activity)
    minutes = [working_minutes(calendar, *part) for part in zip([span[0], *ends], [*ends, span[1]], strict=True)]
    total = sum(minutes)
    if not total:
        return [(first, 1.0)]
    return [(rate, part / total) for rate, part in zip([first, *inside], minutes, strict=True)]


def _spans(plan: Plan, activity: Activity, assignment: Assignment) -> tuple[Span | None, Span | None, Span | None]:
    """When an assignment is worked on in all, until the data date, and from then on."""
    dates = activity.file_dates
    start = assignment.start or activity.actual_start or (dates.start if dates else None)
    finish = assignment.finish or activity.actual_finish or (dates.finish if dates else None)
    if start is None or finish is None:
        return None, None, None
    now = plan.project(activity.project).data_date or start
    now = min(max(now, start), finish)
    return (start, finish), (start, now if now > start else finish), (now if now < finish else start, finish)
