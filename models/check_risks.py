"""Risks and factors that contradict themselves or name what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from simcore.models.check_chances import chance_problems, outside
from simcore.models.distributions import Distribution
from simcore.models.errors import Problem
from simcore.models.finance import COST_KINDS
from simcore.models.suggestions import did_you_mean

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan
    from simcore.models.risks import Impact, Risk

COMBINE = ("series", "parallel")
"""How several impacts or factors on one activity meet."""

STATUS = ("open", "closed")
"""Whether a risk still takes part."""

OCCURRENCE = ("once", "per activity", "recurring")
"""How often a risk may come."""


def risk_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with single risks."""
    for risk in plan.risks:
        where = places.of("risk", risk.id)
        yield from chance_problems(risk.probability, f"{where} probability")
        for key, value, words in (
            ("combine", risk.combine, COMBINE),
            ("status", risk.status, STATUS),
            ("occurrence", risk.occurrence, OCCURRENCE),
        ):
            yield from _word(value, words, f"{where} {key}")
        if not 0.0 <= risk.impact_rank < 1.0:
            what = f"{risk.impact_rank:g} is not a rank correlation from 0 to below 1."
            yield Problem(f"{where} impact_rank", what, "Write 'shared: yes' for one magnitude.")
        yield from _times(risk, where)
        for impact in risk.impacts:
            yield from _impact(plan, impact, where)
        if risk.mitigation is not None:
            yield from _mitigation(plan, risk, f"{where} mitigation")


def _mitigation(plan: Plan, risk: Risk, where: str) -> Iterator[Problem]:
    mitigation = risk.mitigation
    if mitigation is None:
        return
    if mitigation.probability is not None:
        yield from chance_problems(mitigation.probability, f"{where} probability")
    for impact in mitigation.impacts or ():
        yield from _impact(plan, impact, where)


def _times(risk: Risk, where: str) -> Iterator[Problem]:
    """When and how often."""
    if risk.window is not None and risk.window[1] <= risk.window[0]:
        yield Problem(f"{where} window", "it ends before it begins.", "Swap the dates.")
    if (risk.occurrence == "recurring") is (risk.every is None):
        what = "it recurs, but not how often." if risk.every is None else "it has a time between occurrences, but does not recur."
        yield Problem(f"{where} occurrence", what, "Write 'occurrence: every 60d'.")
    elif risk.every is not None and risk.every <= 0:
        yield Problem(f"{where} occurrence", "the time between occurrences is not positive.", "Write e.g. 'every 60d'.")
    yield from _strikes(risk.strikes, f"{where} strikes")


def _strikes(strikes: str | Distribution | None, where: str) -> Iterator[Problem]:
    fix = "Write start, end, or percentages from 0% to 100%."
    if isinstance(strikes, Distribution):
        if not strikes.relative or outside(strikes):
            yield Problem(where, "it is no share of an activity.", fix)
    elif strikes not in (None, "start", "end"):
        yield Problem(where, f"'{strikes}' is not understood.", fix)


def _impact(plan: Plan, impact: Impact, where: str) -> Iterator[Problem]:
    if bool(impact.activity) is bool(impact.link):
        yield Problem(where, "an impact hits one activity or one relationship.", "Give it an activity or a link, not both.")
    elif impact.activity:
        yield from activities_exist(plan, [impact.activity], where)
        if impact.duration is None and impact.cost is None:
            yield Problem(where, f"its impact on '{impact.activity}' is empty.", "Give it a duration, a cost or both.")
        if impact.lag is not None:
            what = f"its impact on the activity '{impact.activity}' has a lag."
            yield Problem(where, what, "Relationships have lags: write 'link: A -> B'.")
    else:
        try:
            plan.find_link(impact.link)
        except KeyError as error:
            yield Problem(where, error.args[0])
        if impact.lag is None or impact.duration is not None or impact.cost is not None:
            what = f"its impact on the relationship '{impact.link}' must have a lag, and nothing else."
            yield Problem(where, what, "Write e.g. lag: \"uniform(2d, 5d)\".")


def factor_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with factors."""
    for factor in plan.factors:
        where = places.of("factor", factor.id)
        yield from chance_problems(factor.probability, f"{where} probability")
        yield from _word(factor.combine, COMBINE, f"{where} combine")
        yield from activities_exist(plan, factor.applies_to, where)
        for kind in factor.costs:
            if kind not in COST_KINDS:
                yield Problem(f"{where} costs", f"there is no kind of cost '{kind}'.", did_you_mean(kind, COST_KINDS))
        if not factor.uncertainty.relative:
            yield Problem(
                f"{where} uncertainty",
                "a factor multiplies durations or costs.",
                "Write percentages, such as 'uniform(90%, 120%)'.",
            )


def _word(value: str, known: tuple[str, ...], where: str) -> Iterator[Problem]:
    if value not in known:
        yield Problem(where, f"there is no '{value}'.", f"Write one of: {', '.join(known)}.")


def activities_exist(plan: Plan, names: Iterable[str], where: str) -> Iterator[Problem]:
    """Every id is that of an activity."""
    for name in names:
        if not plan.has(name):
            yield Problem(where, f"there is no activity '{name}'.", did_you_mean(name, plan.shown.values()))
