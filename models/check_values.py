"""Numbers and dates of a plan that no calculation could use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from simcore.models.calendars import DAY
from simcore.models.errors import Problem
from simcore.models.units import FIRST_YEAR, LAST_YEAR, MAX_MINUTES

if TYPE_CHECKING:
    from simcore.models.calendars import Calendar, Shifts
    from simcore.models.costs import Amount, Cost
    from simcore.models.places import Places
    from simcore.models.plan import Activity, Plan, Relationship, SchedulingOptions

CRITICAL = re.compile(r"longest path|float <= *-?\d+(\.\d+)?h?")
"""How ``SchedulingOptions.critical`` is written."""

CHOICES = {
    "rules": ("p6", "msp"),
    "logic": ("retained", "override", "actual dates"),
    "float": ("finish", "start", "smallest"),
    "float_to": ("project finish", "plan finish"),
    "start_to_start_lag_from": ("early start", "actual start"),
}
"""The words that scheduling options may be."""

_DATES = ("actual_start", "actual_finish", "suspend", "resume", "expected_finish", "deadline",
          "external_early_start", "external_late_finish")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def out_of_range(moment: datetime | None) -> bool:
    return moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR


def project_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    for project in plan.projects:
        for key in ("start", "data_date", "must_finish_by", "finish"):
            moment = getattr(project, key)
            if out_of_range(moment):
                yield _date_problem(places.of("project", project.id, key), moment)


def _date_problem(where: str, moment: datetime) -> Problem:
    return Problem(where, f"{moment.date()} is out of range; dates run from {FIRST_YEAR} to {LAST_YEAR}.")


def scheduling_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    yield from _options_problems(plan.scheduling, places.of("scheduling"))
    for project in plan.projects:
        if project.scheduling is not None:
            yield from _options_problems(project.scheduling, places.of("project", project.id, "scheduling"))


def _options_problems(options: SchedulingOptions, where: str) -> Iterator[Problem]:
    for key, words in CHOICES.items():
        value = getattr(options, key)
        if value not in words:
            yield Problem(f"{where} {key}", f"there is no '{value}'.", f"Write one of: {', '.join(words)}.")
    if not CRITICAL.fullmatch(options.critical):
        yield Problem(
            f"{where} critical", f"'{options.critical}' is not understood.", "Write 'longest path' or 'float <= 8h'."
        )
    for key in ("minutes_per_day", "minutes_per_week", "days_per_month"):
        if getattr(options, key) <= 0:
            yield Problem(f"{where} {key}", f"{getattr(options, key)} is not positive.")


def calendar_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    first = next(iter(plan.calendars), None)
    default = {project.id: project.calendar or first for project in plan.projects}
    used = {a.calendar or default.get(a.project) for a in plan.activities if not a.elapsed and a.remaining_duration > 0}
    for name, calendar in plan.calendars.items():
        where = places.of("calendar", name)
        yield from _shift_problems(calendar, where)
        for key in ("hours_per_day", "hours_per_week", "hours_per_month"):
            hours = getattr(calendar, key)
            if not 0 < hours <= 24 * 31:
                yield Problem(f"{where} {key}", f"{hours:g} hours are not possible.")
        if name in used and not any(calendar.week):
            worker = next(
                a for a in plan.activities if a.remaining_duration > 0 and (a.calendar or default[a.project]) == name
            )
            what = "never works" if calendar.never_works else "works on single dates only, without a weekly pattern"
            yield Problem(
                where, f"{what}, yet activity '{plan.shown[worker.ref]}' has work on it.", "Give it working days."
            )


def _shift_problems(calendar: Calendar, where: str) -> Iterator[Problem]:
    for day, shifts in zip(_DAYS, calendar.week, strict=True):
        yield from _bad_shifts(shifts, f"{where} {day}")
    for date, shifts in calendar.exceptions.items():
        yield from _bad_shifts(shifts, f"{where} {date}")
    for index, shifts in enumerate(calendar.week):
        tomorrow = calendar.week[(index + 1) % 7]
        if shifts and tomorrow and shifts[-1][1] - DAY > tomorrow[0][0]:
            yield Problem(
                f"{where} {_DAYS[index]}", f"its last shift runs into the first one of {_DAYS[(index + 1) % 7]}."
            )


def _bad_shifts(shifts: Shifts, where: str) -> Iterator[Problem]:
    end_before = 0
    for start, end in shifts:
        if not 0 <= start < DAY or not start < end <= start + DAY:
            yield Problem(where, f"the shift from minute {start} to {end} is not possible.")
        elif start < end_before:
            yield Problem(where, "its shifts overlap or are not in order.")
        end_before = end


def activity_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    for activity in plan.activities:
        for key, what in _activity_findings(activity):
            yield Problem(places.activity(activity, key), what)
    for link in plan.relationships:
        for what in _link_findings(link):
            yield Problem(places.of("activity", plan.shown.get(link.successor, link.successor.id), "relationship"), what)


def _link_findings(link: Relationship) -> Iterator[str]:
    if abs(link.lag) > MAX_MINUTES or (link.percent is not None and not isfinite(link.percent)):
        yield "its lag is longer than 500 years."
    if link.percent is not None and link.uncertainty is not None:
        yield "a lag in percent of a duration varies with that duration; it cannot have an uncertainty of its own."
    if not 0.0 <= link.probability <= 1.0:
        yield f"its probability {link.probability:g} is not between 0 and 1."


def _activity_findings(activity: Activity) -> Iterator[tuple[str, str]]:
    for key in ("duration", "remaining"):
        minutes = getattr(activity, key)
        if minutes is not None and not 0 <= minutes <= MAX_MINUTES:
            wrong = "is negative." if minutes < 0 else "is longer than 500 years."
            yield key, f"{minutes} minutes: the duration {wrong}"
    if not 0.0 <= activity.existence <= 1.0:
        yield "existence", f"the probability {activity.existence:g} is not between 0 and 1."
    for key in _DATES:
        if out_of_range(getattr(activity, key)):
            yield key, f"{getattr(activity, key).date()} is out of range; dates run from {FIRST_YEAR} to {LAST_YEAR}."
    for constraint in activity.constraints:
        if constraint.date is None and constraint.type != "as_late_as_possible":
            yield "constraint", f"{constraint.type} needs a date."
        elif constraint.date is not None and out_of_range(constraint.date):
            yield (
                "constraint",
                f"{constraint.date.date()} is out of range; dates run from {FIRST_YEAR} to {LAST_YEAR}.",
            )
    if activity.actual_start and activity.actual_finish and activity.actual_finish < activity.actual_start:
        yield "actual_finish", f"{activity.actual_finish} is before the actual start {activity.actual_start}."
    if activity.segments:
        yield from _segment_findings(activity)
    if activity.cost is not None:
        yield from _cost_findings(activity.cost)


def _segment_findings(activity: Activity) -> Iterator[tuple[str, str]]:
    end_before = 0
    for segment in activity.segments:
        if segment.work < 0 or segment.offset < end_before:
            yield "segments", "they overlap, are not in order, or have negative work."
            return
        end_before = segment.offset + segment.work


def _cost_findings(cost: Cost) -> Iterator[tuple[str, str]]:
    amounts: tuple[tuple[str, Amount | None], ...] = (("fixed", cost.fixed), ("per_day", cost.per_day))
    for key, amount in amounts:
        if amount is not None and not isfinite(amount.value):
            yield f"cost {key}", "is not a finite amount of money."
    if not isfinite(cost.actual):
        yield "cost actual", "is not a finite amount of money."
