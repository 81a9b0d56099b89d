"""Reading and scheduling real files and large native ones, with the split into Java, reading, compiling, scheduling."""
from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import simcore
from benchmarks.conftest import CHECKS, sizes
from simcore.models.errors import MissingExtraError
from simcore.models.plan import Plan
from simcore.network import compile_network

PLANS = CHECKS.parent / "plans"


def largest(family: str) -> Path:
    """The real file with the most activities."""
    index = PLANS / "index.json"
    if not index.is_file():
        pytest.skip("the real plan files are not here")
    entries = [e for e in json.loads(index.read_text(encoding="utf-8")) if e["plan"].startswith(family + "/")]
    return PLANS / max(entries, key=lambda e: e["activities"])["plan"]


@pytest.mark.parametrize("family", ["p6", "msp"])
def test_read_and_schedule_the_largest_real_file(benchmark: Any, family: str) -> None:
    path = largest(family)
    split: dict[str, float] = {}

    def timed(name: str, call: Callable[[], Any]) -> Any:
        begin = time.perf_counter()
        made = call()
        split[name] = round(time.perf_counter() - begin, 3)
        return made

    def whole() -> None:
        try:
            plan = timed("read", lambda: simcore.read(path))
        except MissingExtraError as error:
            pytest.skip(str(error))
        if path.suffix == ".mpp":
            split["of which Java"] = java_seconds(path)
        timed("compile", lambda: compile_network(plan))
        timed("schedule", lambda: simcore.schedule(plan))

    benchmark.pedantic(whole, rounds=3 if benchmark.enabled else 1, warmup_rounds=1)
    benchmark.extra_info["seconds"] = split


def java_seconds(path: Path) -> float:
    """Start of the JVM and conversion to MSPDI alone."""
    from simcore.models.formats.mpxj import _convert

    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        _convert(path, Path(folder))
        return round(time.perf_counter() - begin, 3)


@pytest.mark.parametrize("activities", sizes(10_000))
@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_read_native(
    benchmark: Any, activities: int, suffix: str, full_plan: Callable[[int], Plan], tmp_path: Path
) -> None:
    path = tmp_path / f"plan{suffix}"
    simcore.write(full_plan(activities), path)
    assert len(benchmark(simcore.read, path).activities) == activities
