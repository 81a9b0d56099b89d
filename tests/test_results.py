"""What results say: percentiles, probabilities, honest standard errors, the activity table."""
from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import simcore
from simcore.activities import Histograms
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Discrete, Exponential, Triangular, Uniform
from simcore.models.plan import ActivityType, Plan, Project
from simcore.models.risks import Impact, Risk
from simcore.results import Results
from simcore.sampled import DateVariable, MoneyVariable
from tests.oracle_plans import START, UNIT, activity, oracle, plan, run, serial, units

MINUTE = timedelta(minutes=1)


def money(values: list[float], replicates: int = 16, deterministic: float = 0.0) -> MoneyVariable:
    return MoneyVariable(np.array(values, float), replicates, deterministic)


def dates(minutes: list[int], deterministic: int = 0) -> DateVariable:
    return DateVariable(np.array(minutes, np.int32), START, 16, START + deterministic * MINUTE)


# -- percentiles and probabilities ------------------------------------------------------------------------------------------


def test_percentiles_are_real_iterations():
    """The smallest value with at least that share at or below it (oracles, o14: inverted_cdf)."""
    exact = oracle("o14_sampling_statistics")["percentile_conventions_sample_1_to_10"]["inverted_cdf"]
    variable = money([float(v) for v in (7, 3, 10, 1, 5, 2, 8, 4, 6, 9)])
    assert {name: variable.p(float(name[1:])) for name in exact} == exact


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.integers(1, 999))
def test_percentile_and_probability_fit_together(values, permille):
    variable, share = money([float(v) for v in values]), permille / 1000
    value = variable.p(permille / 10)
    assert variable.probability(value) >= share - 1e-9
    assert variable.probability(math.nextafter(value, -math.inf)) < share
    assert value in values


@pytest.mark.parametrize("percent", [0, 100, -5, 101, float("nan")])
def test_percentiles_outside_of_the_range_are_refused(percent):
    with pytest.raises(ValueError, match="outside P0 to P100"):
        money([1.0, 2.0]).p(percent)


def test_dates_are_kept_by_their_end():
    variable = dates([0, 600, 1440, 1441, 2880])
    assert variable.probability("2026-01-05") == 0.6  # the end of that day, 00:00 of the next
    assert variable.probability("2026-01-05T10:00") == 0.4
    assert variable.probability(START) == 0.2
    assert variable.p(50) == START + 1440 * MINUTE
    assert variable.samples.dtype == np.dtype("datetime64[m]")
    assert variable.samples[1] == np.datetime64(START + 600 * MINUTE, "m")


def test_moments_of_dates():
    variable = dates([0, 60, 120, 180], deterministic=60)
    assert variable.mean == START + 90 * MINUTE
    assert variable.sd / MINUTE == pytest.approx(np.std([0, 60, 120, 180], ddof=1))
    assert variable.deterministic == START + 60 * MINUTE
    assert variable.probability_of_deterministic == 0.5


def test_histograms_hold_every_iteration():
    values = np.random.default_rng(1).normal(100, 10, 5000)
    edges, hits = money(list(values)).histogram()
    assert hits.sum() == 5000
    assert len(edges) == len(hits) + 1
    assert edges[0] == values.min()
    assert edges[-1] == values.max()
    edges, hits = dates([5, 5, 5]).histogram()
    assert hits.tolist() == [3]


def test_one_iteration_has_no_error():
    results = run(plan([activity("A", Uniform(UNIT, 2 * UNIT))]), iterations=1)
    assert results.finish.p(80) == results.finish.mean
    with pytest.raises(ValueError, match="iteration 1 is outside 0 to 0"):
        results.iteration(1)


@pytest.mark.parametrize("iterations", [0, -1, 2**31])
def test_numbers_of_iterations_that_are_refused(iterations):
    with pytest.raises(ValueError, match="iterations must be 1 to 2,147,483,647"):
        run(plan([activity("A")]), iterations=iterations)


def test_unknown_scenarios_are_refused():
    with pytest.raises(ValueError, match="unknown scenario 'best'; write one of pre, post, none"):
        simcore.simulate(plan([activity("A")]), scenario="best")


# -- standard errors ----------------------------------------------------------------------------------------------------------


def spread(low: float, mode: float, high: float) -> Triangular:
    return Triangular(*(v * UNIT / 100 for v in (low, mode, high)))


def chain() -> Plan:
    names = [f"A{k}" for k in range(12)]
    return plan([activity(n, spread(8, 10, 16)) for n in names], serial(names))


def parallel_paths() -> Plan:
    paths = [[f"P{p}A{a}" for a in range(3)] for p in range(4)]
    tasks = [activity(n, spread(8, 10, 16)) for path in paths for n in path]
    return plan(tasks, [link for path in paths for link in serial(path)])


def rare_events() -> Plan:
    names = [f"A{k}" for k in range(6)]
    risks = (
        Risk(id="R", probability=0.3, impacts=(Impact(activity="A1", duration=spread(10, 20, 40)),)),
        Risk(id="Q", probability=0.05, impacts=(Impact(activity="A2", duration=spread(30, 40, 60)),)),
    )
    tasks = [activity(n, spread(8, 10, 16), cost=Cost(per_day=Amount(value=100.0))) for n in names]
    return plan(tasks, serial(names), risks=risks)


SEEDS = 60


@cache
def over_seeds(make, iterations: int) -> list[Results]:
    subject = make()
    return [simcore.simulate(subject, iterations=iterations, seed=s, threads=1) for s in range(SEEDS)]


@pytest.mark.parametrize("iterations", [200, 2000])
@pytest.mark.parametrize("make", [chain, parallel_paths, rare_events])
@pytest.mark.parametrize("what", ["mean", 50, 80, 90])
def test_standard_errors_of_dates_are_honest(make, iterations, what):
    """Over seeds, values scatter as their own standard errors say."""
    found = []
    for results in over_seeds(make, iterations):
        finish = results.finish
        value = finish.samples.astype(float).mean() if what == "mean" else (finish.p(what) - START) / MINUTE
        found.append((value, finish.standard_error(what) / MINUTE))
    assert_honest(*zip(*found, strict=True))


def assert_honest(values: tuple[float, ...], errors: tuple[float, ...]) -> None:
    """The ratio of variances lies where that of 60 seeds and 16 replicates each may lie (chance below 1e-4)."""
    ratio = np.var(values, ddof=1) / np.mean(np.square(errors))
    assert 0.4 <= ratio <= 2.0


@pytest.mark.parametrize("make", [chain, rare_events])
def test_standard_errors_of_probabilities_are_honest(make):
    found = over_seeds(make, 2000)
    target = found[0].finish.p(70)
    assert_honest(*zip(*((r.finish.probability(target), r.finish.probability_error(target)) for r in found), strict=True))


def test_standard_errors_of_cost_are_honest():
    found = [r.cost for r in over_seeds(rare_events, 2000) if r.cost is not None]
    assert_honest(*zip(*((c.mean, c.standard_error("mean")) for c in found), strict=True))
    assert_honest(*zip(*((c.p(80), c.standard_error(80)) for c in found), strict=True))


def test_standard_errors_of_criticality_are_honest():
    found = over_seeds(parallel_paths, 2000)
    shares = np.array([r.activities.criticality[0] for r in found])
    errors = np.array([r.activities.criticality_error[0] for r in found])
    assert_honest(tuple(shares), tuple(errors))


def test_stratified_samples_are_more_exact_than_random_ones():
    """Errors of a thousand iterations against those of random sampling (oracles, o14), for a nearly normal sum."""
    random = oracle("o14_sampling_statistics")["standard_errors_normal_target"][0]
    found = [(r.finish.standard_error("mean") / r.finish.sd, r.finish.standard_error(80) / r.finish.sd)
             for r in over_seeds(chain, 2000)]  # fmt: skip
    scale = math.sqrt(random["n"] / 2000)
    mean, p80 = np.sqrt(np.mean(np.square(found), axis=0))
    assert mean < 0.2 * random["mean_in_sd"] * scale
    assert p80 < random["P80_in_sd"] * scale


def test_samples_follow_their_distribution():
    """Kolmogorov's distance is far below its 5 % limit for random samples (oracles, o14)."""
    limit = oracle("o14_sampling_statistics")["ks_critical_5pct"]["10000"]
    finish = run(plan([activity("A", Uniform(UNIT, 3 * UNIT))]), iterations=10_000).finish
    assert stats.kstest(units(finish), stats.uniform(1, 2).cdf).statistic < limit / 10


# -- the activity table -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [1, 5, 10, 50, 80, 90, 95, 99])
def test_percentiles_of_activities(percent):
    """From histograms, to within a bin, what exact samples say; tails beyond the pilot's range too."""
    tasks = [
        activity("A", spread(8, 10, 16)),
        activity("B", Exponential(UNIT / 10)),
        activity("C", Discrete((UNIT / 10, UNIT / 2), (0.9, 0.1))),
    ]
    results = run(plan(tasks, serial("ABC")), iterations=20_000)
    table = results.activities
    found = table.percentile("finish", percent)
    width = table.histograms["finish"].width[: len(tasks)]
    for i, name in enumerate("ABC"):
        exact = results.milestones[name].p(percent)
        allowed = max(int(width[i]), 1) if percent < 99 else results.milestones[name].sd / MINUTE / 5
        assert abs((found[i].item() - exact) / MINUTE) <= allowed, name


@given(st.lists(st.integers(-20, 400), min_size=1, max_size=50), st.integers(0, 4), st.integers(1, 99))
def test_percentiles_of_histograms(values, log_width, percent):
    """Never outside of the extremes, and within a bin of the true one; values outside of all bins stretch the outer ones."""
    low, width, bins = 0, 2**log_width, 16
    counts = np.bincount(np.clip((np.array(values) - low) // width, 0, bins - 1), minlength=bins)

    def one(value: int) -> np.ndarray:
        return np.array([value], np.int32)

    histograms = Histograms(
        counts=counts[None].astype(np.uint32), low=one(low), width=one(width), smallest=one(min(values)), largest=one(max(values))
    )
    found = float(histograms.percentile(percent)[0])
    exact = money([float(v) for v in values]).p(percent)
    assert min(values) <= found <= max(values)
    if low <= exact < low + (bins - 1) * width and min(values) >= low:
        assert abs(found - exact) <= width


def test_certain_activities_in_the_table():
    done = activity("A", units=1)
    milestone = activity("M", type=ActivityType.FINISH_MILESTONE)
    results = run(plan([done, milestone], serial("AM")), iterations=100)
    table = results.activities
    assert table.percentile("duration", 80).tolist() == [UNIT / 60, 0.0]
    assert set(table.percentile("finish", 10)) == {np.datetime64(START + UNIT * MINUTE, "m")}
    assert table.criticality.tolist() == [1.0, 1.0]
    assert results.finish.sd == timedelta(0)
    assert results.finish.probability_of_deterministic == 1.0


def test_total_float_is_kept_when_asked_for():
    long, short = activity("L", units=3), activity("S", Uniform(UNIT, 2 * UNIT))
    results = simcore.simulate(plan([long, short]), iterations=1000, with_float=True)
    float_hours = results.activities.percentile("total_float", 50)
    assert float_hours[0] == 0
    assert float_hours[1] == pytest.approx(1.5 * UNIT / 60, rel=0.02)
    assert results.cost is None


def test_no_joint_confidence_without_cost():
    results = run(plan([activity("A")]), iterations=16)
    with pytest.raises(ValueError, match="the plan has no cost"):
        _ = results.joint


def test_several_projects():
    base = plan([activity("A", spread(8, 10, 16)), activity("B", units=0.5)])
    other = replace(base.activities[1], project="Q")
    both = base.with_changes(
        projects=(*base.projects, Project(id="Q", start=datetime(2026, 2, 1))), activities=(base.activities[0], other), focus=()
    )
    results = run(both, iterations=200)
    assert set(results.projects) == {"P", "Q"}
    np.testing.assert_array_equal(
        results.finish.samples, np.maximum(results.projects["P"].samples, results.projects["Q"].samples)
    )
