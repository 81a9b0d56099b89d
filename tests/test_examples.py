"""The examples: whole, free of warnings, and with answers that make sense."""

from __future__ import annotations

from pathlib import Path

import pytest

import simcore
from simcore.models.plan import ActivityType, Plan

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
COMPLETE = ["plant-shutdown", "pump-station", "software-release"]


def example(name: str) -> Plan:
    return simcore.read(EXAMPLES / name / "plan.yaml", risks=EXAMPLES / name / "risks.yaml")


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/plan.yaml")))
def test_examples_are_read_without_a_warning(name: str) -> None:
    assert not [str(note) for note in example(name).notes]


@pytest.mark.parametrize("name", COMPLETE)
def test_examples_show_what_a_plan_may_hold(name: str) -> None:
    plan = example(name)
    assert 25 <= len(plan.activities) <= 60
    assert plan.wbs
    assert len(plan.focus) >= 3
    assert len(plan.calendars) >= 3
    assert any(calendar.exceptions for calendar in plan.calendars.values())
    assert any(activity.type is ActivityType.HAMMOCK for activity in plan.activities)
    assert any(a.cost and a.cost.per_day and a.cost.per_day.uncertainty for a in plan.activities)
    assert any(link.lag for link in plan.relationships)
    assert any(risk.mitigation for risk in plan.risks)
    assert plan.factors
    assert plan.correlations


@pytest.mark.parametrize("name", COMPLETE)
def test_examples_give_a_sensible_spread(name: str) -> None:
    plan = example(name)
    results = simcore.simulate(plan, iterations=1024, seed=1)
    early, usual, late = (results.finish.p(p) for p in (10, 50, 90))
    start = plan.projects[0].start
    assert 0.03 < (late - early) / (usual - start) < 0.3
    assert early < usual < late
    assert 0 < results.finish.probability_of_deterministic < 0.4
    assert results.cost.p(10) < results.cost.p(90)
