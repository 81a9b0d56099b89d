"""``docs/plan-format.md`` says what the reader does: its examples are read, its keys are all there are."""

from __future__ import annotations

import importlib
import re
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from simcore.models.formats.native import merge_risks
from simcore.models.plan import ConstraintType
from simcore.models.pricing import assignment_cost
from tests.native_documents import plan_of

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "plan-format.md").read_text(encoding="utf-8")
MODULES = [path.stem for path in (files("simcore.models.formats") / "native.py").parent.glob("native*.py")]
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the examples name."""
    path = tmp_path_factory.mktemp("beside")
    (matrix,) = re.findall(r"```csv\n(.*?)```", TEXT, re.DOTALL)
    (path / "correlations.csv").write_text(matrix, encoding="utf-8")
    (path / "jobs.csv").write_text("job,overrun (%)\nroof,95\nwall,130\n", encoding="utf-8")
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(500)]
    rows = "".join(f"{day},{day.day % 16}\n" for day in days)
    (path / "wind.csv").write_text(f"Date,wind\n{rows}", encoding="utf-8")
    return path


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[:30].splitlines()[0])
def test_every_example_is_read(block: str, folder: Path) -> None:
    if block.startswith("# a risks file"):
        plan = merge_risks(plan_of(BLOCKS[0]), block.encode(), "risks.yaml")
        assert [risk.id for risk in plan.risks] == ["R1", "R2", "S1"]
    else:
        assert not [problem for problem in plan_of(block, folder=folder).notes if problem.severity != "note"]


def test_examples_mean_what_the_text_around_them_says(folder: Path) -> None:
    several = plan_of(next(block for block in BLOCKS if "North bank" in block))
    assert [several.shown[a.ref] for a in several.activities] == ["N:piles", "S:piles", "deck", "done"]
    ranges = plan_of(next(block for block in BLOCKS if "Earthworks" in block), folder=folder)
    labels = {a.id: a.uncertainty.label for a in ranges.activities}
    assert labels == {"A100": "pert", "A110": "triangular", "A120": "triangular", "A130": "pert", "B100": "empirical"}
    assert ranges.activities[1].uncertainty.bounds == (0.9, 1.3)
    assert ranges.activities[1].cost.per_day.uncertainty.label == "uniform"
    assert ranges.activities[3].cost.fixed.uncertainty.bounds == (0.9, 1.3)
    weather = plan_of(next(block for block in BLOCKS if "wind.csv" in block), folder=folder).weather
    assert [len(w.record) for w in weather] == [0, 0, 1]
    assert sum(weather[2].record[0]) == sum((date(2020, 1, 1) + timedelta(days=n)).day % 16 > 12 for n in range(366))
    depot = plan_of(next(block for block in BLOCKS if "Structural steel" in block))
    assert depot.finance.funding[0].until == datetime(2026, 10, 1)
    assert depot.finance.escalation[0].activities == ("frame", "fit-out")
    frame = depot.activities[0]
    assert [assignment_cost(depot, frame, a).remaining for a in frame.assignments] == [900 * 310, 220 * 1450]
    correlations = plan_of(next(block for block in BLOCKS if "correlations.csv" in block), folder=folder).correlations
    assert correlations[0].between == ("duration of walls", "duration of roof")
    assert correlations[2].between == ("value of skill", "rate of roof")
    assert correlations[2].matrix == ((1.0, 0.4), (0.4, 1.0))


def test_every_key_is_described() -> None:
    described = set(re.findall(r"`([\w]+)`", TEXT))
    found = [importlib.import_module(f"simcore.models.formats.{name}") for name in MODULES]
    known = {
        key for module in found for name, fields in vars(module).items() if name.endswith("_FIELDS") for key in fields
    }
    assert known - described == set()
    assert {str(kind) for kind in ConstraintType} - described == set()
