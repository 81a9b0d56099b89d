"""Branches whose paths or conditions make no sense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from simcore.models.branches import CONDITIONS, AnyBranch, Branch, ConditionalBranch
from simcore.models.check_risks import activities_exist
from simcore.models.errors import Problem
from simcore.models.plan import Status, link_index
from simcore.models.units import format_percent

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan, Ref, Relationship

_ROUNDING = 1e-6
_STOPPING = ("finish", "duration")
_DATES = ("start", "finish")


def branch_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with the branches of a plan."""
    owners: dict[str, str] = {}
    successors: dict[Ref, list[Relationship]] = {}
    for branch in plan.branches:
        where = places.of("branch", branch.id)
        for names in _paths(branch):
            yield from activities_exist(plan, names, where)
            for name in dict.fromkeys(names):
                if name in owners:
                    what = f"the activity '{name}' lies in {owners[name]} already."
                    yield Problem(where, what, "An activity may lie in one path of one branch.")
                owners.setdefault(name, f"the branch '{branch.id}'")
        if isinstance(branch, Branch):
            yield from _weights(branch, where)
        else:
            successors = successors or link_index(plan.relationships, "predecessor")
            yield from _condition(plan, branch, where)
            yield from _order(plan, branch, successors, where)


def _paths(branch: AnyBranch) -> list[tuple[str, ...]]:
    if isinstance(branch, Branch):
        return [path.activities for path in branch.paths]
    return [branch.then, branch.otherwise]


def _weights(branch: Branch, where: str) -> Iterator[Problem]:
    wrong = [path for path in branch.paths if not 0.0 <= path.weight <= 1.0]
    for path in wrong:
        yield Problem(f"{where} paths", f"the weight {path.weight:g} is not between 0 and 1.")
    total = sum(path.weight for path in branch.paths)
    if not wrong and abs(total - 1.0) > _ROUNDING:
        what = f"the weights of its paths add up to {format_percent(round(total, 6))}, not 100%."
        yield Problem(f"{where} paths", what, "Correct them; a path without activities is 'nothing happens'.")


def _condition(plan: Plan, branch: ConditionalBranch, where: str) -> Iterator[Problem]:
    if branch.quantity not in CONDITIONS:
        yield Problem(f"{where} when", f"there is no '{branch.quantity}'.", f"Write one of: {', '.join(CONDITIONS)}.")
        return
    if isinstance(branch.limit, datetime) is not (branch.quantity in _DATES):
        kind = "a date" if branch.quantity in _DATES else "money" if branch.quantity == "cost" else "a duration"
        yield Problem(f"{where} when", f"the limit of a {branch.quantity} is {kind}.")
    elif not isinstance(branch.limit, datetime) and not isfinite(branch.limit):
        yield Problem(f"{where} when", "its limit is not finite.")
    if branch.stop and branch.quantity not in _STOPPING:
        what = f"an activity cannot be stopped at its {branch.quantity}."
        yield Problem(f"{where} stop", what, "Remove it, or ask for the finish or the duration.")
    if not plan.has(branch.activity):
        yield from activities_exist(plan, [branch.activity], f"{where} when")
        return
    activity = plan.by_ref[plan.find(branch.activity)]
    if activity.type.is_span or (branch.quantity != "cost" and activity.status is Status.COMPLETED):
        kind = f"is a {activity.type}" if activity.type.is_span else "is complete"
        what = f"the activity '{branch.activity}' {kind}, so its {branch.quantity} decides nothing."
        yield Problem(f"{where} when", what, "Ask for that of another activity.")
    if branch.activity in (*branch.then, *branch.otherwise):
        what = f"whether '{branch.activity}' exists hangs on '{branch.activity}' itself."
        yield Problem(where, what, "Take it out of the path.")


def _order(
    plan: Plan, branch: ConditionalBranch, successors: dict[Ref, list[Relationship]], where: str
) -> Iterator[Problem]:
    """What a condition decides on must not come before the activity it asks for."""
    if not plan.has(branch.activity):
        return
    subject = plan.find(branch.activity)
    for name in (*branch.then, *branch.otherwise):
        if not plan.has(name) or name == branch.activity:
            continue
        reached, waiting = {plan.find(name)}, [plan.find(name)]
        while waiting:
            for link in successors.get(waiting.pop(), ()):
                if link.successor not in reached:
                    reached.add(link.successor)
                    waiting.append(link.successor)
        if subject in reached:
            what = f"'{name}' comes before '{branch.activity}', which decides whether it exists."
            yield Problem(where, what, "Take it out of the path, or ask for an activity before it.")
