"""Hypothesis strategy for small plans with everything that a risk model may hold, for a walk draw by draw."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from simcore.models.branches import AnyBranch, Branch, ConditionalBranch, Path
from simcore.models.calendars import Calendar
from simcore.models.costs import Amount, Assignment, Cost, Expense, Resource
from simcore.models.distributions import (
    Beta,
    Discrete,
    Distribution,
    Exponential,
    Fixed,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from simcore.models.finance import COST_KINDS
from simcore.models.plan import (
    Activity,
    ActivityType,
    LagCalendar,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Status,
)
from simcore.models.risks import Action, Factor, Impact, Mitigation, Risk, Scenario

DATA_DATE = datetime(2026, 3, 2, 8)
OFFICE = Calendar(name="office", week=(((480, 720), (780, 1020)),) * 5 + ((), ()))
DAY = 480

RELATIVE: list[Distribution] = [
    Triangular(0.8, 1.0, 1.5, relative=True),
    Pert(0.9, 1.0, 2.0, relative=True),
    Uniform(0.0, 0.5, relative=True),
    Discrete((0.5, 1.0, 3.0), (1, 2, 1), relative=True),
    Lognormal(1.1, 0.3, relative=True),
    Normal(1.0, 0.1, relative=True),
    Fixed(1.25, relative=True),
]
ABSOLUTE: list[Distribution] = [
    Triangular(-400.0, 300.0, 2000.0),
    Uniform(100.0, 5000.0),
    Exponential(900.0),
    Beta(2, 5, 0, 4000),
    Fixed(777.0),
]
ANY = st.sampled_from(RELATIVE + ABSOLUTE)
SHARES = st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])
CHANCES = st.one_of(SHARES, st.sampled_from([Uniform(0.1, 0.7, relative=True), Triangular(0.2, 0.3, 1.0, relative=True)]))
COMBINE = st.sampled_from(["series", "parallel"])
NAMES = ("A0", "A1", "A2", "A3", "A4")
LINKS = (("A0", "A1", LinkType.FS), ("A0", "A2", LinkType.SS), ("A1", "A3", LinkType.FS), ("A2", "A3", LinkType.SS),
         ("A3", "A4", LinkType.FS))  # fmt: skip
SPREADS = st.sampled_from([Uniform(0.5, 1.5, relative=True), Triangular(0.8, 1.0, 1.1, relative=True)])
MIDDAYS = st.integers(0, 40).map(lambda n: DATA_DATE + timedelta(days=n, hours=2, minutes=7))
"""Inside a shift on workdays, so that a place of work and an instant say the same."""


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), strategy)


def amounts() -> st.SearchStrategy[Amount]:
    return st.builds(Amount, value=st.integers(1, 9999).map(float), uncertainty=maybe(st.sampled_from(RELATIVE)))


COSTS = st.builds(Cost, fixed=maybe(amounts()), per_day=maybe(amounts()), actual=st.integers(0, 500).map(float))
ASSIGNMENTS = st.builds(
    Assignment,
    resource=st.sampled_from([None, "crew", "crane", "steel"]),
    actual_cost=st.integers(0, 99).map(float),
    remaining_cost=st.integers(0, 9999).map(float),
    time_dependent=st.booleans(),
    drives=st.booleans(),
    uncertainty=maybe(SPREADS),
)
EXPENSES = st.builds(Expense, actual_cost=st.integers(0, 99).map(float), remaining_cost=st.integers(0, 999).map(float),
                     uncertainty=maybe(st.sampled_from(RELATIVE)))  # fmt: skip


@st.composite
def _tasks(draw: st.DrawFn, name: str) -> Activity:
    """An activity in some state; logic does not go through those that may be complete, for the walk knows nothing of that."""
    begun = {"actual_start": datetime(2026, 2, 2, 8)}
    done = [{"status": Status.COMPLETED, **begun, "actual_finish": datetime(2026, 2, 9, 17)}] if name in ("A0", "A4") else []
    active = {"status": Status.IN_PROGRESS, **begun, "remaining": 1000}
    state = draw(st.sampled_from([{}] * 6 + [active, {"type": ActivityType.FINISH_MILESTONE}, *done]))
    return Activity(
        project="P",
        id=name,
        duration=0 if "type" in state else draw(st.integers(0, 5000)),
        elapsed=draw(st.sampled_from([False, False, True])),
        uncertainty=draw(maybe(ANY)),
        existence=draw(st.sampled_from([1.0, 1.0, 0.7, 0.2])),
        cost=draw(maybe(COSTS)),
        assignments=tuple(draw(st.lists(ASSIGNMENTS, max_size=2))),
        expenses=tuple(draw(st.lists(EXPENSES, max_size=1))),
        **state,
    )


def impacts() -> st.SearchStrategy[tuple[Impact, ...]]:
    on_activity = st.builds(Impact, activity=st.sampled_from(NAMES), duration=ANY, cost=maybe(ANY))
    on_hammock = st.builds(Impact, activity=st.just("H"), cost=ANY)
    on_lag = st.builds(Impact, link=st.sampled_from([f"{a} -> {b}" for a, b, _ in LINKS]), lag=ANY)
    return st.lists(st.one_of(on_activity, on_activity, on_activity, on_lag, on_hammock), max_size=3).map(tuple)


@st.composite
def _risks(draw: st.DrawFn) -> tuple[Risk, ...]:
    found: list[Risk] = []
    room = 1.0  # in the exclusive group
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["plain", "given", "exclusive", "per activity", "recurring"]))
        more: dict[str, object] = {"probability": draw(CHANCES)}
        mitigated = draw(maybe(CHANCES))
        if kind == "exclusive":
            width = draw(st.sampled_from([0.0, 0.2, 0.5, 0.9])) * room
            more = {"exclusive": "G", "probability": width}
            mitigated = draw(st.sampled_from([None, 0.0, width / 2]))
            room -= width
        elif kind in ("per activity", "recurring"):
            more |= {"occurrence": kind}
            more |= {"every": draw(st.sampled_from([500, 2000, 30_000]))} if kind == "recurring" else {}
        if kind != "exclusive" and found and draw(st.booleans()):
            more["given"] = {risk.id: draw(SHARES) for risk in found if draw(st.booleans())}
        if draw(st.booleans()):
            first = draw(MIDDAYS)
            more["window"] = first, first + timedelta(days=draw(st.sampled_from([1, 4, 30])), minutes=1)
        mitigation = st.builds(
            Mitigation, actions=st.integers(0, 99).map(lambda cost: (Action(cost=float(cost)),)),
            probability=st.just(mitigated), impacts=maybe(impacts()),
        )  # fmt: skip
        found.append(
            Risk(
                id=f"R{number}",
                status=draw(st.sampled_from(["open"] * 7 + ["closed"])),
                impacts=draw(impacts()),
                shared=draw(st.booleans()),
                combine=draw(COMBINE),
                strikes=draw(st.sampled_from([None, None, "start", "end", Uniform(0.0, 1.0, relative=True)])),
                mitigation=draw(maybe(mitigation)),
                **more,
            )
        )
    return tuple(found)


@st.composite
def _branches(draw: st.DrawFn, tasks: list[Activity]) -> tuple[AnyBranch, ...]:
    found: list[AnyBranch] = []
    if draw(st.booleans()):
        paths = (Path(weight=0.3, activities=("A1",)), Path(weight=0.5, activities=("A2",)), Path(weight=0.2))
        found.append(Branch(id="way", paths=paths))
    for number, (subject, decided) in enumerate((("A0", "A3"), ("A2", "A4"))):
        asked = next(a for a in tasks if a.id == subject)
        quantities = ["cost"] if asked.status is Status.COMPLETED else ["start", "finish", "duration", "cost"]
        quantity = draw(maybe(st.sampled_from(quantities)))
        if quantity is None:
            continue
        limit = draw(MIDDAYS) if quantity in ("start", "finish") else draw(st.sampled_from([0.0, 777.0, 1500.0, 6000.0]))
        way = draw(st.sampled_from(["then", "otherwise"]))
        stop = quantity in ("finish", "duration") and draw(st.booleans())
        asks = ConditionalBranch(id=f"if{number}", quantity=quantity, activity=subject, limit=limit, stop=stop)
        found.append(replace(asks, **{way: (decided,)}))
    return tuple(found)


@st.composite
def _links(draw: st.DrawFn) -> tuple[Relationship, ...]:
    return tuple(
        Relationship(
            Ref("P", a), Ref("P", b), kind, lag=draw(st.integers(-500, 2000)), uncertainty=draw(maybe(ANY)),
            probability=draw(st.sampled_from([1.0, 1.0, 0.6])),
        )
        for a, b, kind in draw(st.lists(st.sampled_from(LINKS), unique=True))
    )  # fmt: skip


@st.composite
def risky_plans(draw: st.DrawFn) -> Plan:
    factors = st.builds(Factor, id=st.just(""), probability=CHANCES, uncertainty=st.sampled_from(RELATIVE), combine=COMBINE,
                        costs=st.sampled_from([(), (), ("fixed", "expense"), COST_KINDS]),
                        applies_to=st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple))  # fmt: skip
    tasks = [draw(_tasks(name)) for name in NAMES]
    hammock = Activity(project="P", id="H", type=ActivityType.HAMMOCK, cost=draw(maybe(COSTS)))
    links = draw(_links())
    names = {f"{link.predecessor.id} -> {link.successor.id}" for link in links}
    risks = tuple(_with_links(risk, names) for risk in draw(_risks()))
    ids = {risk.id for risk in risks}
    return Plan(
        projects=(Project(id="P", start=DATA_DATE, data_date=DATA_DATE),),
        activities=(*tasks, hammock),
        relationships=(
            *links, *(Relationship(task.ref, hammock.ref, kind) for task in tasks for kind in (LinkType.SS, LinkType.FF))
        ),
        calendars={"office": OFFICE},
        resources={
            "crew": Resource(
                id="crew", uncertainty=Triangular(0.9, 1.0, 1.3, relative=True), productivity=Uniform(0.5, 1.25, relative=True)
            ),
            "crane": Resource(id="crane", productivity=Triangular(0.8, 1.0, 1.1, relative=True)),
            "steel": Resource(id="steel", kind="material"),
        },
        risks=risks,
        factors=tuple(replace(f, id=f"F{k}") for k, f in enumerate(draw(st.lists(factors, max_size=3)))),
        branches=draw(_branches(tasks)),
        scenarios=(
            Scenario(id="some", mitigate=("R0", "R2") if {"R0", "R2"} <= ids else (), without=("R1",) if "R1" in ids else ()),
            Scenario(id="most", base="post", leave=("R0",) if "R0" in ids else ()),
        ),
        scheduling=SchedulingOptions(lag_calendar=LagCalendar.ALWAYS),
    )  # fmt: skip


def _with_links(risk: Risk, names: set[str]) -> Risk:
    """A risk without impacts on relationships that are not there."""

    def sound(listed: tuple[Impact, ...]) -> tuple[Impact, ...]:
        return tuple(impact for impact in listed if not impact.link or impact.link in names)

    if risk.mitigation is not None and risk.mitigation.impacts is not None:
        risk = replace(risk, mitigation=replace(risk.mitigation, impacts=sound(risk.mitigation.impacts)))
    return replace(risk, impacts=sound(risk.impacts))
