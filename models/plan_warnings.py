"""What real tools accept and a reader of the results should know: never a reason to refuse a plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.places import Places
from simcore.models.plan import ActivityType, Status
from simcore.models.units import format_money

if TYPE_CHECKING:
    from simcore.models.finance import Finance
    from simcore.models.plan import Activity, Plan

_CENT = 0.005
_NAMED = 3
"""How many activities a warning names."""


def with_warnings(plan: Plan) -> Plan:
    """The same plan, its notes followed by the warnings about it."""
    warnings = tuple(plan_warnings(plan))
    if warnings:
        # Only a freshly read plan comes here; building it again would check it again, which is slow for large ones.
        object.__setattr__(plan, "notes", (*plan.notes, *warnings))
    return plan


def plan_warnings(plan: Plan) -> Iterator[Problem]:
    """One warning for each kind of oddity, naming the first few activities that show it."""
    places = Places(plan)
    found: dict[str, list[Activity]] = {}
    dates = {project.id: project.data_date for project in plan.projects}
    for activity in plan.activities:
        for what in _oddities(activity, plan, dates):
            found.setdefault(what, []).append(activity)
    for what, activities in found.items():
        names = ", ".join(plan.shown[a.ref] for a in activities[:_NAMED])
        more = f" and {len(activities) - _NAMED} more" if len(activities) > _NAMED else ""
        where = places.activity(activities[0]) if len(activities) == 1 else places.of("plan")
        who = "" if len(activities) == 1 else f" ({names}{more})"
        yield Problem(where, f"{what}{who}.", severity="warning")
    yield from _funding_oddities(plan.finance, places)


def _funding_oddities(finance: Finance, places: Places) -> Iterator[Problem]:
    """Limits below what has been budgeted; money beyond what has been approved is nothing odd."""
    budget = finance.budget
    if budget is None or not finance.funding:
        return
    last = finance.funding[-1]
    if last.until is None and last.amount < budget.amount - _CENT:
        where = places.of("funding", str(len(finance.funding)))
        what = f"never more than {format_money(last.amount)} may be spent of the {format_money(budget.amount)} budgeted."
        yield Problem(where, what, "Correct the budget or the limit.", severity="warning")


def _oddities(activity: Activity, plan: Plan, dates: dict[str, datetime | None]) -> Iterator[str]:
    data_date = dates[activity.project]
    for moment in (activity.actual_start, activity.actual_finish):
        if moment is not None and data_date is not None and moment > data_date:
            yield "an actual date lies after the data date"
            break
    if activity.status is Status.COMPLETED:
        if activity.remaining:
            yield "completed, yet it has remaining duration, which is ignored"
        if activity.actual_finish is None and not activity.type.is_span:
            yield "completed without an actual finish"
    elif activity.status is Status.IN_PROGRESS and activity.actual_start is None and not activity.type.is_span:
        yield "in progress without an actual start"
    elif activity.status is Status.NOT_STARTED and activity.actual_start is not None:
        yield "has an actual start, yet its status is 'not started'"
    if activity.suspend and activity.resume and activity.resume < activity.suspend:
        yield "resumes before it is suspended"
    if activity.percent_complete is not None and not 0.0 <= activity.percent_complete <= 1.0:
        yield "its percent complete is not between 0% and 100%"
    yield from _range_oddities(activity)


def _range_oddities(activity: Activity) -> Iterator[str]:
    spread = activity.uncertainty
    if spread is None:
        return
    if activity.status is Status.COMPLETED or activity.type.is_span or activity.type.is_milestone:
        kind = "completed" if activity.status is Status.COMPLETED else f"a {ActivityType(activity.type)}"
        yield f"has an uncertainty that is ignored, because it is {kind}"
        return
    low, high = spread.bounds
    value = 1.0 if spread.relative else float(activity.remaining_duration)
    if not low <= value <= high:
        yield "its remaining duration lies outside its range"
    if low < 0:
        yield "its range reaches below zero, where durations are cut off"
