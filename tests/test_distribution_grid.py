"""The fast quantiles against the exact inversion of the incomplete beta and gamma functions."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv, gammaincinv

from simcore.models import distribution_grid
from simcore.models.distribution_shapes import UnitBeta, UnitGamma
from simcore.models.distributions import Beta, Gamma, Pert, Triangular, Truncate, quantile_grid
from tests.distribution_strategies import distributions

TAIL = np.geomspace(2.0**-30, 0.5, 400)
U = np.concatenate([TAIL, 1.0 - TAIL[::-1]])
LOWER = U <= 0.5
PROMISED = 1e-7
PARAMETER = st.floats(math.log(0.2), math.log(1e5)).map(math.exp)


def beta_distance(a: float, b: float) -> np.ndarray:
    """Exact distance of each quantile from the nearer end of [0, 1]."""
    return np.where(LOWER, betaincinv(a, b, U), betaincinv(b, a, 1.0 - U))


def assert_beta_is_exact(shape: UnitBeta) -> None:
    found = quantile_grid(shape, U)
    distance = beta_distance(shape.a, shape.b)
    error = np.abs(np.where(LOWER, found, 1.0 - found) - distance)
    assert np.all(error <= PROMISED * distance + 1e-15)
    assert np.all(np.diff(found) >= 0.0)


@given(st.floats(0.0, 1.0))
def test_default_perts(position):
    assert_beta_is_exact(Pert(0.0, position, 1.0).canonical()[0])


@pytest.mark.parametrize("mode", [0.0, 1e-12, 0.25, 0.5, 1.0 - 1e-9, 1.0])
def test_default_perts_with_the_mode_at_an_end_or_at_a_point_of_the_interpolation(mode):
    assert_beta_is_exact(Pert(0.0, mode, 1.0).canonical()[0])


def test_a_default_pert_that_is_a_point_of_the_interpolation():
    mode = 0.5 - 0.5 * math.cos(math.pi * 3.5 / distribution_grid.MODES)
    assert_beta_is_exact(UnitBeta(1.0 + 4.0 * mode, 5.0 - 4.0 * mode))


@given(PARAMETER, PARAMETER)
def test_any_beta(a, b):
    assert_beta_is_exact(UnitBeta(a, b))


@given(PARAMETER)
def test_any_gamma(k):
    exact = gammaincinv(k, U)
    found = quantile_grid(UnitGamma(k), U)
    np.testing.assert_allclose(found, exact, rtol=PROMISED)
    assert np.all(np.diff(found) >= 0.0)


@settings(max_examples=50)
@given(distributions())
def test_any_distribution(distribution):
    exact = distribution.ppf(U)
    found = quantile_grid(distribution, U)
    allowed = PROMISED * float(np.ptp(exact)) + 1e-15 * float(np.max(np.abs(exact)))
    np.testing.assert_allclose(found, exact, rtol=0.0, atol=allowed)


@pytest.mark.parametrize(
    "distribution",
    [
        Beta(0.01, 0.02, 0, 1),
        Gamma(0.01, 1),
        Beta(5e5, 2e5, 0, 1),
        Truncate(Pert(0, 2, 9), 1, 5),
        Truncate(Truncate(Gamma(2, 3), 1, math.inf), -math.inf, 20),
    ],
)
def test_extreme_and_truncated_shapes(distribution):
    exact = distribution.ppf(U)
    np.testing.assert_allclose(quantile_grid(distribution, U), exact, rtol=PROMISED, atol=PROMISED * np.ptp(exact))


def test_order_shape_and_number_of_probabilities_do_not_matter():
    shape = Pert(0, 0.3, 1).canonical()[0]
    grid = quantile_grid(shape, U)
    np.testing.assert_array_equal(quantile_grid(shape, U[::-1])[::-1], grid)
    np.testing.assert_array_equal(quantile_grid(shape, U.reshape(2, -1)).ravel(), grid)
    np.testing.assert_allclose(quantile_grid(shape, U[:10]), grid[:10], rtol=PROMISED)
    assert quantile_grid(shape, [0.0, 1.0]).tolist() == [0.0, 1.0]
    assert quantile_grid(shape, np.linspace(0.0, 1.0, 500))[[0, -1]].tolist() == [0.0, 1.0]


def test_what_was_asked_before_changes_nothing():
    """Adding a variable must not move another one by a single bit."""
    shape = Pert(0, 0.3, 1).canonical()[0]
    distribution_grid._kept_grid.cache_clear()
    alone = quantile_grid(shape, U)
    distribution_grid._kept_grid.cache_clear()
    for other in (Pert(0, 0.7, 1), Beta(2, 9, 0, 1), Gamma(3, 1), Triangular(0, 1, 2)):
        quantile_grid(other, U)
    np.testing.assert_array_equal(quantile_grid(shape, U), alone)


def test_far_fewer_inversions_than_points(monkeypatch):
    """Speed, without a clock: a thousand PERTs cost as many inversions as one."""
    counted = []

    class Special:
        betaln = staticmethod(distribution_grid.special().betaln)

        @staticmethod
        def betaincinv(a, b, p):
            found = betaincinv(a, b, p)
            counted.append(found.size)
            return found

    monkeypatch.setattr(distribution_grid, "special", lambda: Special)
    distribution_grid._kept_grid.cache_clear()
    for mode in np.linspace(0.01, 0.99, 300):
        quantile_grid(Pert(0.0, mode, 1.0), U)
    assert sum(counted) == 2 * distribution_grid.NODES * distribution_grid.MODES
    counted.clear()
    quantile_grid(Beta(2, 7, 0, 1), U)
    assert sum(counted) == 2 * distribution_grid.NODES
