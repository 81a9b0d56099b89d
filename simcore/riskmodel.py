"""Plan and network -> what is random and what it does, as arrays for the kernel."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcore.correlation import Copula, correlate
from simcore.cost_lines import CostLines, cost_lines
from simcore.cost_terms import NO_COSTS, CostBuilder
from simcore.draft import Draft, Effect, effect_arrays
from simcore.escalation import draw_indices
from simcore.kernel_risk import FACTOR, Costs, Effects, RiskModel
from simcore.markets import Markets
from simcore.models.distributions import Reciprocal
from simcore.models.plan import Status
from simcore.network import Network, network_dates
from simcore.risk_events import RiskBuilder
from simcore.scenarios import ActiveModel
from simcore.variables import VariableTable


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledRisk:
    """A risk model ready to run and what the user should know of it."""

    model: RiskModel
    variables: VariableTable
    copula: Copula
    costs: CostLines
    deterministic_cost: float
    has_cost: bool
    dropped: tuple[str, ...]  # impacts on what is complete, or cannot be placed
    event_streams: tuple[str, ...]

    @property
    def repaired(self) -> float:
        """Frobenius distance by which correlations were moved to be possible; 0 when none were."""
        return self.copula.repaired


def certain_model(network: Network) -> RiskModel:
    """A model without any uncertainty or cost, for the deterministic schedule."""
    draft = Draft(network.chances)
    return _model(network, draft, Copula.empty(0), np.full(network.nodes, -1, np.int32), NO_COSTS)


def compile_risk(
    network: Network, active: ActiveModel, span_minutes: npt.NDArray[np.float64], present: npt.NDArray[np.bool_]
) -> CompiledRisk:
    """The risk model of a plan in a scenario.

    Parameters
    ----------
    network : Network
    active : ActiveModel
        The factors and risks that take part in the scenario.
    span_minutes : ndarray, shape (spans,)
        Deterministic minutes of work of every span, for costs that follow them.
    present : ndarray of bool, shape (activities,)
        Whether an activity exists in the deterministic schedule.

    Raises
    ------
    PlanError
        For a model that cannot be sampled.
    """
    draft = Draft(network.chances)
    duration_variable = _durations(network, draft)
    lag_variables = _lags(network, draft)
    markets = Markets(network.plan, draft, active.factors)
    costs = CostBuilder(network, draft, markets, span_minutes, present)
    _productivity(network, draft)
    RiskBuilder(network, draft, costs, active).add_all()
    indices = draw_indices(network.plan, draft.variables, *network_dates(network))
    draft.certain_cost += active.action_cost
    copula = correlate(network.plan, draft.variables, active.risks)
    owners = sorted(draft.cost_effects)
    arrays = costs.arrays(costs.certain + draft.certain_cost, owners)
    cost_effects = _cost_effects(draft, owners, markets)
    return CompiledRisk(
        model=_model(network, draft, copula, duration_variable, arrays, lag_variables, cost_effects),
        costs=cost_lines(costs, owners, active, indices),
        variables=draft.variables,
        copula=copula,
        deterministic_cost=costs.deterministic,
        has_cost=costs.any_cost or bool(draft.cost_effects) or draft.certain_cost > 0,
        dropped=tuple(dict.fromkeys([*network.chances.dropped, *draft.dropped])),
        event_streams=tuple(event.stream for event in draft.events),
    )


def _cost_effects(draft: Draft, owners: Sequence[int], markets: Markets) -> Effects:
    """Effects of the owners in their order, then those of the markets."""
    listed = [draft.cost_effects[i] for i in owners] + [markets.effects()[group] for group in range(len(markets))]
    return effect_arrays(dict(enumerate(listed)), range(len(listed)))


def _durations(network: Network, draft: Draft) -> npt.NDArray[np.int32]:
    """The variable of every node's duration, -1 where it is certain."""
    found = np.full(network.nodes, -1, np.int32)
    for node in range(network.nodes):
        activity = network.plan.activities[int(network.activity_of[node])]
        certain = activity.type.is_milestone or not network.shown[node]
        if activity.uncertainty is not None and not certain:
            stream = f"activity/{activity.project}/{activity.id}/duration"
            found[node] = draft.variables.add(stream, activity.uncertainty, float(network.durations[node]))
    return found


def _lags(network: Network, draft: Draft) -> list[int]:
    """The variable of every uncertain lag, -1 where only risk events move it."""
    return [
        -1 if lag.uncertainty is None else draft.variables.add(lag.stream, lag.uncertainty, float(lag.whole))
        for lag in network.chances.lags
    ]


def _productivity(network: Network, draft: Draft) -> None:
    """A resource's productivity divides the durations of the activities it drives, by one draw for all."""
    plan = network.plan
    draws: dict[str, int] = {}
    for i, activity in enumerate(plan.activities):
        node = network.node_of.get(i)
        if node is None or activity.status is Status.COMPLETED or activity.type.is_milestone:
            continue
        for resource in dict.fromkeys(a.resource for a in activity.assignments if a.drives and a.resource):
            productivity = plan.resources[resource].productivity
            if productivity is None:
                continue
            if resource not in draws:
                variable = draft.variables.add(f"resource/{resource}/productivity", Reciprocal(productivity), 1.0)
                draws[resource] = draft.draw(variable)
            draft.effects.setdefault(node, []).append(Effect(FACTOR, draw=draws[resource]))


def _model(
    network: Network, draft: Draft, copula: Copula, duration_variable: npt.NDArray[np.int32], costs: Costs,
    lag_variables: Sequence[int] | None = None, cost_effects: Effects | None = None,
) -> RiskModel:
    dated_at, dated = draft.dated_arrays(network.nodes)
    lags = network.chances.lags
    variables = [-1] * len(lags) if lag_variables is None else lag_variables
    lag_rows = [(lag.remaining, v, lag.remaining - lag.whole) for lag, v in zip(lags, variables, strict=True)]
    duration = [network.durations, duration_variable, dated_at[:-1], dated_at[1:]]
    return RiskModel(
        variables=draft.variables.build(copula),
        tables=draft.variables.tables.build(),
        shared=draft.shared(copula),
        duration=np.column_stack(duration).astype(np.int32),
        effects=effect_arrays(draft.effects, range(network.nodes)),
        cost_effects=effect_arrays({}, ()) if cost_effects is None else cost_effects,
        costs=costs,
        lags=np.array(lag_rows, np.int32).reshape(-1, 3),
        lag_effects=effect_arrays(draft.lag_effects, range(len(lags))),
        delay_effects=effect_arrays(draft.delay_effects, range(len(network.chances.delays))),
        dated=dated,
        masks=draft.masks,
    )
