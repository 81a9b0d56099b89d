"""What dates ask of the nodes before their links do: data date, constraints, completed predecessors."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simcore import rules_msp, rules_p6
from simcore.kernel_columns import NEVER, NO_PIN, NONE, PIN_FINISH, PIN_PLACED, PIN_START
from simcore.models.plan import Activity, ConstraintType, LinkType, Relationship, Status
from simcore.network import data_date

if TYPE_CHECKING:
    from simcore.msp_bounds import MspBounds
    from simcore.network_logic import LogicBuilder


@dataclass
class Bounds:
    """What dates ask of a node before its links do; clock minutes."""

    earliest: int
    earliest_finish: int = NONE
    latest: int = NEVER
    latest_finish: int = NEVER
    pin: int = NO_PIN
    pinned: int = 0
    cap: int = NEVER
    cap_finish: int = NEVER

    def start_from(self, at: int) -> None:
        self.earliest = max(self.earliest, at)

    def finish_from(self, at: int) -> None:
        self.earliest_finish = max(self.earliest_finish, at)


def _pin_after(bounds: Bounds, begin: int) -> None:
    """A mandatory date in the past: the work is placed at ``begin``, and is late."""
    if bounds.pin == PIN_START:
        bounds.latest = bounds.pinned
    else:
        bounds.latest_finish = bounds.pinned
    bounds.pin, bounds.pinned = PIN_PLACED, begin


class BoundsBuilder:
    """Finds the bounds of every node."""

    def __init__(self, logic: LogicBuilder, msp: MspBounds):
        self.logic, self.plan, self.clock, self.msp = logic, logic.plan, logic.clock, msp

    def bounds(self) -> list[Bounds]:
        """Bounds of every node, in topological order."""
        found = [self._date_bounds(self.logic.activities[i]) for i in self.logic.order]
        for link in self.logic.relationships:
            self._fold_completed(link, found)
            self._limit_by_stop(link, found)
        return found

    def _limit_by_stop(self, link: Relationship, found: list[Bounds]) -> None:
        logic = self.logic
        before, after = logic.by_ref[link.predecessor], logic.by_ref[link.successor]
        moment = rules_msp.latest_by_stop(self.plan, link, after)
        if moment is None or not logic.is_node(before):
            return
        at = logic.lagged(replace(link, lag=-link.lag, percent=None), self.clock.minutes(moment), 0)
        bounds = found[logic.node_of[logic.position[link.predecessor]]]
        bounds.latest_finish = min(bounds.latest_finish, at)

    def _date_bounds(self, activity: Activity) -> Bounds:
        project = self.plan.project(activity.project)
        if self.plan.options(project.id).rules == "msp":
            return self.msp.of(activity)
        if activity.ref in self.logic.gated.gates:
            return Bounds(self._minutes(activity.external_early_start))
        begin = rules_p6.begin(project)
        if activity.status is Status.COMPLETED:
            return Bounds(self._minutes(data_date(project)))
        bounds = Bounds(self._minutes(begin))
        is_alone = self.plan.options(project.id).ignore_other_projects
        for moment in (activity.resume, None if is_alone else activity.external_early_start):
            if moment is not None:
                bounds.start_from(self.clock.minutes(moment))
        if activity.external_late_finish is not None and not is_alone:
            bounds.latest_finish = self.clock.minutes(activity.external_late_finish)
        for constraint in activity.constraints:
            if constraint.date is not None:
                self._constrain(bounds, constraint.type, self.clock.minutes(constraint.date), activity.status)
        if bounds.pin != NO_PIN and begin is not None and bounds.pinned < self.clock.minutes(begin):
            _pin_after(bounds, self.clock.minutes(begin))
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
        """What has happened asks for a fixed date."""
        before, after = self.logic.by_ref[link.predecessor], self.logic.by_ref[link.successor]
        if not self._is_certain(link) or not self.logic.is_node(after) or self.logic.waits_no_more(link):
            return
        if self.plan.options(after.project).rules == "p6":
            moment = data_date(self.plan.project(before.project))
        else:
            moment = before.actual_finish if link.type in (LinkType.FS, LinkType.FF) else before.actual_start
        if moment is None:
            return
        at = self.logic.lagged(link, self.clock.minutes(moment), before.duration)
        bounds = found[self.logic.node_of[self.logic.position[link.successor]]]
        if link.type in (LinkType.FS, LinkType.SS):
            bounds.start_from(at)
        else:
            bounds.finish_from(at)

    def _is_certain(self, link: Relationship) -> bool:
        """Whether a link hangs on a date that is known beforehand."""
        before = self.logic.by_ref[link.predecessor]
        is_done = before.status is Status.COMPLETED and not before.type.is_span and not before.inactive
        if is_done and before.ref not in self.logic.carriers:
            return True
        return self.logic.from_actual_start(link) or self.logic.lags_from_actual_start(link)

    def _minutes(self, moment: datetime | None) -> int:
        return 0 if moment is None else self.clock.minutes(moment)
