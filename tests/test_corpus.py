"""The main job on every real plan file: straight from the file, a quick risk, an answer; or one clear message."""
from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import simcore
from simcore.models.uncertainty import apply_quick_risk
from simcore.reports.html import render_report
from simcore.reports.terminal import run_summary
from tests.shared_data import SHARED, needs_shared

PLANS = SHARED / "plans"
SEEN_IN_FULL = 10  # files of each family whose report is rendered too

P6 = sorted(PLANS.glob("p6/*.xer"))
MSP = sorted(PLANS.glob("derived/*.mspdi.xml.gz"))  # the Microsoft Project files without Java
OTHERS = sorted(p for p in PLANS.glob("other_formats/*") if p.suffix in (".xer", ".xml"))
BROKEN = {"corrupt.xer", "malformed.xer", "mixed-endings.xer"}  # there is no project in them


def opened(path: Path, folder: Path) -> simcore.Plan:
    if path.suffix != ".gz":
        return simcore.read(path)
    unpacked = folder / path.name.removesuffix(".gz")
    unpacked.write_bytes(gzip.decompress(path.read_bytes()))
    return simcore.read(unpacked)


@needs_shared
@pytest.mark.parametrize("family", ["p6", "msp"])
def test_every_real_plan_gives_an_answer(family: str, tmp_path: Path) -> None:
    files = P6 if family == "p6" else MSP
    assert len(files) >= SEEN_IN_FULL
    for number, path in enumerate(files):
        plan = apply_quick_risk(opened(path, tmp_path), "90%,100%,130%")
        results = simcore.simulate(plan, iterations=64)
        assert results.finish.p(5) <= results.finish.p(80) <= results.finish.p(95), path.name
        assert json.loads(json.dumps(results.to_dict()))["iterations"] == 64, path.name
        assert "64 iterations" in run_summary(results, width=100), path.name
        if number < SEEN_IN_FULL:
            assert "<html" in render_report(results), path.name


@needs_shared
def test_every_other_file_gives_an_answer_or_one_message(tmp_path: Path) -> None:
    for path in OTHERS:
        message = answered(path, tmp_path)
        assert path.name in message if message else path.name not in BROKEN
        assert "\n" not in message


def answered(path: Path, folder: Path) -> str:
    """Simulate a file; the message where it is refused."""
    try:
        plan = apply_quick_risk(opened(path, folder), "90%,100%,130%")
        simcore.simulate(plan, iterations=32)
    except simcore.SimcoreError as error:
        return str(error)
    return ""
