"""What a report says about contingency: where it comes from, who carries it, whether the budget holds it, as plain data."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcore.contingency import CAUSE_NAMES
from simcore.drawdown import Drawdown, drawdown, first_data_date
from simcore.reports import wording
from simcore.reports.content import HEADLINE, priced
from simcore.reports.money_parts import WHOLE_FROM, shown_amount, texts_of_parts

if TYPE_CHECKING:
    from simcore.contingency import Contingency, Share
    from simcore.results import Results

MOST_SHARES = 12
SHORT_CAUSES = {
    "uncertainty": "Uncertain amounts",
    "schedule": "Longer durations",
    "events": "Risk events",
    "existence": "Work there or not",
    "escalation": "Escalation",
    "actions": "Mitigation actions",
    "durations": "Uncertain durations",
}
DIVISIONS = {"risk": "By risk", "wbs": "By WBS", "account": "By cost account", "activity": "By activity"}


@dataclass(frozen=True, kw_only=True)
class ShareLine:
    """A part of the contingency, as text; ``name`` begins with the id unless that is the name."""

    name: str
    amount: str
    error: str
    share: str
    of_planned: str


@dataclass(frozen=True, kw_only=True)
class Division:
    """One way to divide the contingency: its largest parts and the others together; the printed amounts add up to the total."""

    key: str
    title: str
    lines: tuple[ShareLine, ...]
    note: str = ""

    @property
    def with_planned(self) -> bool:
        return any(line.of_planned for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """A step of the approved budget: its amount, what is approved up to it, and how probable it is that that suffices."""

    name: str
    amount: str
    sum: str
    probability: str
    error: str


@dataclass(frozen=True, kw_only=True)
class DrawdownLine:
    """What the remaining work needs at the end of a period."""

    label: str
    planned: str
    expected: str
    of_cost_to_go: str


@dataclass(frozen=True, kw_only=True)
class Steps:
    """From the planned cost to a P-value. As printed, ``sources`` add up to ``total``, and it with ``planned`` to ``target``."""

    percent: str
    planned: str
    total: str
    error: str
    target: str
    sources: tuple[ShareLine, ...]


@dataclass(frozen=True, kw_only=True)
class ContingencySection:
    """The contingency at the headline P-value."""

    steps: Steps
    currency: str
    divisions: tuple[Division, ...]
    budget: tuple[BudgetLine, ...]
    drawdown: tuple[DrawdownLine, ...]


def contingency_section(results: Results, in_detail: bool = True) -> ContingencySection | None:
    """What is said about the contingency; None where a run has none or the cost does not vary.

    Without detail it says nothing about single activities, and so neither how they draw it down, which takes longest to find.
    """
    contingency, cost = results.contingency(HEADLINE), priced(results)
    if contingency is None or cost is None or not cost.varies:
        return None
    drawn, whole = drawdown(results, contingency) if in_detail else None, _whole(contingency)
    return ContingencySection(
        steps=contingency_steps(contingency),
        currency=results.plan.currency,
        divisions=tuple(_divisions(contingency)) if in_detail else (),
        budget=_budget(results, whole),
        drawdown=() if drawn is None else tuple(_drawdown(drawn, _beginning(results), whole)),
    )


def contingency_steps(contingency: Contingency) -> Steps:
    """From the planned cost to the P-value, as text."""
    whole, total = _whole(contingency), _total(contingency)
    named = [share for share in contingency.by_source if share.amount]
    return Steps(
        percent=f"{contingency.percent:g}",
        planned=wording.money_text(contingency.planned, whole=whole),
        total=wording.money_text(total, whole=whole),
        error=wording.money_error_text(contingency.total_error),
        target=wording.money_text(contingency.target, whole=whole),
        sources=_lines([(share.name, share) for share in named], [], contingency),
    )


def _whole(contingency: Contingency) -> bool:
    return abs(contingency.target) >= WHOLE_FROM


def _total(contingency: Contingency) -> float:
    """The contingency as it is printed: what readers get who subtract the printed planned cost from the printed P-value."""
    whole = _whole(contingency)
    return shown_amount(shown_amount(contingency.target, whole) - shown_amount(contingency.planned, whole), whole)


def largest_shares(shares: Sequence[Share], most: int = MOST_SHARES) -> tuple[list[Share], list[Share]]:
    """The parts that matter most, largest first, and the others; parts of nothing are left out."""
    ordered = sorted((share for share in shares if share.amount), key=lambda share: -abs(share.amount))
    kept = len(ordered) if len(ordered) <= most else most - 1
    return ordered[:kept], ordered[kept:]


def share_name(share: Share) -> str:
    """Id and name of a part; a cause has only a name."""
    if not share.name or share.name in (share.id, CAUSE_NAMES.get(share.id)):
        return share.name or share.id
    return f"{share.id} {share.name}" if share.id else share.name


def short_name(share: Share) -> str:
    """The same in the few words that stand beside a bar."""
    return SHORT_CAUSES[share.id] if share.name == CAUSE_NAMES.get(share.id) else share_name(share)


def others_text(count: int) -> str:
    """What the rest of a list is called.

    >>> others_text(1), others_text(1200)
    ('1 other', '1,200 others')
    """
    return wording.counted(count, "other")


def _divisions(contingency: Contingency) -> list[Division]:
    found = []
    for key, title in DIVISIONS.items():
        shown, others = largest_shares(getattr(contingency, f"by_{key}"))
        if shown:
            lines = _lines([(share_name(share), share) for share in shown], others, contingency)
            note = _how_divided(contingency) if key == "risk" else ""
            found.append(Division(key=key, title=title, lines=lines, note=note))
    return found


def _how_divided(contingency: Contingency) -> str:
    """What the division by risk stands on, where time-dependent cost is among it and something explains it."""
    if not contingency.explained or not any(share.id == "schedule" and share.amount for share in contingency.by_source):
        return ""
    explained = wording.percent_text(contingency.explained)
    return (
        "A risk has its impacts on cost, and what the delay that it brings costs. Risks and factors together explain "
        f"{explained} of the variation of that time-dependent cost; the rest stands under uncertain durations."
    )


def _lines(
    shown: Sequence[tuple[str, Share]], others: Sequence[Share], contingency: Contingency
) -> tuple[ShareLine, ...]:
    """A line a part, and one of all others; the printed amounts add up."""
    rest = sum(share.amount for share in others)
    values = [*(share.amount for _, share in shown), *([rest] if others else [])]
    texts = texts_of_parts(values, _total(contingency), _whole(contingency), signed=True)
    lines = [
        ShareLine(
            name=name,
            amount=text,
            error=wording.money_error_text(share.standard_error),
            share=_percent(share.amount, contingency.total),
            of_planned=wording.relative_text(share.amount, share.planned),
        )
        for (name, share), text in zip(shown, texts, strict=False)
    ]
    if others:
        share_of_rest = _percent(rest, contingency.total)
        lines.append(ShareLine(name=others_text(len(others)), amount=texts[-1], error="", share=share_of_rest, of_planned=""))
    return tuple(lines)


def _percent(part: float, total: float) -> str:
    """A share of the contingency; opportunities have negative ones."""
    return wording.relative_text(part, total).removeprefix("+") if total > 0 else ""


def _budget(results: Results, whole: bool) -> tuple[BudgetLine, ...]:
    """The approved budget step by step; empty without one."""
    budget, cost = results.plan.finance.budget, results.cost
    if budget is None or cost is None:
        return ()
    approved, lines = 0.0, []
    for name, amount in budget_steps(budget.amount, budget.contingency, budget.management_reserve).items():
        approved += amount
        lines.append(
            BudgetLine(
                name=name,
                amount=wording.money_text(amount, whole=whole),
                sum=wording.money_text(approved, whole=whole),
                probability=wording.percent_text(cost.probability(approved)),
                error=wording.points_text(cost.probability_error(approved)),
            )
        )
    return tuple(lines)


def budget_steps(amount: float, contingency: float, reserve: float) -> dict[str, float]:
    """The parts of a budget that are there, in their order.

    >>> budget_steps(100.0, 0.0, 5.0)
    {'Budget for the work': 100.0, 'Management reserve': 5.0}
    """
    steps = {"Budget for the work": amount, "Approved contingency": contingency, "Management reserve": reserve}
    return {name: part for name, part in steps.items() if part or name == "Budget for the work"}


def _beginning(results: Results) -> str:
    """What the first line of a drawdown is called."""
    return "Start" if first_data_date(results.plan) is None else "Data date"


def _drawdown(drawn: Drawdown, beginning: str, whole: bool) -> list[DrawdownLine]:
    return [
        DrawdownLine(
            label=label or beginning,
            planned=wording.money_text(planned, whole=whole),
            expected=wording.money_text(expected, whole=whole),
            of_cost_to_go="" if np.isnan(share) else f"{100 * share:.1f} %",
        )
        for label, planned, expected, share in zip(
            drawn.labels, drawn.planned, drawn.expected, drawn.of_cost_to_go, strict=True
        )
    ]
