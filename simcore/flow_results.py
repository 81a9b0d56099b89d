"""What a run kept of money over time -> the variables that its results show."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simcore.cash_flow import CashFlow
from simcore.flow import CompiledFlow
from simcore.kernel_flow import FlowSamples
from simcore.riskmodel import CompiledRisk
from simcore.sampled import MoneyVariable


def flow_results(flow: CompiledFlow, risk: CompiledRisk, kept: FlowSamples, done: int, replicates: int) -> dict[str, Any]:
    """Fields of :class:`simcore.results.Results` that are about money."""
    certain = flow.deterministic

    def variable(values: npt.NDArray[np.float64], planned: float) -> MoneyVariable:
        return MoneyVariable(values[:done], replicates, planned)

    priced = flow.model.priced
    found: dict[str, Any] = {"cost": variable(kept.cost, float(certain.cost[0]) if priced else risk.deterministic_cost)}
    if priced:
        found["cost_base_year"] = variable(kept.base, float(certain.base[0]))
    if flow.discounted:
        found["present_value"] = variable(kept.present + flow.present_spent, float(certain.present[0]) + flow.present_spent)
    if flow.periods:
        found["cash_flow"] = _cash_flow(flow, kept.by_period[:, :done], replicates)
    return found


def _cash_flow(flow: CompiledFlow, by_period: npt.NDArray[np.float64], replicates: int) -> CashFlow:
    """Without the periods in which nothing is spent at the end."""
    deterministic = flow.deterministic.by_period[:, 0] + flow.spent
    used = np.flatnonzero((np.abs(by_period).max(axis=1) > CENT) | (np.abs(deterministic) > CENT))
    count = int(used[-1]) + 1 if len(used) else 1
    timeline = flow.timeline
    return CashFlow(
        unit=timeline.unit,
        edges=np.array(timeline.starts[: count + 1], "datetime64[m]"),
        labels=timeline.labels[:count],
        actual=flow.spent[:count],
        deterministic=deterministic[:count],
        by_period=by_period[:count],
        replicates=replicates,
        limits=flow.network.plan.finance.funding,
    )


CENT = 0.005
