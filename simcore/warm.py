"""Compiles a part of the kernels in a process of its own, beside the first run on a machine: ``python -m simcore.warm``.

Compiling takes one processor; the run itself compiles what places activities, this process what comes after, into the same
cache. A run waits for it where it needs that part; should it fail, the run compiles that itself.
"""
from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import numpy as np

_process: subprocess.Popen[bytes] | None = None


def start() -> None:
    """Start compiling beside this process."""
    global _process
    quiet = subprocess.DEVNULL
    try:
        _process = subprocess.Popen([sys.executable, "-m", "simcore.warm"], stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        _process = None  # no second process to be had: everything is compiled here


def wait() -> None:
    """Wait for what was started, if anything was."""
    global _process
    if _process is not None:
        _process.wait()
        _process = None


def compile_later_parts() -> None:
    """Call everything that comes after placing, on the smallest plan, with the types that every run has."""
    from simcore.kernel_run import NOTHING, close_batch, late_batch
    from simcore.models.calendars import always
    from simcore.models.plan import Activity, Plan, Project
    from simcore.network import compile_network
    from simcore.riskmodel import certain_model
    from simcore.workspace import counters, samples, workspace

    begin = datetime(2026, 1, 5)
    task = Activity(project="P", id="A", duration=60)
    plan = Plan(projects=(Project(id="P", start=begin),), activities=(task,), calendars={"always": always()})
    network = compile_network(plan)
    model = certain_model(network)
    work = workspace(network, model, 1, with_late=True, with_cost=False)
    counts, kept = counters(network, 1, 1, 0), samples(network, 0, False)
    stream = np.uint64(1), 0
    close_batch(network.logic, model, network.aims, stream, 0, 1, work, counts, (0, 1), kept, NOTHING, False)
    late_batch(network.logic, network.aims, 1, work, counts, NOTHING)


if __name__ == "__main__":
    compile_later_parts()
