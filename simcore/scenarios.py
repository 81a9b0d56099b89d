"""Which risks, factors and actions take part in a scenario."""
from __future__ import annotations

from dataclasses import dataclass, replace

from simcore.models.plan import Plan
from simcore.models.risks import SCENARIOS, Factor, Risk, Scenario


@dataclass(frozen=True, kw_only=True)
class ActiveModel:
    """What takes part in a scenario.

    Attributes
    ----------
    scenario : str
        Its id.
    name : str
        What people call it: the name that the plan gives it, else its id; ``pre-mitigated`` and so on for the three.
    risks : tuple of Risk
        With the probability, the impacts and the triggers they have in the scenario; plan order.
    factors : tuple of Factor
    action_cost : float
        Of all mitigation that is done.
    mitigated : tuple of str
        Ids of the risks about which something is done.
    """

    scenario: str
    name: str
    risks: tuple[Risk, ...]
    factors: tuple[Factor, ...]
    action_cost: float
    mitigated: tuple[str, ...]


NAMES = {"pre": "pre-mitigated", "post": "post-mitigated", "none": "uncertainty only"}
"""What people call the scenarios that every plan has."""


def scenario_ids(plan: Plan) -> tuple[str, ...]:
    """All scenarios of a plan: the three that every plan has, and its own."""
    return (*SCENARIOS, *(scenario.id for scenario in plan.scenarios))


def resolve(plan: Plan, scenario_id: str) -> ActiveModel:
    """What takes part in a scenario of a plan.

    Raises
    ------
    ValueError
        For a scenario that the plan does not have.
    """
    own = {scenario.id: scenario for scenario in plan.scenarios}
    if scenario_id in SCENARIOS:
        chosen = Scenario(id=scenario_id, name=NAMES[scenario_id], base=scenario_id)
    elif scenario_id in own:
        chosen = own[scenario_id]
    else:
        raise ValueError(f"unknown scenario {scenario_id!r}; write one of {', '.join(scenario_ids(plan))}")
    if chosen.base == "none":
        return ActiveModel(
            scenario=scenario_id, name=chosen.name or scenario_id, risks=(), factors=(), action_cost=0.0, mitigated=()
        )
    present = [risk for risk in plan.risks if risk.status == "open" and risk.id not in chosen.without]
    taking_part = {risk.id for risk in present}
    mitigated = [risk.id for risk in present if _is_mitigated(risk, chosen)]
    return ActiveModel(
        scenario=scenario_id,
        name=chosen.name or scenario_id,
        risks=tuple(_triggered_by(_mitigated(risk) if risk.id in mitigated else risk, taking_part) for risk in present),
        factors=tuple(factor for factor in plan.factors if factor.id not in chosen.without),
        action_cost=sum((risk.mitigation.cost for risk in present if risk.mitigation and risk.id in mitigated), 0.0),
        mitigated=tuple(mitigated),
    )


def _is_mitigated(risk: Risk, scenario: Scenario) -> bool:
    if risk.mitigation is None or risk.id in scenario.leave:
        return False
    return scenario.base == "post" or risk.id in scenario.mitigate


def _mitigated(risk: Risk) -> Risk:
    """A risk in its state after mitigation: what that gives replaces what was before."""
    after = risk.mitigation
    assert after is not None
    return replace(
        risk,
        probability=risk.probability if after.probability is None else after.probability,
        impacts=risk.impacts if after.impacts is None else after.impacts,
    )


def _triggered_by(risk: Risk, present: set[str]) -> Risk:
    """A risk without the triggers that take no part: they do not occur."""
    if all(before in present for before in risk.given):
        return risk
    return replace(risk, given={before: chance for before, chance in risk.given.items() if before in present})
