"""Which risks, factors and actions take part in a scenario."""
from __future__ import annotations

import pytest

import simcore
from simcore.models.distributions import Uniform
from simcore.models.plan import Plan
from simcore.models.risks import Action, Factor, Impact, Mitigation, Risk, Scenario
from simcore.scenarios import ActiveModel, resolve, scenario_ids
from tests.oracle_plans import UNIT, activity, plan

DELAY = (Impact(activity="A", duration=Uniform(UNIT, 2 * UNIT)),)
SMALLER = (Impact(activity="A", duration=Uniform(0.0, UNIT)),)
HEARING = Mitigation(actions=(Action(name="hearing", cost=10.0), Action(name="lawyer", cost=5.0)), probability=0.1)


def register(*scenarios: Scenario) -> Plan:
    risks = (
        Risk(id="R1", probability=0.5, impacts=DELAY, mitigation=HEARING),
        Risk(id="R2", probability=0.4, impacts=DELAY, mitigation=Mitigation(actions=(Action(cost=7.0),), impacts=SMALLER)),
        Risk(id="R3", probability=0.3, impacts=DELAY, given={"R1": 0.9, "R2": 0.8}),
        Risk(id="R4", probability=0.2, impacts=DELAY, status="closed", mitigation=HEARING),
    )
    factors = (Factor(id="F", uncertainty=Uniform(0.9, 1.1, relative=True), applies_to=("A",)),)
    return plan([activity("A")], risks=risks, factors=factors, scenarios=scenarios)


def chances(active: ActiveModel) -> dict[str, object]:
    return {risk.id: risk.probability for risk in active.risks}


def test_before_mitigation():
    active = resolve(register(), "pre")
    assert chances(active) == {"R1": 0.5, "R2": 0.4, "R3": 0.3}
    assert all(risk.impacts == DELAY for risk in active.risks)
    assert [factor.id for factor in active.factors] == ["F"]
    assert (active.action_cost, active.mitigated) == (0.0, ())


def test_after_mitigation_what_is_given_replaces_what_was():
    active = resolve(register(), "post")
    assert chances(active) == {"R1": 0.1, "R2": 0.4, "R3": 0.3}
    assert [risk.impacts for risk in active.risks] == [DELAY, SMALLER, DELAY]
    assert (active.action_cost, active.mitigated) == (22.0, ("R1", "R2"))


def test_uncertainty_alone():
    active = resolve(register(), "none")
    assert (active.risks, active.factors, active.action_cost) == ((), (), 0.0)


def test_a_closed_risk_takes_no_part_and_its_actions_cost_nothing():
    for scenario in ("pre", "post"):
        assert "R4" not in chances(resolve(register(), scenario))


def test_a_named_scenario_mitigates_some():
    active = resolve(register(Scenario(id="cheap", name="Cheap actions", mitigate=("R2",))), "cheap")
    assert active.name == "Cheap actions"
    assert (active.action_cost, active.mitigated) == (7.0, ("R2",))
    assert chances(active)["R1"] == 0.5


def test_a_named_scenario_leaves_some():
    active = resolve(register(Scenario(id="late", base="post", leave=("R1",))), "late")
    assert active.name == "late"
    assert (active.action_cost, active.mitigated) == (7.0, ("R2",))
    assert chances(active)["R1"] == 0.5


def test_what_is_left_out_triggers_nothing():
    active = resolve(register(Scenario(id="calm", base="post", without=("R1", "F"))), "calm")
    assert chances(active) == {"R2": 0.4, "R3": 0.3}
    assert active.risks[1].given == {"R2": 0.8}
    assert active.factors == ()
    assert active.action_cost == 7.0


def test_nothing_can_be_mitigated_that_has_no_mitigation():
    assert resolve(register(Scenario(id="all", mitigate=("R3",))), "all").mitigated == ()


def test_unknown_scenarios_are_refused_with_what_there_is():
    subject = register(Scenario(id="cheap"))
    assert scenario_ids(subject) == ("pre", "post", "none", "cheap")
    with pytest.raises(ValueError, match="unknown scenario 'chaep'; write one of pre, post, none, cheap"):
        resolve(subject, "chaep")


def test_a_run_of_a_named_scenario_lies_between_the_two():
    subject = register(Scenario(id="cheap", mitigate=("R1",)))
    means = [simcore.simulate(subject, 800, scenario=name).finish.mean for name in ("post", "cheap", "pre")]
    assert means == sorted(means)
    assert means[0] < means[1] < means[2]
