"""Risks, factors and correlations that contradict themselves or name what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.suggestions import did_you_mean

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan
    from simcore.models.risks import Correlation, Impact, Risk

COMBINE = ("series", "parallel")
"""How several impacts or factors on one activity meet."""

VARIABLE = re.compile(r"(duration|rate|cost|magnitude) of (.+)", re.DOTALL)
"""How a correlation names its variables."""


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


def correlation_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    for number, correlation in enumerate(plan.correlations, start=1):
        where = places.of("correlation", str(number))
        if not -1.0 <= correlation.rank <= 1.0:
            yield Problem(f"{where} rank", f"{correlation.rank:g} is not between -1 and 1.")
        if len(set(correlation.between)) < 2 or len(set(correlation.between)) < len(correlation.between):
            yield Problem(f"{where} between", "it needs at least two variables, each once.")
        yield from _variables(plan, correlation, where)


def _variables(plan: Plan, correlation: Correlation, where: str) -> Iterator[Problem]:
    risks = [risk.id for risk in plan.risks]
    for variable in correlation.between:
        match = VARIABLE.fullmatch(variable)
        if match is None:
            fix = "Write 'duration of A100', 'rate of A100', 'cost of A100' or 'magnitude of R1'."
            yield Problem(f"{where} between", f"'{variable}' names no variable.", fix)
        elif match[1] == "magnitude":
            if match[2] not in risks:
                yield Problem(f"{where} between", f"there is no risk '{match[2]}'.", did_you_mean(match[2], risks))
        else:
            yield from _activities(plan, [match[2]], f"{where} between")
