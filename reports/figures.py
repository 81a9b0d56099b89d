"""Figures of a run, for notebooks and for the page: one function each, each returns a plotly Figure.

>>> from simcore.reports import figures
>>> figures.__all__  # doctest: +NORMALIZE_WHITESPACE
['cash_flow', 'cash_flow_cumulative', 'contingency_drawdown', 'contingency_shares', 'contingency_waterfall', 'cost_distribution',
 'criticality', 'earned_value', 'finish_distribution', 'gantt', 'joint', 'milestone_distribution', 'weather']
"""
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from simcore.reports import wording
from simcore.reports.content import HEADLINE, with_clock
from simcore.reports.figure_cash_flow import cash_flow, cash_flow_cumulative
from simcore.reports.figure_contingency import contingency_drawdown, contingency_shares, contingency_waterfall
from simcore.reports.figure_distribution import Flag, beside, distribution_figure
from simcore.reports.figure_earned_value import earned_value
from simcore.reports.figure_gantt import criticality, gantt
from simcore.reports.figure_joint import joint
from simcore.reports.figure_weather import weather
from simcore.reports.theme import LIGHT

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.results import Results
    from simcore.sampled import DateVariable

__all__ = [
    "cash_flow", "cash_flow_cumulative", "contingency_drawdown", "contingency_shares", "contingency_waterfall",
    "cost_distribution", "criticality", "earned_value", "finish_distribution", "gantt", "joint", "milestone_distribution",
    "weather",
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
