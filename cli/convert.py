"""``simcore convert``: any readable plan file as a native one."""
from __future__ import annotations

import click

from simcore.cli.options import debug_option, plan_argument, risks_option
from simcore.cli.outputs import Outputs, emit


@click.command(name="convert")
@plan_argument
@click.argument("out", type=click.Path(dir_okay=False), metavar="OUT")
@risks_option
@debug_option
def command(plan: str, out: str, risks: str | None) -> None:
    """Write any readable plan as a native YAML or JSON file.

    The native file gives the same dates and costs, and keeps the dates that the source tool stored. OUT ends in .yaml,
    .yml or .json; - is standard output (YAML).
    """
    from simcore.cli.notes import show_notes
    from simcore.models.formats import read
    from simcore.models.formats.native_write import to_json, to_yaml

    outputs = Outputs({"OUT": out}, inputs=(plan, risks))
    read_plan = read(plan, risks=risks)
    emit(out, lambda: to_json(read_plan) if out.lower().endswith(".json") else to_yaml(read_plan))
    show_notes(read_plan)
    if not outputs.to_stdout:
        size = f"{len(read_plan.activities):,} activities, {len(read_plan.relationships):,} relationships"
        click.echo(f"Wrote {out}: {size}.")
