"""Quantiles, moments and rules of the distributions: exact answers, an independent library, and properties."""
from __future__ import annotations

import math
import pickle
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simcore.models import distributions as public
from simcore.models.distributions import (
    DISTRIBUTIONS,
    Beta,
    Cumulative,
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Histogram,
    Lognormal,
    LognormalP,
    Normal,
    ParameterError,
    Pert,
    PertGen,
    PiecewiseLinear,
    Shift,
    Triangular,
    Trigen,
    Truncate,
    Uniform,
    Weibull,
)
from tests.distribution_strategies import continuous_distributions, distributions
from tests.shared_data import oracle_cases

U = np.concatenate([np.geomspace(1e-6, 0.05, 20), np.linspace(0.06, 0.94, 45), 1.0 - np.geomspace(0.05, 1e-6, 20)])


def from_spec(spec: dict[str, Any]) -> Distribution:
    """The distribution of an exact answer, in the parameters we use."""
    s = dict(spec)
    kind = s.pop("kind")
    low, high = s.get("low"), s.get("high")
    limits = (-math.inf if low is None else low, math.inf if high is None else high)
    builders = {
        "triangular": lambda: Triangular(s["min"], s["mode"], s["max"]),
        "pert": lambda: Pert(s["min"], s["mode"], s["max"], s["lam"]),
        "uniform": lambda: Uniform(s["min"], s["max"]),
        "normal": lambda: Normal(s["mean"], s["sd"]),
        "truncnormal": lambda: Truncate(Normal(s["mu"], s["sigma"]), *limits),
        "lognormal": lambda: Lognormal(s["mean"], s["sd"]),
        "lognormal_pctl": lambda: LognormalP(s["P10"], s["P90"]),
        "shifted_lognormal_pctl": lambda: LognormalP(s["P10"], s["P90"], s["shift"]),
        "trunc_lognormal": lambda: Truncate(Lognormal(s["mean"], s["sd"]), *limits),
        "trigen": lambda: Trigen(low, s["mode"], high, s["p_low"], s["p_high"]),
        "pertgen": lambda: PertGen(low, s["mode"], high, s["p_low"], s["p_high"], s["lam"]),
        "weibull_pctl": lambda: Weibull(s["shape"], s["scale"]),
        "gamma": lambda: Gamma(s["shape"], s["scale"]),
        "exponential": lambda: Exponential(s["mean"]),
        "beta": lambda: Beta(s["alpha"], s["beta"], s["min"], s["max"]),
    }
    return builders[kind]()


@pytest.mark.parametrize("case", oracle_cases("o01_distributions"))
def test_agrees_with_exact_answers(case):
    """Moments and quantiles of the exact answers in ``oracles/o01_distributions.json`` (closed forms)."""
    distribution = from_spec(case["spec"])
    assert distribution.mean == pytest.approx(case["mean"], rel=1e-10)
    assert distribution.sd == pytest.approx(case["sd"], rel=1e-10)
    probabilities = [int(name[1:]) / 100 for name in case["quantiles"]]
    np.testing.assert_allclose(distribution.ppf(probabilities), list(case["quantiles"].values()), rtol=1e-10)
    np.testing.assert_allclose(distribution.cdf(list(case["quantiles"].values())), probabilities, rtol=1e-9)
    for bound, name in zip(distribution.bounds, ("solved_min", "solved_max"), strict=True):
        if name in case["spec"]:
            assert bound == pytest.approx(case["spec"][name], rel=1e-10)


@pytest.mark.parametrize(
    ("distribution", "name", "arguments"),
    [
        (Triangular(40, 50, 100), "triang", {"c": 1 / 6, "loc": 40, "scale": 60}),
        (Pert(40, 50, 100), "beta", {"a": 5 / 3, "b": 13 / 3, "loc": 40, "scale": 60}),
        (Beta(0.7, 3, 1, 4), "beta", {"a": 0.7, "b": 3, "loc": 1, "scale": 3}),
        (Normal(100, 15), "norm", {"loc": 100, "scale": 15}),
        (Lognormal(20, 5), "lognorm", {"s": math.sqrt(math.log1p(1 / 16)), "scale": 20 / math.sqrt(1 + 1 / 16)}),
        (Exponential(10), "expon", {"scale": 10}),
        (Weibull(1.7, 12, 3), "weibull_min", {"c": 1.7, "scale": 12, "loc": 3}),
        (Gamma(4, 2.5, 1), "gamma", {"a": 4, "scale": 2.5, "loc": 1}),
        (Truncate(Normal(10, 4), 4, 18), "truncnorm", {"a": -1.5, "b": 2, "loc": 10, "scale": 4}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_agrees_with_scipy_stats(distribution, name, arguments):
    from scipy import stats

    other = getattr(stats, name)(**arguments)
    np.testing.assert_allclose(distribution.ppf(U), other.ppf(U), rtol=1e-10)
    np.testing.assert_allclose(distribution.cdf(other.ppf(U)), U, rtol=1e-9, atol=1e-13)
    assert distribution.mean == pytest.approx(other.mean(), rel=1e-10)
    assert distribution.sd == pytest.approx(other.std(), rel=1e-8)


@given(distributions())
def test_quantiles_ascend_inside_the_bounds(distribution):
    quantiles = distribution.ppf(U)
    low, high = distribution.bounds
    slack = 1e-9 * max(abs(low), abs(high)) if math.isfinite(low + high) else 1e-9 * float(np.max(np.abs(quantiles)))
    assert np.all(np.isfinite(quantiles))
    assert np.all(np.diff(quantiles) >= -1e-12 * np.max(np.abs(quantiles)))
    assert quantiles[0] >= low - slack
    assert quantiles[-1] <= high + slack


@given(continuous_distributions())
def test_cdf_undoes_ppf(distribution):
    assume(distribution.sd > 0.0)
    np.testing.assert_allclose(distribution.cdf(distribution.ppf(U)), U, rtol=1e-6, atol=1e-7)


@given(distributions())
def test_a_quantile_is_the_smallest_value_with_that_probability(distribution):
    quantiles = distribution.ppf(U)
    step = 1e-8 * np.maximum(1.0, np.abs(quantiles))
    assert np.all(distribution.cdf(quantiles + step) >= U - 1e-9)
    assert np.all(distribution.cdf(quantiles - step) <= U + 1e-6)


@given(distributions())
def test_canonical_form_is_the_distribution(distribution):
    shape, scale, shift = distribution.canonical()
    np.testing.assert_array_equal(distribution.ppf(U), shift + scale * shape.ppf(U))
    assert scale >= 0.0
    assert not shape.relative
    if scale == 0.0:
        assert shape == Fixed(0.0)
    else:
        assert shape.canonical() == (shape, 1.0, 0.0)
        assert hash(shape) == hash(pickle.loads(pickle.dumps(shape)))


@settings(max_examples=60)
@given(distributions())
def test_mean_and_sd_are_those_of_the_quantiles(distribution):
    """Gauss-Legendre in normal scores, between the kinks: another way than the code's own integration."""
    from scipy.special import ndtr, ndtri

    edges = np.concatenate([[-8.0], ndtri(np.array(sorted(distribution.kinks))), [8.0]])
    edges = np.unique(np.concatenate([edges, np.arange(-8.0, 8.0, 0.5)]))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half) + half * nodes
    mass = half * weights * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    x = distribution.ppf(ndtr(z))
    mean = float(np.sum(mass * x))
    sd = math.sqrt(float(np.sum(mass * (x - mean) ** 2)))
    size = max(abs(mean), sd, 1e-9)
    assert distribution.mean == pytest.approx(mean, abs=1e-6 * size)
    assert distribution.sd == pytest.approx(sd, rel=1e-4, abs=1e-6 * size)


@given(distributions(), st.floats(0.02, 0.4), st.floats(0.6, 0.98))
def test_truncation_leaves_the_middle_in_proportion(distribution, p_low, p_high):
    low, high = (float(q) for q in distribution.ppf([p_low, p_high]))
    assume(high - low > 1e-6 * max(abs(low), abs(high), 1.0))
    cut = Truncate(distribution, low, high)
    slack = 1e-9 * max(abs(low), abs(high))
    assert cut.ppf(0.0) >= low - slack
    assert cut.ppf(1.0) <= high + slack
    inside = np.linspace(low, high, 9)[1:-1]
    scale = distribution.canonical()[1]
    below = float(distribution.cdf(low - 1e-11 * scale))  # without an atom at the limit
    kept = float(distribution.cdf(high)) - below
    np.testing.assert_allclose(cut.cdf(inside), (distribution.cdf(inside) - below) / kept, atol=1e-5)


@pytest.mark.parametrize(
    "equals",
    [
        [Triangular(90, 100, 130), Triangular(0.9, 1.0, 1.3, relative=True), Triangular(3.6, 4.0, 5.2)],
        [Pert(20, 30, 60), Pert(0.2, 0.3, 0.6, relative=True), Pert(5, 6, 9)],
        [Uniform(1, 2), Uniform(-7, 30), Histogram((4, 5), (3,)), Cumulative((4, 5), (0, 1))],
        [Uniform(3, 4), Truncate(Uniform(0, 9), 1, 3)],
        [Normal(10, 2), Normal(1, 0.3, relative=True)],
        [Lognormal(10, 2), Lognormal(35, 7)],
        [Exponential(3), Gamma(1, 5)],
        [Truncate(Normal(10, 4), 0, math.inf), Truncate(Normal(5, 2), 0, math.inf)],
        [Discrete((0, 5), (1, 3)), Discrete((9, 2), (75, 25))],
        [Fixed(3), Uniform(4, 4), Triangular(5, 5, 5), Pert(1, 1, 1), Normal(7, 0), Lognormal(2, 0), Empirical((6, 6))],
    ],
    ids=lambda equals: equals[0].label,
)
def test_equal_shapes_are_shared(equals):
    assert len({distribution.canonical()[0] for distribution in equals}) == 1


def test_steps_are_exact():
    coin = Discrete((0.0, 20.0), (0.7, 0.3))
    assert coin.ppf([0.0, 0.3, 0.7, 0.7000001, 1.0]).tolist() == [0, 0, 0, 20, 20]
    assert coin.cdf([-1, 0, 19.9, 20, 21]).tolist() == [0, 0.7, 0.7, 1, 1]
    assert Empirical((9, 8, 9, 12)).ppf([0.25, 0.26, 0.75, 0.76]).tolist() == [8, 9, 9, 12]
    assert Truncate(Discrete((1, 2, 3), (1, 1, 2)), 2, 3).cdf([1.9, 2, 3]) == pytest.approx([0, 1 / 3, 1])
    assert Truncate(Discrete((-1, 0), (1, 1)), 0, 5).bounds == (0, 0)
    assert Truncate(Truncate(Discrete((-1, 0.1, 0.7), (1, 1, 1)), 0, 9), 0.1, 0.7).mean == pytest.approx(0.4)
    gap = Histogram((0, 1, 2, 3), (1, 0, 1))
    assert gap.ppf([0.25, 0.5, 0.75]).tolist() == [0.5, 1.0, 2.5]


def test_shifts_move_and_limits_move_along():
    moved = Shift(Truncate(Shift(Normal(0, 1), 5), 4, 7), 10)
    assert moved.bounds == (14, 17)
    np.testing.assert_allclose(moved.ppf(U), Truncate(Normal(15, 1), 14, 17).ppf(U), rtol=1e-12)
    cut = Truncate(moved, 14.5, 40)
    assert cut.canonical()[0] == Truncate(Normal(15, 1), 14.5, 17).canonical()[0]
    np.testing.assert_allclose(cut.ppf(U), Truncate(Normal(15, 1), 14.5, 17).ppf(U), rtol=1e-12)
    assert Shift(Normal(1, 2, relative=True), 0.5).relative
    with pytest.raises(ParameterError, match="the shift is inf; write a finite number"):
        Shift(Fixed(1), math.inf)


def test_a_table_of_kinks_needs_no_more_than_its_pieces():
    shape, _, _ = Cumulative((8, 10, 10, 15), (0, 0.5, 0.75, 1)).canonical()
    assert isinstance(shape, PiecewiseLinear)
    assert shape.upto == (0.5, 0.75, 1.0)
    assert shape.low == pytest.approx((0, 2 / 7, 2 / 7))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Triangular(12, 9, 15), "the minimum 12 is above the mode 9; swap them or correct the estimate"),
        (lambda: Triangular(1.2, 0.9, 1.5, relative=True), "the minimum 120% is above the mode 90%"),
        (lambda: Pert(1, 5, 3), "the mode 5 is above the maximum 3"),
        (lambda: Pert(1, 2, 3, -1), "lambda is -1; it must be from 0 to 10000"),
        (lambda: Uniform(math.nan, 3), "the minimum is nan; write a finite number"),
        (lambda: Uniform(0, math.inf), "the maximum is inf"),
        (lambda: Trigen(5, 4, 6), "the low value 5 is above the mode 4"),
        (lambda: Trigen(4, 5, 6, 0.9, 0.1), "percentiles are 90% and 10%; write two in ascending order"),
        (lambda: PertGen(4, 5, 6, 0.1, 1.9), "percentiles are 10% and 190%"),
        (lambda: Beta(0, 1, 0, 1), "the parameter a is 0; it must be from 0.01"),
        (lambda: Normal(5, -1), "the standard deviation -1 is negative"),
        (lambda: Lognormal(0, 1), "the mean 0 is not above 0"),
        (lambda: Lognormal(1e-9, 1e9), "absurdly wide"),
        (lambda: LognormalP(5, 10, 6), "P10 5 is not above the shift 6"),
        (lambda: LognormalP(20, 10), "P10 20 is above P90 10; swap them"),
        (lambda: Exponential(-1), "the mean -1 is not above 0"),
        (lambda: Weibull(0, 1), "the shape parameter is 0"),
        (lambda: Gamma(1, 0), "the scale 0 is not above 0"),
        (lambda: Discrete((1, 2), (1, -1)), "the weight -1 is negative"),
        (lambda: Discrete((1, 2), (0, 0)), "all weights are 0"),
        (lambda: Discrete((1, 2), (1,)), "there are 1 weights, but 2 are needed"),
        (lambda: Discrete((1, math.nan), (1, 1)), "one of the values is nan"),
        (lambda: Discrete((), ()), "all weights are 0"),
        (lambda: Histogram((1, 3, 2), (1, 1)), "the edge 2 comes after 3; write them in ascending order"),
        (lambda: Cumulative((1, 2), (0.0, 0.9)), "runs from 0% to 100%"),
        (lambda: Cumulative((1,), (0.0,)), "needs two points or more"),
        (lambda: Cumulative((1, 2, 3), (0.0, 0.6, 0.5)), "the probability 0.5 comes after 0.6"),
        (lambda: Empirical(()), "there are no observed values"),
        (lambda: Truncate(Uniform(1, 2), 5, 4), "the lower limit 5 is not below the upper limit 4"),
        (lambda: Truncate(Uniform(1, 2), 5, 9), "less than one value in a million lies between 5 and 9"),
        (lambda: Truncate(Normal(0, 1), math.nan, 9), "a limit is not a number"),
    ],
)
def test_impossible_parameters_are_refused(build, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        build()


def test_distributions_survive_pickling_and_are_values():
    for distribution in (Pert(1, 2, 3), Trigen(8, 10, 15), Truncate(Discrete((1, 2), (1, 1)), 0, 3), Fixed(1)):
        copy = pickle.loads(pickle.dumps(distribution))
        assert copy == distribution
        assert hash(copy) == hash(distribution)
    assert Normal(1, 2) != Normal(1, 2, relative=True)
    assert Truncate(Normal(1, 2, relative=True), 0, 3).relative


def test_public_names_are_complete_and_exist():
    def capitals_first(name):
        return name.upper() != name, not name[0].isupper(), name

    assert public.__all__ == sorted(public.__all__, key=capitals_first)
    assert {kind.__name__ for kind in DISTRIBUTIONS.values()} <= set(public.__all__)
    assert all(hasattr(public, name) for name in public.__all__)


def test_importing_leaves_scipy_alone():
    """It takes longer than everything else, and most commands never need it."""
    code = "import sys, simcore.models.distributions; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
