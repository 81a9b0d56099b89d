"""The part of a plan that logic schedules, as arrays in topological order."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcore import kernel_passes as k
from simcore import rules_p6
from simcore.kernel_passes import (
    NEVER,
    NO_PIN,
    NONE,
    PIN_FINISH,
    PIN_START,
    SNAP_BACK,
    SNAP_FORWARD,
    SNAP_NEAREST,
    Logic,
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


BOUND_COLUMNS = {
    k.EARLIEST: "earliest",
    k.EARLIEST_FINISH: "earliest_finish",
    k.LATEST: "latest",
    k.LATEST_FINISH: "latest_finish",
    k.PIN: "pin",
    k.PINNED: "pinned",
}


class LogicBuilder:
    """Orders the nodes and builds :class:`Nodes` and :class:`Links`."""

    def __init__(self, plan: Plan, clock: Clock, calendars: Calendars):
        self.plan, self.clock, self.calendars = plan, clock, calendars
        self.position = {a.ref: i for i, a in enumerate(plan.activities)}
        self.project_index = {p.id: number for number, p in enumerate(plan.projects)}
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
        begin = rules_p6.begin(project) if self.plan.options(project.id).rules == "p6" else data_date(project)
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

    def _lag(self, link: Relationship) -> int:
        before = self.plan.by_ref[link.predecessor]
        if before.status is not Status.IN_PROGRESS or self.plan.options(before.project).rules != "p6":
            return link.lag
        project = self.plan.project(before.project)
        return rules_p6.open_lag(link, before, project, self.clock, self.calendars, self.lag_calendar(link))

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
        links, at, middle = self._links()
        return Logic(self._nodes(at, middle), links, self.calendars.tables)

    def _nodes(self, at: npt.NDArray[np.int32], middle: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        activities = [self.plan.activities[i] for i in self.order]
        nodes = np.zeros((len(activities), k.NODE_COLUMNS), np.int32)
        if not activities:
            return nodes
        nodes[:, k.CALENDAR] = [self.calendar(a) for a in activities]
        for column, name in BOUND_COLUMNS.items():
            nodes[:, column] = [getattr(b, name) for b in self.bounds]
        nodes[:, k.SNAP] = [self._snap(a) for a in activities]
        nodes[:, k.DELAY] = [a.levelling_delay for a in activities]
        nodes[:, k.EXPECTED] = [self._expected(a) for a in activities]
        nodes[:, k.PROJECT] = [self.project_index[a.project] for a in activities]
        nodes[:, k.STARTS_USED] = self._starts_used()
        nodes[:, k.LINKS_AT], nodes[:, k.LINKS_MIDDLE], nodes[:, k.LINKS_END] = at[:-1], middle, at[1:]
        return nodes

    def _starts_used(self) -> npt.NDArray[np.int8]:
        """Nodes whose start something follows from: SS and SF links, hammocks and summaries, focus."""
        if any(a.type.is_span for a in self.plan.activities):
            return np.ones(len(self.order), np.int8)
        used = {r.predecessor for r in self.links if r.type in (LinkType.SS, LinkType.SF)}.union(self.plan.focus)
        return np.array([self.plan.activities[i].ref in used for i in self.order], np.int8)

    def _snap(self, activity: Activity) -> int:
        if self.plan.options(activity.project).rules == "msp":
            return SNAP_NEAREST
        return SNAP_BACK if activity.type is ActivityType.FINISH_MILESTONE else SNAP_FORWARD

    def _expected(self, activity: Activity) -> int:
        if activity.expected_finish is None or not self.plan.options(activity.project).use_expected_finish:
            return NONE
        return self.clock.minutes(activity.expected_finish)

    def _links(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """``(links, at, middle)`` by successor; those that bound the start come first."""

        def key(link: Relationship) -> tuple[int, bool]:
            return self.node_of[self.position[link.successor]], link.type in (LinkType.FF, LinkType.SF)

        ordered = sorted(self.links, key=key)
        n = len(self.order)
        owner = np.array([key(link)[0] for link in ordered], np.int64)
        bounds_start = np.array([not key(link)[1] for link in ordered], bool)
        at = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n))]).astype(np.int32)
        middle = at[:-1] + np.bincount(owner[bounds_start], minlength=n).astype(np.int32)
        links = np.zeros((len(ordered), k.LINK_COLUMNS), np.int32)
        if ordered:
            links[:, k.SOURCE] = [self.node_of[self.position[r.predecessor]] for r in ordered]
            links[:, k.FROM_FINISH] = [r.type in (LinkType.FS, LinkType.FF) for r in ordered]
            links[:, k.LAG] = [self._lag(r) for r in ordered]
            links[:, k.SHARE] = [round((r.percent or 0.0) * 1e6) for r in ordered]
            links[:, k.LAG_CALENDAR] = [self.lag_calendar(r) for r in ordered]
        return links, at, middle
