"""Plans for the tests of reports: generated, of any size, with everything a report shows."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache

import numpy as np

import simcore
from simcore.models.calendars import Calendar, Shifts
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Pert, Triangular
from simcore.models.errors import Problem
from simcore.models.plan import (
    Activity,
    ActivityType,
    Constraint,
    ConstraintType,
    FileDates,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    Status,
    Wbs,
)
from simcore.models.risks import Action, Correlation, Factor, Impact, Mitigation, Risk
from simcore.results import Results

DAY: Shifts = ((480, 720), (780, 1020))
START = datetime(2026, 3, 2, 8)
WORKS = ("Survey", "Groundworks", "Foundations", "Steelwork", "Piping", "Cabling", "Insulation", "Testing")
AREAS = ("Intake", "Pump hall", "Treatment", "Control room", "Outfall")


def five_days() -> Calendar:
    holidays: dict[date, Shifts] = {date(2026, 4, 3): (), date(2026, 12, 25): ()}
    return Calendar(name="five days", week=(DAY,) * 5 + ((), ()), exceptions=holidays)


def make_plan(size: int, *, with_cost: bool = True, with_ranges: bool = True, seed: int = 7) -> Plan:
    """``size`` tasks in five areas, a finish milestone an area, a handover milestone; risks when there are ranges."""
    rng = np.random.default_rng(seed)
    wide = max(2, round(size**0.5 / 2))
    tasks, links = [], []
    for i in range(size):
        area = AREAS[i * len(AREAS) // size]
        days = int(rng.integers(3, 30))
        spread = Triangular(0.75, 1.0, float(1.1 + 0.4 * rng.random()), relative=True)
        tasks.append(
            Activity(
                project="P1",
                id=f"A{1000 + 10 * i}",
                name=f"{WORKS[i % len(WORKS)]} {area.lower()} {i + 1}",
                duration=days * 480,
                wbs=f"P1.{AREAS.index(area) + 1}",
                uncertainty=spread if with_ranges else None,
                cost=_cost(rng) if with_cost else None,
            )
        )
        for back in {int(k) for k in rng.integers(1, 2 * wide + 1, 2)} if i else ():
            if back <= i:
                kind = LinkType.SS if rng.random() < 0.15 else LinkType.FS
                lag = 960 if kind is LinkType.SS else 0
                links.append(Relationship(tasks[i - back].ref, tasks[i].ref, kind, lag))
    handover = Activity(project="P1", id="HANDOVER", name="Handover to operator", type=ActivityType.FINISH_MILESTONE)
    links += [Relationship(task.ref, handover.ref) for task in tasks[-wide:]]
    return Plan(
        name="Water works renewal",
        source="water-works.yaml",
        projects=(Project(id="P1", name="Water works renewal", start=START, data_date=START, calendar="five"),),
        activities=(*tasks, handover),
        relationships=tuple(links),
        calendars={"five": five_days()},
        wbs=(
            Wbs(code="P1", name="Water works renewal"),
            *(Wbs(code=f"P1.{k + 1}", name=name, parent="P1") for k, name in enumerate(AREAS)),
        ),
        currency="EUR",
        focus=(handover.ref,),
        **(_risk_model(tasks) if with_ranges else {}),
        notes=(
            Problem("water-works.yaml:3", "The key 'colour' is not used.", severity="note"),
            *(Problem(f"activity {t.id}", "No calendar given: the project's is used.", "", "note") for t in tasks[:7]),
        ),
    )


def _cost(rng: np.random.Generator) -> Cost:
    rate = Amount(value=float(rng.integers(4, 30) * 100), uncertainty=Pert(0.8, 1.0, 1.25, relative=True))
    return Cost(fixed=Amount(value=float(rng.integers(0, 40) * 1000)), per_day=rate)


def _risk_model(tasks: list[Activity]) -> dict[str, object]:
    ids = [task.id for task in tasks]
    late = Impact(activity=ids[len(ids) // 2], duration=Triangular(4800.0, 9600.0, 19200.0))
    dear = Impact(activity=ids[-1], cost=Triangular(0.05, 0.1, 0.3, relative=True))
    return {
        "risks": (
            Risk(id="R1", name="Permit appeal", probability=0.3, impacts=(late,),
                 mitigation=Mitigation(actions=(Action(name="Early hearing", cost=15000.0),), probability=0.1)),
            Risk(id="R2", name="Steel price", probability=0.5, impacts=(dear,)),
        ),
        "factors": (Factor(id="productivity", name="Crew productivity", applies_to=tuple(ids[::2]),
                           uncertainty=Triangular(0.9, 1.0, 1.15, relative=True)),),
        "correlations": (Correlation(between=(f"duration of {ids[0]}", f"duration of {ids[1]}"), rank=0.5),),
    }  # fmt: skip


def with_everything(plan: Plan) -> Plan:
    """A completed first task, one in progress, a hard constraint, dates stored by a tool (one of them wrong)."""
    first, second, third, *others = plan.activities
    done = datetime(2026, 3, 20, 17)
    data_date = datetime(2026, 3, 23, 8)
    pinned = Constraint(ConstraintType.MANDATORY_START, datetime(2026, 6, 1, 8))
    changed = (
        replace(first, status=Status.COMPLETED, actual_start=START, actual_finish=done),
        replace(second, status=Status.IN_PROGRESS, actual_start=START, remaining=960),
        replace(third, constraints=(pinned,)),
        *others,
    )
    projects = tuple(replace(p, data_date=data_date) for p in plan.projects)
    plan = plan.with_changes(activities=changed, projects=projects)
    stored = simcore.schedule(plan)
    rows = zip(plan.activities, stored.early_start, stored.early_finish, stored.late_start, stored.late_finish, strict=True)
    dated = [
        replace(a, file_dates=FileDates(early_start=_date(es), early_finish=_date(ef), late_start=_date(ls),
                                         late_finish=_date(lf)))
        for a, es, ef, ls, lf in rows
    ]  # fmt: skip
    wrong = dated[5].file_dates
    assert wrong is not None
    dated[5] = replace(dated[5], file_dates=replace(wrong, early_start=datetime(2026, 3, 27, 8)))
    return plan.with_changes(activities=tuple(dated))


def _date(value: np.datetime64) -> datetime | None:
    return None if np.isnat(value) else value.item()


def completed_plan() -> Plan:
    """Nothing left to vary."""
    plan = make_plan(4, with_ranges=False)
    done = {"status": Status.COMPLETED, "actual_start": START, "actual_finish": datetime(2026, 5, 1, 17)}
    return plan.with_changes(activities=tuple(replace(a, **done) for a in plan.activities))


HOSTILE = (
    "<script>alert(1)</script>",
    "\"quotes\" & 'apostrophes' </td></script><!--",
    "<img src=x onerror=alert(2)>",
    "مشروع محطة الضخ \u202eevil",
    "=HYPERLINK(\"http://example.invalid\") <b>bold</b> ]]> {{ 7*7 }} $x$",
)


def hostile_plan() -> Plan:
    """Names that break a careless page."""
    plan = make_plan(10)
    names = [replace(a, name=HOSTILE[k % len(HOSTILE)]) for k, a in enumerate(plan.activities)]
    names[2] = replace(names[2], id=HOSTILE[0], name="id")
    old = Ref("P1", plan.activities[2].id)
    links = tuple(
        replace(link, predecessor=_renamed(link.predecessor, old), successor=_renamed(link.successor, old))
        for link in plan.relationships
    )
    return Plan(
        name=HOSTILE[0],
        source=HOSTILE[1],
        projects=(replace(plan.projects[0], name=HOSTILE[2]),),
        activities=tuple(names),
        relationships=links,
        calendars=plan.calendars,
        wbs=tuple(replace(node, name=HOSTILE[k % len(HOSTILE)]) for k, node in enumerate(plan.wbs)),
        currency="<b>€</b>",
        focus=plan.focus,
        risks=(Risk(id="</script>", name=HOSTILE[2], probability=0.5, impacts=(
            Impact(activity=plan.activities[0].id, duration=Triangular(480.0, 960.0, 1440.0)),)),),
        notes=(Problem(HOSTILE[0], HOSTILE[1], HOSTILE[2], "warning"),),
    )  # fmt: skip


def _renamed(ref: Ref, old: Ref) -> Ref:
    return Ref(ref.project, HOSTILE[0]) if ref == old else ref


@cache
def run(size: int, iterations: int = 2000) -> Results:
    """A run of the generated plan with everything; the same object every time."""
    plan = make_plan(size)
    return simcore.simulate(with_everything(plan) if size >= 10 else plan, iterations=iterations, seed=3, threads=2)
