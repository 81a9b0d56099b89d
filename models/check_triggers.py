"""Risks that hang on other risks: triggered by them, or excluded by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcore.models.check_chances import chance_problems
from simcore.models.distributions import Distribution
from simcore.models.errors import Problem
from simcore.models.loops import find_loops
from simcore.models.suggestions import did_you_mean
from simcore.models.units import format_percent

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan
    from simcore.models.risks import Risk

_ROUNDING = 1e-9


def trigger_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """Conditions on risks that are not there, and risks that wait for each other."""
    number = {risk.id: i for i, risk in enumerate(plan.risks)}
    tails, heads = [], []
    for i, risk in enumerate(plan.risks):
        where = places.of("risk", risk.id, "given")
        for name, probability in risk.given.items():
            yield from chance_problems(probability, f"{where} {name}")
            if name in number:
                tails.append(number[name])
                heads.append(i)
            else:
                yield Problem(where, f"there is no risk '{name}'.", did_you_mean(name, number))
    for loop in find_loops(len(plan.risks), tails, heads):
        names = [plan.risks[node].id for node in loop]
        path = " -> ".join([*names, names[0]])
        yield Problem(places.of("risk", names[0], "given"), f"it hangs on itself: {path}.", "Remove one of these conditions.")


def exclusive_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """Groups of which at most one risk occurs, although their probabilities leave no room for that."""
    groups: dict[str, list[Risk]] = {}
    for risk in plan.risks:
        if risk.exclusive and risk.status == "open":
            groups.setdefault(risk.exclusive, []).append(risk)
    for name, members in groups.items():
        unfit = [(risk, what) for risk in members for what in _unfit(risk)]
        for risk, what in unfit:
            yield Problem(places.of("risk", risk.id, "exclusive"), f"a risk of the group '{name}' {what}.")
        if unfit:
            continue
        for total, when in ((_total(members, False), ""), (_total(members, True), " after mitigation")):
            if total > 1.0 + _ROUNDING:
                what = f"the probabilities of the group '{name}' add up to {format_percent(round(total, 6))}{when}."
                yield Problem(places.of("risk", members[0].id, "exclusive"), what, "At most one of them occurs: keep it to 100%.")
                break


def _unfit(risk: Risk) -> Iterator[str]:
    mitigated = risk.mitigation.probability if risk.mitigation is not None else None
    if isinstance(risk.probability, Distribution) or isinstance(mitigated, Distribution):
        yield "needs a certain probability, not a distribution of it"
    if risk.given:
        yield "cannot hang on other risks with 'given'"
    if risk.occurrence != "once":
        yield "occurs once or not at all; it cannot occur per activity or recur"


def _total(members: list[Risk], mitigated: bool) -> float:
    total = 0.0
    for risk in members:
        after = risk.mitigation.probability if risk.mitigation is not None and mitigated else None
        probability = risk.probability if after is None else after
        total += probability if isinstance(probability, float | int) else 0.0
    return total
