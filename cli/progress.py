"""What a run shows while it works: a bar on a terminal, one line before the first compilation, nothing in a pipe."""
from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simcore.simulation import Progress

P80_EVERY = 0.5  # seconds; a running P80 sorts all samples so far


def announce_compilation() -> None:
    """Say what the first run on a machine waits for."""
    from simcore.jit import compiled_before

    if not compiled_before():
        click.echo("Compiling the simulation for this machine, once; this takes up to half a minute ...", err=True)


@contextmanager
def progress_bar(iterations: int) -> Iterator[Callable[[Progress], None] | None]:
    """A callback that draws a bar with iterations per second and the running P80; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"),
        TextColumn("[bold]{task.fields[p80]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=iterations, speed="", p80="")
        started = shown = time.monotonic()

        def update(progress: Progress) -> None:
            nonlocal shown
            now = time.monotonic()
            bar.update(task, completed=progress.done)
            if now - shown >= P80_EVERY:
                shown = now
                bar.update(task, speed=f"{progress.done / (now - started):,.0f}/s", p80=_p80_text(progress))

        yield update


def _p80_text(progress: Progress) -> str:
    from simcore.reports.wording import date_text

    value = progress.p80()
    return "" if value is None else f"P80 {date_text(value)}"
