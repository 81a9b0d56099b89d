"""``simcore compare``: scenarios of a plan on common random numbers."""
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from simcore.cli.options import (
    budget_option,
    check_scenarios,
    constraints_option,
    debug_option,
    fields_option,
    file_option,
    iterations_option,
    on_cluster,
    on_option,
    plan_argument,
    prepared,
    quick_correlation_option,
    quick_risk_option,
    risks_option,
    seed_option,
    target_option,
    threads_option,
    trust_option,
    with_quick_risk,
)
from simcore.cli.outputs import Outputs, csv_text, emit, terminal_style

if TYPE_CHECKING:
    from simcore.comparison import Comparison

INTERRUPTED = 130


@click.command(name="compare")
@plan_argument
@risks_option
@fields_option
@click.option(
    "--scenario", "scenarios", metavar="NAME", multiple=True,
    help="pre, post, none or one that the plan names; give it twice or more, the first is what the others are compared "
    "with. Default: pre, post and all that the plan names.",
)
@quick_risk_option
@quick_correlation_option
@iterations_option(2**20)
@seed_option
@threads_option
@on_option
@target_option
@budget_option
@constraints_option
@trust_option
@file_option("--report", metavar="FILE.html", help="Write the comparison as a page that works offline.")
@file_option("--json", "json_file", help="Write the answer for machines.")
@file_option("--csv", "csv_file", help="Write the samples, one row an iteration with all scenarios.")
@debug_option
def command(
    plan: str, risks: str | None, ranges_from_fields: str | None, scenarios: tuple[str, ...], quick_risk: str | None,
    quick_correlation: float | None, iterations: int, seed: int, threads: int | None, where: str | None, target: str | None,
    budget: float | None, constraints: str, trust_file_dates: bool, report: str | None, json_file: str | None,
    csv_file: str | None,
) -> int:  # fmt: skip
    """Compare scenarios: what does mitigation gain, and is it worth its price?

    All scenarios run on the same random numbers, so that their differences are known far better than each alone. As a FILE,
    - is standard output. Ctrl-C stops early and compares what has been done.
    """
    if report == "-":
        raise click.UsageError("--report needs a file; only --json and --csv can go to standard output.")
    if len(scenarios) == 1 or len(set(scenarios)) < len(scenarios):
        raise click.UsageError("Give --scenario at least twice, each with another name, or leave it out.")
    outputs = Outputs({"--report": report, "--json": json_file, "--csv": csv_file}, inputs=(plan, risks))

    from simcore.cli.notes import show_notes
    from simcore.cli.progress import compilation_announced, watched
    from simcore.comparison import compare, default_scenarios
    from simcore.models.formats import read

    read_plan = prepared(read(plan, risks, ranges_from_fields), constraints, trust_file_dates)
    read_plan = with_quick_risk(read_plan, quick_risk, quick_correlation)
    check_scenarios(read_plan, scenarios)
    chosen = scenarios or default_scenarios(read_plan)
    show_notes(read_plan, everything=False)
    with compilation_announced(read_plan), on_cluster(where) as executor, watched(iterations * len(chosen)) as progress:
        comparison = compare(
            read_plan, chosen, iterations, seed, threads, progress, target=target, budget=budget, executor=executor
        )
    write_answers(comparison, report, json_file, csv_file)
    show_summary(comparison, outputs)
    return INTERRUPTED if comparison.partial else 0


def write_answers(comparison: Comparison, report: str | None, json_file: str | None, csv_file: str | None) -> None:
    """Write the files that were asked for."""
    from simcore.answers import compare_answer, json_text, write_compared

    emit(json_file, lambda: json_text(compare_answer(comparison)))
    emit(csv_file, lambda: csv_text(partial(write_compared, comparison)))
    if report is not None:
        comparison.report(report)


def show_summary(comparison: Comparison, outputs: Outputs) -> None:
    """Print the comparison for people."""
    from simcore.reports.comparison_terminal import comparison_summary

    stream = outputs.people
    click.echo(comparison_summary(comparison, **terminal_style(stream)), file=stream, color=True)
