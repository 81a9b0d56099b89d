"""The first run on a machine shares its compilation with a second process."""
from __future__ import annotations

import sys
from datetime import datetime

import pytest

import simcore
from simcore import warm
from simcore.kernel_flow import flow_batch, line_prices
from simcore.kernel_run import close_batch, late_batch
from simcore.kernel_shares import share_batch
from simcore.models.distributions import Fixed, Uniform
from simcore.models.finance import EscalationIndex, Finance
from simcore.models.risks import Impact, Risk
from simcore.models.weather import Weather
from tests.report_cases import make_plan

WEATHER = (Weather(calendar="five", monthly=(0.1,) * 12),)
YEARS = datetime(2026, 1, 1), datetime(2030, 1, 1)
WINDOW = (Risk(id="W", window=YEARS, impacts=(Impact(activity="A1000", cost=Fixed(1.0)),)),)
LATE = (Risk(id="L", window=YEARS, impacts=(Impact(activity="A1000", duration=Fixed(60.0)),)),)
KINDS = {
    "plain": {"risks": ()},
    "cost": {},
    "logic by chance and cost": {"risks": WINDOW},
    "weather and cost": {"weather": WEATHER},
    "logic by chance and weather": {"risks": LATE, "weather": WEATHER},
}
KERNELS = close_batch, late_batch, flow_batch, line_prices, share_batch
GROWS = Finance(escalation=(EscalationIndex(id="all", rate=Uniform(0.0, 0.1, relative=True)),))


@pytest.mark.parametrize("kind", KINDS)
def test_the_later_parts_get_the_types_that_runs_have(kind, capsys):
    """What is compiled beside a run must be what the run asks for: no signature more after a real one."""
    priced = "cost" in kind
    plan = make_plan(8, with_cost=priced).with_changes(finance=GROWS, **KINDS[kind])
    assert warm.kernel_kind(plan) == kind
    warm.compile_later_parts(kind)
    assert capsys.readouterr().out.split() == ([warm.DATES, warm.SPENDING, warm.SHARES] if priced else [warm.DATES])
    before = [len(kernel.signatures) for kernel in KERNELS]
    simcore.simulate(plan, iterations=64, with_float=True, periods="month").contingency(80)
    assert [len(kernel.signatures) for kernel in KERNELS] == before


def test_without_a_second_process_the_run_compiles_all(monkeypatch):
    monkeypatch.setattr(sys, "executable", "there is no such program")
    warm.start("plain")
    warm.wait(warm.SHARES)


def test_a_started_process_is_waited_for(monkeypatch):
    """A failing one too."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    warm.start("plain")
    warm.wait(warm.SHARES)
    warm.wait(warm.SHARES)
