"""Loops in the logic of a plan: chains of relationships that come back to where they began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.loops import find_loops
from simcore.models.plan import ActivityType
from simcore.models.wbs import WbsTree

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Activity, Plan

_LONGEST_PATH = 12


def loop_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """One problem for each loop, written as a path.

    The type of a relationship does not matter: two activities that wait for each other are a loop, be it from start to
    start and from finish to finish. Inactive activities take no part, and hammocks, which follow others and drive
    nobody, only among each other.
    """
    number = {activity.ref: i for i, activity in enumerate(plan.activities)}
    links = [(number[link.predecessor], number[link.successor]) for link in plan.relationships]
    follows = [a.type is ActivityType.HAMMOCK and not a.inactive for a in plan.activities]
    drives = [a.type is not ActivityType.HAMMOCK and not a.inactive for a in plan.activities]
    for part in (drives, follows):
        yield from _loops_among(plan, [(tail, head) for tail, head in links if part[tail] and part[head]], places)


def _loops_among(plan: Plan, links: list[tuple[int, int]], places: Places) -> Iterator[Problem]:
    if not links:
        return
    tails = [tail for tail, _ in links]
    heads = [head for _, head in links]
    nodes = list(plan.activities)
    _open_summaries(plan, tails, heads, nodes)
    for loop in find_loops(len(nodes), tails, heads):
        yield _problem(plan, [nodes[node] for node in loop], places)


def _open_summaries(plan: Plan, tails: list[int], heads: list[int], nodes: list[Activity]) -> None:
    """Let a linked summary stand for the activities below it.

    What precedes a summary precedes all of them, and what follows it follows all of them. Links into the summary keep
    its own node, links out of it start at a second one, and the activities below lie between the two: so lying in a
    summary is no loop by itself.
    """
    summaries = {i for i, activity in enumerate(nodes) if activity.type is ActivityType.SUMMARY}
    linked = summaries.intersection((*tails, *heads)) if summaries else summaries
    if not linked:
        return
    exits: dict[int, int] = {}
    for node in sorted(linked):
        exits[node] = len(nodes)
        nodes.append(nodes[node])
    tails[:] = [exits.get(tail, tail) for tail in tails]
    by_node = {(plan.activities[s].project, plan.activities[s].wbs): s for s in linked}
    tree = WbsTree(plan.wbs)
    for i, activity in enumerate(plan.activities):
        if activity.wbs is None or activity.type.is_span or activity.inactive:
            continue
        for code in tree.chain(activity.wbs):
            summary = by_node.get((activity.project, code))
            if summary is not None:
                tails += [summary, i]
                heads += [i, exits[summary]]
    tails += exits.keys()
    heads += exits.values()


def _problem(plan: Plan, loop: list[Activity], places: Places) -> Problem:
    first = min(range(len(loop)), key=lambda i: plan.shown[loop[i].ref])
    names = [plan.shown[activity.ref] for activity in loop[first:] + loop[:first]]
    path = [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    if len(path) > 1 and path[-1] == path[0]:  # both nodes of a summary
        path.pop()
    if len(path) == 1:
        return Problem(places.activity(loop[first]), "is linked to itself.", "Remove the relationship.")
    shown = path if len(path) <= _LONGEST_PATH else [*path[:6], f"... {len(path) - 11} more ...", *path[-5:]]
    return Problem(
        places.activity(loop[first]),
        f"lies on a loop: {' -> '.join([*shown, path[0]])}.",
        "Remove one of these relationships.",
    )
