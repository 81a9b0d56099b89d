"""The part of a plan that logic schedules, as arrays in topological order."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcore.kernel_passes import (
    NEVER,
    NO_PIN,
    NONE,
    PIN_FINISH,
    PIN_START,
    SNAP_BACK,
    SNAP_FORWARD,
    SNAP_NEAREST,
    Links,
    Logic,
    Nodes,
)
from simcore.models.plan import (
    Activity,
    ActivityType,
    ConstraintType,
    LagCalendar,
    LinkType,
    Plan,
    Relationship,
    Status,
)
from simcore.network import Calendars, Clock, data_date, is_node


@dataclass
class Bounds:
    """What dates ask of a node before its links do; clock minutes."""

    earliest: int
    earliest_finish: int = NONE
    latest: int = NEVER
    latest_finish: int = NEVER
    pin: int = NO_PIN
    pinned: int = 0

    def start_from(self, at: int) -> None:
        self.earliest = max(self.earliest, at)

    def finish_from(self, at: int) -> None:
        self.earliest_finish = max(self.earliest_finish, at)


class LogicBuilder:
    """Orders the nodes and builds :class:`Nodes` and :class:`Links`."""

    def __init__(self, plan: Plan, clock: Clock, calendars: Calendars):
        self.plan, self.clock, self.calendars = plan, clock, calendars
        self.position = {a.ref: i for i, a in enumerate(plan.activities)}
        self.project_index = {p.id: k for k, p in enumerate(plan.projects)}
        self.links = [r for r in plan.relationships if self._between_nodes(r)]
        self.order = self._topological_order()
        self.node_of = {position: node for node, position in enumerate(self.order)}

    def _between_nodes(self, link: Relationship) -> bool:
        by_ref = self.plan.by_ref
        return is_node(by_ref[link.predecessor]) and is_node(by_ref[link.successor])

    def _topological_order(self) -> list[int]:
        """Positions in the plan, predecessors first; plan order where logic leaves a choice."""
        after: dict[int, list[int]] = {}
        waiting = {i: 0 for i, a in enumerate(self.plan.activities) if is_node(a)}
        for link in self.links:
            p, s = self.position[link.predecessor], self.position[link.successor]
            after.setdefault(p, []).append(s)
            waiting[s] += 1
        order = [i for i, count in waiting.items() if count == 0]
        for i in order:  # grows while it is walked
            for s in after.get(i, ()):
                waiting[s] -= 1
                if waiting[s] == 0:
                    order.append(s)
        return order

    def calendar(self, activity: Activity) -> int:
        """Index of the calendar the activity's duration runs on."""
        if activity.elapsed:
            return self.calendars.always
        return self.calendars.index[self.plan.calendar_name(activity)]

    def durations(self) -> npt.NDArray[np.int32]:
        return np.array([self.plan.activities[i].remaining_duration for i in self.order], np.int32)

    @cached_property
    def bounds(self) -> list[Bounds]:
        """Bounds of every node, in topological order."""
        found = [self._date_bounds(self.plan.activities[i]) for i in self.order]
        for link in self.plan.relationships:
            self._fold_completed(link, found)
        return found

    def _date_bounds(self, activity: Activity) -> Bounds:
        project = self.plan.projects[self.project_index[activity.project]]
        begin = data_date(project)
        bounds = Bounds(self.clock.minutes(begin) if begin else 0)
        for moment in (activity.resume, activity.external_early_start):
            if moment is not None:
                bounds.start_from(self.clock.minutes(moment))
        if activity.external_late_finish is not None:
            bounds.latest_finish = self.clock.minutes(activity.external_late_finish)
        for constraint in activity.constraints:
            if constraint.date is not None:
                self._constrain(bounds, constraint.type, self.clock.minutes(constraint.date), activity.status)
        return bounds

    def _constrain(self, bounds: Bounds, kind: ConstraintType, at: int, status: Status) -> None:
        """Apply a constraint; an activity in progress no longer minds what concerns its start."""
        started = status is Status.IN_PROGRESS
        c = ConstraintType
        if kind in (c.START_ON, c.START_NO_EARLIER_THAN) and not started:
            bounds.start_from(at)
        if kind in (c.START_ON, c.START_NO_LATER_THAN) and not started:
            bounds.latest = min(bounds.latest, at)
        if kind in (c.FINISH_ON, c.FINISH_NO_EARLIER_THAN):
            bounds.finish_from(at)
        if kind in (c.FINISH_ON, c.FINISH_NO_LATER_THAN):
            bounds.latest_finish = min(bounds.latest_finish, at)
        if kind is c.MANDATORY_START and not started:
            bounds.pin, bounds.pinned = PIN_START, at
        if kind is c.MANDATORY_FINISH:
            bounds.pin, bounds.pinned = PIN_FINISH, at

    def _fold_completed(self, link: Relationship, found: list[Bounds]) -> None:
        """A completed predecessor asks for a fixed date."""
        before, after = self.plan.by_ref[link.predecessor], self.plan.by_ref[link.successor]
        if not is_node(after) or before.status is not Status.COMPLETED or before.type.is_span or before.inactive:
            return
        moment = before.actual_finish if link.type in (LinkType.FS, LinkType.FF) else before.actual_start
        if moment is None:
            return
        at = self._lagged(link, self.clock.minutes(moment), before.duration)
        bounds = found[self.node_of[self.position[link.successor]]]
        if link.type in (LinkType.FS, LinkType.SS):
            bounds.start_from(at)
        else:
            bounds.finish_from(at)

    def _lagged(self, link: Relationship, at: int, duration: int) -> int:
        lag = link.lag + (round(link.percent * duration) if link.percent else 0)
        c = self.lag_calendar(link)
        if lag == 0 or c < 0:
            return at + lag
        work = self.calendars.work(c, at) + lag
        return self.calendars.finish(c, work) if lag > 0 else self.calendars.start(c, work)

    def lag_calendar(self, link: Relationship) -> int:
        """Index of the calendar the lag runs on; -1 for clock time."""
        if link.elapsed:
            return -1
        successor = self.plan.by_ref[link.successor]
        kind = link.lag_calendar or self.plan.options(successor.project).lag_calendar
        if kind is LagCalendar.ALWAYS:
            return -1
        if kind is LagCalendar.PROJECT:
            return self.calendars.index[self.plan.project_calendar_name(successor.project)]
        return self.calendar(self.plan.by_ref[link.predecessor] if kind is LagCalendar.PREDECESSOR else successor)

    def logic(self) -> Logic:
        """Everything a pass needs."""
        return Logic(self._nodes(), self._links(), self.calendars.tables)

    def _nodes(self) -> Nodes:
        activities = [self.plan.activities[i] for i in self.order]
        bounds = self.bounds

        def column(values: list[int], kind: type = np.int32) -> npt.NDArray[np.int32]:
            return np.array(values, kind)

        return Nodes(
            calendar=column([self.calendar(a) for a in activities]),
            earliest=column([b.earliest for b in bounds]),
            earliest_finish=column([b.earliest_finish for b in bounds]),
            latest=column([b.latest for b in bounds]),
            latest_finish=column([b.latest_finish for b in bounds]),
            pin=column([b.pin for b in bounds], np.int8),
            pinned=column([b.pinned for b in bounds]),
            snap=column([self._snap(a) for a in activities], np.int8),
            gap=column([0 for _ in activities]),
            delay=column([a.levelling_delay for a in activities]),
            expected=column([self._expected(a) for a in activities]),
            project=column([self.project_index[a.project] for a in activities]),
        )

    def _snap(self, activity: Activity) -> int:
        if self.plan.options(activity.project).rules == "msp":
            return SNAP_NEAREST
        return SNAP_BACK if activity.type is ActivityType.FINISH_MILESTONE else SNAP_FORWARD

    def _expected(self, activity: Activity) -> int:
        if activity.expected_finish is None or not self.plan.options(activity.project).use_expected_finish:
            return NONE
        return self.clock.minutes(activity.expected_finish)

    def _links(self) -> Links:
        """CSR by successor; links that bound the start come first."""

        def key(link: Relationship) -> tuple[int, bool]:
            return self.node_of[self.position[link.successor]], link.type in (LinkType.FF, LinkType.SF)

        ordered = sorted(self.links, key=key)
        n = len(self.order)
        owner = np.array([key(link)[0] for link in ordered], np.int64)
        bounds_start = np.array([not key(link)[1] for link in ordered], bool)
        at = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n))]).astype(np.int32)
        starts = np.bincount(owner[bounds_start], minlength=n).astype(np.int32)
        return Links(
            at=at,
            middle=(at[:-1] + starts).astype(np.int32),
            source=np.array([self.node_of[self.position[r.predecessor]] for r in ordered], np.int32),
            from_finish=np.array([r.type in (LinkType.FS, LinkType.FF) for r in ordered], np.int8),
            lag=np.array([r.lag for r in ordered], np.int32),
            lag_calendar=np.array([self.lag_calendar(r) for r in ordered], np.int32),
            share=np.array([r.percent or 0.0 for r in ordered], np.float32),
        )
