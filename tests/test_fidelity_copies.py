"""The same plans in other formats give the same dates: copies in P6 XML and in MSPDI of real XER and MPP files.

The copies lost only what no schedule depends on: stored dates of completed activities. That the plan read from an MPP
file and its schedule equal those of its copy is tested where Java is, in test_msp_files.py.
"""
from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

import simcore
from simcore.models.formats.mspdi import read_mspdi
from simcore.models.formats.p6xml import read_p6xml
from simcore.models.plan import Plan
from tests.shared_data import SHARED, needs_shared

PLANS = SHARED / "plans"
MSP_EXACT = 0.96
MSP_PERFECT = 0.70


def copies(family: str) -> list[dict[str, str]]:
    index = PLANS / "derived" / "index.json"
    entries = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []
    return [entry for entry in entries if entry["from"].startswith(family + "/")]


def dates(plan: Plan) -> dict[tuple[str, str], dict]:
    """The whole answer of every activity: dates, floats, critical and longest path."""
    return {(row["project"], row["id"]): row for row in simcore.schedule(plan).to_dict()["activities"]}


@needs_shared
@pytest.mark.parametrize("entry", copies("p6"), ids=lambda entry: Path(entry["from"]).stem)
def test_p6_xml_gives_the_schedule_of_the_xer(entry: dict[str, str]) -> None:
    copy = PLANS / entry["derived"]
    found = dates(read_p6xml(gzip.decompress(copy.read_bytes()), copy.name))
    original = dates(simcore.read(PLANS / entry["from"]))
    assert found.keys() == original.keys()
    for ident, row in original.items():
        assert found[ident] == row, ident


@pytest.fixture(scope="module")
def rule() -> ModuleType:
    """The shared check of dates, for its rule of what agrees."""
    spec = importlib.util.spec_from_file_location("fidelity", SHARED / "checks" / "fidelity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_shared
def test_mspdi_gives_the_dates_that_microsoft_project_stored_in_the_mpp(rule: ModuleType) -> None:
    index = json.loads((PLANS / "index.json").read_text(encoding="utf-8"))
    verdicts = {entry["plan"]: entry["verdict"] for entry in index}
    exact, activities, perfect = 0, 0, []
    for entry in copies("msp"):
        want = rule.expected_rows(PLANS / entry["expected"], "msp")
        if verdicts[entry["from"]] == "C" or not want:
            continue
        copy = PLANS / entry["derived"]
        plan = read_mspdi(gzip.decompress(copy.read_bytes()), copy.name)
        found = {ident: row for (_, ident), row in dates(plan).items()}
        agreeing = sum(
            all(rule.same(key, value, found[ident][key]) for key, value in values.items())
            for ident, values in want.items()
        )
        exact, activities = exact + agreeing, activities + len(want)
        perfect.append(agreeing == len(want))
    assert exact >= MSP_EXACT * activities
    assert sum(perfect) >= MSP_PERFECT * len(perfect)
