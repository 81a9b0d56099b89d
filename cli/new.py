"""``simcore new``: a starter plan with a risk register to fill in, or an empty register for a plan there is."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcore.cli.options import debug_option
from simcore.cli.templates import DEFAULT, RISKS, template_files, template_names, template_register
from simcore.models.errors import SimcoreError

if TYPE_CHECKING:
    from simcore.models.plan import Plan

REGISTER = "register.xlsx"


class TemplateName(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5
    """The name of a template."""

    name = "template"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known = template_names()
        if value not in known:
            self.fail(f"There is no template {value!r}. There are {', '.join(known)}.", param, ctx)
        return value


@click.command(name="new")
@click.argument("target", type=click.Path(), metavar="DIR")
@click.option("--template", type=TemplateName(), metavar="T", help=f"Which example to start from.  [default: {DEFAULT}]")
@click.option("--excel", is_flag=True, help="Write the risk register as an Excel workbook with drop-downs and examples.")
@click.option(
    "--plan", type=click.Path(dir_okay=False), metavar="PLAN",
    help="Write only an empty register, for this plan: its activities are in the drop-downs. Needs --excel.",
)  # fmt: skip
@debug_option
def command(target: str, template: str | None, excel: bool, plan: str | None) -> None:
    """Put a starter plan with a risk register into DIR, to fill in.

    With --excel, DIR may be a file ending in .xlsx: an empty register is written there, for the plan that --plan names.
    """
    is_file = target.lower().endswith((".xlsx", ".xlsm"))
    if (is_file or plan) and not excel:
        raise click.UsageError("A register is written with --excel.")
    if is_file or plan:
        if template is not None:
            raise click.UsageError("--template is for a new plan; an empty register has none.")
        new_register(Path(target) if is_file else Path(target, REGISTER), plan)
    else:
        new_folder(Path(target), template or DEFAULT, excel)


def new_folder(target: Path, template: str, excel: bool) -> None:
    """A folder with a plan and its register."""
    from simcore.models.files import write_bytes

    found = template_files(template)
    plan = next(iter(found))
    if excel:
        found = {plan: found[plan], REGISTER: template_register(template)}
    refuse_standing(target, tuple(found))
    target.mkdir(parents=True, exist_ok=True)
    for name, data in found.items():
        write_bytes(target / name, data)
        click.echo(f"Wrote {target / name}")
    register = next((target / name for name in found if name in (RISKS, REGISTER)), None)
    show_next(target / plan, register)


def new_register(target: Path, plan_file: str | None) -> None:
    """An empty workbook."""
    from simcore.models.files import write_bytes
    from simcore.models.formats import read
    from simcore.models.formats.register_write import empty_register

    refuse_standing(target.parent, (target.name,))
    plan: Plan | None = read(plan_file) if plan_file else None
    data = empty_register(plan)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(target, data)
    click.echo(f"Wrote {target}" + (f": the drop-downs offer {len(plan.activities):,} activities" if plan else ""))
    click.echo("Fill in the sheets Risks, Impacts and Uncertainty; the sheet Guide says how.")
    show_next(Path(plan_file or "PLAN"), target)


def refuse_standing(folder: Path, names: tuple[str, ...]) -> None:
    """Nothing is ever written over."""
    standing = [name for name in names if (folder / name).exists()]
    if standing:
        raise SimcoreError(f"{folder / standing[0]} exists already. Name another folder.")


def show_next(plan: Path, register: Path | None) -> None:
    """The command that makes sense now."""
    risks = f" --risks {register}" if register else ""
    click.echo(f"Next: simcore run {plan}{risks} --report {(register or plan).parent / 'report.html'}")
