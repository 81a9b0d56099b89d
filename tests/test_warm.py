"""The first run on a machine shares its compilation with a second process."""
from __future__ import annotations

import sys

import simcore
from simcore import warm
from simcore.kernel_run import close_batch, late_batch
from tests.report_cases import make_plan


def test_the_later_parts_get_the_types_that_runs_have():
    """What is compiled beside a run must be what the run asks for: no signature more after a real one."""
    warm.compile_later_parts()
    before = len(close_batch.signatures), len(late_batch.signatures)
    simcore.simulate(make_plan(8), iterations=64, with_float=True)
    assert (len(close_batch.signatures), len(late_batch.signatures)) == before


def test_without_a_second_process_the_run_compiles_all(monkeypatch):
    monkeypatch.setattr(sys, "executable", "there is no such program")
    warm.start()
    warm.wait()


def test_a_started_process_is_waited_for(monkeypatch):
    """A failing one too."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    warm.start()
    warm.wait()
    warm.wait()
