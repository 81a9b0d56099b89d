"""Fitting: closed forms, an independent library's optimum, honest p-values, and messages."""
from __future__ import annotations

import math
import re

import numpy as np
import pytest
from scipy import optimize, stats

import simcore
from simcore import fitting
from simcore.fit_families import FAMILIES
from simcore.models.distributions import duration_values, parse_distribution
from simcore.models.errors import PlanError

DAY = 480.0
VALUES = (8.0, 9.5, 9.0, 12.0, 17.0, 11.0, 10.0, 13.0, 9.8, 15.2)


def one(kind: str, values=VALUES, **options):
    return simcore.fit(values, kinds=[kind], replicates=39, **options).best


def test_closed_forms():
    x = np.array(VALUES)
    normal, exponential, uniform, lognormal = (one(k).distribution for k in ("normal", "exponential", "uniform", "lognormal"))
    assert (normal.mean_value, normal.sd_value) == pytest.approx((x.mean(), x.std()), rel=1e-12)
    assert exponential.mean_value == pytest.approx(x.mean(), rel=1e-12)
    assert (uniform.min, uniform.max) == pytest.approx((7, 18), rel=1e-12)  # unbiased: a ninth of the range beyond
    assert lognormal.ppf(0.5) == pytest.approx(math.exp(np.log(x).mean()), rel=1e-9)
    assert one("normal").log_likelihood == pytest.approx(stats.norm(x.mean(), x.std()).logpdf(x).sum(), rel=1e-9)
    assert one("uniform").log_likelihood == pytest.approx(-10 * math.log(11), rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "other"), [("gamma", stats.gamma), ("weibull", stats.weibull_min), ("lognormal", stats.lognorm)]
)
def test_agrees_with_an_independent_library(kind, other):
    shape, _, scale = other.fit(VALUES, floc=0)
    found = one(kind)
    assert found.log_likelihood == pytest.approx(other(shape, 0, scale).logpdf(VALUES).sum(), abs=1e-5)
    np.testing.assert_allclose(found.distribution.ppf([0.1, 0.5, 0.9]), other(shape, 0, scale).ppf([0.1, 0.5, 0.9]), rtol=1e-3)


@pytest.mark.parametrize("kind", ["triangular", "pert"])
def test_no_other_search_finds_a_likelier_one(kind):
    values = np.random.default_rng(3).triangular(5, 9, 20, 60)
    density = FAMILIES[kind].log_density
    margin = np.ptp(values) / 59

    def cost(z):
        low, high = values.min() - margin - math.exp(z[0]), values.max() + margin + math.exp(z[1])
        mode = low + (high - low) / (1 + math.exp(-z[2]))
        return -float(density(np.array([[low, mode, high]]), values[None, :]).sum())

    best = min(
        optimize.minimize(cost, start, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-8}).fun
        for start in ((0, 0, -1), (0, 0, 0), (-2, 1, -1))
    )
    assert one(kind, values.tolist()).log_likelihood >= -best - 0.02


def test_criteria_and_distances():
    found = one("normal")
    n, k = 10, 2
    assert found.aic == pytest.approx(2 * k - 2 * found.log_likelihood)
    assert found.aicc == pytest.approx(found.aic + 2 * k * (k + 1) / (n - k - 1))
    assert found.bic == pytest.approx(k * math.log(n) - 2 * found.log_likelihood)
    assert found.ks == pytest.approx(stats.kstest(VALUES, stats.norm(np.mean(VALUES), np.std(VALUES)).cdf).statistic, rel=1e-9)
    u = np.sort(stats.norm(np.mean(VALUES), np.std(VALUES)).cdf(VALUES))
    i = np.arange(1, 11)
    assert found.ad == pytest.approx(-10 - np.mean((2 * i - 1) * (np.log(u) + np.log(1 - u[::-1]))), rel=1e-9)


def test_p_values_are_those_of_fitted_parameters():
    """Lilliefors (1967): with mean and variance estimated, 5 % of normal samples of 20 lie 0.190 or farther off."""
    family = FAMILIES["normal"]
    ks, ad = fitting._drawn_distances(family, np.array([[10.0, 2.0]]), 20, 20_000, 5)
    assert np.mean(ks >= 0.190) == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 20_000) + 0.003)
    # Stephens (1974): of A*^2 = A^2 (1 + 0.75/n + 2.25/n^2), 5 % lie above 0.752
    assert np.mean(ad * (1 + 0.75 / 20 + 2.25 / 400) > 0.752) == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("kind", ["pert", "weibull"])
def test_a_true_family_is_rejected_as_often_as_promised(kind):
    """Of 60 samples from the family itself, p-values at or below 20 % are found about 12 times."""
    family = FAMILIES[kind]
    parameters = {"pert": [[5.0, 8.0, 20.0]], "weibull": [[1.7, 12.0]]}[kind]
    u = np.sort(np.random.default_rng(8).random((60, 25)), axis=1)
    samples = family.ppf(np.repeat(np.array(parameters), 60, axis=0), u)
    low = sum(one(kind, row.tolist()).ad_p <= 0.2 for row in samples)
    assert abs(low - 12) <= 4 * math.sqrt(60 * 0.2 * 0.8)


def test_the_family_that_data_come_from_wins():
    values = np.random.default_rng(1).lognormal(2.0, 0.7, 400)
    fits = simcore.fit(values, unit="d", replicates=39)
    assert fits.best.distribution.label == "lognormal"
    assert fits.best.ks_p > 0.05
    assert next(f for f in fits.ranked if f.distribution.label == "normal").ad_p == pytest.approx(1 / 40)
    assert [f.aicc for f in fits.ranked] == sorted(f.aicc for f in fits.ranked)
    quantiles = fits.quantiles()
    assert quantiles["observed"][3] == pytest.approx(np.sort(values)[199] * DAY)
    assert quantiles["lognormal"][3] == pytest.approx(math.exp(2.0) * DAY, rel=0.15)


def test_expressions_can_be_pasted():
    for unit, how in (("d", duration_values()), ("%", duration_values())):
        fits = simcore.fit(VALUES, unit=unit, replicates=39)
        assert fits.relative == (unit == "%")
        for found in fits.ranked:
            pasted = parse_distribution(found.expression, how)
            assert type(pasted) is type(found.distribution)
            assert pasted.ppf(0.8) == pytest.approx(float(found.distribution.ppf(0.8)), abs=0.02 * found.distribution.sd)
    assert one("normal", [f"{v}d" for v in VALUES]).expression == one("normal", unit="d").expression
    assert one("normal", unit="ed").expression.endswith("ed)")


def test_the_same_seed_gives_the_same_answer():
    a, b, c = (simcore.fit(VALUES, replicates=39, seed=s) for s in (1, 1, 2))
    assert [f.ks_p for f in a.ranked] == [f.ks_p for f in b.ranked]
    assert [f.ks_p for f in a.ranked] != [f.ks_p for f in c.ranked]


def test_what_has_values_below_zero_is_not_fitted_by_positive_families():
    fits = simcore.fit([v - 10 for v in VALUES], replicates=39)
    assert set(fits.left_out) == {"lognormal", "gamma", "weibull", "exponential"}
    assert {f.distribution.label for f in fits.ranked} == {"normal", "uniform", "triangular", "pert"}
    with pytest.raises(PlanError, match="some are not above 0"):
        simcore.fit([0, 1, 2, 3, 4], kinds=["gamma"])


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1, 2, 3], {}, "3 values, 3 of them different, are too few to fit a distribution."),
        ([], {}, "0 values, 0 of them different, are too few"),
        ([1, 1, 2, 2, 1, 2], {}, "6 values, 2 of them different, are too few"),
        (["1d", "soon"], {}, "the values: 'soon' is not a duration"),
        (["1d", "2d", "90%"], {}, "the values: empirical mixes percentages (90%) and absolute values (1d)"),
        ([1, math.nan, 2], {}, "nan is among the values"),
        (VALUES, {"kinds": ["pret"]}, "'pret' cannot be fitted. Did you mean 'pert'?"),
    ],
)
def test_says_what_is_wrong(values, options, message):
    with pytest.raises(PlanError, match=re.escape(message)):
        simcore.fit(values, **options)


def test_very_many_values_draw_fewer_samples(monkeypatch):
    monkeypatch.setattr(fitting, "MOST_DRAWN", 450)
    assert simcore.fit(VALUES, kinds=["normal"]).replicates == 45
    assert simcore.fit(VALUES, kinds=["normal"], replicates=10).replicates == fitting.FEWEST_REPLICATES
