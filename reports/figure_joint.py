"""Cost against finish: iterations, quadrants, curves of equal joint confidence, recommended pairs."""
from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.answers_joint import HEADLINE, levels
from simcore.reports import wording
from simcore.reports.content import with_clock
from simcore.reports.theme import DATE_TICKS, LIGHT, series_colour, template

if TYPE_CHECKING:
    from datetime import datetime

    import plotly.graph_objects as go

    from simcore.joint import Joint, Recommended
    from simcore.results import Results

CLOUD_POINTS = 2000
CURVE_POINTS = 40
FIRST_COLOUR = 2  # the first two of the series look like the dots and like P80


def joint(results: Results) -> go.Figure:
    """Cost against finish, one dot an iteration, with the share of each quadrant around the deterministic values.

    At most ``CLOUD_POINTS`` dots are drawn, evenly through the iterations; the shares, the frontiers of equal joint confidence
    and the recommended pairs on them count all iterations.
    """
    import plotly.graph_objects as go

    both = results.joint
    currency = escape(results.plan.currency, quote=False)
    chosen = levels(results.goal.jcl)
    planned = both.finish.deterministic, both.cost.deterministic
    wanted = both.finish.p(HEADLINE), both.cost.p(HEADLINE)
    clock = with_clock(both.finish)
    pairs = [(both.recommended(level), series_colour(place + FIRST_COLOUR)) for place, level in enumerate(chosen)]
    return go.Figure(
        data=[
            _cloud(both),
            *(_frontier(both, pair.percent, colour) for pair, colour in pairs),
            _marker(planned, "diamond", LIGHT["planned"], _planned_hover(both, planned, clock)),
            *(_marker((pair.date, pair.amount), "star", colour, _pair_hover(pair, clock)) for pair, colour in pairs),
        ],
        layout={
            "template": template(),
            "height": 520,
            "margin": {"t": 64},
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.07, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
            "shapes": [*_cross(planned, "planned", "dash"), *_cross(wanted, "accent", "dot")],
            "annotations": [*(_corner(text, x, y) for text, x, y in _quadrants(both, planned)), *_line_names(planned, wanted)],
            "xaxis": {"title": {"text": "Project finish"}, "type": "date", "tickformatstops": DATE_TICKS},
            "yaxis": {"title": {"text": f"Total cost, {currency}" if currency else "Total cost"}, "tickformat": "~s"},
        },
    )  # fmt: skip


def _cloud(both: Joint) -> dict[str, Any]:
    step = -(-both.finish.iterations // CLOUD_POINTS)
    return {
        "type": "scatter", "x": np.datetime_as_string(both.finish.samples[::step]).tolist(),
        "y": both.cost.samples[::step].tolist(), "mode": "markers", "showlegend": False,
        "marker": {"size": 5, "color": LIGHT["cloud"], "opacity": 0.4},
        "hovertemplate": "%{x|%-d %b %Y}<br>%{y:,.0f}<extra></extra>",
    }  # fmt: skip


def _frontier(both: Joint, percent: float, colour: str) -> dict[str, Any]:
    frontier = both.frontier(percent, CURVE_POINTS)
    name = f"{percent:g} % joint confidence"
    return {
        "type": "scatter", "x": np.datetime_as_string(frontier.dates).tolist(), "y": frontier.amounts.tolist(),
        "mode": "lines", "name": name, "line": {"color": colour, "width": 2.4},
        "customdata": [wording.money_error_text(error) for error in frontier.errors.tolist()],
        "hovertemplate": f"<b>{name}</b><br>%{{x|%-d %b %Y}}<br>%{{y:,.0f}} %{{customdata}}<extra></extra>",
    }  # fmt: skip


def _marker(pair: tuple[datetime, float], symbol: str, colour: str, hover: str) -> dict[str, Any]:
    return {
        "type": "scatter", "x": [_moment(pair[0])], "y": [pair[1]], "mode": "markers", "showlegend": False,
        "marker": {"size": 14 if symbol == "star" else 11, "symbol": symbol, "color": colour,
                   "line": {"width": 1, "color": LIGHT["surface"]}},
        "hovertemplate": hover + "<extra></extra>",
    }  # fmt: skip


def _planned_hover(both: Joint, planned: tuple[datetime, float], clock: bool) -> str:
    share = wording.percent_text(both.probability(*planned))
    return f"<b>Deterministic</b><br>{wording.date_text(planned[0], clock)}<br>%{{y:,.0f}}<br>both kept with {share}"


def _pair_hover(pair: Recommended, clock: bool) -> str:
    return (
        f"<b>Recommended for {pair.percent:g} %</b>, both at P{pair.p_value:.1f}<br>{wording.date_text(pair.date, clock)} "
        f"{wording.date_error_text(pair.date_error)}<br>%{{y:,.0f}} {wording.money_error_text(pair.amount_error)}"
    )


def _cross(pair: tuple[datetime, float], colour: str, dash: str) -> Iterator[dict[str, Any]]:
    line, when = {"color": LIGHT[colour], "width": 1.4, "dash": dash}, _moment(pair[0])
    yield {"type": "line", "x0": when, "x1": when, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    yield {"type": "line", "y0": pair[1], "y1": pair[1], "xref": "paper", "x0": 0, "x1": 1, "line": line}


def _line_names(planned: tuple[datetime, float], wanted: tuple[datetime, float]) -> Iterator[dict[str, Any]]:
    """Above the vertical lines, each on its own side."""
    for pair, name, colour, left in (
        (planned, "Plan", "planned", planned[0] <= wanted[0]), (wanted, f"P{HEADLINE}", "accent", planned[0] > wanted[0]),
    ):  # fmt: skip
        yield {
            "x": _moment(pair[0]), "xref": "x", "y": 1, "yref": "paper", "text": name, "showarrow": False,
            "xanchor": "right" if left else "left", "yanchor": "bottom", "font": {"size": 12, "color": LIGHT[colour]},
        }  # fmt: skip


def _moment(date: datetime) -> str:
    return date.isoformat(timespec="minutes")


def _quadrants(both: Joint, planned: tuple[datetime, float]) -> tuple[tuple[str, int, int], ...]:
    """Label of each quadrant with its place in the plot (0 or 1 each way)."""
    shares = both.quadrants(*planned)
    named = (
        (shares.both, "on time<br>within budget", 0, 0),
        (shares.only_budget, "late<br>within budget", 1, 0),
        (shares.only_date, "on time<br>over budget", 0, 1),
        (shares.neither, "late<br>over budget", 1, 1),
    )
    return tuple((f"<b>{escape(wording.percent_text(share.value))}</b><br>{name}", x, y) for share, name, x, y in named)


def _corner(text: str, x: int, y: int) -> dict[str, object]:
    return {
        "xref": "paper", "yref": "paper", "x": x, "y": y, "text": text, "showarrow": False,
        "xanchor": "right" if x else "left", "align": "right" if x else "left", "yanchor": "top" if y else "bottom",
        "xshift": -6 if x else 6, "yshift": -4 if y else 4, "borderpad": 2,
        "bgcolor": LIGHT["surface"], "opacity": 0.92, "font": {"size": 12},
    }  # fmt: skip
