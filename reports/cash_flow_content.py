"""What a report says about spending over time and its funding, as plain data."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.flow_summary import FlowSummary, coarser, summarise_flow
from simcore.funding import Excess, Funding, funding
from simcore.reports import wording
from simcore.reports.content import HEADLINE
from simcore.reports.money_parts import WHOLE_FROM, shown_amount, texts_of_parts, with_currency

if TYPE_CHECKING:
    from simcore.cash_flow import CashFlow
    from simcore.results import Results
    from simcore.sampled import MoneyVariable

PERIOD_NAMES = {"week": "week", "month": "month", "quarter": "quarter", "year": "fiscal year"}
BAND = (10, 50, 80, 90)


@dataclass(frozen=True, kw_only=True)
class FlowLine:
    """One period, or all of them: spending in it, and up to its end, as text.

    Attributes
    ----------
    spread, cumulative_spread : tuple of str
        P10, P50, P80 and P90.
    over : str
        Probability of exceeding the funding limit in force at its end; of a longer period, where it is largest.
    short : bool
        Whether that is more than one in five.
    """

    label: str
    actual: str
    deterministic: str
    mean: str
    spread: tuple[str, ...]
    cumulative_mean: str
    cumulative_spread: tuple[str, ...]
    over: str = ""
    short: bool = False


@dataclass(frozen=True, kw_only=True)
class FundingLine:
    """One funding limit, up to its date."""

    name: str
    amount: str
    until: str
    probability: str
    error: str
    needed: str
    missing: str
    short: bool


@dataclass(frozen=True, kw_only=True)
class CashFlowSection:
    """Spending over time.

    Attributes
    ----------
    period : str
        What a period is: month, fiscal year ...
    lines : tuple of FlowLine
        Every period; their printed actual, deterministic and mean amounts add up to those of ``total``.
    sentence : str
        Whether the funding suffices; empty without limits.
    """

    period: str
    currency: str
    lines: tuple[FlowLine, ...]
    total: FlowLine
    sentence: str
    limits: tuple[FundingLine, ...]

    @property
    def with_actual(self) -> bool:
        return self.total.actual not in ("", "0")


@dataclass(frozen=True, kw_only=True)
class PriceLevel:
    """The total cost in one kind of money."""

    name: str
    deterministic: str
    mean: str
    p50: str
    p80: str
    error: str


def cash_flow_section(results: Results, most: int | None = None) -> CashFlowSection | None:
    """What is said about the cash flow, in at most so many periods; None where a run has none or nothing is spent."""
    whole_flow = results.cash_flow
    if whole_flow is None or not whole_flow.by_period.any():
        return None
    flow = whole_flow if most is None else coarser(whole_flow, results.plan.finance.fiscal_year_start, most)
    funded = funding(whole_flow)
    whole = abs(float(whole_flow.mean.sum())) >= WHOLE_FROM
    *lines, total = _lines(flow, summarise_flow(flow), _worst(whole_flow, flow, funded), whole)
    return CashFlowSection(
        period=PERIOD_NAMES[flow.unit],
        currency=results.plan.currency,
        lines=tuple(lines),
        total=total,
        sentence="" if funded is None else _sentence(whole_flow, funded, results.plan.currency),
        limits=() if funded is None else tuple(_limit_line(excess, whole) for excess in funded.by_limit),
    )


def _worst(flow: CashFlow, shown: CashFlow, funded: Funding | None) -> list[Excess | None]:
    """The period of each longer one at whose end a limit is exceeded most probably; None without a limit."""
    worst: list[Excess | None] = [None] * shown.periods
    for excess, into in zip(funded.by_period if funded else (), np.searchsorted(shown.edges[1:], flow.edges[1:]), strict=False):
        known = worst[into]
        if excess and (known is None or excess.probability > known.probability):
            worst[into] = excess
    return worst


def _lines(flow: CashFlow, summary: FlowSummary, worst: list[Excess | None], whole: bool) -> list[FlowLine]:
    """A line a period, and the sum of all."""
    actual, planned, mean = (_with_total(of, whole) for of in (flow.actual, flow.deterministic, flow.mean))
    percentiles, cumulative = (_texts(bands.percentiles, whole) for bands in (summary.by_period, summary.cumulative))
    means = [wording.money_text(value, whole=whole) for value in summary.cumulative.mean]
    lines = []
    for number, label in enumerate(flow.labels):
        excess = worst[number]
        lines.append(
            FlowLine(
                label=label,
                actual=actual[number] if flow.actual[number] else "",
                deterministic=planned[number],
                mean=mean[number],
                spread=percentiles[number],
                cumulative_mean=means[number],
                cumulative_spread=cumulative[number],
                over=wording.percent_text(excess.probability) if excess else "",
                short=bool(excess and excess.short),
            )
        )
    total = FlowLine(
        label="Total", actual=actual[-1], deterministic=planned[-1], mean=mean[-1], spread=cumulative[-1],
        cumulative_mean="", cumulative_spread=("",) * len(BAND),
    )  # fmt: skip
    return [*lines, total]


def _with_total(values: npt.NDArray[np.float64], whole: bool) -> list[str]:
    """Amounts of all periods, then their sum."""
    total = shown_amount(float(values.sum()), whole)
    return [*texts_of_parts(values.tolist(), total, whole), wording.money_text(total, whole=whole)]


def _texts(percentiles: Mapping[int, npt.NDArray[np.float64]], whole: bool) -> list[tuple[str, ...]]:
    """P10, P50, P80 and P90 of every period."""
    rows = zip(*(percentiles[percent].tolist() for percent in BAND), strict=True)
    return [tuple(wording.money_text(value, whole=whole) for value in row) for row in rows]


def _limit_line(excess: Excess, whole: bool) -> FundingLine:
    limit = excess.limit
    return FundingLine(
        name=limit.name or "Funding limit",
        amount=wording.money_text(limit.amount, whole=whole),
        until=wording.UNKNOWN if limit.until is None else wording.date_text(limit.until),
        probability=wording.percent_text(excess.probability),
        error=wording.points_text(excess.probability_error),
        needed=wording.money_text(excess.needed[HEADLINE], whole=whole),
        missing=wording.money_text(excess.missing, whole=whole) if excess.missing else "",
        short=excess.short,
    )


def _sentence(flow: CashFlow, funded: Funding, currency: str) -> str:
    """When the money runs short first, or how probable it is that it ever does."""
    if funded.first_short is None:
        return f"The funding limits are exceeded at any time with {wording.percent_text(funded.probability)} probability."
    label, excess = flow.labels[funded.first_short], funded.by_period[funded.first_short]
    assert excess is not None  # a period runs short of a limit
    limit = excess.limit
    named = f" of “{limit.name}”" if limit.name else ""
    until = "" if limit.until is None else f" until {wording.date_text(limit.until)}"
    amount = with_currency(wording.money_text(limit.amount), currency)
    return (
        f"Funding may run short in {label}: by its end spending exceeds the {amount}{named}{until} with "
        f"{wording.percent_text(excess.probability)} probability; P{HEADLINE} needs "
        f"{with_currency(wording.money_text(excess.needed[HEADLINE]), currency)} by then."
    )


def price_levels(results: Results) -> tuple[PriceLevel, ...]:
    """The cost in then-year and base-year money and its present value; empty where there is only one kind of money."""
    kinds = {"Base-year money": results.cost_base_year, "Present value": results.present_value}
    others = {name: variable for name, variable in kinds.items() if variable is not None}
    if results.cost is None or not others:
        return ()
    first = "Then-year money" if results.cost_base_year is not None else "Cost"
    return tuple(_level(name, variable) for name, variable in {first: results.cost, **others}.items())


def _level(name: str, variable: MoneyVariable) -> PriceLevel:
    whole = abs(variable.p(HEADLINE)) >= WHOLE_FROM
    planned, mean, p50, p80 = (
        wording.money_text(value, whole=whole)
        for value in (variable.deterministic, variable.mean, variable.p(50), variable.p(HEADLINE))
    )
    error = wording.money_error_text(variable.standard_error(HEADLINE))
    return PriceLevel(name=name, deterministic=planned, mean=mean, p50=p50, p80=p80, error=error)
