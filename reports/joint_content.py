"""What a report says about date and budget together, as text."""
from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simcore.answers_joint import HEADLINE, levels, pairs
from simcore.reports import wording
from simcore.reports.content import cost_summary, finish_summary, priced, with_clock
from simcore.reports.correlation_content import with_error

if TYPE_CHECKING:
    from simcore.joint import Joint, Recommended
    from simcore.results import Results

NAMES = {"deterministic": "Deterministic date and cost", f"P{HEADLINE}": f"P{HEADLINE} date and P{HEADLINE} cost",
         "target": "Target and budget"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A date, an amount or both that were asked about."""

    label: str
    probability: float
    error: str


@dataclass(frozen=True, kw_only=True)
class QuadrantLine:
    """A date and an amount, and how the iterations lie around them."""

    name: str
    date: str
    amount: str
    both: str
    only_date: str
    only_budget: str
    neither: str


@dataclass(frozen=True, kw_only=True)
class PairLine:
    """The recommended pair of one joint confidence level."""

    level: str
    p_value: str
    date: str
    date_error: str
    amount: str
    amount_error: str
    asked: bool


@dataclass(frozen=True, kw_only=True)
class JointSection:
    """Date and cost together.

    Attributes
    ----------
    answer : str
        The joint confidence of the plan and of the headline P-values in a sentence.
    given : tuple of str
        What one quantity is, given that the other keeps its headline P-value.
    """

    answer: str
    quadrants: tuple[QuadrantLine, ...]
    recommended: tuple[PairLine, ...]
    given: tuple[str, ...]
    correlation: str
    currency: str


def joint_section(results: Results) -> JointSection | None:
    """What the report says; None where finish or cost do not vary."""
    if not _both_vary(results):
        return None
    written = _Written(results)
    return JointSection(
        answer=_answer(results),
        quadrants=tuple(written.quadrants(name, *pair) for name, pair in pairs(results).items()),
        recommended=tuple(written.pair(results.joint.recommended(level)) for level in levels(results.goal.jcl)),
        given=tuple(written.given()),
        correlation=_correlation(results.joint),
        currency=results.plan.currency,
    )


def aims(results: Results) -> tuple[Aim, ...]:
    """The target date, the budget and both together, as far as they were asked about."""
    goal, cost, found = results.goal, priced(results), []
    currency = results.plan.currency
    if goal.target is not None:
        share, error = results.finish.probability(goal.target), results.finish.probability_error(goal.target)
        found.append(Aim(label=f"Target {wording.date_text(goal.target)}", probability=share, error=wording.points_text(error)))
    if goal.budget is not None and cost is not None:
        share, error = cost.probability(goal.budget), cost.probability_error(goal.budget)
        label = f"Budget {wording.short_money(goal.budget, currency)}"
        found.append(Aim(label=label, probability=share, error=wording.points_text(error)))
    if goal.target is not None and goal.budget is not None and cost is not None:
        both = results.joint.quadrants(goal.target, goal.budget).both
        found.append(Aim(label=NAMES["target"], probability=both.value, error=wording.points_text(both.error)))
    return tuple(found)


def joint_lines(results: Results) -> list[str]:
    """The same for a terminal, in a few lines."""
    lines = []
    if _both_vary(results):
        pair = _Written(results).pair(results.joint.recommended(results.goal.jcl))
        lines.append(_answer(results))
        lines.append(
            f"For {pair.level} joint confidence: {pair.date} {pair.date_error} and "
            f"{results.plan.currency} {pair.amount} {pair.amount_error}".replace("  ", " ") + f", both at {pair.p_value}."
        )
    lines += [f"{aim.label}: kept with {wording.percent_text(aim.probability)} {aim.error}." for aim in aims(results)]
    return lines


def _both_vary(results: Results) -> bool:
    cost = cost_summary(results)
    return cost is not None and cost.varies and finish_summary(results).varies


def _answer(results: Results) -> str:
    joint, found = results.joint, pairs(results)
    planned, wanted = (joint.quadrants(*found[name]).both for name in ("deterministic", f"P{HEADLINE}"))
    return (
        f"Deterministic date and cost are both kept with {wording.share_text(*planned)} probability, "
        f"the P{HEADLINE} date and the P{HEADLINE} cost both with {wording.share_text(*wanted)}."
    )


class _Written:
    """Dates and amounts as this run's tables write them."""

    def __init__(self, results: Results):
        self.joint, self.goal = results.joint, results.goal
        self.currency = results.plan.currency
        self.clock = with_clock(results.finish)
        self.whole = abs(results.joint.cost.p(HEADLINE)) >= 1000

    def date(self, moment: datetime) -> str:
        return wording.date_text(moment, self.clock)

    def amount(self, value: float) -> str:
        return wording.money_text(value, whole=self.whole)

    def priced(self, value: float) -> str:
        return f"{self.currency} {self.amount(value)}".strip()

    def quadrants(self, name: str, date: datetime, amount: float) -> QuadrantLine:
        shares = {key: wording.share_text(*share) for key, share in self.joint.quadrants(date, amount)._asdict().items()}
        return QuadrantLine(name=NAMES[name], date=self.date(date), amount=self.amount(amount), **shares)

    def pair(self, found: Recommended) -> PairLine:
        error = "" if math.isnan(found.p_value_error) else f" ±{found.p_value_error:.1f}"
        return PairLine(
            level=f"{found.percent:g} %",
            p_value=f"P{found.p_value:.1f}{error}",
            date=self.date(found.date),
            date_error=wording.date_error_text(found.date_error),
            amount=self.amount(found.amount),
            amount_error=wording.money_error_text(found.amount_error),
            asked=found.percent == self.goal.jcl,
        )

    def given(self) -> Iterator[str]:
        joint, limit = self.joint, f"P{HEADLINE}"
        planned = joint.cost.p(HEADLINE)
        cost, finish = joint.budget_given_date(HEADLINE, limit), joint.date_given_budget(HEADLINE, limit)
        kept = joint.probability_of_budget_given_date(planned, limit)
        yield (
            f"Given that the {limit} date is kept, the {limit} cost is {self.priced(cost.value)} "
            f"{wording.money_error_text(cost.error)}, instead of {self.priced(planned)}."
        )
        yield (
            f"Given that the {limit} cost is kept, the {limit} finish is {self.date(finish.value)} "
            f"{wording.date_error_text(finish.error)}, instead of {self.date(joint.finish.p(HEADLINE))}."
        )
        yield f"Of the iterations that keep the {limit} date, {wording.share_text(*kept)} keep the {limit} cost too."


def _correlation(joint: Joint) -> str:
    found = joint.correlation
    linear = with_error(found.pearson, found.pearson_error if math.isfinite(found.pearson_error) else None)
    rank = with_error(found.spearman, found.spearman_error if math.isfinite(found.spearman_error) else None)
    return f"Finish and cost have a correlation of {linear}; their ranks one of {rank}."
