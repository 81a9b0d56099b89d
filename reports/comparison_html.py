"""The HTML page of a comparison: one self-contained file that works offline."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import simcore
from simcore.models.files import write_text
from simcore.reports.comparison_content import build_comparison
from simcore.reports.comparison_figures import compared_costs, compared_finishes
from simcore.reports.html import plain_figure, render_page
from simcore.reports.theme import DARK, LIGHT

if TYPE_CHECKING:
    from simcore.comparison import Comparison


def write_comparison(comparison: Comparison, path: str | Path) -> None:
    """Write the page of a comparison.

    Parameters
    ----------
    comparison : Comparison
    path : path-like
        The file appears whole or not at all.
    """
    write_text(path, render_comparison(comparison))


def render_comparison(comparison: Comparison) -> str:
    """The page as text."""
    page = build_comparison(comparison)
    figures = {"finish": plain_figure(compared_finishes(comparison))}
    if page.with_cost:
        figures["cost"] = plain_figure(compared_costs(comparison))
    data = {
        "figures": figures,
        "activities": {"base": "2000-01-01T00:00"},  # the scripts know of dates of activities, of which there are none here
        "theme": {"light": LIGHT, "dark": DARK},
    }
    return render_page("comparison.html", data, ("report.js",), page=page, version=simcore.__version__)
