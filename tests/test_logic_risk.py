"""Existence, branches, links by chance and uncertain lags: every iteration is the schedule of a plan without what is absent."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simcore
from simcore.models.branches import Branch, ConditionalBranch, Path
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Fixed, Triangular, Uniform
from simcore.models.errors import PlanError
from simcore.models.plan import Activity, Constraint, ConstraintType, LinkType, Plan, Project, Ref, Relationship, Status
from simcore.network_chances import link_stream
from tests.naive_risks import NaiveIteration
from tests.network_strategies import networks
from tests.oracle_plans import (
    START,
    UNIT,
    activity,
    assert_moments,
    assert_percentile,
    assert_share,
    oracle,
    plan,
    run,
    units,
)

WHOLE = 0.01
"""A share of 100 iterations of every replicate comes out to one of them."""
HALVES = st.sampled_from([0.0, 0.3, 0.5, 0.9])
LAGS = st.sampled_from([Uniform(-2000, 3000), Triangular(0.5, 1.0, 2.0, relative=True), Fixed(700.0)])


@st.composite
def chancy_networks(draw: st.DrawFn) -> Plan:
    """A network of which activities may not exist, links not hold, and lags vary."""
    base = draw(networks(hard=False, uncertain=True))
    tasks = tuple(
        replace(a, existence=draw(HALVES)) if not a.type.is_span and draw(st.booleans()) else a for a in base.activities
    )
    links = []
    for link in dict.fromkeys(replace(r, lag=r.lag, percent=r.percent) for r in base.relationships):
        span = base.by_ref[link.predecessor].type.is_span or base.by_ref[link.successor].type.is_span
        changes: dict[str, object] = {}
        if not span and draw(st.booleans()):
            changes["probability"] = draw(HALVES)
        if not span and link.percent is None and draw(st.booleans()):
            changes["uncertainty"] = draw(LAGS)
        links.append(replace(link, **changes))
    unique = {(r.predecessor, r.successor, r.type): r for r in links}  # one of a kind: those of one kind share their draws
    exist = [a.id for a in tasks if not a.type.is_span]
    branches: tuple[Branch, ...] = ()
    if len(exist) > 2 and draw(st.booleans()):
        paths = Path(weight=0.4, activities=(exist[0],)), Path(weight=0.6, activities=(exist[1],))
        branches = (Branch(id="B", paths=paths),)
    return base.with_changes(activities=tasks, relationships=tuple(unique.values()), branches=branches)


def absent(plan: Plan, twin: NaiveIteration) -> set[Ref]:
    """Activities that do not exist in an iteration."""
    found = {
        a.ref
        for a in plan.activities
        if a.existence < 1 and not twin.occurs(f"activity/{a.project}/{a.id}/exists", a.existence)
    }
    for branch in plan.branches:
        first = twin.occurs(f"branch/{branch.id}/path", branch.paths[0].weight)
        found |= {plan.find(name) for name in branch.paths[1 if first else 0].activities}
    return found


def reduced(plan: Plan, twin: NaiveIteration, gone: set[Ref], durations: dict[Ref, int]) -> Plan:
    """The plan of one iteration: absent activities bridged without lag, links that do not hold left out, lags as drawn."""
    links: list[Relationship] = []
    for link in plan.relationships:
        stream = link_stream((link.predecessor, link.successor, link.type))
        if link.probability < 1 and not twin.occurs(f"{stream}/holds", link.probability):
            continue
        if link.uncertainty is not None:
            drawn = round(float(np.float32(twin.value(f"{stream}/lag", link.uncertainty, link.lag))))
            link = replace(link, lag=drawn, uncertainty=None)
        if link.predecessor in gone or link.successor in gone:
            link = replace(link, lag=0, percent=None)
        links.append(replace(link, probability=1.0))
    for ref in gone:
        before = [r for r in links if r.successor == ref]
        after = [r for r in links if r.predecessor == ref]
        links = [r for r in links if ref not in (r.predecessor, r.successor)]
        for b in before:
            for a in after:
                begins = "F" if b.type in (LinkType.FS, LinkType.FF) else "S"
                ends = "S" if a.type in (LinkType.FS, LinkType.SS) else "F"
                span = plan.by_ref[b.predecessor].type.is_span or plan.by_ref[a.successor].type.is_span
                if not span:
                    links.append(Relationship(b.predecessor, a.successor, LinkType(begins + ends)))
    kept = tuple(
        replace(a, duration=durations[a.ref], existence=1.0, uncertainty=None) if not a.type.is_span else a
        for a in plan.activities
        if a.ref not in gone
    )
    return plan.with_changes(activities=kept, relationships=tuple(links), branches=(), focus=())


@settings(max_examples=150, deadline=None)
@given(chancy_networks(), st.integers(0, 39), st.integers(0, 5))
def test_an_iteration_is_the_schedule_without_what_is_absent(plan, number, seed):
    results = simcore.simulate(plan, iterations=40, seed=seed, threads=1)
    found = results.iteration(number)
    twin = NaiveIteration(plan, results.design, number)
    gone = absent(plan, twin)
    assert {a.ref for a, exists in zip(plan.activities, found.exists, strict=True) if not exists} == gone
    if all(a.ref in gone or a.type.is_span for a in plan.activities):
        return
    durations = {a.ref: round(float(d)) for a, d in zip(plan.activities, found.duration, strict=True)}
    other = reduced(plan, twin, gone, durations)
    schedule = simcore.schedule(other)
    where = {a.ref: i for i, a in enumerate(other.activities)}
    for i, a in enumerate(plan.activities):
        if a.ref in gone:
            assert np.isnat(found.start[i])
            continue
        if a.type.is_span:
            continue
        k = where[a.ref]
        for name in ("early_start", "early_finish", "late_start", "late_finish", "total_float", "longest_path"):
            assert getattr(found, name)[i] == getattr(schedule, name)[k], (a.id, name)
    assert results.finish.samples[number] == np.datetime64(schedule.project_end, "m")


@settings(max_examples=25, deadline=None)
@given(chancy_networks(), st.integers(0, 5))
def test_chances_do_not_depend_on_threads_or_lanes(plan, seed):
    one = simcore.simulate(plan, iterations=100, seed=seed, threads=1, lanes=7, with_float=True)
    two = simcore.simulate(plan, iterations=100, seed=seed, threads=2, lanes=320, with_float=True)
    assert np.array_equal(one.finish.samples, two.finish.samples)
    assert np.array_equal(one.activities.criticality, two.activities.criticality)
    for quantity in one.activities.histograms:
        assert np.array_equal(one.activities.histograms[quantity].counts, two.activities.histograms[quantity].counts)


# -- exact answers ------------------------------------------------------------------------------------------------------------


def triangle(low: float, mode: float, high: float) -> Triangular:
    return Triangular(low * UNIT, mode * UNIT, high * UNIT)


def test_one_of_two_branches():
    case = oracle("o16_branching_calendars")["exclusive_branch"]
    ways = [activity("A", triangle(10, 12, 20), 12), activity("B", triangle(30, 35, 50), 35)]
    tasks = [activity("s"), *ways, activity("e", units=5)]
    branch = Branch(id="way", paths=(Path(weight=0.6, activities=("A",)), Path(weight=0.4, activities=("B",))))
    finish = run(plan(tasks, [("s", "A"), ("s", "B"), ("A", "e"), ("B", "e")], branches=(branch,))).finish
    assert_moments(finish, case["mean"])
    for value, share in case["cdf"].items():
        assert_share(finish, float(value), share, binomial=True)
    for percent in (50, 80):
        assert_percentile(finish, percent, case[f"P{percent}"])
    assert finish.deterministic == START + timedelta(minutes=17 * UNIT), "the likelier path"


def test_plan_b_when_work_takes_too_long():
    case = oracle("o16_branching_calendars")["conditional_plan_b"]
    tasks = [activity("X", triangle(40, 50, 100), 50), activity("B", triangle(10, 15, 25), 15), activity("e")]
    branch = ConditionalBranch(id="plan b", quantity="duration", activity="X", limit=70 * UNIT, then=("B",), stop=True)
    results = run(plan(tasks, [("X", "B"), ("B", "e"), ("X", "e")], branches=(branch,)), seed=2)
    assert_moments(results.finish, case["mean"])
    for value, share in case["cdf"].items():
        assert_share(results.finish, float(value), share, binomial=True)
    assert_percentile(results.finish, 80, case["P80"])
    assert results.finish.deterministic == START + timedelta(minutes=50 * UNIT)
    assert results.activities.existence[1] == pytest.approx(case["prob_switch"], abs=0.002)


def test_work_again_after_a_failed_test():
    """The same as a risk event in the tests of risks, as a branch."""
    case = oracle("o16_branching_calendars")["test_fail_once"]
    work = {"build": 20, "test": 5, "fix": 10, "retest": 5, "done": 0}
    tasks = [activity(name, units=length) for name, length in work.items()]
    links = [("build", "test"), ("test", "fix"), ("fix", "retest"), ("retest", "done")]
    branch = Branch(id="inspection", paths=(Path(weight=0.7), Path(weight=0.3, activities=("fix", "retest"))))
    results = run(plan(tasks, links, branches=(branch,)))
    assert set(units(results.finish)) == {float(value) for value in case["pmf"]}
    assert_share(results.finish, 25, case["pmf"]["25"]["value"])
    criticality = dict(zip([a.id for a in results.plan.activities], results.activities.criticality, strict=True))
    assert criticality["fix"] == pytest.approx(0.3, abs=1e-3)
    assert criticality["build"] == 1.0


# -- single rules -------------------------------------------------------------------------------------------------------------


def test_dates_of_what_does_not_exist_do_not_hold_anything_up():
    late = Constraint(ConstraintType.START_NO_EARLIER_THAN, START + timedelta(minutes=90 * UNIT))
    tasks = [activity("a", units=3), replace(activity("b", units=2), constraints=(late,), existence=0.5), activity("c", units=1)]
    finish = units(run(plan(tasks, [("a", "b"), ("b", "c")]), iterations=2000).finish)
    assert set(finish) == {4.0, 93.0}
    assert np.mean(finish == 4.0) == pytest.approx(0.5, abs=WHOLE)


def test_percentiles_are_of_iterations_in_which_an_activity_exists():
    tasks = [activity("a", triangle(1, 2, 3), 2), replace(activity("b", triangle(10, 20, 30), 20), existence=0.01)]
    table = run(plan(tasks, [("a", "b")]), iterations=4000).activities
    assert table.existence == pytest.approx([1.0, 0.01], abs=1e-3)
    assert 12 * UNIT / 60 < table.percentile("duration", 10)[1] < 28 * UNIT / 60


def test_an_activity_that_never_exists_has_no_percentiles():
    tasks = [activity("a", triangle(1, 2, 3), 2), replace(activity("b", units=1), existence=0.0)]
    table = run(plan(tasks, [("a", "b")]), iterations=200).activities
    assert np.isnat(table.percentile("finish", 80)[1])
    assert np.isnan(table.percentile("duration", 80)[1])


def test_what_does_not_exist_costs_nothing():
    certain, both = Cost(fixed=Amount(value=7.0)), Cost(fixed=Amount(value=100.0), per_day=Amount(value=1.0))
    tasks = [activity("a", units=1, cost=certain), replace(activity("b", units=1, cost=both), existence=0.4)]
    results = run(plan(tasks, [("a", "b")]), iterations=1600)
    assert results.cost is not None
    assert set(results.cost.samples) == {7.0, 207.0}  # a unit is a hundred days
    assert np.mean(results.cost.samples == 207.0) == pytest.approx(0.4, abs=WHOLE)
    assert results.cost.deterministic == 207.0


@pytest.mark.parametrize(
    ("quantity", "limit", "share"),
    [
        ("finish", START + timedelta(minutes=round(13.5 * UNIT)), 0.5),  # 2 + X > 13.5
        ("start", START + timedelta(minutes=2 * UNIT), 0.0),  # at the limit, not after it
        ("duration", 12.5 * UNIT, 0.25),
        ("cost", 1200.0, 0.5),  # 100 X + 50 > 1200
    ],
)
def test_what_a_condition_may_ask(quantity, limit, share):
    cost = Cost(per_day=Amount(value=1.0), fixed=Amount(value=50.0))
    work = activity("X", Uniform(9.5 * UNIT, 13.5 * UNIT), 10, cost=cost)
    tasks = [activity("before", units=2), work, activity("B", units=5), activity("C", units=1), activity("e")]
    branch = ConditionalBranch(id="?", quantity=quantity, activity="X", limit=limit, then=("B",), otherwise=("C",))
    links = [("before", "X"), ("X", "B"), ("X", "C"), ("B", "e"), ("C", "e")]
    existence = run(plan(tasks, links, branches=(branch,)), iterations=4096).activities.existence
    assert existence[2] == pytest.approx(share, abs=2e-3)
    assert existence[3] == pytest.approx(1 - share, abs=2e-3)


def test_work_is_abandoned_at_a_date():
    tasks = [activity("X", Uniform(10 * UNIT, 20 * UNIT), 12), activity("B", units=5)]
    date = START + timedelta(minutes=15 * UNIT)
    branch = ConditionalBranch(id="?", quantity="finish", activity="X", limit=date, then=("B",), stop=True)
    results = run(plan(tasks, [("X", "B")], branches=(branch,)), iterations=4096)
    assert units(results.finish).max() == pytest.approx(20.0)
    assert units(results.milestones["X"]).max() == pytest.approx(15.0)


def test_a_condition_on_what_comes_after_its_paths_is_refused():
    tasks = [activity("a", units=1), activity("b", units=1)]
    branch = ConditionalBranch(id="loop", quantity="finish", activity="b", limit=START, then=("a",))
    with pytest.raises(PlanError, match="branch 'loop': 'a' comes before 'b', which decides whether it exists"):
        simcore.schedule(plan(tasks, [("a", "b")], branches=(branch,)))


def test_a_lag_that_varies():
    tasks = (activity("a", units=1), activity("b", units=1))
    link = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS, lag=UNIT, uncertainty=Uniform(1.0 * UNIT, 3.0 * UNIT))
    finish = run(plan(tasks).with_changes(relationships=(link,))).finish
    assert_moments(finish, 4.0, 2 / 12**0.5)
    assert finish.deterministic == START + timedelta(minutes=3 * UNIT)


def test_a_link_that_may_not_hold():
    tasks = (activity("a", units=3), activity("b", units=1))
    link = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS, probability=0.25)
    results = run(plan(tasks).with_changes(relationships=(link,)), iterations=1600)
    finish = units(results.finish)
    assert set(finish) == {3.0, 4.0}
    assert np.mean(finish == 4.0) == pytest.approx(0.25, abs=WHOLE)
    assert results.activities.criticality[1] == pytest.approx(0.25, abs=WHOLE)


def test_what_has_begun_exists():
    begun = Activity(project="P", id="a", duration=3 * UNIT, remaining=UNIT, existence=0.2, actual_start=datetime(2025, 12, 1),
                     status=Status.IN_PROGRESS)  # fmt: skip
    tasks = plan([begun]).with_changes(projects=(Project(id="P", start=datetime(2025, 12, 1), data_date=START),))
    assert set(units(simcore.simulate(tasks, iterations=32).finish)) == {1.0}

