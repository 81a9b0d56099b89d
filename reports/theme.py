"""One look for every figure and page: colours that colour-blind readers tell apart, and the plotly template."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

LIGHT = {
    "ink": "#17212b",
    "muted": "#566575",
    "grid": "#e4e9ee",
    "line": "#c3ccd6",
    "surface": "#fffffe",
    "bars": "#a8c4de",
    "curve": "#0b5c9e",
    "accent": "#c2410c",
    "planned": "#334455",
    "cloud": "#5b8fc0",
    "rare": "#b4c1ce",
    "band": "#dbe7f2",
    "inner_band": "#bfd4e8",
    "reserve": "#7d8fa1",
    "series1": "#1d5f99",
    "series2": "#c8501e",
    "series3": "#2a8a66",
    "series4": "#8a56ac",
    "series5": "#a67c00",
    "series6": "#b23a6b",
}
DARK = {
    "ink": "#e8edf2",
    "muted": "#a0adba",
    "grid": "#2b3641",
    "line": "#465463",
    "surface": "#161d24",
    "bars": "#37597a",
    "curve": "#6db4f2",
    "accent": "#ff8a4c",
    "planned": "#c9d4df",
    "cloud": "#5d9bd3",
    "rare": "#5a6978",
    "band": "#1e3347",
    "inner_band": "#2a4b69",
    "reserve": "#8fa1b4",
    "series1": "#67aeea",
    "series2": "#f58a57",
    "series3": "#5fc79d",
    "series4": "#c39be0",
    "series5": "#dcb945",
    "series6": "#ef82ab",
}
"""Figures are made in the light colours; the page swaps each for its dark partner where the reader prefers dark."""

SERIES = tuple(name for name in LIGHT if name.startswith("series"))
"""Colours of curves in one figure, in their order."""

CRITICALITY_CLASSES = (
    (0.75, "75–100 %", "#9c2a10"),
    (0.50, "50–75 %", "#d9622b"),
    (0.25, "25–50 %", "#ee9d45"),
    (0.05, "5–25 %", "#e8c766"),
    (0.0, "0–5 %", LIGHT["rare"]),
)
"""Lower limit of the criticality index, its name, its colour: darker means more critical, also in grey."""
COMPLETED_COLOUR = "#8795a3"


DATE_TICKS = [
    {"dtickrange": [None, 43_200_000], "value": "%H:%M\n%-d %b %Y"},
    {"dtickrange": [86_400_000, 1_209_600_000], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", "M6"], "value": "%b\n%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]
"""How plotly writes dates on an axis: days before months."""


def criticality_colour(index: float) -> str:
    """Colour of a criticality index.

    >>> criticality_colour(0.8) == CRITICALITY_CLASSES[0][2]
    True
    """
    return next((colour for limit, _, colour in CRITICALITY_CLASSES if index >= limit), LIGHT["rare"])


def series_colour(number: int) -> str:
    """Colour of a curve by its place; after the last they begin again.

    >>> series_colour(0) == series_colour(len(SERIES)) == LIGHT["series1"]
    True
    """
    return LIGHT[SERIES[number % len(SERIES)]]


def template() -> go.layout.Template:
    """The plotly template of all figures."""
    import plotly.graph_objects as go

    axis = {
        "gridcolor": LIGHT["grid"],
        "linecolor": LIGHT["line"],
        "tickcolor": LIGHT["line"],
        "zeroline": False,
        "title": {"font": {"size": 12, "color": LIGHT["muted"]}, "standoff": 8},
        "tickfont": {"size": 12, "color": LIGHT["muted"]},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": LIGHT["ink"]},
            "paper_bgcolor": LIGHT["surface"],
            "plot_bgcolor": LIGHT["surface"],
            "margin": {"l": 8, "r": 8, "t": 62, "b": 8},
            "xaxis": {**axis, "showgrid": False, "showline": True, "ticks": "outside"},
            "yaxis": axis,
            "hoverlabel": {"bgcolor": LIGHT["surface"], "bordercolor": LIGHT["line"], "font": {"color": LIGHT["ink"]}},
            "showlegend": False,
            "bargap": 0.0,
        }
    )
