"""The kernels as plain Python: the same bytes with the JIT off, so what is compiled is what is written."""
from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

import simcore
from simcore.answers import json_text
from simcore.design import Design
from simcore.models.branches import Branch, ConditionalBranch
from simcore.models.branches import Path as Way
from simcore.models.calendars import Calendar
from simcore.models.costs import Amount, Assignment, Cost, Resource
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
from simcore.results import Results
from simcore.runs import Run

ROOT = Path(__file__).resolve().parents[1]
DIMENSION_OF = {"activity/P/A/duration": 0, "risk/R/occurs": 1, "correlation/1": 2, "activity/P/E/duration": 40}
DESIGN = Design(seed=2, sobol=DIMENSION_OF)  # given, so that no pilot runs without the JIT


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
        focus=(Ref("P", "A"), Ref("P", "H"), Ref("P", "Z")),
        scheduling=SchedulingOptions(rules=rules, lag_calendar=LagCalendar.SUCCESSOR),
    )  # fmt: skip


WEATHER = (
    Weather(calendar="days", monthly=(0.0, 0.3, 0.4, 0.2, *(0.1,) * 8), persistence=0.4, region="coast", correlation=0.5),
    Weather(calendar="nights", record=(b"\0\1\0" * 122, b"\1\0\0" * 122), region="coast"),
)


def chancy_plan(rules: str) -> Plan:
    """The tiny plan with all that chance may decide about its logic, and risks of every kind."""
    base = tiny_plan(rules)
    crew = Assignment(resource="crew", remaining_cost=50.0, uncertainty=Uniform(0.5, 1.5, relative=True))
    changes: dict[str, dict[str, object]] = {
        "B": {"existence": 0.6},
        "E": {"assignments": (crew,)},
        "F": {"constraints": (Constraint(ConstraintType.AS_LATE_AS_POSSIBLE),), "existence": 0.5},
    }
    late = Activity(project="P", id="F", duration=500, uncertainty=Uniform(0.5, 1.5, relative=True))
    links = list(base.relationships)
    links[0] = replace(links[0], uncertainty=Uniform(-300.0, 900.0), probability=0.7)
    size = Uniform(100.0, 900.0)
    window = datetime(2026, 3, 3), datetime(2026, 3, 7, 12)
    risks = (
        *base.risks,
        Risk(id="S", probability=Uniform(0.2, 0.8, relative=True), given={"R": 0.9}, strikes="start", window=window,
             impacts=(Impact(activity="B", duration=size, cost=size), Impact(activity="E", duration=size))),
        Risk(id="T", occurrence="recurring", every=700, probability=0.8, shared=True, combine="parallel", window=window,
             strikes=Uniform(0.0, 1.0, relative=True), impacts=(Impact(activity="D", duration=size, cost=size),)),
        Risk(id="U", exclusive="G", probability=0.4, impacts=(Impact(link="A -> B", lag=size),)),
        Risk(id="V", exclusive="G", probability=0.5, strikes="end", impacts=(Impact(activity="E", duration=size),)),
        Risk(id="W", occurrence="per activity", probability=0.5, impact_rank=0.6, impacts=(
            Impact(activity="B", duration=size), Impact(activity="D", duration=size))),
    )  # fmt: skip
    return base.with_changes(
        activities=tuple(replace(a, **changes.get(a.id, {})) for a in (*base.activities, late)),
        relationships=(*links, Relationship(Ref("P", "A"), Ref("P", "F")), Relationship(Ref("P", "F"), Ref("P", "Z"))),
        resources={"crew": Resource(id="crew", productivity=Uniform(0.5, 1.25, relative=True))},
        risks=risks,
        correlations=(*base.correlations, Correlation(between=("lag of A -> B", "productivity of crew"), rank=0.4, degrees=4)),
        branches=(
            Branch(id="way", paths=(Way(weight=0.4, activities=("D",)), Way(weight=0.6))),
            ConditionalBranch(id="late", quantity="finish", activity="A", limit=datetime(2026, 3, 6, 12), then=("E",), stop=True),
            ConditionalBranch(id="dear", quantity="cost", activity="B", limit=40.0, otherwise=("F",)),
        ),
    )


def answers(rules: str, kind: str) -> str:
    """Everything a few iterations of a plan answer with."""
    if kind == "weather":  # single iterations: the days of a whole run take minutes without the JIT
        run = Run(tiny_plan(rules).with_changes(weather=WEATHER), DESIGN, "pre", False)
        return "".join(json_text(run.iteration(number).to_dict()) for number in (0, 1, 21))
    plan = chancy_plan(rules) if kind == "chancy" else tiny_plan(rules)
    return told(simcore.simulate(plan, iterations=40, design=DESIGN, threads=1, lanes=3, with_float=True))


def told(results: Results) -> str:
    """All samples and tables, but what samples again (weather and correlations told): thousands of iterations."""
    kept = [results.finish, *results.milestones.values(), *([] if results.cost is None else [results.cost])]
    columns = {name: values.tolist() for name, values in results.activities.columns.items()}
    samples = [variable.samples.tolist() for variable in kept]
    return repr((samples, columns, results.clamped)) + json_text(results.schedule.to_dict())


@pytest.mark.parametrize(("threads", "lanes"), [(1, 40), (2, 1), (3, 7)])
def test_threads_and_lanes_change_nothing_by_chance(threads, lanes):
    plan = chancy_plan("p6")
    results = simcore.simulate(plan, iterations=40, design=DESIGN, threads=threads, lanes=lanes, with_float=True)
    assert told(results) == answers("p6", "chancy")
    longer = simcore.simulate(plan, iterations=90, design=DESIGN, threads=threads, lanes=lanes)
    assert (longer.finish.samples[:40] == results.finish.samples).all()


@pytest.mark.parametrize("kind", ["tiny", "chancy", "weather"])
@pytest.mark.parametrize("rules", ["p6", "msp"])
def test_the_same_bytes_with_the_jit_off(rules, kind):
    code = f"import sys; from tests.test_without_jit import answers; sys.stdout.write(answers({rules!r}, {kind!r}))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore::RuntimeWarning", "-c", code]  # hashes overflow, and are meant to
    plain = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False)
    assert plain.returncode == 0, plain.stderr.decode()
    assert plain.stdout.decode() == answers(rules, kind)
