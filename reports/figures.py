"""Figures of a run, for notebooks and for the page: one function each, each returns a plotly Figure.

>>> from simcore.reports import figures
>>> figures.__all__  # doctest: +NORMALIZE_WHITESPACE
['cash_flow', 'cash_flow_cumulative', 'contingency_drawdown', 'contingency_shares', 'contingency_waterfall', 'cost_distribution',
 'criticality', 'finish_distribution', 'gantt', 'joint', 'milestone_distribution', 'weather']
"""
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from simcore.reports import wording
from simcore.reports.content import HEADLINE, with_clock
from simcore.reports.figure_cash_flow import cash_flow, cash_flow_cumulative
from simcore.reports.figure_contingency import contingency_drawdown, contingency_shares, contingency_waterfall
from simcore.reports.figure_distribution import Flag, beside, distribution_figure
from simcore.reports.figure_gantt import criticality, gantt
from simcore.reports.figure_weather import weather
from simcore.reports.theme import DATE_TICKS, LIGHT, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.results import DateVariable, Results

CLOUD_POINTS = 2000

__all__ = [
    "cash_flow", "cash_flow_cumulative", "contingency_drawdown", "contingency_shares", "contingency_waterfall",
    "cost_distribution", "criticality", "finish_distribution", "gantt", "joint", "milestone_distribution", "weather",
]  # fmt: skip


def finish_distribution(results: Results) -> go.Figure:
    """Hits and cumulative probability of the project finish, with flags at the deterministic date and at P80."""
    return _dates(results.finish, "Project finish")


def milestone_distribution(results: Results, milestone: str) -> go.Figure:
    """The same for a milestone in focus, named by the id users see."""
    activity = results.plan.by_ref[results.plan.find(milestone)]
    return _dates(results.milestones[milestone], escape(activity.name or milestone, quote=False))


def cost_distribution(results: Results) -> go.Figure:
    """Hits and cumulative probability of the total cost; ValueError for a plan without cost."""
    cost = results.joint.cost
    currency = escape(results.plan.currency, quote=False)
    planned, wanted = cost.deterministic, cost.p(HEADLINE)
    title = f"Total cost, {currency}" if currency else "Total cost"
    figure = distribution_figure(
        cost,
        (
            _planned_flag(planned, cost.probability_of_deterministic, wording.short_money(planned)),
            _headline_flag(wanted, wording.short_money(wanted)),
        ),
        title,
    )
    base_year = results.cost_base_year
    return figure if base_year is None else beside(figure, base_year, "Base-year money", "Then-year money")


def joint(results: Results) -> go.Figure:
    """Cost against finish, one dot an iteration, with the share of each quadrant around the deterministic values.

    At most ``CLOUD_POINTS`` dots are drawn, evenly through the iterations; the shares count all iterations.
    """
    import plotly.graph_objects as go

    both = results.joint
    finish, cost = both.finish, both.cost
    step = -(-finish.iterations // CLOUD_POINTS)
    dates = np.datetime_as_string(finish.samples[::step])
    when, money = finish.deterministic.isoformat(timespec="minutes"), cost.deterministic
    line = {"color": LIGHT["planned"], "width": 1.4, "dash": "dash"}
    currency = escape(results.plan.currency, quote=False)
    return go.Figure(
        data=[
            {"type": "scatter", "x": dates.tolist(), "y": cost.samples[::step].tolist(), "mode": "markers",
             "marker": {"size": 5, "color": LIGHT["cloud"], "opacity": 0.45},
             "hovertemplate": "%{x|%-d %b %Y}<br>%{y:,.0f}<extra></extra>"},
            {"type": "scatter", "x": [when], "y": [money], "mode": "markers", "hoverinfo": "skip",
             "marker": {"size": 11, "symbol": "diamond", "color": LIGHT["planned"]}},
        ],
        layout={
            "template": template(),
            "height": 420,
            "margin": {"t": 24},
            "shapes": [
                {"type": "line", "x0": when, "x1": when, "yref": "paper", "y0": 0, "y1": 1, "line": line},
                {"type": "line", "y0": money, "y1": money, "xref": "paper", "x0": 0, "x1": 1, "line": line},
            ],
            "annotations": [_corner(text, x, y) for text, x, y in _quadrants(results)],
            "xaxis": {"title": {"text": "Project finish"}, "type": "date", "tickformatstops": DATE_TICKS},
            "yaxis": {"title": {"text": f"Total cost, {currency}" if currency else "Total cost"}, "tickformat": "~s"},
        },
    )  # fmt: skip


def _quadrants(results: Results) -> tuple[tuple[str, int, int], ...]:
    """Label of each quadrant with its place in the plot (0 or 1 each way)."""
    both = results.joint
    in_time = both.finish.samples <= np.datetime64(both.finish.deterministic, "m")
    in_budget = both.cost.samples <= both.cost.deterministic
    quadrants = (
        ("on time<br>within budget", in_time & in_budget, 0, 0),
        ("late<br>within budget", ~in_time & in_budget, 1, 0),
        ("on time<br>over budget", in_time & ~in_budget, 0, 1),
        ("late<br>over budget", ~in_time & ~in_budget, 1, 1),
    )
    shares = [escape(wording.percent_text(float(inside.mean()))) for _, inside, _, _ in quadrants]
    return tuple((f"<b>{share}</b><br>{name}", x, y) for share, (name, _, x, y) in zip(shares, quadrants, strict=True))


def _corner(text: str, x: int, y: int) -> dict[str, object]:
    return {
        "xref": "paper", "yref": "paper", "x": x, "y": y, "text": text, "showarrow": False,
        "xanchor": "right" if x else "left", "align": "right" if x else "left", "yanchor": "top" if y else "bottom",
        "xshift": -6 if x else 6, "yshift": -4 if y else 4, "borderpad": 2,
        "bgcolor": LIGHT["surface"], "opacity": 0.92, "font": {"size": 12},
    }  # fmt: skip


def _dates(variable: DateVariable, title: str) -> go.Figure:
    clock = with_clock(variable)
    planned, wanted = variable.deterministic, variable.p(HEADLINE)
    flags = (
        _planned_flag(planned, variable.probability_of_deterministic, wording.date_text(planned, clock)),
        _headline_flag(wanted, wording.date_text(wanted, clock)),
    )
    return distribution_figure(variable, flags, title)


def _planned_flag(value: object, share: float, text: str) -> Flag:
    label = f"Deterministic {text} <b>{escape(wording.percent_text(share), quote=False)}</b>"
    return Flag(value, share, label, LIGHT["planned"], "dash")


def _headline_flag(value: object, text: str) -> Flag:
    return Flag(value, HEADLINE / 100, f"P{HEADLINE} <b>{text}</b>", LIGHT["accent"])
