"""Options that several commands share."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from distributed import Client

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


quick_risk_option = click.option(
    "--quick-risk", callback=quick_range_text, metavar="MIN,MODE,MAX",
    help="Triangular ranges, such as 90%,100%,130% of the remaining duration, for every activity without one.",
)  # fmt: skip

quick_correlation_option = click.option(
    "--quick-correlation", type=click.FloatRange(0, 1), metavar="R",
    help="Let uncertain durations move together: rank correlation between any two of them, such as 0.5.",
)  # fmt: skip

def iterations_option(most: int) -> Callable[[Decorated], Decorated]:
    """How long a run is to be."""
    return click.option(
        "-n", "--iterations", type=click.IntRange(1, most), metavar="N", default=10_000, show_default=True,
        help="How many times to run through the project.",
    )  # fmt: skip


def until_precision(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks ``P80 ±0.5d`` while it is still a matter of usage."""
    if value is not None:
        from simcore.until import parse_until

        try:
            parse_until(value)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None
    return value


until_option = click.option(
    "--until", metavar="PRECISION", callback=until_precision,
    help="Go on until an answer is known so well (half of its 95 % interval), such as 'P80 ±0.5d', 'P80 cost ±10000', "
    "'mean ±0.1d' or 'P80 ±1%'; then -n is the most, by default 2^20.",
)  # fmt: skip

seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="S", default=1, show_default=True,
    help="The same seed gives the same answer, to the last digit.",
)  # fmt: skip

threads_option = click.option(
    "--threads", type=click.IntRange(1, 1024), metavar="T",
    help="Default: one a processor. The answer does not depend on it.",
)  # fmt: skip

def cluster_address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks where to run while it is still a matter of usage."""
    if value is not None and value != "dask" and not value.startswith("dask://"):
        raise click.BadParameter(f"{value!r} is neither dask nor dask://host:port.", ctx, param)
    return value


on_option = click.option(
    "--on", "where", metavar="dask://HOST:PORT", callback=cluster_address,
    help="Run on a Dask cluster, or with dask alone on one of this machine. The answer does not depend on it.",
)  # fmt: skip

def on_cluster(where: str | None) -> AbstractContextManager[Client | None]:
    """A client of the cluster that was asked for; None without one."""
    if where is None:
        return nullcontext()
    from simcore.executors import cluster

    return cluster(where)


def target_date(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks a date while it is still a matter of usage."""
    if value is not None:
        from simcore.models.units import parse_datetime

        try:
            parse_datetime(value, end_of_day=True)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None
    return value


target_option = click.option(
    "--target", metavar="DATE", callback=target_date, help="Show the probability of finishing by this date.",
)  # fmt: skip

budget_option = click.option(
    "--budget", metavar="AMOUNT", type=float, help="Show the probability of keeping within this cost.",
)  # fmt: skip

jcl_option = click.option(
    "--jcl", metavar="PERCENT", type=click.FloatRange(0, 100, min_open=True, max_open=True), default=70, show_default=True,
    help="Joint confidence level for which a date and a budget are recommended.",
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


def with_quick_risk(plan: Plan, text: str | None, rank: float | None) -> Plan:
    """The plan with quick ranges and a common correlation, where they are asked for."""
    from simcore.models.uncertainty import apply_quick_correlation, apply_quick_risk

    changed = plan if text is None else apply_quick_risk(plan, text)
    return changed if rank is None else apply_quick_correlation(changed, rank)


def check_scenarios(plan: Plan, names: Iterable[str]) -> None:
    """A usage error for a scenario that the plan does not have."""
    from simcore.models.suggestions import did_you_mean
    from simcore.scenarios import scenario_ids

    known = scenario_ids(plan)
    for name in names:
        if name not in known:
            raise click.UsageError(f"The plan has no scenario {name!r}. {did_you_mean(name, known)}".rstrip())
