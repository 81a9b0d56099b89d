"""Dates of real P6 files, to the minute: over all of them, and the 13 small cases captured from P6 23.12."""
from __future__ import annotations

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

import simcore
from tests.shared_data import SHARED, needs_shared

PLANS = SHARED / "plans"
EXACT = 0.998
"""What is left are dates that do not follow from anything in their file; docs/fidelity.md counts them by cause."""
PERFECT = 0.86
MICRO = PLANS / "micro" / "p6-23.12-microcases.xer"
COLUMNS = {"es": "early_start", "ef": "early_finish", "ls": "late_start", "lf": "late_finish"}


@pytest.fixture(scope="module")
def rule() -> ModuleType:
    """The shared check of dates, for its rule of what agrees."""
    spec = importlib.util.spec_from_file_location("fidelity", SHARED / "checks" / "fidelity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agreeing(rule: ModuleType, entry: dict[str, Any]) -> tuple[int, int]:
    """How many open activities of a file agree in all five values, and how many there are."""
    want = rule.expected_rows(PLANS / entry["expected"], "p6")
    found = {row["id"]: row for row in simcore.schedule(simcore.read(PLANS / entry["plan"])).to_dict()["activities"]}
    exact = sum(
        all(value is None or rule.same(key, value, found[ident][key]) for key, value in values.items())
        for ident, values in want.items()
    )
    return exact, len(want)


@needs_shared
def test_open_activities_of_real_files_agree(rule: ModuleType) -> None:
    index = json.loads((PLANS / "index.json").read_text(encoding="utf-8"))
    counts = [agreeing(rule, e) for e in index if e["plan"].startswith("p6/") and e["verdict"] != "C"]
    counts = [(exact, total) for exact, total in counts if total]
    assert sum(exact for exact, _ in counts) >= EXACT * sum(total for _, total in counts)
    assert sum(exact == total for exact, total in counts) >= PERFECT * len(counts)


def micro_cases() -> list[Any]:
    path = PLANS / "micro" / "p6-23.12-microcases.expected.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []


@needs_shared
@pytest.mark.parametrize("case", micro_cases(), ids=lambda case: case["case"])
def test_cases_captured_from_p6(case: dict[str, Any]) -> None:
    """Start columns of what has begun, and finish columns of what is complete, show actual dates in the capture."""
    plan = simcore.read(MICRO)
    project = f"XV{case['case'][:2]}"
    rows = {row["id"]: row for row in simcore.schedule(plan).to_dict()["activities"] if row["project"] == project}
    assert len(rows) == len(case["rows"])
    for expected in case["rows"]:
        row = rows[expected["code"]]
        for short, name in COLUMNS.items():
            begun = row["status"] != "not started" and name.endswith("start")
            is_actual = begun or row["status"] == "completed"
            shown = name.removeprefix("early_").removeprefix("late_") if is_actual else name
            assert row[shown] == expected[short], (expected["code"], name)
        days = expected["tf_days"]
        assert row["total_float_hours"] == (None if days is None else days * 8)
