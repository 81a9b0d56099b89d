"""The kernels as plain Python: the same bytes with the JIT off, so what is compiled is what is written."""
from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

import simcore
from simcore.answers import json_text
from simcore.models.calendars import Calendar
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Discrete, Lognormal, Pert, Triangular, Uniform
from simcore.models.plan import (
    Activity,
    ActivityType,
    Constraint,
    ConstraintType,
    LagCalendar,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
)
from simcore.models.risks import Correlation, Factor, Impact, Risk
from simcore.models.weather import Weather

ROOT = Path(__file__).resolve().parents[1]


def tiny_plan(rules: str = "p6") -> Plan:
    """Every phase of the kernel in a few activities."""
    kinds = {
        "A": Triangular(0.8, 1.0, 1.5, relative=True),
        "B": Pert(0.8, 1.0, 1.5, relative=True),
        "C": Uniform(0.5, 1.5, relative=True),
        "D": Discrete((0.0, 1.0), (1, 3), relative=True),
        "E": Lognormal(1.0, 0.3, relative=True),
    }
    tasks = [Activity(project="P", id=n, duration=1440, uncertainty=d, calendar="days" if n in "AC" else "nights",
                      cost=Cost(per_day=Amount(value=10.0), fixed=Amount(value=5.0, uncertainty=Uniform(1.0, 9.0))))
             for n, d in kinds.items()]  # fmt: skip
    tasks[2] = Activity(
        project="P", id="C", duration=1000, uncertainty=kinds["C"], calendar="days",
        constraints=(Constraint(ConstraintType.MANDATORY_START, datetime(2026, 3, 5, 8)),),
    )  # fmt: skip
    hammock = Activity(project="P", id="H", type=ActivityType.HAMMOCK, cost=Cost(per_day=Amount(value=3.0)))
    end = Activity(project="P", id="Z", type=ActivityType.FINISH_MILESTONE)

    def link(a: str, b: str, kind: str = "FS", **more: object) -> Relationship:
        return Relationship(Ref("P", a), Ref("P", b), LinkType(kind), **more)  # type: ignore[arg-type]

    return Plan(
        projects=(Project(id="P", start=datetime(2026, 3, 2, 8), must_finish_by=datetime(2026, 4, 1)),),
        activities=(*tasks, hammock, end),
        relationships=(
            link("A", "B", lag=300), link("A", "D", "SS", percent=0.5), link("B", "E", "FF", lag=-100), link("C", "E", "SF"),
            link("D", "Z"), link("E", "Z", elapsed=True, lag=90), link("A", "H", "SS"), link("E", "H", "FF"),
        ),
        calendars={
            "days": Calendar(name="days", week=(((480, 720), (780, 1020)),) * 5 + ((), ()), exceptions={date(2026, 3, 3): ()}),
            "nights": Calendar(name="nights", week=(((1320, 1800),),) * 5 + ((), ())),
        },
        risks=(Risk(id="R", probability=0.4, impacts=(Impact(activity="B", duration=Uniform(0.0, 999.0), cost=Uniform(1, 2)),)),),
        factors=(Factor(id="F", probability=0.7, uncertainty=Triangular(0.9, 1, 1.3, relative=True), applies_to=("A", "E")),),
        correlations=(
            Correlation(between=("duration of A", "duration of B"), rank=0.5),
            Correlation(between=("duration of C", "duration of E"), rank=-0.5),
        ),
        weather=(
            Weather(calendar="days", monthly=(0.0, 0.3, 0.4, 0.2, *(0.1,) * 8), persistence=0.4, region="coast", correlation=0.5),
            Weather(calendar="nights", record=(b"\0\1\0" * 122, b"\1\0\0" * 122), region="coast"),
        ),
        focus=(Ref("P", "A"), Ref("P", "H"), Ref("P", "Z")),
        scheduling=SchedulingOptions(rules=rules, lag_calendar=LagCalendar.SUCCESSOR),
    )  # fmt: skip


def answers(rules: str) -> str:
    """Everything a few iterations of the tiny plan answer with."""
    results = simcore.simulate(tiny_plan(rules), iterations=40, seed=2, threads=1, lanes=3, with_float=True)
    return json_text(results.to_dict()) + json_text(simcore.schedule(tiny_plan(rules)).to_dict())


@pytest.mark.parametrize("rules", ["p6", "msp"])
def test_the_same_bytes_with_the_jit_off(rules):
    code = f"import sys; from tests.test_without_jit import answers; sys.stdout.write(answers({rules!r}))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore::RuntimeWarning", "-c", code]  # hashes overflow, and are meant to
    plain = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False)
    assert plain.returncode == 0, plain.stderr.decode()
    assert plain.stdout.decode() == answers(rules)
