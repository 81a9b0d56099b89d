"""Cash flow, funding and contingency as blocks of a terminal's screenful."""
from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from simcore.reports import wording
from simcore.reports.cash_flow_content import CashFlowSection, PriceLevel, cash_flow_section, price_levels
from simcore.reports.content import HEADLINE
from simcore.reports.contingency_content import ContingencySection, contingency_section
from simcore.reports.terminal_parts import NARROW, table

if TYPE_CHECKING:
    from simcore.results import Results

MOST_PERIODS = 8
ROOM_FOR_MEANS = 75  # characters below which the mean of single periods is left out


def money_blocks(results: Results, width: int) -> list[RenderableType]:
    """What a run says about money over time and contingency; nothing where it has neither."""
    contingency, flow = contingency_section(results, in_detail=False), cash_flow_section(results, MOST_PERIODS)
    levels = price_levels(results)
    blocks: list[RenderableType] = [_price_levels(levels, results.plan.currency, width >= NARROW)] if levels else []
    blocks += [_contingency(contingency, width)] if contingency else []
    blocks += [_cash_flow(flow, width)] if flow else []
    if flow and flow.sentence:
        style = "bold yellow" if any(line.short for line in flow.limits) else ""
        blocks.append(Text(wording.clean(flow.sentence), style=style))
    return blocks


def _price_levels(levels: tuple[PriceLevel, ...], currency: str, wide: bool) -> Table:
    columns = ("Plan", *(("Mean", "P50") if wide else ()), f"P{HEADLINE}", "std. error")
    made = table("", *((name, "right") for name in columns), title=_titled("Cost", currency))
    for level in levels:
        middle = (level.mean, level.p50) if wide else ()
        made.add_row(level.name, level.deterministic, *middle, level.p80, level.error)
    return made


def _contingency(section: ContingencySection, width: int) -> RenderableType:
    steps = section.steps
    made = table("", ("Amount", "right"), ("std. error", "right"), ("Share", "right"),
                 title=_titled(f"Contingency at P{steps.percent}", section.currency))  # fmt: skip
    for line in steps.sources:
        made.add_row(Text(wording.shortened(wording.clean(line.name), max(12, width - 40))), line.amount, line.error, line.share)
    made.add_row("Contingency", steps.total, steps.error, "", style="bold")
    if not section.budget:
        return made
    approved = section.budget[-1]
    return Group(made, Text(f"The approved {approved.sum} in all suffice with {approved.probability} probability."))


def _cash_flow(section: CashFlowSection, width: int) -> Table:
    wide, with_mean, funded = width >= NARROW, width >= ROOM_FOR_MEANS, bool(section.limits)
    columns = ["Plan", *(["Mean"] if with_mean else []), *(["P10", "P90"] if wide else [])]
    columns += [f"P{HEADLINE} by its end", *(["Over funding"] if funded else [])]
    made = table("", *((name, "right") for name in columns), title=_titled("Spending", section.currency))
    for line in [*section.lines, section.total]:
        spread = [line.spread[0], line.spread[3]] if wide else []
        last = [line.over] if funded else []
        style = "bold" if line is section.total else "yellow" if line.short else ""
        name = Text(wording.clean(line.label))
        mean = [line.mean] if with_mean else []
        made.add_row(name, line.deterministic, *mean, *spread, line.cumulative_spread[2], *last, style=style)
    return made


def _titled(title: str, currency: str) -> str:
    return wording.clean(f"{title}, {currency}" if currency else title)
