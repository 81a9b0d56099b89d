"""The HTML report: one self-contained file that works offline."""
from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcore.models.files import write_text
from simcore.reports import figures
from simcore.reports.activity_data import activity_data
from simcore.reports.page import Page, build_page
from simcore.reports.theme import COMPLETED_COLOUR, CRITICALITY_CLASSES, DARK, LIGHT
from simcore.reports.wording import MONTHS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.results import Results

HERE = Path(__file__).parent
SCRIPTS = ("report.js", "report_activities.js", "report_gantt.js")
NARROW_SPACE, NO_BREAK = "\u202f", "\u00a0"
UNITS = re.compile(rf"(?<=\d) (?=(?:{'|'.join(MONTHS)}|d|h|k|M|bn|working days)\b)|(?<=[a-z]) (?=\d{{4}}\b)")
"""Blanks between a number and its unit, and those inside dates."""


def write_report(results: Results, path: str | Path) -> None:
    """Write the report of a run.

    Parameters
    ----------
    results : Results
    path : path-like
        The file appears whole or not at all.
    """
    write_text(path, render_report(results))


def render_report(results: Results) -> str:
    """The report as text."""
    page = build_page(results)
    return render_page(
        "report.html", _data(results, page), page=page, classes=CRITICALITY_CLASSES, completed=COMPLETED_COLOUR
    )


def render_page(template: str, data: dict[str, Any], scripts: Sequence[str] = SCRIPTS, **content: Any) -> str:
    """A page that works offline: a template with the house style, plotly, scripts, and the data they draw from."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["fixed"] = _unbroken
    text = environment.get_template(template).render(
        light=LIGHT,
        dark=DARK,
        style=Markup((HERE / "report.css").read_text(encoding="utf-8")),
        script=Markup("\n".join((HERE / name).read_text(encoding="utf-8") for name in scripts)),
        plotly=Markup(get_plotlyjs()),
        data=Markup(script_json(data)),
        **content,
    )
    return text.encode("utf-8", "replace").decode()  # half surrogates in names have no UTF-8


def _unbroken(text: str) -> str:
    """Dates, amounts and per cent signs stay on one line."""
    return UNITS.sub(NO_BREAK, text.replace(" %", NARROW_SPACE + "%"))


def _data(results: Results, page: Page) -> dict[str, Any]:
    """What the page's scripts draw from."""
    return {
        "figures": {name: plain_figure(figure) for name, figure in _figures(results, page).items()},
        "activities": activity_data(results),
        "theme": {
            "light": LIGHT,
            "dark": DARK,
            "completed": COMPLETED_COLOUR,
            "classes": [[limit, colour] for limit, _, colour in CRITICALITY_CLASSES],
        },
    }


def _figures(results: Results, page: Page) -> dict[str, go.Figure]:
    drawn = {}
    if page.finish.varies:
        drawn["finish"] = figures.finish_distribution(results)
    if page.cost and page.cost.varies:
        drawn["cost"] = figures.cost_distribution(results)
    if page.joint:
        drawn["joint"] = figures.joint(results)
    drawn |= _money_figures(results, page)
    if page.finish.varies:
        drawn["criticality"] = figures.criticality(results)
    if page.earned:
        drawn["earned-value"] = figures.earned_value(results)
    if page.weather:
        drawn["weather"] = figures.weather(results)
    for number, key in enumerate(page.drawn_milestones):
        drawn[f"milestone-{number}"] = figures.milestone_distribution(results, key)
    return drawn


def _money_figures(results: Results, page: Page) -> dict[str, go.Figure]:
    drawn = {}
    if page.cash_flow:
        drawn["cash-flow-cumulative"] = figures.cash_flow_cumulative(results)
        drawn["cash-flow"] = figures.cash_flow(results)
    if page.contingency:
        drawn["contingency-waterfall"] = figures.contingency_waterfall(results)
        for division in page.contingency.divisions:
            drawn[f"contingency-{division.key}"] = figures.contingency_shares(results, division.key)
        if page.contingency.drawdown:
            drawn["contingency-drawdown"] = figures.contingency_drawdown(results)
    return drawn


def plain_figure(figure: go.Figure) -> dict[str, Any]:
    """A figure as the page's scripts draw it."""
    parts: dict[str, Any] = figure.to_plotly_json()
    return {"data": parts["data"], "layout": parts["layout"]}


def script_json(value: Any) -> str:
    """JSON that can stand inside a ``<script>`` element whatever the texts in it.

    >>> script_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
