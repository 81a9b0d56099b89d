"""Risks, factors and correlations in words."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simcore.models.distributions import Distribution, duration_values, factor_values, format_distribution, money_values
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import Report
from simcore.models.units import format_duration
from simcore.reports import wording

if TYPE_CHECKING:
    from simcore.models.plan import Plan
    from simcore.models.risks import Action, Chance, Correlation, Factor, Impact, Mitigation, Risk

MOST_SHOWN = 8
"""How many things of a kind are named."""


def joined(names: Sequence[str]) -> str:
    """A list of names, cut off where it is long.

    >>> joined(["a", "b"]), joined(["a"] * 10)
    ('a, b', 'a, a, a, a, a, a, a, a and 2 more')
    """
    more = len(names) - MOST_SHOWN
    return ", ".join(names[:MOST_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def capped(texts: Sequence[str]) -> tuple[str, ...]:
    """The first of many lines, and how many more there are."""
    more = len(texts) - MOST_SHOWN
    return tuple(texts) if more <= 0 else (*texts[:MOST_SHOWN], f"and {more:,} more")


def chance_text(value: Chance) -> str:
    """A probability, or the distribution of it."""
    return percentages(value) if isinstance(value, Distribution) else wording.percent_text(value)


def percentages(spread: Distribution) -> str:
    """A distribution of percentages as users write it."""
    return format_distribution(spread, factor_values())


def correlation_text(correlation: Correlation) -> str:
    """What varies together, and how strongly."""
    between = joined(correlation.between)
    if correlation.rank is not None:
        text = f"{between}: rank correlation {correlation.rank:g}"
    else:
        rows = correlation.matrix or ()
        values = [row[j] for i, row in enumerate(rows) for j in range(i)]
        text = f"{between}: matrix of rank correlations from {min(values):g} to {max(values):g}" if values else between
    if correlation.degrees is not None:
        text += f", Student's t with {correlation.degrees:g} degrees of freedom"
    return text


def factor_effect(factor: Factor) -> str:
    """What a factor multiplies."""
    combine = "" if factor.combine == "series" else "; of several in parallel the largest counts"
    return f"duration × {percentages(factor.uncertainty)} on {joined(factor.applies_to)}{combine}"


class RiskText:
    """Says what the risks of one plan do."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.context = Context.of(plan, Report(""))

    def effects(self, risk: Risk) -> tuple[str, ...]:
        """What it does, and on what conditions."""
        return (*capped([self._impact(impact) for impact in risk.impacts]), *self._conditions(risk))

    def details(self, risk: Risk) -> tuple[str, ...]:
        """What the register says beside the numbers."""
        parts = (("", risk.description), ("Category: ", risk.category), ("Owner: ", risk.owner))
        words = ", ".join(f"{key} {word}" for key, word in risk.words.items() if "impact" not in key)
        return tuple(f"{label}{text}" for label, text in (*parts, ("Rated: ", words)) if text)

    def _impact(self, impact: Impact) -> str:
        if impact.link:
            link = self.plan.relationships[self.plan.find_link(impact.link)]
            lag = format_distribution(impact.lag, self.context.lag_values(link)) if impact.lag is not None else ""
            return f"{impact.link}: lag {lag}"
        parts = []
        if impact.duration is not None:
            activity = self.plan.by_ref[self.plan.find(impact.activity)]
            values = duration_values(*self.context.index.units(activity), elapsed=activity.elapsed)
            parts.append(f"duration {format_distribution(impact.duration, values)}")
        if impact.cost is not None:
            parts.append(f"cost {format_distribution(impact.cost, money_values())}")
        return f"{impact.activity}: {', '.join(parts)}"

    def _conditions(self, risk: Risk) -> Iterator[str]:
        if risk.shared:
            yield "one magnitude for all"
        if risk.impact_rank:
            yield f"magnitudes with rank correlation {risk.impact_rank:g}"
        if risk.combine != "series":
            yield "of several in parallel the largest counts"
        if risk.exclusive:
            yield f"at most one of the group “{risk.exclusive}” occurs"
        for name, probability in risk.given.items():
            yield f"{wording.percent_text(probability)} when {name} occurs"
        if risk.window is not None:
            first, last = risk.window
            yield f"only from {wording.date_text(first, is_finish=False)} to {wording.date_text(last)}"
        if risk.strikes is not None:
            yield _strikes(risk.strikes)
        if risk.occurrence == "per activity":
            yield "occurs on each activity of its own accord"
        elif risk.every is not None:
            every = format_duration(risk.every, self.context.index.project_units().day)
            yield f"comes again, every {every} of an activity's work on average"

    def mitigation(self, mitigation: Mitigation) -> str:
        """What is done, what it costs, and what is left."""
        parts = [text for action in mitigation.actions if (text := _action(action))]
        if mitigation.cost:
            parts.append(f"costs {wording.short_money(mitigation.cost, self.plan.currency)}")
        if mitigation.probability is not None:
            parts.append(f"probability {chance_text(mitigation.probability)}")
        if mitigation.impacts is not None:
            parts += [self._impact(impact) for impact in mitigation.impacts] or ["no impact left"]
        return "; ".join(parts)


def _strikes(strikes: str | Distribution) -> str:
    if isinstance(strikes, str):
        return f"strikes at the {strikes} of an activity"
    return f"strikes after {percentages(strikes)} of an activity's work"


def _action(action: Action) -> str:
    about = [f"by {wording.date_text(action.date, is_finish=False)}"] if action.date is not None else []
    about += [action.owner] if action.owner else []
    return f"{action.name} ({', '.join(about)})".strip() if about else action.name
