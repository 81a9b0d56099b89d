"""Families from percentiles: closed forms, what was asked for is met, and combinations that do not exist."""
from __future__ import annotations

import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import given

from simcore.models.distribution_families import FAMILIES
from simcore.models.distributions import (
    Beta,
    ByPercentiles,
    Discrete,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    LognormalP,
    Normal,
    ParameterError,
    Pert,
    PertGen,
    Triangular,
    Trigen,
    Truncate,
    Uniform,
    Weibull,
    duration_values,
    parse_distribution,
)
from tests.distribution_strategies import by_percentiles
from tests.shared_data import oracle_cases

DAY = 480.0
Z90 = 1.2815515655446004
U = np.linspace(0.001, 0.999, 99)


def read(text: str):
    return parse_distribution(text, duration_values())


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("normal(P10=8d, P90=20d)", Normal(14 * DAY, 6 * DAY / Z90)),
        ("normal(mean=14d, P90=20d)", Normal(14 * DAY, 6 * DAY / Z90)),
        ("normal(P50=14d, sd=2d)", Normal(14 * DAY, 2 * DAY)),
        ("uniform(P10=8d, P90=16d)", Uniform(7 * DAY, 17 * DAY)),
        ("uniform(min=7d, P90=16d)", Uniform(7 * DAY, 17 * DAY)),
        ("exponential(P90=20d)", Exponential(20 * DAY / math.log(10))),
        ("lognormal(P10=8d, P90=20d)", LognormalP(8 * DAY, 20 * DAY)),
        ("lognormal(P10=9d, P90=18d, shift=6d)", LognormalP(9 * DAY, 18 * DAY, 6 * DAY)),
        ("lognormal(P10=9d, P50=12d, P90=18d)", LognormalP(9 * DAY, 18 * DAY, 6 * DAY)),  # (9, 12, 18) - 6 is geometric
        ("lognormal(mean=20d, sd=5d, P0=0d)", Lognormal(20 * DAY, 5 * DAY)),
        ("triangular(P10=8d, mode=10d, P90=15d)", Trigen(8 * DAY, 10 * DAY, 15 * DAY)),
        ("triangular(P0=8d, mode=10d, P100=15d)", Triangular(8 * DAY, 10 * DAY, 15 * DAY)),
        ("pert(P5=8d, mode=10d, P95=15d)", PertGen(8 * DAY, 10 * DAY, 15 * DAY, 0.05, 0.95)),
        ("pert(P5=8d, mode=10d, P95=15d, lambda=2)", PertGen(8 * DAY, 10 * DAY, 15 * DAY, 0.05, 0.95, 2.0)),
        ("triangular(min=0d, P50=5d, max=10d)", Triangular(0, 5 * DAY, 10 * DAY)),
        ("beta(a=1, b=1, P10=8d, P90=16d)", Uniform(7 * DAY, 17 * DAY)),
        ("gamma(shape=1, P90=20d)", Exponential(20 * DAY / math.log(10))),
    ],
)
def test_closed_forms(text, same_as):
    np.testing.assert_allclose(read(text).ppf(U), same_as.ppf(U), rtol=1e-9)
    np.testing.assert_allclose(read(text).resolved.ppf(U), same_as.ppf(U), rtol=1e-8)


PERCENTILES_OF_CASES = {
    "weibull_pctl": lambda s: ByPercentiles(Weibull, ((0.1, s["P10"]), (0.9, s["P90"]))),
    "lognormal_pctl": lambda s: ByPercentiles(Lognormal, ((0.1, s["P10"]), (0.9, s["P90"]))),
    "shifted_lognormal_pctl": lambda s: ByPercentiles(
        Lognormal, ((0.1, s["P10"]), (0.5, s["P50"]), (0.9, s["P90"]))
    ),
    "trigen": lambda s: ByPercentiles(
        Triangular, ((s["p_low"], s["low"]), (s["p_high"], s["high"])), (("mode", s["mode"]),)
    ),
    "pertgen": lambda s: ByPercentiles(
        Pert, ((s["p_low"], s["low"]), (s["p_high"], s["high"])), (("mode", s["mode"]), ("lam", s["lam"]))
    ),
}


@pytest.mark.parametrize("case", oracle_cases("o01_distributions"))
def test_agrees_with_exact_answers(case):
    """Those of ``oracles/o01_distributions.json`` that are given by percentiles, and others by three of their own."""
    spec, quantiles = case["spec"], case["quantiles"]
    if spec["kind"] in PERCENTILES_OF_CASES:
        found = PERCENTILES_OF_CASES[spec["kind"]](spec)
    elif spec["kind"] == "gamma":
        found = ByPercentiles(Gamma, tuple((int(p[1:]) / 100, x) for p, x in list(quantiles.items())[:4:3]))
    elif spec["kind"] == "exponential":
        found = ByPercentiles(Exponential, ((0.9, quantiles["P90"]),))
    elif spec["kind"] == "normal":
        found = ByPercentiles(Normal, ((0.1, quantiles["P10"]), (0.9, quantiles["P90"])))
    else:
        return
    assert found.mean == pytest.approx(case["mean"], rel=1e-9)
    assert found.sd == pytest.approx(case["sd"], rel=1e-9)
    np.testing.assert_allclose(found.ppf([int(name[1:]) / 100 for name in quantiles]), list(quantiles.values()), rtol=1e-9)


def test_a_weibull_in_closed_form():
    (p, x), (q, y) = (0.2, 8.0), (0.7, 20.0)
    shape = math.log(math.log1p(-q) / math.log1p(-p)) / math.log(y / x)
    found = ByPercentiles(Weibull, ((p, x), (q, y))).resolved
    assert found.shape == pytest.approx(shape, rel=1e-9)
    assert found.scale == pytest.approx(x / (-math.log1p(-p)) ** (1 / shape), rel=1e-9)


@given(by_percentiles())
def test_what_was_asked_for_is_met(distribution):
    extent = float(np.ptp(distribution.ppf([0.001, 0.999])))
    for p, x in distribution.percentiles:
        assert distribution.ppf(p) == pytest.approx(x, abs=1e-8 * extent + 1e-12 * abs(x))
    assert distribution.resolved.mean == pytest.approx(distribution.mean, abs=1e-6 * extent + 1e-9 * abs(distribution.mean))
    assert distribution.resolved.relative == distribution.relative
    shape, _, _ = distribution.canonical()
    for name, value in distribution.given:
        if name in ("a", "b"):
            assert getattr(shape, name) == value
    copy = pickle.loads(pickle.dumps(distribution))
    assert copy == distribution
    assert hash(copy) == hash(distribution)


def test_equal_shapes_are_shared_whatever_the_units():
    one = ByPercentiles(Pert, ((0.1, 8.0), (0.5, 11.0), (0.9, 16.0)))
    other = ByPercentiles(Pert, ((0.9, 1600.0), (0.1, 800.0), (0.5, 1100.0)))
    relative = ByPercentiles(Pert, ((0.1, 0.8), (0.5, 1.1), (0.9, 1.6)), relative=True)
    assert one.canonical()[0] == other.canonical()[0] == relative.canonical()[0]
    assert relative.relative


def test_no_width_is_a_fixed_value():
    assert ByPercentiles(Triangular, ((0.1, 5.0), (0.5, 5.0), (0.9, 5.0))).canonical() == Fixed(5.0).canonical()
    assert ByPercentiles(Normal, ((0.1, 5.0), (0.9, 5.0))).resolved == Fixed(5.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("triangular(P10=8d, P50=12d, P90=20d)", "P50 12d lies 33.3% of the way from P10 8d to P90 20d, but in a triangular "
         "that is 38.2% to 61.8%; correct them or use another distribution"),
        ("triangular(min=5d, P50=8d, max=20d)", "P50 8d lies 20.0% of the way from the minimum 5d to the maximum 20d, "
         "but in a triangular that is 29.3% to 70.7%"),
        ("normal(P10=20d, P90=8d)", "normal: P10 20d is above P90 8d; swap them or correct the estimate"),
        ("triangular(P10=8d, P50=8d, P90=20d)", "triangular: P10 and P50 are both 8d; write different values"),
        ("normal(P10=8d, P10=9d)", "P10 is given twice"),
        ("normal(P0=8d, P90=9d)", "P0 of a normal is infinite; write one between P0 and P100"),
        ("gamma(P10=8d, P100=9d)", "P100 of a gamma is infinite"),
        ("normal(P10=8d)", "normal: its values do not fit together, more are needed; "
         "write normal(P10=, P90=) or normal(mean=, P90=)"),
        ("exponential(P10=8d, P50=9d, P90=11d)", "fewer are needed; write exponential(P90=) or exponential(P10=, P90=)"),
        ("beta(P10=8d, P20=9d, P50=11d, P90=20d)", "write beta(min=, max=, P10=, P90=)"),
        ("lognormal(P10=-2d, P90=20d)", "lognormal: P10 -2d is not above the shift 0d; correct one of them"),
        ("gamma(P10=8d, P90=20d, shift=9d)", "P10 8d is not above the shift 9d"),
        ("lognormal(P50=0d, mean=5d)", "P50 0d is not above the shift 0d"),
        ("uniform(min=9d, P90=8d)", "P90 8d is not above the minimum 9d"),
        ("beta(min=1d, max=9d, P10=3d, P90=12d)", "P90 12d is above the maximum 9d"),
        ("triangular(min=5d, P0=5d, P90=20d)", "no triangular has these values"),
        ("normal(mean=20d, P90=8d)", "no normal has these values"),
        ("normal(8d, P90=20d)", "normal with percentiles takes mean, sd by name, not '8d'"),
        ("normal(low=8d, P90=20d)", "takes mean, sd by name, not 'low=8d'; write normal(P10=, P90=)"),
        ("normal(mean=8d, mean=8d, P90=20d)", "normal has mean twice"),
        ("normal(P10=8d, P120=20d)", "P120 is not a percentile"),
        ("normal(P10=, P90=20d)", "a value is missing"),
        ("normal(P10=8d, P90=120%)", "normal mixes percentages (120%) and absolute values (8d)"),
        ("trigen(P10=8d, P90=9d)", "trigen does not take percentiles by name; write triangular(P10=...)"),
        ("lognormal_p(P20=8d, P80=9d)", "lognormal_p does not take percentiles by name; write lognormal(P10=...)"),
        ("fixed(P50=8d)", "fixed does not take percentiles by name; write fixed(value)"),
        ("cumulative(P10=8d, P90=9d)", "has no colon; write cumulative(value: probability, ...)"),
        ("beta(a=2, b=0, P10=8d, P90=9d)", "the parameter b is 0; it must be from 0.01"),
        ("pert(P10=8d, P50=9d, P90=10d, lambda=2d)", "'2d' is not a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read(text)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ByPercentiles(Discrete, ((0.1, 1.0),)), "a discrete is not found from percentiles"),
        (lambda: ByPercentiles(Normal, ((0.1, 1.0),), (("size", 2.0),)), "normal has no parameter 'size'"),
        (lambda: ByPercentiles(Normal, ((0.1, math.nan), (0.9, 2.0))), "P10 is not a percentile"),
        (lambda: ByPercentiles(Normal, ((0.1, 1.0),), (("sd_value", math.inf),)), "the standard deviation is inf"),
        (lambda: ByPercentiles(Normal, ()), "at least one percentile"),
    ],
)
def test_what_python_users_can_get_wrong(build, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        build()


def test_a_truncation_is_applied_to_the_family():
    whole = read("normal(P10=8d, P90=20d)")
    cut = read("truncate(normal(P10=8d, P90=20d), 8d, 20d)")
    assert isinstance(cut, Truncate)
    assert cut.ppf(0.5) == pytest.approx(whole.ppf(0.5))
    assert cut.ppf(0.125) == pytest.approx(whole.ppf(0.2))


def test_every_family_can_be_found_from_the_percentiles_it_names_first():
    for kind, family in FAMILIES.items():
        if kind in (Beta, Triangular):
            continue  # these need their ends, or percentiles near the middle
        names = re.findall(r"(P\d+)=", family.examples[0])
        text = f"{kind.label}({', '.join(f'{name}={value}d' for name, value in zip(names, (8, 11.9, 16), strict=False))})"
        found = read(text)
        assert isinstance(found, ByPercentiles)
        assert found.ppf(int(names[0][1:]) / 100) == pytest.approx(8 * DAY)
        assert isinstance(found.resolved, kind)


def test_gammas_of_three_percentiles():
    exact = Gamma(3.0, 2.0, 5.0)
    found = ByPercentiles(Gamma, tuple((p, float(exact.ppf(p))) for p in (0.1, 0.5, 0.9))).resolved
    assert (found.shape, found.scale, found.shift) == pytest.approx((3.0, 2.0, 5.0), rel=1e-7)
