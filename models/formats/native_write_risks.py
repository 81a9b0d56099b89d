"""Risks and factors as plain values of the native format."""

from __future__ import annotations

from simcore.models.distributions import (
    Distribution,
    Values,
    duration_values,
    factor_values,
    format_distribution,
    money_values,
    parse_distribution,
)
from simcore.models.finance import COST_KINDS
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import Report, Scope, chance
from simcore.models.formats.native_yaml import Value
from simcore.models.plan import Plan
from simcore.models.risks import Action, Chance, Factor, Impact, Mitigation, Risk
from simcore.models.scales import word_key
from simcore.models.units import format_datetime, format_duration, format_percent

Document = dict[str, Value]
_TEXTS = ("name", "description", "category", "owner")


def chance_text(value: Chance) -> str:
    """A probability, or the distribution of it, as the reader of probabilities understands it."""
    return format_distribution(value, factor_values()) if isinstance(value, Distribution) else format_percent(value)


class RiskWriter:
    """Writes the risks and factors of one plan."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.context = Context.of(plan, Report(""))

    def risk(self, risk: Risk) -> Document:
        written: Document = {key: getattr(risk, key) for key in _TEXTS if getattr(risk, key)}
        if risk.status != "open":
            written["status"] = risk.status
        key = word_key("probability")
        if risk.probability != (0.0 if risk.given else 1.0) or key in risk.words:
            written["probability"] = self._probability(risk, risk.probability, key)
        if risk.impacts:
            written["impacts"] = self._impacts(risk, risk.impacts)
        if risk.shared:
            written["shared"] = True
        if risk.impact_rank:
            written["impact_rank"] = risk.impact_rank
        if risk.combine != "series":
            written["combine"] = risk.combine
        if risk.exclusive:
            written["exclusive"] = risk.exclusive
        written.update(self._when(risk))
        if risk.mitigation is not None:
            written["mitigation"] = self._mitigation(risk, risk.mitigation)
        return written

    def _when(self, risk: Risk) -> Document:
        """What it hangs on, when it counts and where it strikes."""
        written: Document = {}
        if risk.given:
            written["given"] = {name: format_percent(probability) for name, probability in risk.given.items()}
        if risk.window is not None:
            first, last = risk.window
            written["window"] = f"{format_datetime(first)}..{format_datetime(last, end_of_day=True)}"
        if risk.strikes is not None:
            strikes = risk.strikes
            written["strikes"] = strikes if isinstance(strikes, str) else format_distribution(strikes, factor_values())
        if risk.every is not None:
            written["occurrence"] = f"every {format_duration(risk.every, self.context.index.project_units().day)}"
        elif risk.occurrence != "once":
            written["occurrence"] = risk.occurrence
        return written

    def _mitigation(self, risk: Risk, mitigation: Mitigation) -> Document:
        """A single action in short; an empty one can only be told in a list."""
        written: Document = {}
        if len(mitigation.actions) == 1 and mitigation.actions[0] != Action():
            written.update(_action(mitigation.actions[0]))
        elif mitigation.actions:
            written["actions"] = [_action(action) for action in mitigation.actions]
        if mitigation.probability is not None:
            key = word_key("probability", mitigated=True)
            written["probability"] = self._probability(risk, mitigation.probability, key)
        if mitigation.impacts is not None:
            written["impacts"] = self._impacts(risk, mitigation.impacts, mitigated=True)
        return written

    def _probability(self, risk: Risk, value: Chance, key: str) -> str:
        """The word it was written with where that still stands for it."""
        word = risk.words.get(key, "")
        expression = self.plan.scales.get("probability", {}).get(word)
        if expression is not None and chance(expression, Scope(self.context.report, "")) == value:
            return word
        return chance_text(value)

    def _impacts(self, risk: Risk, impacts: tuple[Impact, ...], mitigated: bool = False) -> list[Value]:
        return [self._impact(risk, impact, number, mitigated) for number, impact in enumerate(impacts, start=1)]

    def _impact(self, risk: Risk, impact: Impact, number: int, mitigated: bool) -> Document:
        if impact.link:
            position = self.plan.find_link(impact.link)
            lag = self.context.lag_values(self.plan.relationships[position])
            written: Document = {"link": self.plan.link_name(position)}
            parts: tuple[tuple[str, Distribution | None, Values], ...] = (("lag", impact.lag, lag),)
        else:
            activity = self.plan.by_ref[self.plan.find(impact.activity)]
            duration = duration_values(*self.context.index.units(activity), elapsed=activity.elapsed)
            written = {"activity": self.plan.shown[activity.ref]}
            parts = (("duration", impact.duration, duration), ("cost", impact.cost, money_values()))
        for quantity, spread, values in parts:
            if spread is not None:
                word = risk.words.get(word_key(quantity, number, mitigated), "")
                written[quantity] = self._range(quantity, spread, values, word)
        return written

    def _range(self, quantity: str, spread: Distribution, values: Values, word: str) -> str:
        """The word it was written with where that still stands for it."""
        expression = self.plan.scales.get(quantity, {}).get(word)
        if expression is not None:
            try:
                if parse_distribution(expression, values) == spread:
                    return word
            except ValueError:  # the calendar is another one than it was
                pass
        return format_distribution(spread, values)

    def factor(self, factor: Factor) -> Document:
        written: Document = {key: getattr(factor, key) for key in ("name", "description") if getattr(factor, key)}
        if factor.probability != 1.0:
            written["probability"] = chance_text(factor.probability)
        written["uncertainty"] = format_distribution(factor.uncertainty, factor_values())
        written["applies_to"] = list(factor.applies_to)
        if factor.combine != "series":
            written["combine"] = factor.combine
        if factor.costs:
            written["costs"] = "all" if factor.costs == COST_KINDS else list(factor.costs)
        return written


def _action(action: Action) -> Document:
    written: Document = {"name": action.name} if action.name else {}
    if action.cost:
        written["cost"] = action.cost
    if action.date is not None:
        written["date"] = format_datetime(action.date)
    if action.owner:
        written["owner"] = action.owner
    return written
