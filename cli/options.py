"""Options that several commands share."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

plan_argument = click.argument("plan", type=click.Path(dir_okay=False), metavar="PLAN")

risks_option = click.option(
    "--risks", type=click.Path(dir_okay=False), metavar="FILE",
    help="Risks, factors, ranges and correlations to lay over the plan (YAML or JSON).",
)  # fmt: skip


def file_option(*names: str, help: str, metavar: str = "FILE") -> Callable[[Decorated], Decorated]:
    """An option that names a file to write."""
    return click.option(*names, type=click.Path(dir_okay=False), metavar=metavar, help=help)


def debug_option(function: Decorated) -> Decorated:
    """``--debug``, accepted before and after the subcommand; :func:`simcore.cli.main.main` looks for it itself."""
    option = click.option("--debug", is_flag=True, expose_value=False, help="Show where an unexpected error happened.")
    return option(function)


def quick_range_text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks ``90%,100%,130%`` while it is still a matter of usage."""
    if value is not None:
        from simcore.models.errors import PlanError
        from simcore.models.uncertainty import quick_range

        try:
            quick_range(value)
        except PlanError as error:
            problem = error.problems[0]
            raise click.BadParameter(f"{problem.what} {problem.fix}".strip(), ctx, param) from None
    return value
