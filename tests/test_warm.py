"""The first run on a machine shares its compilation with a second process."""
from __future__ import annotations

import sys
from datetime import datetime

import pytest

import simcore
from simcore import warm
from simcore.kernel_run import close_batch, late_batch
from simcore.models.distributions import Fixed
from simcore.models.risks import Impact, Risk
from simcore.models.weather import Weather
from tests.report_cases import make_plan

WEATHER = (Weather(calendar="five", monthly=(0.1,) * 12),)
YEARS = datetime(2026, 1, 1), datetime(2030, 1, 1)
WINDOW = (Risk(id="W", window=YEARS, impacts=(Impact(activity="A1000", cost=Fixed(1.0)),)),)
KINDS = {
    "plain": {},
    "logic by chance": {"risks": WINDOW},
    "weather": {"weather": WEATHER},
    "logic by chance and weather": {"risks": WINDOW, "weather": WEATHER},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_later_parts_get_the_types_that_runs_have(kind):
    """What is compiled beside a run must be what the run asks for: no signature more after a real one."""
    plan = make_plan(8).with_changes(**KINDS[kind])
    assert warm.kernel_kind(plan) == kind
    warm.compile_later_parts(kind)
    before = len(close_batch.signatures), len(late_batch.signatures)
    simcore.simulate(plan, iterations=64, with_float=True)
    assert (len(close_batch.signatures), len(late_batch.signatures)) == before


def test_without_a_second_process_the_run_compiles_all(monkeypatch):
    monkeypatch.setattr(sys, "executable", "there is no such program")
    warm.start("plain")
    warm.wait()


def test_a_started_process_is_waited_for(monkeypatch):
    """A failing one too."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    warm.start("plain")
    warm.wait()
    warm.wait()
