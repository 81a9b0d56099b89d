"""Slow, obvious twins of the engine: a calendar is the list of its worked minutes, a pass is a loop over the plan's objects.

Nothing here knows tables, quanta, lanes or weeks that repeat. Instants are minutes since a first day; an instant's *place*
on a calendar is the number of minutes worked before it, so that 17:00 and 08:00 of the next working day are one place.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from simcore.models.calendars import DAY, Calendar
from simcore.models.plan import (
    Activity,
    ActivityType,
    ConstraintType,
    LagCalendar,
    LinkType,
    Plan,
    Ref,
    Relationship,
    Status,
)


class Worked:
    """The worked minutes of a calendar over some days, one by one; None stands for round the clock."""

    def __init__(self, calendar: Calendar | None, first: date, days: int):
        self.always = calendar is None
        if calendar is None:
            return
        open_minutes = np.zeros((days + 3) * DAY, bool)  # the day before and the days a night shift runs into
        for n in range(-1, days):
            for start, end in calendar.shifts_on(first + timedelta(days=n)):
                open_minutes[(n + 1) * DAY + start : (n + 1) * DAY + end] = True
        self.minutes = np.flatnonzero(open_minutes[DAY : (days + 1) * DAY])

    def place(self, instant: int) -> int:
        """Minutes worked before an instant."""
        return instant if self.always else int(np.searchsorted(self.minutes, instant))

    def start(self, place: int) -> int:
        """When the minute of work after a place begins."""
        assert self.always or 0 <= place < len(self.minutes), "outside of the days that are walked"
        return place if self.always else int(self.minutes[place])

    def finish(self, place: int) -> int:
        """When the minute of work before a place ends."""
        assert self.always or 0 < place <= len(self.minutes), "outside of the days that are walked"
        return place if self.always else int(self.minutes[place - 1]) + 1


@dataclass
class Dates:
    """Dates of one activity; the late ones are absent from spans."""

    start: int
    finish: int
    late_start: int = 0
    late_finish: int = 0
    float: int = 0
    longest_path: bool = False


@dataclass
class NaiveSchedule:
    """Schedules a plan whose activities are not in several projects."""

    plan: Plan
    durations: dict[Ref, int]
    first: date
    days: int = 1200
    dates: dict[Ref, Dates] = field(default_factory=dict)
    instead: dict[str, Worked] = field(default_factory=dict)
    """Calendars that are not worked as the plan says, because of weather."""

    def __post_init__(self) -> None:
        self.worked = {name: Worked(c, self.first, self.days) for name, c in self.plan.calendars.items()}
        self.planned, self.worked = self.worked, {**self.worked, **self.instead}
        self.always = Worked(None, self.first, self.days)
        self.project = self.plan.projects[0]
        self.links = [
            link
            for link in self.plan.relationships
            if self._is_scheduled(link.predecessor) and self._is_scheduled(link.successor)
        ]
        order = self._in_order()
        for ref in order:
            self._early(self.plan.by_ref[ref])
        self.finish = max([d.finish for d in self.dates.values()] + self._completed_finishes())
        for ref in reversed(order):
            self._late(self.plan.by_ref[ref])
        for ref in reversed(order):
            self._trace(self.plan.by_ref[ref])
        self._spans()

    # -- what the plan says -------------------------------------------------------------------------------------------

    def minute(self, moment: datetime) -> int:
        return int((moment - datetime.combine(self.first, datetime.min.time())).total_seconds() // 60)

    def moment(self, minute: int) -> np.datetime64:
        return np.datetime64(self.first, "m") + np.timedelta64(minute, "m")

    def _is_scheduled(self, ref: Ref) -> bool:
        activity = self.plan.by_ref[ref]
        return not (activity.type.is_span or activity.inactive or activity.status is Status.COMPLETED)

    def _in_order(self) -> list[Ref]:
        """Predecessors first."""
        order: list[Ref] = []
        left = [a.ref for a in self.plan.activities if self._is_scheduled(a.ref)]
        while left:
            ready = [ref for ref in left if all(k.predecessor in order for k in self.links if k.successor == ref)]
            order += ready
            left = [ref for ref in left if ref not in ready]
        return order

    def calendar(self, activity: Activity) -> Worked:
        return self.always if activity.elapsed else self.worked[self.plan.calendar_name(activity)]

    def _lag_calendar(self, link: Relationship) -> Worked:
        kind = link.lag_calendar or self.plan.options(self.project.id).lag_calendar
        if link.elapsed or kind is LagCalendar.ALWAYS:
            return self.always
        if kind is LagCalendar.PROJECT:
            return self.worked[self.plan.project_calendar_name(self.project.id)]
        return self.calendar(self.plan.by_ref[link.predecessor if kind is LagCalendar.PREDECESSOR else link.successor])

    def _lag(self, link: Relationship) -> int:
        """Minutes of lag; behind what is complete those that have not passed by the data date."""
        before, lag = self.plan.by_ref[link.predecessor], link.lag
        if before.status is not Status.COMPLETED:
            return lag + round((link.percent or 0.0) * self.durations[link.predecessor])
        actual = before.actual_finish if link.type in (LinkType.FS, LinkType.FF) else before.actual_start
        if lag > 0 and actual:
            calendar = self._lag_calendar(link)
            passed = calendar.place(self._now()) - calendar.place(self.minute(actual))
            lag = max(lag - max(passed, 0), 0)
        return lag + round((link.percent or 0.0) * before.duration)

    def _now(self) -> int:
        assert self.project.data_date is not None
        return self.minute(self.project.data_date)

    def _begin(self) -> int:
        return max(self.minute(d) for d in (self.project.data_date, self.project.start) if d)

    def _constraint(self, activity: Activity, *kinds: ConstraintType) -> list[int]:
        """Dates of an activity's constraints of some kinds; those on a start no longer count when it has started."""
        of_start = {
            ConstraintType.START_ON, ConstraintType.START_NO_EARLIER_THAN, ConstraintType.START_NO_LATER_THAN,
            ConstraintType.MANDATORY_START,
        }  # fmt: skip
        started = activity.status is Status.IN_PROGRESS
        return [
            self.minute(c.date)
            for c in activity.constraints
            if c.date and c.type in kinds and not (started and c.type in of_start)
        ]

    def _completed_finishes(self) -> list[int]:
        done = (a for a in self.plan.activities if a.status is Status.COMPLETED and not a.type.is_span)
        return [self.minute(a.actual_finish) for a in done if a.actual_finish]

    # -- forward ------------------------------------------------------------------------------------------------------

    def _asked(self, link: Relationship) -> int:
        """The instant a link asks of its successor."""
        if self.plan.by_ref[link.predecessor].status is Status.COMPLETED:
            instant = self._now()
        else:
            dates = self.dates[link.predecessor]
            instant = dates.finish if link.type in (LinkType.FS, LinkType.FF) else dates.start
        return moved(instant, self._lag(link), self._lag_calendar(link), self._lag(link) > 0)

    def _asking(self, activity: Activity, *types: LinkType) -> list[int]:
        return [
            self._asked(link)
            for link in self.plan.relationships
            if link.successor == activity.ref and link.type in types and self._counts(self.plan.by_ref[link.predecessor])
        ]

    def _counts(self, before: Activity) -> bool:
        return not before.type.is_span and not before.inactive

    def _early(self, activity: Activity) -> None:
        calendar, duration = self.calendar(activity), self.durations[activity.ref]
        c = ConstraintType
        starts = (
            [self._begin()]
            + [self.minute(d) for d in (activity.resume, activity.external_early_start) if d]
            + self._constraint(activity, c.START_ON, c.START_NO_EARLIER_THAN)
            + self._asking(activity, LinkType.FS, LinkType.SS)
        )
        finishes = self._constraint(activity, c.FINISH_ON, c.FINISH_NO_EARLIER_THAN)
        finishes += self._asking(activity, LinkType.FF, LinkType.SF)
        pinned_start, pinned_finish, _ = self._pinned(activity)
        pinned = bool(pinned_start or pinned_finish)
        if pinned:
            starts, finishes = pinned_start, pinned_finish
        place = max([calendar.place(t) for t in starts] + [calendar.place(t) - duration for t in finishes])
        if activity.expected_finish:  # the work is stretched or cut to end then
            duration = max(calendar.place(self.minute(activity.expected_finish)) - place, 0)
            self.durations = {**self.durations, activity.ref: duration}
        begin, end = self._worked(activity, place)
        if duration == 0:  # a finish milestone stands where work ends if that is what was asked for, all else where it begins
            back = activity.type is ActivityType.FINISH_MILESTONE and max(starts + finishes) == calendar.finish(place)
            begin = end = calendar.finish(place) if back else begin
        bound = any(k.successor == activity.ref and k.type in (LinkType.FF, LinkType.SF) for k in self.links)
        if bound and not pinned and max(finishes) > end:  # between two shifts: the next one has to begin
            end = calendar.start(place + duration)
        self.dates[activity.ref] = Dates(begin, end)

    def _pinned(self, activity: Activity) -> tuple[list[int], list[int], bool]:
        """The mandatory start or finish, and whether it lies in the past: then work begins now."""
        starts = self._constraint(activity, ConstraintType.MANDATORY_START)
        finishes = self._constraint(activity, ConstraintType.MANDATORY_FINISH)
        if any(date < self._begin() for date in starts + finishes):
            return [self._begin()], [], True
        return starts, finishes, False

    def _worked(self, activity: Activity, place: int) -> tuple[int, int]:
        """Start and finish of work that begins at a place."""
        calendar = self.calendar(activity)
        return calendar.start(place), calendar.finish(place + self.durations[activity.ref])

    # -- backward -----------------------------------------------------------------------------------------------------

    def _late(self, activity: Activity) -> None:
        calendar, duration = self.calendar(activity), self.durations[activity.ref]
        c = ConstraintType
        must = self.project.must_finish_by
        starts = self._constraint(activity, c.START_ON, c.START_NO_LATER_THAN)
        finishes = [self.minute(must) if must else self.finish]
        finishes += self._constraint(activity, c.FINISH_ON, c.FINISH_NO_LATER_THAN)
        if activity.external_late_finish:
            finishes.append(self.minute(activity.external_late_finish))
        for link in self.links:
            if link.predecessor == activity.ref:
                theirs = self.dates[link.successor]
                instant = theirs.late_start if link.type in (LinkType.FS, LinkType.SS) else theirs.late_finish
                from_finish = link.type in (LinkType.FS, LinkType.FF)
                instant = moved(instant, -self._lag(link), self._lag_calendar(link), to_finish=False)
                (finishes if from_finish else starts).append(instant)
        pinned_start, pinned_finish, past = self._pinned(activity)
        if past:  # it is late, and logic bounds it too
            starts += self._constraint(activity, c.MANDATORY_START)[-1:]
            finishes += self._constraint(activity, c.MANDATORY_FINISH)[-1:]
        elif pinned_start or pinned_finish:
            starts, finishes = pinned_start, pinned_finish
        place = min([calendar.place(t) for t in finishes] + [calendar.place(t) + duration for t in starts])
        dates = self.dates[activity.ref]
        dates.float = place - calendar.place(dates.finish)
        dates.late_start, dates.late_finish = self._worked(activity, place - duration)
        if duration == 0:  # a start milestone stands where work begins if that is what was asked for, all else where it ends
            forward = activity.type is ActivityType.START_MILESTONE and min(starts + finishes) == dates.late_start
            at = dates.late_start if forward else dates.late_finish
            dates.late_start = dates.late_finish = at

    # -- longest path and spans ---------------------------------------------------------------------------------------

    def _trace(self, activity: Activity) -> None:
        """On the longest path: what ends the project, and what drives an activity on it."""
        dates = self.dates[activity.ref]
        dates.longest_path |= dates.finish == self.finish
        pins = self._constraint(activity, ConstraintType.MANDATORY_START, ConstraintType.MANDATORY_FINISH)
        if not dates.longest_path or pins:
            return
        calendar = self.calendar(activity)
        end = calendar.place(dates.finish)
        for link in self.links:
            if link.successor == activity.ref:
                own = end if link.type in (LinkType.FF, LinkType.SF) else end - self.durations[activity.ref]
                if calendar.place(self._asked(link)) == own:
                    self.dates[link.predecessor].longest_path = True

    def _spans(self) -> None:
        """Hammocks and summaries over what they hang on and hold; a hammock that hangs on one side spans its sources there."""
        for activity in self.plan.activities:
            if activity.type is ActivityType.HAMMOCK:
                starts, finishes = self._hammock(activity.ref)
            elif activity.type is ActivityType.SUMMARY:
                below = [
                    self._extent(a)
                    for a in self.plan.activities
                    if not a.type.is_span and not a.inactive and is_below(self.plan, a.wbs, activity.wbs)
                ]
                starts, finishes = [start for start, _ in below], [finish for _, finish in below]
            else:
                continue
            if starts and finishes:
                self.dates[activity.ref] = Dates(min(starts), max(finishes))

    def _extent(self, activity: Activity) -> tuple[int, int]:
        """Actual dates of what is complete, early ones of what remains."""
        if activity.status is Status.COMPLETED:
            assert activity.actual_start is not None
            assert activity.actual_finish is not None
            return self.minute(activity.actual_start), self.minute(activity.actual_finish)
        dates = self.dates[activity.ref]
        return dates.start, dates.finish

    def _hammock(self, ref: Ref) -> tuple[list[int], list[int]]:
        starts: list[int] = []
        finishes: list[int] = []
        start_sources, finish_sources = [], []
        for link in self.plan.relationships:
            if link.successor == ref:
                source = self._extent(self.plan.by_ref[link.predecessor])
                instant = source[1] if link.type in (LinkType.FS, LinkType.FF) else source[0]
                own_start = link.type in (LinkType.FS, LinkType.SS)
            elif link.predecessor == ref:
                source = self._extent(self.plan.by_ref[link.successor])
                instant = source[0] if link.type in (LinkType.FS, LinkType.SS) else source[1]
                own_start = link.type in (LinkType.SS, LinkType.SF)
            else:
                continue
            (starts if own_start else finishes).append(instant)
            (start_sources if own_start else finish_sources).append(source)
        return starts or [start for start, _ in finish_sources], finishes or [finish for _, finish in start_sources]


def moved(instant: int, lag: int, calendar: Worked, to_finish: bool) -> int:
    """An instant moved by minutes of work of a calendar; it comes to the end of work, or to its beginning."""
    if lag == 0:
        return instant
    place = calendar.place(instant) + lag
    return calendar.finish(place) if to_finish else calendar.start(place)


def is_below(plan: Plan, code: str | None, node: str | None) -> bool:
    """Whether a WBS node is another one or lies below it."""
    parent = {w.code: w.parent for w in plan.wbs}
    while code is not None and code != node:
        code = parent.get(code)
    return code is not None
