"""Risks, factors and correlations that contradict themselves or name what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.suggestions import did_you_mean

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan
    from simcore.models.risks import Impact, Risk

COMBINE = ("series", "parallel")
"""How several impacts or factors on one activity meet."""

STATUS = ("open", "closed")
"""Whether a risk still takes part."""


def risk_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    for risk in plan.risks:
        where = places.of("risk", risk.id)
        yield from _probability(risk.probability, where)
        yield from _combine(risk.combine, where)
        yield from _impacts(plan, risk, where)
        if risk.mitigation is not None and risk.mitigation.probability is not None:
            yield from _probability(risk.mitigation.probability, f"{where} mitigation")


def _impacts(plan: Plan, risk: Risk, where: str) -> Iterator[Problem]:
    mitigated: tuple[Impact, ...] = (risk.mitigation.impacts or ()) if risk.mitigation is not None else ()
    for impact in (*risk.impacts, *mitigated):
        yield from _activities(plan, [impact.activity], where)
        if impact.duration is None and impact.cost is None:
            yield Problem(where, f"its impact on '{impact.activity}' is empty.", "Give it a duration, a cost or both.")


def factor_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    for factor in plan.factors:
        where = places.of("factor", factor.id)
        yield from _probability(factor.probability, where)
        yield from _combine(factor.combine, where)
        yield from _activities(plan, factor.applies_to, where)
        if not factor.uncertainty.relative:
            yield Problem(
                f"{where} uncertainty",
                "a factor multiplies durations.",
                "Write percentages, such as 'uniform(90%, 120%)'.",
            )


def price_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    for resource in plan.resources.values():
        if resource.uncertainty is not None and not resource.uncertainty.relative:
            yield Problem(
                places.of("resource", resource.id, "uncertainty"),
                "it multiplies prices.",
                "Write percentages, such as 'triangular(95%, 100%, 115%)'.",
            )


def _probability(value: float, where: str) -> Iterator[Problem]:
    if not 0.0 <= value <= 1.0:
        yield Problem(f"{where} probability", f"{value:g} is not between 0 and 1.")


def _combine(value: str, where: str) -> Iterator[Problem]:
    if value not in COMBINE:
        yield Problem(f"{where} combine", f"there is no '{value}'.", f"Write one of: {', '.join(COMBINE)}.")


def _activities(plan: Plan, names: Iterable[str], where: str) -> Iterator[Problem]:
    for name in names:
        if not plan.has(name):
            yield Problem(where, f"there is no activity '{name}'.", did_you_mean(name, plan.shown.values()))
