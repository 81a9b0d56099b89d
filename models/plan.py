"""What a plan is: activities, relationships, calendars, costs and the dates its own tool stored.

Everything is immutable. Durations and lags are integer minutes of working time unless ``elapsed`` says clock time; dates
are local, naive ``datetime`` to the minute; money is a float in the plan's one currency.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from simcore.models.branches import AnyBranch
from simcore.models.calendars import Calendar
from simcore.models.costs import Assignment, Cost, Expense, FileCost, Resource
from simcore.models.distributions import Distribution
from simcore.models.errors import Problem
from simcore.models.finance import Finance
from simcore.models.link_names import LinkNames
from simcore.models.risks import Correlation, Factor, Risk, Scenario
from simcore.models.weather import Weather


class Ref(NamedTuple):
    """Identity of an activity: its project's id and its own id as users see it."""

    project: str
    id: str


class ActivityType(StrEnum):
    TASK = "task"
    RESOURCE_DEPENDENT = "resource dependent"
    START_MILESTONE = "start milestone"
    FINISH_MILESTONE = "finish milestone"
    HAMMOCK = "hammock"  # level of effort: spans from its predecessors' starts to its successors' finishes
    SUMMARY = "summary"  # WBS summary or Microsoft Project summary task: spans the activities below it

    @property
    def is_milestone(self) -> bool:
        return self is _START_MILESTONE or self is _FINISH_MILESTONE

    @property
    def is_span(self) -> bool:
        """Its dates follow from other activities; it never drives the project finish."""
        return self is _HAMMOCK or self is _SUMMARY


# a member looked up in its class costs more than the rest of what is asked of it a hundred thousand times
_START_MILESTONE, _FINISH_MILESTONE = ActivityType.START_MILESTONE, ActivityType.FINISH_MILESTONE
_HAMMOCK, _SUMMARY = ActivityType.HAMMOCK, ActivityType.SUMMARY


class Status(StrEnum):
    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    COMPLETED = "completed"


class LinkType(StrEnum):
    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class ConstraintType(StrEnum):
    """The tools' constraints; hard ones (mandatory) override the logic in both passes."""

    START_ON = "start_on"
    START_NO_EARLIER_THAN = "start_no_earlier_than"
    START_NO_LATER_THAN = "start_no_later_than"
    FINISH_ON = "finish_on"
    FINISH_NO_EARLIER_THAN = "finish_no_earlier_than"
    FINISH_NO_LATER_THAN = "finish_no_later_than"
    MANDATORY_START = "mandatory_start"  # Microsoft Project: must start on
    MANDATORY_FINISH = "mandatory_finish"  # Microsoft Project: must finish on
    AS_LATE_AS_POSSIBLE = "as_late_as_possible"

    @property
    def is_hard(self) -> bool:
        """It holds whatever comes before it, and so hides risk."""
        return self in (ConstraintType.MANDATORY_START, ConstraintType.MANDATORY_FINISH)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint and its date (None only for as-late-as-possible)."""

    type: ConstraintType
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link between two activities.

    ``lag`` is in minutes on the lag calendar (negative: a lead); ``elapsed`` makes it clock time; ``percent`` (a fraction,
    0.5 for 50 %) makes it that share of the predecessor's duration instead. ``lag_calendar`` overrides the plan's.
    ``uncertainty`` is on the lag in minutes, or relative to it; ``probability`` is that of the link holding at all.
    """

    predecessor: Ref
    successor: Ref
    type: LinkType = LinkType.FS
    lag: int = 0
    elapsed: bool = False
    percent: float | None = None
    lag_calendar: LagCalendar | None = None
    uncertainty: Distribution | None = None
    probability: float = 1.0


class LagCalendar(StrEnum):
    PREDECESSOR = "predecessor"
    SUCCESSOR = "successor"
    PROJECT = "project"
    ALWAYS = "24h"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDates:
    """What the source tool stored for an activity; compared, never scheduled with. Floats in minutes."""

    start: datetime | None = None
    finish: datetime | None = None
    early_start: datetime | None = None
    early_finish: datetime | None = None
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_float: int | None = None
    free_float: int | None = None
    critical: bool | None = None
    longest_path: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    start: datetime | None = None
    finish: datetime | None = None
    duration: int | None = None
    cost: float | None = None
    work: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A split part of an activity: ``offset`` minutes of working time after the activity's start, ``work`` minutes long."""

    offset: int
    work: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity.

    ``duration`` is the original duration and ``remaining`` what is left of it at the data date (None: follows from the status),
    both in minutes of working time on ``calendar``, or of clock time when ``elapsed``. ``uncertainty`` is on the remaining
    duration; ``existence`` is the probability that there is such an activity at all.
    """

    project: str
    id: str
    name: str = ""
    type: ActivityType = ActivityType.TASK
    calendar: str | None = None  # None: the project's calendar
    duration: int = 0
    elapsed: bool = False
    remaining: int | None = None
    status: Status = Status.NOT_STARTED
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    percent_complete: float | None = None  # 0-1
    suspend: datetime | None = None
    resume: datetime | None = None
    constraints: tuple[Constraint, ...] = ()
    expected_finish: datetime | None = None
    deadline: datetime | None = None
    external_early_start: datetime | None = None
    external_late_finish: datetime | None = None
    segments: tuple[Segment, ...] = ()
    levelling_delay: int = 0
    levelling_delay_elapsed: bool = False
    manual: bool = False  # Microsoft Project: manually scheduled; its dates are file_dates.start/finish
    inactive: bool = False
    priority: int | None = None
    effort_driven: bool = False
    work_type: str | None = None  # fixed duration, fixed units, fixed work ... as the tool names it
    ignore_resource_calendar: bool = False
    wbs: str | None = None  # code path of its WBS node; for a summary: the node it sums up
    codes: Mapping[str, str] = field(default_factory=dict)  # activity codes
    fields: Mapping[str, str] = field(default_factory=dict)  # user-defined fields
    uncertainty: Distribution | None = None
    existence: float = 1.0
    cost: Cost | None = None
    assignments: tuple[Assignment, ...] = ()
    expenses: tuple[Expense, ...] = ()
    baseline: Baseline | None = None
    file_dates: FileDates | None = None
    file_cost: FileCost | None = None

    @property
    def ref(self) -> Ref:
        return Ref(self.project, self.id)

    @property
    def remaining_duration(self) -> int:
        """Minutes still to do at the data date."""
        if self.status is Status.COMPLETED or self.type.is_milestone:
            return 0
        return self.duration if self.remaining is None else self.remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class Wbs:
    """A node of the work breakdown structure; ``code`` is the full path, unique in the plan."""

    code: str
    name: str = ""
    parent: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingOptions:
    """How the source tool schedules. ``rules`` selects what is not spelt out: ``p6`` or ``msp``."""

    rules: str = "p6"
    logic: str = "retained"  # retained, override, actual dates
    lag_calendar: LagCalendar = LagCalendar.PREDECESSOR
    float: str = "finish"  # finish, start, smallest
    float_to: str = "project finish"  # or "plan finish": late dates count from the latest finish of all projects
    critical: str = "float <= 0"  # or "longest path"; the number is in hours, "float <= 8h"
    open_ends_critical: bool = False
    use_expected_finish: bool = True
    ignore_other_projects: bool = False
    start_to_start_lag_from: str = "early start"  # or "actual start"
    milestones_inside: bool = False  # P6 up to 6: a milestone across a shift boundary stands a minute inside the shift
    schedule_from_finish: bool = False
    split_in_progress: bool = True  # Microsoft Project
    honour_constraints: bool = True  # Microsoft Project: "tasks will always honor their constraint dates"
    multiple_critical_paths: bool = False  # Microsoft Project: late dates of open ends from their own finish
    minutes_per_day: int = 480
    minutes_per_week: int = 2400
    days_per_month: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project of the plan. ``finish`` is what the tool stored, compared but not scheduled with (but from-finish projects)."""

    id: str
    name: str = ""
    start: datetime | None = None
    data_date: datetime | None = None
    calendar: str | None = None
    must_finish_by: datetime | None = None
    finish: datetime | None = None
    scheduling: SchedulingOptions | None = None  # None: the plan's


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """A whole plan, validated when built.

    Raises
    ------
    PlanError
        With every problem found: loops (printed as a path), dangling references, negative durations, calendars that never work.
    """

    name: str = ""
    projects: tuple[Project, ...] = ()
    activities: tuple[Activity, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    wbs: tuple[Wbs, ...] = ()
    resources: Mapping[str, Resource] = field(default_factory=dict)
    risks: tuple[Risk, ...] = ()
    factors: tuple[Factor, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    branches: tuple[AnyBranch, ...] = ()
    weather: tuple[Weather, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    scales: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # quantity -> word -> expression, of a register
    ranges_from: Mapping[str, str] = field(default_factory=dict)  # "duration of A100" -> the rule or template it came from
    focus: tuple[Ref, ...] = ()  # milestones whose dates are kept per iteration
    scheduling: SchedulingOptions = SchedulingOptions()
    currency: str = ""
    finance: Finance = field(default_factory=Finance)
    source: str = ""  # file name without folders, and what wrote it
    sha256: str = ""  # of the file it was read from; empty for a plan built in Python
    notes: tuple[Problem, ...] = ()  # what was assumed or ignored on reading
    lines: Mapping[str, int | str] = field(default_factory=dict)  # "activity A100" -> its line, or its place in another file

    def __post_init__(self) -> None:
        from simcore.models.checks import check_plan

        check_plan(self)

    def __getstate__(self) -> dict[str, Any]:
        """Only the data: what has been derived from it is derived again where the plan is unpickled."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What ``make`` returned the first time for this key; derived data lives as long as its plan."""
        memory = self.__dict__.setdefault("_memory", {})
        if key not in memory:
            memory[key] = make()
        return memory[key]

    @cached_property
    def by_ref(self) -> dict[Ref, Activity]:
        return {a.ref: a for a in self.activities}

    @cached_property
    def shown(self) -> dict[Ref, str]:
        """The id users see: bare when unique in the plan, else ``PROJECT:ID``."""
        seen: dict[str, int] = {}
        for a in self.activities:
            seen[a.id] = seen.get(a.id, 0) + 1
        return {a.ref: a.id if seen[a.id] == 1 else f"{a.project}:{a.id}" for a in self.activities}

    def project(self, project_id: str) -> Project:
        return self._projects[project_id]

    @cached_property
    def _projects(self) -> dict[str, Project]:
        return {p.id: p for p in self.projects}

    def project_calendar_name(self, project_id: str) -> str:
        """The project's default calendar, else the plan's first."""
        return self.project(project_id).calendar or next(iter(self.calendars))

    def calendar_name(self, activity: Activity) -> str:
        """The activity's own calendar, else its project's."""
        return activity.calendar or self.project_calendar_name(activity.project)

    def calendar_of(self, activity: Activity) -> Calendar:
        """The calendar the activity's duration runs on (elapsed durations aside)."""
        return self.calendars[self.calendar_name(activity)]

    def options(self, project_id: str) -> SchedulingOptions:
        """How a project is scheduled: its own options, else the plan's."""
        return self._options[project_id]

    @cached_property
    def _options(self) -> dict[str, SchedulingOptions]:
        return {p.id: p.scheduling or self.scheduling for p in self.projects}

    def with_changes(self, **changes: Any) -> Plan:
        """A changed copy, validated again (what-if).

        >>> from simcore.models.plan import Plan
        >>> Plan(name="a").with_changes(name="b").name
        'b'
        """
        return replace(self, **changes)

    def with_activity(self, ref: Ref | str, **changes: Any) -> Plan:
        """A copy in which one activity is changed; ``ref`` may be the shown id."""
        wanted = ref if isinstance(ref, Ref) else self.find(ref)
        return self.with_changes(
            activities=tuple(replace(a, **changes) if a.ref == wanted else a for a in self.activities)
        )

    def find(self, shown_id: str) -> Ref:
        """The activity behind a shown id (``ID`` or ``PROJECT:ID``); KeyError when there is none."""
        return self._refs[shown_id]

    def has(self, shown_id: str) -> bool:
        """Whether :meth:`find` knows this id."""
        return shown_id in self._refs

    def find_link(self, text: str) -> int:
        """Position of the relationship written ``A -> B``, or ``A -> B SS`` where two activities have several.

        Raises
        ------
        KeyError
            When there is no such relationship, or when there are several; the message says which.
        """
        return self._links.find(text)

    def link_name(self, position: int) -> str:
        """A relationship as :meth:`find_link` knows it, in the shortest way."""
        return self._links.name(position)

    @cached_property
    def _links(self) -> LinkNames:
        return LinkNames(self.relationships, self.shown)

    @cached_property
    def _refs(self) -> dict[str, Ref]:
        table = {f"{a.project}:{a.id}": a.ref for a in self.activities}
        table.update({text: ref for ref, text in self.shown.items()})
        return table


def link_index(relationships: Iterable[Relationship], by: str) -> dict[Ref, list[Relationship]]:
    """Relationships grouped by ``"predecessor"`` or ``"successor"``."""
    index: dict[Ref, list[Relationship]] = {}
    for link in relationships:
        index.setdefault(getattr(link, by), []).append(link)
    return index
