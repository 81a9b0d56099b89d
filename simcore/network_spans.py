"""Hammocks and summaries: what they span; and what a run aims at (finishes, focus, successors)."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcore import rules_msp
from simcore.kernel_columns import (
    ASKED,
    BY_CHANCE,
    CAP,
    CAP_FINISH,
    DELAY,
    EXISTS,
    EXPECTED,
    FIRST_OF,
    FROM_FINISH,
    LAG,
    LINKS_AT,
    LINKS_MIDDLE,
    NEVER,
    NONE,
    PIN,
    PROJECT,
    SHARE,
    SOURCE,
    TARGET,
    Logic,
)
from simcore.kernel_run import Aims
from simcore.models.plan import Activity, ActivityType, LinkType, Plan, Ref, Status
from simcore.network import Calendars, Clock, data_date
from simcore.network_logic import LogicBuilder

START_FROM_START, START_FROM_FINISH, FINISH_FROM_START, FINISH_FROM_FINISH = range(4)


class SpanBuilder:
    """Finds what every span covers and in which order spans follow from one another."""

    def __init__(self, plan: Plan, clock: Clock, calendars: Calendars, logic: LogicBuilder):
        self.plan, self.clock, self.calendars, self.logic = plan, clock, calendars, logic
        self.sources = self._sources()
        self.order = self._ordered()
        self.span_of = {position: k for k, position in enumerate(self.order)}

    def _sources(self) -> dict[int, list[tuple[int, int]]]:
        """Position of every span -> (position of a source, which of its instants gives which of the span's)."""
        found: dict[int, list[tuple[int, int]]] = {
            i: [] for i, a in enumerate(self.plan.activities) if a.type.is_span and not a.inactive
        }
        self._add_hammocks(found)
        self._add_summaries(found)
        return found

    def _add_hammocks(self, found: dict[int, list[tuple[int, int]]]) -> None:
        position, by_ref = self.logic.position, self.plan.by_ref

        def is_hammock(ref: Ref) -> bool:
            return by_ref[ref].type is ActivityType.HAMMOCK and position[ref] in found

        for link in self.plan.relationships:
            if is_hammock(link.successor):
                first = FINISH_FROM_START if link.type in (LinkType.FF, LinkType.SF) else START_FROM_START
                side = first + (link.type in (LinkType.FS, LinkType.FF))
                found[position[link.successor]].append((position[link.predecessor], side))
            elif is_hammock(link.predecessor):
                first = FINISH_FROM_START if link.type in (LinkType.FS, LinkType.FF) else START_FROM_START
                side = first + (link.type in (LinkType.FF, LinkType.SF))
                found[position[link.predecessor]].append((position[link.successor], side))
        for i, sources in found.items():
            if self.plan.activities[i].type is ActivityType.HAMMOCK:
                _complete(sources)

    def _add_summaries(self, found: dict[int, list[tuple[int, int]]]) -> None:
        """A summary spans all activities at and below its WBS node but other summaries."""
        parent = {w.code: w.parent for w in self.plan.wbs}
        by_node: dict[str, list[int]] = {}
        for i in found:
            activity = self.plan.activities[i]
            if activity.type is ActivityType.SUMMARY and activity.wbs is not None:
                by_node.setdefault(activity.wbs, []).append(i)
        for i, activity in enumerate(self.plan.activities):
            if activity.type.is_span or activity.inactive:
                continue
            node = activity.wbs
            while node is not None:
                for summary in by_node.get(node, ()):
                    found[summary] += [(i, START_FROM_START), (i, FINISH_FROM_FINISH)]
                node = parent.get(node)

    def _ordered(self) -> list[int]:
        """Spans after the spans they follow from (a hammock may hang on another)."""
        order: list[int] = []
        state: dict[int, int] = {}
        for root in self.sources:
            stack = [root]
            while stack:
                i = stack[-1]
                if state.get(i) == 2:
                    stack.pop()
                    continue
                state[i] = 1
                waiting = [s for s, _ in self.sources[i] if s in self.sources and s not in state]
                if waiting:
                    stack.extend(waiting)
                else:
                    state[i] = 2
                    order.append(i)
                    stack.pop()
        return order

    def aims(self, logic: Logic) -> Aims:
        """What every iteration is asked for."""
        activities = self.plan.activities
        n = len(self.logic.order)
        spans: list[tuple[int, ...]] = []
        sources: list[tuple[int, ...]] = []
        for k, i in enumerate(self.order):
            first, last = self._certain(activities[i])
            begin = len(sources)
            done = activities[i].status is Status.COMPLETED
            for s, side in () if done else self.sources[i]:
                number = None if activities[s].status is Status.COMPLETED else self.logic.node_of.get(s)
                if number is None and s in self.span_of and self.span_of[s] < k:
                    number = n + self.span_of[s]
                if number is not None:
                    sources.append((number, side))
                elif s not in self.span_of:
                    first, last = _widen(first, last, self._instant(activities[s], side), side)
            now = self._minutes(data_date(self.plan.project(activities[i].project)))
            spans.append((begin, len(sources), self.logic.calendar(activities[i]), first, last, now))
        at, successors = _by_predecessor(logic, self.logic.owner, n)
        with_all = [self.plan.options(p.id).float_to == "plan finish" for p in self.plan.projects]
        must_finish = [self._minutes(rules_msp.must_finish_by(self.plan, p)) for p in self.plan.projects]
        return Aims(
            projects=np.array([*zip(self._completed(), must_finish, with_all, strict=True)], np.int32).reshape(-1, 3),
            finishes=self._finishes(logic),
            focus=np.array(self._focus(n), np.int32).reshape(-1, 2),
            spans=np.array(spans, np.int32).reshape(-1, 6),
            span_sources=np.array(sources, np.int32).reshape(-1, 2),
            successor_at=at,
            successors=successors,
        )

    def _finishes(self, logic: Logic) -> npt.NDArray[np.int8]:
        """Nodes whose finish may be the last of their project: nothing that counts and cannot finish before them follows."""
        counts = np.array([self.logic.is_shown(i) for i in self.logic.order], bool)
        nodes, links, number = logic.nodes, logic.links, np.arange(len(logic.links))
        source, target = links[:, SOURCE], links[:, TARGET]
        waits = (nodes[:, (CAP, CAP_FINISH)] == NEVER).all(axis=1) & (nodes[:, (PIN, FIRST_OF, ASKED)] == 0).all(axis=1)
        waits &= (nodes[:, DELAY] >= 0) & (nodes[:, EXPECTED] == NONE) & (nodes[:, EXISTS] < 0)
        to_start = (nodes[target, LINKS_AT] <= number) & (number < nodes[target, LINKS_MIDDLE])
        after = to_start & (links[:, FROM_FINISH] != 0) & (links[:, (LAG, SHARE)] >= 0).all(axis=1) & (links[:, BY_CHANCE] == 0)
        after &= counts[target] & waits[target] & (nodes[source, PROJECT] == nodes[target, PROJECT])
        return (counts & (np.bincount(source[after], minlength=len(counts)) == 0)).astype(np.int8)

    def _minutes(self, moment: object) -> int:
        return NONE if moment is None else self.clock.minutes(moment)  # type: ignore[arg-type]

    def _certain(self, activity: Activity) -> tuple[int, int]:
        """Extremes of a span that are known beforehand: its actual dates, or its place when nothing gives it one."""
        if activity.status is Status.COMPLETED and activity.actual_start and activity.actual_finish:
            return self.clock.minutes(activity.actual_start), self.clock.minutes(activity.actual_finish)
        manual = rules_msp.manual_dates(activity)
        if manual is not None:
            return self.clock.minutes(manual[0]), self.clock.minutes(manual[1])
        first = self.clock.minutes(activity.actual_start) if activity.actual_start else NEVER
        return first, NONE

    def _instant(self, activity: Activity, which: int) -> int | None:
        """An instant of a completed source."""
        moment = activity.actual_start if which in (START_FROM_START, FINISH_FROM_START) else activity.actual_finish
        return None if moment is None or activity.inactive else self.clock.minutes(moment)

    def _completed(self) -> list[int]:
        latest = [NONE] * len(self.plan.projects)
        for a in self.plan.activities:
            if a.status is Status.COMPLETED and a.actual_finish and not a.type.is_span and not a.inactive:
                k = self.logic.project_index[a.project]
                latest[k] = max(latest[k], self.clock.minutes(a.actual_finish))
            elif (dates := rules_msp.manual_dates(a)) is not None and a.type.is_span and not a.inactive:
                k = self.logic.project_index[a.project]
                latest[k] = max(latest[k], self.clock.minutes(dates[1]))
        return latest

    def _focus(self, n: int) -> list[tuple[int, bool]]:
        """Nodes and spans in focus; what is complete has no samples."""
        found = []
        for ref in self.plan.focus:
            i = self.logic.position[ref]
            if self.plan.by_ref[ref].status is not Status.COMPLETED and (i in self.logic.node_of or i in self.span_of):
                number = self.logic.node_of[i] if i in self.logic.node_of else n + self.span_of[i]
                found.append((number, self.plan.by_ref[ref].type is ActivityType.START_MILESTONE))
        return found


def _complete(sources: list[tuple[int, int]]) -> None:
    """A hammock hung on one side only spans its sources' own extent on the other."""
    starts = [s for s in sources if s[1] in (START_FROM_START, START_FROM_FINISH)]
    finishes = [s for s in sources if s[1] in (FINISH_FROM_START, FINISH_FROM_FINISH)]
    if not starts:
        sources += [(s, START_FROM_START) for s, _ in finishes]
    if not finishes:
        sources += [(s, FINISH_FROM_FINISH) for s, _ in starts]


def _widen(first: int, last: int, instant: int | None, which: int) -> tuple[int, int]:
    if instant is None:
        return first, last
    if which in (START_FROM_START, START_FROM_FINISH):
        return min(first, instant), last
    return first, max(last, instant)


def _by_predecessor(logic: Logic, target: npt.NDArray[np.int64], n: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Links by predecessor: (at, rows of link and successor)."""
    source = logic.links[:, SOURCE]
    order = np.argsort(source, kind="stable")
    at = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=n))]).astype(np.int32)
    return at, np.stack([order, target[order]], axis=1).astype(np.int32).reshape(-1, 2)
