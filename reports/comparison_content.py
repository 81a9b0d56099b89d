"""What a comparison says, as plain data: built once, shown by the terminal and by the page."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simcore.reports import wording
from simcore.reports.content import HEADLINE, Summary, date_summary, money_summary, project_calendar

if TYPE_CHECKING:
    from simcore.comparison import Comparison, ScenarioDifference, ScenarioRun
    from simcore.paired import Difference

COMPARED = (10, 50, HEADLINE, 90, "mean")
"""What of two curves is compared."""


@dataclass(frozen=True, kw_only=True)
class ScenarioLine:
    """One scenario, as text."""

    id: str
    name: str
    finish: Summary
    cost: Summary | None
    action_cost: str
    mitigated: str
    target: str  # probability of the date asked for, with its error; empty when none was
    budget: str


@dataclass(frozen=True, kw_only=True)
class DifferenceCell:
    """The difference of one figure and its own standard error."""

    label: str
    value: str
    error: str
    headline: bool


@dataclass(frozen=True, kw_only=True)
class DifferenceLine:
    """One scenario against the first, as text; ``_better`` says how often it is, iteration by iteration."""

    name: str
    finish: tuple[DifferenceCell, ...]
    finish_better: str
    cost: tuple[DifferenceCell, ...]
    cost_better: str
    benefit: str


@dataclass(frozen=True, kw_only=True)
class ComparisonPage:
    """Everything that a comparison shows."""

    title: str
    subtitle: tuple[str, ...]
    partial: str
    warnings: tuple[str, ...]
    currency: str
    first: str
    target: str
    budget: str
    scenarios: tuple[ScenarioLine, ...]
    differences: tuple[DifferenceLine, ...]
    with_cost: bool
    with_actions: bool


def build_comparison(comparison: Comparison) -> ComparisonPage:
    """Collect what a comparison says."""
    plan = comparison.plan
    lines = tuple(_scenario(comparison, run) for run in comparison.scenarios)
    currency, budget = plan.currency, comparison.budget
    return ComparisonPage(
        title=plan.name or plan.source or "Project",
        subtitle=(
            wording.counted(len(lines), "scenario"), f"{comparison.iterations:,} iterations each",
            f"seed {comparison.design.seed}", "common random numbers",
        ),
        partial=_partial(comparison),
        warnings=tuple(comparison.warnings),
        currency=currency,
        first=lines[0].name,
        target="" if comparison.target is None else wording.date_text(comparison.target),
        budget="" if budget is None else wording.short_money(budget, currency),
        scenarios=lines,
        differences=tuple(_difference(difference, currency) for difference in comparison.differences),
        with_cost=any(run.cost is not None and run.cost.samples.any() for run in comparison.scenarios),
        with_actions=any(run.action_cost for run in comparison.scenarios),
    )  # fmt: skip


def _partial(comparison: Comparison) -> str:
    if not comparison.partial:
        return ""
    text = f"Stopped early: {comparison.iterations:,} of {comparison.requested:,} iterations are compared"
    return text + (f"; left out: {', '.join(comparison.left_out)}." if comparison.left_out else ".")


def _scenario(comparison: Comparison, run: ScenarioRun) -> ScenarioLine:
    plan, name, target, budget = comparison.plan, run.name, comparison.target, comparison.budget
    cost, share = run.cost, wording.share_text
    return ScenarioLine(
        id=run.id,
        name=name,
        finish=date_summary(run.finish, run.id, name, project_calendar(plan)),
        cost=None if cost is None else money_summary(cost, run.id, name, plan.currency),
        action_cost=wording.money_text(run.action_cost) if run.action_cost else "",
        mitigated=", ".join(run.mitigated),
        target="" if target is None else share(run.finish.probability(target), run.finish.probability_error(target)),
        budget="" if budget is None or cost is None else share(cost.probability(budget), cost.probability_error(budget)),
    )


def _difference(difference: ScenarioDifference, currency: str) -> DifferenceLine:
    finish, cost = difference.finish, difference.cost
    return DifferenceLine(
        name=difference.second.name,
        finish=_cells(finish, lambda span: wording.span_text(span, signed=True), wording.date_error_text),
        finish_better=_better(finish, "earlier"),
        cost=() if cost is None else _cells(cost, _money(cost), wording.money_error_text),
        cost_better="" if cost is None else _better(cost, "cheaper"),
        benefit=_benefit(difference, currency),
    )


def _money(cost: Difference[float]) -> Callable[[float], str]:
    whole = max(abs(cost.p(HEADLINE)), abs(cost.mean)) >= 1000
    return lambda amount: wording.money_text(amount, signed=True, whole=whole)


def _cells(
    difference: Difference[Any], text: Callable[[Any], str], error_text: Callable[[Any], str]
) -> tuple[DifferenceCell, ...]:
    known = len(difference.samples) >= 4  # a standard error needs two replicates
    return tuple(
        DifferenceCell(
            label="Mean" if of == "mean" else f"P{of}",
            value=text(difference.mean if of == "mean" else difference.p(float(of))),
            error=error_text(difference.standard_error(of)) if known else wording.UNKNOWN,
            headline=of == HEADLINE,
        )
        for of in COMPARED
    )


def _better(difference: Difference[Any], word: str) -> str:
    same = difference.probability_same
    text = f"{word} in {wording.percent_text(difference.probability_less)}"
    return f"{text}, the same in {wording.percent_text(same)}" if same else text


def _benefit(difference: ScenarioDifference, currency: str) -> str:
    """Gain against the cost of the actions, to follow the scenario's name; empty where as much is done about risks."""
    benefit = difference.benefit()
    if not benefit.action_cost:
        return ""
    spent = wording.short_money(abs(benefit.action_cost), currency)
    text = f"its actions cost {spent} {'more' if benefit.action_cost > 0 else 'less'}; at P{HEADLINE} "
    clear = _is_clear(difference.finish, benefit.gain)
    direction = "earlier" if benefit.gain > timedelta(0) else "later"
    text += f"it finishes {wording.days_text(benefit.gain)} {direction}" if clear else "the finish is the same within the error"
    if difference.cost is None:
        return text + "."
    saved, net = (round(amount, 2) for amount in (benefit.saved, benefit.net))
    if saved:
        text += f" and costs {wording.short_money(abs(saved), currency)} {'less' if saved > 0 else 'more'} before they are paid"
    text += f": {wording.short_money(abs(net), currency)} {'is saved' if net >= 0 else 'more is spent'} in all"
    if clear and benefit.cost_per_day is not None:
        text += f", {wording.short_money(benefit.cost_per_day, currency)} for each day gained"
    return text + "."


def _is_clear(finish: Difference[timedelta], gain: timedelta) -> bool:
    """Whether a gain at the headline P-value stands out of its own error."""
    return len(finish.samples) >= 4 and abs(gain) > 2 * finish.standard_error(HEADLINE)
