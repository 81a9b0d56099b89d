"""``docs/plan-format.md`` says what the reader does: its examples are read, its keys are all there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simcore.models.formats import (
    native,
    native_activities,
    native_calendars,
    native_costs,
    native_links,
    native_project,
    native_risks,
    native_rules,
)
from simcore.models.formats.native import merge_risks
from simcore.models.plan import ConstraintType
from tests.native_documents import plan_of

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "plan-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[:30].splitlines()[0])
def test_every_example_is_read(block: str) -> None:
    if block.startswith("# a risks file"):
        plan = merge_risks(plan_of(BLOCKS[0]), block.encode(), "risks.yaml")
        assert [risk.id for risk in plan.risks] == ["R1", "R2", "S1"]
    else:
        assert not [problem for problem in plan_of(block).notes if problem.severity != "note"]


def test_examples_mean_what_the_text_around_them_says() -> None:
    several = plan_of(next(block for block in BLOCKS if "North bank" in block))
    assert [several.shown[a.ref] for a in several.activities] == ["N:piles", "S:piles", "deck", "done"]
    ranges = plan_of(next(block for block in BLOCKS if "Earthworks" in block))
    labels = {a.id: a.uncertainty.label for a in ranges.activities}
    assert labels == {"A100": "pert", "A110": "triangular", "A120": "triangular"}
    assert ranges.activities[1].uncertainty.bounds == (0.9, 1.3)
    assert ranges.activities[1].cost.per_day.uncertainty.label == "uniform"


def test_every_key_is_described() -> None:
    described = set(re.findall(r"`([\w]+)`", TEXT))
    tables = (native, native_activities, native_calendars, native_costs, native_links, native_project, native_risks)
    tables += (native_rules,)
    known = {
        key for module in tables for name, fields in vars(module).items() if name.endswith("_FIELDS") for key in fields
    }
    assert known - described == set()
    assert {str(kind) for kind in ConstraintType} - described == set()
