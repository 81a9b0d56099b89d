"""Contingency: from the planned cost to the P-value step by step, who carries it, and how it is drawn down."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.drawdown import drawdown
from simcore.reports import wording
from simcore.reports.content import HEADLINE
from simcore.reports.contingency_content import (
    budget_steps,
    contingency_steps,
    largest_shares,
    others_text,
    short_name,
)
from simcore.reports.figure_cash_flow import legend
from simcore.reports.theme import DATE_TICKS, LIGHT, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.contingency import Contingency, Share
    from simcore.results import Results

ROW_HEIGHT = 30
LABEL_WIDTH = 26
FROM_ZERO = 0.35
"""Where all that is added is less than this share of the planned cost, the axis of the waterfall does not begin at 0."""


@dataclass(frozen=True)
class Step:
    """A bar of the waterfall from ``start`` to ``end``; ``text`` is the exact amount."""

    name: str
    start: float
    end: float
    colour: str
    text: str

    @property
    def label(self) -> str:
        """The amount in few characters; signed where the bar does not begin at 0."""
        text = wording.short_money(self.end - self.start)
        return f"+{text}" if self.start and self.end > self.start else text


def contingency_waterfall(results: Results) -> go.Figure:
    """From the deterministic cost through the sources of contingency to the P-value, and the approved budget beneath.

    ValueError for a run without a contingency.
    """
    import plotly.graph_objects as go

    contingency = known_contingency(results)
    steps = [*_needed(contingency), *_approved(results)]
    low = _axis_start(steps, contingency.planned)
    rows = [len(steps) - 1 - number for number in range(len(steps))]
    currency = escape(results.plan.currency, quote=False)
    title = f"Cost, {currency}" if currency else "Cost"
    title += f", from {wording.short_money(low)} on" if low else ""
    high = max(max(step.start, step.end) for step in steps)
    return go.Figure(
        data=[
            {"type": "bar", "orientation": "h", "y": rows, "base": [max(step.start, low) for step in steps],
             "x": [step.end - max(step.start, low) for step in steps], "width": 0.62,
             "marker": {"color": [step.colour for step in steps], "line": {"width": 0}},
             "text": [escape(step.text, quote=False) for step in steps], "textposition": "none",
             "customdata": [escape(step.name, quote=False) for step in steps],
             "hovertemplate": "%{customdata}<br>%{text}<extra></extra>"},
            _connectors(steps, rows),
        ],
        layout={
            "template": template(),
            "height": 90 + ROW_HEIGHT * len(steps),
            "margin": {"t": 12},
            "xaxis": {"title": {"text": title}, "tickformat": "~s", "showgrid": True, "nticks": 5,
                      "range": [low, high + 0.3 * (high - low)]},
            "yaxis": {**_names([step.name for step in steps], rows), "showgrid": False, "range": [-0.6, len(steps) - 0.4]},
            "annotations": [
                {"x": max(step.start, step.end), "y": row, "text": escape(step.label, quote=False), "showarrow": False,
                 "xanchor": "left", "xshift": 4, "font": {"size": 12, "color": LIGHT["ink"]}}
                for step, row in zip(steps, rows, strict=True)
            ],
        },
    )  # fmt: skip


def contingency_shares(results: Results, by: str) -> go.Figure:
    """The parts of the contingency that matter most, with their standard errors.

    Parameters
    ----------
    results : Results
    by : str
        ``risk``, ``wbs``, ``account`` or ``activity``.
    """
    import plotly.graph_objects as go

    shares: tuple[Share, ...] = getattr(known_contingency(results), f"by_{by}")
    shown, others = largest_shares(shares)
    amounts = [share.amount for share in shown]
    errors: list[float | None] = [share.standard_error if np.isfinite(share.standard_error) else None for share in shown]
    names = [short_name(share) for share in shown]
    if others:
        amounts, errors = [*amounts, sum(share.amount for share in others)], [*errors, None]
        names = [*names, others_text(len(others))]
    rows = list(range(len(names)))[::-1]
    currency = escape(results.plan.currency, quote=False)
    colours = [LIGHT["cloud"] if amount > 0 else LIGHT["series3"] for amount in amounts]
    return go.Figure(
        data=[
            {"type": "bar", "orientation": "h", "y": rows, "x": amounts, "width": 0.62,
             "marker": {"color": colours, "line": {"width": 0}},
             "error_x": {"type": "data", "array": errors, "color": LIGHT["ink"], "thickness": 1.2, "width": 4},
             "customdata": [[escape(name, quote=False), wording.money_text(amount), _error_text(error)]
                            for name, amount, error in zip(names, amounts, errors, strict=True)],
             "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} %{customdata[2]}<extra></extra>"},
        ],
        layout={
            "template": template(),
            "height": 80 + ROW_HEIGHT * len(rows),
            "margin": {"t": 12},
            "xaxis": {"title": {"text": f"Contingency, {currency}" if currency else "Contingency"}, "tickformat": "~s",
                      "showgrid": True, "nticks": 6, "zeroline": True, "zerolinecolor": LIGHT["line"]},
            "yaxis": {**_names(names, rows), "showgrid": False, "range": [-0.6, len(rows) - 0.4]},
        },
    )  # fmt: skip


def contingency_drawdown(results: Results) -> go.Figure:
    """Contingency that the remaining work needs: with the work at its planned and at its simulated dates.

    ValueError for a run without a contingency or a cash flow.
    """
    import plotly.graph_objects as go

    drawn = drawdown(results, known_contingency(results))
    if drawn is None:
        raise ValueError("the run has no cash flow, along which a contingency could be drawn down")
    x = [str(text) for text in np.datetime_as_string(drawn.moments.astype("datetime64[m]"))]
    hover = "%{x|%-d %b %Y}<br>%{y:,.0f}<extra>%{fullData.name}</extra>"
    line: dict[str, Any] = {"type": "scatter", "mode": "lines+markers", "x": x, "hovertemplate": hover, "marker": {"size": 5}}
    currency = escape(results.plan.currency, quote=False)
    title = "Remaining contingency"
    return go.Figure(
        data=[
            {**line, "y": np.round(drawn.expected, 2).tolist(), "name": "At simulated dates", "fill": "tozeroy",
             "fillcolor": LIGHT["band"], "line": {"color": LIGHT["curve"], "width": 2.5}},
            {**line, "y": np.round(drawn.planned, 2).tolist(), "name": "At planned dates",
             "line": {"color": LIGHT["planned"], "width": 1.8, "dash": "dash"}},
        ],
        layout={
            "template": template(),
            "height": 340,
            "margin": {"t": 30},
            "showlegend": True,
            "legend": legend(),
            "xaxis": {"type": "date", "tickformatstops": DATE_TICKS},
            "yaxis": {"title": {"text": f"{title}, {currency}" if currency else title}, "tickformat": "~s",
                      "rangemode": "tozero"},
        },
    )  # fmt: skip


def known_contingency(results: Results) -> Contingency:
    """The contingency at the headline P-value; ValueError for a run without one."""
    contingency = results.contingency(HEADLINE)
    if contingency is None:
        raise ValueError("the run has no contingency: the plan has no cost")
    return contingency


def _needed(contingency: Contingency) -> list[Step]:
    """The deterministic cost, what every source adds or saves, and the P-value."""
    shown = contingency_steps(contingency)
    at = contingency.planned
    steps = [Step("Deterministic cost", 0.0, at, LIGHT["planned"], shown.planned)]
    for share, line in zip((s for s in contingency.by_source if s.amount), shown.sources, strict=True):
        colour = LIGHT["accent"] if share.amount > 0 else LIGHT["series3"]
        steps.append(Step(short_name(share), at, at + share.amount, colour, f"{line.amount} {line.error}"))
        at += share.amount
    last = Step(f"P{shown.percent} cost", 0.0, contingency.target, LIGHT["curve"], f"{shown.target} {shown.error}")
    return [*steps, last]


def _approved(results: Results) -> list[Step]:
    """The approved budget, each part on top of the one before."""
    budget = results.plan.finance.budget
    if budget is None:
        return []
    at, steps = 0.0, []
    for name, amount in budget_steps(budget.amount, budget.contingency, budget.management_reserve).items():
        text = wording.money_text(amount, signed=at > 0)
        steps.append(Step(name, at, at + amount, LIGHT["reserve"] if at == 0 else LIGHT["rare"], text))
        at += amount
    whole = Step("Approved in all", 0.0, at, LIGHT["reserve"], wording.money_text(at))
    return [*steps, whole] if len(steps) > 1 else steps


def _axis_start(steps: Sequence[Step], planned: float) -> float:
    """0, or a round amount well below the lowest step where the steps would else be too small to see."""
    ends = [end for step in steps for end in (step.start, step.end) if end]
    low, high = min(ends), max(ends)
    if low <= 0 or high - low > FROM_ZERO * planned:
        return 0.0
    room = high - low or 0.1 * high
    unit = 10 ** np.floor(np.log10(room))
    return float(max(0.0, np.floor((low - 0.6 * room) / unit) * unit))


def _connectors(steps: Sequence[Step], rows: Sequence[int]) -> dict[str, Any]:
    """Thin lines from the end of a step to the beginning of the next, where the next begins there."""
    x: list[float | None] = []
    y: list[float | None] = []
    for above, below, row in zip(steps[:-1], steps[1:], rows[:-1], strict=True):
        if np.isclose(above.end, below.start) or np.isclose(above.end, below.end):
            x += [above.end, above.end, None]
            y += [row - 0.31, row - 0.69, None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": {"color": LIGHT["muted"], "width": 1},
    }  # fmt: skip


def _names(names: Sequence[str], rows: Sequence[int]) -> dict[str, Any]:
    texts = [escape(wording.shortened(name, LABEL_WIDTH), quote=False) for name in names]
    return {"tickvals": list(rows), "ticktext": texts}


def _error_text(error: float | None) -> str:
    return "" if error is None or not np.isfinite(error) else wording.money_error_text(error)
