"""On which calendar the work of an activity happens under Microsoft Project's rules."""
from __future__ import annotations

from simcore.models.calendars import Calendar
from simcore.models.costs import Assignment
from simcore.models.plan import Activity, Plan, Ref, Status
from simcore.models.working_time import intersect, working_minutes

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
        self.begins_on: dict[Ref, str] = {}  # calendar of the assignment that begins first, where another one ends last
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
            first = self._calendar(min(dated, key=lambda a: (a.start, a.finish)))
            if first is not None and first != self._calendar(last):
                self.begins_on[activity.ref] = first
        else:
            self.name_of.pop(activity.ref, None)
