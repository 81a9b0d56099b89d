"""Figures of activities: the stochastic Gantt and the criticality bars."""
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.reports import wording
from simcore.reports.ranking import most_critical
from simcore.reports.theme import CRITICALITY_CLASSES, DATE_TICKS, LIGHT, criticality_colour, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.results import Results

LABEL_WIDTH = 38
ROW_HEIGHT = 26
ORDERS = ("criticality", "start")


def gantt(results: Results, top: int = 40, order: str = "start") -> go.Figure:
    """Stochastic Gantt of the most critical activities.

    Deterministic bars coloured by criticality index; under each the P10–P90 band of its finish with the P80 mark.

    Parameters
    ----------
    results : Results
    top : int
        How many activities, chosen by criticality index.
    order : {"start", "criticality"}
        From top to bottom.
    """
    import plotly.graph_objects as go

    if order not in ORDERS:
        raise ValueError(f"order '{order}' is unknown; use one of {', '.join(ORDERS)}")
    columns = results.activities.columns
    rows = most_critical(columns, top)
    if order == "start":
        rows = rows[np.argsort(columns["start"][rows], kind="stable")]
    place = np.arange(len(rows), dtype=np.float64)
    start, finish = columns["start"][rows], columns["finish"][rows]
    colours = [criticality_colour(float(index)) for index in columns["criticality_index"][rows]]
    hover = [_hover(columns, row) for row in rows]
    moments = start == finish
    low, high = columns["finish_p10"][rows], columns["finish_p90"][rows]
    traces = [
        _bars(start, finish, place - 0.14, 0.42, {"color": colours}, hover),
        _bars(low, high, place + 0.26, 0.26, {"color": LIGHT["cloud"], "opacity": 0.75}, hover),
        {"type": "scatter", "x": _iso(start[moments]), "y": (place - 0.14)[moments].tolist(), "mode": "markers",
         "marker": {"symbol": "diamond", "size": 11, "color": [c for c, m in zip(colours, moments, strict=True) if m]},
         "text": [h for h, m in zip(hover, moments, strict=True) if m], "hovertemplate": "%{text}<extra></extra>"},
        {"type": "scatter", "x": _iso(columns["finish_p80"][rows]), "y": (place + 0.26).tolist(), "mode": "markers",
         "marker": {"symbol": "line-ns-open", "size": 9, "color": LIGHT["accent"], "line": {"width": 2.5}},
         "text": hover, "hovertemplate": "%{text}<extra></extra>"},
    ]  # fmt: skip
    return go.Figure(data=[*traces, *_legend()], layout=_gantt_layout(columns, rows))


def criticality(results: Results, top: int = 15) -> go.Figure:
    """Criticality index of the most critical activities with standard errors, open tasks only."""
    import plotly.graph_objects as go

    columns = results.activities.columns
    rows = most_critical(columns, top, tasks_only=True)
    index = columns["criticality_index"][rows].astype(np.float64)
    limits = [max(len(rows), 1) - 0.4, -0.6]
    error = np.nan_to_num(columns["criticality_error"][rows].astype(np.float64))
    return go.Figure(
        data=[
            {"type": "bar", "orientation": "h", "x": index.tolist(), "y": list(range(len(rows))), "width": 0.68,
             "marker": {"color": [criticality_colour(value) for value in index]},
             "error_x": {"array": error.tolist(), "color": LIGHT["muted"], "thickness": 1.2, "width": 3},
             "hovertemplate": "%{x:.1%}<extra></extra>"},
            {"type": "scatter", "x": [None], "y": [None], "yaxis": "y2", "hoverinfo": "skip"},
        ],
        layout={
            "template": template(),
            "height": 90 + ROW_HEIGHT * max(len(rows), 1),
            "margin": {"t": 12},
            "xaxis": {"range": [0, 1.02], "tickformat": ".0%", "dtick": 0.25, "showgrid": True,
                      "title": {"text": "Share of iterations on the critical path"}},
            "yaxis": {**_labels(columns, rows), "range": limits},
            "yaxis2": {"overlaying": "y", "side": "right", "range": limits, "showgrid": False,
                       "tickvals": list(range(len(rows))),
                       "ticktext": [escape(wording.percent_text(value), quote=False) for value in index]},
        },
    )  # fmt: skip


def _bars(
    start: npt.NDArray[Any], end: npt.NDArray[Any], y: npt.NDArray[np.float64], height: float,
    marker: dict[str, Any], hover: list[str],
) -> dict[str, Any]:  # fmt: skip
    length = (end - start).astype("timedelta64[m]").astype(np.int64) * 60_000
    return {
        "type": "bar", "orientation": "h", "base": _iso(start), "x": length.tolist(), "y": y.tolist(), "width": height,
        "marker": {**marker, "line": {"width": 0}}, "text": hover, "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _legend() -> list[dict[str, Any]]:
    """Entries that explain the colours; nothing of them is drawn."""
    nothing: dict[str, Any] = {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "showlegend": True}
    square = {"symbol": "square", "size": 11}
    colours = [{**nothing, "name": f"critical in {name}", "marker": {**square, "color": colour}}
               for _, name, colour in CRITICALITY_CLASSES]  # fmt: skip
    band = {**nothing, "name": "finish P10–P90", "marker": {**square, "color": LIGHT["cloud"]}}
    tick = {**nothing, "name": "finish P80", "marker": {
        "symbol": "line-ns-open", "size": 10, "color": LIGHT["accent"], "line": {"width": 2.5}}}  # fmt: skip
    return [*colours, band, tick]


def _gantt_layout(columns: dict[str, npt.NDArray[Any]], rows: npt.NDArray[np.int64]) -> dict[str, Any]:
    return {
        "template": template(),
        "height": 120 + ROW_HEIGHT * max(len(rows), 1),
        "barmode": "overlay",
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
        "xaxis": {"type": "date", "showgrid": True, "tickformatstops": DATE_TICKS},
        "yaxis": {**_labels(columns, rows), "range": [len(rows) - 0.4, -0.6], "showgrid": False},
    }


def _labels(columns: dict[str, npt.NDArray[Any]], rows: npt.NDArray[np.int64]) -> dict[str, Any]:
    texts = [wording.shortened(f"{columns['id'][row]}  {columns['name'][row]}", LABEL_WIDTH) for row in rows]
    return {"tickvals": list(range(len(rows))), "ticktext": [escape(text, quote=False) for text in texts]}


def _hover(columns: dict[str, npt.NDArray[Any]], row: int) -> str:
    def date(name: str) -> str:
        value = columns[name][row]
        return wording.UNKNOWN if np.isnat(value) else wording.date_text(value.astype("datetime64[m]").item())

    lines = (
        f"<b>{escape(str(columns['id'][row]), quote=False)}</b> {escape(str(columns['name'][row]), quote=False)}",
        f"Criticality index {escape(wording.percent_text(float(columns['criticality_index'][row])), quote=False)}",
        f"Deterministic {date('start')} to {date('finish')}",
        f"Finish P10 {date('finish_p10')}, P80 {date('finish_p80')}, P90 {date('finish_p90')}",
    )
    return "<br>".join(lines)


def _iso(dates: npt.NDArray[Any]) -> list[str | None]:
    texts = np.datetime_as_string(dates.astype("datetime64[m]"))
    return [None if text == "NaT" else str(text) for text in texts]
