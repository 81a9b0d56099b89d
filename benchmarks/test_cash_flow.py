"""What money over time costs: the same plan without it, by month, at moving prices, and its contingency divided, in one run.

    python -m pytest benchmarks/test_cash_flow.py --large --benchmark-columns=min,median
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import simcore
from benchmarks.conftest import best_of, sizes
from benchmarks.test_whole_runs import iterations_for
from simcore.models.distributions import Triangular
from simcore.models.finance import EscalationIndex, Finance
from simcore.models.plan import Plan

GROWS = Finance(
    escalation=(
        EscalationIndex(id="fees", rate=Triangular(0.01, 0.03, 0.06, relative=True), each_year=True, kinds=("per_day",)),
        EscalationIndex(id="rest", rate=Triangular(0.01, 0.02, 0.04, relative=True)),
    )
)


def measured(benchmark: Any, plan: Plan, call: Callable[[int], object]) -> None:
    """Time a run, and note its ratio to one that keeps no money over time."""
    iterations = iterations_for(benchmark)

    def plain() -> object:
        return simcore.simulate(plan, iterations=iterations, threads=2)

    plain(), call(iterations)  # compiled once, remembered by the plans
    benchmark(call, iterations)
    if benchmark.enabled:
        benchmark.extra_info["times_without"] = round(benchmark.stats.stats.min / best_of(5, plain), 2)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_months(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """At most 1.5 times the run without, at 10,000 activities and 120 months."""
    plan = full_plan(activities)
    measured(benchmark, plan, lambda n: simcore.simulate(plan, iterations=n, threads=2, periods="month"))
    flow = simcore.simulate(plan, iterations=160, periods="month").cash_flow
    assert flow is not None
    benchmark.extra_info["periods"] = flow.periods
    assert activities < 10_000 or flow.periods >= 110


@pytest.mark.parametrize("activities", sizes(10_000))
def test_moving_prices(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """Two indices, one with a rate for every year."""
    plan, grows = full_plan(activities), full_plan(activities).with_changes(finance=GROWS)
    measured(benchmark, plan, lambda n: simcore.simulate(grows, iterations=n, threads=2, periods="month"))


@pytest.mark.parametrize("activities", sizes(10_000))
def test_contingency(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """A run and the second pass that divides its contingency."""
    plan = full_plan(activities)
    measured(benchmark, plan, lambda n: simcore.simulate(plan, iterations=n, threads=2).contingency(80))
