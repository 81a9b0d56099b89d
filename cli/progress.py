"""What a run shows while it works: a bar on a terminal, one line before the first compilation, nothing in a pipe."""
from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simcore.models.plan import Plan
    from simcore.simulation import Progress

STOPPING = b"\nStopping after the iterations in work; Ctrl-C again stops at once.\n"
P80_EVERY = 0.5  # seconds; a running P80 sorts all samples so far


@contextmanager
def compilation_announced(plan: Plan, *, money: bool = False) -> Iterator[None]:
    """Say what the first run of a kind of plan on a machine waits for, and share the work between two processes.

    ``money`` says whether costs are spent over time and divided.

    What is not needed after all by the time that the block ends is left to a later run.
    """
    from simcore import warm
    from simcore.jit import compiled_before, mark_compiled

    kind = warm.kernel_kind(plan, money=money)
    known = compiled_before(kind)
    if not known:
        warm.start(kind)
        what, long = f"the simulation of plans with {kind}", "a minute"
        if kind == "plain" or (kind == "cost" and not compiled_before("plain")):
            what, long = "the simulation", "a minute" if kind == "cost" else "half a minute"
        click.echo(f"Compiling {what} for this machine, once; this takes up to {long} ...", err=True)
    try:
        yield
    finally:
        warm.stop()
    if not known:
        mark_compiled(kind)
        mark_compiled(kind.removesuffix("cost").removesuffix(" and ") or "plain")  # that of plans without cost too


@contextmanager
def watched(iterations: int) -> Iterator[Callable[[Progress], None]]:
    """A callback for a run: shows how it goes where somebody watches, and turns Ctrl-C into a stop at a safe place."""
    with _bar(iterations) as show, _interrupt_between_units() as stop_if_asked:

        def callback(progress: Progress) -> None:
            stop_if_asked()  # first: from now on there is something to lose
            show(progress)

        yield callback


@contextmanager
def _interrupt_between_units() -> Iterator[Callable[[], None]]:
    """Ctrl-C is heard between two units of work, when all that is done is complete; a second one stops at once.

    Before the first unit there is nothing to lose, so that Ctrl-C stops at once too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # only the main thread may listen to signals
        return
    under_way = asked = False

    def listen(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked or not under_way:
            raise KeyboardInterrupt
        asked = True
        os.write(2, STOPPING)  # not by a buffered stream, which may be in use at this very moment

    def stop_if_asked() -> None:
        nonlocal under_way
        under_way = True
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, listen)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(iterations: int) -> Iterator[Callable[[Progress], None]]:
    """A bar with iterations per second and the running P80; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda progress: None
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

        def show(progress: Progress) -> None:
            nonlocal shown
            now = time.monotonic()
            bar.update(task, completed=progress.done)
            if now - shown >= P80_EVERY:
                shown = now
                bar.update(task, speed=f"{progress.done / (now - started):,.0f}/s", p80=_p80_text(progress))

        yield show


def _p80_text(progress: Progress) -> str:
    from simcore.reports.wording import date_text

    value = progress.p80()
    return "" if value is None else f"P80 {date_text(value)}"
