"""The command ``simcore``: finds the subcommand, and turns every error into one message and an exit status.

Exit status: 0 done, 1 the input is wrong, 2 wrong usage, 130 interrupted.
"""
from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

import simcore
from simcore.cli.options import CONTEXT, debug_option
from simcore.models.collector import collector_paused
from simcore.models.errors import SimcoreError

OK, INPUT_WRONG, USAGE_WRONG, INTERRUPTED = 0, 1, 2, 130

COMMANDS = ("run", "compare", "schedule", "convert", "new", "distributions")
"""Subcommands in the order of the help page, each ``command`` of the module of that name."""


class Commands(click.Group):
    """A group that imports a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"simcore.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a guess at what a misspelt command meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from simcore.models.suggestions import did_you_mean

            ctx.fail(f"There is no command {args[0]!r}. {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(name="simcore", cls=Commands, context_settings=CONTEXT)
@click.version_option(simcore.__version__, prog_name="simcore")
@debug_option
def simcore_command() -> None:
    """When will the project really finish, and what will it really cost?

    Reads the plan you have (Primavera P6, Microsoft Project, YAML), simulates its durations, costs and risks, and
    answers with confidence curves.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; never ends in a traceback unless one is asked for."""
    arguments = list(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark
    try:
        with collector_paused():  # a command makes little that its end does not free
            return _status(simcore_command.main(arguments, prog_name="simcore", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("Interrupted.")
        return INTERRUPTED
    except SimcoreError as error:
        _say(str(error))
    except MemoryError:
        _say("The plan does not fit into this computer's memory. Use fewer iterations (-n) or close other programs.")
    except OSError as error:
        _say(f"{error.filename or 'The system'}: {error.strerror or error}.")
        _show_trace(arguments)
    except Exception as error:
        _say(
            f"simcore failed unexpectedly: {type(error).__name__}: {error}\n"
            "This is a defect of simcore, not of your plan. Please report it with this message and the command line; "
            "--debug (or SIMCORE_DEBUG=1) adds the place in the program."
        )
        _show_trace(arguments)
    return INPUT_WRONG


def _status(returned: object) -> int:
    """Commands return nothing when they are done, or their own exit status."""
    return returned if isinstance(returned, int) else OK


def _say(message: str) -> None:
    click.echo(message, err=True)


def _show_trace(arguments: Sequence[str]) -> None:
    if "--debug" in arguments or os.environ.get("SIMCORE_DEBUG"):
        traceback.print_exc()


if __name__ == "__main__":
    sys.exit(main())
