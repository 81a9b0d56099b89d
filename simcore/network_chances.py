"""What chance decides about the logic of a plan: existence, branches, links that hold or not, uncertain lags."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore import kernel_columns as k
from simcore.kernel_risk import FULL
from simcore.models.branches import AnyBranch, Branch, ConditionalBranch
from simcore.models.distributions import Distribution
from simcore.models.plan import Activity, LinkType, Plan, Ref, Relationship, Status
from simcore.models.pricing import assignment_cost, spent_on

if TYPE_CHECKING:
    from simcore.network_logic import LogicBuilder

LinkKey = tuple[Ref, Ref, LinkType]
KINDS = {"start": k.BY_START, "finish": k.BY_FINISH, "duration": k.BY_DURATION, "cost": k.BY_COST}
HIGHEST = 2**30 - 1


@dataclass(frozen=True, slots=True)
class LogicEvent:
    """An event of the logic: it happens when the uniform of its stream lies between two limits (units of 2^-32).

    ``expected`` says what the deterministic schedule takes for granted: all exists and holds, the likeliest path is taken.
    """

    stream: str
    low: float
    high: float
    expected: bool


@dataclass(frozen=True, slots=True)
class LagSource:
    """An uncertain lag: its stream, the certain minutes still to pass, and those of the whole lag."""

    stream: str
    key: LinkKey
    remaining: int
    whole: int
    uncertainty: Distribution | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Chances:
    """Masks of the logic (events first, then answers of conditions, then existences), uncertain lags, delayed starts.

    Attributes
    ----------
    exists : mapping of activity position to mask
        Activities that may not exist.
    lags : tuple of LagSource
        One a row of :attr:`simcore.kernel_columns.Rows.lags`.
    delays : mapping of activity position to row of the delays
        Activities that some risk strikes at their start.
    conditions : tuple of ConditionalBranch
        Those that ask about a node, in the order of their answers.
    """

    events: tuple[LogicEvent, ...] = ()
    conditions: tuple[ConditionalBranch, ...] = ()
    asked: tuple[int, ...] = ()  # activity positions that the conditions ask about
    exists: Mapping[int, int] = field(default_factory=dict)
    needs: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # mask of an existence -> (mask, value)
    holds: Mapping[LinkKey, int] = field(default_factory=dict)
    lags: tuple[LagSource, ...] = ()
    delays: Mapping[int, int] = field(default_factory=dict)
    windows: bool = False  # whether some risk counts in a window of dates only
    costs_above: tuple[bool, ...] = ()  # conditions on a cost that is above its limit as planned
    dropped: tuple[str, ...] = ()  # what has no effect, for users

    @property
    def masks(self) -> int:
        """How many rows of masks the logic needs."""
        return len(self.events) + len(self.conditions) + len(self.exists)

    @property
    def any(self) -> bool:
        """Whether chance decides about anything in the logic, or dates about risk events: the passes then work on other types."""
        return bool(self.masks or self.lags or self.delays or self.windows)

    @property
    def expected(self) -> npt.NDArray[np.uint8]:
        """Masks that the deterministic schedule starts from, shape (masks,)."""
        found = np.zeros(self.masks, np.uint8)
        found[: len(self.events)] = [event.expected for event in self.events]
        for number, is_above in enumerate(self.costs_above):
            found[len(self.events) + number] = is_above
        return found

    def exist_arrays(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """``exist_at`` and ``exist`` of :class:`simcore.kernel_columns.Logic`."""
        listed = [self.needs.get(mask, ()) for mask in range(self.masks)]
        return (
            np.cumsum([0, *map(len, listed)]).astype(np.int32),
            np.array([pair for pairs in listed for pair in pairs], np.int32).reshape(-1, 2),
        )


class ChanceBuilder:
    """Numbers the masks of a plan's logic."""

    def __init__(self, logic: LogicBuilder):
        self.logic, self.plan = logic, logic.plan
        self.events: list[LogicEvent] = []
        self.asked_of: dict[int, list[tuple[int, int]]] = {}  # activity position -> (mask, value it must have)
        self.holds: dict[LinkKey, int] = {}
        self.dropped: list[str] = []
        for i, activity in enumerate(self.plan.activities):
            if activity.existence < 1.0 and self._may_be_absent(activity, "existence"):
                mask = self._event(f"activity/{activity.project}/{activity.id}/exists", 0.0, activity.existence, True)
                self.asked_of.setdefault(i, []).append((mask, 1))
        for branch in self.plan.branches:
            if isinstance(branch, Branch):
                self._branch(branch)
        for link in self.logic.links:
            if link.probability < 1.0 and self.logic.link_key(link) not in self.holds:
                key = self.logic.link_key(link)
                self.holds[key] = self._event(f"{link_stream(key)}/holds", 0.0, link.probability, True)
        self.conditions = [b for b in self.plan.branches if isinstance(b, ConditionalBranch) and self._asks_a_node(b)]
        self._answer_conditions()

    def chances(self) -> Chances:
        """Everything numbered."""
        first = len(self.events) + len(self.conditions)
        exists = {i: first + row for row, i in enumerate(self.asked_of)}
        return Chances(
            events=tuple(self.events),
            conditions=tuple(self.conditions),
            asked=tuple(self._position(b.activity) for b in self.conditions),
            exists=exists,
            needs={exists[i]: tuple(pairs) for i, pairs in self.asked_of.items()},
            holds=self.holds,
            lags=tuple(self._lags()),
            delays=self._delays(),
            windows=any(risk.window is not None for risk in self.plan.risks),
            costs_above=tuple(b.quantity == "cost" and self._planned_above(b) for b in self.conditions),
            dropped=tuple(self.dropped),
        )

    def _planned_above(self, branch: ConditionalBranch) -> bool:
        """Whether an activity's cost as planned passes a limit."""
        activity = self.plan.activities[self._position(branch.activity)]
        cost = activity.cost
        planned = spent_on(self.plan, activity)
        planned += sum(assignment_cost(self.plan, activity, x).remaining for x in activity.assignments)
        planned += sum(x.remaining_cost for x in activity.expenses)
        if cost is not None and cost.fixed is not None:
            planned += cost.fixed.value
        if cost is not None and cost.per_day is not None:
            hours = self.plan.calendar_of(activity).hours_per_day
            planned += cost.per_day.value * activity.remaining_duration / 60 / hours
        return planned > branch.limit  # type: ignore[operator]  # checked: money

    def _event(self, stream: str, low: float, high: float, expected: bool) -> int:
        self.events.append(LogicEvent(stream, low * FULL, high * FULL, expected))
        return len(self.events) - 1

    def _may_be_absent(self, activity: Activity, what: str) -> bool:
        """Whether an activity may turn out not to exist; else ``what`` is listed as dropped."""
        if activity.status is Status.NOT_STARTED and self.logic.is_node(activity):
            return True
        shown = self.plan.shown[activity.ref]
        self.dropped.append(f"{what} has no effect on {shown}: only work that has not begun may be absent")
        return False

    def _position(self, shown_id: str) -> int:
        return self.logic.position[self.plan.find(shown_id)]

    def _branch(self, branch: Branch) -> None:
        likeliest = max(range(len(branch.paths)), key=lambda n: branch.paths[n].weight)
        low = 0.0
        for number, path in enumerate(branch.paths):
            high = 1.0 if number == len(branch.paths) - 1 else low + path.weight
            mask = self._event(f"branch/{branch.id}/path", low, high, number == likeliest)
            self._hang(branch, path.activities, mask, 1)
            low = high

    def _hang(self, branch: AnyBranch, shown_ids: Iterable[str], mask: int, value: int) -> None:
        for shown_id in shown_ids:
            if self._may_be_absent(self.plan.activities[i := self._position(shown_id)], f"branch {branch.id}"):
                self.asked_of.setdefault(i, []).append((mask, value))

    def _asks_a_node(self, branch: ConditionalBranch) -> bool:
        """Whether its answer is still open; where the activity is complete it is an event that is certain."""
        activity = self.plan.by_ref[self.plan.find(branch.activity)]
        return activity.status is not Status.COMPLETED and self.logic.is_node(activity)

    def _answer_conditions(self) -> None:
        for branch in self.plan.branches:
            if not isinstance(branch, ConditionalBranch):
                continue
            if branch not in self.conditions:
                above = passed(self.plan, branch)
                mask = self._event(f"branch/{branch.id}/certain", 0.0, float(above), above)
                self._hang(branch, branch.then, mask, 1)
                self._hang(branch, branch.otherwise, mask, 0)
        for number, branch in enumerate(self.conditions):
            self._hang(branch, branch.then, len(self.events) + number, 1)
            self._hang(branch, branch.otherwise, len(self.events) + number, 0)

    def _lags(self) -> Iterable[LagSource]:
        struck = {
            self._key(self.plan.relationships[self.plan.find_link(impact.link)])
            for risk in self.plan.risks
            for impact in (*risk.impacts, *((risk.mitigation.impacts or ()) if risk.mitigation else ()))
            if impact.link
        }
        seen = set()
        for link in self.logic.links:
            key = self.logic.link_key(link)
            if key not in seen and (link.uncertainty is not None or key in struck):
                seen.add(key)
                yield LagSource(f"{link_stream(key)}/lag", key, self.logic.lag(link), link.lag, link.uncertainty)

    @staticmethod
    def _key(link: Relationship) -> LinkKey:
        return link.predecessor, link.successor, link.type

    def _delays(self) -> dict[int, int]:
        struck = [
            impact.activity
            for risk in self.plan.risks
            if risk.strikes == "start"
            for impact in (*risk.impacts, *((risk.mitigation.impacts or ()) if risk.mitigation else ()))
            if impact.activity and impact.duration is not None
        ]
        return {position: row for row, position in enumerate(dict.fromkeys(map(self._position, struck)))}


def link_stream(key: LinkKey) -> str:
    """Stream of a relationship, such as ``link/P1/A/P1/B/FS``."""
    before, after, kind = key
    return f"link/{before.project}/{before.id}/{after.project}/{after.id}/{kind.value}"


def passed(plan: Plan, branch: ConditionalBranch) -> bool:
    """Whether an activity that is complete has passed the limit of a condition."""
    activity = plan.by_ref[plan.find(branch.activity)]
    if branch.quantity == "cost":
        return spent_on(plan, activity) > branch.limit  # type: ignore[operator]  # checked: money
    if branch.quantity == "duration":
        return False  # nothing of it remains
    moment = activity.actual_start if branch.quantity == "start" else activity.actual_finish
    return moment is not None and moment > branch.limit  # type: ignore[operator]  # checked: a date
