"""Ranges of what work is paid for that multiply nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from simcore.models.errors import Problem

if TYPE_CHECKING:
    from simcore.models.distributions import Distribution
    from simcore.models.places import Places
    from simcore.models.plan import Plan

_ONE_IN_A_MILLION = 1e-6


def price_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """Ranges of prices, productivities and quantities are percentages; nothing divides by zero."""
    for resource in plan.resources.values():
        where = places.of("resource", resource.id)
        if resource.uncertainty is not None and not resource.uncertainty.relative:
            fix = "Write percentages, such as 'triangular(95%, 100%, 115%)'."
            yield Problem(f"{where} uncertainty", "it multiplies prices.", fix)
        productivity = resource.productivity
        if productivity is None:
            continue
        if not productivity.relative:
            fix = "Write percentages, such as 'triangular(80%, 100%, 110%)'."
            yield Problem(f"{where} productivity", "it divides durations.", fix)
        elif lowest(productivity) <= 0.0:
            yield Problem(f"{where} productivity", "it divides durations, and may be 0 or less.", "Keep it above 0%.")
    yield from _quantities(plan, places)


def lowest(spread: Distribution) -> float:
    """The lowest value that must be expected: of a tail without end what falls below it once in a million."""
    low = spread.bounds[0]
    return low if isfinite(low) else float(spread.ppf(_ONE_IN_A_MILLION))


def _quantities(plan: Plan, places: Places) -> Iterator[Problem]:
    for activity in plan.activities:
        for assignment in activity.assignments:
            if assignment.uncertainty is not None and not assignment.uncertainty.relative:
                where = places.activity(activity, "resources uncertainty")
                yield Problem(where, "it multiplies quantities.", "Write percentages, such as 'triangular(90%, 100%, 130%)'.")
