"""MSPDI tasks: activities, and the outline as a work breakdown structure."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simcore.models.calendars import Calendar, always
from simcore.models.costs import Assignment, Expense, FileCost
from simcore.models.formats.mspdi_calendars import CalendarBook
from simcore.models.formats.mspdi_fields import FieldBook
from simcore.models.formats.mspdi_resources import TaskWork
from simcore.models.formats.mspdi_segments import Span, halves, split_parts
from simcore.models.formats.mspdi_values import ELAPSED_FORMATS, Node, Reading
from simcore.models.plan import Activity, ActivityType, Baseline, Constraint, ConstraintType, FileDates, Segment, Status, Wbs
from simcore.models.working_time import intersect, working_minutes

_CONSTRAINTS = {
    1: ConstraintType.AS_LATE_AS_POSSIBLE,
    2: ConstraintType.MANDATORY_START,
    3: ConstraintType.MANDATORY_FINISH,
    4: ConstraintType.START_NO_EARLIER_THAN,
    5: ConstraintType.START_NO_LATER_THAN,
    6: ConstraintType.FINISH_NO_EARLIER_THAN,
    7: ConstraintType.FINISH_NO_LATER_THAN,
}
_WORK_TYPES = {0: "fixed units", 1: "fixed duration", 2: "fixed work"}
_ACCRUALS = {1: "start", 2: "end", 3: "uniform"}
_ELAPSED_DAYS = 8
_UNEXPLAINED = "tasks that take longer than their duration, for a split or a resource the file does not spell out"
_SPLITTABLE = 2  # minutes
_CENT = 0.05  # rounding of the file's sums


@dataclass
class TaskContext:
    """What reading a task needs of the rest of the file."""

    project: str
    book: CalendarBook
    calendar: str  # the project's
    fields: FieldBook
    work: Mapping[int, TaskWork]
    reading: Reading
    _effective: dict[tuple[str, ...], Calendar] = field(default_factory=dict)

    def effective_calendar(self, own: str | None, others: set[str]) -> Calendar:
        """Where the task's work happens: its own calendar and that of its resource together, else the project's."""
        if len(others) != 1:
            return self.book.calendars[own or self.calendar]
        (other,) = others
        if own is None or own == other:
            return self.book.calendars[other]
        if (own, other) not in self._effective:
            self._effective[own, other] = intersect(self.book.calendars[own], self.book.calendars[other])
        return self._effective[own, other]


@dataclass
class _Place:
    """A row of the outline."""

    node: Node
    uid: int
    level: int
    number: str
    parent: str | None
    has_children: bool = False


def read_tasks(project: Node, context: TaskContext) -> tuple[list[Activity], list[Wbs]]:
    """Activities in the order of the file, and a node for each summary."""
    places = _outline(project, context)
    activities, nodes = [], []
    for place in places:
        activity = _activity(place, context)
        activities.append(activity)
        if activity.type is ActivityType.SUMMARY:
            nodes.append(Wbs(code=place.number, name=activity.name, parent=place.parent, project=context.project))
    return activities, nodes


def _outline(project: Node, context: TaskContext) -> list[_Place]:
    """Rows with their place in the outline; level 0 is the project itself."""
    places: list[_Place] = []
    open_rows: list[_Place] = []  # the row and what lies above it
    counts: dict[str | None, int] = {}
    used: set[str] = set()
    seen: set[int] = set()
    for node in project.children("Tasks/Task", "task"):
        uid = node.integer("UID")
        node.where = f"task {uid} {node.text('Name') or ''!r}"
        if node.flag("IsNull"):
            continue
        if uid is None or uid in seen:
            context.reading.error(node.where, "has no UID." if uid is None else "has the UID of a task before it.")
            continue
        seen.add(uid)
        written = node.text("OutlineNumber")
        level = node.integer("OutlineLevel")
        if level is None:
            level = written.count(".") + 1 if written and written != "0" else int(uid != 0)
        while open_rows and open_rows[-1].level >= level:
            open_rows.pop()
        above = open_rows[-1] if open_rows else None
        parent = above.number if above else None
        counts[parent] = counts.get(parent, 0) + 1
        number = written if written and written not in used else _number(parent, counts[parent], level)
        while number in used:
            number += "+"
        used.add(number)
        if above:
            above.has_children = True
        place = _Place(node, uid, level, number, parent)
        places.append(place)
        open_rows.append(place)
    return places


def _number(parent: str | None, count: int, level: int) -> str:
    if level == 0:
        return "0"
    return str(count) if parent in (None, "0") else f"{parent}.{count}"


def _activity(place: _Place, context: TaskContext) -> Activity:
    node = place.node
    start, finish = node.date("Start"), node.date("Finish")
    elsewhere = _is_elsewhere(place)
    summary = not elsewhere and (place.has_children or place.uid == 0 or node.flag("Summary"))
    calendar = context.book.named(node.integer("CalendarUID"))
    elapsed = (node.integer("DurationFormat") or 7) in ELAPSED_FORMATS
    work = context.work.get(place.uid) or TaskWork()
    ignore_resources = node.flag("IgnoreResourceCalendar")
    others = set() if ignore_resources else work.calendars
    effective = always() if elapsed else context.effective_calendar(calendar, others)
    duration = node.whole_minutes("Duration")
    if duration is None:
        duration = working_minutes(effective, start, finish) if start and finish else 0
    kind = ActivityType.SUMMARY if summary else ActivityType.TASK if duration else ActivityType.FINISH_MILESTONE
    status, actual_start, actual_finish = _progress(node, start, finish)
    manual = (node.flag("Manual") or elsewhere) and start is not None
    segments: tuple[Segment, ...] = ()
    if kind is ActivityType.TASK and status is not Status.COMPLETED and not manual and start and finish:
        segments = _segments(node, (start, finish), duration, effective, work)
    _note_ignored(node, elsewhere, context.reading)
    percent = node.number("PercentComplete")
    return Activity(
        project=context.project,
        id=str(place.uid),
        name=node.text("Name") or "",
        type=kind,
        calendar=calendar,
        duration=duration,
        elapsed=elapsed and kind is ActivityType.TASK,
        remaining=_remaining(node, duration, status, effective) if not summary else None,
        status=status,
        actual_start=actual_start,
        actual_finish=actual_finish,
        percent_complete=None if percent is None else percent / 100,
        suspend=node.date("Stop") if status is Status.IN_PROGRESS else None,
        resume=node.date("Resume") if status is Status.IN_PROGRESS else None,
        constraints=_constraints(node),
        deadline=node.date("Deadline"),
        segments=segments,
        levelling_delay=node.tenths("LevelingDelay") or 0,
        levelling_delay_elapsed=(node.integer("LevelingDelayFormat") or _ELAPSED_DAYS) in ELAPSED_FORMATS,
        manual=manual,
        inactive=not node.flag("Active", default=True),
        priority=node.integer("Priority"),
        effort_driven=node.flag("EffortDriven"),
        work_type=_work_type(node),
        ignore_resource_calendar=ignore_resources,
        wbs=place.number if summary else place.parent,
        codes=context.fields.codes_of(node),
        fields=_fields(place, context),
        assignments=tuple(work.assignments),
        expenses=_expenses(node, summary, status, percent, work.assignments),
        baseline=_baseline(node, context.reading),
        file_dates=_file_dates(node, start, finish),
        file_cost=None if summary else _file_cost(node),
    )


def _is_elsewhere(place: _Place) -> bool:
    """A placeholder: a task of another project, or an inserted project whose tasks are not in this file."""
    return place.node.flag("ExternalTask") or (place.node.flag("IsSubproject") and not place.has_children)


def _progress(
    node: Node, start: datetime | None, finish: datetime | None
) -> tuple[Status, datetime | None, datetime | None]:
    actual_start, actual_finish = node.date("ActualStart"), node.date("ActualFinish")
    percent = node.number("PercentComplete") or 0
    if actual_finish is not None or percent >= 100:
        return Status.COMPLETED, actual_start or start, actual_finish or finish
    if actual_start is not None or percent > 0:
        return Status.IN_PROGRESS, actual_start or start, None
    return Status.NOT_STARTED, None, None


def _remaining(node: Node, duration: int, status: Status, calendar: Calendar) -> int | None:
    """What is left to be scheduled.

    Exactly what follows the place where work resumes, whose seconds are dropped as well; and all that was not worked
    before it stopped, even if the percentage says more.
    """
    if status is not Status.IN_PROGRESS:
        return None
    remaining = node.whole_minutes("RemainingDuration")
    if remaining is None:
        remaining = round(duration * (1 - (node.number("PercentComplete") or 0) / 100))
    start, resume = node.date("ActualStart"), node.date("Resume")
    if start is not None and resume is not None:
        behind = duration - working_minutes(calendar, start, resume)
        if abs(behind - remaining) <= 1:
            return behind
    stop = node.date("Stop")
    if start is not None and stop is not None:
        unworked = duration - working_minutes(calendar, start, stop)
        if unworked > remaining + 1:
            return unworked
    return remaining


def _segments(node: Node, task: Span, duration: int, calendar: Calendar, work: TaskWork) -> tuple[Segment, ...]:
    stop, resume = node.date("Stop"), node.date("Resume")
    pause = (stop, resume) if stop and resume and stop < resume else None
    parts = split_parts(task, duration, calendar, work.periods, pause)
    if parts is not None:
        return parts
    if node.has("ActualStart") or len(work.calendars) > 1 or duration < _SPLITTABLE:
        node.reading.note(_UNEXPLAINED)
        return ()
    node.reading.note("split tasks whose file does not say where; paused half-way, their dates kept")
    return halves(task, duration, calendar)


def _constraints(node: Node) -> tuple[Constraint, ...]:
    code = node.integer("ConstraintType") or 0
    if code == 0:
        return ()
    if code not in _CONSTRAINTS:
        node.reading.error(node.where, f"ConstraintType is {code}, not 0 to 7.")
        return ()
    kind = _CONSTRAINTS[code]
    if kind is ConstraintType.AS_LATE_AS_POSSIBLE:
        return (Constraint(kind),)
    when = node.date("ConstraintDate")
    if when is None:
        node.reading.note("constraints without a date ignored", "warning")
        return ()
    return (Constraint(kind, when),)


def _work_type(node: Node) -> str | None:
    code = node.integer("Type")
    return None if code is None else _WORK_TYPES.get(code)


def _fields(place: _Place, context: TaskContext) -> dict[str, str]:
    fields = context.fields.fields_of(place.node)
    wbs = place.node.text("WBS")
    if wbs is not None and wbs != place.number:
        fields.setdefault("WBS", wbs)
    for tag in ("ExternalTaskProject", "SubprojectName"):
        value = place.node.text(tag)
        if value is not None:
            fields.setdefault("Project file", value)
    return fields


def _expenses(
    node: Node, summary: bool, status: Status, percent: float | None, assignments: list[Assignment]
) -> tuple[Expense, ...]:
    """The task's fixed cost, and what its total holds beyond that and its assignments."""
    expenses = []
    fixed = node.money("FixedCost") or 0.0
    accrual = _ACCRUALS.get(node.integer("FixedCostAccrual") or 3, "uniform")
    spent = fixed * _share_spent(accrual, status, percent or 0.0)
    if fixed:
        left = fixed - spent
        expenses.append(
            Expense(name="Fixed cost", budgeted_cost=fixed, actual_cost=spent, remaining_cost=left, accrual=accrual)
        )
    cost = node.money("Cost")
    if cost is None or summary:
        return tuple(expenses)
    other = cost - fixed - sum(a.budgeted_cost or 0.0 for a in assignments)
    if abs(other) > max(_CENT, 1e-6 * abs(cost)):
        paid = (node.money("ActualCost") or 0.0) - spent - sum(a.actual_cost or 0.0 for a in assignments)
        expenses.append(Expense(name="Other cost", budgeted_cost=other, actual_cost=paid, remaining_cost=other - paid))
    return tuple(expenses)


def _share_spent(accrual: str, status: Status, percent: float) -> float:
    if accrual == "uniform":
        return percent / 100
    begun = status is not Status.NOT_STARTED if accrual == "start" else status is Status.COMPLETED
    return float(begun)


def _baseline(node: Node, reading: Reading) -> Baseline | None:
    found = None
    for part in node.children("Baseline", "baseline"):
        if part.integer("Number"):
            reading.note("baselines 1 to 10 of tasks ignored")
            continue
        found = Baseline(
            start=part.date("Start"),
            finish=part.date("Finish"),
            duration=part.whole_minutes("Duration"),
            cost=part.money("Cost"),
            work=part.minutes("Work"),
        )
    return found


def _file_dates(node: Node, start: datetime | None, finish: datetime | None) -> FileDates:
    early_start, late_finish = node.date("EarlyStart"), node.date("LateFinish")
    scheduled = late_finish is not None  # writers leave out slack that is zero
    total, free = node.tenths("TotalSlack"), node.tenths("FreeSlack")
    return FileDates(
        start=start,
        finish=finish,
        early_start=early_start,
        early_finish=node.date("EarlyFinish"),
        late_start=node.date("LateStart"),
        late_finish=late_finish,
        total_float=0 if total is None and scheduled else total,
        free_float=0 if free is None and scheduled else free,
        critical=node.flag("Critical") if node.text("Critical") is not None else None,
    )


def _file_cost(node: Node) -> FileCost | None:
    """Totals of a task; what the tool calls its cost is actual and remaining together."""
    cost, actual, remaining = node.money("Cost"), node.money("ActualCost"), node.money("RemainingCost")
    if not cost and not actual and not remaining:
        return None
    return FileCost(actual=actual or 0.0, remaining=remaining or 0.0, at_completion=cost)


def _note_ignored(node: Node, elsewhere: bool, reading: Reading) -> None:
    reading.note("notes of tasks ignored", count=node.text("Notes") is not None)
    reading.note("hyperlinks of tasks ignored", count=node.text("HyperlinkAddress") is not None)
    reading.note("tasks of other projects kept as placeholders with fixed dates", "warning", count=elsewhere)
