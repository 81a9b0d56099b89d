"""``simcore convert``: any readable plan file as a native one, or its risk model alone."""
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simcore.cli.options import debug_option, fields_option, plan_argument, risks_option
from simcore.cli.outputs import Outputs, emit

if TYPE_CHECKING:
    from simcore.models.plan import Plan


@click.command(name="convert")
@plan_argument
@click.argument("out", type=click.Path(dir_okay=False), metavar="OUT")
@risks_option
@fields_option
@click.option("--only-risks", is_flag=True, help="Write only the risk model, as a risks file.")
@debug_option
def command(plan: str, out: str, risks: str | None, ranges_from_fields: str | None, only_risks: bool) -> None:
    """Write any readable plan as a native YAML or JSON file, or its risk model as a register or a risks file.

    The native file gives the same dates and costs, and keeps the dates that the source tool stored. OUT ends in .yaml,
    .yml or .json; - is standard output (YAML). When it ends in .xlsx, the risk model is written as a workbook to fill in
    further; with --only-risks, as a risks file.
    """
    from simcore.cli.notes import show_notes

    outputs = Outputs({"OUT": out}, inputs=(plan, risks))
    if out.lower().endswith(".xlsx"):
        read_plan = write_register(plan, risks, ranges_from_fields, out)
    elif only_risks:
        read_plan = write_risks(plan, risks, ranges_from_fields, out)
    else:
        read_plan = write_plan(plan, risks, ranges_from_fields, out)
    show_notes(read_plan)
    if not outputs.to_stdout:
        click.echo(f"Wrote {out}: {size_of(read_plan, out, only_risks)}.")


def write_plan(plan: str, risks: str | None, fields: str | None, out: str) -> Plan:
    """The whole plan."""
    from simcore.models.formats import read
    from simcore.models.formats.native_write import to_json, to_yaml

    read_plan = read(plan, risks, fields)
    emit(out, lambda: to_json(read_plan) if out.lower().endswith(".json") else to_yaml(read_plan))
    return read_plan


def write_register(plan: str, risks: str | None, fields: str | None, out: str) -> Plan:
    """The risk model as a workbook."""
    from simcore.models.files import write_bytes
    from simcore.models.formats.register_convert import register_bytes

    read_plan, data = register_bytes(plan, risks, fields)
    write_bytes(out, data)
    return read_plan


def write_risks(plan: str, risks: str | None, fields: str | None, out: str) -> Plan:
    """The risk model as a risks file."""
    from simcore.models.formats.register_convert import risks_text

    read_plan, text = risks_text(plan, risks, fields, json=out.lower().endswith(".json"))
    emit(out, lambda: text)
    return read_plan


def size_of(plan: Plan, out: str, only_risks: bool) -> str:
    """What a file holds, in numbers."""
    if only_risks or out.lower().endswith(".xlsx"):
        impacts = sum(len(risk.impacts) for risk in plan.risks)
        parts = {"risk": len(plan.risks), "impact": impacts, "factor": len(plan.factors)}
        return ", ".join(f"{number:,} {noun}{'s' * (number != 1)}" for noun, number in parts.items())
    return f"{len(plan.activities):,} activities, {len(plan.relationships):,} relationships"
