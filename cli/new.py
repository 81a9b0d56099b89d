"""``simcore new``: a starter plan with a risk register to fill in."""
from __future__ import annotations

from pathlib import Path

import click

from simcore.cli.options import debug_option
from simcore.cli.templates import DEFAULT, template_files, template_names
from simcore.models.errors import SimcoreError


class TemplateName(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5
    """The name of a template."""

    name = "template"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known = template_names()
        if value not in known:
            self.fail(f"There is no template {value!r}. There are {', '.join(known)}.", param, ctx)
        return value


@click.command(name="new")
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
@click.option("--template", type=TemplateName(), default=DEFAULT, show_default=True, metavar="T",
              help="Which example to start from.")
@debug_option
def command(folder: str, template: str) -> None:
    """Put a starter plan with a risk register into DIR, to fill in."""
    from simcore.models.files import write_text

    target = Path(folder)
    files = template_files(template)
    standing = [name for name in files if (target / name).exists()]
    if standing:
        raise SimcoreError(f"{target / standing[0]} exists already. Name another folder.")
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_text(target / name, text)
        click.echo(f"Wrote {target / name}")
    risks = f" --risks {target / 'risks.yaml'}" if "risks.yaml" in files else ""
    click.echo(f"Next: simcore run {target / 'plan.yaml'}{risks} --report {target / 'report.html'}")
