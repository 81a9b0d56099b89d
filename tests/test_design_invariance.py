"""A run's numbers follow from plan, scenario, design and iterations alone: not from threads, lanes, order or other variables."""
from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import simcore
from simcore.answers import json_text
from simcore.design import Design
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Triangular
from simcore.models.plan import Activity, ActivityType, LinkType, Plan, Ref, Relationship
from simcore.models.risks import Factor, Impact, Risk
from simcore.pilot import design_of
from simcore.results import Results
from simcore.simulation import Progress
from tests.report_cases import make_plan, with_everything

SEED = 11
ROOT = Path(__file__).resolve().parents[1]


@cache
def everything() -> Plan:
    """Calendars, lags, progress, a mandatory date, costs, risks, factors, correlations, a hammock; every date in focus."""
    plan = with_everything(make_plan(40))
    tasks = [a for a in plan.activities if not a.type.is_milestone]
    hammock = Activity(
        project="P1", id="SITE", type=ActivityType.HAMMOCK,
        cost=Cost(per_day=Amount(value=900.0, uncertainty=Triangular(0.9, 1.0, 1.2, relative=True))),
    )  # fmt: skip
    links = (
        Relationship(tasks[4].ref, hammock.ref, LinkType.SS),
        Relationship(hammock.ref, tasks[-1].ref, LinkType.FF),
        Relationship(tasks[5].ref, tasks[20].ref, LinkType.FS, percent=0.25),
    )
    return plan.with_changes(
        activities=(*plan.activities, hammock),
        relationships=(*plan.relationships, *links),
        focus=tuple(a.ref for a in plan.activities),
    )


def run(plan: Plan | None = None, iterations: int = 1500, threads: int = 1, lanes: int = 64, **more: object) -> Results:
    """A run of a plan, by default the one with everything, in that one's design."""
    options = {"iterations": iterations, "threads": threads, "lanes": lanes, "design": design_of(everything(), SEED), **more}
    return simcore.simulate(plan or everything(), **options)  # type: ignore[arg-type]


def all_numbers(results: Results) -> dict[str, np.ndarray]:
    """Everything a run answers with, as arrays."""
    found = {"finish": results.finish.samples, "clamped": np.array(results.clamped)}
    assert results.cost is not None
    found["cost"] = results.cost.samples
    for name, variable in results.milestones.items():
        found[f"milestone {name}"] = variable.samples
    found |= {f"column {name}": values for name, values in results.activities.columns.items()}
    for quantity, histograms in results.activities.histograms.items():
        found |= {f"{quantity} {part}": getattr(histograms, part) for part in ("counts", "low", "width", "smallest", "largest")}
    return found


def assert_same_numbers(a: Results, b: Results) -> None:
    first, second = all_numbers(a), all_numbers(b)
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)
    assert json_text(a.to_dict()).encode() == json_text(b.to_dict()).encode()


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("lanes", [32, 50, 64, 128, 1000])
def test_threads_and_batches_change_nothing(threads, lanes):
    assert_same_numbers(run(threads=threads, lanes=lanes, with_float=True), run(lanes=64, with_float=True))


@pytest.mark.parametrize("scenario", ["pre", "post", "none"])
def test_every_scenario(scenario):
    assert_same_numbers(run(threads=7, lanes=33, scenario=scenario), run(scenario=scenario))


def test_long_runs_empty_their_counters_on_the_way():
    """More iterations than one worker's small counters hold."""
    plan = make_plan(3)
    long = 150_000
    one, many = run(plan, long, 1, 320), run(plan, long, 3, 128)
    assert_same_numbers(one, many)
    assert (one.activities.histograms["finish"].counts.sum(axis=1) == long).all()


def test_another_process_finds_the_same_bytes():
    code = (
        "import sys; from simcore.answers import json_text; from tests.test_design_invariance import run;"
        "sys.stdout.write(json_text(run(iterations=200).to_dict()))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=environment, check=True)
    assert answer.stdout == json_text(run(iterations=200).to_dict()).encode()


def test_seeds_differ():
    first, second = run(), simcore.simulate(everything(), iterations=1500, seed=SEED + 1)
    assert (first.finish.samples != second.finish.samples).mean() > 0.9


def test_a_design_is_used_again():
    first = simcore.simulate(everything(), iterations=1500, seed=SEED, lanes=64)
    again = simcore.simulate(everything(), iterations=1500, seed=99, design=first.design, lanes=64)
    assert_same_numbers(again, first)
    assert_same_numbers(again, run())
    plain = simcore.simulate(everything(), iterations=1500, design=Design(seed=SEED))
    assert np.any(plain.finish.samples != first.finish.samples)


@pytest.mark.parametrize("seed", [0, -1, 2**63, 2**64 + 5])
def test_any_seed(seed):
    results = simcore.simulate(make_plan(3), iterations=64, seed=seed)
    assert results.iteration(5).project_end == results.finish.samples[5].item()


# -- iterations -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 17, 777, 1499])
def test_an_iteration_recomputed(number):
    results = run(iterations=1500, lanes=50)
    schedule = results.iteration(number)
    assert np.datetime64(schedule.project_end, "m") == results.finish.samples[number]
    by_id = {row["id"]: row for row in schedule}
    for name, variable in results.milestones.items():
        assert by_id[name]["finish"] == variable.samples[number], name


def test_more_iterations_begin_with_fewer():
    """Iterations can be appended: a longer run starts with the shorter one."""
    short, long = run(iterations=700), run(iterations=1500, threads=2)
    np.testing.assert_array_equal(long.finish.samples[:700], short.finish.samples)
    assert short.cost is not None
    assert long.cost is not None
    np.testing.assert_array_equal(long.cost.samples[:700], short.cost.samples)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("after", [1, 6000])
def test_an_interrupted_run_is_a_shorter_run(threads, after):
    def stop(progress: Progress) -> None:
        if progress.done >= after:
            raise KeyboardInterrupt

    plan = make_plan(12)
    partial = run(plan, 30_000, threads, 320, progress=stop)
    assert partial.partial
    assert after <= partial.iterations < 30_000
    assert partial.requested == 30_000
    whole = run(plan, partial.iterations, 2, 128)
    first, second = all_numbers(partial), all_numbers(whole)
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


def test_progress_tells_of_every_unit_and_a_running_p80():
    seen: list[Progress] = []
    results = run(make_plan(5), 12_000, 2, 320, progress=seen.append)
    done = [p.done for p in seen]
    assert done == sorted(done)
    assert done[-1] == results.iterations == 12_000
    assert {p.total for p in seen} == {12_000}
    assert seen[0].p80() is None
    assert abs(seen[-1].p80() - results.finish.p(80)).total_seconds() < results.finish.sd.total_seconds() / 4


# -- streams are named ------------------------------------------------------------------------------------------------------


def durations(plan: Plan, number: int) -> dict[str, float]:
    schedule = run(plan, 64).iteration(number)
    return dict(zip((a.id for a in plan.activities), schedule.duration, strict=True))


def test_adding_an_activity_moves_no_other_draw():
    plan = everything()
    new = Activity(project="P1", id="A1", duration=4800, uncertainty=Triangular(0.5, 1.0, 2.0, relative=True))
    more = plan.with_changes(activities=(new, *plan.activities))
    for number in (0, 33):
        before, after = durations(plan, number), durations(more, number)
        after.pop("A1")
        assert before == after


def test_adding_a_risk_changes_only_what_it_touches():
    plan = everything()
    touched = plan.activities[10].id
    impact = Impact(activity=touched, duration=Triangular(480.0, 960.0, 1440.0))
    more = plan.with_changes(risks=(Risk(id="R0", probability=1.0, impacts=(impact,)), *plan.risks))
    for number in (0, 33):
        before, after = durations(plan, number), durations(more, number)
        changed = {name for name in before if before[name] != after[name]} - {"SITE"}
        assert changed == {touched}


def test_adding_a_factor_multiplies_what_it_touches():
    plan = everything()
    touched = tuple(a.id for a in plan.activities[10:13])
    factor = Factor(id="weather", uncertainty=Triangular(2.0, 2.0, 2.0, relative=True), applies_to=touched)
    more = plan.with_changes(factors=(*plan.factors, factor), risks=())
    before, after = durations(plan.with_changes(risks=()), 7), durations(more, 7)
    for name in before:
        if name in touched:
            assert after[name] == pytest.approx(2 * before[name], abs=1)
        elif name != "SITE":
            assert after[name] == before[name]


def test_removing_a_cost_leaves_the_dates():
    plan = everything()
    free = plan.with_changes(activities=tuple(replace(a, cost=None) for a in plan.activities))
    np.testing.assert_array_equal(run(free, 300).finish.samples, run(plan, 300).finish.samples)


def test_the_order_of_the_plan_does_not_matter():
    """Activities, relationships, risks and calendars in another order: the same dates, the same samples."""
    plan = everything()
    rng = np.random.default_rng(3)
    activities = [plan.activities[i] for i in rng.permutation(len(plan.activities))]
    links = [plan.relationships[i] for i in rng.permutation(len(plan.relationships))]
    shuffled = plan.with_changes(activities=tuple(activities), relationships=tuple(links), risks=plan.risks[::-1])
    rows = {row["id"]: row for row in simcore.schedule(plan)}
    for row in simcore.schedule(shuffled):
        for name, value in rows[row["id"]].items():
            assert value == row[name] or (value != value and row[name] != row[name]), (row["id"], name)
    first, second = run(plan), run(shuffled)
    np.testing.assert_array_equal(first.finish.samples, second.finish.samples)
    assert first.cost is not None
    assert second.cost is not None
    np.testing.assert_allclose(first.cost.samples, second.cost.samples, rtol=1e-12)
    for name, variable in first.milestones.items():
        np.testing.assert_array_equal(variable.samples, second.milestones[name].samples)


def test_renaming_changes_draws_but_not_the_schedule():
    plan = make_plan(20)
    refs = {a.ref: Ref(a.project, f"X{a.id}") for a in plan.activities}
    renamed = Plan(
        projects=plan.projects,
        activities=tuple(replace(a, id=refs[a.ref].id) for a in plan.activities),
        relationships=tuple(
            replace(r, predecessor=refs[r.predecessor], successor=refs[r.successor]) for r in plan.relationships
        ),
        calendars=plan.calendars,
        wbs=plan.wbs,
    )
    np.testing.assert_array_equal(simcore.schedule(renamed).early_finish, simcore.schedule(plan).early_finish)
    np.testing.assert_array_equal(simcore.schedule(renamed).total_float, simcore.schedule(plan).total_float)
    plain = plan.with_changes(risks=(), factors=(), correlations=())
    assert np.any(run(renamed, 64).finish.samples != run(plain, 64).finish.samples)
