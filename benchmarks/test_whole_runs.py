"""Whole simulations as the caller of ``simcore.simulate`` sees them, quoted as multiples of the bare kernel in the same run.

    python -m pytest benchmarks --large --benchmark-columns=min,median

``extra_info`` of every benchmark holds the ratio; docs/performance.md has a table of them.
"""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import simcore
from benchmarks.conftest import sizes
from simcore.models.plan import Plan
from simcore.models.weather import Weather

ITERATIONS = 10_000


def iterations_for(benchmark: Any) -> int:
    """Few iterations when nothing is measured (smoke)."""
    return ITERATIONS if benchmark.enabled else 256


@pytest.mark.parametrize("activities", sizes(10_000))
@pytest.mark.parametrize("with_float", [False, True], ids=["plain", "float"])
def test_full_simulation(
    benchmark: Any, activities: int, with_float: bool,
    full_plan: Callable[[int], Plan], bare_seconds: Callable[[int, int], float],
) -> None:
    """Calendars, lags, costs, criticality, percentiles of every activity; second call on the same plan."""
    plan, iterations = full_plan(activities), iterations_for(benchmark)
    simcore.simulate(plan, iterations=100, threads=2, with_float=with_float)
    results = benchmark(simcore.simulate, plan, iterations=iterations, threads=2, with_float=with_float)
    assert results.iterations == iterations
    if benchmark.enabled:
        bare = bare_seconds(activities, iterations)
        benchmark.extra_info["times_the_bare_kernel"] = round(benchmark.stats.stats.min / bare, 2)
        benchmark.extra_info["ns_per_activity_iteration"] = round(benchmark.stats.stats.min / activities / iterations * 1e9, 2)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_plain_simulation(
    benchmark: Any, activities: int, plain_plan: Callable[[int], Plan], bare_seconds: Callable[[int, int], float]
) -> None:
    """One calendar, no lags, no costs; criticality and percentiles of every activity all the same."""
    plan, iterations = plain_plan(activities), iterations_for(benchmark)
    simcore.simulate(plan, iterations=100, threads=2)
    benchmark(simcore.simulate, plan, iterations=iterations, threads=2)
    if benchmark.enabled:
        benchmark.extra_info["times_the_bare_kernel"] = round(benchmark.stats.stats.min / bare_seconds(activities, iterations), 2)


@pytest.mark.parametrize("activities", sizes(10_000, 100_000))
def test_time_an_activity_iteration(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """1,000 iterations of plans of any size: nanoseconds an activity-iteration."""
    plan, iterations = full_plan(activities), min(iterations_for(benchmark), 1_000)
    simcore.simulate(plan, iterations=100, threads=2)
    benchmark(simcore.simulate, plan, iterations=iterations, threads=2)
    if benchmark.enabled:
        benchmark.extra_info["ns_per_activity_iteration"] = round(benchmark.stats.stats.min / activities / iterations * 1e9, 2)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_weather(
    benchmark: Any, activities: int, full_plan: Callable[[int], Plan], bare_seconds: Callable[[int, int], float]
) -> None:
    """The same plan with persistent weather of a region on all of its calendars."""
    plan, iterations = full_plan(activities), iterations_for(benchmark)
    takes: dict[str, Any] = {"monthly": (0.2,) * 12, "persistence": 0.3, "region": "coast", "correlation": 0.5}
    plan = plan.with_changes(weather=tuple(Weather(calendar=name, **takes) for name in plan.calendars))
    simcore.simulate(plan, iterations=100, threads=2)
    benchmark(simcore.simulate, plan, iterations=iterations, threads=2)
    if benchmark.enabled:
        bare = bare_seconds(activities, iterations)
        benchmark.extra_info["times_the_bare_kernel"] = round(benchmark.stats.stats.min / bare, 2)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_answers_of_activities(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """Turning counters into the table of percentiles."""
    results = simcore.simulate(full_plan(activities), iterations=iterations_for(benchmark), threads=2)
    assert len(benchmark(lambda: results.activities.percentile("finish", 80))) == activities


@pytest.mark.parametrize("activities", sizes(10_000))
def test_schedule(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """The deterministic schedule of a compiled network."""
    from simcore.network import compile_network
    from simcore.scheduling import run_deterministic

    network = compile_network(full_plan(activities))
    benchmark(run_deterministic, network)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_compile(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """Plan to network."""
    from simcore.network import compile_network

    benchmark(lambda: compile_network(full_plan(activities).with_changes(name="again")))


PEAK = """
import re, sys
import simcore
plan = simcore.read(sys.argv[1])
simcore.simulate(plan, iterations=int(sys.argv[2]), threads=2)
# not getrusage: its maximum is inherited from the process that started this one
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
@pytest.mark.parametrize("activities", sizes(10_000))
def test_peak_memory(benchmark: Any, activities: int, full_plan: Callable[[int], Plan], tmp_path: Path) -> None:
    """Peak memory of a whole process, MB; below 1 GB at 10,000 activities and iterations."""
    path = tmp_path / "plan.json"
    simcore.write(full_plan(activities), path)
    command = [sys.executable, "-c", PEAK, str(path), str(iterations_for(benchmark))]
    peak = float(benchmark.pedantic(lambda: subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    benchmark.extra_info["peak_megabytes"] = round(peak)
    assert peak < 1_000
