"""A run that is continued another day is the run that was never stopped."""
from __future__ import annotations

from pathlib import Path

import pytest

import simcore
from simcore import tally
from simcore.design import Design
from simcore.models.errors import PlanError
from simcore.models.plan import Plan
from tests.scale_cases import assert_same, pump_station

TOTAL = 3_000


@pytest.fixture(scope="module")
def plan() -> Plan:
    return pump_station(discounted=True)


@pytest.fixture
def saved(plan: Plan, tmp_path: Path) -> Path:
    path = tmp_path / "run.ckpt"
    simcore.simulate(plan, 100, seed=7).save_checkpoint(path)
    return path


@pytest.mark.parametrize("cuts", [(16,), (1,), (999,), (7, 1_000, 2_999)], ids=str)
@pytest.mark.parametrize("kept", [2**20, 1_500], ids=["exact", "fine"])
def test_continuing_gives_the_same_to_the_last_bit(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuts: tuple[int, ...], kept: int
) -> None:
    monkeypatch.setattr(tally, "EXACT", kept)
    path = tmp_path / "run.ckpt"
    resume = None
    for cut in cuts:
        simcore.simulate(plan, cut, periods="month", resume=resume).save_checkpoint(path)
        resume = path
    continued = simcore.simulate(plan, TOTAL, periods="month", resume=resume, lanes=33)
    assert_same(continued, simcore.simulate(plan, TOTAL, periods="month"))


def test_continuing_keeps_total_float_scenario_and_seed(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "run.ckpt"
    simcore.simulate(plan, 500, seed=9, scenario="post", with_float=True).save_checkpoint(path)
    continued = simcore.simulate(plan, 1_000, scenario="post", with_float=True, resume=path)
    assert continued.design.seed == 9
    assert_same(continued, simcore.simulate(plan, 1_000, seed=9, scenario="post", with_float=True))


def test_an_interrupted_run_is_continued_too(plan: Plan, tmp_path: Path) -> None:
    def stop(progress: simcore.simulation.Progress) -> None:
        raise KeyboardInterrupt

    partial = simcore.simulate(plan, 12_000, progress=stop)
    assert partial.partial
    partial.save_checkpoint(tmp_path / "run.ckpt")
    assert_same(simcore.simulate(plan, 12_000, resume=tmp_path / "run.ckpt"), simcore.simulate(plan, 12_000))


def test_as_many_iterations_as_there_are_answer_once_more(plan: Plan, saved: Path) -> None:
    assert_same(simcore.simulate(plan, 100, resume=saved), simcore.simulate(plan, 100, seed=7))


def test_another_plan_is_refused(plan: Plan, saved: Path) -> None:
    longer = plan.with_activity(plan.activities[0].ref, duration=plan.activities[0].duration + 60)
    with pytest.raises(PlanError, match=r"run.ckpt: belongs to another plan, or .* changed since. Continue with the same"):
        simcore.simulate(longer, 200, resume=saved)


def test_other_options_are_refused(plan: Plan, saved: Path) -> None:
    with pytest.raises(PlanError, match="written with scenario pre, not post"):
        simcore.simulate(plan, 200, scenario="post", resume=saved)
    with pytest.raises(PlanError, match="written with total float False, not True"):
        simcore.simulate(plan, 200, with_float=True, resume=saved)
    with pytest.raises(PlanError, match="written with periods None, not week"):
        simcore.simulate(plan, 200, periods="week", resume=saved)
    with pytest.raises(PlanError, match="another design"):
        simcore.simulate(plan, 200, design=Design(seed=8), resume=saved)


def test_fewer_iterations_are_refused(plan: Plan, saved: Path) -> None:
    with pytest.raises(PlanError, match=r"holds 100 iterations already. Ask for more than 99"):
        simcore.simulate(plan, 99, resume=saved)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"format: 1\n"], ids=["empty", "damaged", "text"])
def test_what_is_no_checkpoint_is_refused(plan: Plan, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(PlanError, match="other: cannot be read as a checkpoint"):
        simcore.simulate(plan, 200, resume=path)
    with pytest.raises(PlanError, match="cannot be read as a checkpoint"):
        simcore.simulate(plan, 200, resume=tmp_path / "missing")


def test_a_half_written_checkpoint_is_refused(plan: Plan, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-1000])
    with pytest.raises(PlanError, match="cannot be read as a checkpoint"):
        simcore.simulate(plan, 200, resume=saved)
