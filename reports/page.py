"""Everything an HTML report shows, as one plain dataclass; the template only lays it out."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcore.cost_check import CostCheck, check_costs
from simcore.importcheck import ImportCheck, check_import
from simcore.reports import wording
from simcore.reports.basis import Basis, build_basis
from simcore.reports.cash_flow_content import CashFlowSection, PriceLevel, cash_flow_section, price_levels
from simcore.reports.content import (
    HEADLINE,
    Summary,
    answer,
    cost_summary,
    finish_summary,
    milestone_summaries,
    project_summaries,
    scenario_title,
)
from simcore.reports.contingency_content import ContingencySection, contingency_section
from simcore.reports.correlation_content import CorrelationSection, correlation_section
from simcore.reports.earned_value_content import EarnedSection, earned_section
from simcore.reports.joint_content import JointSection, aims, joint_section
from simcore.reports.weather_content import WeatherTable, weather_tables

if TYPE_CHECKING:
    from simcore.results import Results

MILESTONE_FIGURES = 24


@dataclass(frozen=True, kw_only=True)
class Card:
    """A key figure."""

    label: str
    value: str
    note: str
    headline: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """The content of a report.

    Attributes
    ----------
    joint : JointSection or None
        Date and cost together; None where one of them does not vary.
    drawn_milestones : tuple of str
        Ids of the milestones that have a figure of their own.
    """

    title: str
    subtitle: tuple[str, ...]
    answer: str
    partial: str
    warnings: tuple[str, ...]
    cards: tuple[Card, ...]
    finish: Summary
    cost: Summary | None
    price_levels: tuple[PriceLevel, ...]
    joint: JointSection | None
    cash_flow: CashFlowSection | None
    contingency: ContingencySection | None
    projects: tuple[Summary, ...]
    milestones: tuple[Summary, ...]
    drawn_milestones: tuple[str, ...]
    import_check: ImportCheck
    cost_check: CostCheck
    weather: tuple[WeatherTable, ...]
    earned: EarnedSection | None
    basis: Basis
    correlations: CorrelationSection | None


def build_page(results: Results) -> Page:
    """Collect what the report says."""
    plan, finish, cost = results.plan, finish_summary(results), cost_summary(results)
    milestones = milestone_summaries(results)
    basis = build_basis(results)
    subtitle = [
        scenario_title(results),
        f"data date {dict(basis.facts)['Data date']}" if "Data date" in dict(basis.facts) else "",
        f"{results.iterations:,} iterations",
    ]
    return Page(
        title=plan.name or plan.source or "Project",
        subtitle=tuple(text for text in subtitle if text),
        answer=answer(results),
        partial=_partial(results),
        warnings=tuple(results.warnings),
        cards=(*_cards(finish, cost), *_aim_cards(results)),
        finish=finish,
        cost=cost,
        price_levels=price_levels(results),
        joint=joint_section(results),
        cash_flow=cash_flow_section(results),
        contingency=contingency_section(results),
        projects=project_summaries(results),
        milestones=milestones,
        drawn_milestones=tuple(m.id for m in milestones if m.varies)[:MILESTONE_FIGURES],
        import_check=check_import(plan, results.schedule),
        cost_check=check_costs(plan),
        weather=weather_tables(results),
        earned=earned_section(results),
        basis=basis,
        correlations=correlation_section(results.correlations),
    )


def _partial(results: Results) -> str:
    if not results.partial:
        return ""
    return (
        f"Partial run: it was stopped after {results.iterations:,} of {results.requested:,} iterations. "
        "The figures below hold for what was done; their standard errors are larger than those of a full run."
    )


def _cards(finish: Summary, cost: Summary | None) -> list[Card]:
    cards = [Card(label="Deterministic finish", value=finish.deterministic, note=f"{finish.probability} probability")]
    if finish.varies:
        middle = finish.row(50)
        cards.append(Card(label="P50 finish", value=middle.value, note=_difference(middle.difference)))
        cards.append(_headline(finish, "finish"))
    if cost:
        unit = f"cost {cost.currency}".strip()
        cards.append(Card(label=f"Deterministic {unit}", value=cost.deterministic, note=f"{cost.probability} probability"))
        cards += [_headline(cost, unit)] if cost.varies else []
    return cards


def _headline(summary: Summary, what: str) -> Card:
    note = f"contingency {summary.contingency}"
    return Card(label=f"P{HEADLINE} {what}", value=summary.headline.value, note=note, headline=True)


def _difference(text: str) -> str:
    return "as planned" if text == "0 d" else f"{text} to the plan"


def _aim_cards(results: Results) -> list[Card]:
    return [Card(label=aim.label, value=wording.percent_text(aim.probability), note=f"probability of keeping it, {aim.error}")
            for aim in aims(results)]  # fmt: skip
