"""Whether a plan can be scheduled and simulated at all; every problem is found before the first is told.

Only what makes an answer impossible is an error here. What real tools accept although it looks wrong is a matter for
:mod:`simcore.models.plan_warnings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from simcore.models.check_branches import branch_problems
from simcore.models.check_correlations import correlation_problems
from simcore.models.check_costs import price_problems
from simcore.models.check_finance import finance_problems
from simcore.models.check_loops import loop_problems
from simcore.models.check_risks import factor_problems, risk_problems
from simcore.models.check_scenarios import scenario_problems
from simcore.models.check_triggers import exclusive_problems, trigger_problems
from simcore.models.check_values import activity_problems, calendar_problems, project_problems, scheduling_problems
from simcore.models.check_weather import weather_problems
from simcore.models.errors import PlanError, Problem
from simcore.models.places import Places
from simcore.models.suggestions import did_you_mean

if TYPE_CHECKING:
    from simcore.models.plan import Activity, Plan


def check_plan(plan: Plan) -> None:
    """Refuse a plan that cannot be worked with.

    Raises
    ------
    PlanError
        With every problem found.
    """
    problems = find_problems(plan)
    if problems:
        raise PlanError(problems)


def find_problems(plan: Plan) -> list[Problem]:
    """All errors of a plan, in the order of its parts; loops only where all references are sound."""
    places = Places(plan)
    problems = list(_duplicates(plan, places))
    broken_links = list(_dangling_links(plan, places))
    problems += _references(plan, places)
    problems += broken_links
    problems += project_problems(plan, places)
    problems += scheduling_problems(plan, places)
    problems += calendar_problems(plan, places)
    problems += activity_problems(plan, places)
    if not broken_links and len(plan.by_ref) == len(plan.activities):
        problems += loop_problems(plan, places)
    for part in _RISK_MODEL:
        problems += part(plan, places)
    return problems


_RISK_MODEL = (
    risk_problems,
    trigger_problems,
    exclusive_problems,
    factor_problems,
    price_problems,
    correlation_problems,
    branch_problems,
    weather_problems,
    scenario_problems,
    finance_problems,
)


def _duplicates(plan: Plan, places: Places) -> Iterator[Problem]:
    named: tuple[tuple[str, Iterable[str]], ...] = (
        ("project", (project.id for project in plan.projects)),
        ("wbs", (node.code for node in plan.wbs)),
        ("risk", (risk.id for risk in plan.risks)),
        ("factor", (factor.id for factor in plan.factors)),
        ("branch", (branch.id for branch in plan.branches)),
        ("scenario", (scenario.id for scenario in plan.scenarios)),
    )
    for kind, ids in named:
        for name, times in Counter(ids).items():
            if times > 1:
                yield Problem(places.of(kind, name), f"is there {times} times; every {kind} needs an id of its own.")
    if len(plan.by_ref) < len(plan.activities):
        for ref, times in Counter(activity.ref for activity in plan.activities).items():
            if times > 1:
                where = places.of("activity", ref.id)
                yield Problem(
                    where, f"is there {times} times in project '{ref.project}'; every activity needs an id of its own."
                )


def _references(plan: Plan, places: Places) -> Iterator[Problem]:
    """Names that must exist: projects, calendars, resources, WBS parents, milestones in focus."""
    projects = {project.id for project in plan.projects}
    if plan.activities and not plan.calendars:
        yield Problem(places.of("plan"), "has activities but no calendar.", "Give it at least one.")
    for project in plan.projects:
        if project.calendar is not None and project.calendar not in plan.calendars:
            yield _unknown(places.of("project", project.id), "calendar", project.calendar, plan.calendars)
    for node in plan.wbs:
        if node.project is not None and node.project not in projects:
            yield _unknown(places.of("wbs", node.code), "project", node.project, projects)
    codes = {node.code for node in plan.wbs}
    for node in plan.wbs:
        if node.parent is not None and node.parent not in codes:
            yield _unknown(places.of("wbs", node.code), "parent", node.parent, codes)
    for resource in plan.resources.values():
        if resource.calendar is not None and resource.calendar not in plan.calendars:
            yield _unknown(places.of("resource", resource.id), "calendar", resource.calendar, plan.calendars)
    for activity in plan.activities:
        if activity.project not in projects or (
            activity.calendar is not None and activity.calendar not in plan.calendars
        ):
            yield from _activity_references(plan, activity, projects, places)
        for assignment in activity.assignments:
            if assignment.resource is not None and assignment.resource not in plan.resources:
                yield _unknown(places.activity(activity), "resource", assignment.resource, plan.resources)
    for ref in plan.focus:
        if ref not in plan.by_ref:
            yield _unknown(places.of("plan", key="focus"), "activity", ref.id, plan.shown.values())


def _activity_references(plan: Plan, activity: Activity, projects: set[str], places: Places) -> Iterator[Problem]:
    where = places.activity(activity)
    if activity.project not in projects:
        yield _unknown(where, "project", activity.project, projects)
    if activity.calendar is not None and activity.calendar not in plan.calendars:
        yield _unknown(where, "calendar", activity.calendar, plan.calendars)


def _dangling_links(plan: Plan, places: Places) -> Iterator[Problem]:
    known = plan.by_ref
    for link in plan.relationships:
        for end, other in ((link.predecessor, link.successor), (link.successor, link.predecessor)):
            if end not in known:
                shown = plan.shown.get(other, other.id)
                yield _unknown(
                    places.of("activity", shown, key="relationship"), "activity", end.id, plan.shown.values()
                )


def _unknown(where: str, kind: str, name: str, known: Iterable[str]) -> Problem:
    return Problem(where, f"there is no {kind} '{name}'.", did_you_mean(name, known))
