"""Lost working days by month, a group of bars a calendar."""
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from simcore.reports import wording
from simcore.reports.theme import LIGHT, template
from simcore.reports.weather_content import months_in_order

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.results import Results
    from simcore.weather_summary import CalendarWeather

COLOURS = ("cloud", "accent", "planned", "bars", "curve")
MOST = len(COLOURS)


def weather(results: Results) -> go.Figure:
    """Lost working days by month and calendar between data date and P80 finish: mean, whiskers from P10 to P90.

    At most five calendars are drawn.
    """
    import plotly.graph_objects as go

    drawn = results.weather[:MOST]
    months = {wording.MONTHS[m - 1]: None for of_calendar in drawn for m in months_in_order(of_calendar)}
    return go.Figure(
        data=[_bars(of_calendar, LIGHT[colour]) for of_calendar, colour in zip(drawn, COLOURS, strict=False)],
        layout={
            "template": template(),
            "height": 320,
            "margin": {"t": 40},
            "barmode": "group",
            "bargap": 0.3,
            "showlegend": len(drawn) > 1,
            "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
            "xaxis": {"type": "category", "categoryorder": "array", "categoryarray": list(months)},
            "yaxis": {"title": {"text": "Lost working days"}, "rangemode": "tozero"},
        },
    )


def _bars(weather: CalendarWeather, colour: str) -> dict[str, Any]:
    months = months_in_order(weather)
    lost = [weather.months[m] for m in months]
    name = escape(weather.calendar, quote=False)
    return {
        "type": "bar", "name": name, "x": [wording.MONTHS[m - 1] for m in months], "y": [d.mean for d in lost],
        "marker": {"color": colour, "line": {"width": 0}},
        "error_y": {"type": "data", "symmetric": False, "array": [max(d.p90 - d.mean, 0) for d in lost],
                    "arrayminus": [max(d.mean - d.p10, 0) for d in lost], "color": LIGHT["ink"], "thickness": 1.2, "width": 4},
        "customdata": [[f"{d.working_days:,}", wording.UNKNOWN if d.expected is None else f"{d.expected:.1f}", d.p10, d.p90]
                       for d in lost],
        "hovertemplate": f"<b>{name}</b>, %{{x}}<br>%{{customdata[0]}} working days<br>lost: expected %{{customdata[1]}}, "
                         "mean %{y:.1f}<br>P10 %{customdata[2]}, P90 %{customdata[3]}<extra></extra>",
    }  # fmt: skip
