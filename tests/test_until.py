"""Runs that go on until an answer is precise."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import simcore
from simcore.answers import json_text
from simcore.cli.main import main
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Uniform
from simcore.models.errors import PlanError
from simcore.models.plan import Plan
from simcore.runs import doubled
from simcore.simulation import Progress
from simcore.until import parse_until
from tests.oracle_plans import UNIT, activity, plan, serial

WIDE = Uniform(5.0 * UNIT, 9.0 * UNIT)
NAMES = ("A", "B", "C")


def subject(with_cost: bool = True) -> Plan:
    cost = Cost(fixed=Amount(value=100.0, uncertainty=Uniform(50.0, 250.0))) if with_cost else None
    return plan([activity(name, WIDE, cost=cost) for name in NAMES], serial(NAMES))


@pytest.mark.parametrize(
    ("text", "of", "cost", "width", "relative"),
    [
        ("P80 ±0.5d", 80.0, False, 720.0, False),
        ("p 80 finish ± 12 h", 80.0, False, 720.0, False),
        ("P80 cost ±10000", 80.0, True, 10_000.0, False),
        ("P99.5 cost +-1e4", 99.5, True, 10_000.0, False),
        ("mean +/-0.1d", "mean", False, 144.0, False),
        ("MEAN COST ±0.25%", "mean", True, 0.0025, True),
        ("P50 ±1 %", 50.0, False, 0.01, True),
        ("mean ±1w", "mean", False, 10_080.0, False),
    ],
)
def test_what_precision_is_asked_for(text, of, cost, width, relative):
    found = parse_until(text)
    assert (found.of, found.cost, found.relative) == (of, cost, relative)
    assert found.width == pytest.approx(width)


@pytest.mark.parametrize(
    "text",
    ["", "P80", "P80 0.5d", "P80 ±", "P80 ±0d", "P80 ±-1d", "P80 ±5", "P80 cost ±5d", "P0 ±1d", "P100 ±1d", "sd ±1d", "P80 ±1y",
     "P80 ±1,000d", "P80 ±1d or so"],
)  # fmt: skip
def test_what_it_is_not(text):
    with pytest.raises(ValueError, match=r"P80 ±0\.5d"):
        parse_until(text)


def test_a_run_stops_at_the_first_doubling_that_is_precise_enough():
    results = simcore.simulate(subject(), until="P80 ±2d")
    assert results.reached is not None
    assert results.reached.met
    assert not results.partial
    assert results.iterations in doubled(2**20, 16)[1:-1]
    low, high = results.finish.interval(80)
    assert (high - low).total_seconds() / 60 / 2 == pytest.approx(results.reached.half_width, abs=1)
    assert results.reached.half_width <= 2 * 1440
    before = simcore.simulate(subject(), results.iterations // 2, until="P80 ±2d")
    assert before.reached is not None
    assert not before.reached.met


def test_it_is_the_run_of_so_many_iterations():
    found = simcore.simulate(subject(), until="P80 ±2d", threads=2)
    plain = simcore.simulate(subject(), found.iterations, threads=1)
    np.testing.assert_array_equal(found.finish.samples, plain.finish.samples)
    first, second = found.to_dict(), plain.to_dict()
    assert first.pop("until")["reached"]
    assert second.pop("until") is None
    assert json_text(first) == json_text(second)


def test_cost_and_shares():
    money = simcore.simulate(subject(), until="mean cost ±0.1%")
    assert money.reached is not None
    assert money.cost is not None
    low, high = money.cost.interval("mean")
    assert (high - low) / 2 / money.cost.mean == pytest.approx(money.reached.half_width)
    relative = simcore.simulate(subject(), until="P80 ±50%")
    assert relative.iterations == 1024  # the first look
    assert "of the finish is known to ±" in str(relative.reached)


def test_what_is_not_reached_is_told():
    results = simcore.simulate(subject(), 2000, until="P80 ±1m")
    assert results.iterations == results.requested == 2000
    assert not results.partial
    assert "not reached" in str(results.reached)
    assert results.to_dict()["until"]["reached"] is False


def test_a_certain_plan_is_known_at_once():
    certain = plan([activity("A", units=5.0)])
    assert simcore.simulate(certain, until="P80 ±1m").iterations == 1024


def test_a_plan_without_cost_has_no_precision_of_it():
    with pytest.raises(PlanError, match="has no cost"):
        simcore.simulate(subject(with_cost=False), until="P80 cost ±5")


def test_an_interrupted_run_is_partial():
    def stop(progress: Progress) -> None:
        if progress.done >= 3000:
            raise KeyboardInterrupt

    results = simcore.simulate(subject(), until="P80 ±1m", progress=stop)
    assert results.partial
    assert 3000 <= results.iterations < results.requested == 2**20
    assert results.reached is not None
    assert not results.reached.met


def test_doublings_end_with_the_most():
    assert doubled(1024, 16) == [1024]
    assert doubled(500, 16) == [500]
    assert doubled(4096, 16) == [1024, 2048, 4096]
    assert doubled(4097, 16) == [1024, 2048, 4096, 4097]


# -- the command ----

PLAN = """\
format: 1
project: {name: Small, start: 2026-03-02, calendar: c}
calendars: {c: {week: {mon-sun: [00:00-24:00]}}}
activities:
  dig: {name: Dig, duration: 5d, uncertainty: "triangular(3d, 5d, 9d)"}
  pour: {name: Pour, duration: 2d, after: [dig], uncertainty: "uniform(2d, 4d)"}
"""


def test_the_command_tells_what_it_took(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    assert main(["run", str(path), "--until", "mean ±0.2d"]) == 0
    assert "The mean of the finish is known to ±" in capsys.readouterr().out
    assert main(["run", str(path), "--until", "mean ±1m", "-n", "1500"]) == 0
    assert "after 1,500 iterations" in " ".join(capsys.readouterr().out.split())


def test_a_wrong_precision_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    assert main(["run", str(path), "--until", "very precise"]) == 2
    assert "P80 ±0.5d" in capsys.readouterr().err
    assert main(["run", str(path), "--until", "P80 cost ±5"]) == 1
    assert "has no cost" in capsys.readouterr().err
