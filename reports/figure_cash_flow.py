"""Spending over time: bars of every period, and the fan of what is spent up to a date."""
from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.drawdown import first_data_date
from simcore.flow_summary import Bands, summarise_flow
from simcore.funding import limit_in_force
from simcore.reports.cash_flow_content import PERIOD_NAMES
from simcore.reports.contingency_content import budget_steps
from simcore.reports.theme import DATE_TICKS, LIGHT, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.cash_flow import CashFlow
    from simcore.results import Results

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
BAR = 0.8
"""Width of a bar as a share of its period."""
MOST_BARS = 60
"""With more periods than this, lines and a band are easier to read than bars."""


def cash_flow(results: Results) -> go.Figure:
    """Spending by period: mean, P10 to P90, plan and what has been spent; bars, or lines where there are many periods.

    ValueError for a run without a cash flow.
    """
    import plotly.graph_objects as go

    flow = known_flow(results)
    traces = (_bars if flow.periods <= MOST_BARS else _curves)(flow, summarise_flow(flow).by_period)
    return go.Figure(data=traces, layout=_layout(results, flow, f"Spent in the {PERIOD_NAMES[flow.unit]}", 380))


def _bars(flow: CashFlow, bands: Bands) -> list[dict[str, Any]]:
    """Bars of the mean, what of it has been spent, lines from P10 to P90, ticks at the plan."""
    begin, end = flow.edges[:-1].astype("datetime64[m]"), flow.edges[1:].astype("datetime64[m]")
    centre = begin + (end - begin) / 2
    widths = ((end - begin).astype(np.int64) * 60_000 * BAR).tolist()
    bar: dict[str, Any] = {"type": "bar", "x": _texts(centre), "width": widths}
    traces = [
        {**bar, "y": _amounts(bands.mean), "name": "Mean", "marker": {"color": LIGHT["bars"], "line": {"width": 0}},
         "customdata": _hover_rows(flow, bands), "hovertemplate": _hover("Mean")},
        _pieces("P10–P90", centre, centre, (bands.percentiles[10], bands.percentiles[90]), LIGHT["curve"], 1.4),
        _pieces("Deterministic", begin + (end - begin) / 10, end - (end - begin) / 10, (bands.deterministic,) * 2,
                LIGHT["planned"], 2.2),
    ]  # fmt: skip
    if flow.actual.any():
        spent = {**bar, "y": _amounts(flow.actual), "name": "Spent", "hoverinfo": "skip"}
        traces.insert(1, {**spent, "marker": {"color": LIGHT["reserve"], "line": {"width": 0}}})
    return traces


def _curves(flow: CashFlow, bands: Bands) -> list[dict[str, Any]]:
    """The same as lines through the middles of the periods, and a band."""
    begin, end = flow.edges[:-1].astype("datetime64[m]"), flow.edges[1:].astype("datetime64[m]")
    x = _texts(begin + (end - begin) / 2)
    p10, p90 = _amounts(bands.percentiles[10]), _amounts(bands.percentiles[90])
    traces = [
        *_band("P10–P90", x, p10, p90, LIGHT["band"]),
        {**_line("Mean", x, _amounts(bands.mean), LIGHT["curve"], 2.2), "customdata": _hover_rows(flow, bands),
         "hovertemplate": _hover("Mean")},
        _line("Deterministic", x, _amounts(bands.deterministic), LIGHT["planned"], 1.8, "dash"),
    ]  # fmt: skip
    past = int(np.flatnonzero(flow.actual)[-1]) + 1 if flow.actual.any() else 0
    return [*traces, _line("Spent", x[:past], _amounts(flow.actual[:past]), LIGHT["reserve"], 4)] if past else traces


def cash_flow_cumulative(results: Results) -> go.Figure:
    """Spending up to a date: bands from P10 to P90 and P25 to P75, P50, mean, plan, actual, funding limits, budget.

    ValueError for a run without a cash flow.
    """
    import plotly.graph_objects as go

    flow = known_flow(results)
    bands = summarise_flow(flow).cumulative
    x = _texts(flow.edges)
    p = {percent: _from_nothing(values) for percent, values in bands.percentiles.items()}
    traces = [
        *_band("P10–P90", x, p[10], p[90], LIGHT["band"]),
        *_band("P25–P75", x, p[25], p[75], LIGHT["inner_band"]),
        {**_line("P50", x, p[50], LIGHT["curve"], 2.5), "customdata": [[], *_hover_rows(flow, bands)],
         "hovertemplate": _hover("P50")},
        _line("Mean", x, _from_nothing(bands.mean), LIGHT["cloud"], 1.6, "dot"),
        _line("Deterministic", x, _from_nothing(bands.deterministic), LIGHT["planned"], 1.8, "dash"),
    ]  # fmt: skip
    traces += _spent(results, flow) + _limits(flow) + _budget(results, flow)
    return go.Figure(data=traces, layout=_layout(results, flow, "Spent by a date", 460))


def known_flow(results: Results) -> CashFlow:
    """The cash flow of a run; ValueError for one without."""
    if results.cash_flow is None:
        raise ValueError("the run has no cash flow: the plan has no cost, or no periods were asked for")
    return results.cash_flow


def legend() -> dict[str, Any]:
    """A legend above the plot, in the order of the traces."""
    return {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 12}, "traceorder": "normal"}


def _band(name: str, x: list[str], low: list[float], high: list[float], colour: str) -> list[dict[str, Any]]:
    line = {"width": 0, "color": colour}
    edge: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": x, "line": line, "hoverinfo": "skip"}
    return [
        {**edge, "y": low, "showlegend": False},
        {**edge, "y": high, "name": name, "fill": "tonexty", "fillcolor": colour},
    ]


def _line(name: str, x: list[str], y: list[float], colour: str, width: float, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": colour, "width": width, "dash": dash},
    }  # fmt: skip


def _pieces(
    name: str, left: Dates, right: Dates, ends: tuple[Floats, Floats], colour: str, width: float
) -> dict[str, Any]:
    """Separate straight lines, one a period."""
    x = [text for pair in zip(_texts(left), _texts(right), strict=True) for text in (*pair, None)]
    y = [value for pair in zip(*(_amounts(end) for end in ends), strict=True) for value in (*pair, None)]
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": colour, "width": width},
    }  # fmt: skip


def _spent(results: Results, flow: CashFlow) -> list[dict[str, Any]]:
    """What has been spent up to the data date."""
    today = first_data_date(results.plan)
    if today is None or not flow.actual.any():
        return []
    past = flow.edges[1:].astype("datetime64[m]") < today
    x = [*_texts(flow.edges[:1]), *_texts(flow.edges[1:][past]), *_texts(np.array([today]))]
    y = [0.0, *_amounts(np.cumsum(flow.actual)[past]), float(flow.actual.sum())]
    return [_line("Spent", x, y, LIGHT["reserve"], 4)]


def _limits(flow: CashFlow) -> list[dict[str, Any]]:
    """The lowest limit in force, as steps that end where none is."""
    if not flow.limits:
        return []
    first, last = flow.edges[0].astype("datetime64[m]"), flow.edges[-1].astype("datetime64[m]")
    dates = sorted(np.datetime64(limit.until, "m") for limit in flow.limits if limit.until is not None)
    steps = [first, *(date for date in dates if first < date < last), last]
    x, y, names = [], [], []
    for begin, end in pairwise(steps):
        limit = limit_in_force(flow.limits, end)
        x += _texts(np.array([begin, end]))
        y += [None if limit is None else limit.amount] * 2
        names += ["" if limit is None else escape(limit.name or "Funding limit", quote=False)] * 2
    return [
        {"type": "scatter", "mode": "lines", "name": "Funding limit", "x": x, "y": y, "customdata": names,
         "line": {"color": LIGHT["accent"], "width": 2.2}, "hovertemplate": "%{customdata}<br>%{y:,.0f}<extra></extra>"}
    ]  # fmt: skip


def _budget(results: Results, flow: CashFlow) -> list[dict[str, Any]]:
    """What is approved for the work, and all in all."""
    budget = results.plan.finance.budget
    if budget is None:
        return []
    steps = budget_steps(budget.amount, budget.contingency, budget.management_reserve)
    levels = {"Budget": budget.amount}
    levels |= {"Approved in all": sum(steps.values())} if len(steps) > 1 else {}
    ends = _texts(flow.edges[[0, -1]])
    styles = (("dash", LIGHT["series3"]), ("dot", LIGHT["series3"]))
    return [
        {**_line(name, ends, [amount] * 2, colour, 1.6, dash), "hoverinfo": "y+name"}
        for (name, amount), (dash, colour) in zip(levels.items(), styles, strict=False)
    ]


def _layout(results: Results, flow: CashFlow, title: str, height: int) -> dict[str, Any]:
    currency = escape(results.plan.currency, quote=False)
    today = first_data_date(results.plan)
    inside = today is not None and flow.edges[0] < today < flow.edges[-1]
    line = {"color": LIGHT["muted"], "width": 1.4, "dash": "dash"}
    return {
        "template": template(),
        "height": height,
        "margin": {"t": 30},
        "barmode": "overlay",
        "showlegend": True,
        "legend": legend(),
        "xaxis": {"type": "date", "tickformatstops": DATE_TICKS, "range": _texts(flow.edges[[0, -1]])},
        "yaxis": {"title": {"text": f"{title}, {currency}" if currency else title}, "tickformat": "~s", "rangemode": "tozero"},
        "shapes": [{"type": "line", "x0": str(today), "x1": str(today), "yref": "paper", "y0": 0, "y1": 1, "line": line}]
        if inside
        else [],
        "annotations": [
            {"x": str(today), "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left", "xshift": 2, "text": "data date",
             "showarrow": False, "bgcolor": LIGHT["surface"], "font": {"size": 11, "color": LIGHT["muted"]}}
        ]
        if inside
        else [],
    }  # fmt: skip


def _hover_rows(flow: CashFlow, bands: Bands) -> list[list[Any]]:
    columns = (bands.deterministic, bands.mean, *(bands.percentiles[percent] for percent in (10, 50, 80, 90)))
    rows = zip(*(_amounts(column) for column in columns), strict=True)
    return [[escape(label, quote=False), *row] for label, row in zip(flow.labels, rows, strict=True)]


def _hover(shown: str) -> str:
    names = ("Deterministic", "Mean", "P10", "P50", "P80", "P90")
    lines = (f"{'<b>' if name == shown else ''}{name} %{{customdata[{number + 1}]:,.0f}}{'</b>' if name == shown else ''}"
             for number, name in enumerate(names))  # fmt: skip
    return "<b>%{customdata[0]}</b><br>" + "<br>".join(lines) + "<extra></extra>"


def _from_nothing(values: Floats) -> list[float]:
    """A curve of cumulative amounts, beginning with nothing before the first period."""
    return [0.0, *_amounts(values)]


def _amounts(values: Floats) -> list[float]:
    return [float(value) for value in np.round(values, 2)]


def _texts(dates: Dates) -> list[str]:
    return [str(text) for text in np.datetime_as_string(dates.astype("datetime64[m]"))]


