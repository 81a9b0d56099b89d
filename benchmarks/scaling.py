"""Memory of long runs and the speed of a cluster on this machine: ``python benchmarks/scaling.py memory|cluster``.

``memory`` prints the peak of a process that runs 200 activities for 2^20 iterations, and of one for ten million. ``cluster``
prints seconds with one and two workers of one thread each: the same iterations (strong scaling), and as many for each (weak).
"""
from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import simcore
from simcore.models.calendars import always
from simcore.models.costs import Amount, Cost
from simcore.models.distribution_kinds import Triangular
from simcore.models.plan import Activity, Plan, Project, Relationship

ACTIVITIES = 200
DAY = 1440


def ladder(activities: int = ACTIVITIES) -> Plan:
    """Four chains with links between them, triangular durations, and a cost each."""
    project = Project(id="P", start=datetime(2026, 1, 5))
    tasks = tuple(
        Activity(
            project="P", id=f"A{n}", duration=10 * DAY, uncertainty=Triangular(8.0 * DAY, 10.0 * DAY, 15.0 * DAY),
            cost=Cost(per_day=Amount(value=1000.0)),
        )
        for n in range(activities)
    )  # fmt: skip
    links = tuple(
        Relationship(tasks[n - back].ref, tasks[n].ref) for n in range(activities) for back in (4, 7) if n >= back
    )
    return Plan(projects=(project,), activities=tasks, relationships=links, calendars={"always": always()})


def peak(iterations: int) -> float:
    """Peak memory in MB of a process of its own that runs so many iterations and writes the answer."""
    code = "from scaling import *; print(len(str(simcore.simulate(ladder(), {}, threads=2).to_dict())), used())"
    run = [sys.executable, "-c", code.format(iterations)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
    return float(done.stdout.split()[-1])


def used() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(iterations: int, repeats: int = 4) -> tuple[float, float, float]:
    """Shortest runs of so many iterations with one worker and with two, and of twice as many with two.

    They take turns, since other work on the machine comes and goes.
    """
    from distributed import Client, LocalCluster

    plan, jobs = ladder(), ((1, iterations), (2, iterations), (2, 2 * iterations))
    best = dict.fromkeys(jobs, float("inf"))
    with ExitStack() as stack:
        clients = {}
        for workers in (1, 2):
            machines = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
            clients[workers] = stack.enter_context(Client(stack.enter_context(machines)))
            simcore.simulate(plan, 200_000, executor=clients[workers])  # kernels
        for _ in range(repeats):
            for workers, count in jobs:
                begin = time.perf_counter()
                simcore.simulate(plan, count, executor=clients[workers])
                best[workers, count] = min(best[workers, count], time.perf_counter() - begin)
    one, two, twice = best.values()
    return one, two, twice


def main(what: str) -> None:
    """Measure and print."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if what == "memory":
        for iterations in (2**20, 10_000_000):
            print(f"{iterations:>10,} iterations: peak {peak(iterations):.0f} MB")
        return
    for iterations in (1_000_000, 8_000_000):
        one, two, twice = seconds(iterations)
        print(
            f"{iterations:>10,} iterations: {one:.2f} s with one worker, {two:.2f} s with two (ratio {one / two:.2f}); "
            f"twice as many {twice:.2f} s with two (weak scaling {one / twice:.2f})"
        )
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1])
