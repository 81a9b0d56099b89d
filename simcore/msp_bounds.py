"""What dates ask of activities under Microsoft Project's rules, before their links do."""
from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from simcore.kernel_columns import PIN_FINISH, PIN_PLACED, PIN_START
from simcore.models.plan import Activity, ConstraintType, LinkType, Ref, Relationship, Status
from simcore.network_bounds import Bounds
from simcore.summary_links import Outline

if TYPE_CHECKING:
    from simcore.network_logic import LogicBuilder

_NOT_BEFORE = (ConstraintType.START_NO_EARLIER_THAN, ConstraintType.FINISH_NO_EARLIER_THAN)


def fed(logic: LogicBuilder) -> set[Ref]:
    """Activities and gates whose start some predecessor bounds."""
    gates = logic.gated.gates
    found: set[Ref] = set()
    into: dict[Ref, list[Relationship]] = {}
    for link in logic.relationships:
        if link.type in (LinkType.FS, LinkType.SS) and not logic.is_late_only(link):
            into.setdefault(link.successor, []).append(link)
    position_of = [logic.activities[i].ref for i in logic.order]
    for ref in position_of:  # predecessors first
        for link in into.get(ref, ()):
            before = logic.by_ref[link.predecessor]
            if before.ref in gates:
                counts = before.ref in found
            else:
                counts = logic.is_node(before) or (before.status is Status.COMPLETED and not before.inactive)
            if counts and link.probability == 1.0:  # a link that may not hold places nothing for certain
                found.add(ref)
    return found


class MspBounds:
    """What dates ask of nodes in projects under Microsoft Project's rules."""

    def __init__(self, logic: LogicBuilder):
        self.logic, self.plan, self.clock, self.calendars = logic, logic.plan, logic.clock, logic.calendars
        self.outline = Outline(self.plan)

    @cached_property
    def fed(self) -> set[Ref]:
        """Activities and gates whose start some predecessor bounds."""
        return fed(self.logic)

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
