"""Distributions as text: reading, printing, and the messages for what cannot be read."""
from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.models.distributions import (
    DISTRIBUTIONS,
    Beta,
    ByPercentiles,
    Cumulative,
    Discrete,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Histogram,
    Lognormal,
    LognormalP,
    Normal,
    Pert,
    PertGen,
    Shift,
    Triangular,
    Trigen,
    Truncate,
    Uniform,
    Weibull,
    duration_values,
    factor_values,
    format_distribution,
    money_values,
    parse_distribution,
    signature,
)
from tests.distribution_strategies import distributions

DAY = 480.0
DURATIONS = duration_values()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fixed(10d)", Fixed(10 * DAY)),
        ("uniform(5d, 11d)", Uniform(5 * DAY, 11 * DAY)),
        ("triangular(8d, 10d, 15d)", Triangular(8 * DAY, 10 * DAY, 15 * DAY)),
        ("trigen(8d, 10d, 15d)", Trigen(8 * DAY, 10 * DAY, 15 * DAY, 0.1, 0.9)),
        ("trigen(8d, 10d, 15d, 5%, 95%)", Trigen(8 * DAY, 10 * DAY, 15 * DAY, 0.05, 0.95)),
        ("pert(8d, 10d, 15d)", Pert(8 * DAY, 10 * DAY, 15 * DAY, 4.0)),
        ("pert(8d, 10d, 15d, 2)", Pert(8 * DAY, 10 * DAY, 15 * DAY, 2.0)),
        ("pert_gen(8d, 10d, 15d)", PertGen(8 * DAY, 10 * DAY, 15 * DAY)),
        ("pert_gen(8d, 10d, 15d, 5%, 95%, 6)", PertGen(8 * DAY, 10 * DAY, 15 * DAY, 0.05, 0.95, 6.0)),
        ("beta(2, 5, 10d, 30d)", Beta(2, 5, 10 * DAY, 30 * DAY)),
        ("normal(10d, 2d)", Normal(10 * DAY, 2 * DAY)),
        ("lognormal(20d, 5d)", Lognormal(20 * DAY, 5 * DAY)),
        ("lognormal_p(8d, 20d)", LognormalP(8 * DAY, 20 * DAY)),
        ("lognormal_p(9d, 18d, 6d)", LognormalP(9 * DAY, 18 * DAY, 6 * DAY)),
        ("exponential(10d)", Exponential(10 * DAY)),
        ("weibull(1.7, 12d)", Weibull(1.7, 12 * DAY)),
        ("gamma(4, 2.5d, 1d)", Gamma(4, 2.5 * DAY, DAY)),
        ("discrete(0d: 70%, 20d: 30%)", Discrete((0, 20 * DAY), (0.7, 0.3))),
        ("discrete(0d: 2, 1h: 5)", Discrete((0, 60), (2, 5))),
        ("histogram(8d..10d: 3, 10d..12d: 5)", Histogram((8 * DAY, 10 * DAY, 12 * DAY), (3, 5))),
        ("cumulative(8d: 0%, 10d: 50%, 15d: 100%)", Cumulative((8 * DAY, 10 * DAY, 15 * DAY), (0, 0.5, 1))),
        ("empirical(8d, 9d, 9d)", Empirical((8 * DAY, 9 * DAY, 9 * DAY))),
        ("truncate(normal(10d, 4d), 0d, inf)", Truncate(Normal(10 * DAY, 4 * DAY), 0, math.inf)),
        ("truncate(truncate(normal(50%, 10%), 0%, inf), -inf, 90%)",
         Truncate(Truncate(Normal(0.5, 0.1, relative=True), 0, math.inf), -math.inf, 0.9)),
        ("shift(exponential(5d), -1d)", Shift(Exponential(5 * DAY), -DAY)),
        ("truncate(shift(truncate(normal(50%, 10%), 0%, inf), 20%), -inf, 90%)",
         Truncate(Shift(Truncate(Normal(0.5, 0.1, relative=True), 0, math.inf), 0.2), -math.inf, 0.9)),
        ("normal(P10=8d, P90=20d)", ByPercentiles(Normal, ((0.1, 8 * DAY), (0.9, 20 * DAY)))),
        ("pert(P0.5=80%, mode=100%, P99.5=150%, lambda=6)",
         ByPercentiles(Pert, ((0.005, 0.8), (0.995, 1.5)), (("mode", 1.0), ("lam", 6.0)), relative=True)),
        ("weibull(shape=1.7, P90=20d)", ByPercentiles(Weibull, ((0.9, 20 * DAY),), (("shape", 1.7),))),
        ("shift(lognormal(P20=8d, P80=20d), 5d)",
         Shift(ByPercentiles(Lognormal, ((0.2, 8 * DAY), (0.8, 20 * DAY))), 5 * DAY)),
        ("triangular(90%, 100%, 130%)", Triangular(0.9, 1.0, 1.3, relative=True)),
        ("discrete(0%: 70%, 20%: 30%)", Discrete((0, 0.2), (0.7, 0.3), relative=True)),
    ],
)  # fmt: skip
def test_reads_and_prints(text, expected):
    assert parse_distribution(text, DURATIONS) == expected
    assert format_distribution(expected, DURATIONS) == text


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("10d", "fixed(10d)"),
        (" 90% ", "fixed(90%)"),
        ("PERT( 8d,10d , 15d )", "pert(8d, 10d, 15d)"),
        ("pert-gen(8d,10d,15d)", "pert_gen(8d, 10d, 15d)"),
        ("pert(8d, 10d, 15d, lambda=2)", "pert(8d, 10d, 15d, 2)"),
        ("pert(8d, max=15d, mode=10d)", "pert(8d, 10d, 15d)"),
        ("trigen(8d, 10d, 15d, high%=95%)", "trigen(8d, 10d, 15d, 10%, 95%)"),
        ("normal(mean=10d, sd=2d)", "normal(10d, 2d)"),
        ("triangular(0, 1d, 2d)", "triangular(0d, 1d, 2d)"),
        ("Normal(p90 = 20d, P10.0=8d)", "normal(P10=8d, P90=20d)"),
        ("triangular(P90=20d, max=25d, P10=8d)", "triangular(P10=8d, P90=20d, max=25d)"),
        ("lognormal_p(p10=8d, p90=20d)", "lognormal_p(8d, 20d)"),
        ("discrete(0d: 0.25, 20d: 0.75)", "discrete(0d: 25%, 20d: 75%)"),
    ],
)
def test_other_ways_to_write(text, same_as):
    assert format_distribution(parse_distribution(text, DURATIONS), DURATIONS) == same_as


def test_values_are_in_the_units_of_their_field():
    calendar = duration_values(hours_per_day=24.0, hours_per_week=168.0, hours_per_month=720.0)
    assert parse_distribution("uniform(1d, 1w)", calendar) == Uniform(1440, 10080)
    assert parse_distribution("uniform(1ed, 2ew)", duration_values(elapsed=True)) == Uniform(1440, 20160)
    assert parse_distribution("uniform(0, 2ed)", duration_values(elapsed=True)) == Uniform(0, 2880)
    assert parse_distribution("uniform(1500, 2.5e3)", money_values()) == Uniform(1500, 2500)
    assert parse_distribution("uniform(5%, 25%)", money_values()) == Uniform(0.05, 0.25, relative=True)
    assert parse_distribution("normal(102%, 4%)", factor_values()) == Normal(1.02, 0.04, relative=True)


MESSAGES = [
    ("traingular(1d, 2d, 3d)", "there is no distribution 'traingular'; did you mean triangular(min, mode, max)?"),
    ("foo(1d)", "there is no distribution 'foo'; write fixed, uniform, triangular"),
    ("triangular(12d, 9d, 15d)", "triangular: the minimum 12d is above the mode 9d; swap them or correct the estimate"),
    ("triangular(120%, 90%, 150%)", "the minimum 120% is above the mode 90%"),
    ("triangular(1d, 2d)", "triangular does not go with 2 values; write triangular(min, mode, max)"),
    ("uniform(1d)", "uniform does not go with 1 value; write uniform(min, max)"),
    ("pert(1d, 2d, 3d, 4, 5)", "write pert(min, mode, max[, lambda])"),
    ("pert(1d, 2d, 3d, 4d)", "'4d' is not a number; write it like 4 or 2.5"),
    ("trigen(1d, 2d, 3d, 10, 90)", "the probability 10 is not between 0% and 100%; write 10% for a percentage"),
    ("triangular(90%, 10d, 130%)", "mixes percentages (90%) and absolute values (10d); write all of them one way"),
    ("truncate(normal(90%, 10%), 1d, 9d)", "truncate mixes percentages (90%) and absolute values (1d)"),
    ("pert(min=1d, mode=2d, max=3d, mode=3d)", "pert has mode twice"),
    ("pert(1d, 2d, 3d, size=4)", "pert has no parameter 'size'"),
    ("pert(mode=2d, 1d, 3d)", "pert has '1d' after a named parameter; write named ones last"),
    ("triangular(1d, , 3d)", "a value is missing between the commas"),
    ("triangular(1d, 2d, 3d", "'triangular(1d, 2d, 3d' is not complete; write it like triangular(min, mode, max)"),
    ("triangular(1d, 2d), 3d)", "do not match; close each one"),
    ("triangular", "'triangular' needs values; write triangular(min, mode, max)"),
    ("uniform()", "uniform does not go with 0 values"),
    ("", "a value is missing"),
    ("12", "'12' has no unit; write 12d for days or 12h for hours"),
    ("triangular(nan, 1d, 2d)", "'nan' is not a duration"),
    ("triangular(1d, 2d, inf)", "'inf' is not a duration"),
    ("triangular(1d, 2d, 999999999d)", "is longer than 500 years"),
    ("beta(2, 1e999, 1d, 2d)", "is beyond"),
    ("triangular(1d, 2d, 3ed)", "'3ed' is not working time"),
    ("discrete(1d, 2d)", "'1d' has no colon; write discrete(value: weight, ...)"),
    ("discrete(1d: 50%, 2d: 20%)", "the percentages add up to 70%, not 100%"),
    ("discrete(1d: 50%, 2d: 2)", "the weights mix percentages and numbers"),
    ("discrete(1d: 0, 2d: 0)", "all weights are 0"),
    ("discrete(1d: -1, 2d: 2)", "the weight -1 is negative"),
    ("histogram(5d: 3)", "'5d' is not a class of a histogram; write histogram(from..to: weight, ...)"),
    ("histogram(1d..2d: 1, 3d..4d: 1)", "the class 3d..4d does not begin where the one before ends"),
    ("histogram(2d..1d: 1)", "the edge 1d comes after 2d"),
    ("cumulative(1d: 0%, 2d: 50%)", "runs from 0% to 100%"),
    ("empirical()", "there are no observed values"),
    ("truncate(normal(10d, 1d), 20d, 30d)", "less than one value in a million lies between 20d and 30d"),
    ("truncate(normal(10d, 1d), 9d)", "truncate does not go with 2 values; write truncate(distribution, low, high)"),
    ("shift(normal(10d, 1d))", "shift does not go with 1 value; write shift(distribution, by)"),
    ("shift(normal(90%, 10%), 1d)", "shift mixes percentages (90%) and absolute values (1d)"),
    ("empirical(jobs.csv)", "values cannot be read from a file here; write them, such as empirical(8d, 9d, 12d)"),
    ('empirical("jobs.csv)', "the quotes of"),
    ("shift(" * 500 + "1d" + ", 9d)" * 500, "shift is nested more than 8 deep"),
    ("truncate(" * 500 + "1d" + ", 0d, 9d)" * 500, "truncate is nested more than 8 deep"),
]


@pytest.mark.parametrize(("text", "message"), MESSAGES, ids=[text[:40] for text, _ in MESSAGES])
def test_messages(text, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        parse_distribution(text, DURATIONS)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("uniform(0.9, 1.1)", factor_values(), "'0.9' is not a percentage; a factor is written like 105%"),
        ("uniform(1d, 2d)", duration_values(elapsed=True), "'1d' is not elapsed time"),
        ("uniform(1d, 2d)", money_values(), "'1d' is not an amount of money"),
        ("uniform(5, 2)", money_values(), "the minimum 5 is above the maximum 2"),
    ],
)
def test_messages_of_other_fields(text, values, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_distribution(text, values)


LIMIT = 2e8  # minutes; longer durations are refused


@given(distributions(st.floats(-LIMIT / 8, LIMIT / 8)), st.sampled_from([8.0, 7.5, 24.0]), st.booleans())
def test_any_duration_distribution_reads_back(distribution, hours_per_day, elapsed):
    values = duration_values(hours_per_day, elapsed=elapsed)
    assert parse_distribution(format_distribution(distribution, values), values) == distribution


FIELDS = st.sampled_from([money_values(), factor_values(), DURATIONS])


@given(distributions(st.floats(-5.0, 5.0), relative=True), FIELDS)
def test_any_relative_distribution_reads_back(distribution, values):
    assert parse_distribution(format_distribution(distribution, values), values) == distribution


@given(distributions(st.floats(-1e12, 1e12)))
def test_any_money_distribution_reads_back(distribution):
    assert parse_distribution(format_distribution(distribution, money_values()), money_values()) == distribution


@given(st.text("truncenomalpi(),%:.d0123456789 -+=", max_size=60))
def test_nonsense_gives_a_sentence_or_a_distribution(text):
    try:
        distribution = parse_distribution(text, DURATIONS)
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert parse_distribution(format_distribution(distribution, DURATIONS), DURATIONS) == distribution


def test_values_are_read_from_files():
    """They stand in the distribution, so that whatever is written from it holds them itself."""
    asked = []

    def load(name: str, column: str) -> tuple[str, ...]:
        asked.append((name, column))
        return {"jobs.csv": ("8d", "9d"), "a, b.csv": ("95%", "120%"), "plain": ("8", "9")}[name]

    def read(text: str, values=DURATIONS):
        return parse_distribution(text, values, load)

    assert read("empirical(jobs.csv)") == Empirical((8 * DAY, 9 * DAY))
    assert format_distribution(read("shift(empirical(jobs.csv, net duration), 1d)"), DURATIONS) == "shift(empirical(8d, 9d), 1d)"
    assert read('empirical("a, b.csv", "overrun (%), net")') == Empirical((0.95, 1.2), relative=True)
    assert read("empirical('plain')", money_values()) == Empirical((8, 9))
    assert read("empirical('plain', column=Cost)", money_values()) == Empirical((8, 9))
    assert asked == [
        ("jobs.csv", ""), ("jobs.csv", "net duration"), ("a, b.csv", "overrun (%), net"), ("plain", ""), ("plain", "Cost"),
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"plain: '8' has no unit; write .* or the unit into the heading"):
        read("empirical('plain')")
    with pytest.raises(ValueError, match="empirical takes one file and one column"):
        read("empirical(jobs.csv, a, b)")
    with pytest.raises(ValueError, match=r"mixes percentages \(95%\) and absolute values \(1d\)"):
        read('truncate(empirical("a, b.csv"), 1d, 2d)')


def test_signatures():
    assert signature(Pert) == "pert(min, mode, max[, lambda])"
    assert signature(PertGen) == "pert_gen(low, mode, high[, low%][, high%][, lambda])"
    assert signature(Normal) == "normal(mean, sd)"
    assert signature(Discrete) == "discrete(value: weight, ...)"
    assert all(signature(kind).startswith(f"{name}(") for name, kind in DISTRIBUTIONS.items())
