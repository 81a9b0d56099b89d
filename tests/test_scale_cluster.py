"""On a cluster: the same answer to the last bit, whoever is lost on the way."""
from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import simcore
from simcore import executors, tally
from simcore.models.errors import MissingExtraError, SimcoreError
from simcore.models.plan import Plan
from simcore.simulation import Progress
from tests.cli_cases import run
from tests.scale_cases import EXAMPLE, assert_same, pump_station

pytestmark = pytest.mark.filterwarnings("ignore")  # of Dask's own making; of ours all are errors elsewhere
RUN = 12_003


@pytest.fixture(scope="module")
def plan() -> Plan:
    return pump_station(discounted=True)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    module = pytest.importorskip("distributed", reason="needs the extra dask")
    machines = module.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    )
    with machines, module.Client(machines) as found:
        yield found


@pytest.fixture
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks of a few hundred iterations, so that a short run has several waves of them."""
    monkeypatch.setattr(executors, "TASK_PRICE", 1)
    monkeypatch.setattr(executors, "LARGE_TASK", 40_000)


@pytest.mark.parametrize("kept", [2**20, 4_000], ids=["exact", "fine"])
def test_a_cluster_gives_the_same_to_the_last_bit(
    plan: Plan, client: Any, many_tasks: None, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(tally, "EXACT", kept)
    here = simcore.simulate(plan, RUN, periods="month")
    there = simcore.simulate(plan, RUN, periods="month", executor=client, lanes=64)
    assert_same(here, there)


def test_progress_rises_to_the_end(plan: Plan, client: Any, many_tasks: None) -> None:
    seen: list[Progress] = []
    results = simcore.simulate(plan, RUN, executor=client, progress=seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert len(done) > 10
    assert (done[-1], seen[-1].total) == (RUN, RUN)
    assert abs(seen[-1].p80() - results.finish.p(80)).days < 5


@pytest.mark.parametrize("at", [1, 9])
def test_an_interrupt_returns_what_is_complete(plan: Plan, client: Any, many_tasks: None, at: int) -> None:
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == at:
            raise KeyboardInterrupt

    partial = simcore.simulate(plan, RUN, executor=client, progress=stop)
    assert partial.partial
    assert len(seen) == at
    alone = simcore.simulate(plan, partial.iterations)
    assert np.array_equal(partial.finish.samples, alone.finish.samples)
    assert np.array_equal(partial.activities.criticality, alone.activities.criticality)


def test_a_run_is_continued_on_a_cluster(
    plan: Plan, client: Any, many_tasks: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(tally, "EXACT", 4_000)
    simcore.simulate(plan, 3_001).save_checkpoint(tmp_path / "1")
    simcore.simulate(plan, 5_001, executor=client, resume=tmp_path / "1").save_checkpoint(tmp_path / "2")
    assert_same(simcore.simulate(plan, RUN, resume=tmp_path / "2"), simcore.simulate(plan, RUN))


def test_samples_of_a_cluster_reach_the_file_in_order(
    plan: Plan, client: Any, many_tasks: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    whole = simcore.simulate(plan, RUN)
    monkeypatch.setattr(tally, "EXACT", 4_000)
    simcore.simulate(plan, RUN, executor=client, samples=tmp_path / "samples.parquet")
    table = parquet.read_table(tmp_path / "samples.parquet")
    assert table["iteration"].to_pylist() == list(range(RUN))
    assert np.array_equal(table["finish"].to_numpy(), whole.finish.samples)


def test_a_sweep_spreads_whole_runs(plan: Plan, client: Any) -> None:
    later = plan.with_activity(plan.activities[0].ref, duration=plan.activities[0].duration + 600)
    found = simcore.sweep([plan, later], ("pre", "post"), 500, executor=client, periods="quarter")
    alone = simcore.sweep([plan, later], ("pre", "post"), 500, periods="quarter", threads=1)
    assert [r.scenario for r in found] == ["pre", "post", "pre", "post"]
    assert [r.plan.activities[0].duration for r in found[1:3]] == [p.activities[0].duration for p in (plan, later)]
    for one, other in zip(found, alone, strict=True):
        assert one.to_dict() == other.to_dict()
    with pytest.raises(ValueError, match="not those of a sweep"):
        found[0].save_checkpoint("never written")


def test_a_small_sweep_spreads_the_iterations(plan: Plan, client: Any) -> None:
    (found,) = simcore.sweep([plan], iterations=500, executor=client)
    assert_same(found, simcore.simulate(plan, 500))


def test_an_interrupted_sweep_keeps_what_is_done(plan: Plan, client: Any) -> None:
    def stop(progress: Progress) -> None:
        assert progress.done == 100
        raise KeyboardInterrupt

    assert len(simcore.sweep([plan] * 3, iterations=100, executor=client, progress=stop)) == 1


def test_scenarios_are_compared_on_a_cluster(plan: Plan, client: Any) -> None:
    there = simcore.compare(plan, ("pre", "post"), 1_000, executor=client)
    assert there.to_dict() == simcore.compare(plan, ("pre", "post"), 1_000).to_dict()


def test_an_error_of_a_task_is_told(plan: Plan, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "sources", lambda: "another")
    with pytest.raises(SimcoreError, match="another version of simcore or Numba"):
        simcore.simulate(plan, 500, executor=client)


def test_a_lost_worker_changes_nothing(plan: Plan, client: Any, many_tasks: None) -> None:
    """Its tasks are done once more by another, and what it had done too."""
    before = client.run(os.getpid)
    killed: list[int] = []

    def kill_one(progress: Progress) -> None:
        if not killed and progress.done > RUN // 4:
            killed.append(next(iter(before.values())))
            os.kill(killed[0], signal.SIGKILL)

    there = simcore.simulate(plan, RUN, periods="month", executor=client, progress=kill_one)
    assert killed
    assert_same(there, simcore.simulate(plan, RUN, periods="month"))
    client.wait_for_workers(2, timeout=60)
    assert set(client.run(os.getpid).values()) != set(before.values())


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'simcore\[dask\]'"), executors.cluster():
        pass


def test_a_scheduler_that_does_not_answer_is_named(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "ANSWER_TIMEOUT", 1)
    with (
        pytest.raises(SimcoreError, match=r"no Dask scheduler answers at dask://127.0.0.1:9"),
        executors.cluster("dask://127.0.0.1:9"),
    ):
        pass


def test_the_command_line_runs_on_a_cluster(client: Any, tmp_path: Any) -> None:
    address = client.scheduler.address.replace("tcp://", "dask://")
    for name, where in (("here", ()), ("there", ("--on", address))):
        plan, risks = EXAMPLE / "plan.yaml", EXAMPLE / "risks.yaml"
        assert run("run", plan, "--risks", risks, "-n", 500, "--json", tmp_path / name, *where) == 0
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()


@pytest.mark.parametrize("command", ["run", "compare"])
def test_another_kind_of_cluster_is_wrong_usage(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, EXAMPLE / "plan.yaml", "--on", "spark://host") == 2
    assert "'spark://host' is neither dask nor dask://host:port." in capsys.readouterr().err
