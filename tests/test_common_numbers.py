"""Adding, removing or editing one risk moves no draw of any other variable under the same design."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import simcore
from simcore.design import Design
from simcore.kernel_risk import EVENT_MASK
from simcore.kernel_run import EXTREMES
from simcore.kernel_sampling import SCALE, SHIFT, quantile_row
from simcore.models.distributions import Triangular, Uniform
from simcore.models.plan import Plan
from simcore.models.risks import Action, Correlation, Factor, Impact, Mitigation, Risk, Scenario
from simcore.passes import run_passes
from simcore.runs import Run
from simcore.workspace import counters, samples
from tests.oracle_plans import UNIT, activity, plan, serial
from tests.risky_plans import risky_plans

LANES = 64
NAMES = ("A0", "A1", "A2")
WIDE = Triangular(5.0 * UNIT, 8.0 * UNIT, 15.0 * UNIT)
MAGNITUDES = st.sampled_from([Uniform(UNIT, 9.0 * UNIT), Triangular(0.1, 0.2, 0.6, relative=True)])
CHANCES = st.sampled_from([0.1, 0.5, 0.9, Triangular(0.2, 0.3, 0.5, relative=True)])


@st.composite
def risks(draw: st.DrawFn, name: str) -> Risk:
    impacts = draw(st.lists(
        st.builds(Impact, activity=st.sampled_from(NAMES), duration=MAGNITUDES, cost=st.none() | MAGNITUDES),
        min_size=1, max_size=3,
    ))  # fmt: skip
    return Risk(
        id=name, probability=draw(CHANCES), impacts=tuple(impacts), shared=draw(st.booleans()),
        impact_rank=draw(st.sampled_from([0.0, 0.5])), combine=draw(st.sampled_from(["series", "parallel"])),
        occurrence=draw(st.sampled_from(["once", "per activity"])),
        mitigation=Mitigation(actions=(Action(cost=9.0),), probability=0.05, impacts=tuple(impacts[:1])),
    )  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> Plan:
    """Uncertain activities, correlated or not, a factor, and up to four risks, the last of which may hang on the first."""
    register = [draw(risks(f"R{k}")) for k in range(draw(st.integers(1, 4)))]
    if len(register) > 1 and draw(st.booleans()):
        register[-1] = replace(register[-1], given={"R0": 0.7})
    correlations = (Correlation(between=("duration of A0", "duration of A2"), rank=draw(st.sampled_from([-0.5, 0.6]))),)
    return plan(
        [activity(name, WIDE) for name in NAMES], serial(NAMES), risks=tuple(register),
        factors=(Factor(id="F", probability=0.6, uncertainty=Uniform(0.8, 1.3, relative=True), applies_to=("A1", "A2")),),
        correlations=draw(st.sampled_from([(), correlations])),
    )  # fmt: skip


def draws(subject: Plan, seed: int, scenario: str = "pre") -> dict[str, np.ndarray]:
    """Values of all variables by stream, and what happened by the key of its stream, of one batch of one replicate."""
    run = Run(subject, Design(seed=seed), scenario, False)
    model, work = run.risk.model, run.workspace(LANES)
    kept = counters(run.network, 16, 3, 0), samples(run.network, 0, False)
    run_passes(run.network, model, (run.seed, 5, 16), (0, LANES), (work, *kept), EXTREMES, with_late=False, sampled=True)
    found: dict[str, np.ndarray] = {}
    for v, name in enumerate(run.risk.variables.names):
        row = np.zeros(LANES, np.float32)
        quantile_row(model.variables, model.tables, work.risk.latents, v, (run.seed, 5), 0, work.risk.bits, row)
        count = sum(key.startswith(name + "#") for key in found)
        found[f"{name}#{count}"] = model.variables.number[v, SHIFT] + model.variables.number[v, SCALE] * row
    for key, place in zip(model.shared.event_key, model.shared.event_place, strict=True):
        found[f"event {key}"] = work.risk.masks[place[EVENT_MASK]].copy()
    return found


def of_risk(name: str, risk: str) -> bool:
    return name.startswith(f"risk/{risk}/")


def events_of(subject: Plan, risk: Risk, seed: int) -> set[str]:
    """Keys of the events of a risk: those that the plan without all others has."""
    alone = draws(subject.with_changes(risks=(replace(risk, given={}),), factors=(), correlations=()), seed)
    return {name for name in alone if name.startswith("event ")}


def assert_others_stay(before: dict[str, np.ndarray], after: dict[str, np.ndarray], risk: str, events: set[str]) -> None:
    others = {name for name in before if not of_risk(name, risk) and name not in events}
    assert others <= set(after)
    for name in others:
        np.testing.assert_array_equal(before[name], after[name], err_msg=name)


@settings(max_examples=25, deadline=None)
@given(models(), st.integers(0, 2**40), st.data())
def test_removing_or_editing_a_risk_moves_no_other_draw(subject, seed, data):
    chosen = data.draw(st.sampled_from([risk for risk in subject.risks if not any(risk.id in r.given for r in subject.risks)]))
    events = events_of(subject, chosen, seed)
    before = draws(subject, seed)
    removed = subject.with_changes(risks=tuple(risk for risk in subject.risks if risk.id != chosen.id))
    assert_others_stay(before, draws(removed, seed), chosen.id, events)
    other = replace(chosen, probability=0.33, impacts=chosen.impacts[:1], shared=not chosen.shared)
    edited = subject.with_changes(risks=tuple(other if risk.id == chosen.id else risk for risk in subject.risks))
    assert_others_stay(before, draws(edited, seed), chosen.id, events)


@settings(max_examples=15, deadline=None)
@given(models(), st.integers(0, 2**40))
def test_a_named_scenario_moves_no_draw_of_what_stays(subject, seed):
    first = subject.risks[0]
    free = subject.with_changes(
        risks=tuple(replace(risk, given={}) for risk in subject.risks),
        scenarios=(Scenario(id="one", mitigate=(first.id,)), Scenario(id="less", without=(first.id,))),
    )
    events = events_of(free, first, seed)
    before = draws(free, seed)
    for scenario in ("one", "less"):
        assert_others_stay(before, draws(free, seed, scenario), first.id, events)


def test_what_no_risk_touches_has_the_same_durations():
    late = Risk(id="R", probability=0.5, impacts=(Impact(activity="A1", duration=Uniform(UNIT, 2.0 * UNIT)),))
    with_risk = plan([activity(name, WIDE) for name in NAMES], serial(NAMES), risks=(late,))
    both = [simcore.simulate(p, 64, design=Design(seed=1)) for p in (with_risk, with_risk.with_changes(risks=()))]
    for number in (0, 7, 63):
        first, second = (results.iteration(number).duration for results in both)
        np.testing.assert_array_equal(first[[0, 2]], second[[0, 2]])


@settings(max_examples=40, deadline=None)
@given(risky_plans(), st.integers(0, 2**40), st.data())
def test_no_kind_of_risk_moves_the_draws_of_anything_else(subject, seed, data):
    """Windows, triggers, recurrence, shares of work, impacts on lags, members of an exclusive group: left out or edited."""
    assume(subject.risks)
    chosen = data.draw(st.sampled_from(subject.risks))
    edited = replace(
        chosen, status="open", shared=not chosen.shared, impacts=chosen.impacts[1:], mitigation=None, window=None, strikes="end"
    )
    before = draws(subject, seed)
    without = subject.with_changes(scenarios=(Scenario(id="less", without=(chosen.id,)),))
    others = subject.with_changes(risks=tuple(edited if risk.id == chosen.id else risk for risk in subject.risks))
    for after in (draws(without, seed, "less"), draws(others, seed)):
        for name, values in before.items():
            if not of_risk(name, chosen.id) and not name.startswith("event "):
                np.testing.assert_array_equal(values, after[name], err_msg=name)
