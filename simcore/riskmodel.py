"""Plan and network -> what is random and what it does, as arrays for the kernel."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from simcore.correlation import Copula, correlate
from simcore.kernel_risk import (
    FACTOR,
    FACTOR_PARALLEL,
    IMPACT,
    IMPACT_PARALLEL,
    ONCE,
    PER_NODE,
    PER_SPAN,
    Costs,
    Effects,
    RiskModel,
    Shared,
)
from simcore.kernel_sampling import FIXED, Variables
from simcore.models.costs import Amount, Assignment
from simcore.models.distribution_base import Distribution
from simcore.models.plan import Activity, Status
from simcore.models.risks import Factor, Impact, Risk
from simcore.network import Network
from simcore.quantiles import FULL, TableBuilder

SCENARIOS = ("pre", "post", "none")


def stream_key(name: str) -> int:
    """Stable 64-bit key of a stream's name, such as ``activity/P1/A100/duration``.

    >>> stream_key("activity/P1/A100/duration") == stream_key("activity/P1/A100/duration")
    True
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@dataclass
class Effect:
    """One factor or impact on one owner, before it becomes arrays."""

    kind: int
    draw: int = -1
    variable: int = -1
    event: int = 0
    scale: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledRisk:
    """A risk model ready to run and what the user should know of it."""

    model: RiskModel
    deterministic_cost: float
    has_cost: bool
    dropped: tuple[str, ...]  # impacts on what is complete, or cannot be placed
    repaired: float  # Frobenius distance by which correlations were moved to be possible; 0 when none
    events: int


class VariableTable:
    """Collects variables by stream name; several may share a stream, then they rise and fall together."""

    def __init__(self) -> None:
        self.tables = TableBuilder()
        self.names: list[str] = []
        self.index: dict[str, int] = {}
        self._rows: list[tuple[int, float, float, float, int, int]] = []

    def add(self, name: str, distribution: Distribution, base: float, per: float = 1.0) -> int:
        """A variable; relative distributions refer to ``base``; values are divided by ``per``."""
        shape, scale, shift = distribution.canonical()
        factor = (base if distribution.relative else 1.0) / per
        kind, mode, first, last = self.tables.place(shape)
        if kind == FIXED:  # a certain value stands in the shift alone
            shift, scale = shift + scale * float(shape.ppf(0.5)), 0.0
        self.index.setdefault(name, len(self.names))
        self.names.append(name)
        self._rows.append((kind, scale * factor, shift * factor, mode, first, last))
        return len(self.names) - 1

    def build(self, copula: Copula) -> Variables:
        places = [(kind, first, last) for kind, _, _, _, first, last in self._rows]
        numbers = [(scale, shift, mode) for _, scale, shift, mode, _, _ in self._rows]
        count = len(self.names)
        return Variables(
            key=np.array([stream_key(name) for name in self.names], np.uint64),
            place=np.column_stack([np.array(places, np.int32).reshape(count, 3), copula.at[:-1], copula.at[1:]]),
            number=np.column_stack([np.array(numbers, np.float64).reshape(count, 3), copula.own]),
            latent=copula.latent,
            loading=copula.loading,
        )


@dataclass
class _Draft:
    """What is being collected."""

    variables: VariableTable = field(default_factory=VariableTable)
    event_keys: list[int] = field(default_factory=list)
    thresholds: list[float] = field(default_factory=list)
    draws: list[tuple[int, int]] = field(default_factory=list)
    effects: dict[int, list[Effect]] = field(default_factory=dict)
    cost_effects: dict[int, list[Effect]] = field(default_factory=dict)
    certain_cost: float = 0.0
    dropped: list[str] = field(default_factory=list)

    def event(self, name: str, probability: float) -> int:
        self.event_keys.append(stream_key(name))
        self.thresholds.append(probability * FULL)
        return len(self.event_keys) - 1

    def draw(self, variable: int, event: int) -> int:
        self.draws.append((variable, event))
        return len(self.draws) - 1


def certain_model(network: Network) -> RiskModel:
    """A model without any uncertainty or cost, for the deterministic schedule."""
    copula = Copula.empty(0)
    draft = _Draft()
    return RiskModel(
        variables=draft.variables.build(copula),
        tables=draft.variables.tables.build(),
        shared=_shared(draft, copula),
        duration=np.column_stack([network.durations, np.full(network.nodes, -1, np.int32)]),
        effects=_effects(draft.effects, range(network.nodes)),
        cost_effects=_effects({}, range(0)),
        costs=cost_arrays(0.0, []),
    )


def compile_risk(network: Network, scenario: str, span_minutes: Iterable[float]) -> CompiledRisk:
    """The risk model of a plan in a scenario.

    Parameters
    ----------
    network : Network
    scenario : {"pre", "post", "none"}
        Pre-mitigated, mitigated, or uncertainty only.
    span_minutes : iterable of float
        Deterministic minutes of work of every span, for costs that follow them.
    """
    plan, draft = network.plan, _Draft()
    duration_variable = np.full(network.nodes, -1, np.int32)
    for node in range(network.nodes):
        activity = plan.activities[int(network.activity_of[node])]
        certain = activity.type.is_milestone or not network.shown[node]
        if activity.uncertainty is not None and not certain:
            duration_variable[node] = draft.variables.add(
                f"activity/{activity.project}/{activity.id}/duration", activity.uncertainty, float(network.durations[node])
            )
    costs = CostBuilder(network, draft, list(span_minutes))
    if scenario != "none":
        RiskBuilder(network, draft, costs, post=scenario == "post").add_all()
    copula = correlate(plan, draft.variables)
    model = RiskModel(
        variables=draft.variables.build(copula),
        tables=draft.variables.tables.build(),
        shared=_shared(draft, copula),
        duration=np.column_stack([network.durations, duration_variable]),
        effects=_effects(draft.effects, range(network.nodes)),
        cost_effects=_effects(draft.cost_effects, sorted(draft.cost_effects)),
        costs=cost_arrays(costs.certain + draft.certain_cost, costs.terms),
    )
    return CompiledRisk(
        model=model,
        deterministic_cost=costs.deterministic,
        has_cost=costs.any_cost or bool(draft.cost_effects) or draft.certain_cost > 0,
        dropped=tuple(draft.dropped),
        repaired=copula.repaired,
        events=len(draft.event_keys),
    )


def _shared(draft: _Draft, copula: Copula) -> Shared:
    return Shared(
        event_key=np.array(draft.event_keys, np.uint64),
        event_threshold=np.array(draft.thresholds, np.float64),
        draw_variable=np.array([v for v, _ in draft.draws], np.int32),
        draw_event=np.array([e for _, e in draft.draws], np.int32),
        latent_key=np.array([stream_key(name) for name in copula.streams], np.uint64),
    )


def _effects(by_owner: dict[int, list[Effect]], owners: Iterable[int]) -> Effects:
    owners = list(owners)
    listed = [effect for owner in owners for effect in by_owner.get(owner, ())]
    return Effects(
        at=np.cumsum([0, *(len(by_owner.get(owner, ())) for owner in owners)]).astype(np.int32),
        place=np.array([(e.kind, e.draw, e.variable, e.event) for e in listed], np.int32).reshape(-1, 4),
        scale=np.array([e.scale for e in listed], np.float64),
    )


@dataclass(frozen=True)
class Term:
    """One uncertain or time-dependent cost; see :class:`simcore.kernel_risk.Costs`."""

    per: int
    row: int
    rate: float = 0.0
    variable: int = -1


def cost_arrays(certain: float, terms: list[Term]) -> Costs:
    return Costs(
        certain=certain,
        place=np.array([(t.per, t.row, t.variable) for t in terms], np.int32).reshape(-1, 3),
        rate=np.array([t.rate for t in terms], np.float64),
    )


class CostBuilder:
    """Costs of the plan's activities: what is certain, and terms that follow durations and draws."""

    def __init__(self, network: Network, draft: _Draft, span_minutes: list[float]):
        self.network, self.plan, self.draft, self.span_minutes = network, network.plan, draft, span_minutes
        self.certain = 0.0
        self.terms: list[Term] = []
        self.deterministic = 0.0
        self.remaining: dict[int, float] = {}  # position of an activity -> its deterministic remaining cost
        for i, activity in enumerate(self.plan.activities):
            if not activity.inactive:
                self._activity(i, activity)

    @property
    def any_cost(self) -> bool:
        return self.certain != 0.0 or bool(self.terms)

    def _activity(self, i: int, activity: Activity) -> None:
        node, span = self.network.node_of.get(i), self.network.span_of.get(i)
        minutes, per, row = 0.0, ONCE, 0
        if node is not None:
            minutes, per, row = float(self.network.durations[node]), PER_NODE, node
        elif span is not None:
            minutes, per, row = self.span_minutes[span], PER_SPAN, span
        spent = _spent(activity)
        done = activity.status is Status.COMPLETED
        fixed, rate, remaining = self._assigned(activity, minutes, per, row)
        amount, per_day = (activity.cost.fixed, activity.cost.per_day) if activity.cost else (None, None)
        if amount is not None:
            remaining += amount.value
            if amount.uncertainty is None or done:
                fixed += amount.value
            else:
                self.terms.append(Term(ONCE, 0, variable=self._variable(activity, "cost", amount, 1.0)))
        if per_day is not None and per != ONCE:
            day = self.plan.calendar_of(activity).hours_per_day * 60
            remaining += per_day.value / day * minutes
            if per_day.uncertainty is None or done:
                rate += per_day.value / day
            else:
                self.terms.append(Term(per, row, variable=self._variable(activity, "rate", per_day, day)))
        if rate != 0.0:
            self.terms.append(Term(per, row, rate=rate))
        self.certain += spent + fixed
        self.remaining[i] = remaining
        self.deterministic += spent + remaining

    def _variable(self, activity: Activity, quantity: str, amount: Amount, per: float) -> int:
        assert amount.uncertainty is not None
        name = f"activity/{activity.project}/{activity.id}/{quantity}"
        return self.draft.variables.add(name, amount.uncertainty, amount.value, per)

    def _assigned(self, activity: Activity, minutes: float, per: int, row: int) -> tuple[float, float, float]:
        """``(fixed, rate a minute, all)`` of what expenses and assignments still cost; uncertain prices become terms."""
        fixed, rate = sum(e.remaining_cost for e in activity.expenses), 0.0
        remaining = fixed
        for assignment in activity.assignments:
            remaining += assignment.remaining_cost
            follows = assignment.time_dependent and minutes > 0
            price = self._price(assignment)
            base = assignment.remaining_cost / minutes if follows else assignment.remaining_cost
            if price is not None:
                variable = self.draft.variables.add(f"resource/{assignment.resource}/price", price, base)
                self.terms.append(Term(per if follows else ONCE, row, variable=variable))
            elif follows:
                rate += base
            else:
                fixed += base
        return fixed, rate, remaining

    def _price(self, assignment: Assignment) -> Distribution | None:
        """The uncertainty of a resource's price, one draw for all its assignments."""
        if assignment.resource is None or assignment.remaining_cost == 0.0:
            return None
        return self.plan.resources[assignment.resource].uncertainty


def _spent(activity: Activity) -> float:
    """Actual cost to date."""
    spent = activity.cost.actual if activity.cost else 0.0
    return spent + sum(a.actual_cost for a in activity.assignments) + sum(e.actual_cost for e in activity.expenses)


class RiskBuilder:
    """Factors and risk events of a scenario."""

    def __init__(self, network: Network, draft: _Draft, costs: CostBuilder, post: bool):
        self.network, self.plan, self.draft, self.costs, self.post = network, network.plan, draft, costs, post
        self.position = {a.ref: i for i, a in enumerate(network.plan.activities)}

    def add_all(self) -> None:
        for factor in self.plan.factors:
            self._factor(factor)
        for risk in self.plan.risks:
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
        event = draft.event(f"factor/{factor.id}/occurs", factor.probability)
        variable = draft.variables.add(f"factor/{factor.id}/value", factor.uncertainty, 1.0)
        draw = draft.draw(variable, event)
        kind = FACTOR_PARALLEL if factor.combine == "parallel" else FACTOR
        for shown_id in factor.applies_to:
            node = self._node(shown_id, f"factor {factor.id}")
            if node is not None:
                draft.effects.setdefault(node, []).append(Effect(kind, draw=draw, event=event))

    def _risk(self, risk: Risk) -> None:
        mitigation = risk.mitigation if self.post else None
        probability, impacts = risk.probability, risk.impacts
        if mitigation is not None:
            self.draft.certain_cost += mitigation.cost
            probability = risk.probability if mitigation.probability is None else mitigation.probability
            impacts = risk.impacts if mitigation.impacts is None else mitigation.impacts
        event = self.draft.event(f"risk/{risk.id}/occurs", probability)
        drawn: dict[tuple[str, Distribution], int] = {}
        for impact in impacts:
            if impact.duration is not None:
                self._impact(risk, impact, impact.duration, "duration", event, drawn)
            if impact.cost is not None:
                self._impact(risk, impact, impact.cost, "cost", event, drawn)

    def _impact(
        self, risk: Risk, impact: Impact, magnitude: Distribution, quantity: str, event: int,
        drawn: dict[tuple[str, Distribution], int],
    ) -> None:
        """One impact: a magnitude of its own, or one draw for all when the risk is shared (by the same share of its range)."""
        draft = self.draft
        ref = self.plan.find(impact.activity)
        owner = self.position[ref]
        node = self._node(impact.activity, f"risk {risk.id}") if quantity == "duration" else None
        if quantity == "duration" and node is None:
            return
        if quantity == "cost" and (self.plan.by_ref[ref].status is Status.COMPLETED or self.plan.by_ref[ref].inactive):
            draft.dropped.append(f"risk {risk.id} has no effect on the cost of {impact.activity}: it is complete or inactive")
            return
        base = float(self.network.durations[node]) if node is not None else self.costs.remaining.get(owner, 0.0)
        effect = Effect(
            IMPACT_PARALLEL if risk.combine == "parallel" else IMPACT, event=event, scale=base if magnitude.relative else 1.0
        )
        if risk.shared:
            if (quantity, magnitude) not in drawn:
                variable = draft.variables.add(f"risk/{risk.id}/shared/{quantity}", magnitude, 1.0)
                drawn[quantity, magnitude] = draft.draw(variable, event)
            effect.draw = drawn[quantity, magnitude]
        else:
            name = f"risk/{risk.id}/{ref.project}/{ref.id}/{quantity}"
            if name in draft.variables.index:  # a second impact of the same kind on the same activity
                name += f"/{sum(n.startswith(name) for n in draft.variables.names)}"
            effect.variable = draft.variables.add(name, magnitude, 1.0)
        if node is not None:
            draft.effects.setdefault(node, []).append(effect)
        else:
            draft.cost_effects.setdefault(owner, []).append(effect)
