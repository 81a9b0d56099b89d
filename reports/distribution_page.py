"""Distributions as a page: a gallery, the shapes of expressions, and what fits observed values."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simcore.reports.distribution_content import Sketch, unit_of
from simcore.reports.distribution_terminal import difference_text, fit_remarks, p_text
from simcore.reports.figure_density import density_figure, fit_curve_figure, fit_density_figure, together_figure
from simcore.reports.html import plain_figure, render_page
from simcore.reports.theme import DARK, LIGHT
from simcore.reports.wording import MINUS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from simcore.fitting import Fit, Fits

SCRIPTS = ("report.js",)


def render_distributions(sketches: Sequence[Sketch], gallery: bool = False) -> str:
    """A page with the density, the cumulative curve and the numbers of every distribution."""
    figures = {f"shape-{number}": density_figure(sketch) for number, sketch in enumerate(sketches)}
    together = not gallery and 1 < len(sketches) <= 8 and len({sketch.quantity for sketch in sketches}) == 1
    if together:
        figures["together"] = together_figure(sketches)
    title = "Distributions" if gallery or len(sketches) > 1 else sketches[0].expression
    return render_page(
        "distributions.html", _data(figures), SCRIPTS, title=title, kicker="Gallery" if gallery else "Shapes",
        sketches=sketches, together=together, fits=None,
    )  # fmt: skip


def render_fits(fits: Fits, name: str) -> str:
    """A page with what fits observed values: figures, criteria and tests, quantiles side by side."""
    unit = unit_of(fits.observed, fits.how)
    ranked = [(fit, difference_text(fit, fits.best), *_criteria(fit)) for fit in fits.ranked]
    percents = (5, 10, 25, 50, 75, 80, 90, 95)
    quantiles = [
        (label, [unit.text(float(q)) for q in d.ppf([p / 100 for p in percents])], unit.text(d.mean), unit.text(d.sd))
        for label, d in (("observed", fits.observed), *((fit.expression, fit.distribution) for fit in fits.ranked))
    ]
    figures = {"densities": fit_density_figure(fits), "curves": fit_curve_figure(fits)}
    return render_page(
        "distributions.html", _data(figures), SCRIPTS, title=name, kicker="Fitted distributions", sketches=(),
        together=False, fits=fits, ranked=ranked, percents=percents, quantiles=quantiles, remarks=fit_remarks(fits),
    )  # fmt: skip


def _criteria(fit: Fit) -> tuple[str, ...]:
    likelihoods = (f"{value:,.1f}".replace("-", MINUS) for value in (fit.log_likelihood, fit.aicc, fit.bic))
    return (*likelihoods, f"{fit.ks:.3f}", p_text(fit.ks_p), f"{fit.ad:.2f}", p_text(fit.ad_p))


def _data(figures: dict[str, go.Figure]) -> dict[str, Any]:
    """What the scripts draw from; they know of dates, of which there are none here."""
    return {
        "figures": {name: plain_figure(figure) for name, figure in figures.items()},
        "activities": {"base": "2000-01-01T00:00"},
        "theme": {"light": LIGHT, "dark": DARK},
    }
