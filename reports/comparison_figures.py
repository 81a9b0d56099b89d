"""Curves of several scenarios over each other."""
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from simcore.reports import wording
from simcore.reports.content import HEADLINE
from simcore.reports.figure_distribution import curve_points, hover_x, shown_values
from simcore.reports.theme import DATE_TICKS, LIGHT, SERIES, series_colour, template
from simcore.sampled import DateVariable, MoneyVariable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from simcore.comparison import Comparison

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Curves are told apart in grey too."""


def compared_finishes(comparison: Comparison) -> go.Figure:
    """Cumulative probability of the project finish of every scenario, with the planned and the target date."""
    planned = comparison.scenarios[0].finish.deterministic
    lines = [(planned.isoformat(timespec="minutes"), f"Deterministic {wording.date_text(planned)}", LIGHT["planned"])]
    if comparison.target is not None:
        text = f"Target {wording.date_text(comparison.target)}"
        lines.append((comparison.target.isoformat(timespec="minutes"), text, LIGHT["accent"]))
    return _curves(comparison, [run.finish for run in comparison.scenarios], lines, "Project finish")


def compared_costs(comparison: Comparison) -> go.Figure:
    """The same of the total cost; ValueError for a plan without cost."""
    costs = [run.cost for run in comparison.scenarios if run.cost is not None]
    if not costs:
        raise ValueError("the plan has no cost; add costs to the plan")
    planned, currency = costs[0].deterministic, escape(comparison.plan.currency, quote=False)
    lines: list[tuple[Any, str, str]] = [(planned, f"Deterministic {wording.short_money(planned)}", LIGHT["planned"])]
    if comparison.budget is not None:
        lines.append((comparison.budget, f"Budget {wording.short_money(comparison.budget)}", LIGHT["accent"]))
    return _curves(comparison, costs, lines, f"Total cost, {currency}" if currency else "Total cost")


def _curves(
    comparison: Comparison, variables: Sequence[DateVariable | MoneyVariable], lines: Sequence[tuple[Any, str, str]],
    title: str,
) -> go.Figure:
    import plotly.graph_objects as go

    is_date = isinstance(variables[0], DateVariable)
    data = []
    for number, (run, variable) in enumerate(zip(comparison.scenarios, variables, strict=True)):
        x, share, shape = curve_points(variable)
        name = escape(run.name, quote=False)
        dash = DASHES[(number + number // len(SERIES)) % len(DASHES)]
        data.append(
            {"type": "scatter", "x": shown_values(x, is_date), "y": share.tolist(), "mode": "lines", "name": name,
             "line": {"color": series_colour(number), "width": 2.5, "shape": shape, "dash": dash},
             "hovertemplate": f"{hover_x(is_date)}<br>%{{y:.0%}} at or below<extra>{name}</extra>"}
        )  # fmt: skip
    shapes, labels = [], []
    for level, (x_value, text, colour) in enumerate(lines):
        line = {"color": colour, "width": 1.4, "dash": "dash"}
        shapes.append({"type": "line", "x0": x_value, "x1": x_value, "yref": "paper", "y0": 0, "y1": 1, "line": line})
        labels.append(
            {"x": x_value, "yref": "paper", "y": 1.0 + 0.07 * (level + 1), "yanchor": "top", "text": text, "showarrow": False,
             "xanchor": "left", "xshift": -2, "font": {"color": colour, "size": 12}, "bgcolor": LIGHT["surface"]}
        )  # fmt: skip
    line = {"color": LIGHT["line"], "width": 1, "dash": "dot"}
    height = HEADLINE / 100
    shapes.append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": height, "y1": height, "line": line})
    ticks = {"type": "date", "tickformatstops": DATE_TICKS} if is_date else {"type": "linear", "tickformat": "~s"}
    return go.Figure(
        data=data,
        layout={
            "template": template(),
            "height": 430,
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.18, "yanchor": "top"},
            "shapes": shapes,
            "annotations": labels,
            "xaxis": {**ticks, "title": {"text": title}},
            "yaxis": {
                "title": {"text": "Cumulative probability"}, "range": [0, 1], "dtick": 0.2, "tickformat": ".0%",
            },
        },
    )  # fmt: skip
