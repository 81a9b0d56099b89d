"""Rank correlations: repaired where impossible, achieved where possible, and no marginal is changed."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import simcore
from simcore.correlation import correlate, nearest_correlation, pearson_of_rank
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import (
    Discrete,
    Distribution,
    Fixed,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from simcore.models.plan import Plan
from simcore.models.risks import Correlation, Impact, Risk
from simcore.results import Results
from simcore.variables import VariableTable
from tests.oracle_plans import UNIT, activity, assert_percentile, plan, run, units
from tests.shared_data import oracle_cases

ITERATIONS = 50_000


# -- impossible matrices --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", oracle_cases("o17_correlation_matrices"))
def test_nearest_correlation_matrix(case):
    found = nearest_correlation(np.array(case["input"]))
    np.testing.assert_allclose(found, case["nearest"], atol=2e-8)
    assert np.linalg.norm(found - case["input"]) == pytest.approx(case["frobenius_distance"], abs=1e-7)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_possible_matrices_stay(n, seed):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, n + 2))
    factor /= np.linalg.norm(factor, axis=1, keepdims=True)
    matrix = factor @ factor.T
    np.testing.assert_allclose(nearest_correlation(matrix), matrix, atol=1e-9)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_any_matrix_becomes_possible(n, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(-1, 1, (n, n))
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 1)
    found = nearest_correlation(matrix)
    np.testing.assert_allclose(np.diag(found), 1)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.linalg.cholesky(found)


@pytest.mark.parametrize("n", [2, 3, 5, 20])
def test_how_far_all_may_exclude_each_other(n):
    """Equal correlations are possible from -1/(n - 1) on."""
    for rho, is_possible in ((-1 / (n - 1) + 1e-3, True), (-1 / (n - 1) - 1e-3, False)):
        wanted = np.full((n, n), rho) + (1 - rho) * np.eye(n)
        distance = np.linalg.norm(nearest_correlation(wanted) - wanted)
        assert bool(distance < 1e-9) is is_possible


def test_perfect_correlations_can_be_factored():
    for rank in (1.0, -1.0):
        np.linalg.cholesky(nearest_correlation(np.array([[1.0, rank], [rank, 1.0]])))


@given(st.floats(-1, 1))
def test_normals_behind_a_rank_correlation(rank):
    """The Spearman correlation of bivariate normals, inverted."""
    assert 6 / math.pi * math.asin(pearson_of_rank(rank) / 2) == pytest.approx(rank, abs=1e-12)


# -- achieved correlations --------------------------------------------------------------------------------------------------

RANGES: dict[str, Distribution] = {
    "A": Triangular(10 * UNIT, 20 * UNIT, 60 * UNIT),
    "B": Pert(10 * UNIT, 20 * UNIT, 60 * UNIT),
    "C": Uniform(10 * UNIT, 60 * UNIT),
    "D": Lognormal(20 * UNIT, 10 * UNIT),
    "E": Normal(50 * UNIT, 10 * UNIT),
}


def correlated(*correlations: Correlation, names: str = "ABCDE", **more: object) -> Plan:
    return plan([activity(n, RANGES[n]) for n in names], correlations=correlations, **more)


def durations(*names: str) -> tuple[str, ...]:
    return tuple(f"duration of {n}" for n in names)


def ranks(results: Results, names: str = "ABCDE") -> np.ndarray:
    samples = np.array([units(results.milestones[n]) for n in names])
    return np.corrcoef(stats.rankdata(samples, axis=1))


ERROR = 4 / math.sqrt(ITERATIONS)


@pytest.mark.parametrize("rank", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_one_correlation_for_all(rank):
    results = run(correlated(Correlation(between=durations(*"ABCDE"), rank=rank)), iterations=ITERATIONS)
    off_diagonal = ranks(results)[np.triu_indices(5, 1)]
    np.testing.assert_allclose(off_diagonal, rank, atol=ERROR)


@pytest.mark.parametrize("rank", [0.3, -0.6, 0.9])
def test_kendalls_correlation_follows(rank):
    """Of a Gaussian copula: 2/\u03c0 \u00b7 arcsin of the correlation of the normals, whatever the ranges are."""
    results = run(correlated(Correlation(between=durations("A", "D"), rank=rank), names="AD"), iterations=ITERATIONS)
    tau = stats.kendalltau(*(units(results.milestones[name]) for name in "AD")).statistic
    assert tau == pytest.approx(2 / math.pi * math.asin(2 * math.sin(math.pi * rank / 6)), abs=ERROR)


@pytest.mark.parametrize("rank", [-1.0, -0.7, -0.2])
def test_negative_correlation_of_two(rank):
    results = run(correlated(Correlation(between=durations("A", "D"), rank=rank), names="AD"), iterations=ITERATIONS)
    assert ranks(results, "AD")[0, 1] == pytest.approx(rank, abs=ERROR)


def test_a_matrix_of_correlations():
    wanted = {("A", "B"): 0.6, ("B", "C"): 0.4, ("A", "C"): -0.2, ("C", "E"): 0.5}
    correlations = (Correlation(between=durations(*pair), rank=rank) for pair, rank in wanted.items())
    found = ranks(run(correlated(*correlations), iterations=ITERATIONS))
    for first in range(5):
        for second in range(first):
            a, b = "ABCDE"[second], "ABCDE"[first]
            assert found[first, second] == pytest.approx(wanted.get((a, b), 0.0), abs=ERROR), (a, b)


def test_later_correlations_win():
    both = Correlation(between=durations("A", "B"), rank=0.2), Correlation(between=durations("B", "A"), rank=0.8)
    assert ranks(run(correlated(*both, names="AB"), iterations=ITERATIONS), "AB")[0, 1] == pytest.approx(0.8, abs=ERROR)


@pytest.mark.parametrize("rank", [0.5, -0.5])
def test_no_marginal_is_changed(rank):
    results = run(correlated(Correlation(between=durations("B", "D"), rank=rank)), iterations=ITERATIONS)
    for name, distribution in RANGES.items():
        for percent in (1, 10, 50, 80, 99):
            assert_percentile(results.milestones[name], percent, float(distribution.ppf(percent / 100)) / UNIT)


def test_the_spread_of_the_total():
    """Var(A + E) = Var A + Var E + 2 rho sd sd, for normals."""
    two = [activity(n, Normal(50 * UNIT, 10 * UNIT)) for n in "AB"]
    between = Correlation(between=durations("A", "B"), rank=6 / math.pi * math.asin(0.6 / 2))
    results = run(plan(two, [("A", "B")], correlations=(between,)), iterations=ITERATIONS)
    assert units(results.finish).std() == pytest.approx(math.sqrt(2 * 100 * 1.6), rel=0.02)


def test_correlated_steps_stay_steps():
    steps = Discrete((10.0 * UNIT, 20.0 * UNIT, 40.0 * UNIT), (0.2, 0.5, 0.3))
    two = [activity(n, steps) for n in "AB"]
    between = Correlation(between=durations("A", "B"), rank=0.7)
    results = run(plan(two, correlations=(between,)), iterations=ITERATIONS)
    for name in "AB":
        values, hits = np.unique(units(results.milestones[name]), return_counts=True)
        assert values.tolist() == [10, 20, 40]
        np.testing.assert_allclose(hits / ITERATIONS, [0.2, 0.5, 0.3], atol=2 / math.sqrt(ITERATIONS))
    assert np.corrcoef(*(units(results.milestones[n]) for n in "AB"))[0, 1] > 0.5


# -- what can be correlated ---------------------------------------------------------------------------------------------------


def test_durations_with_costs_and_rates():
    cost = Cost(fixed=Amount(value=100.0, uncertainty=Uniform(0, 200)))
    task = activity("A", Uniform(UNIT, 2 * UNIT), cost=cost)
    between = Correlation(between=("duration of A", "cost of A"), rank=0.8)
    results = run(plan([task], correlations=(between,)), iterations=ITERATIONS)
    assert results.cost is not None
    found = stats.spearmanr(units(results.finish), results.cost.samples).statistic
    assert found == pytest.approx(0.8, abs=ERROR)


@pytest.mark.parametrize("shared", [True, False])
def test_magnitudes_of_risks(shared):
    """A risk's magnitudes follow another variable; shared ones stay one draw."""
    impacts = tuple(Impact(activity=n, duration=Uniform(0, 10 * UNIT)) for n in "BC")
    risk = Risk(id="R1", impacts=impacts, shared=shared)
    tasks = [activity("A", Uniform(UNIT, 2 * UNIT)), activity("B"), activity("C")]
    between = Correlation(between=("duration of A", "magnitude of R1"), rank=0.6)
    found = ranks(run(plan(tasks, risks=(risk,), correlations=(between,)), iterations=ITERATIONS), "ABC")
    assert found[0, 1] == pytest.approx(0.6, abs=ERROR)
    assert found[0, 2] == pytest.approx(0.6, abs=ERROR)
    assert found[1, 2] == pytest.approx(1.0 if shared else 0.6, abs=ERROR)


def test_certain_variables_are_left_out():
    uncertain = Uniform(UNIT, 2 * UNIT)
    tasks = [activity("A", uncertain), activity("B", Fixed(UNIT)), activity("C", uncertain), activity("D")]
    between = Correlation(between=durations(*"ABCD"), rank=0.5)
    results = run(plan(tasks, correlations=(between,)), iterations=ITERATIONS)
    assert ranks_of(results, "A", "C") == pytest.approx(0.5, abs=ERROR)


def ranks_of(results: Results, *names: str) -> float:
    return float(stats.spearmanr(*(units(results.milestones[n]) for n in names)).statistic)


def test_contradictions_are_told():
    pairs = (("A", "B", 0.9), ("B", "C", 0.9), ("A", "C", -0.9))
    results = run(correlated(*(Correlation(between=durations(a, b), rank=r) for a, b, r in pairs)), iterations=100)
    assert any("contradict each other" in w and "distance" in w for w in results.warnings)
    possible = run(correlated(Correlation(between=durations("A", "B"), rank=-1.0)), iterations=100)
    assert not any("contradict" in w for w in possible.warnings)


def test_a_correlation_leaves_all_others_alone():
    alone, among = correlated(), correlated(Correlation(between=durations("A", "B"), rank=0.7))
    first = run(alone, iterations=1000)
    second = simcore.simulate(among, 1000, design=first.design)
    for name in "CDE":
        np.testing.assert_array_equal(first.milestones[name].samples, second.milestones[name].samples)


@pytest.mark.parametrize("ranks_given", [(0.6,), (0.6, -0.3)])
def test_the_order_of_the_plan_does_not_matter(ranks_given):
    """Nor do variables that come before: draws are named, the common ones too."""
    pairs = (("B", "D"), ("D", "A"))
    correlations = tuple(Correlation(between=durations(*p), rank=r) for p, r in zip(pairs, ranks_given, strict=False))
    first = run(correlated(*correlations, names="ABCDE"), iterations=100)
    for names in ("EDCBA", "CADBE"):
        second = run(correlated(*correlations, names=names), iterations=100)
        for name in "ABCDE":
            np.testing.assert_array_equal(first.milestones[name].samples, second.milestones[name].samples)


def test_one_more_member_leaves_the_others():
    few, more = (Correlation(between=durations(*names), rank=0.5) for names in ("BCD", "ABCD"))
    first, second = run(correlated(few), iterations=100), run(correlated(more), iterations=100)
    for name in "BCDE":
        np.testing.assert_array_equal(first.milestones[name].samples, second.milestones[name].samples)


def test_many_variables_share_one_normal():
    """Ten thousand activities must not need a matrix."""
    names = [f"T{k}" for k in range(10_000)]
    tasks = [activity(n, Uniform(1.0, 2.0)) for n in names]
    table = VariableTable()
    for n in names:
        table.add(f"activity/P/{n}/duration", Uniform(1.0, 2.0), 1.0)
    copula = correlate(plan(tasks, correlations=(Correlation(between=durations(*names), rank=0.5),)), table)
    assert len(copula.streams) == 1
    assert len(copula.loading) == 10_000
