"""Hypothesis strategies for whole plans: every field of the model, in any combination the checks allow."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from simcore.models.calendars import Calendar, Shifts
from simcore.models.costs import Amount, Assignment, Cost, Expense, FileCost, RatePeriod, Resource
from simcore.models.distributions import Distribution
from simcore.models.plan import (
    Activity,
    ActivityType,
    Baseline,
    Constraint,
    ConstraintType,
    FileDates,
    LagCalendar,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Segment,
    Status,
    Wbs,
)
from tests.basic_strategies import MAYBE_MOMENT, MAYBE_TEXT, MINUTES, MOMENTS, MONEY, NAMES, SHARES, TEXTS, maybe
from tests.distribution_strategies import distributions
from tests.finance_strategies import with_finance
from tests.risk_strategies import POSITIVE, RANGES, risk_model


@st.composite
def _shifts(draw: st.DrawFn) -> Shifts:
    """Shifts of one day that end by midnight."""
    ends = sorted(draw(st.lists(st.integers(0, 96), max_size=6, unique=True)))
    return tuple((15 * start, 15 * end) for start, end in zip(ends[::2], ends[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn, name: str) -> Calendar:
    days = [draw(_shifts()) for _ in range(7)]
    if draw(st.booleans()):
        days = [((1320, 1800),)] * 5 + [(), ()]  # night shifts
    if not any(days):
        days[0] = ((480, 720),)
    dates = draw(st.lists(st.integers(0, 900), max_size=6, unique=True))
    return Calendar(
        name=draw(st.one_of(st.just(name), NAMES)),
        week=tuple(days),
        exceptions={date(2026, 1, 1) + timedelta(days=n): draw(st.one_of(st.just(()), _shifts())) for n in dates},
        hours_per_day=draw(st.sampled_from([8.0, 7.5, 24.0, 10.25])),
        hours_per_week=draw(st.sampled_from([40.0, 37.5, 168.0])),
        hours_per_month=draw(st.sampled_from([160.0, 172.0, 720.0])),
    )


SCHEDULING = st.builds(
    SchedulingOptions,
    rules=st.sampled_from(["p6", "msp"]),
    logic=st.sampled_from(["retained", "override", "actual dates"]),
    lag_calendar=st.sampled_from(list(LagCalendar)),
    critical=st.sampled_from(["float <= 0", "float <= 8h", "float <= -1.5h", "longest path"]),
    open_ends_critical=st.booleans(),
    minutes_per_day=st.sampled_from([480, 600]),
)


_STORED = st.one_of(st.none(), MONEY)
"""A cost of an assignment; None where it is priced."""


def _amounts() -> st.SearchStrategy[Amount]:
    return st.builds(Amount, value=MONEY, uncertainty=maybe(RANGES))


def _assignments(resources: list[str]) -> st.SearchStrategy[Assignment]:
    return st.builds(
        Assignment,
        resource=st.sampled_from([None, *resources]),
        units=maybe(SHARES),
        work=st.floats(0, 1e5),
        remaining_work=st.integers(0, 9999).map(float),
        overtime_work=st.integers(0, 99).map(float),
        actual_overtime_work=st.floats(0, 1e3),
        quantity=maybe(st.integers(0, 99).map(float)),
        actual_quantity=maybe(st.integers(0, 99).map(float)),
        rate_table=st.sampled_from([None, None, "B"]),
        price=maybe(MONEY),
        lump_sum=st.booleans(),
        budgeted_cost=_STORED,
        actual_cost=_STORED,
        remaining_cost=_STORED,
        time_dependent=st.booleans(),
        start=MAYBE_MOMENT,
        finish=MAYBE_MOMENT,
        delay=st.integers(-500, 500),
        levelling_delay=MINUTES,
        curve=MAYBE_TEXT,
        drives=st.booleans(),
        uncertainty=maybe(distributions(relative=True)),
    )


def _constraints() -> st.SearchStrategy[Constraint]:
    dated = st.builds(Constraint, st.sampled_from(list(ConstraintType)), MOMENTS)
    return st.one_of(dated, st.just(Constraint(ConstraintType.AS_LATE_AS_POSSIBLE)))


_EXPENSES = st.builds(
    Expense, name=TEXTS, budgeted_cost=MONEY, remaining_cost=MONEY, uncertainty=maybe(RANGES), quantity=maybe(MONEY),
    price=maybe(MONEY),
)  # fmt: skip
_FILE_COSTS = st.builds(FileCost, budgeted=maybe(MONEY), actual=maybe(MONEY), remaining=maybe(MONEY), at_completion=maybe(MONEY))
_BASELINES = st.builds(
    Baseline, start=MAYBE_MOMENT, finish=MAYBE_MOMENT, duration=maybe(MINUTES), cost=maybe(MONEY), work=maybe(st.floats(0, 1e5))
)
_FILE_DATES = st.builds(
    FileDates,
    start=MAYBE_MOMENT,
    late_finish=MAYBE_MOMENT,
    total_float=maybe(st.integers(-999, 999)),
    critical=maybe(st.booleans()),
)


@st.composite
def activities(
    draw: st.DrawFn, project: str, own_id: str, calendar_names: list[str], codes: list[str], resources: list[str]
) -> Activity:
    actual_start, actual_finish = draw(MAYBE_MOMENT), draw(MAYBE_MOMENT)
    if actual_start and actual_finish and actual_finish < actual_start:
        actual_start, actual_finish = actual_finish, actual_start
    segments = draw(st.lists(MINUTES, max_size=3))
    return Activity(
        project=project,
        id=own_id,
        name=draw(TEXTS),
        type=draw(st.sampled_from(list(ActivityType))),
        calendar=draw(st.sampled_from([None, *calendar_names])),
        duration=draw(MINUTES),
        elapsed=draw(st.booleans()),
        remaining=draw(maybe(MINUTES)),
        status=draw(st.sampled_from(list(Status))),
        actual_start=actual_start,
        actual_finish=actual_finish,
        percent_complete=draw(maybe(SHARES)),
        suspend=draw(MAYBE_MOMENT),
        resume=draw(MAYBE_MOMENT),
        constraints=tuple(draw(st.lists(_constraints(), max_size=3))),
        expected_finish=draw(MAYBE_MOMENT),
        deadline=draw(MAYBE_MOMENT),
        external_early_start=draw(MAYBE_MOMENT),
        external_late_finish=draw(MAYBE_MOMENT),
        segments=tuple(Segment(sum(segments[:i]) + i, work) for i, work in enumerate(segments)),
        levelling_delay=draw(MINUTES),
        levelling_delay_elapsed=draw(st.booleans()),
        manual=draw(st.booleans()),
        inactive=draw(st.booleans()),
        priority=draw(maybe(st.integers(0, 1000))),
        effort_driven=draw(st.booleans()),
        work_type=draw(MAYBE_TEXT),
        ignore_resource_calendar=draw(st.booleans()),
        wbs=draw(st.sampled_from([None, *codes])),
        codes=draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        fields=draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        uncertainty=draw(maybe(RANGES)),
        existence=draw(SHARES),
        cost=draw(maybe(st.builds(Cost, fixed=maybe(_amounts()), per_day=maybe(_amounts()), actual=MONEY))),
        assignments=tuple(draw(st.lists(_assignments(resources), max_size=2))),
        expenses=tuple(draw(st.lists(_EXPENSES, max_size=1))),
        baseline=draw(maybe(_BASELINES)),
        file_dates=draw(maybe(_FILE_DATES)),
        file_cost=draw(maybe(_FILE_COSTS)),
    )  # fmt: skip


def _links(refs: list[Ref]) -> st.SearchStrategy[list[Relationship]]:
    """Links forward in the order of the activities, so that there are no loops."""

    def link(
        ends: tuple[int, int], kind: LinkType, lag: int, share: float | None, own: LagCalendar | None, clock: bool,
        spread: Distribution | None, probability: float,
    ) -> Relationship:  # fmt: skip
        first, last = sorted(ends)
        minutes, spread = (lag, spread) if share is None else (0, None)
        return Relationship(refs[first], refs[last], kind, minutes, clock, share, own, spread, probability)

    ends = st.tuples(st.integers(0, len(refs) - 1), st.integers(0, len(refs) - 1)).filter(lambda pair: pair[0] != pair[1])
    return st.lists(
        st.builds(
            link, ends, st.sampled_from(list(LinkType)), st.integers(-5000, 5000), maybe(st.sampled_from([0.5, -0.125, 1.0])),
            maybe(st.sampled_from(list(LagCalendar))), st.booleans(), maybe(RANGES), st.one_of(st.just(1.0), SHARES),
        ),
        max_size=8,
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    project_ids = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    codes = draw(st.lists(NAMES, max_size=3, unique=True))
    resource_ids = draw(st.lists(NAMES, max_size=2, unique=True))
    keys = draw(st.lists(st.tuples(st.sampled_from(project_ids), NAMES), min_size=2, max_size=5, unique=True))
    found = [draw(activities(project, own, names, codes, resource_ids)) for project, own in keys]
    base = Plan(projects=tuple(Project(id=name) for name in project_ids), calendars={"c": draw(calendars("c"))},
                activities=tuple(Activity(project=a.project, id=a.id) for a in found))  # fmt: skip
    shown = list(base.shown.values())
    if len(set(shown)) < len(shown):  # ids that look like PROJECT:ID of another one
        found, shown = found[:1], shown[:1]
    links = draw(_links([a.ref for a in found])) if len(found) > 1 else []
    hammocks = {a.ref for a in found if a.type in (ActivityType.HAMMOCK, ActivityType.SUMMARY)}
    project = st.builds(
        Project, id=st.just(""), name=TEXTS, start=MOMENTS, data_date=MAYBE_MOMENT, must_finish_by=MAYBE_MOMENT,
        calendar=st.sampled_from([None, *names]), finish=MAYBE_MOMENT, scheduling=maybe(SCHEDULING),
    )  # fmt: skip
    plan = Plan(
        name=draw(TEXTS),
        projects=tuple(draw(project.map(lambda p, own=own: _renamed(p, own))) for own in project_ids),
        activities=tuple(found),
        relationships=tuple(link for link in links if not hammocks & {link.predecessor, link.successor}),
        calendars={name: draw(calendars(name)) for name in names},
        wbs=tuple(Wbs(code=code, name=draw(TEXTS), parent=codes[i - 1] if i else None,
                      project=draw(st.sampled_from([None, *project_ids]))) for i, code in enumerate(codes)),
        resources={name: draw(_resource(name, names)) for name in resource_ids},
        focus=tuple(draw(st.lists(st.sampled_from([a.ref for a in found]), max_size=2, unique=True))),
        scheduling=draw(SCHEDULING),
        currency=draw(st.sampled_from(["", "EUR", "US$"])),
    )  # fmt: skip
    return with_finance(draw, plan.with_changes(**risk_model(draw, plan)))


def _renamed(project: Project, own_id: str) -> Project:
    return Project(**{name: getattr(project, name) for name in project.__dataclass_fields__} | {"id": own_id})


def _resource(name: str, calendar_names: list[str]) -> st.SearchStrategy[Resource]:
    rate = st.builds(
        RatePeriod, start=MAYBE_MOMENT, price=MONEY, overtime_price=maybe(MONEY), per_use=MONEY, max_units=maybe(SHARES)
    )
    rates = st.lists(st.one_of(rate, MONEY.map(lambda m: RatePeriod(start=None, price=m))), max_size=2).map(tuple)
    return st.builds(
        Resource,
        id=st.just(name),
        name=TEXTS,
        kind=st.sampled_from(["labour", "equipment", "material", "cost"]),
        calendar=st.sampled_from([None, *calendar_names]),
        rates=rates,
        rate_tables=st.dictionaries(st.sampled_from(["B", "NO", "2"]), rates, max_size=2),
        max_units=maybe(SHARES),
        uncertainty=maybe(distributions(relative=True)),
        productivity=maybe(POSITIVE),
    )
