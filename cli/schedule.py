"""``simcore schedule``: the dates without uncertainty, beside those of the file."""
from __future__ import annotations

import click

from simcore.cli.options import constraints_option, debug_option, file_option, plan_argument, prepared, trust_option
from simcore.cli.outputs import Outputs, emit, terminal_style


@click.command(name="schedule")
@plan_argument
@file_option("--json", "json_file", help="Write the schedule for machines.")
@click.option(
    "--only", type=click.Choice(("critical", "differing")),
    help="Show only activities that are critical, or that differ from the file.",
)
@constraints_option
@trust_option
@debug_option
def command(plan: str, json_file: str | None, only: str | None, constraints: str, trust_file_dates: bool) -> None:
    """Show the schedule as simcore computes it, beside the dates that the file stores.

    With --json FILE the table is left out; - is standard output.
    """
    outputs = Outputs({"--json": json_file}, inputs=(plan,))

    from simcore.answers import json_text, schedule_answer
    from simcore.cli.notes import show_notes
    from simcore.cli.progress import compilation_announced
    from simcore.cost_check import check_costs
    from simcore.importcheck import check_import
    from simcore.models.formats import read
    from simcore.reports.schedule_text import schedule_table
    from simcore.scheduling import schedule

    read_plan = prepared(read(plan), constraints, trust_file_dates)
    show_notes(read_plan, everything=False)
    with compilation_announced(read_plan):
        dates = schedule(read_plan)
    check = check_import(read_plan, dates)
    emit(json_file, lambda: json_text(schedule_answer(dates)))
    stream = outputs.people
    if json_file is None:
        click.echo(schedule_table(dates, check, only, **terminal_style(stream)), file=stream, color=True)
    click.echo(str(check), file=stream)
    costs = check_costs(read_plan)
    if costs.compared:
        click.echo(str(costs), file=stream)
