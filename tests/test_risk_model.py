"""What a risk model means, draw by draw: the engine against its slow twin, and single rules on small plans."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import simcore
from simcore.kernel_sampling import sobol_row, uniform_row
from simcore.models.costs import Amount, Assignment, Cost, Resource
from simcore.models.distributions import (
    Discrete,
    Fixed,
    Uniform,
)
from simcore.models.errors import PlanError
from simcore.models.plan import Activity, ActivityType, LinkType, Plan, Project, Relationship, Status
from simcore.models.risks import SCENARIOS, Action, Factor, Impact, Mitigation, Risk
from simcore.results import Results
from simcore.sobol import DIMENSIONS, directions
from simcore.variables import stream_key
from tests.naive_risks import NaiveIteration, sobol_uniform, uniform
from tests.naive_walk import Walk
from tests.risky_plans import DATA_DATE, DAY, OFFICE, risky_plans


@given(st.text(max_size=20), st.integers(0, 2**64 - 1), st.integers(0, 2**20 - 1))
def test_uniforms_draw_by_draw(name, seed, iteration):
    bits = np.zeros(1, np.uint32)
    uniform_row(np.uint64(stream_key(name)), np.uint64(seed), iteration % 16, iteration // 16, bits)
    assert bits[0] == uniform(name, seed, iteration)


@given(st.text(max_size=20), st.integers(0, DIMENSIONS - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**20 - 1))
def test_sobol_dimensions_draw_by_draw(name, dimension, seed, iteration):
    bits = np.zeros(1, np.uint32)
    key = np.uint64(stream_key(name))
    sobol_row(directions()[dimension], key, np.uint64(seed), iteration % 16, iteration // 16, bits)
    assert bits[0] == sobol_uniform(name, dimension, seed, iteration)


# -- random risk models -------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(risky_plans(), st.sampled_from([*SCENARIOS, "some", "most"]), st.integers(0, 999), st.integers(0, 47))
def test_risk_models_draw_by_draw(plan, scenario, seed, number):
    """Durations, dates, what happens and what exists, and cost: one iteration walked on its own."""
    results = simcore.simulate(plan, iterations=48, seed=seed, threads=1, scenario=scenario)
    walk = Walk(plan, NaiveIteration(plan, results.design, number, scenario), results.iteration(number))
    assume(walk.twin.nearest > 3)
    certain = dict(zip((a.ref for a in plan.activities), results.schedule.duration, strict=True))
    certain |= {a.ref: a.remaining_duration for a in plan.activities if not a.type.is_span}
    wanted = walk.cost(certain)
    assume(walk.twin.nearest > 3)
    if results.cost is None:
        assert wanted == 0.0
    else:
        assert results.cost.samples[number] == pytest.approx(wanted, rel=1e-4, abs=0.01)


# -- single rules ---------------------------------------------------------------------------------------------------------------


def task(name: str = "A", days: float = 10, **more: object) -> Activity:
    return Activity(project="P", id=name, duration=round(days * DAY), **more)  # type: ignore[arg-type]


def plan_of(*activities: Activity, **more: object) -> Plan:
    return Plan(
        projects=(Project(id="P", start=DATA_DATE, data_date=DATA_DATE),),
        activities=activities,
        calendars={"office": OFFICE},
        focus=tuple(a.ref for a in activities),
        **more,  # type: ignore[arg-type]
    )


def run(plan: Plan, scenario: str = "pre", iterations: int = 1600) -> Results:
    return simcore.simulate(plan, iterations=iterations, seed=5, scenario=scenario)


def days(results: Results, name: str = "A") -> set[float]:
    """Every duration in days that occurs."""
    chosen = range(0, results.iterations, 40)
    row = [a.id for a in results.plan.activities].index(name)
    return {float(results.iteration(k).duration[row]) / DAY for k in chosen}


def event(
    name: str = "R", probability: float = 1.0, days: float | None = None, share: float | None = None, **more: object
) -> Risk:
    size = Fixed(days * DAY) if days is not None else Fixed(share or 0.0, relative=True)
    return Risk(id=name, probability=probability, impacts=(Impact(activity="A", duration=size),), **more)  # type: ignore[arg-type]


def factor(name: str, value: float, **more: object) -> Factor:
    return Factor(id=name, uncertainty=Fixed(value, relative=True), applies_to=("A",), **more)  # type: ignore[arg-type]


def test_factors_multiply_before_impacts_add():
    assert days(run(plan_of(task(), factors=(factor("F", 2.0), factor("G", 1.5)), risks=(event(days=4),)))) == {34.0}


def test_relative_impacts_refer_to_the_certain_remaining_duration():
    """Not to the sampled one, nor to the one after factors; of an activity in progress only what remains."""
    begun = task(days=20, status=Status.IN_PROGRESS, actual_start=datetime(2026, 2, 2, 8), remaining=10 * DAY)
    plan = plan_of(replace(begun, uncertainty=Fixed(2.0, relative=True)), factors=(factor("F", 3.0),), risks=(event(share=0.5),))
    assert days(run(plan)) == {65.0}


def test_parallel_risks_count_by_the_largest():
    risks = tuple(event(f"R{n}", days=n, combine="parallel") for n in (2, 7, 5))
    assert days(run(plan_of(task(), risks=(*risks, event("S", days=1))))) == {18.0}


def test_parallel_factors_count_by_the_largest():
    factors = (factor("F", 0.5, combine="parallel"), factor("G", 0.8, combine="parallel"), factor("H", 2.0))
    assert days(run(plan_of(task(), factors=factors))) == {16.0}


def test_opportunities_do_not_go_below_zero():
    results = run(plan_of(task(), risks=(event(days=-12, probability=0.25),)))
    assert days(results) == {0.0, 10.0}
    assert results.clamped == pytest.approx(400, abs=8)
    assert any("fell below zero" in warning for warning in results.warnings)


@pytest.mark.parametrize("probability", [0.0, 0.01, 0.3, 0.5, 1.0])
def test_risks_occur_as_often_as_they_should(probability):
    results = run(plan_of(task(), risks=(event(days=5, probability=probability),)), iterations=16_000)
    late = (results.finish.samples > results.finish.samples.min()).mean() if 0 < probability < 1 else float(
        results.finish.p(50) > results.schedule.project_end
    )
    assert late == pytest.approx(probability, abs=16 / 16_000)


def test_completed_activities_never_vary():
    done = task(
        status=Status.COMPLETED, actual_start=datetime(2026, 2, 2, 8), actual_finish=datetime(2026, 2, 13, 17),
        uncertainty=Uniform(0.5, 2.0, relative=True), cost=Cost(fixed=Amount(value=100, uncertainty=Uniform(50, 200))),
    )  # fmt: skip
    impact = Impact(activity="A", duration=Fixed(DAY), cost=Fixed(1000.0))
    results = run(plan_of(done, task("B"), risks=(Risk(id="R", impacts=(impact,)),), factors=(factor("F", 2.0),)))
    assert results.finish.sd.total_seconds() == 0
    assert results.cost is not None
    assert set(results.cost.samples) == {100.0}
    assert [w for w in results.warnings if "has no effect on" in w]


def test_milestones_are_certain_but_for_risk_events():
    gate = Activity(project="P", id="A", type=ActivityType.FINISH_MILESTONE, uncertainty=Uniform(0, 4800))
    assert days(run(plan_of(gate))) == {0.0}
    assert days(run(plan_of(gate, risks=(event(days=3),)))) == {3.0}


def spread_of(a: str, b: str, results: Results) -> float:
    first, second = (results.milestones[n].samples.astype(float) for n in (a, b))
    return float(np.corrcoef(first, second)[0, 1])


@pytest.mark.parametrize("shared", [True, False])
def test_shared_magnitudes(shared):
    """One occurrence anyway; magnitudes are one draw only when shared, each by its own range."""
    sizes = Uniform(0.0, 100.0 * DAY), Uniform(0.0, 200.0 * DAY)
    impacts = tuple(Impact(activity=n, duration=d) for n, d in zip(("A", "B"), sizes, strict=True))
    results = run(plan_of(task("A"), task("B"), risks=(Risk(id="R", impacts=impacts, shared=shared),)), iterations=16_000)
    correlation = spread_of("A", "B", results)
    assert correlation == pytest.approx(1.0, abs=1e-4) if shared else abs(correlation) < 0.05


def test_scenarios():
    milder = (Impact(activity="A", duration=Fixed(2.0 * DAY)),)
    better = Mitigation(actions=(Action(cost=500.0),), probability=1.0, impacts=milder)
    cheaper = Mitigation(actions=(Action(cost=200.0),), probability=0.0)
    risks = (event("R", days=8, mitigation=better), event("S", days=1, mitigation=cheaper), event("T", days=0.5))
    plan = plan_of(task(cost=Cost(fixed=Amount(value=1000.0))), risks=risks, factors=(factor("F", 2.0),))
    found = {scenario: run(plan, scenario) for scenario in SCENARIOS}
    assert {name: days(results) for name, results in found.items()} == {"pre": {29.5}, "post": {22.5}, "none": {10.0}}
    costs = {name: set(results.cost.samples) for name, results in found.items() if results.cost}
    assert costs == {"pre": {1000.0}, "post": {1700.0}, "none": {1000.0}}


def test_scenarios_share_their_random_numbers():
    risk = event("R", days=8, probability=0.6, mitigation=Mitigation(probability=0.2))
    plan = plan_of(task(uncertainty=Uniform(0.5, 2.0, relative=True)), risks=(risk,))
    pre, post = (run(plan, scenario).finish.samples for scenario in ("pre", "post"))
    assert (post <= pre).all()
    assert (pre > post).mean() == pytest.approx(0.4, abs=0.02)


def test_costs_by_the_day_follow_the_sampled_duration():
    plan = plan_of(task(uncertainty=Discrete((5.0 * DAY, 20.0 * DAY), (1, 1)), cost=Cost(per_day=Amount(value=100.0))))
    results = run(plan)
    assert results.cost is not None
    assert set(np.round(results.cost.samples, 6)) == {500.0, 2000.0}
    assert results.cost.deterministic == 1000.0


def test_a_hammock_in_progress_costs_what_remains():
    begun = {"status": Status.IN_PROGRESS, "actual_start": datetime(2026, 2, 2, 8)}
    cost = Cost(per_day=Amount(value=10.0), actual=70.0)
    hammock = Activity(project="P", id="H", type=ActivityType.HAMMOCK, cost=cost, **begun)
    plan = plan_of(task(remaining=4 * DAY, **begun), hammock)
    links = tuple(Relationship(plan.find("A"), plan.find("H"), kind) for kind in (LinkType.SS, LinkType.FF))
    results = run(plan.with_changes(relationships=links))
    assert results.cost is not None
    assert results.cost.deterministic == 110.0
    assert set(results.cost.samples) == {110.0}


def test_one_price_of_a_resource_for_all_its_assignments():
    crew = Resource(id="crew", uncertainty=Discrete((1.0, 2.0), (1, 1), relative=True))
    work = Assignment(resource="crew", remaining_cost=100.0)
    results = run(plan_of(task("A", assignments=(work,)), task("B", assignments=(work,)), resources={"crew": crew}))
    assert results.cost is not None
    assert set(np.round(results.cost.samples, 3)) == {200.0, 400.0}
    assert results.cost.deterministic == 200.0


def test_prices_are_uncertain_by_percentages():
    crew = Resource(id="crew", uncertainty=Uniform(10, 20))
    with pytest.raises(PlanError, match="resource 'crew' uncertainty: it multiplies prices"):
        plan_of(task(), resources={"crew": crew})


def test_relative_cost_impacts_refer_to_the_certain_remaining_cost():
    work = Assignment(resource=None, remaining_cost=300.0, actual_cost=50.0)
    cost = Cost(fixed=Amount(value=100.0, uncertainty=Fixed(150.0)), per_day=Amount(value=10.0))
    risk = Risk(id="R", impacts=(Impact(activity="A", cost=Fixed(0.1, relative=True)),))
    results = run(plan_of(task(cost=cost, assignments=(work,)), risks=(risk,)))
    assert results.cost is not None
    assert results.cost.deterministic == pytest.approx(50 + 300 + 100 + 100)
    assert set(np.round(results.cost.samples, 3)) == {50 + 300 + 150 + 100 + 50}
