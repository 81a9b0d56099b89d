"""The copulas behind correlations against exact answers: Spearman's coefficient, joint tails, repaired matrices, margins."""
from __future__ import annotations

import math
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy import integrate, stats

from simcore.correlation import pearson_of_rank
from simcore.models.distributions import Distribution, Lognormal, Normal, Pert, Triangular, Uniform
from simcore.models.errors import PlanError
from simcore.models.risks import Correlation
from simcore.results import Results
from simcore.student import pearson_of_rank_t, rank_of_pearson_t
from tests.oracle_plans import UNIT, activity, assert_near, assert_percentile, plan, replicate_error, run, units

ITERATIONS = 64_000
RANGES: dict[str, Distribution] = {
    "A": Triangular(10 * UNIT, 20 * UNIT, 60 * UNIT),
    "B": Lognormal(20 * UNIT, 10 * UNIT),
    "C": Uniform(10 * UNIT, 60 * UNIT),
    "D": Pert(10 * UNIT, 20 * UNIT, 60 * UNIT),
    "E": Normal(50 * UNIT, 5 * UNIT),
}
TAIL = 0.05


def correlated(*correlations: Correlation, names: str = "AB", seed: int = 1) -> Results:
    tasks = [activity(name, RANGES[name]) for name in names]
    return run(plan(tasks, correlations=correlations), seed, ITERATIONS)


def durations(names: str) -> tuple[str, ...]:
    return tuple(f"duration of {name}" for name in names)


@cache
def pair(rank: float, degrees: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Two correlated durations, as uniforms: their places in their own distributions."""
    results = correlated(Correlation(between=durations("AB"), rank=rank, degrees=degrees))
    return uniform_of(results, "A"), uniform_of(results, "B")


def uniform_of(results: Results, name: str) -> np.ndarray:
    return np.asarray(RANGES[name].cdf(units(results.milestones[name]) * UNIT))


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    return float(stats.spearmanr(x, y).statistic)


def assert_spearman(x: np.ndarray, y: np.ndarray, exact: float, what: str = "") -> None:
    """Within four standard errors; the correlation behind it is exact to about 5e-5."""
    assert_near(spearman(x, y), exact, float(replicate_error(spearman, x, y)), rounding=2e-4, what=what)


def joint_tail(rho: float, degrees: float | None) -> float:
    """P(both above their P95), from the second variable's distribution given the first."""
    if degrees is None:
        q = stats.norm.ppf(1 - TAIL)
        inner = lambda x: stats.norm.pdf(x) * stats.norm.sf((q - rho * x) / math.sqrt(1 - rho**2))  # noqa: E731
    else:
        q = stats.t.ppf(1 - TAIL, degrees)

        def inner(x: float) -> float:
            scale = math.sqrt((1 - rho**2) * (degrees + x * x) / (degrees + 1))
            return float(stats.t.pdf(x, degrees) * stats.t.sf((q - rho * x) / scale, degrees + 1))

    return float(integrate.quad(inner, q, math.inf)[0])


CASES = [(rank, degrees) for rank in (-0.5, 0.0, 0.3, 0.7) for degrees in (None, 3.0, 8.0)]


def pearson(rank: float, degrees: float | None) -> float:
    return float(pearson_of_rank(rank) if degrees is None else pearson_of_rank_t(rank, degrees))


@pytest.mark.parametrize(("rank", "degrees"), CASES)
def test_the_rank_that_was_asked_for(rank, degrees):
    assert_spearman(*pair(rank, degrees), rank)


@pytest.mark.parametrize(("rank", "degrees"), CASES)
@pytest.mark.parametrize("corner", ["both high", "both low", "high and low"])
def test_extremes_come_together_as_often_as_they_should(rank, degrees, corner):
    """Student's t has the same in both corners, and more of it than the normal; in the others with the opposite sign."""
    x, y = pair(rank, degrees)
    a = x > 1 - TAIL if corner != "both low" else x < TAIL
    b = y > 1 - TAIL if corner == "both high" else y < TAIL
    rho = pearson(rank, degrees)
    exact = joint_tail(rho if corner != "high and low" else -rho, degrees)
    together = (a & b).astype(float)
    error = max(float(replicate_error(np.mean, together)), math.sqrt(exact / ITERATIONS))
    assert_near(float(together.mean()), exact, error, rounding=2 / ITERATIONS)


def test_student_has_more_in_the_tails_than_the_normal():
    tails = [joint_tail(pearson(0.3, degrees), degrees) for degrees in (None, 8.0, 3.0)]
    assert tails == sorted(tails)
    found = [float(((x > 1 - TAIL) & (y > 1 - TAIL)).mean()) for x, y in (pair(0.3, d) for d in (None, 8.0, 3.0))]
    assert found[2] > 1.5 * found[0]


@pytest.mark.parametrize("degrees", [1.5, 3.0, 8.0, 200.0])
@pytest.mark.parametrize("rho", [-0.8, 0.2, 0.6, 0.95])
def test_ranks_of_bivariate_t(degrees, rho):
    """Against plain sampling of the definition."""
    rng = np.random.default_rng(11)
    n = 400_000
    x = rng.normal(size=n)
    y = rho * x + math.sqrt(1 - rho**2) * rng.normal(size=n)
    scale = np.sqrt(degrees / rng.chisquare(degrees, n))
    found = spearman(x * scale, y * scale)
    assert found == pytest.approx(float(rank_of_pearson_t(rho, degrees)), abs=4 * 1.1 / math.sqrt(n))


@pytest.mark.parametrize("degrees", [1.5, 4.0, 30.0])
def test_there_and_back(degrees):
    ranks = np.linspace(-1, 1, 41)
    np.testing.assert_allclose(rank_of_pearson_t(pearson_of_rank_t(ranks, degrees), degrees), ranks, atol=1e-4)


MATRIX = ((1.0, 0.6, -0.3, 0.2), (0.6, 1.0, 0.1, 0.4), (-0.3, 0.1, 1.0, 0.0), (0.2, 0.4, 0.0, 1.0))


@pytest.mark.parametrize("degrees", [None, 4.0])
def test_a_matrix(degrees):
    results = correlated(Correlation(between=durations("ABCD"), matrix=MATRIX, degrees=degrees), names="ABCDE")
    for (i, a), (j, b) in combinations(enumerate("ABCD"), 2):
        assert_spearman(units(results.milestones[a]), units(results.milestones[b]), MATRIX[i][j], f"{a}, {b}")
    for a in "ABCD":
        assert_spearman(units(results.milestones[a]), units(results.milestones["E"]), 0.0, f"{a}, E")


@pytest.mark.parametrize("degrees", [None, 4.0])
def test_a_group(degrees):
    results = correlated(Correlation(between=durations("ABCDE"), rank=0.4, degrees=degrees), names="ABCDE")
    for a, b in combinations("ABCDE", 2):
        assert_spearman(units(results.milestones[a]), units(results.milestones[b]), 0.4, f"{a}, {b}")


@pytest.mark.parametrize("degrees", [2.5, 4.0])
def test_margins_stay_under_student(degrees):
    results = correlated(Correlation(between=durations("ABCDE"), rank=0.6, degrees=degrees), names="ABCDE")
    for name, distribution in RANGES.items():
        for percent in (1, 10, 50, 80, 95, 99):
            assert_percentile(results.milestones[name], percent, float(distribution.ppf(percent / 100)) / UNIT)


@pytest.mark.parametrize("degrees", [None, 4.0])
def test_what_is_impossible_comes_out_as_it_was_moved(degrees):
    impossible = ((1.0, 0.9, -0.9), (0.9, 1.0, 0.9), (-0.9, 0.9, 1.0))
    results = correlated(Correlation(between=durations("ABC"), matrix=impossible, degrees=degrees), names="ABC")
    copula = results.replay.risk.copula
    assert copula.repaired > 0.1
    assert len(copula.moved) == 3
    for moved in copula.moved:
        first, second = (stream.split("/")[2] for stream in (moved.first, moved.second))
        assert abs(moved.given) < abs(moved.asked)
        assert_spearman(units(results.milestones[first]), units(results.milestones[second]), moved.given, f"{first}, {second}")


def test_groups_of_student_are_independent_of_each_other():
    """Each has a scale of its own: nothing of one is extreme because the other is."""
    both = (Correlation(between=durations(names), rank=0.7, degrees=3.0) for names in ("AB", "CD"))
    results = correlated(*both, names="ABCD")
    a, c = (uniform_of(results, name) for name in "AC")
    together = ((np.abs(a - 0.5) > 0.45) & (np.abs(c - 0.5) > 0.45)).astype(float)
    assert_near(float(together.mean()), 0.01, float(replicate_error(np.mean, together)), rounding=2 / ITERATIONS)


def test_one_block_has_one_copula():
    with pytest.raises(PlanError, match="correlation 1, correlation 2 share variables, but not their copula"):
        correlated(
            Correlation(between=durations("AB"), rank=0.3), Correlation(between=durations("BC"), rank=0.3, degrees=4.0),
            names="ABC",
        )  # fmt: skip
