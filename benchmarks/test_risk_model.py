"""What a full risk model costs: the same plan with plain ranges, and with risks, factors and a correlated group, in one run.

    python -m pytest benchmarks/test_risk_model.py --large --benchmark-columns=min,median
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import simcore
from benchmarks.conftest import best_of, sizes
from benchmarks.test_whole_runs import iterations_for
from simcore.models.branches import Branch, Path
from simcore.models.distributions import Triangular
from simcore.models.plan import Activity, Plan
from simcore.models.risks import Correlation, Factor, Impact, Risk

WIDE = Triangular(0.05, 0.2, 0.6, relative=True)


def varying(plan: Plan) -> list[Activity]:
    return [a for a in plan.activities if a.uncertainty is not None]


def with_risks(plan: Plan) -> Plan:
    """One risk a 33 activities with 17 impacts each, 50 factors on 40 activities each, one group of correlated durations.

    At 10,000 activities: 300 risks mapped to 5,000 impacts, and 200 variables that correlate.
    """
    rng = np.random.default_rng(3)
    names = [a.id for a in varying(plan)]
    count = max(len(plan.activities) * 3 // 100, 1)

    def some(number: int) -> list[str]:
        return [str(name) for name in rng.choice(names, min(number, len(names)), replace=False)]

    risks = []
    for k in range(count):
        impacts = tuple(Impact(activity=name, duration=WIDE) for name in some(17 if k % 3 else 16))
        risks.append(Risk(id=f"R{k}", probability=float(rng.uniform(0.05, 0.6)), impacts=impacts, shared=k % 4 == 0))
    spread = Triangular(0.9, 1.0, 1.3, relative=True)
    factors = tuple(Factor(id=f"F{k}", probability=0.8, uncertainty=spread, applies_to=tuple(some(40))) for k in range(50))
    group = tuple(f"duration of {name}" for name in some(max(len(plan.activities) // 50, 2)))
    return plan.with_changes(
        risks=tuple(risks), factors=factors, correlations=(Correlation(between=group, rank=0.4),)
    )


def with_chance(plan: Plan) -> Plan:
    """One activity in ten may not exist, one link in ten may not hold, one branch of two ways a hundred activities."""
    tasks = tuple(replace(a, existence=0.9) if k % 10 == 5 else a for k, a in enumerate(plan.activities))
    links = tuple(replace(r, probability=0.95) if k % 10 == 3 else r for k, r in enumerate(plan.relationships))
    branches = tuple(
        Branch(id=f"B{k}", paths=(Path(weight=0.5, activities=(tasks[k].id,)), Path(weight=0.5, activities=(tasks[k + 1].id,))))
        for k in range(0, len(tasks) - 1, 100)
    )
    return plan.with_changes(activities=tasks, relationships=links, branches=branches)


def measured(benchmark: Any, plan: Plan, base: Plan) -> None:
    """Time a plan, and note its ratio to another in the same run."""
    iterations = iterations_for(benchmark)

    def run(which: Plan) -> Any:
        return simcore.simulate(which, iterations=iterations, threads=2)

    run(base), run(plan)  # compiled once, remembered by the plans
    benchmark(run, plan)
    if benchmark.enabled:
        benchmark.extra_info["times_plain_ranges"] = round(benchmark.stats.stats.min / best_of(5, lambda: run(base)), 2)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_risks_factors_and_correlation(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """At most twice the time of plain ranges at 10,000 activities."""
    plan = full_plan(activities)
    risky = with_risks(plan)
    if activities == 10_000:
        assert len(risky.risks) == 300
        assert sum(len(r.impacts) for r in risky.risks) == 5_000
        assert len(risky.correlations[0].between) == 200
    measured(benchmark, risky, plan)


@pytest.mark.parametrize("activities", sizes(10_000))
def test_logic_by_chance(benchmark: Any, activities: int, full_plan: Callable[[int], Plan]) -> None:
    """Existence, links that may not hold, branches."""
    plan = full_plan(activities)
    measured(benchmark, with_chance(plan), plan)
