"""Samples streamed to a file: what the file holds is what the run has sampled."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simcore
from simcore import local_work, tally
from simcore.models.errors import MissingExtraError
from simcore.models.plan import Plan
from simcore.results import Results
from tests.cli_cases import run
from tests.scale_cases import EXAMPLE, pump_station

RUN = 5_003


@pytest.fixture(scope="module")
def plan() -> Plan:
    return pump_station(discounted=True)


@pytest.fixture(scope="module")
def whole(plan: Plan) -> Results:
    return simcore.simulate(plan, RUN)


@pytest.fixture
def parquet() -> Any:
    return pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")


def assert_holds(table: Any, results: Results, first: int = 0) -> None:
    assert table["iteration"].to_pylist() == list(range(first, results.iterations))
    assert np.array_equal(table["finish"].to_numpy(), results.finish.samples[first:])
    assert results.cost is not None
    assert np.array_equal(table["cost"].to_numpy(), results.cost.samples[first:])
    assert results.present_value is not None
    assert np.array_equal(table["present_value"].to_numpy(), results.present_value.samples[first:])
    for key, variable in results.milestones.items():
        assert np.array_equal(table[f"milestone {key}"].to_numpy(), variable.samples[first:])


@pytest.mark.parametrize("kept", [2**20, 2_000], ids=["exact", "fine"])
def test_the_file_holds_every_iteration_in_order(
    plan: Plan, whole: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parquet: Any, kept: int
) -> None:
    monkeypatch.setattr(tally, "EXACT", kept)
    monkeypatch.setattr(local_work, "BLOCK", 1_000)
    simcore.simulate(plan, RUN, samples=tmp_path / "samples.parquet")
    assert_holds(parquet.read_table(tmp_path / "samples.parquet"), whole)
    assert parquet.ParquetFile(tmp_path / "samples.parquet").num_row_groups == 6


def test_a_continued_run_writes_what_it_adds(plan: Plan, whole: Results, tmp_path: Path, parquet: Any) -> None:
    begun = simcore.simulate(plan, 1_234, samples=tmp_path / "1.parquet")
    begun.save_checkpoint(tmp_path / "run.ckpt")
    simcore.simulate(plan, RUN, samples=tmp_path / "2.parquet", resume=tmp_path / "run.ckpt")
    assert_holds(parquet.read_table(tmp_path / "1.parquet"), begun)
    assert_holds(parquet.read_table(tmp_path / "2.parquet"), whole, first=1_234)
    assert parquet.read_table([tmp_path / "1.parquet", tmp_path / "2.parquet"]).num_rows == RUN


def test_nothing_to_add_is_a_file_without_rows(plan: Plan, tmp_path: Path, parquet: Any) -> None:
    simcore.simulate(plan, 100).save_checkpoint(tmp_path / "run.ckpt")
    simcore.simulate(plan, 100, samples=tmp_path / "none.parquet", resume=tmp_path / "run.ckpt")
    assert parquet.read_table(tmp_path / "none.parquet").num_rows == 0


def test_a_failed_run_leaves_no_file(plan: Plan, tmp_path: Path, parquet: Any) -> None:
    def fail(progress: simcore.simulation.Progress) -> None:
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        simcore.simulate(plan, RUN, samples=tmp_path / "samples.parquet", progress=fail)
    assert list(tmp_path.iterdir()) == []


def test_the_missing_package_is_named(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'simcore\[parquet\]'"):
        simcore.simulate(plan, 100, samples=tmp_path / "samples.parquet")


def test_the_command_line_continues_and_writes_samples(tmp_path: Path, parquet: Any) -> None:
    command = ["run", EXAMPLE / "plan.yaml", "--json", tmp_path / "answer.json"]
    assert run(*command, "-n", 1_000) == 0
    wanted = (tmp_path / "answer.json").read_bytes()
    for iterations in (300, 1_000):
        continued = ("--resume", tmp_path / "run.ckpt", "--samples", tmp_path / f"{iterations}.parquet")
        assert run(*command, "-n", iterations, *continued) == 0
    assert (tmp_path / "answer.json").read_bytes() == wanted
    assert parquet.read_table(tmp_path / "1000.parquet")["iteration"].to_pylist() == list(range(300, 1_000))


def test_the_command_line_says_what_holds_long_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", EXAMPLE / "plan.yaml", "-n", 2_000_000, "--csv", tmp_path / "samples.csv") == 2
    assert "--csv holds at most 1,048,576 iterations; for more use --samples FILE.parquet." in capsys.readouterr().err
    assert run("run", EXAMPLE / "plan.yaml", "--samples", "-") == 2
    assert "--samples and --resume need a file." in capsys.readouterr().err
