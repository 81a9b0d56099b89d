"""Reciprocals, and the variable that mixes a normal into Student's t: closed forms, an independent library, properties."""
from __future__ import annotations

import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from simcore.models.distributions import (
    DISTRIBUTIONS,
    Cumulative,
    Discrete,
    Exponential,
    Fixed,
    Gamma,
    Histogram,
    InverseChi,
    Lognormal,
    LognormalP,
    Normal,
    ParameterError,
    Pert,
    Reciprocal,
    Triangular,
    Truncate,
    Uniform,
    quantile_grid,
)
from tests.distribution_strategies import distributions

U = np.linspace(0.001, 0.999, 333)


def test_a_reciprocal_of_a_uniform_is_known():
    d = Reciprocal(Uniform(0.5, 2.0))
    assert d.bounds == pytest.approx((0.5, 2.0), rel=1e-12)
    assert d.mean == pytest.approx(math.log(4.0) / 1.5, rel=1e-9)
    assert d.sd == pytest.approx(math.sqrt(1.0 - (math.log(4.0) / 1.5) ** 2), rel=1e-8)
    assert d.ppf([0.0, 0.5, 1.0]) == pytest.approx([0.5, 0.8, 2.0])
    assert d.cdf([-1.0, 0.0, 0.8, 3.0]) == pytest.approx([0.0, 0.0, 0.5, 1.0])


def test_a_reciprocal_of_a_lognormal_is_one():
    d = Lognormal(20, 5)
    assert Reciprocal(d).canonical()[0] == d.canonical()[0]
    np.testing.assert_allclose(Reciprocal(d).ppf(U), 1.0 / d.ppf(1.0 - U), rtol=1e-12)


@pytest.mark.parametrize(
    "base",
    [
        Triangular(0.8, 1.0, 1.1, relative=True),
        Pert(0.6, 1.0, 1.2, relative=True),
        Truncate(Normal(1.0, 0.2, relative=True), 0.3, math.inf),
        Gamma(2, 3, 1),
        LognormalP(5, 9, 2),
        Discrete((0.5, 1.0), (1, 3)),
        Histogram((0.5, 1.0, 2.0, 4.0), (1, 0, 2)),
        Cumulative((8, 10, 10, 15), (0, 0.5, 0.75, 1)),
        Fixed(4.0),
    ],
    ids=lambda base: base.label,
)
def test_quantiles_are_one_over_those_from_the_other_end(base):
    d = Reciprocal(base)
    assert d.relative == base.relative
    is_curved_pieces = isinstance(base, Histogram | Cumulative)  # many straight pieces stand for them
    np.testing.assert_allclose(d.ppf(U), 1.0 / base.ppf(1.0 - U), rtol=1e-5 if is_curved_pieces else 1e-9)
    np.testing.assert_allclose(quantile_grid(d, U), d.ppf(U), rtol=1e-7)
    assert d.mean == pytest.approx(np.mean(1.0 / base.ppf((np.arange(200_000) + 0.5) / 200_000)), rel=1e-4)


@given(distributions(st.integers(1, 400).map(lambda n: n / 4)))
def test_a_reciprocal_undone_is_the_distribution(distribution):
    assume(distribution.bounds[0] > 0.0)
    assume(math.isfinite(distribution.bounds[1]))
    twice = Reciprocal(Reciprocal(distribution))
    scale = float(np.max(np.abs(distribution.ppf(U))))
    np.testing.assert_allclose(twice.ppf(U), distribution.ppf(U), rtol=1e-3, atol=1e-4 * scale)
    assert hash(pickle.loads(pickle.dumps(twice))) == hash(twice)


@pytest.mark.parametrize(
    ("base", "low"),
    [(Uniform(0, 1), "0"), (Normal(100, 1), "-inf"), (Exponential(3), "0"), (Fixed(0), "0"), (Fixed(-2), "-2")],
)
def test_what_reaches_zero_has_no_reciprocal(base, low):
    with pytest.raises(ParameterError, match=re.escape(f"reach down to {low}; truncate it above 0")):
        Reciprocal(base)


def test_equal_reciprocals_share_a_shape():
    one, other = Reciprocal(Triangular(0.8, 1.0, 1.2)), Reciprocal(Triangular(80.0, 100.0, 120.0))
    assert one.canonical()[0] == other.canonical()[0]


@pytest.mark.parametrize("degrees", [2.0, 4.0, 5.5, 30.0, 1000.0])
def test_inverse_chi_agrees_with_an_independent_library(degrees):
    d = InverseChi(degrees)
    assert d.canonical() == (d, 1.0, 0.0)
    chi = stats.chi(degrees)
    np.testing.assert_allclose(d.ppf(U), math.sqrt(degrees) / chi.isf(U), rtol=1e-10)
    np.testing.assert_allclose(d.cdf(d.ppf(U)), U, rtol=1e-9)
    assert d.cdf([-1.0, 0.0]).tolist() == [0.0, 0.0]
    inverse_gamma = stats.invgamma(degrees / 2, scale=degrees / 2)  # of its square
    assert d.mean == pytest.approx(inverse_gamma.expect(np.sqrt), rel=1e-6)
    assert d.sd == pytest.approx(math.sqrt(inverse_gamma.mean() - d.mean**2), rel=1e-6)


def test_mixing_a_normal_gives_students_t():
    """Mean of the normal's distribution function over the mixing variable, by its quantiles."""
    mixing = InverseChi(4.0).ppf((np.arange(100_000) + 0.5) / 100_000)
    for x in (-2.0, 0.5, 3.0):
        assert np.mean(stats.norm.cdf(x / mixing)) == pytest.approx(stats.t(4).cdf(x), abs=1e-6)


def test_degrees_below_two_are_refused():
    with pytest.raises(ParameterError, match="degrees is 1; it must be from 2"):
        InverseChi(1.0)


def test_they_are_not_written_by_users():
    assert not {Reciprocal, InverseChi} & set(DISTRIBUTIONS.values())
