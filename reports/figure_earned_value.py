"""Cumulative planned value, earned value and actual cost, and where index forecasts and the simulation see the end."""
from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.reports import wording
from simcore.reports.content import HEADLINE, priced
from simcore.reports.theme import DATE_TICKS, LIGHT, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.earned_value import EarnedValue
    from simcore.results import Results

LOW, HIGH = 10, 90


def earned_value(results: Results) -> go.Figure:
    """The S-curves of earned value; ValueError where there is no progress or no cost to measure.

    The box holds P10 to P90 of the simulated finish and cost, its star their P80.
    """
    import plotly.graph_objects as go

    earned = results.earned_value
    if earned is None:
        raise ValueError("the plan has no progress or no cost to measure, so there is no earned value")
    currency = escape(results.plan.currency, quote=False)
    box, stars = _simulation(results)
    return go.Figure(
        data=[*_curves(earned), *_forecasts(results, earned), *stars],
        layout={
            "template": template(),
            "height": 430,
            "margin": {"t": 56},
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
            "shapes": [_now(earned), *box],
            "annotations": [_label(earned)],
            "xaxis": {"type": "date", "tickformatstops": DATE_TICKS},
            "yaxis": {
                "title": {"text": f"Cumulative, {currency}" if currency else "Cumulative"},
                "tickformat": "~s",
                "rangemode": "tozero",
            },
        },
    )


def _curves(earned: EarnedValue) -> list[dict[str, Any]]:
    curve = earned.curve
    known = ~np.isnan(curve.ev)
    return [
        _line("Planned value PV", curve.dates, curve.pv, np.ones(len(known), bool), LIGHT["planned"], "dash"),
        _line("Earned value EV", curve.dates, curve.ev, known, LIGHT["series3"]),
        _line("Actual cost AC", curve.dates, curve.ac, known, LIGHT["accent"]),
    ]


def _line(
    name: str, dates: npt.NDArray[np.datetime64], values: npt.NDArray[np.float64], chosen: npt.NDArray[np.bool_], colour: str,
    dash: str = "solid",
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": np.datetime_as_string(dates[chosen], unit="m").tolist(),
        "y": values[chosen].tolist(), "line": {"color": colour, "width": 2.4, "dash": dash},
        "hovertemplate": f"<b>{name}</b><br>%{{x|%-d %b %Y}}<br>%{{y:,.0f}}<extra></extra>",
    }  # fmt: skip


def _forecasts(results: Results, earned: EarnedValue) -> list[dict[str, Any]]:
    """From the actual cost at the data date to the ends that the indices and the plan itself foresee."""
    found = []
    index_cost, index_date = earned.total.eac_cpi, earned.schedule.forecast
    if index_cost is not None and index_date is not None:
        found.append(_end("Index forecast", earned, index_date, index_cost, LIGHT["series4"], "diamond"))
    cost = priced(results)
    if cost is not None:
        date, amount = results.finish.deterministic, cost.deterministic
        found.append(_end("Plan's own estimate", earned, date, amount, LIGHT["muted"], "square"))
    return found


def _end(name: str, earned: EarnedValue, date: datetime, amount: float, colour: str, symbol: str) -> dict[str, Any]:
    text = f"<b>{name}</b><br>{wording.date_text(date)}<br>{wording.money_text(amount)}"
    return {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": [_iso(earned.as_of), _iso(date)],
        "y": [earned.total.ac, amount], "line": {"color": colour, "width": 1.4, "dash": "dot"},
        "marker": {"symbol": symbol, "size": [0, 10], "color": colour, "opacity": 1}, "text": ["", text],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _simulation(results: Results) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The box of the simulated ends, and the star of their P80."""
    cost, finish = priced(results), results.finish
    if cost is None or not (cost.varies or finish.varies):
        return [], []
    dates, amounts = [finish.p(LOW), finish.p(HIGH)], [cost.p(LOW), cost.p(HIGH)]
    box = {
        "type": "rect", "x0": _iso(dates[0]), "x1": _iso(dates[1]), "y0": amounts[0], "y1": amounts[1],
        "fillcolor": LIGHT["cloud"], "opacity": 0.35, "line": {"color": LIGHT["curve"], "width": 1.2}, "layer": "below",
    }  # fmt: skip
    headline = f"{wording.date_text(finish.p(HEADLINE))}<br>{wording.money_text(cost.p(HEADLINE))}"
    spread = f"P{LOW}–P{HIGH}: {wording.date_text(dates[0])} to {wording.date_text(dates[1])}"
    name = f"Simulation P{HEADLINE}, box P{LOW}–P{HIGH}"
    star = {
        "type": "scatter", "mode": "markers", "name": name, "x": [_iso(finish.p(HEADLINE))], "y": [cost.p(HEADLINE)],
        "marker": {"symbol": "star", "size": 13, "color": LIGHT["curve"]},
        "hovertemplate": f"<b>Simulation, P{HEADLINE}</b><br>{headline}<br>{spread}<br>"
                         f"{wording.money_text(amounts[0])} to {wording.money_text(amounts[1])}<extra></extra>",
    }  # fmt: skip
    return [box], [star]


def _now(earned: EarnedValue) -> dict[str, Any]:
    when = _iso(earned.as_of)
    line = {"color": LIGHT["muted"], "width": 1.2, "dash": "dot"}
    return {"type": "line", "x0": when, "x1": when, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _label(earned: EarnedValue) -> dict[str, Any]:
    return {
        "x": _iso(earned.as_of), "yref": "paper", "y": 1, "text": "data date", "showarrow": False, "xanchor": "left",
        "yanchor": "top", "xshift": 4, "font": {"size": 12, "color": LIGHT["muted"]},
    }  # fmt: skip


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
