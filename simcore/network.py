"""Plan -> Network: topological order, flat arrays, calendar tables. Compiled once a plan and remembered."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.calendar_tables import build_tables
from simcore.kernel_calendar import finish_one, start_one, work_one
from simcore.kernel_columns import ChanceLogic, Logic
from simcore.kernel_run import Aims
from simcore.models.calendars import Calendar, always
from simcore.models.collector import collector_paused
from simcore.models.plan import Activity, Plan, Project, Status
from simcore.weather_parts import weather_parts

MINUTE = np.timedelta64(1, "m")


if TYPE_CHECKING:
    from simcore.network_chances import Chances


class Clock:
    """Dates <-> minutes since the origin (a Monday, 00:00)."""

    def __init__(self, origin: datetime):
        self.origin = origin

    def minutes(self, moment: datetime) -> int:
        """Minutes since the origin."""
        return round((moment - self.origin).total_seconds() / 60)

    def date(self, minutes: int) -> datetime:
        return self.origin + timedelta(minutes=int(minutes))

    def to_datetime64(self, minutes: npt.NDArray[np.integer]) -> npt.NDArray[np.datetime64]:
        return np.datetime64(self.origin, "m") + np.asarray(minutes).astype("timedelta64[m]")


class Calendars:
    """The plan's calendars as tables, addressed by name; one that always works is added for elapsed time."""

    def __init__(self, plan: Plan, origin: datetime, horizon: datetime):
        from simcore.msp_calendars import WorkCalendars

        self.of_work = WorkCalendars(plan)
        named = {**plan.calendars, **self.of_work.joint}
        listed: list[Calendar] = [*named.values(), always()]
        self.listed = listed
        self.index = {name: k for k, name in enumerate(named)}
        self.weather = weather_parts(plan, named)
        self.tables = build_tables(listed, origin.date(), horizon.date(), self.weather)
        self.always = len(listed) - 1

    def work(self, c: int, clock: int) -> int:
        return int(work_one(self.tables, c, clock))

    def start(self, c: int, work: int) -> int:
        return int(start_one(self.tables, c, work))

    def finish(self, c: int, work: int) -> int:
        return int(finish_one(self.tables, c, work))

    @property
    def base(self) -> Calendars:
        """The calendars without what weather takes in an iteration."""
        return self


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A plan compiled for the kernels.

    Attributes
    ----------
    node_of, span_of : mapping of activity position in the plan to node or span number
        Nodes are scheduled by logic; spans (hammocks, summaries) follow from nodes; the rest (completed, inactive) is certain.
    activity_of : ndarray, shape (nodes + spans,)
        Position in the plan of every node, then of every span.
    shown : ndarray of bool, shape (nodes + spans,)
        Whether it stands for the activity's open work; gates of summaries and what only carries logic on do not.
    begins_on : mapping of node to (node, calendar)
        Where the start shown is not on the node's calendar: the gate whose instant it follows, and its calendar.
    durations : ndarray of int32, shape (nodes,)
        Deterministic remaining durations, minutes of work.
    """

    plan: Plan
    clock: Clock
    calendars: Calendars
    logic: Logic
    chance_logic: ChanceLogic
    aims: Aims
    durations: npt.NDArray[np.int32]
    node_of: Mapping[int, int]
    span_of: Mapping[int, int]
    activity_of: npt.NDArray[np.int64]
    shown: npt.NDArray[np.bool_]
    begins_on: Mapping[int, tuple[int, int]]
    project_index: Mapping[str, int]
    chances: Chances

    @property
    def nodes(self) -> int:
        return len(self.durations)

    @property
    def spans(self) -> int:
        return len(self.aims.spans)


def compile_network(plan: Plan) -> Network:
    """The plan's network; the same object for the same plan."""
    with collector_paused():
        network: Network = plan.remembered("network", lambda: _compile(plan))
    return network


def _compile(plan: Plan) -> Network:
    from simcore.network_logic import LogicBuilder
    from simcore.network_spans import SpanBuilder

    clock = Clock(_origin(plan))
    calendars = Calendars(plan, clock.origin, _horizon(plan))
    builder = LogicBuilder(plan, clock, calendars)
    logic = builder.logic()
    spans = SpanBuilder(plan, clock, calendars, builder)
    return Network(
        plan=plan,
        clock=clock,
        calendars=calendars,
        logic=logic,
        chance_logic=builder.chance_logic(logic),
        aims=spans.aims(logic),
        durations=builder.durations(),
        node_of=builder.node_of,
        span_of=spans.span_of,
        activity_of=np.array([*map(builder.activity_of, builder.order), *spans.order], np.int64),
        begins_on=builder.begins_on(),
        shown=np.array([*map(builder.is_shown, builder.order), *(True for _ in spans.order)], bool),
        project_index=builder.project_index,
        chances=builder.chances,
    )


def all_existing(network: Network) -> Network:
    """A network in which every activity exists in every iteration."""
    logic = network.chance_logic
    return replace(network, chance_logic=logic._replace(exist_at=np.zeros_like(logic.exist_at), exist=logic.exist[:0]))


def network_dates(network: Network) -> tuple[datetime, datetime]:
    """The first and, about, the last date that anything may have."""
    return min(_dates(network.plan), default=network.clock.origin), _horizon(network.plan)


def data_date(project: Project) -> datetime | None:
    """The date from which remaining work is scheduled."""
    return project.data_date or project.start


def first_data_date(plan: Plan) -> datetime | None:
    """The earliest date from which work of a plan is scheduled."""
    return min((moment for project in plan.projects if (moment := data_date(project)) is not None), default=None)


def is_node(activity: Activity) -> bool:
    """Whether an activity has remaining work that logic schedules."""
    return not (activity.inactive or activity.type.is_span or activity.status is Status.COMPLETED)


def _dates(plan: Plan) -> list[datetime]:
    found = [d for p in plan.projects for d in (p.start, p.data_date, p.must_finish_by)]
    for a in plan.activities:
        found += [a.actual_start, a.actual_finish, a.resume, a.expected_finish, a.external_early_start, a.external_late_finish]
        found += [c.date for c in a.constraints]
    return [d for d in found if d is not None]


def _origin(plan: Plan) -> datetime:
    """A Monday two years before anything in the plan, so that late dates before it are rare."""
    first = min(_dates(plan), default=datetime(2000, 1, 3)) - timedelta(days=731)
    return datetime(first.year, first.month, first.day) - timedelta(days=first.weekday())


def _horizon(plan: Plan) -> datetime:
    """A guess of where dates end; the tables go on exactly beyond it, only slower."""
    dates = _dates(plan)
    last = max(dates, default=datetime(2000, 1, 3))
    longest = sum(sorted((a.remaining_duration for a in plan.activities), reverse=True)[:50])
    work = min(timedelta(minutes=6 * longest), timedelta(days=7300))
    return last + max(timedelta(days=731), last - min(dates, default=last), work)
