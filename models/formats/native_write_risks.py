"""Risks and factors as plain values of the native format."""

from __future__ import annotations

from simcore.models.distributions import duration_values, factor_values, format_distribution, money_values
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_yaml import Value
from simcore.models.plan import Plan
from simcore.models.risks import Factor, Impact, Risk
from simcore.models.units import format_percent

Document = dict[str, Value]


class RiskWriter:
    """Writes the risks and factors of one plan."""

    def __init__(self, plan: Plan, index: ActivityIndex):
        self.plan, self.index = plan, index

    def risk(self, risk: Risk) -> Document:
        written: Document = {"name": risk.name} if risk.name else {}
        if risk.probability != 1.0:
            written["probability"] = format_percent(risk.probability)
        if risk.impacts:
            written["impacts"] = [self._impact(impact) for impact in risk.impacts]
        if risk.shared:
            written["shared"] = True
        if risk.combine != "series":
            written["combine"] = risk.combine
        if risk.mitigation is not None:
            written["mitigation"] = self._mitigation(risk)
        return written

    def _mitigation(self, risk: Risk) -> Document:
        mitigation = risk.mitigation
        written: Document = {}
        if mitigation is None:
            return written
        if mitigation.name:
            written["name"] = mitigation.name
        if mitigation.cost:
            written["cost"] = mitigation.cost
        if mitigation.probability is not None:
            written["probability"] = format_percent(mitigation.probability)
        if mitigation.impacts is not None:
            written["impacts"] = [self._impact(impact) for impact in mitigation.impacts]
        return written

    def _impact(self, impact: Impact) -> Document:
        activity = self.plan.by_ref[self.plan.find(impact.activity)]
        written: Document = {"activity": self.plan.shown[activity.ref]}
        if impact.duration is not None:
            values = duration_values(*self.index.units(activity), elapsed=activity.elapsed)
            written["duration"] = format_distribution(impact.duration, values)
        if impact.cost is not None:
            written["cost"] = format_distribution(impact.cost, money_values())
        return written

    def factor(self, factor: Factor) -> Document:
        written: Document = {"name": factor.name} if factor.name else {}
        if factor.probability != 1.0:
            written["probability"] = format_percent(factor.probability)
        written["uncertainty"] = format_distribution(factor.uncertainty, factor_values())
        written["applies_to"] = list(factor.applies_to)
        if factor.combine != "series":
            written["combine"] = factor.combine
        return written
