"""Networks to measure on, and the bare kernel as the yardstick, in the same process and the same run."""
from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import simcore
from simcore.models.plan import Plan

CHECKS = Path(__file__).resolve().parents[2] / "shared" / "checks"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--large", action="store_true", help="also measure 10,000 activities and more (minutes)")


def sizes(*large: int) -> list[Any]:
    """Parameters: 1,000 activities always, larger ones with --large."""
    return [1_000, *(pytest.param(n, marks=pytest.mark.large) for n in large)]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "large: measured with --large only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--large"):
        return
    for item in items:
        if item.get_closest_marker("large"):
            item.add_marker(pytest.mark.skip(reason="give --large to measure this size"))


@pytest.fixture(scope="session")
def checks() -> Iterator[dict[str, ModuleType]]:
    """The shared measuring scripts ``limit`` and ``networks``."""
    if not (CHECKS / "limit.py").is_file():
        pytest.skip("the shared measuring scripts are not here")
    sys.path.insert(0, str(CHECKS))
    try:
        yield {name: importlib.import_module(name) for name in ("limit", "networks")}
    finally:
        sys.path.remove(str(CHECKS))


@pytest.fixture(scope="session")
def full_plan(checks: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Plan]:
    """A synthetic plan with every feature, by number of activities."""
    return _plans(checks, tmp_path_factory.mktemp("full"), full=True)


@pytest.fixture(scope="session")
def plain_plan(checks: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Plan]:
    """A synthetic plan of one calendar, without lags and costs, by number of activities."""
    return _plans(checks, tmp_path_factory.mktemp("plain"), full=False)


def _plans(checks: dict[str, ModuleType], folder: Path, *, full: bool) -> Callable[[int], Plan]:
    @cache
    def make(activities: int) -> Plan:
        path = folder / f"{activities}.yaml"
        networks = checks["networks"]
        networks.write_plan(networks.layered(activities), str(path), full=full)
        return simcore.read(path)

    return make


@pytest.fixture(scope="session")
def bare_seconds(checks: dict[str, ModuleType]) -> Callable[[int, int], float]:
    """Seconds of the bare kernel (sampling and forward pass only) for so many activities and iterations, two threads."""

    @cache
    def measure(activities: int, iterations: int) -> float:
        return float(checks["limit"].measure(activities, iterations, 2, 3)["seconds"])

    return measure


def best_of(repeats: int, call: Callable[[], object]) -> float:
    """Shortest of some runs, seconds."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begin)
    return best
