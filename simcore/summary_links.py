"""Links of summaries: gates through which they reach the activities below.

A relationship to a summary holds back every activity below it; one from a summary waits for the last of them (or, from its
start, goes with the first). Gates are nodes without duration that stand for a summary's start or finish, so that the number
of links grows with the plan and not with its square.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from simcore.models.plan import Activity, ActivityType, LinkType, Plan, Ref, Relationship
from simcore.models.wbs import WbsTree

BEFORE, FIRST_START, LAST_FINISH = "before", "first start", "last finish"
_LEAVING = {LinkType.SS: FIRST_START, LinkType.SF: FIRST_START, LinkType.FS: LAST_FINISH, LinkType.FF: LAST_FINISH}


def gate_ref(summary: Ref, side: str) -> Ref:
    """The gate of a summary: ``BEFORE`` its start, its ``FIRST_START`` or its ``LAST_FINISH``."""
    return Ref(summary.project, f"{summary.id}\0{side}")


class Outline:
    """Which summaries lie above an activity."""

    def __init__(self, plan: Plan):
        self._tree = WbsTree(plan.wbs)
        self._summary = {
            (a.project, a.wbs): a for a in plan.activities if a.type is ActivityType.SUMMARY and a.wbs is not None
        }

    def above(self, activity: Activity) -> Iterator[Activity]:
        """The summaries above an activity, the nearest first."""
        if not self._summary or activity.wbs is None:
            return
        for code in self._tree.chain(activity.wbs):
            summary = self._summary.get((activity.project, code))
            if summary is not None and summary.ref != activity.ref:
                yield summary


@dataclass(frozen=True)
class Gates:
    """A plan's relationships with gates put in.

    Attributes
    ----------
    gates : mapping of Ref to Activity
        By its own reference; each has the project, calendar and outline place of its summary, and is manual if that is.
    owner_of : mapping of Ref to Ref
        The summary (or delayed activity) of every gate.
    first_of : set of Ref
        Gates that open with the first of their predecessors.
    """

    relationships: tuple[Relationship, ...]
    gates: Mapping[Ref, Activity] = field(default_factory=dict)
    owner_of: Mapping[Ref, Ref] = field(default_factory=dict)
    first_of: frozenset[Ref] = frozenset()


def open_summaries(plan: Plan) -> Gates:
    """Let every linked summary stand for the activities below it."""
    by_ref = plan.by_ref

    def linked(ref: Ref) -> bool:
        return by_ref[ref].type is ActivityType.SUMMARY and not by_ref[ref].inactive

    if not any(linked(r.predecessor) or linked(r.successor) for r in plan.relationships):
        return Gates(plan.relationships)
    return _Opener(plan).opened()


class _Opener:
    def __init__(self, plan: Plan):
        self.plan, self.outline = plan, Outline(plan)
        self.gates: dict[Ref, Activity] = {}
        self.owner_of: dict[Ref, Ref] = {}

    def opened(self) -> Gates:
        outer = [link for link in map(self._redirected, self.plan.relationships) if link is not None]
        self._hold_at_manual()
        inner = [link for a in self.plan.activities if not a.inactive for link in self._joined(a)]
        first = frozenset(ref for ref in self.gates if ref.id.endswith(FIRST_START))
        started = {ref: when for ref in first if (when := self._begun(self.owner_of[ref])) is not None}
        for ref, when in started.items():
            self.gates[ref] = replace(self.gates[ref], external_early_start=when)
        links = [link for link in [*outer, *inner] if link.successor not in started]
        return Gates(tuple(links), self.gates, self.owner_of, first - started.keys())

    def _hold_at_manual(self) -> None:
        """Gates of manual summaries, wherever a gate lies above them: their place is fixed, so links end there."""
        for activity in self.plan.activities:
            is_fixed = activity.manual and activity.type is ActivityType.SUMMARY and not activity.inactive
            if is_fixed and any(gate_ref(s.ref, BEFORE) in self.gates for s in self.outline.above(activity)):
                self._gate(activity, BEFORE)

    def _redirected(self, link: Relationship) -> Relationship | None:
        """The relationship from and to gates where its ends are summaries; None where it can have no effect."""
        before, after = self.plan.by_ref[link.predecessor], self.plan.by_ref[link.successor]
        if after.type is ActivityType.SUMMARY:
            if link.type in (LinkType.FF, LinkType.SF) or after.inactive:
                return None  # nothing below a summary follows from its finish
            link = replace(link, successor=self._gate(after, BEFORE))
        if before.type is ActivityType.SUMMARY and not before.inactive:
            link = replace(link, predecessor=self._gate(before, _LEAVING[link.type]))
        return link

    def _gate(self, summary: Activity, side: str) -> Ref:
        gate = Activity(
            project=summary.project, id=gate_ref(summary.ref, side).id, name=summary.name, type=ActivityType.FINISH_MILESTONE,
            calendar=summary.calendar, elapsed=True, wbs=summary.wbs, manual=summary.manual,
        )  # fmt: skip
        self.owner_of[gate.ref] = summary.ref
        return self.gates.setdefault(gate.ref, gate).ref

    def _joined(self, activity: Activity) -> Iterator[Relationship]:
        """What ties an activity (or the gates of a summary) to the gates above it."""
        is_summary = activity.type is ActivityType.SUMMARY
        if activity.type.is_span and not is_summary:
            return
        for side in (BEFORE, FIRST_START, LAST_FINISH):
            own = gate_ref(activity.ref, side) if is_summary else activity.ref
            above = (gate_ref(s.ref, side) for s in self.outline.above(activity))
            gate = next((ref for ref in above if ref in self.gates), None)
            if gate is None or (is_summary and own not in self.gates):
                continue
            if side == BEFORE:
                yield Relationship(gate, own, LinkType.FS, elapsed=True)
            else:
                yield Relationship(own, gate, LinkType.SS if side == FIRST_START else LinkType.FS, elapsed=True)

    def _begun(self, summary: Ref) -> datetime | None:
        """When the first activity below a summary began; None when none has."""
        below: Iterable[Activity] = (
            a for a in self.plan.activities
            if not a.inactive and not a.type.is_span and summary in (s.ref for s in self.outline.above(a))
        )  # fmt: skip
        return min((a.actual_start for a in below if a.actual_start is not None), default=None)
