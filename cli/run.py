"""``simcore run``: simulate a plan."""
from __future__ import annotations

from functools import partial
from pathlib import Path
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
    jcl_option,
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
    until_option,
    with_quick_risk,
)
from simcore.cli.outputs import Outputs, csv_text, emit, terminal_style

if TYPE_CHECKING:
    from simcore.results import Results

INTERRUPTED = 130


@click.command(name="run")
@plan_argument
@risks_option
@fields_option
@quick_risk_option
@quick_correlation_option
@click.option(
    "--scenario", metavar="NAME", default="pre", show_default=True,
    help="pre: before mitigation; post: after it; none: without risk events and factors; or one that the plan names.",
)
@iterations_option(2**31 - 1)
@until_option
@seed_option
@threads_option
@on_option
@click.option(
    "--periods", type=click.Choice(("week", "month", "quarter", "year", "none")), default="month", show_default=True,
    help="Show what is spent in every period; quarters and years follow the plan's fiscal year.",
)
@jcl_option
@target_option
@budget_option
@click.option("--float", "with_float", is_flag=True, help="Keep total float of every activity too (takes longer).")
@constraints_option
@trust_option
@file_option("--report", metavar="FILE.html", help="Write the report: one page, works offline.")
@file_option("--json", "json_file", help="Write the answer for machines.")
@file_option("--csv", "csv_file", help="Write the samples, one row an iteration.")
@file_option("--samples", metavar="FILE.parquet", help="Write the samples while the run goes on, however long it is.")
@file_option("--resume", help="Continue the run that FILE holds, if it is there, and write it there again.")
@file_option("--cash-flow", "cash_flow", metavar="FILE.csv", help="Write the cash flow, one row a period.")
@debug_option
def command(
    plan: str, risks: str | None, ranges_from_fields: str | None, quick_risk: str | None,
    quick_correlation: float | None, scenario: str, periods: str,
    iterations: int, until: str | None, seed: int, threads: int | None, where: str | None, jcl: float, target: str | None,
    budget: float | None, with_float: bool, constraints: str, trust_file_dates: bool, report: str | None,
    json_file: str | None, csv_file: str | None, samples: str | None, resume: str | None, cash_flow: str | None,
) -> int:  # fmt: skip
    """Simulate a plan: when will it finish, and what will it cost, with which confidence?

    PLAN is a Primavera P6 file (.xer, .xml), a Microsoft Project file (.mpp, .xml) or a native .yaml or .json. As a
    FILE, - is standard output. Ctrl-C stops early and reports what has been done.
    """
    if report == "-":
        raise click.UsageError("--report needs a file; only --json, --csv and --cash-flow can go to standard output.")
    if cash_flow and periods == "none":
        raise click.UsageError("--cash-flow needs periods: leave out --periods none.")
    if csv_file is not None and iterations > 2**20:
        raise click.UsageError(f"--csv holds at most {2**20:,} iterations; for more use --samples FILE.parquet.")
    if "-" in (samples, resume):
        raise click.UsageError("--samples and --resume need a file.")
    named = {
        "--report": report, "--json": json_file, "--csv": csv_file, "--samples": samples, "--resume": resume,
        "--cash-flow": cash_flow,
    }  # fmt: skip
    outputs = Outputs(named, inputs=(plan, risks))

    from simcore.cli.notes import show_notes
    from simcore.cli.progress import compilation_announced, watched
    from simcore.models.formats import read
    from simcore.reports.content import HEADLINE
    from simcore.simulation import simulate

    read_plan = prepared(read(plan, risks, ranges_from_fields), constraints, trust_file_dates)
    read_plan = with_quick_risk(read_plan, quick_risk, quick_correlation)
    check_scenarios(read_plan, (scenario,))
    show_notes(read_plan, everything=False)
    at_most = simulated_at_most(iterations, until)
    begun = resume if resume is not None and Path(resume).exists() else None
    money = compilation_announced(read_plan, money=True)
    with money, on_cluster(where) as executor, watched(at_most) as progress:
        results = simulate(
            read_plan, at_most, seed, threads, progress, scenario=scenario, with_float=with_float,
            periods=None if periods == "none" else periods, executor=executor, resume=begun, samples=samples, until=until,
        ).with_goal(jcl, target, budget)  # fmt: skip
        if resume is not None:
            results.save_checkpoint(resume)
        results.contingency(HEADLINE)  # a second pass, while its part is being compiled
    write_answers(results, report, json_file, csv_file, cash_flow)
    show_summary(results, outputs)
    return INTERRUPTED if results.partial else 0


def simulated_at_most(iterations: int, until: str | None) -> int:
    """How many iterations a run may take: as many as there can be where it goes on until an answer is precise."""
    from simcore.tally import EXACT

    given = click.get_current_context().get_parameter_source("iterations") is not click.core.ParameterSource.DEFAULT
    return iterations if given or until is None else EXACT


def write_answers(
    results: Results, report: str | None, json_file: str | None, csv_file: str | None, cash_flow: str | None
) -> None:
    """Write the files that were asked for."""
    from simcore.answers import json_text, run_answer, write_samples
    from simcore.answers_money import write_cash_flow

    emit(json_file, lambda: json_text(run_answer(results)))
    emit(csv_file, lambda: csv_text(partial(write_samples, results)))
    if report is not None:
        results.report(report)
    emit(cash_flow, lambda: csv_text(partial(write_cash_flow, results)))  # last: a plan without cost has none to write


def show_summary(results: Results, outputs: Outputs) -> None:
    """Print the summary for people."""
    from simcore.reports.terminal import run_summary

    stream = outputs.people
    click.echo(run_summary(results, **terminal_style(stream)), file=stream, color=True)
