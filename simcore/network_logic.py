"""The part of a plan that logic schedules, as arrays in topological order."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import numpy.typing as npt

from simcore import kernel_columns as k
from simcore import rules_msp, rules_p6
from simcore.kernel_columns import NONE, SNAP_FINISH, SNAP_FORWARD, SNAP_NEAREST, SNAP_START, ChanceLogic, Logic
from simcore.models.errors import PlanError, Problem
from simcore.models.plan import (
    Activity,
    ActivityType,
    LagCalendar,
    LinkType,
    Plan,
    Relationship,
    Status,
)
from simcore.msp_bounds import MspBounds
from simcore.msp_calendars import is_msp
from simcore.network import Calendars, Clock, data_date, is_node
from simcore.network_bounds import BoundsBuilder
from simcore.network_chances import HIGHEST, KINDS, ChanceBuilder, LinkKey
from simcore.summary_links import open_summaries

BOUND_COLUMNS = {
    k.EARLIEST: "earliest",
    k.EARLIEST_FINISH: "earliest_finish",
    k.LATEST: "latest",
    k.LATEST_FINISH: "latest_finish",
    k.PIN: "pin",
    k.PINNED: "pinned",
    k.CAP: "cap",
    k.CAP_FINISH: "cap_finish",
}


class LogicBuilder:
    """Orders the nodes and builds :class:`Nodes` and :class:`Links`."""

    def __init__(self, plan: Plan, clock: Clock, calendars: Calendars):
        self.plan, self.clock, self.calendars = plan, clock, calendars
        self.gated = rules_msp.with_start_gates(plan, open_summaries(plan), calendars.of_work)
        self.relationships = [r for r in self.gated.relationships if not rules_p6.is_outside(r, plan)]
        self.activities = [*plan.activities, *self.gated.gates.values()]
        self.by_ref = {**plan.by_ref, **self.gated.gates}
        self.position = {a.ref: i for i, a in enumerate(self.activities)}
        self.project_index = {p.id: number for number, p in enumerate(plan.projects)}
        self.carriers = rules_p6.carriers(plan)
        self.links = [r for r in self.relationships if self._between_nodes(r)]
        self.chances = ChanceBuilder(self).chances()
        self.order = self._topological_order()
        self.node_of = {position: node for node, position in enumerate(self.order)}

    def _between_nodes(self, link: Relationship) -> bool:
        after = self.by_ref[link.successor]
        if rules_p6.is_set_aside(link, after, self.plan.options(after.project)) or self.from_actual_start(link):
            return False
        if rules_msp.latest_by_stop(self.plan, link, after) is not None:
            return False
        return self.is_node(self.by_ref[link.predecessor]) and self.is_node(after)

    def from_actual_start(self, link: Relationship) -> bool:
        """Whether a link hangs on a start that has happened."""
        return rules_msp.hangs_on_actual_start(self.plan, link, self.by_ref[link.predecessor])

    def is_late_only(self, link: Relationship) -> bool:
        """Whether a link bounds its predecessor's late dates but not its successor's early ones."""
        return self.waits_no_more(link) or self.lags_from_actual_start(link)

    def waits_no_more(self, link: Relationship) -> bool:
        """Whether a link asks nothing of its successor any more."""
        after = self.by_ref[link.successor]
        if after.status is Status.NOT_STARTED and not after.manual:
            return False
        is_set_aside = rules_p6.is_set_aside(link, after, self.plan.options(after.project))
        return is_set_aside or rules_msp.waits_no_more(self.plan, after)

    def lags_from_actual_start(self, link: Relationship) -> bool:
        """Whether a link asks its successor for a fixed date, by option."""
        before = self.by_ref[link.predecessor]
        if before.status is Status.NOT_STARTED:
            return False
        return rules_p6.hangs_on_actual_start(link, before, self.plan.options(before.project))

    def is_node(self, activity: Activity) -> bool:
        """Whether an activity takes part in the passes: its work remains, or logic goes on through it."""
        return is_node(activity) or activity.ref in self.carriers

    def activity_of(self, position: int) -> int:
        """Position in the plan of a node's activity; for a gate, its owner's."""
        owner = self.gated.owner_of.get(self.activities[position].ref)
        return position if owner is None else self.position[owner]

    def is_shown(self, position: int) -> bool:
        """Whether the node of a position stands for open work of its activity."""
        return position < len(self.plan.activities) and self.activities[position].status is not Status.COMPLETED

    def begins_on(self) -> dict[int, tuple[int, int]]:
        """Nodes that begin on another calendar than they run on: the gate that says when, and that calendar."""
        found = {}
        for ref, name in self.calendars.of_work.begins_on.items():
            node, gate = self.position[ref], self.position[rules_msp.gate_ref(ref)]
            found[self.node_of[node]] = (self.node_of[gate], self.calendars.index[name])
        return found

    def _topological_order(self) -> list[int]:
        """Positions in the plan, predecessors first; plan order where logic leaves a choice."""
        after: dict[int, list[int]] = {}
        waiting = {i: 0 for i, a in enumerate(self.activities) if self.is_node(a)}
        for link in self.links:
            p, s = self.position[link.predecessor], self.position[link.successor]
            after.setdefault(p, []).append(s)
            waiting[s] += 1
        for p, s in self._decisions():
            after.setdefault(p, []).append(s)
            waiting[s] += 1
        order = [i for i, count in waiting.items() if count == 0]
        for i in order:  # grows while it is walked
            for s in after.get(i, ()):
                waiting[s] -= 1
                if waiting[s] == 0:
                    order.append(s)
        if len(order) < len(waiting):
            raise PlanError(self._undecidable([self.activities[i].id for i, count in waiting.items() if count > 0]))
        return order

    def _decisions(self) -> Iterator[tuple[int, int]]:
        """What a condition asks about is placed before the activities that hang on the answer."""
        for branch in self.chances.conditions:
            subject = self.position[self.plan.find(branch.activity)]
            for shown_id in (*branch.then, *branch.otherwise):
                i = self.position[self.plan.find(shown_id)]
                if i in self.chances.exists:
                    yield subject, i

    def _undecidable(self, waiting: list[str]) -> Problem:
        names = ", ".join(f"'{b.id}'" for b in self.chances.conditions)
        listed = ", ".join(waiting[:8]) + (" ..." if len(waiting) > 8 else "")
        what = f"the condition of {names} waits for what its own paths lead to: {listed}."
        return Problem(self.plan.source, what, "Ask about an activity that comes before them.")

    def link_key(self, link: Relationship) -> LinkKey:
        """What identifies a relationship: its activities (for a gate, its owner) and its type."""
        owner_of = self.gated.owner_of
        before, after = (owner_of.get(ref, ref) for ref in (link.predecessor, link.successor))
        return before, after, link.type

    def calendar(self, activity: Activity) -> int:
        """Index of the activity's own calendar, on which its float is counted."""
        if activity.elapsed:
            return self.calendars.always
        return self.calendars.index[self.plan.calendar_name(activity)]

    def work_calendar(self, activity: Activity) -> int:
        """Index of the calendar the activity's duration runs on."""
        if activity.status is Status.COMPLETED or (is_msp(self.plan, activity) and self._is_instant(activity)):
            return self.calendars.always
        name = self.calendars.of_work.name_of.get(activity.ref) or rules_p6.resource_calendar(activity, self.plan)
        return self.calendar(activity) if name is None else self.calendars.index[name]

    @staticmethod
    def _is_instant(activity: Activity) -> bool:
        return activity.remaining_duration == 0 and activity.uncertainty is None

    def durations(self) -> npt.NDArray[np.int32]:
        """Deterministic remaining durations of the nodes."""
        minutes_of = self.calendars.of_work.minutes_of
        activities = (self.activities[i] for i in self.order)
        return np.array([minutes_of.get(a.ref, a.remaining_duration) for a in activities], np.int32)

    def lagged(self, link: Relationship, at: int, duration: int) -> int:
        """A clock minute moved by a link's lag."""
        lag = self.lag(link) + (round(link.percent * duration) if link.percent else 0)
        c = self.lag_calendar(link)
        if lag == 0 or c < 0:
            return at + lag
        work = self.calendars.work(c, at) + lag
        return self.calendars.finish(c, work) if lag > 0 else self.calendars.start(c, work)

    def lag(self, link: Relationship) -> int:
        """Minutes of a link's fixed lag that are still to pass."""
        before = self.by_ref[link.predecessor]
        if self.waits_no_more(link):
            return link.lag - rules_msp.unworked(self.by_ref[link.successor])
        if before.status is Status.NOT_STARTED or self.plan.options(before.project).rules != "p6":
            return link.lag
        project = self.plan.project(before.project)
        return rules_p6.open_lag(link, before, project, self.clock, self.calendars, self.lag_calendar(link))

    def lag_calendar(self, link: Relationship) -> int:
        """Index of the calendar the lag runs on; -1 for clock time."""
        if link.elapsed:
            return -1
        successor = self.by_ref[link.successor]
        kind = link.lag_calendar or self.plan.options(successor.project).lag_calendar
        if kind is LagCalendar.ALWAYS:
            return -1
        if kind is LagCalendar.PROJECT:
            return self.calendars.index[self.plan.project_calendar_name(successor.project)]
        of = self.by_ref[link.predecessor] if kind is LagCalendar.PREDECESSOR else successor
        if is_msp(self.plan, of):  # not even an elapsed duration makes the lag elapsed
            return self.calendars.index[self.plan.calendar_name(of)]
        return self.calendar(of)

    def logic(self) -> Logic:
        """Everything a pass needs."""
        links, at = self._links()
        nodes = self._nodes(at)
        by_chance = (nodes[links[:, (k.SOURCE, k.TARGET)], k.EXISTS] >= 0).any(axis=1)
        links[:, k.BY_CHANCE] = by_chance | (links[:, k.LAG_ROW] >= 0) | (links[:, k.HOLDS] >= 0)
        return Logic(nodes, links, self.calendars.tables)

    def chance_logic(self, logic: Logic) -> ChanceLogic:
        """The same with what chance decides."""
        return ChanceLogic(*logic, *self.chances.exist_arrays(), self._conditions())

    def _conditions(self) -> npt.NDArray[np.int32]:
        chances = self.chances
        rows = []
        for number, (branch, i) in enumerate(zip(chances.conditions, chances.asked, strict=True)):
            limit = 0 if branch.quantity == "cost" else branch.limit
            minutes = self.clock.minutes(limit) if isinstance(limit, datetime) else round(limit)
            minutes = min(max(minutes, -HIGHEST), HIGHEST)
            rows.append((self.node_of[i], KINDS[branch.quantity], len(chances.events) + number, minutes, branch.stop))
        return np.array(rows, np.int32).reshape(-1, k.CONDITION_COLUMNS)

    def _nodes(self, at: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        activities = [self.activities[i] for i in self.order]
        nodes = np.zeros((len(activities), k.NODE_COLUMNS), np.int32)
        if not activities:
            return nodes
        nodes[:, k.CALENDAR] = [self.work_calendar(a) for a in activities]
        nodes[:, k.FLOAT_CALENDAR] = [self.calendar(a) for a in activities]
        bounds = BoundsBuilder(self, MspBounds(self)).bounds()
        for column, name in BOUND_COLUMNS.items():
            nodes[:, column] = [getattr(b, name) for b in bounds]
        nodes[:, k.SNAP] = [self._snap(a) for a in activities]
        nodes[:, k.INSIDE] = [self.plan.options(a.project).milestones_inside for a in activities]
        nodes[:, k.AS_LATE] = self._as_late(activities)
        nodes[:, k.DELAY] = [0 if a.levelling_delay_elapsed else a.levelling_delay for a in activities]
        nodes[:, k.EXPECTED] = [self._expected(a) for a in activities]
        nodes[:, k.PROJECT] = [self.project_index[a.project] for a in activities]
        nodes[:, k.STARTS_USED] = self._starts_used()
        nodes[:, k.LINKS_AT : k.LINKS_END + 1] = at
        nodes[:, k.FIRST_OF] = [a.ref in self.gated.first_of for a in activities]
        followed = {r.predecessor for r in self.links}
        nodes[:, k.OPEN_END] = [self._ends_on_time(a, a.ref in followed) for a in activities]
        nodes[:, k.GAP] = [rules_msp.gap(a, self) for a in activities]
        nodes[:, k.EXISTS] = [self.chances.exists.get(i, -1) for i in self.order]
        nodes[:, k.DELAY_ROW] = [self.chances.delays.get(i, -1) for i in self.order]
        nodes[:, k.ASKED] = [i in self.chances.asked for i in self.order]
        begins = {p.id: data_date(p) for p in self.plan.projects}
        nodes[:, k.OPENS] = [0 if (begin := begins[a.project]) is None else self.clock.minutes(begin) for a in activities]
        return nodes

    def _as_late(self, activities: list[Activity]) -> npt.NDArray[np.int32]:
        """How every node moves after the forward pass."""
        ways = [
            k.TO_LATE_DATES if rules_msp.is_as_late(a, self.plan)
            else k.TO_SUCCESSORS if rules_p6.is_as_late(a, self.plan) else 0
            for a in activities
        ]  # fmt: skip
        others = k.AFTER_OTHERS if k.TO_LATE_DATES in ways else 0
        return np.array([way or others for way in ways], np.int32)

    def _ends_on_time(self, activity: Activity, followed: bool) -> bool:
        is_open_end = not followed and rules_p6.is_open_end_critical(self.plan.options(activity.project))
        return is_open_end or rules_msp.ends_on_time(self.plan, activity, followed)

    def _starts_used(self) -> npt.NDArray[np.int8]:
        """Nodes whose start something follows from: SS and SF links, hammocks and summaries, focus."""
        windows = any(risk.window for risk in self.plan.risks)
        spans = any(a.type.is_span for a in self.plan.activities)
        if windows or spans or self.chances.conditions or self._as_late(list(self.plan.activities)).any():
            return np.ones(len(self.order), np.int8)
        used = {r.predecessor for r in self.links if r.type in (LinkType.SS, LinkType.SF)}.union(self.plan.focus)
        return np.array([self.activities[i].ref in used for i in self.order], np.int8)

    def _snap(self, activity: Activity) -> int:
        if self.plan.options(activity.project).rules == "msp":
            return SNAP_NEAREST
        snaps = {ActivityType.START_MILESTONE: SNAP_START, ActivityType.FINISH_MILESTONE: SNAP_FINISH}
        return snaps.get(activity.type, SNAP_FORWARD)

    def _expected(self, activity: Activity) -> int:
        if activity.expected_finish is None or not self.plan.options(activity.project).use_expected_finish:
            return NONE
        return self.clock.minutes(activity.expected_finish)

    def _links(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """``(links, at)`` by successor, and where the links of every node that bound its start and its finish begin and end.

        Those that bound late dates only lie before and after.
        """
        places = np.array([self._place_of_link(link) for link in self.links], np.int64).reshape(-1, 2)
        order = np.lexsort((places[:, 1], places[:, 0]))  # stable
        ordered, places = [self.links[i] for i in order.tolist()], places[order]
        self.owner = places[:, 0]
        n = len(self.order)
        counts = np.bincount(places[:, 0] * 4 + places[:, 1], minlength=4 * n).reshape(n, 4)
        ends = np.cumsum(counts).reshape(n, 4)
        links = np.zeros((len(ordered), k.LINK_COLUMNS), np.int32)
        if ordered:
            links[:, k.SOURCE] = [self.node_of[self.position[r.predecessor]] for r in ordered]
            links[:, k.FROM_FINISH] = [r.type in (LinkType.FS, LinkType.FF) for r in ordered]
            links[:, k.LAG] = [self.lag(r) for r in ordered]
            links[:, k.SHARE] = [round((r.percent or 0.0) * 1e6) for r in ordered]
            links[:, k.LAG_CALENDAR] = [self.lag_calendar(r) for r in ordered]
            links[:, k.TARGET] = self.owner
            links[:, (k.LAG_ROW, k.HOLDS)] = -1
            if lag_row := {lag.key: row for row, lag in enumerate(self.chances.lags)}:
                links[:, k.LAG_ROW] = [lag_row.get(self.link_key(r), -1) for r in ordered]
            if holds := self.chances.holds:
                links[:, k.HOLDS] = [holds.get(self.link_key(r), -1) for r in ordered]
        return links, ends[:, :3].astype(np.int32)

    def _place_of_link(self, link: Relationship) -> tuple[int, int]:
        """Its successor, and its group among that node's links."""
        to_finish = link.type in (LinkType.FF, LinkType.SF)
        late_only = self.is_late_only(link)
        group = (3 if late_only else 2) if to_finish else (0 if late_only else 1)
        return self.node_of[self.position[link.successor]], group
