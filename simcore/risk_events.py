"""Factors and risk events of a scenario: their occurrences, magnitudes and what they touch."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcore.cost_terms import CostBuilder
from simcore.draft import ALWAYS, Dated, Draft, Driver, Effect
from simcore.kernel_risk import (
    FACTOR,
    FACTOR_PARALLEL,
    IMPACT,
    IMPACT_PARALLEL,
    STRIKES_ANY,
    STRIKES_END,
    STRIKES_SHARE,
    STRIKES_START,
)
from simcore.models.distributions import Distribution
from simcore.models.errors import PlanError, Problem
from simcore.models.plan import Ref, Status
from simcore.models.risks import Factor, Impact, Risk
from simcore.network import Network
from simcore.network_chances import HIGHEST, LinkKey, link_stream

if TYPE_CHECKING:
    from simcore.scenarios import ActiveModel

RAREST = 1e-6  # of a recurring risk: more occurrences than have this probability do not count
MOST_RECURRENCES = 60
WAYS = {None: STRIKES_ANY, "start": STRIKES_START, "end": STRIKES_END}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One way a risk happens on an activity: its mask, and what tells its draws from those of others."""

    mask: int
    suffix: str = ""


class RiskBuilder:
    """Puts the factors and risk events of a scenario into a draft."""

    def __init__(self, network: Network, draft: Draft, costs: CostBuilder, active: ActiveModel):
        self.network, self.plan, self.draft, self.costs, self.active = network, network.plan, draft, costs, active
        self.position = {a.ref: i for i, a in enumerate(network.plan.activities)}
        self.lag_row = {lag.key: row for row, lag in enumerate(network.chances.lags)}
        self.slots = exclusive_slots(self.plan.risks, active.risks)
        self.masks: dict[str, list[int]] = {}  # risk -> masks of its occurrences
        self.on_activity: dict[tuple[str, Ref], list[Occurrence]] = {}
        self.shared: dict[tuple[str, str, Distribution, str], int] = {}
        self.impacts: Counter[str] = Counter()  # by the name of their stream
        self.struck: dict[tuple[int, int], int] = {}  # mask of an occurrence, node -> mask inside the window

    def add_all(self) -> None:
        for factor in self.active.factors:
            if not factor.costs:  # those of costs: see simcore.markets
                self._factor(factor)
        for risk in in_order_of_triggers(self.active.risks):
            self._risk(risk)

    def _node(self, shown_id: str, what: str) -> int | None:
        """The node behind a shown id; what is complete or a span is listed as dropped."""
        ref = self.plan.find(shown_id)
        node = self.network.node_of.get(self.position[ref])
        if node is None or self.plan.by_ref[ref].status is Status.COMPLETED:
            self.draft.dropped.append(f"{what} has no effect on {shown_id}: it is complete, inactive, a hammock or a summary")
            return None
        return node

    def _factor(self, factor: Factor) -> None:
        draft = self.draft
        event = draft.event(f"factor/{factor.id}/occurs", factor.probability, chance_stream=f"factor/{factor.id}/probability")
        draw = draft.draw(draft.variables.add(f"factor/{factor.id}/value", factor.uncertainty, 1.0))
        draft.drivers.append(Driver("factor", factor.id, (event,), draw))
        kind = FACTOR_PARALLEL if factor.combine == "parallel" else FACTOR
        for shown_id in factor.applies_to:
            node = self._node(shown_id, f"factor {factor.id}")
            if node is not None:
                draft.effects.setdefault(node, []).append(Effect(kind, draw=draw, event=event))

    # -- occurrences ------------------------------------------------------------------------------------------------------

    def _risk(self, risk: Risk) -> None:
        self.masks[risk.id] = []
        if risk.occurrence == "once" or not self._is_certain(risk):
            self._base = self._occurs(risk, f"risk/{risk.id}/occurs")
        else:
            self._base = ALWAYS
        if risk.occurrence == "once":
            self.masks[risk.id] = [self._base]
        for impact in risk.impacts:
            if impact.link:
                self._on_link(risk, impact)
            if impact.duration is not None:
                self._on_duration(risk, impact, impact.duration)
            if impact.cost is not None:
                self._on_cost(risk, impact, impact.cost)
        if not self.masks[risk.id] and self._base != ALWAYS:
            self.masks[risk.id] = [self._base]
        happened = tuple(mask for mask in self.masks[risk.id] if mask != ALWAYS)
        self.draft.drivers.append(Driver("risk", risk.id, happened))

    @staticmethod
    def _is_certain(risk: Risk) -> bool:
        """Whether it needs no event of its own beside those of its activities."""
        if risk.occurrence == "per activity":
            return True
        return risk.probability == 1.0 and not risk.given and not risk.exclusive

    def _occurs(self, risk: Risk, stream: str) -> int:
        given = [(mask, p) for before, p in risk.given.items() for mask in self.masks.get(before, ())]
        chance_stream = f"risk/{risk.id}/probability"
        if risk.id in self.slots:
            low = self.slots[risk.id]
            return self.draft.event(f"exclusive/{risk.exclusive}/occurs", risk.probability, low)
        return self.draft.event(stream, risk.probability, given=given, chance_stream=chance_stream)

    def _occurrences(self, risk: Risk, ref: Ref) -> list[Occurrence]:
        """How a risk may happen on an activity."""
        if risk.occurrence == "once":
            return [Occurrence(self._base)]
        key = risk.id, ref
        if key not in self.on_activity:
            if risk.occurrence == "recurring":
                found = self._recurring(risk, ref)
                self.masks[risk.id] += [o.mask for o in found[:1]]
            else:
                found = [Occurrence(self._occurs(risk, f"risk/{risk.id}/occurs/{ref.project}/{ref.id}"))]
                self.masks[risk.id].append(found[0].mask)
            self.on_activity[key] = found
        return self.on_activity[key]

    def _recurring(self, risk: Risk, ref: Ref) -> list[Occurrence]:
        """A Poisson number of occurrences: all ask one uniform, the k-th whether there are at least k."""
        node = self.network.node_of.get(self.position[ref])
        minutes = 0.0 if node is None else float(self.network.durations[node])
        mean = minutes / risk.every if risk.every else 0.0
        below = poisson_below(mean)
        if len(below) > MOST_RECURRENCES:
            what = f"it would strike '{self.plan.shown[ref]}' {mean:.0f} times on average."
            raise PlanError(Problem(f"risk '{risk.id}' occurrence", what, "Say what that means as a range or a factor instead."))
        stream = f"risk/{risk.id}/recurs/{ref.project}/{ref.id}"
        return [
            Occurrence(self.draft.event(stream, 1.0 - low, low, needs=self._base), "" if n == 0 else f"/again{n}")
            for n, low in enumerate(below)
        ]

    # -- impacts ------------------------------------------------------------------------------------------------------------

    def _on_duration(self, risk: Risk, impact: Impact, magnitude: Distribution) -> None:
        node = self._node(impact.activity, f"risk {risk.id}")
        if node is None:
            return
        ref = self.plan.find(impact.activity)
        base = float(self.network.durations[node])
        self._note_nothing(risk, f"the duration of {impact.activity}", magnitude, base)
        at_start = risk.strikes == "start"
        row = self.network.chances.delays.get(self.position[ref]) if at_start else node
        assert row is not None, "every activity struck at its start has a row of delays"
        owners = self.draft.delay_effects if at_start else self.draft.effects
        for occurrence in self._occurrences(risk, ref):
            mask = self._in_window(risk, occurrence, node, ref)
            effect = self._effect(risk, f"{ref.project}/{ref.id}", "duration", magnitude, base, occurrence)
            effect.event = mask
            if at_start:
                effect.kind = IMPACT  # what delays a start comes one after the other
            owners.setdefault(row, []).append(effect)

    def _on_cost(self, risk: Risk, impact: Impact, magnitude: Distribution) -> None:
        ref = self.plan.find(impact.activity)
        activity, owner = self.plan.by_ref[ref], self.position[ref]
        if activity.status is Status.COMPLETED or activity.inactive:
            what = f"risk {risk.id} has no effect on the cost of {impact.activity}: it is complete or inactive"
            self.draft.dropped.append(what)
            return
        node = self.network.node_of.get(owner)
        if node is None and risk.window is not None:
            why = "nothing strikes a hammock or a summary on a date"
            self.draft.dropped.append(f"risk {risk.id} has no effect on the cost of {impact.activity}: {why}")
            return
        base = self.costs.remaining.get(owner, 0.0)
        self._note_nothing(risk, f"the cost of {impact.activity}", magnitude, base)
        for occurrence in self._occurrences(risk, ref):
            effect = self._effect(risk, f"{ref.project}/{ref.id}", "cost", magnitude, base, occurrence)
            effect.event = occurrence.mask if node is None else self._in_window(risk, occurrence, node, ref)
            effect.risk = risk.id
            self.draft.cost_effects.setdefault(owner, []).append(effect)

    def _on_link(self, risk: Risk, impact: Impact) -> None:
        assert impact.lag is not None, "checked with the plan"
        link = self.plan.relationships[self.plan.find_link(impact.link)]
        key: LinkKey = (link.predecessor, link.successor, link.type)
        row = self.lag_row.get(key)
        if row is None:
            self.draft.dropped.append(f"risk {risk.id} has no effect on the lag of {impact.link}: its predecessor is complete")
            return
        self._note_nothing(risk, f"the lag of {impact.link}", impact.lag, float(link.lag))
        for occurrence in self._occurrences(risk, link.successor):
            effect = self._effect(risk, link_stream(key), "lag", impact.lag, float(link.lag), occurrence)
            effect.event = occurrence.mask
            self.draft.lag_effects.setdefault(row, []).append(effect)

    def _note_nothing(self, risk: Risk, what: str, magnitude: Distribution, base: float) -> None:
        """Say that a share of nothing is nothing."""
        if magnitude.relative and base == 0.0:
            why = "it is a percentage of zero; write an absolute value"
            self.draft.dropped.append(f"risk {risk.id} has no effect on {what}: {why}")

    def _effect(
        self, risk: Risk, target: str, quantity: str, magnitude: Distribution, base: float, occurrence: Occurrence
    ) -> Effect:
        """One impact: a magnitude of its own, or one draw for all when the risk is shared (by the same share of its range)."""
        draft = self.draft
        kind = IMPACT_PARALLEL if risk.combine == "parallel" else IMPACT
        effect = Effect(kind, scale=base if magnitude.relative else 1.0)
        if risk.shared:
            known = (risk.id, quantity, magnitude, occurrence.suffix)
            if known not in self.shared:
                stream = f"risk/{risk.id}/shared/{quantity}{occurrence.suffix}"
                self.shared[known] = draft.draw(draft.variables.add(stream, magnitude, 1.0))
            effect.draw = self.shared[known]
            return effect
        name = f"risk/{risk.id}/{target}/{quantity}{occurrence.suffix}"
        known_before = self.impacts[name]  # impacts of the same kind on the same activity
        self.impacts[name] += 1
        effect.variable = draft.variables.add(f"{name}/{known_before}" if known_before else name, magnitude, 1.0)
        return effect

    def _in_window(self, risk: Risk, occurrence: Occurrence, node: int, ref: Ref) -> int:
        """The mask of an occurrence, or that of its striking the node inside the risk's window."""
        if risk.window is None:
            return occurrence.mask
        key = occurrence.mask, node
        if key not in self.struck:
            variable = -1
            if isinstance(risk.strikes, Distribution):
                stream = f"risk/{risk.id}/strikes/{ref.project}/{ref.id}{occurrence.suffix}"
                variable = self.draft.variables.add(stream, risk.strikes, 1.0)
            way = STRIKES_SHARE if isinstance(risk.strikes, Distribution) else WAYS[risk.strikes]
            first, last = (min(max(self.network.clock.minutes(m), -HIGHEST), HIGHEST) for m in risk.window)
            self.struck[key] = self.draft.new_mask()
            dated = Dated(occurrence.mask, self.struck[key], first, last, way, variable)
            self.draft.dated.setdefault(node, []).append(dated)
        return self.struck[key]


def poisson_below(mean: float) -> list[float]:
    """P(N < k) for k = 1, 2 ... as long as P(N >= k) matters, for a Poisson number N.

    >>> [round(p, 4) for p in poisson_below(0.01)]
    [0.99, 1.0]
    """
    from scipy.special import pdtr

    found: list[float] = []
    while len(found) <= MOST_RECURRENCES:
        low = float(pdtr(len(found), mean))
        if mean == 0.0 or 1.0 - low < RAREST:
            break
        found.append(low)
    return found


def in_order_of_triggers(risks: Iterable[Risk]) -> list[Risk]:
    """Risks after those that change their probability; plan order where that leaves a choice."""
    waiting = {risk.id: risk for risk in risks}
    ordered: list[Risk] = []
    while waiting:
        ready = [risk for risk in waiting.values() if not any(before in waiting for before in risk.given)]
        if not ready:
            raise PlanError(Problem("risks", f"{', '.join(waiting)} trigger each other in a circle."))
        ordered += ready
        for risk in ready:
            del waiting[risk.id]
    return ordered


def exclusive_slots(every: Iterable[Risk], active: Iterable[Risk]) -> dict[str, float]:
    """Where in the common uniform of its group every exclusive risk begins.

    A slot is as wide as the larger of the probabilities before and after mitigation, where there is room, so that no
    scenario moves the others.
    """
    now = {risk.id: risk.probability for risk in active}
    groups: dict[str, list[Risk]] = {}
    for risk in every:
        if risk.exclusive and risk.status == "open":
            groups.setdefault(risk.exclusive, []).append(risk)
    slots: dict[str, float] = {}
    for members in groups.values():
        widths = {risk.id: max(_chances(risk)) for risk in members}
        if sum(widths.values()) > 1.0 + 1e-9:
            widths = {risk.id: _number(now.get(risk.id, 0.0)) for risk in members}
        low = 0.0
        for risk in members:
            slots[risk.id] = low
            low += widths[risk.id]
    return slots


def _chances(risk: Risk) -> list[float]:
    mitigated = risk.mitigation.probability if risk.mitigation is not None else None
    return [_number(risk.probability), *([] if mitigated is None else [_number(mitigated)])]


def _number(chance: object) -> float:
    return float(chance) if isinstance(chance, int | float) else 0.0
