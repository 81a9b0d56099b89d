"""Phases of the kernel on one thread, nanoseconds per activity-iteration in ``extra_info``."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.conftest import sizes
from simcore.counting import Worker
from simcore.design import Design
from simcore.kernel_run import COUNT, EXTREMES, NOTHING
from simcore.models.plan import Plan
from simcore.passes import run_passes
from simcore.runs import Run
from simcore.simulation import LANES
from simcore.workspace import samples

PHASES = {
    "passes": (NOTHING, False, False),  # dates and driving trace of durations that stand in the rows
    "sampled": (NOTHING, False, True),
    "extremes": (EXTREMES, False, True),
    "counted": (COUNT, False, True),
    "with late pass": (COUNT, True, True),
}


@pytest.mark.parametrize("activities", sizes(10_000))
@pytest.mark.parametrize("phase", PHASES)
def test_phase(benchmark: Any, activities: int, phase: str, full_plan: Callable[[int], Plan]) -> None:
    """What each phase adds to the one before it."""
    mode, with_late, sampled = PHASES[phase]
    run = Run(full_plan(activities), Design(seed=1), "pre", with_late)
    run.prepare()
    worker = Worker(run, LANES, None)
    kept = samples(run.network, LANES * run.design.replicates, run.risk.has_cost)
    worker.counters.counts[:] = 0

    def unit() -> None:
        worker.counters.counts[:] = 0
        run_passes(
            run.network, run.risk.model, (np.uint64(1), 0, run.design.replicates), (0, LANES),
            (worker.work, worker.counters, kept), mode, with_late=with_late, sampled=sampled,
        )

    benchmark(unit)
    if benchmark.enabled:
        benchmark.extra_info["ns_per_activity_iteration"] = round(benchmark.stats.stats.min / activities / LANES * 1e9, 2)
