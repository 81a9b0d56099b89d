"""Options that several commands share."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from simcore.models.plan import Plan

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

plan_argument = click.argument("plan", type=click.Path(dir_okay=False), metavar="PLAN")

risks_option = click.option(
    "--risks", type=click.Path(dir_okay=False), metavar="FILE",
    help="Risks, factors, ranges and correlations to lay over the plan (YAML, JSON, an Excel workbook or CSV).",
)  # fmt: skip

fields_option = click.option(
    "--ranges-from-fields", metavar="auto|MIN,MODE,MAX",
    help="Take ranges of durations from custom fields of the plan: recognised by their names, or named.",
)  # fmt: skip

constraints_option = click.option(
    "--constraints", type=click.Choice(("honour", "soften", "ignore")), default="honour", show_default=True,
    help="Mandatory dates: hold them, take them as earliest dates, or leave them (and must-finish dates) out.",
)  # fmt: skip

trust_option = click.option(
    "--trust-file-dates", is_flag=True,
    help="Pin activities to the file's own dates where simcore computes others.",
)


def prepared(plan: Plan, constraints: str, trust_file_dates: bool) -> Plan:
    """The plan with its dates pinned and its constraints treated as asked for."""
    from simcore.models.constraints import with_constraints
    from simcore.trust import trust_file_dates as pinned

    return with_constraints(pinned(plan) if trust_file_dates else plan, constraints)


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
