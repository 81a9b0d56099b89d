"""``simcore distributions``: a gallery, the shape of any expression, and what fits observed values."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcore.cli.options import debug_option, file_option
from simcore.cli.outputs import Outputs, emit, terminal_style
from simcore.models.errors import PlanError


@click.command(name="distributions")
@click.argument("expressions", nargs=-1, metavar="[EXPRESSION]...")
@click.option("--fit", "data", type=click.Path(dir_okay=False), metavar="FILE.csv",
              help="Fit distributions to observed values.")
@click.option("--column", default="", metavar="C", help="Which column of the file; needed when it has several of numbers.")
@file_option("--html", "html_file", help="Draw it as a page that works offline.")
@file_option("--json", "json_file", help="Write the numbers for machines.")
@debug_option
def command(
    expressions: tuple[str, ...], data: str | None, column: str, html_file: str | None, json_file: str | None
) -> None:  # fmt: skip
    """Show distributions: a gallery of all, or the shape and the numbers of one or several.

    An EXPRESSION is written as in a plan, such as "pert(1d, 2d, 5d)" or "normal(P10=8d, P90=20d)".
    """
    if data is not None and expressions:
        raise click.UsageError("--fit finds the expressions itself. Leave them out, or leave out --fit.")
    if column and data is None:
        raise click.UsageError("--column says which column to fit. Add --fit FILE.csv.")
    outputs = Outputs({"--html": html_file, "--json": json_file}, inputs=(data,))
    style = terminal_style(outputs.people)
    text = _fitted(data, column, html_file, json_file, style) if data else _shown(expressions, html_file, json_file, style)
    click.echo(text, file=outputs.people, color=True)


def _shown(expressions: tuple[str, ...], html_file: str | None, json_file: str | None, style: dict[str, Any]) -> str:
    from simcore.models.distributions import FilesBeside
    from simcore.reports import distribution_content, distribution_terminal
    from simcore.reports.distribution_gallery import EXAMPLES

    sketches = distribution_content.read_sketches(expressions or EXAMPLES, FilesBeside("."))
    if html_file:
        from simcore.reports.distribution_page import render_distributions

        emit(html_file, lambda: render_distributions(sketches, gallery=not expressions))
    if json_file:
        from simcore.answers import json_text

        emit(json_file, lambda: json_text(distribution_content.distributions_answer(sketches)))
    show = distribution_terminal.sketches_text if expressions else distribution_terminal.gallery_text
    return show(sketches, **style)


def _fitted(data: str, column: str, html_file: str | None, json_file: str | None, style: dict[str, Any]) -> str:
    from simcore.fitting import fit
    from simcore.models.distribution_files import column_of_file
    from simcore.reports import distribution_content, distribution_terminal

    try:
        texts = column_of_file(data, column)
    except ValueError as error:
        raise PlanError(distribution_content.sentence(error)) from None
    fits = fit(texts)
    name = f"{Path(data).name}{', ' * bool(column)}{column}"
    if html_file:
        from simcore.reports.distribution_page import render_fits

        emit(html_file, lambda: render_fits(fits, name))
    if json_file:
        from simcore.answers import json_text

        emit(json_file, lambda: json_text(distribution_content.fit_answer(fits)))
    return distribution_terminal.fits_text(fits, name, **style)
