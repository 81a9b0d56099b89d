"""Hypothesis strategies for small networks that the naive scheduler can walk: every feature, odd calendars, short durations."""
from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from simcore.models.calendars import DAY, Calendar, Shifts
from simcore.models.distributions import Pert, Triangular, Uniform
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
    Status,
    Wbs,
)

DATA_DATE = datetime(2026, 3, 4, 8)
EIGHT: Shifts = ((480, 720), (780, 1020))
WEEKS: dict[str, tuple[Shifts, ...]] = {
    "five days": (EIGHT,) * 5 + ((), ()),
    "six long days": (((420, 720), (780, 1080)),) * 6 + ((),),
    "half Saturday": (EIGHT,) * 5 + (((480, 720),), ()),
    "nights": (((1320, 1800),),) * 5 + ((), ()),
    "round the clock": (((0, DAY),),) * 7,
    "odd minutes": (((433, 719), (751, 1003)),) * 4 + (((601, 602),), (), ()),
    "night and day": (((240, 360), (1200, 1560)),) * 2 + (((300, 420),),) * 3 + ((), ()),
    "one night a week": ((), (), ((1201, 1800),), (), (), (), ()),
}
SHORT = st.integers(0, 3000)
FREE_DAYS = st.integers(-40, 300).map(lambda n: DATA_DATE.date() + timedelta(days=n))
OFF_DAYS = st.sampled_from([(), ((600, 660),), ((1, 2), (3, 5)), ((0, DAY),), EIGHT])


def moments(first: int = -3000, last: int = 30_000) -> st.SearchStrategy[datetime]:
    return st.integers(first, last).map(lambda n: DATA_DATE + timedelta(minutes=n))


@st.composite
def calendars(draw: st.DrawFn, name: str) -> Calendar:
    exceptions: dict[date, Shifts] = draw(st.dictionaries(FREE_DAYS, OFF_DAYS, max_size=4)) if name != "round the clock" else {}
    return Calendar(name=name, week=WEEKS[name], exceptions=exceptions)  # type: ignore[arg-type]  # seven days each


LINKS = st.fixed_dictionaries(
    {"type": st.sampled_from(list(LinkType)), "lag_calendar": st.sampled_from([None, *LagCalendar])},
    optional={"lag": st.integers(-700, 1500), "elapsed": st.booleans(), "percent": st.sampled_from([0.0, 0.25, 0.5, 1.0])},
).map(lambda link: {**link, "lag": 0 if "percent" in link else link.get("lag", 0)})

ONE_SIDED = (
    ConstraintType.START_NO_EARLIER_THAN,
    ConstraintType.FINISH_NO_EARLIER_THAN,
    ConstraintType.START_NO_LATER_THAN,
    ConstraintType.FINISH_NO_LATER_THAN,
    ConstraintType.START_ON,
    ConstraintType.FINISH_ON,
)
HARD = (ConstraintType.MANDATORY_START, ConstraintType.MANDATORY_FINISH)


@st.composite
def _activity(draw: st.DrawFn, number: int, names: list[str], hard: bool, expected: bool) -> Activity:
    kind = draw(
        st.sampled_from([ActivityType.TASK] * 6 + [ActivityType.START_MILESTONE, ActivityType.FINISH_MILESTONE])
    )
    duration = 0 if kind.is_milestone else draw(SHORT)
    constrained = st.builds(Constraint, st.sampled_from(ONE_SIDED + HARD if hard else ONE_SIDED), moments())
    dates = ["resume", "external_early_start", "external_late_finish"] + ["expected_finish"] * expected * (not kind.is_milestone)
    rare = {draw(st.sampled_from(dates)): draw(moments())} if draw(st.integers(0, 6)) == 0 else {}
    return Activity(
        project="P",
        id=f"A{number}",
        type=kind,
        calendar=draw(st.sampled_from([None, *names])),
        duration=duration,
        elapsed=draw(st.sampled_from([False] * 5 + [True])),
        constraints=tuple(draw(st.lists(constrained, max_size=1))) if draw(st.integers(0, 3)) == 0 else (),
        wbs=draw(st.sampled_from([None, "W", "W.1", "W.2"])),
        **rare,
    )


@st.composite
def networks(draw: st.DrawFn, hard: bool = True, uncertain: bool = False) -> Plan:
    """A plan of one to seven activities whose links run from the earlier to the later in a shuffled order."""
    names = draw(st.lists(st.sampled_from(sorted(WEEKS)), min_size=1, max_size=3, unique=True))
    activities = [draw(_activity(n, names, hard, not uncertain)) for n in range(draw(st.integers(1, 7)))]
    if uncertain:
        shapes = Triangular(0.5, 1, 2, relative=True), Pert(0, 1, 3, relative=True), Uniform(0, 2, relative=True)
        ranges = st.sampled_from(shapes)
        activities = [a if a.type.is_milestone else _with(a, uncertainty=draw(ranges)) for a in activities]
    order = draw(st.permutations([a.ref for a in activities]))
    pairs = [(p, s) for k, s in enumerate(order) for p in order[:k]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * len(order))) if pairs else []
    links = [Relationship(p, s, **draw(LINKS)) for p, s in chosen]
    spans, span_links = draw(_spans([a.ref for a in activities]))
    return Plan(
        projects=(Project(id="P", start=DATA_DATE, data_date=DATA_DATE, must_finish_by=draw(st.one_of(st.none(), moments(0)))),),
        activities=(*activities, *spans),
        relationships=(*links, *span_links),
        calendars={name: draw(calendars(name)) for name in names},
        wbs=(Wbs(code="W"), Wbs(code="W.1", parent="W"), Wbs(code="W.2", parent="W")),
        scheduling=SchedulingOptions(lag_calendar=draw(st.sampled_from(list(LagCalendar)))),
    )


@st.composite
def _spans(draw: st.DrawFn, refs: list[Ref]) -> tuple[list[Activity], list[Relationship]]:
    """A hammock hung on single activities and a summary of a WBS node, or neither."""
    hammock = Activity(project="P", id="H", type=ActivityType.HAMMOCK)
    summary = Activity(project="P", id="S", type=ActivityType.SUMMARY, wbs=draw(st.sampled_from(["W", "W.1"])))
    if not draw(st.booleans()):
        return [], []
    before = draw(st.lists(st.sampled_from(refs), max_size=2, unique=True))
    after = draw(st.lists(st.sampled_from(refs), max_size=2, unique=True))
    kinds = st.sampled_from([LinkType.SS, LinkType.FF])
    links = [Relationship(ref, hammock.ref, draw(kinds)) for ref in before]
    links += [Relationship(hammock.ref, ref, draw(kinds)) for ref in after if ref not in before]
    return [hammock, summary], links


@st.composite
def in_progress(draw: st.DrawFn, plan: Plan) -> Plan:
    """The plan with some of its first tasks done or begun, in an order that progress allows."""
    started: set[Ref] = set()
    changed = {}
    for a in plan.activities:
        links = [r for r in plan.relationships if r.successor == a.ref]
        if a.type is not ActivityType.TASK or any(r.predecessor not in started for r in links) or not draw(st.booleans()):
            continue
        begun = draw(moments(-20_000, -5000))
        done = draw(st.booleans()) and all(changed[r.predecessor]["status"] is Status.COMPLETED for r in links)
        if done:
            state = {"status": Status.COMPLETED, "actual_finish": draw(moments(-5000, 0))}
        else:
            state = {"status": Status.IN_PROGRESS, "remaining": draw(SHORT)}
        changed[a.ref] = {"actual_start": begun, **state}
        started.add(a.ref)
    kept = [r for r in plan.relationships if not _from_begun_start(r, changed)]
    return plan.with_changes(
        activities=tuple(_with(a, **changed.get(a.ref, {})) for a in plan.activities), relationships=tuple(kept)
    )


def _from_begun_start(link: Relationship, changed: dict[Ref, dict[str, object]]) -> bool:
    """What hangs on the start of work in progress follows rules of the tools, tested elsewhere."""
    return link.type in (LinkType.SS, LinkType.SF) and changed.get(link.predecessor, {}).get("status") is Status.IN_PROGRESS


def _with(activity: Activity, **changes: object) -> Activity:
    from dataclasses import replace

    return replace(activity, **changes)  # type: ignore[arg-type]
