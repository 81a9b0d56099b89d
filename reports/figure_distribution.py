"""The field's emblem: hits as bars on the left axis, the cumulative curve on the right one, flags at what matters."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.reports.theme import DATE_TICKS, LIGHT, template
from simcore.sampled import DateVariable, MoneyVariable

if TYPE_CHECKING:
    import plotly.graph_objects as go

CURVE_POINTS = 200
HEIGHT = 450
MOST_WEEKLY_BARS = 45
FEWEST_WEEKLY_BARS = 12
LEVELS = 2
LEVEL_HEIGHT = 0.085  # of the plot's height, a line of text


@dataclass(frozen=True)
class Flag:
    """A labelled vertical line; ``share`` marks where the curve is crossed."""

    value: Any  # datetime or money
    share: float
    text: str
    colour: str
    dash: str = "solid"


def distribution_figure(variable: DateVariable | MoneyVariable, flags: Sequence[Flag], title: str) -> go.Figure:
    """Hits and cumulative curve of one variable.

    Parameters
    ----------
    variable : DateVariable or MoneyVariable
    flags : sequence of Flag
        At most ``LEVELS``; each label has a line of its own, so labels never meet.
    title : str
        Of the horizontal axis.
    """
    import plotly.graph_objects as go

    is_date = isinstance(variable, DateVariable)
    edges, hits = _whole_days(variable) if isinstance(variable, DateVariable) else variable.exact.histogram()
    first, last = _range(variable, flags)
    centres = (_numbers(edges)[1:] + _numbers(edges)[:-1]) / 2
    width = np.maximum(np.diff(_numbers(edges)), (last - first) / 100)
    x, share, shape = curve_points(variable)
    unit = 60_000 if is_date else 1  # plotly counts dates in milliseconds
    return go.Figure(
        data=[
            {"type": "bar", "x": shown_values(centres, is_date), "y": hits.tolist(), "width": (width * unit).tolist(),
             "marker": {"color": LIGHT["bars"], "line": {"color": LIGHT["surface"], "width": 0.5}},
             "hovertemplate": f"{hover_x(is_date)}<br>%{{y:,}} hits<extra></extra>", "name": "Hits"},
            {"type": "scatter", "x": shown_values(x, is_date), "y": share.tolist(), "mode": "lines", "yaxis": "y2",
             "line": {"color": LIGHT["curve"], "width": 2.5, "shape": shape},
             "hovertemplate": f"{hover_x(is_date)}<br>%{{y:.0%}} at or below<extra></extra>", "name": "Cumulative"},
            {"type": "scatter", "x": shown_values([_number(flag.value) for flag in flags], is_date), "yaxis": "y2",
             "y": [flag.share for flag in flags], "mode": "markers", "hoverinfo": "skip", "cliponaxis": False,
             "marker": {"size": 9, "color": [flag.colour for flag in flags],
                        "line": {"color": LIGHT["surface"], "width": 1.5}}},
        ],
        layout=_layout(flags, (first, last), is_date, title, _nice_step(int(hits.max()))),
    )  # fmt: skip


def beside(figure: go.Figure, other: MoneyVariable, name: str, first: str) -> go.Figure:
    """The figure of an amount with the cumulative curve of another beside its own, and a legend that names both."""
    x, share, shape = curve_points(other)
    low, high = figure.layout.xaxis.range
    figure.add_scatter(
        x=x.tolist(), y=share.tolist(), mode="lines", yaxis="y2", name=name,
        line={"color": LIGHT["series3"], "width": 2, "dash": "dot", "shape": shape},
        hovertemplate=f"{name} {hover_x(False)}<br>%{{y:.0%}} at or below<extra></extra>",
    )  # fmt: skip
    for trace in figure.data:
        if trace.name == "Cumulative":
            trace.name = first
        trace.showlegend = trace.name in (first, name)
    air = 0.03 * (high - low)
    figure.update_layout(
        showlegend=True,
        legend={"x": 0.99, "y": 0.04, "xanchor": "right", "yanchor": "bottom", "bgcolor": LIGHT["surface"], "font": {"size": 12}},
        xaxis_range=[min(low, float(x[0]) - air), max(high, float(x[-1]) + air)],
    )
    return figure


def hover_x(is_date: bool) -> str:
    """How a value is shown where the reader points at it."""
    return "%{x|%-d %b %Y}" if is_date else "%{x:,.0f}"


def _layout(
    flags: Sequence[Flag], limits: tuple[float, float], is_date: bool, title: str, step: int
) -> dict[str, Any]:
    shapes, labels = [], []
    for level, flag in enumerate(flags):
        number, top = _number(flag.value), 1 + LEVEL_HEIGHT * (LEVELS - level)
        x = shown_values([number], is_date)[0]
        line = {"color": flag.colour, "width": 1.6, "dash": flag.dash}
        shapes.append({"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": top, "line": line})
        in_left_half = number < sum(limits) / 2
        labels.append(
            {"x": x, "yref": "paper", "y": top, "yanchor": "top", "text": flag.text, "showarrow": False,
             "xanchor": "left" if in_left_half else "right", "xshift": 4 if in_left_half else -4, "borderpad": 1,
             "bgcolor": LIGHT["surface"], "font": {"color": flag.colour, "size": 13}}
        )  # fmt: skip
    ticks = {"type": "date", "tickformatstops": DATE_TICKS} if is_date else {"type": "linear", "tickformat": "~s"}
    return {
        "template": template(),
        "height": HEIGHT,
        "shapes": shapes,
        "annotations": labels,
        "xaxis": {**ticks, "range": shown_values(limits, is_date), "title": {"text": title}},
        # five steps on both axes, so that one grid serves both
        "yaxis": {"title": {"text": "Hits"}, "range": [0, 5 * step], "dtick": step, "tickformat": ","},
        "yaxis2": {
            "title": {"text": "Cumulative probability"}, "overlaying": "y", "side": "right", "range": [0, 1],
            "dtick": 0.2, "tickformat": ".0%", "showgrid": False,
        },
    }  # fmt: skip


def _whole_days(variable: DateVariable) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Hits of whole weeks, or of days where that gives too few bars: else weekends make the bars jump up and down."""
    samples = variable.exact.samples
    first = samples.min().astype("datetime64[D]")
    days = int((samples.max() - first).astype(np.int64) // 1440) + 1
    if days < FEWEST_WEEKLY_BARS:
        return variable.exact.histogram()
    weeks = days / 7
    width = 1 if weeks < FEWEST_WEEKLY_BARS else 7 * int(np.ceil(weeks / MOST_WEEKLY_BARS))
    if width > 1:
        first = first.astype("datetime64[W]").astype("datetime64[D]") + 4  # numpy's weeks begin on Thursdays
        first -= 7 if first > samples.min() else 0
    bars = int((samples.max() - first).astype(np.int64) // 1440) // width + 1
    edges = (first + width * np.arange(bars + 1)).astype("datetime64[m]")
    return edges, np.histogram(samples.astype(np.int64), edges.astype(np.int64))[0]


def _nice_step(most: int) -> int:
    """A round step of which five reach above the highest bar.

    >>> _nice_step(842), _nice_step(3)
    (200, 1)
    """
    wanted = most / 4.9
    power = 10 ** int(np.floor(np.log10(max(wanted, 1))))
    return next(max(1, int(power * k)) for k in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * k >= wanted)


def _range(variable: DateVariable | MoneyVariable, flags: Sequence[Flag]) -> tuple[float, float]:
    """From the first to the last of samples and flags, with some air; a single value stands in the middle."""
    values = _numbers(variable.exact.samples)
    marks = [_number(flag.value) for flag in flags]
    first, last = min(values.min(), *marks), max(values.max(), *marks)
    if first == last:
        air = 5 * 1440 if isinstance(variable, DateVariable) else max(abs(first) * 0.05, 1.0)
    else:
        air = 0.03 * (last - first)
    return float(first - air), float(last + air)


def curve_points(variable: DateVariable | MoneyVariable) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], str]:
    """Points of the cumulative curve: steps where there are few values, else a line through evenly spaced shares."""
    values = np.sort(_numbers(variable.exact.samples))
    n = len(values)
    different, counts = np.unique(values, return_counts=True)
    if len(different) <= CURVE_POINTS:
        return np.append(different[0], different), np.append(0, np.cumsum(counts)) / n, "hv"
    ranks = np.unique(np.rint(np.linspace(1, n, CURVE_POINTS)).astype(np.int64))
    return values[ranks - 1], ranks / n, "linear"


def _numbers(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Minutes since 1970, or money."""
    if np.issubdtype(values.dtype, np.datetime64):
        values = values.astype("datetime64[m]").astype(np.int64)
    return values.astype(np.float64)


def _number(value: datetime | float) -> float:
    return float(_numbers(np.array([value], dtype="datetime64[m]" if isinstance(value, datetime) else np.float64))[0])


def shown_values(numbers: Sequence[float] | npt.NDArray[np.float64], is_date: bool) -> list[Any]:
    """As plotly wants them: ISO texts, or numbers."""
    values = np.asarray(numbers, dtype=np.float64)
    if not is_date:
        return [float(v) for v in values]
    return [str(text) for text in np.datetime_as_string(np.rint(values).astype(np.int64).astype("datetime64[m]"))]
