"""Activities and their relationships as plain values of the native format."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from simcore.models.costs import Amount, Assignment, Cost, Expense
from simcore.models.distributions import Distribution, duration_values, factor_values, format_distribution, money_values
from simcore.models.formats.native_activities import default_status
from simcore.models.formats.native_costs import ASSIGNMENT_COSTS, PRICED, cost_left_out
from simcore.models.formats.native_fields import Units
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_links import lag_units
from simcore.models.formats.native_yaml import Value
from simcore.models.plan import Activity, Constraint, ConstraintType, LinkType, Plan, Relationship, link_index
from simcore.models.units import format_datetime, format_duration, format_percent

Document = dict[str, Value]

_FINISHES = frozenset({
    "finish", "early_finish", "late_finish", "actual_finish", "expected_finish", "deadline", "external_late_finish",
})  # fmt: skip
"""Attributes whose dates mean the end of the day when written without a time."""
_PLAIN_DATES = ("actual_start", "actual_finish", "suspend", "resume", "expected_finish", "deadline")
_FLAGS = ("manual", "inactive", "effort_driven", "ignore_resource_calendar")


def _date(moment: datetime, attribute: str) -> str:
    return format_datetime(moment, end_of_day=attribute in _FINISHES)


class ActivityWriter:
    """Writes the activities of one plan."""

    def __init__(self, plan: Plan, index: ActivityIndex):
        self.plan, self.index = plan, index
        self.predecessors = link_index(plan.relationships, "successor")
        self.options = {project.id: plan.options(project.id) for project in plan.projects}
        self.projects = [project.id for project in plan.projects]

    def key(self, activity: Activity) -> str:
        """The key of an activity: its bare id, with its project where that is needed or could be read into it."""
        shown = self.plan.shown[activity.ref]
        if shown == activity.id and any(shown.startswith(f"{project}:") for project in self.projects):
            return f"{activity.project}:{activity.id}"
        return shown

    def write(self, activity: Activity) -> Document:
        units = self.index.units(activity)
        written: Document = {"name": activity.name} if activity.name else {}
        if len(self.projects) > 1:
            written["project"] = activity.project
        if activity.type != "task":
            written["type"] = str(activity.type)
        for key in ("calendar", "wbs"):
            if getattr(activity, key) is not None:
                written[key] = getattr(activity, key)
        written.update(self._durations(activity, units))
        links = [self._link(link) for link in self.predecessors.get(activity.ref, ())]
        if links:
            written["after"] = links
        written.update(_progress(activity))
        written.update(_dates(activity))
        written.update(_tool_options(activity, units))
        if activity.cost is not None:
            written["cost"] = _cost(activity.cost)
        if activity.assignments:
            written["resources"] = [self._assignment(assignment, units) for assignment in activity.assignments]
        if activity.expenses:
            written["expenses"] = [_differences(expense, units) for expense in activity.expenses]
        for key in ("codes", "fields"):
            if getattr(activity, key):
                written[key] = dict(getattr(activity, key))
        for key in ("baseline", "file_dates", "file_cost"):
            if getattr(activity, key) is not None:
                written[key] = _differences(getattr(activity, key), units)
        return written

    def _durations(self, activity: Activity, units: Units) -> Document:
        written: Document = {}
        dateless = activity.type.is_milestone or activity.type.is_span
        if activity.duration or activity.elapsed or not dateless:
            written["duration"] = format_duration(activity.duration, units.day, activity.elapsed)
        if activity.remaining is not None:
            written["remaining"] = format_duration(activity.remaining, units.day, activity.elapsed)
        if activity.uncertainty is not None:
            values = duration_values(*units, elapsed=activity.elapsed)
            written["uncertainty"] = format_distribution(activity.uncertainty, values)
        if activity.existence != 1.0:
            written["existence"] = format_percent(activity.existence)
        if activity.segments:
            written["segments"] = [
                {"offset": format_duration(s.offset, units.day), "work": format_duration(s.work, units.day)}
                for s in activity.segments
            ]
        return written

    def _assignment(self, assignment: Assignment, units: Units) -> Value:
        """The bare resource where nothing else is said about it."""
        costs = {key: getattr(assignment, key) for key in ASSIGNMENT_COSTS}
        usual = cost_left_out(assignment, self.plan.resources.get(assignment.resource or ""))
        written = {key: value for key, value in _differences(assignment, units).items() if key not in costs}
        written |= {key: PRICED if cost is None else cost for key, cost in costs.items() if cost != usual}
        if assignment.resource is not None and written.keys() == {"resource"}:
            return assignment.resource
        return written

    def _link(self, link: Relationship) -> Value:
        """Short where that is understood the same way."""
        predecessor, successor = self.plan.by_ref[link.predecessor], self.plan.by_ref[link.successor]
        shown = self.plan.shown[link.predecessor]
        if link.percent is not None:
            lag = format_percent(link.percent).replace("%", "e%" if link.elapsed else "%")
        elif link.lag or link.elapsed:
            units = lag_units(self.index, predecessor, successor, link.lag_calendar, self.options)
            lag = format_duration(link.lag, units.day, link.elapsed)
        else:
            lag = ""
        short = f"{shown} {link.type}{lag if lag.startswith(('-', '+')) or not lag else f'+{lag}'}"
        if link.type is LinkType.FS and not lag:
            short = shown
        plain = link.lag_calendar is None and link.uncertainty is None and link.probability == 1.0
        if plain and (short == shown or self.index.find(short, successor.project) is None):
            return short
        written: Document = {"activity": shown, "type": str(link.type)}
        if lag:
            written["lag"] = lag
        if link.lag_calendar is not None:
            written["lag_calendar"] = str(link.lag_calendar)
        if link.uncertainty is not None:
            units = lag_units(self.index, predecessor, successor, link.lag_calendar, self.options)
            values = duration_values(*units, elapsed=link.elapsed)
            written["uncertainty"] = format_distribution(link.uncertainty, values)
        if link.probability != 1.0:
            written["probability"] = format_percent(link.probability)
        return written


def _progress(activity: Activity) -> Document:
    written: Document = {}
    if activity.status is not default_status(activity.actual_start, activity.actual_finish):
        written["status"] = str(activity.status)
    if activity.percent_complete is not None:
        written["percent_complete"] = format_percent(activity.percent_complete)
    return written


def _dates(activity: Activity) -> Document:
    written: Document = {
        key: _date(moment, key) for key in _PLAIN_DATES if (moment := getattr(activity, key)) is not None
    }
    for key, attribute in (("early", "external_early_start"), ("late", "external_late_finish")):
        moment = getattr(activity, attribute)
        if moment is not None:
            written[key] = _date(moment, attribute)
    if activity.constraints:
        pairs = [_constraint(constraint) for constraint in activity.constraints]
        kinds = {key for pair in pairs for key in pair}
        merged: Document = {key: value for pair in pairs for key, value in pair.items()}
        written["constraint"] = merged if len(kinds) == len(pairs) else list(pairs)
    return written


def _constraint(constraint: Constraint) -> Document:
    if constraint.date is None:
        return {str(constraint.type): constraint.type is ConstraintType.AS_LATE_AS_POSSIBLE}
    return {str(constraint.type): format_datetime(constraint.date, end_of_day="finish" in constraint.type)}


def _tool_options(activity: Activity, units: Units) -> Document:
    written: Document = {key: True for key in _FLAGS if getattr(activity, key)}
    if activity.levelling_delay or activity.levelling_delay_elapsed:
        written["levelling_delay"] = format_duration(
            activity.levelling_delay, units.day, activity.levelling_delay_elapsed
        )
    for key in ("priority", "work_type"):
        if getattr(activity, key) is not None:
            written[key] = getattr(activity, key)
    return written


def _cost(cost: Cost) -> Document:
    written: Document = {}
    for key in ("fixed", "per_day"):
        amount: Amount | None = getattr(cost, key)
        if amount is not None:
            written[key] = _amount(amount)
    if cost.actual:
        written["actual"] = cost.actual
    for attribute in fields(cost):
        if attribute.name in ("accrual", "account", "index") and getattr(cost, attribute.name) != attribute.default:
            written[attribute.name] = getattr(cost, attribute.name)
    return written


def _amount(amount: Amount) -> Value:
    if amount.uncertainty is None:
        return amount.value
    return {"value": amount.value, "uncertainty": format_distribution(amount.uncertainty, money_values())}


_MINUTES = frozenset({
    "work", "actual_work", "remaining_work", "overtime_work", "actual_overtime_work", "delay", "levelling_delay", "total_float",
    "free_float", "duration",
})  # fmt: skip


def _differences(item: Any, units: Units) -> Document:
    """Attributes of a part that differ from their defaults."""
    written: Document = {}
    for attribute in fields(item):
        value = getattr(item, attribute.name)
        if value is None or value == attribute.default:
            continue
        if isinstance(value, datetime):
            written[attribute.name] = _date(value, attribute.name)
        elif attribute.name in _MINUTES:
            written[attribute.name] = format_duration(value, units.day)
        elif isinstance(value, Distribution):
            values = money_values() if isinstance(item, Expense) else factor_values()
            written[attribute.name] = format_distribution(value, values)
        else:
            written[attribute.name] = value
    return written
