"""The plan that runs of every kind of scale are tested on: costs, risks, milestones, prices that move."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import simcore
from simcore.models.finance import Discount
from simcore.models.plan import Plan
from simcore.results import Results

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "pump-station"


def pump_station(*, discounted: bool = False) -> Plan:
    """The example with its risks."""
    plan = simcore.read(EXAMPLE / "plan.yaml", risks=EXAMPLE / "risks.yaml")
    return plan.with_changes(finance=replace(plan.finance, discount=Discount(rate=0.05))) if discounted else plan


def assert_same(first: Results, second: Results) -> None:
    """Everything that two runs have kept is the same to the last bit, and so are their answers."""
    assert first.tally is not None
    assert second.tally is not None
    assert first.iterations == second.iterations
    for name in ("counts", "range", "critical"):
        assert np.array_equal(getattr(first.tally, name), getattr(second.tally, name)), name
    done = min(first.iterations, first.tally.kept.finish.shape[1])
    assert_same_arrays(first.tally.kept, second.tally.kept, done)
    assert_same_arrays(first.tally.spent, second.tally.spent, done)
    assert first.tally.fine.keys() == second.tally.fine.keys()
    for name, counts in first.tally.fine.items():
        for part in ("grid", "counts", "largest", "smallest", "sums"):
            assert np.array_equal(getattr(counts, part), getattr(second.tally.fine[name], part)), f"{name} {part}"
    assert first.to_dict() == second.to_dict()


def assert_same_arrays(first: Any, second: Any, done: int) -> None:
    """Samples of the first iterations are the same; both may be missing."""
    assert (first is None) == (second is None)
    for mine, theirs in zip(first or (), second or (), strict=True):
        assert np.array_equal(mine[..., :done], theirs[..., :done])
