"""Dates of real Microsoft Project files, to the minute, over all of them; read from their MSPDI copies, without Java."""
from __future__ import annotations

import gzip
import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

import simcore
from simcore.models.formats.mspdi import read_mspdi
from tests.shared_data import SHARED, needs_shared

PLANS = SHARED / "plans"
EXACT = 0.975
"""2,855 of 2,925 are; docs/fidelity.md counts by cause the dates that do not follow from anything in their file."""
PERFECT = 0.70


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
    want = rule.expected_rows(PLANS / entry["expected"], "msp")
    name = entry["plan"].removeprefix("msp/").removesuffix(".mpp")
    copy = PLANS / "derived" / f"{name}.mspdi.xml.gz"
    plan = read_mspdi(gzip.decompress(copy.read_bytes()), copy.name)
    found = {row["id"]: row for row in simcore.schedule(plan).to_dict()["activities"]}
    exact = sum(
        all(value is None or rule.same(key, value, found[ident][key]) for key, value in values.items())
        for ident, values in want.items()
    )
    return exact, len(want)


@needs_shared
def test_open_activities_of_real_files_agree(rule: ModuleType) -> None:
    index = json.loads((PLANS / "index.json").read_text(encoding="utf-8"))
    every = [(e["verdict"], *agreeing(rule, e)) for e in index if e["plan"].startswith("msp/")]
    counts = [(exact, total) for verdict, exact, total in every if verdict != "C" and total]
    assert sum(exact for exact, _ in counts) >= EXACT * sum(total for _, total in counts)
    assert sum(exact == total for exact, total in counts) >= PERFECT * len(counts)
