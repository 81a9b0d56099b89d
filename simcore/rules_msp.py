"""How Microsoft Project schedules, where it differs from plain logic; decided when a plan is compiled."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simcore.kernel_passes import PIN_FINISH, PIN_PLACED, PIN_START
from simcore.models.calendars import Calendar
from simcore.models.plan import Activity, ActivityType, Assignment, ConstraintType, LinkType, Plan, Ref, Relationship, Status
from simcore.models.working_time import intersect, working_minutes
from simcore.network_bounds import Bounds
from simcore.summary_links import Gates, Outline

if TYPE_CHECKING:
    from simcore.network_logic import LogicBuilder

_NOT_BEFORE = (ConstraintType.START_NO_EARLIER_THAN, ConstraintType.FINISH_NO_EARLIER_THAN)
_TOLERANCE = 2  # minutes that dates without seconds may be off


def is_msp(plan: Plan, activity: Activity) -> bool:
    """Whether the activity is scheduled by Microsoft Project's rules."""
    return plan.options(activity.project).rules == "msp"


class WorkCalendars:
    """Where work happens: on the resources' calendars, within the task's own."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.joint: dict[str, Calendar] = {}  # calendars that the plan does not have, by a name of their own
        self.name_of: dict[Ref, str] = {}  # work calendar of the activities that do not run on their own or the project's
        self.minutes_of: dict[Ref, int] = {}  # work of those that do not take their stored duration on that calendar
        for activity in plan.activities:
            if is_msp(plan, activity) and not activity.type.is_span:
                self._find(activity)

    def _find(self, activity: Activity) -> None:
        if activity.elapsed or activity.ignore_resource_calendar:
            return
        labour = [a for a in activity.assignments if self._calendar(a) is not None]
        names = {self._calendar(a) for a in labour}
        if len(names) == 1:
            self._use(activity, labour[0])
        elif names and activity.status is Status.NOT_STARTED:
            self._use_last(activity, labour)

    def _calendar(self, assignment: Assignment) -> str | None:
        resource = self.plan.resources.get(assignment.resource) if assignment.resource is not None else None
        return resource.calendar if resource is not None and resource.kind == "labour" else None

    def _use(self, activity: Activity, assignment: Assignment) -> Calendar:
        other = self._calendar(assignment)
        assert other is not None
        own = activity.calendar
        name = other
        if own is not None and own != other:
            name = f"{own}\0{other}"
            if name not in self.joint:
                self.joint[name] = intersect(self.plan.calendars[own], self.plan.calendars[other])
        calendar = self.joint[name] if name in self.joint else self.plan.calendars[name]
        if not calendar.never_works:
            self.name_of[activity.ref] = name
        return calendar

    def _use_last(self, activity: Activity, labour: list[Assignment]) -> None:
        """Resources on different calendars: the work that ends last makes the finish, if it is steady from its first day."""
        dated = [a for a in labour if a.start is not None and a.finish is not None and a.work > 0 and a.units]
        if not dated:
            return
        last = max(dated, key=lambda a: (a.finish, a.start))
        assert last.start is not None and last.finish is not None and last.units
        calendar = self._use(activity, last)
        minutes = round(last.work / last.units)
        steady = abs(working_minutes(calendar, last.start, last.finish) - minutes) <= _TOLERANCE
        if steady and not last.delay and not last.levelling_delay and activity.ref in self.name_of:
            self.minutes_of[activity.ref] = minutes
        else:
            self.name_of.pop(activity.ref, None)


def waits_no_more(plan: Plan, after: Activity) -> bool:
    """Work that has begun no longer waits for what it is linked to; only its late dates still bound its predecessors."""
    return after.status is Status.IN_PROGRESS and is_msp(plan, after)


def hangs_on_actual_start(plan: Plan, link: Relationship, before: Activity) -> bool:
    """A link from the start of work that has begun asks for a fixed date and bounds no late dates."""
    begun = before.status is Status.IN_PROGRESS and before.actual_start is not None
    return begun and link.type in (LinkType.SS, LinkType.SF) and is_msp(plan, before)


def ends_on_time(plan: Plan, activity: Activity, followed: bool) -> bool:
    """Whether an activity's late finish is its finish: open ends if asked for, and what had to start when it did."""
    must_start = any(k.type is ConstraintType.MANDATORY_START for k in activity.constraints)
    if must_start and activity.status is Status.IN_PROGRESS and is_msp(plan, activity):
        return True
    return plan.options(activity.project).multiple_critical_paths and not followed


def delay(plan: Plan, gates: Gates) -> Gates:
    """Let levelling delays in clock time pass between a gate, which takes what bounds an activity's start, and the activity."""
    found = {}
    for a in plan.activities:
        if a.levelling_delay and a.levelling_delay_elapsed and is_msp(plan, a) and a.status is Status.NOT_STARTED:
            found[a.ref] = Activity(
                project=a.project, id=f"{a.id}\0delay", name=a.name, type=ActivityType.FINISH_MILESTONE,
                calendar=a.calendar, elapsed=True, wbs=a.wbs,
            )  # fmt: skip
    if not found:
        return gates
    links = [
        replace(r, successor=found[r.successor].ref) if r.successor in found and r.type in (LinkType.FS, LinkType.SS) else r
        for r in gates.relationships
    ]
    links += [Relationship(gate.ref, ref, lag=plan.by_ref[ref].levelling_delay, elapsed=True) for ref, gate in found.items()]
    return Gates(
        tuple(links),
        {**gates.gates, **{gate.ref: gate for gate in found.values()}},
        {**gates.owner_of, **{gate.ref: ref for ref, gate in found.items()}},
        gates.first_of,
    )


def float_kind(activity: Activity) -> str:
    """Total slack is the smaller of start and finish slack; of work that has begun, its finish slack."""
    return "finish" if activity.status is Status.IN_PROGRESS else "smallest"


def gap(activity: Activity, logic: LogicBuilder) -> int:
    """Minutes of work that pass inside what remains of a split task."""
    if not activity.segments:
        return 0
    last = activity.segments[-1]
    length = last.offset + last.work
    if activity.status is Status.IN_PROGRESS:
        length -= _work_to_resume(activity, logic)
    return max(length - activity.remaining_duration, 0)


def _work_to_resume(activity: Activity, logic: LogicBuilder) -> int:
    c = logic.work_calendar(activity)
    resume, start = activity.resume, activity.actual_start
    if resume is None or start is None:
        return activity.duration - activity.remaining_duration
    return logic.calendars.work(c, logic.clock.minutes(resume)) - logic.calendars.work(c, logic.clock.minutes(start))


def fed(logic: LogicBuilder) -> set[Ref]:
    """Activities and gates whose start some predecessor bounds."""
    gates = logic.gated.gates
    found: set[Ref] = set()
    into: dict[Ref, list[Relationship]] = {}
    for link in logic.relationships:
        if link.type in (LinkType.FS, LinkType.SS):
            into.setdefault(link.successor, []).append(link)
    position_of = [logic.activities[i].ref for i in logic.order]
    for ref in position_of:  # predecessors first
        for link in into.get(ref, ()):
            before = logic.by_ref[link.predecessor]
            if before.ref in gates:
                counts = before.ref in found
            else:
                counts = logic.is_node(before) or (before.status is Status.COMPLETED and not before.inactive)
            if counts:
                found.add(ref)
    return found


class MspBounds:
    """What dates ask of nodes in projects under Microsoft Project's rules."""

    def __init__(self, logic: LogicBuilder):
        self.logic, self.plan, self.clock, self.calendars = logic, logic.plan, logic.clock, logic.calendars
        self.outline = Outline(self.plan)
        self.fed = fed(logic)

    def of(self, activity: Activity) -> Bounds:
        """Bounds of one activity."""
        if activity.manual and activity.file_dates is not None and activity.file_dates.start is not None:
            bounds = self._placed(activity)
        elif activity.status is Status.IN_PROGRESS:
            bounds = Bounds(self._resumes(activity))
        else:
            delay = activity.levelling_delay if activity.levelling_delay_elapsed else 0
            bounds = Bounds(self._floor(activity) + delay)
            self._hold_back(activity, bounds)
        self._limit(activity, bounds)
        return bounds

    def _placed(self, activity: Activity) -> Bounds:
        """A manually scheduled task stays where it was put."""
        dates = activity.file_dates
        assert dates is not None and dates.start is not None
        at = self.clock.minutes(dates.start)
        if activity.status is Status.IN_PROGRESS and dates.finish is not None:
            c = self.logic.work_calendar(activity)
            left = self.calendars.work(c, self.clock.minutes(dates.finish)) - activity.remaining_duration
            at = max(at, self.calendars.start(c, left))
        return Bounds(at, pin=PIN_PLACED, pinned=at)

    def _resumes(self, activity: Activity) -> int:
        """Where the rest of work that has begun goes on."""
        if activity.resume is not None:
            return self.clock.minutes(activity.resume)
        start = activity.actual_start
        if start is None:
            return self._floor(activity)
        c = self.logic.work_calendar(activity)
        done = activity.duration - activity.remaining_duration
        return self.calendars.start(c, self.calendars.work(c, self.clock.minutes(start)) + done)

    def _floor(self, activity: Activity) -> int:
        """The project's start (that of a manual summary) for what neither a predecessor nor a constraint places."""
        own = (*activity.constraints, *(k for s in self.outline.above(activity) for k in s.constraints))
        if any(k.type in _NOT_BEFORE for k in own) or activity.ref in self.logic.gated.gates:
            return 0
        starts = (s.file_dates.start for s in self.outline.above(activity) if s.manual and s.file_dates is not None)
        manual = next((d for d in starts if d is not None), None)
        if manual is not None:
            return self.clock.minutes(manual)
        start = self.plan.project(activity.project).start
        return 0 if start is None or activity.ref in self.fed else self.clock.minutes(start)

    def _hold_back(self, activity: Activity, bounds: Bounds) -> None:
        """What keeps a task that has not begun from its earliest dates."""
        if activity.external_early_start is not None:
            bounds.start_from(self.clock.minutes(activity.external_early_start))
        for summary in self.outline.above(activity):
            for constraint in summary.constraints:
                if constraint.type is ConstraintType.START_NO_EARLIER_THAN and constraint.date is not None:
                    bounds.start_from(self._undelayed(activity, self.clock.minutes(constraint.date)))
        honoured = self.plan.options(activity.project).honour_constraints
        c = ConstraintType
        for constraint in activity.constraints:
            if constraint.date is None:
                continue
            kind, at = constraint.type, self.clock.minutes(constraint.date)
            if kind in (c.START_NO_EARLIER_THAN, c.START_ON) or (kind is c.MANDATORY_START and not honoured):
                bounds.start_from(self._undelayed(activity, at))
            elif kind in (c.FINISH_NO_EARLIER_THAN, c.FINISH_ON) or (kind is c.MANDATORY_FINISH and not honoured):
                bounds.finish_from(self._undelayed(activity, at))
            elif kind is c.MANDATORY_START:
                bounds.pin, bounds.pinned = PIN_START, at
            elif kind is c.MANDATORY_FINISH:
                bounds.pin, bounds.pinned = PIN_FINISH, at
            elif kind is c.START_NO_LATER_THAN and honoured:
                bounds.cap = min(bounds.cap, at)
            elif kind is c.FINISH_NO_LATER_THAN and honoured:
                bounds.cap_finish = min(bounds.cap_finish, at)

    def _undelayed(self, activity: Activity, at: int) -> int:
        """A date before the task's levelling delay, which is added to what the logic asks but not to its constraints."""
        delay = activity.levelling_delay
        if not delay or activity.levelling_delay_elapsed:
            return at
        c = self.logic.work_calendar(activity)
        return self.calendars.start(c, self.calendars.work(c, at) - delay)

    def _limit(self, activity: Activity, bounds: Bounds) -> None:
        """What limits late dates."""
        if activity.deadline is not None:
            bounds.latest_finish = min(bounds.latest_finish, self.clock.minutes(activity.deadline))
        c = ConstraintType
        for constraint in activity.constraints:
            if constraint.date is None:
                continue
            kind, at = constraint.type, self.clock.minutes(constraint.date)
            if kind in (c.FINISH_NO_LATER_THAN, c.FINISH_ON, c.MANDATORY_FINISH):
                bounds.latest_finish = min(bounds.latest_finish, at)
            started = activity.status is Status.IN_PROGRESS
            if kind in (c.START_NO_LATER_THAN, c.START_ON, c.MANDATORY_START) and not started:
                bounds.latest = min(bounds.latest, at)
