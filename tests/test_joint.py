"""Joint confidence of date and budget: exact answers (oracles, o13), obvious twins on small samples, honest errors."""
from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import multivariate_normal, qmc

from simcore.joint import Joint
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Distribution, Normal, Triangular
from simcore.models.plan import Activity
from simcore.models.risks import Correlation
from simcore.results import Results
from simcore.sampled import DateVariable, MoneyVariable
from tests.oracle_plans import (
    ITERATIONS,
    START,
    UNIT,
    activity,
    assert_near,
    assert_percentile,
    assert_share,
    oracle,
    plan,
    replicate_error,
    run,
    serial,
    triangle,
)

MINUTE = timedelta(minutes=1)
REPLICATES = 16


def joint_of(minutes: np.ndarray, amounts: np.ndarray) -> Joint:
    finish = DateVariable(np.asarray(minutes, np.int32), START, REPLICATES, START)
    return Joint(finish, MoneyVariable(np.asarray(amounts, float), REPLICATES, 0.0))


def normals(iterations: int, rho: float, seed: int, stratified: bool = True) -> Joint:
    """Finish N(24, 3) units and cost N(70, 8.5): replicates are scrambled Sobol points, or independent pairs."""
    rng, u = np.random.default_rng(seed), np.empty((iterations, 2))
    for k in range(REPLICATES):
        count = len(u[k::REPLICATES])
        points = qmc.Sobol(2, rng=rng).random_base2(math.ceil(math.log2(count))) if stratified else rng.random((count, 2))
        u[k::REPLICATES] = points[:count]
    x, z = ndtri(u).T
    return joint_of(np.rint((24 + 3 * x) * UNIT), 70 + 8.5 * (rho * x + math.sqrt(1 - rho * rho) * z))


def in_units(moment: datetime) -> float:
    return (moment - START) / MINUTE / UNIT


# -- exact answers ---------------------------------------------------------------------------------------------------------


def burning(
    name: str, duration: Distribution, units: float, rate: float, fixed: Distribution | None = None, value: float = 0
) -> Activity:
    """An activity that costs ``rate`` a unit of time and something fixed; a unit is a hundred days."""
    amount = None if fixed is None else Amount(value=value, uncertainty=fixed)
    return activity(name, duration, units, cost=Cost(fixed=amount, per_day=Amount(value=rate / 100)))


def day(value: float) -> datetime:
    return START + timedelta(minutes=round(value * UNIT))


def assert_joint(results: Results, t: float, c: float, exact: float) -> None:
    """Probability of keeping both; the allowance for a certain cost term is a rounding of float32."""
    found, error = results.joint.probability(day(t), c), results.joint.probability_error(day(t), c)
    assert_near(found, exact, max(error, 1 / results.iterations), rounding=0.0, what=f"joint probability of {t}, {c}")


def assert_money(cost: MoneyVariable, mean: float, sd: float, percentiles: Mapping[str, float]) -> None:
    assert_near(cost.mean, mean, cost.standard_error("mean"), 1e-6 * mean, "mean cost")
    assert_near(cost.sd, sd, float(replicate_error(np.std, cost.samples)), 1e-6 * mean, "sd of cost")
    for percent, value in percentiles.items():
        p = float(percent.removeprefix("P"))
        assert_near(cost.p(p), value, cost.standard_error(p), 1e-6 * mean, f"{percent} of cost")


def test_joint_confidence_of_one_activity():
    case = oracle("o13_jcl")["one_activity_burn_rate"]
    inputs = case["inputs"]
    fixed = inputs["time_independent_cost"]
    results = run(plan([burning("A", triangle(inputs["T"]), inputs["T"][1], inputs["burn_rate"], Triangular(*fixed), fixed[1])]))
    assert results.cost is not None
    assert_money(results.cost, case["cost_mean"], case["cost_sd"], case["cost_percentiles"])
    assert results.cost.deterministic == pytest.approx(case["deterministic_cost"])
    for percent, value in case["finish_percentiles"].items():
        assert_percentile(results.finish, float(percent.removeprefix("P")), value)
    for point in case["jcl_grid"]:
        assert_joint(results, point["t"], point["c"], point["jcl"])
    for point in case["frontier70"]:
        assert_joint(results, point["t"], point["cost"], 0.7)
    assert_frontier(results, 70, {p["t"]: p["cost"] for p in case["frontier70"]})
    assert_joint(results, inputs["T"][1], case["deterministic_cost"], case["jcl_at_deterministic"])
    for p in (70, 80):
        limits = case["finish_percentiles"][f"P{p}"], case["cost_percentiles"][f"P{p}"]
        assert_joint(results, *limits, case[f"jcl_at_P{p}_P{p}"])
    found = results.joint.correlation
    assert_near(found.pearson, case["correlation"], found.pearson_error, what="correlation")


def test_joint_confidence_of_two_burn_rates():
    case = oracle("o13_jcl")["two_serial_burn_rates"]
    inputs = case["inputs"]
    tasks = [burning(k, triangle(inputs[f"T{k}"]), inputs[f"T{k}"][1], inputs[f"rate{k}"]) for k in "AB"]
    results = run(plan(tasks, serial("AB")))
    assert results.cost is not None
    for point in case["grid"]:
        assert_joint(results, point["t"], point["c"], point["jcl"])
    for value, share in case["marginal_T"].items():
        assert_share(results.finish, float(value), share)
    for value, share in case["marginal_C"].items():
        error = max(results.cost.probability_error(float(value)), 1 / ITERATIONS)
        assert_near(results.cost.probability(float(value)), share, error, 0.0, f"probability of cost {value}")


def test_joint_confidence_of_a_linear_cost_model():
    case = oracle("o13_jcl")["linear_cost_model"]
    results = run(plan([burning("A", Normal(24 * UNIT, 3 * UNIT), 24, 2.5, Normal(10, 4), 10.0)]))
    assert results.cost is not None
    assert_money(results.cost, case["cost_mean"], case["cost_sd"], {})
    assert_joint(results, 25, 75, case["JCL_at_25_75"])
    for point in case["frontier"]:
        assert_joint(results, point["finish"], point["cost"], point["JCL"])
    for level in {point["JCL"] for point in case["frontier"]}:
        exact = {p["finish"]: p["cost"] for p in case["frontier"] if p["JCL"] == level}
        assert_frontier(results, 100 * level, exact)
    found = results.joint.correlation
    assert_near(found.pearson, case["correlation"], found.pearson_error, what="correlation")


@pytest.mark.parametrize("number", range(5))
def test_joint_confidence_of_correlated_normals(number):
    """Duration and cost of one activity with a given correlation of their normals; pairs at equal percentiles."""
    case = oracle("o13_jcl")["bivariate_normal"]["table"][number]
    rank = 6 / math.pi * math.asin(case["rho"] / 2)
    between = Correlation(between=("duration of A", "cost of A"), rank=rank)
    task = burning("A", Normal(20 * UNIT, UNIT), 20, 0.0, Normal(100, 10), 100.0)
    results = run(plan([task], correlations=(between,)))

    def both(share: float, exact: float) -> None:
        z = float(ndtri(share))
        assert_joint(results, 20 + z, 100 + 10 * z, exact)

    for p in (50, 70, 80):
        both(p / 100, case[f"JCL_at_P{p}_P{p}"])
    for p in (50, 70):
        both(case[f"equal_percentile_for_JCL{p}"], p / 100)
        assert_recommended(results.joint, p, case[f"equal_percentile_for_JCL{p}"], (20, 1), (100, 10))


@pytest.mark.parametrize("number", range(5))
def test_synthetic_correlated_normals(number):
    """The same without a run: scrambled Sobol points; conditional answers against the bivariate normal."""
    case = oracle("o13_jcl")["bivariate_normal"]["table"][number]
    joint = normals(65_536, case["rho"], 11 + number)
    for p in (50, 70, 80):
        z = float(ndtri(p / 100))
        both = joint.quadrants(day(24 + 3 * z), 70 + 8.5 * z).both
        assert_near(both.value, case[f"JCL_at_P{p}_P{p}"], max(both.error, 1 / 65_536), 0.0, f"P{p}")
    for p in (50, 70):
        assert_recommended(joint, p, case[f"equal_percentile_for_JCL{p}"], (24, 3), (70, 8.5))
    assert_near(joint.correlation.pearson, case["rho"], joint.correlation.pearson_error, 1e-6, "correlation")
    rank = 6 / math.pi * math.asin(case["rho"] / 2)
    assert_near(joint.correlation.spearman, rank, joint.correlation.spearman_error, 1e-5, "rank correlation")
    exact = multivariate_normal(cov=[[1, case["rho"]], [case["rho"], 1]]).cdf  # of standard normals
    limit = float(ndtri(0.8))
    for at in ("P80", day(24 + 3 * limit)):
        amount = joint.budget_given_date(60, at)
        per_amount = (exact([limit, (amount.value + 0.05 - 70) / 8.5]) - exact([limit, (amount.value - 0.05 - 70) / 8.5])) / 0.1
        below = float(exact([limit, (amount.value - 70) / 8.5]))
        assert_near(below / 0.8, 0.6, amount.error * per_amount / 0.8, 1e-5, "budget given the P80 date")


def assert_frontier(results: Results, percent: float, exact: Mapping[float, float]) -> None:
    """The smallest amounts for given dates; costs are sums of float32."""
    frontier = results.joint.frontier(percent, dates=[day(t) for t in exact])
    assert np.isfinite(frontier.errors).all()
    for t, found, error in zip(exact, frontier.amounts, frontier.errors, strict=True):
        assert_near(found, exact[t], error, 1e-6 * found, f"frontier of {percent} % at {t}")


def assert_recommended(
    joint: Joint, percent: float, share: float, finish: tuple[float, float], cost: tuple[float, float]
) -> None:
    """Of normals with mean and standard deviation, in units and money."""
    found, z = joint.recommended(percent), float(ndtri(share))
    assert found.date_error is not None
    assert_near(found.p_value, 100 * share, found.p_value_error, 0.0, "P-value")
    assert_near(in_units(found.date), finish[0] + finish[1] * z, found.date_error / MINUTE / UNIT, what="date")
    assert_near(found.amount, cost[0] + cost[1] * z, found.amount_error, 1e-6 * found.amount, "amount")


# -- obvious twins on small samples ------------------------------------------------------------------------------------------

pairs = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=60)
"""Few values, so that many iterations share a date or an amount."""


def small(drawn: list[tuple[int, int]]) -> tuple[Joint, np.ndarray, np.ndarray]:
    minutes, amounts = np.array(drawn).T
    return joint_of(minutes, amounts), minutes, amounts


def both_kept(minutes: np.ndarray, amounts: np.ndarray, date: float, amount: float) -> float:
    return float(np.mean((minutes <= date) & (amounts <= amount)))


@given(pairs, st.integers(-1, 13), st.integers(-1, 13))
def test_quadrants_count_every_iteration_once(drawn, date, amount):
    joint, minutes, amounts = small(drawn)
    quadrants = joint.quadrants(START + date * MINUTE, amount)
    assert sum(share.value for share in quadrants) == pytest.approx(1.0, abs=1e-12)
    assert quadrants.both.value == joint.probability(START + date * MINUTE, amount) == both_kept(minutes, amounts, date, amount)
    assert quadrants.only_date.value == np.mean((minutes <= date) & (amounts > amount))
    assert quadrants.only_budget.value == np.mean((minutes > date) & (amounts <= amount))


@given(pairs, st.integers(1, 99))
def test_the_frontier_is_the_smallest_amount_for_every_date(drawn, percent):
    joint, minutes, amounts = small(drawn)
    frontier = joint.frontier(percent, dates=[START + date * MINUTE for date in range(13)])
    for date, found in enumerate(frontier.amounts):
        enough = [a for a in sorted(set(amounts)) if both_kept(minutes, amounts, date, a) >= percent / 100 - 1e-9]
        assert found == enough[0] if enough else math.isnan(found)


@given(pairs, st.integers(1, 99))
def test_the_frontier_by_itself_takes_dates_of_real_iterations(drawn, percent):
    joint, minutes, _ = small(drawn)
    frontier = joint.frontier(percent)
    assert set((frontier.dates - np.datetime64(START, "m")).astype(int)) <= set(minutes)
    assert frontier.dates[0] == np.datetime64(joint.finish.p(percent), "m")
    assert frontier.dates[-1] == joint.finish.samples.max()
    assert all(a < b for a, b in pairwise(frontier.dates))
    assert all(a >= b for a, b in pairwise(frontier.amounts))


@given(pairs, st.integers(1, 99))
def test_the_recommended_pair_has_the_lowest_common_percentile(drawn, percent):
    joint, minutes, amounts = small(drawn)
    n = len(minutes)
    ranked = np.sort(minutes), np.sort(amounts)
    rank = next(k for k in range(n) if both_kept(minutes, amounts, ranked[0][k], ranked[1][k]) >= percent / 100 - 1e-9)
    found = joint.recommended(percent)
    assert found.p_value == pytest.approx(100 * (rank + 1) / n)
    assert (found.date, found.amount) == (START + int(ranked[0][rank]) * MINUTE, ranked[1][rank])
    assert joint.probability(found.date, found.amount) >= percent / 100 - 1e-9


@given(pairs, st.integers(1, 99), st.integers(0, 12), st.integers(0, 12))
def test_conditional_answers_are_those_of_the_iterations_that_keep_the_limit(drawn, percent, date, amount):
    joint, minutes, amounts = small(drawn)
    moment = START + date * MINUTE
    in_time, within = minutes <= date, amounts <= amount
    if in_time.any():
        alone = MoneyVariable(amounts[in_time].astype(float), REPLICATES, 0.0)
        found = joint.budget_given_date(percent, moment)
        assert (found.value, found.iterations) == (alone.p(percent), in_time.sum())
        assert joint.probability_of_budget_given_date(amount, moment).value == alone.probability(amount)
    if within.any():
        finish = DateVariable(minutes[within].astype(np.int32), START, REPLICATES, START)
        assert joint.date_given_budget(percent, amount).value == finish.p(percent)
        assert joint.probability_of_date_given_budget(moment, amount).value == finish.probability(moment)


def test_a_limit_that_no_iteration_keeps_is_refused():
    joint = joint_of(np.arange(1, 40), np.arange(1, 40))
    with pytest.raises(ValueError, match="no iteration keeps the limit"):
        joint.budget_given_date(80, START)
    with pytest.raises(ValueError, match="no iteration keeps the limit"):
        joint.date_given_budget(80, 0.0)
    with pytest.raises(ValueError, match="outside P0 to P100"):
        joint.frontier(0)
    with pytest.raises(ValueError, match="P100 is outside P0 to P100"):
        joint.date_given_budget(80, "P100")


def test_few_iterations_have_no_errors():
    joint = joint_of(np.array([3, 5]), np.array([1.0, 2.0]))
    assert joint.recommended(70).date_error is None
    assert math.isnan(joint.recommended(70).amount_error)
    assert math.isnan(joint.budget_given_date(80, "P80").error)
    assert joint.date_given_budget(80, 1.0).error is None
    assert math.isnan(joint.quadrants(START, 1.0).both.error)


def test_what_does_not_vary_has_no_correlation():
    joint = joint_of(np.full(64, 5), np.arange(64.0))
    assert math.isnan(joint.correlation.pearson)
    assert joint.recommended(70).p_value == pytest.approx(100 * 45 / 64)  # the amount alone


def test_dates_given_as_a_day_mean_its_end():
    joint = joint_of(np.array([0, 1440, 1441, 2880]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert joint.quadrants("2026-01-05", 9.0).both.value == 0.5
    assert joint.budget_given_date(99, "2026-01-05").value == 2.0
    assert joint.probability_of_date_given_budget("2026-01-05", 3.0).value == pytest.approx(2 / 3)


# -- standard errors -----------------------------------------------------------------------------------------------------------

SEEDS = 60
DATE = START + timedelta(minutes=26 * UNIT)
AMOUNT = 75.0


def answers_of(joint: Joint) -> dict[str, tuple[float, float]]:
    """Values with their standard errors, in units and money."""
    pair, frontier, cost = joint.recommended(70), joint.frontier(70, dates=[DATE]), joint.budget_given_date(80, "P80")
    finish, correlation = joint.date_given_budget(80, "P80"), joint.correlation
    assert pair.date_error is not None
    assert finish.error is not None
    return {
        "P-value": (pair.p_value, pair.p_value_error),
        "date": (in_units(pair.date), pair.date_error / MINUTE / UNIT),
        "amount": (pair.amount, pair.amount_error),
        "frontier": (float(frontier.amounts[0]), float(frontier.errors[0])),
        "budget given date": (cost.value, cost.error),
        "date given budget": (in_units(finish.value), finish.error / MINUTE / UNIT),
        "probability given date": joint.probability_of_budget_given_date(AMOUNT, "P80"),
        "pearson": (correlation.pearson, correlation.pearson_error),
        "spearman": (correlation.spearman, correlation.spearman_error),
        "only date": joint.quadrants(DATE, AMOUNT).only_date,
    }


@cache
def over_seeds(stratified: bool) -> list[dict[str, tuple[float, float]]]:
    return [answers_of(normals(2048, 0.6, seed, stratified)) for seed in range(SEEDS)]


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("what", list(answers_of(normals(64, 0.6, 0))))
def test_standard_errors_are_honest(what, stratified):
    """Over seeds, values scatter as their own errors say: 60 seeds of 16 replicates each (chance below 1e-4)."""
    values, errors = np.array([answers[what] for answers in over_seeds(stratified)]).T
    assert 0.4 <= values.var(ddof=1) / np.mean(errors**2) <= 2.0


def test_errors_of_independent_iterations_are_binomial():
    """Sixteen replicates tell an error to a factor of 1.9 and better (chi-square of 15 degrees, chance below 1e-3 each)."""
    joint = normals(16_384, 0.6, 5, stratified=False)
    for share in joint.quadrants(DATE, AMOUNT):
        assert 0.5 <= share.error / math.sqrt(share.value * (1 - share.value) / 16_384) <= 1.7
    given = joint.probability_of_budget_given_date(AMOUNT, DATE)
    kept = joint.finish.probability(DATE) * 16_384
    assert 0.5 <= given.error / math.sqrt(given.value * (1 - given.value) / kept) <= 1.7


def test_errors_of_independent_iterations_are_those_of_a_bootstrap():
    """Root mean square over six samples: ninety degrees of freedom tell it to a quarter (chance below 1e-3 each)."""
    samples, rng = [normals(4096, 0.6, seed, stratified=False) for seed in range(6)], np.random.default_rng(1)
    minutes, amounts = samples[0].finish._values, samples[0].cost._values
    again = [answers_of(joint_of(minutes[i], amounts[i])) for i in rng.integers(0, 4096, (200, 4096))]
    told = [answers_of(joint) for joint in samples]
    for what in told[0]:
        bootstrapped = np.std([answers[what][0] for answers in again], ddof=1)
        error = math.sqrt(np.mean([answers[what][1] ** 2 for answers in told]))
        assert 0.7 <= error / bootstrapped <= 1.35, what


def test_a_date_that_hardly_reaches_the_level_has_an_amount_without_an_error():
    joint = normals(2048, 0.6, 1)
    frontier = joint.frontier(70, dates=[joint.finish.p(70), joint.finish.p(69), joint.finish.p(90)])
    assert np.isfinite(frontier.amounts).tolist() == [True, False, True]
    assert np.isfinite(frontier.errors).tolist() == [False, False, True]
