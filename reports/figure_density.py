"""Figures of distributions: the density of one with its cumulative curve, and observed values under what fits them."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.reports.distribution_content import Sketch, Unit, atoms, masses, plotted_range, unit_of
from simcore.reports.theme import LIGHT, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.fitting import Fits
    from simcore.models.distributions import Distribution

CELLS = 240
HEIGHT = 330
MARKS = (10, 50, 90)
COLOURS = ("curve", "accent", "muted", "cloud", "planned", "rare", "bars", "line")
SHOWN_FITS = 3


def density_figure(sketch: Sketch) -> go.Figure:
    """Density (single values as bars), cumulative curve, and lines at P10, P50 and P90."""
    import plotly.graph_objects as go

    d, unit = sketch.distribution, sketch.unit
    low, high = plotted_range(d)
    x, y = _density(d, np.linspace(low, high, CELLS + 1))
    single = [(value, mass) for value, mass in atoms(d) if low <= value <= high]
    top_mass = max((mass for _, mass in single), default=1.0)
    at, share = _cumulative(d, low, high)
    data: list[dict[str, Any]] = []
    if y.any():
        data.append(
            {"type": "scatter", "x": _shown(x, unit), "y": (y / y.max()).tolist(), "fill": "tozeroy", "mode": "lines",
             "line": {"color": LIGHT["cloud"], "width": 1.2},
             "fillcolor": LIGHT["bars"], "hoverinfo": "skip", "name": "Density"}
        )  # fmt: skip
    if single:
        data.append(
            {"type": "bar", "x": _shown([value for value, _ in single], unit), "y": [mass / top_mass for _, mass in single],
             "width": (high - low) / unit.size / 60, "marker": {"color": LIGHT["cloud"]},
             "customdata": [mass for _, mass in single], "hovertemplate": "%{x}: %{customdata:.1%}<extra></extra>",
             "name": "Probability"}
        )  # fmt: skip
    data.append(
        {"type": "scatter", "x": _shown(at, unit), "y": share.tolist(), "mode": "lines", "yaxis": "y2",
         "line": {"color": LIGHT["curve"], "width": 2.5, "shape": "hv" if single else "linear"},
         "hovertemplate": f"%{{x:,.{unit.decimals}f}} {unit.name}<br>%{{y:.1%}} at or below<extra></extra>", "name": "Cumulative"}
    )  # fmt: skip
    marks = [(float(d.ppf(p / 100)), f"P{p}") for p in MARKS]
    return go.Figure(data=data, layout=_layout(unit, (low, high), marks, "Density" if y.any() else "Probability"))


def together_figure(sketches: Sequence[Sketch]) -> go.Figure:
    """The cumulative curves of several distributions of one quantity."""
    import plotly.graph_objects as go

    ranges = [plotted_range(s.distribution) for s in sketches]
    low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
    unit = max((s.unit for s in sketches), key=lambda unit: unit.size)
    lines = [
        _named_curve(s.distribution, s.expression, unit, (low, high), COLOURS[k % len(COLOURS)])
        for k, s in enumerate(sketches)
    ]
    return go.Figure(data=lines, layout=_legend_layout(unit, (low, high), share_axis=True))


def fit_density_figure(fits: Fits) -> go.Figure:
    """The histogram of observed values, and the densities of what fits."""
    import plotly.graph_objects as go

    unit, (low, high) = unit_of(fits.observed, fits.how), _fit_range(fits)
    values = np.array(fits.values)
    edges = np.histogram_bin_edges(values, bins="fd" if len(values) >= 20 else "sturges")
    hits, edges = np.histogram(values, edges[:: max(1, len(edges) // 80)] if len(edges) > 80 else edges)
    heights = hits / len(values) / np.diff(edges) * unit.size
    data: list[dict[str, Any]] = [
        {"type": "bar", "x": _shown(0.5 * (edges[1:] + edges[:-1]), unit), "y": heights.tolist(), "name": "observed",
         "width": (np.diff(edges) / unit.size).tolist(), "customdata": hits.tolist(),
         "marker": {"color": LIGHT["bars"], "line": {"color": LIGHT["surface"], "width": 0.5}},
         "hovertemplate": "%{customdata} values<extra></extra>"}
    ]  # fmt: skip
    for k, fit in enumerate(fits.ranked):
        x, y = _density(fit.distribution, np.linspace(low, high, CELLS + 1))
        data.append(
            {"type": "scatter", "x": _shown(x, unit), "y": (y * unit.size).tolist(), "mode": "lines", "name": fit.expression,
             "line": {"color": LIGHT[COLOURS[k % len(COLOURS)]], "width": 2.2, "dash": "solid" if k == 0 else "dash"},
             "visible": True if k < SHOWN_FITS else "legendonly", "hoverinfo": "skip"}
        )  # fmt: skip
    layout = _legend_layout(unit, (low, high), share_axis=False)
    layout["yaxis"]["range"] = [0, 1.25 * max(float(heights.max()), max(max(line["y"]) for line in data[1 : 1 + SHOWN_FITS]))]
    return go.Figure(data=data, layout=layout)


def fit_curve_figure(fits: Fits) -> go.Figure:
    """The cumulative steps of observed values, and the curves of what fits."""
    import plotly.graph_objects as go

    unit, limits = unit_of(fits.observed, fits.how), _fit_range(fits)
    n = len(fits.values)
    steps = {
        "type": "scatter", "mode": "lines", "name": "observed", "x": _shown([limits[0], *fits.values, limits[1]], unit),
        "y": [0.0, *((np.arange(n) + 1) / n).tolist(), 1.0], "hoverinfo": "skip",
        "line": {"color": LIGHT["ink"], "width": 1.6, "shape": "hv"},
    }  # fmt: skip
    curves = [
        _named_curve(fit.distribution, fit.expression, unit, limits, COLOURS[k % len(COLOURS)], shown=k < SHOWN_FITS)
        for k, fit in enumerate(fits.ranked)
    ]
    return go.Figure(data=[steps, *curves], layout=_legend_layout(unit, limits, share_axis=True))


def _fit_range(fits: Fits) -> tuple[float, float]:
    """Of the observed values and most of what the best fits say."""
    ranges = [plotted_range(fit.distribution) for fit in fits.ranked[:SHOWN_FITS]]
    low, high = fits.values[0], fits.values[-1]
    room = 0.3 * (high - low)
    return max(low - room, min(low, *(r[0] for r in ranges))), min(high + room, max(high, *(r[1] for r in ranges)))


def _density(
    d: Distribution, edges: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Places, and densities there; single values are left out."""
    found = masses(d, edges)
    for value, mass in atoms(d):
        cell = int(np.clip(np.searchsorted(edges, value, side="left") - 1, 0, len(found) - 1))
        if edges[0] <= value <= edges[-1]:
            found[cell] -= mass
    density = np.where(found > 1e-12, found, 0.0) / np.diff(edges)
    x = np.concatenate([edges[:1], 0.5 * (edges[1:] + edges[:-1]), edges[-1:]])
    ends = np.maximum(0.0, 1.5 * density[[0, -1]] - 0.5 * density[[1, -2]])  # straight on from the last two cells
    return x, np.concatenate([ends[:1], density, ends[1:]])


def _cumulative(d: Distribution, low: float, high: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Points of the cumulative curve: evenly spaced, and on both sides of every single value."""
    single = [value for value, _ in atoms(d)]
    x = np.unique(np.concatenate([np.linspace(low, high, 301), single]))
    return np.append(x[:1], x), np.append(0.0 if single else d.cdf(x[:1]), d.cdf(x))


def _named_curve(
    d: Distribution, name: str, unit: Unit, limits: tuple[float, float], colour: str, shown: bool = True
) -> dict[str, Any]:
    at, share = _cumulative(d, *limits)
    return {
        "type": "scatter", "x": _shown(at, unit), "y": share.tolist(), "mode": "lines", "name": name,
        "line": {"color": LIGHT[colour], "width": 2.2, "shape": "hv" if atoms(d) else "linear"},
        "visible": True if shown else "legendonly",
        "hovertemplate": f"%{{x:,.{unit.decimals}f}} {unit.name}<br>%{{y:.1%}} at or below<extra></extra>",
    }  # fmt: skip


def _layout(
    unit: Unit, limits: tuple[float, float], marks: Sequence[tuple[float, str]], height: str
) -> dict[str, Any]:  # fmt: skip
    room = 0.03 * (limits[1] - limits[0])
    shown = [mark for mark in marks if limits[0] - room <= mark[0] <= limits[1] + room]
    lines = [
        {"type": "line", "x0": value / unit.size, "x1": value / unit.size, "yref": "paper", "y0": 0, "y1": 1,
         "line": {"color": LIGHT["accent"], "width": 1.2, "dash": "dot"}}
        for value, _ in shown
    ]  # fmt: skip
    meeting = {first: second for first, second in pairwise(shown) if second[0] - first[0] < room}
    labels = [
        {"x": value / unit.size, "yref": "paper", "y": 1, "yanchor": "bottom", "text": name, "showarrow": False,
         "font": {"color": LIGHT["accent"], "size": 12}}
        for value, name in shown if (value, name) not in meeting
    ]  # fmt: skip
    return {
        "template": template(), "height": HEIGHT, "margin": {"t": 34}, "shapes": lines, "annotations": labels,
        "xaxis": _value_axis(unit, (limits[0] - room, limits[1] + room)),
        "yaxis": {"range": [0, 1.05], "showticklabels": False, "showgrid": False, "title": {"text": height}},
        "yaxis2": {
            "title": {"text": "Cumulative"}, "overlaying": "y", "side": "right", "range": [0, 1.05],
            "dtick": 0.2, "tickformat": ".0%",
        },
    }  # fmt: skip


def _legend_layout(unit: Unit, limits: tuple[float, float], share_axis: bool) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": {"text": "Density"}, "showticklabels": False}
    if share_axis:
        axis = {"title": {"text": "Cumulative probability"}, "range": [0, 1.02], "dtick": 0.2, "tickformat": ".0%"}
    return {
        "template": template(), "height": HEIGHT + 90, "margin": {"t": 20}, "showlegend": True,
        "legend": {"orientation": "h", "yanchor": "top", "y": -0.16, "x": 0},
        "xaxis": _value_axis(unit, limits), "yaxis": axis,
    }  # fmt: skip


def _value_axis(unit: Unit, limits: tuple[float, float]) -> dict[str, Any]:
    names = {"d": "Days", "h": "Hours", "m": "Minutes", "ed": "Elapsed days", "eh": "Elapsed hours", "em": "Elapsed minutes",
             "%": "Per cent of the deterministic value", "": "Amount"}  # fmt: skip
    return {"type": "linear", "range": _shown(limits, unit), "title": {"text": names[unit.name]}}


def _shown(numbers: Sequence[float] | npt.NDArray[np.float64], unit: Unit) -> list[float]:
    return (np.asarray(numbers, dtype=np.float64) / unit.size).tolist()
