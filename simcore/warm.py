"""Compiles a part of the kernels in a process of its own, beside the first run on a machine: ``python -m simcore.warm KIND``.

Compiling takes one processor; the run itself compiles what places activities, this process what comes after, into the same
cache. A run waits for it where it needs that part; should it fail, the run compiles that itself.
"""
from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simcore.kernel_columns import ChanceLogic, Logic
    from simcore.models.plan import Plan

_process: subprocess.Popen[bytes] | None = None


def kernel_kind(plan: Plan) -> str:
    """Which kernels a plan needs: ``plain``, or those for what it has (each kind is compiled when first met).

    >>> from simcore.models.plan import Plan
    >>> kernel_kind(Plan())
    'plain'
    """
    has = (
        ("logic by chance", _has_chance(plan)),
        ("weather", bool(plan.weather)),
    )
    return " and ".join(name for name, present in has if present) or "plain"


def _has_chance(plan: Plan) -> bool:
    struck = [i for r in plan.risks for i in (*r.impacts, *((r.mitigation.impacts or ()) if r.mitigation else ()))]
    return (
        bool(plan.branches)
        or any(a.existence < 1.0 for a in plan.activities)
        or any(r.uncertainty is not None or r.probability < 1.0 for r in plan.relationships)
        or any(r.window is not None or r.strikes == "start" for r in plan.risks)
        or any(impact.link for impact in struck)
    )


def start(kind: str) -> None:
    """Start compiling beside this process what plans of a kind need."""
    global _process
    quiet = subprocess.DEVNULL
    try:
        _process = subprocess.Popen([sys.executable, "-m", "simcore.warm", kind], stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        _process = None  # no second process to be had: everything is compiled here


def wait() -> None:
    """Wait for what was started, if anything was."""
    global _process
    if _process is not None:
        _process.wait()
        _process = None


def compile_later_parts(kind: str = "plain") -> None:
    """Call everything that comes after placing, on the smallest plan, with the types that runs of a kind have."""
    from simcore.kernel_calendar import LaneCalendars
    from simcore.kernel_run import NOTHING, close_batch, late_batch
    from simcore.models.calendars import always
    from simcore.models.plan import Activity, Plan, Project
    from simcore.network import compile_network
    from simcore.riskmodel import certain_model
    from simcore.workspace import counters, samples, workspace

    begin = datetime(2026, 1, 5)
    task = Activity(project="P", id="A", duration=60, existence=0.5 if "chance" in kind else 1.0)
    plan = Plan(projects=(Project(id="P", start=begin),), activities=(task,), calendars={"always": always()})
    network = compile_network(plan)
    model = certain_model(network)
    work = workspace(network, model, 1, with_late=True, with_cost=False)
    counts, kept = counters(network, 1, 1, 0), samples(network, 0, False)
    stream = np.uint64(1), 0
    logic: Logic | ChanceLogic = network.chance_logic if "chance" in kind else network.logic
    if "weather" in kind:
        logic = logic._replace(calendars=LaneCalendars(*logic.calendars))
    close_batch(logic, model, network.aims, stream, 0, 1, work, counts, (0, 1), kept, NOTHING, False)
    late_batch(logic, network.aims, 1, work, counts, NOTHING)


if __name__ == "__main__":
    compile_later_parts(sys.argv[1])
