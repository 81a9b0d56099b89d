"""Runs a plan: the public entry."""
from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcore.conduct import Workers, conduct
from simcore.design import Design
from simcore.local_work import LocalWork
from simcore.models.errors import PlanError, Problem
from simcore.models.plan import Plan
from simcore.periods import UNITS
from simcore.pilot import design_of
from simcore.results import Results
from simcore.runs import Progress, Run
from simcore.scenarios import resolve
from simcore.tally import EXACT
from simcore.until import parse_until

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["ITERATIONS", "LANES", "LONGEST_RUN", "Progress", "simulate"]

ITERATIONS = 10_000
LANES = 640
LONGEST_RUN = 2**31 - 1
"""Counts of a histogram's bins, and of criticality on a machine, are 32-bit integers."""


def simulate(
    plan: Plan,
    iterations: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    scenario: str = "pre",
    with_float: bool = False,
    design: Design | None = None,
    lanes: int = LANES,
    periods: str | None = None,
    executor: Client | None = None,
    resume: str | Path | None = None,
    samples: str | Path | None = None,
    until: str | None = None,
) -> Results:
    """Simulate a plan.

    The numbers depend on plan, scenario, design and iterations alone: not on threads, lanes or the order of work.

    Parameters
    ----------
    plan : Plan
    iterations : int, optional
        At least 1, at most 2^31 - 1; default 10,000, or with ``until`` at most 2^20. The samples of the first 2^20 are kept one
        by one; beyond them dates and costs are counted in fine histograms (``results.finish.resolution``), and memory does not
        grow any more.
    seed : int
        Ignored when a ``design`` is given, or a run is continued.
    threads : int, optional
        Default: one a processor.
    progress : callable, optional
        Called with a :class:`Progress`; a KeyboardInterrupt (from it or from the terminal) stops the run after the current
        round, and what has been done is returned as partial results.
    scenario : str
        ``pre``, ``post``, ``none``, or one of the plan's own.
    with_float : bool
        Keep total float of every iteration (a late pass more).
    design : Design, optional
        The design of an earlier run, to compare with it on common random numbers.
    lanes : int
        Iterations side by side in a batch; a matter of speed only.
    periods : {"week", "month", "quarter", "year"}, optional
        Keep what is spent in every period (``results.cash_flow``); quarters and years follow the plan's fiscal year.
    executor : distributed.Client, optional
        A Dask cluster on which the iterations are done; the answer is the same. See :func:`simcore.executors.cluster`.
    resume : path, optional
        A file of :meth:`Results.save_checkpoint` from which the run goes on to ``iterations`` in all, with its design.
    samples : path, optional
        A Parquet file to which the samples are written while the run goes on: all that this call does, in iteration order.
    until : str, optional
        Go on until an answer is known so well (``"P80 ±0.5d"``, ``"mean cost ±1%"``): the iterations are doubled until half of
        its 95 % interval is at most that; ``results.reached`` tells what came of it.

    Returns
    -------
    Results

    Raises
    ------
    ValueError
        For numbers out of range or an unknown scenario.
    PlanError
        For a plan without any activity of its own dates, or a file to resume from that does not belong to it.
    MissingExtraError
        When an executor or samples need a package that is not installed.
    """
    precision = None if until is None else parse_until(until)
    iterations = iterations if iterations is not None else ITERATIONS if precision is None else EXACT
    if not 1 <= iterations <= LONGEST_RUN:
        raise ValueError(f"iterations must be 1 to {LONGEST_RUN:,}, not {iterations}")
    resolve(plan, scenario)
    if periods is not None and periods not in UNITS:
        raise ValueError(f"periods must be one of {', '.join(UNITS)}, not {periods!r}")
    if all(a.type.is_span or a.inactive for a in plan.activities):
        raise PlanError(Problem(plan.source, "holds no activity that can be simulated.", "Add activities with durations."))
    begun = None
    if resume is not None:
        from simcore.checkpoint import load_checkpoint

        begun = load_checkpoint(resume, plan, (scenario, with_float, periods), design, iterations)
        design = begun.design
    run = Run(plan, design or design_of(plan, seed), scenario, with_float, periods)
    if precision is not None and precision.cost and not run.risk.has_cost:
        what = f"has no cost, so '{until}' cannot be reached."
        raise PlanError(Problem(plan.source, what, "Ask for the finish, or add costs."))
    run.prepare()
    workers: Workers = LocalWork(threads or os.cpu_count() or 1, lanes)
    if executor is not None:
        from simcore.executors import ClusterWork

        workers = ClusterWork(executor, lanes)
    with nullcontext() if samples is None else _parquet(run, samples) as sink:
        return conduct(run, iterations, workers, progress, None if begun is None else begun.tally, sink, precision)


def _parquet(run: Run, path: str | Path) -> Any:
    from simcore.sample_files import parquet_file

    return parquet_file(run, path)
