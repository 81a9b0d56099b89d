"""Distributions as data, text, figures and pages."""
from __future__ import annotations

import json
import math

import numpy as np
import pytest

import simcore
from simcore.models.distribution_rounding import rounded, with_parameters
from simcore.models.distributions import (
    DISTRIBUTIONS,
    ByPercentiles,
    Cumulative,
    Discrete,
    Exponential,
    Fixed,
    Histogram,
    Normal,
    Pert,
    Shift,
    Triangular,
    Truncate,
    duration_values,
    factor_values,
    money_values,
)
from simcore.reports import figure_density
from simcore.reports.distribution_content import atoms, masses, plotted_range, read_sketches, unit_of
from simcore.reports.distribution_gallery import BY_PERCENTILES, EXAMPLES
from simcore.reports.distribution_page import render_distributions, render_fits
from simcore.reports.distribution_terminal import fit_remarks, fits_text, gallery_text, shape_lines, sketches_text, tiny_shape
from tests.test_distribution_docs import rows

DAY = 480.0
VALUES = (8.0, 9.5, 9.0, 12.0, 17.0, 11.0, 10.0, 13.0, 9.8, 15.2)


def sketch(text: str):
    return read_sketches([text])[0]


def test_the_gallery_shows_every_kind_as_the_page_does():
    assert [s.distribution.label for s in read_sketches(EXAMPLES)] == list(DISTRIBUTIONS)
    assert [row[1].strip("`") for row in rows("What to write, and when")] == list(EXAMPLES)
    assert all(isinstance(s.distribution, ByPercentiles) for s in read_sketches(BY_PERCENTILES))


@pytest.mark.parametrize(
    ("text", "unit", "mean"),
    [
        ("uniform(5d, 11d)", "d", "8.00 d"),
        ("uniform(1h, 3h)", "h", "2.00 h"),
        ("uniform(10m, 30m)", "m", "20.0 m"),
        ("uniform(1ed, 3ed)", "ed", "2.00 ed"),
        ("normal(100%, 5%)", "%", "100.0 %"),
        ("uniform(100000, 300000)", "", "200,000"),
        ("uniform(-3d, -1d)", "d", "−2.00 d"),
        ("uniform(-1d, 1d)", "h", "0.0 h"),
    ],
)
def test_units(text, unit, mean):
    found = sketch(text)
    assert found.unit.name == unit
    assert dict(found.figures)["Mean"] == mean
    assert found.unit.text(math.inf) == "none"


def test_ranges_that_are_shown():
    assert plotted_range(Triangular(1, 2, 4)) == (1, 4)
    assert plotted_range(Fixed(10)) == (9, 11)
    low, high = plotted_range(Exponential(10))
    assert low == 0
    assert high == pytest.approx(10 * math.log(200))
    assert plotted_range(Pert(0, 1, 1000, 500))[1] < 100


def test_probability_of_cells():
    edges = np.linspace(0, 10, 6)
    np.testing.assert_allclose(masses(Histogram((0, 10), (1,)), edges), 0.2)
    assert masses(Discrete((0, 4, 10), (1, 2, 1)), edges).tolist() == [0.25, 0.5, 0, 0, 0.25]
    assert atoms(Discrete((0, 4), (1, 3))) == [(0, 0.25), (4, 0.75)]
    assert atoms(Cumulative((8, 10, 10, 15), (0, 0.5, 0.75, 1))) == [(pytest.approx(10), 0.25)]
    assert atoms(Fixed(3)) == [(3, 1.0)]
    assert atoms(Normal(0, 1)) == []


def test_parameters_in_place_of_percentiles():
    assert sketch("normal(P10=8d, P90=20d)").equivalent == "normal(14d, 4.68d)"
    nested = sketch("truncate(shift(exponential(P90=20d), 2d), 0d, 30d)")
    assert nested.equivalent == "truncate(shift(exponential(8.69d), 2d), 0d, 30d)"
    assert sketch("lognormal(P10=1d, P50=2d, P90=4d)").equivalent == "lognormal(2.32d, 1.35d)"
    assert sketch("pert(1d, 2d, 5d)").equivalent == ""
    assert with_parameters(Truncate(Normal(1, 1), 0, 2)) == Truncate(Normal(1, 1), 0, 2)


def test_rounding():
    assert rounded(Normal(4812.3456, 960.9), duration_values()) == Normal(4814.4, 960.0)
    assert rounded(Normal(1.0234567, 0.0345678, relative=True), factor_values()) == Normal(1.0235, 0.0346, relative=True)
    assert rounded(Normal(123456.789, 4321.0), money_values()) == Normal(123460.0, 4320.0)
    assert rounded(Normal(5.0, 1.0), duration_values()).mean_value == 5.0
    assert rounded(Fixed(1.23456), money_values()) == Fixed(1.23456)
    assert rounded(Shift(Exponential(10.0), 1e-7), money_values()) == Exponential(10.0)
    pieces = Discrete((1.23456, 2.0), (1, 1))
    assert rounded(pieces, money_values()) == pieces


def test_shapes_in_a_terminal():
    lines = shape_lines(Triangular(0, 4, 8), "{:.0f}".format, 16, rows=4)
    assert len(lines) == 4 + 3
    assert lines[0].strip() in ("▃▇▇▃", "▄██▄", "▃██▃", "▂▆▆▂")
    assert lines[4].count("┬") == 3
    assert lines[5].split() == ["P5", "P50", "P95"]
    assert lines[6].split() == ["0", "8"]
    plain = shape_lines(Triangular(0, 4, 8), "{:.0f}".format, 16, plain=True)
    assert "".join(plain).isascii()
    assert tiny_shape(Discrete((0, 9), (1, 1)), width=4) == "█  █"
    assert set(tiny_shape(Fixed(3))) == {" ", "█"}


@pytest.mark.parametrize("width", [60, 92, 160])
def test_texts_fit_and_have_a_plain_form(width):
    sketches = read_sketches(("pert(1d, 2d, 5d)", "normal(P10=80%, P90=130%)"))
    fits = simcore.fit(VALUES, unit="d", replicates=39)
    texts = [
        sketches_text(sketches, width, False, True),
        fits_text(fits, "jobs.csv", width, False, True),
        gallery_text(read_sketches(EXAMPLES), width, False, True),
    ]
    for text in texts:
        assert text.isascii()
        assert "?" not in text
        assert max(map(len, text.splitlines())) <= width


def test_remarks():
    few = simcore.fit(VALUES, unit="d", replicates=39)
    assert any("10 values cannot tell" in remark for remark in fit_remarks(few))
    mixed = np.concatenate([np.random.default_rng(1).normal(10, 0.5, 60), np.random.default_rng(2).normal(30, 0.5, 60)])
    assert any("Not even the best agrees" in remark for remark in fit_remarks(simcore.fit(mixed, replicates=39)))
    below = simcore.fit([v - 10 for v in VALUES], replicates=39)
    assert "Not fitted: gamma, it has values above 0 only." in fit_remarks(below)
    even = simcore.fit(np.linspace(5, 9, 60), kinds=["uniform", "normal"], replicates=39)
    assert any("The ends of the uniform follow from the outermost values" in remark for remark in fit_remarks(even))


@pytest.mark.parametrize("text", [*EXAMPLES, *BY_PERCENTILES])
def test_figures_hold_the_curve(text):
    found = sketch(text)
    figure = figure_density.density_figure(found).to_plotly_json()
    curve = figure["data"][-1]
    x = np.array(curve["x"]) * found.unit.size
    np.testing.assert_allclose(curve["y"][1:], found.distribution.cdf(x[1:]), atol=1e-9)
    density = next((trace for trace in figure["data"] if trace["name"] == "Density"), None)
    if density is not None and not atoms(found.distribution):
        area = np.trapezoid(density["y"], density["x"]) if hasattr(np, "trapezoid") else np.trapz(density["y"], density["x"])
        top = area / np.diff(found.distribution.cdf(plotted_range(found.distribution)))[0]
        assert top > 0
        middle = float(found.distribution.ppf(0.5))
        step = 1e-3 * found.distribution.sd
        exact = float(np.diff(found.distribution.cdf([middle - step, middle + step]))[0]) / (2 * step / found.unit.size)
        assert np.interp(middle / found.unit.size, density["x"], density["y"]) / top == pytest.approx(exact, rel=0.1)
    assert json.dumps(figure["data"])


def test_densities_of_fits_have_area_one():
    fits = simcore.fit(VALUES, unit="d", replicates=39)
    bars, *lines = figure_density.fit_density_figure(fits).to_plotly_json()["data"]
    assert np.dot(bars["y"], bars["width"]) == pytest.approx(1.0)
    assert sum(bars["customdata"]) == len(VALUES)
    assert [line["name"] for line in lines] == [fit.expression for fit in fits.ranked]
    assert [line["visible"] for line in lines[:4]] == [True, True, True, "legendonly"]
    steps, *_ = figure_density.fit_curve_figure(fits).to_plotly_json()["data"]
    assert steps["y"][-2:] == [1.0, 1.0]


def test_pages():
    text = render_distributions(read_sketches(("uniform(1d, 3d)", "uniform(2d, 4d)")))
    assert 'data-figure="together"' in text
    assert 'data-figure="together"' not in render_distributions(read_sketches(("uniform(1d, 3d)", "uniform(2, 4)")))
    assert "<title>uniform(1d, 3d)</title>" in render_distributions(read_sketches(("uniform(1d, 3d)",)))
    fits = simcore.fit(VALUES, unit="d", replicates=39)
    page = render_fits(fits, "<jobs>.csv")
    assert "&lt;jobs&gt;.csv" in page
    assert page == render_fits(fits, "<jobs>.csv")
    assert unit_of(fits.observed, fits.how).name == "d"
