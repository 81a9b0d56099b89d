"""Risk models whose answers follow by hand, at 100,000 iterations; and models at the edge of what makes sense."""
from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

import simcore
from simcore.models.branches import Branch, ConditionalBranch, Path
from simcore.models.costs import Amount, Assignment, Cost, Resource
from simcore.models.distributions import Discrete, Distribution, Exponential, Fixed, Lognormal, Uniform
from simcore.models.plan import (
    Activity,
    ActivityType,
    LinkType,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Status,
)
from simcore.models.risks import Factor, Impact, Risk
from tests.oracle_plans import (
    START,
    UNIT,
    activity,
    assert_moments,
    assert_near,
    assert_share,
    plan,
    replicate_error,
    run,
    serial,
    units,
)


def uniform(low: float, high: float) -> Uniform:
    return Uniform(low * UNIT, high * UNIT)


def on(name: str, magnitude: Distribution | float) -> Impact:
    return Impact(activity=name, duration=Fixed(magnitude * UNIT) if isinstance(magnitude, int | float) else magnitude)


def assert_probabilities(results: simcore.Results, exact: dict[float, float]) -> None:
    """Every value that occurs, and how often."""
    found = np.round(units(results.finish), 6)
    assert set(found) == set(exact)
    for value, probability in exact.items():
        error = math.sqrt(probability * (1 - probability) / len(found))
        assert_near(float(np.mean(found == value)), probability, error, rounding=1e-4, what=f"probability of {value}")


# -- answers by hand --------------------------------------------------------------------------------------------------------


def test_a_chain_of_triggers():
    """Three risks, each of which makes the next likelier; all eight outcomes."""
    first, second, third = 0.5, {True: 0.8, False: 0.1}, {True: 0.6, False: 0.2}
    risks = (
        Risk(id="R0", probability=first, impacts=(on("a", 1),)),
        Risk(id="R1", probability=second[False], given={"R0": second[True]}, impacts=(on("a", 2),)),
        Risk(id="R2", probability=third[False], given={"R1": third[True]}, impacts=(on("a", 4),)),
    )
    exact = {}
    for x, y, z in itertools.product((False, True), repeat=3):
        probability = first * (second[x] if y else 1 - second[x]) * (third[y] if z else 1 - third[y])
        exact[10.0 + x + 2 * y + 4 * z] = probability
    assert_probabilities(run(plan([activity("a", units=10)], risks=risks)), exact)


def test_exclusive_risks_that_trigger_another():
    risks = (
        Risk(id="G0", exclusive="G", probability=0.2, impacts=(on("a", 1),)),
        Risk(id="G1", exclusive="G", probability=0.3, impacts=(on("a", 2),)),
        Risk(id="T", probability=0.1, given={"G0": 0.9, "G1": 0.4}, impacts=(on("a", 4),)),
    )
    exact = {10.0: 0.5 * 0.9, 14.0: 0.5 * 0.1, 11.0: 0.2 * 0.1, 15.0: 0.2 * 0.9, 12.0: 0.3 * 0.6, 16.0: 0.3 * 0.4}
    assert_probabilities(run(plan([activity("a", units=10)], risks=risks)), exact)


def test_one_uncertain_probability_of_all_activities():
    """Events of their own, but p is one draw from 0 to 0.6: both strike with E[p\u00b2]."""
    risk = Risk(id="R", occurrence="per activity", probability=Uniform(0.0, 0.6, relative=True), impacts=(on("a", 1), on("b", 1)))
    results = run(plan([activity("a", units=1), activity("b", units=1)], serial("ab"), risks=(risk,)))
    assert_probabilities(results, {2.0: 1 - 0.6 + 0.12, 3.0: 0.6 - 0.24, 4.0: 0.12})


def test_a_recurring_risk_of_uncertain_magnitude():
    """Compound Poisson: mean \u03bb E[X], variance \u03bb E[X\u00b2]."""
    risk = Risk(id="R", occurrence="recurring", every=5 * UNIT, impacts=(on("a", Exponential(2.0 * UNIT)),))
    assert_moments(run(plan([activity("a", units=20)], risks=(risk,))).finish, 20 + 4 * 2, math.sqrt(4 * 2 * 2**2))


def test_a_recurring_risk_with_one_shared_magnitude():
    """Each occurrence has one magnitude for both activities: of two Poisson numbers the smaller one is shared in full."""
    once = Risk(id="R", occurrence="recurring", every=10 * UNIT, shared=True, combine="parallel",
                impacts=(on("a", uniform(0, 1)), on("b", uniform(0, 1))))  # fmt: skip
    number = [math.exp(-1) / math.factorial(k) for k in range(20)]
    mean = 20 + 2 * sum(p * k / (k + 1) for k, p in enumerate(number))  # the largest of k uniform draws
    results = run(plan([activity("a", units=10), activity("b", units=10)], serial("ab"), risks=(once,)))
    assert_moments(results.finish, mean)


def test_a_window_and_a_share_of_uncertain_work():
    """Work of 8 to 12 units is struck at a uniform share of it: before 5 units have passed with E[5 / D]."""
    window = START, START + timedelta(minutes=5 * UNIT)
    risk = Risk(id="R", window=window, strikes=Uniform(0.0, 1.0, relative=True), impacts=(on("a", 100),))
    finish = run(plan([activity("a", uniform(8, 12), 10)], risks=(risk,))).finish
    struck = 5 * math.log(12 / 8) / 4
    assert_share(finish, 50, 1 - struck, binomial=True)
    assert_moments(finish, 10 + 100 * struck)


def test_the_later_of_two_of_which_one_may_not_exist():
    tasks = [replace(activity("a", uniform(0, 10), 5), existence=0.6), activity("b", uniform(0, 10), 5)]
    finish = run(plan(tasks)).finish
    assert_moments(finish, 0.6 * 20 / 3 + 0.4 * 5)
    for value in (2, 5, 9):
        assert_share(finish, value, value / 10 * (0.6 * value / 10 + 0.4), binomial=True)


def test_a_relationship_that_may_not_hold_with_a_lag_that_varies():
    """b starts after 3 units of c, or, if the link holds, after 1 of a and 0 to 4 of lag."""
    tasks = [activity("a", units=1), activity("c", units=3), activity("b", units=1)]
    lag = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS, lag=UNIT, uncertainty=uniform(0, 4), probability=0.5)
    model = plan(tasks, [("c", "b")])
    finish = run(model.with_changes(relationships=(*model.relationships, lag))).finish
    second = 3.0 + 0.5 * 0.5
    square = 0.5 * 3**2 + 0.5 * (0.5 * 3**2 + 0.5 * (5**3 - 3**3) / 3 / 2)  # of the start: half at 3, a quarter in 3 to 5
    assert_moments(finish, second + 1, math.sqrt(square - second**2))


def test_the_larger_of_two_parallel_risks():
    risks = tuple(Risk(id=f"R{n}", probability=0.5, combine="parallel", impacts=(on("a", uniform(0, 10)),)) for n in range(2))
    finish = run(plan([activity("a", units=1)], risks=risks)).finish
    mean, square = 0.25 * 20 / 3 + 0.5 * 5, 0.25 * 50 + 0.5 * 100 / 3
    assert_moments(finish, 1 + mean, math.sqrt(square - mean**2))


def test_shared_magnitudes_move_together_and_others_do_not():
    for shared, variance in ((True, (2 + 4) ** 2 / 12), (False, (2**2 + 4**2) / 12)):
        risk = Risk(id="R", shared=shared, impacts=(on("a", uniform(0, 2)), on("b", uniform(0, 4))))
        results = run(plan([activity("a", units=1), activity("b", units=1)], serial("ab"), risks=(risk,)))
        assert_moments(results.finish, 2 + 3, math.sqrt(variance))


def test_productivity_and_a_factor_that_may_occur():
    """A product of independent draws: E[1/p] E[F], with F = 1 where it does not occur."""
    crew = Resource(id="crew", productivity=Uniform(0.5, 1.25, relative=True))
    factor = Factor(id="F", probability=0.4, uncertainty=Uniform(1.0, 2.0, relative=True), applies_to=("a",))
    task = replace(activity("a", units=10), assignments=(Assignment(resource="crew"),))
    inverse, inverse_square = math.log(2.5) / 0.75, 1 / (0.5 * 1.25)
    times, square = 0.6 + 0.4 * 1.5, 0.6 + 0.4 * 7 / 3
    mean = 10 * inverse * times
    finish = run(plan([task], resources={"crew": crew}, factors=(factor,))).finish
    assert_moments(finish, mean, math.sqrt(100 * inverse_square * square - mean**2))


def test_a_dearer_way_where_cost_passes_a_limit():
    """Ten to twenty units of a hundred days at 1 a day; where they cost above 1,800 the rest costs 500, else 2,000."""
    work = activity("x", uniform(10, 20), 12, cost=Cost(per_day=Amount(value=1.0)))
    rest = [activity("then", cost=Cost(fixed=Amount(value=500.0))), activity("else", cost=Cost(fixed=Amount(value=2000.0)))]
    branch = ConditionalBranch(id="?", quantity="cost", activity="x", limit=1800.0, then=("then",), otherwise=("else",))
    cost = run(plan([work, *rest], [("x", "then"), ("x", "else")], branches=(branch,))).cost
    assert cost is not None
    assert_near(cost.mean, 1500 + 0.2 * 500 + 0.8 * 2000, cost.standard_error("mean"), 0.01, "mean")
    variance = 1000**2 / 12 + 1500**2 * 0.16 + 2 * (-1500) * (0.2 * 1900 - 0.2 * 1500)
    assert_near(cost.sd, math.sqrt(variance), float(replicate_error(np.std, cost.samples)), 0.01, "sd")


def test_a_branch_into_a_branch():
    """The second one decides on work of the first one's path: both have to go that way, for it hangs on both."""
    tasks = [activity("a", units=1), activity("b", units=2), activity("c", units=4)]
    nested = replace(tasks[1], existence=0.5)
    branches = (Branch(id="first", paths=(Path(weight=0.3, activities=("b",)), Path(weight=0.7, activities=("c",)))),)
    results = run(plan([tasks[0], nested, tasks[2]], serial("abc"), branches=branches))
    assert_probabilities(results, {1.0: 0.3 * 0.5, 3.0: 0.3 * 0.5, 5.0: 0.7})


# -- at the edge ------------------------------------------------------------------------------------------------------------


def test_a_quantity_whose_cost_follows_the_duration():
    """Also where the price is certain."""
    crew = Assignment(resource="crew", remaining_cost=100.0, uncertainty=Discrete((1.0, 3.0), (1, 1), relative=True))
    cost = run(plan([replace(activity("a", units=1), assignments=(crew,))], resources={"crew": Resource(id="crew")})).cost
    assert cost is not None
    assert set(np.round(cost.samples, 6)) == {100.0, 300.0}


def test_several_impacts_of_a_recurring_risk_keep_their_streams():
    """Whether an earlier impact comes more often moves no draw of a later one."""
    spread = Uniform(0.0, 1000.0)
    impacts = tuple(Impact(activity="a", duration=spread) for _ in range(2))
    names = []
    for every in (UNIT, 20 * UNIT):
        risk = Risk(id="R", occurrence="recurring", every=every, impacts=impacts)
        results = simcore.simulate(plan([activity("a", units=2)], risks=(risk,)), iterations=16)
        names.append(set(results.replay.risk.variables.names))
    assert names[1] < names[0]


@pytest.mark.parametrize("strikes", [None, "start"])
def test_far_tails_of_lags_and_delays_do_not_overflow(strikes):
    wild = Lognormal(1e9, 1e11)
    links = (Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS, lag=10, uncertainty=wild),)
    risk = Risk(id="R", strikes=strikes, impacts=(Impact(activity="a", duration=wild),))
    tasks = plan([activity("a", units=1), activity("b", units=1)]).with_changes(relationships=links, risks=(risk,))
    finish = run(tasks, iterations=640).finish
    assert finish.samples.min() > np.datetime64(START)


def test_dates_beyond_all_calendars():
    """A window without end, and a condition that never holds."""
    always = datetime(1, 1, 1), datetime(9999, 12, 31)
    risk = Risk(id="R", window=always, impacts=(Impact(activity="a", duration=Fixed(1.0 * UNIT)),))
    branch = ConditionalBranch(id="?", quantity="finish", activity="a", limit=always[1], then=("b",))
    tasks = plan([activity("a", units=1), activity("b", units=1)], serial("ab"), risks=(risk,), branches=(branch,))
    assert set(units(run(tasks, iterations=64).finish)) == {2.0}


def test_existence_that_chance_does_not_decide_is_told():
    """A hammock stands or falls with what it spans; what has begun is there."""
    begun = {"status": Status.IN_PROGRESS, "actual_start": datetime(2025, 12, 1), "remaining": UNIT}
    hammock = Activity(project="P", id="H", type=ActivityType.HAMMOCK, existence=0.5)
    paths = Path(weight=0.5, activities=("a",)), Path(weight=0.5, activities=("b",))
    tasks = plan([activity("a", units=2, **begun), activity("b", units=1), hammock], branches=(Branch(id="way", paths=paths),))
    links = tuple(Relationship(Ref("P", "b"), Ref("P", "H"), kind) for kind in (LinkType.SS, LinkType.FF))
    tasks = tasks.with_changes(relationships=links, projects=(Project(id="P", start=datetime(2025, 12, 1), data_date=START),))
    told = simcore.simulate(tasks, iterations=32).warnings
    assert "branch way has no effect on a: only work that has not begun may be absent" in told
    assert "existence has no effect on H: only work that has not begun may be absent" in told


@pytest.mark.parametrize("kind", list(LinkType))
def test_where_no_relationship_holds_the_project_starts(kind):
    """Under Microsoft Project's rules too, where predecessors alone place what has them."""
    link = Relationship(Ref("P", "a"), Ref("P", "b"), kind, probability=0.5)
    tasks = plan([activity("a", units=3), activity("b", uniform(1, 2), 1)]).with_changes(
        relationships=(link,), scheduling=SchedulingOptions(rules="msp")
    )
    results = simcore.simulate(tasks, iterations=160, with_float=True)
    starts = np.array([results.iteration(k).start[1] for k in range(0, 160, 5)])
    assert starts.min() == np.datetime64(START, "m")
