"""What a report says about earned value, as text: a verdict, the indices, forecasts beside the simulation's, WBS, the worst."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simcore.earned_forecasts import CostForecast, FinishForecast, cost_forecasts, finish_forecasts
from simcore.reports import wording
from simcore.reports.content import HEADLINE, priced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.earned_measures import Measures
    from simcore.earned_schedule import EarnedSchedule
    from simcore.earned_value import EarnedValue
    from simcore.results import Results

WORST = 8
WHOLE = 10_000
"""Budget from which amounts are shown without cents."""

_COST_NAMES = {
    "at_budget": "The rest at its budget",
    "cpi": "The rest as dear as so far",
    "cpi_spi": "The rest as dear and as slow as so far",
    "bottom_up": "The plan's own estimate",
}
_FINISH_NAMES = {"as_planned": "The rest as planned", "spi_t": "The rest as slow as so far"}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with what it means."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ForecastLine:
    """One forecast: how it comes about, what it says, and where it lies in the simulation."""

    name: str
    formula: str
    value: str
    difference: str
    place: str
    emphasised: bool = False


@dataclass(frozen=True, kw_only=True)
class ValueLine:
    """Measures of a WBS node or an activity."""

    id: str
    name: str
    amounts: tuple[str, ...]  # BAC, PV, EV, AC, SV, CV
    spi: str
    cpi: str


@dataclass(frozen=True, kw_only=True)
class EarnedSection:
    """Everything about earned value.

    Attributes
    ----------
    worst : tuple of ValueLine
        The activities with the largest negative variance of cost or schedule.
    """

    verdict: str
    figures: tuple[Figure, ...]
    cost: tuple[ForecastLine, ...]
    finish: tuple[ForecastLine, ...]
    wbs: tuple[ValueLine, ...]
    worst: tuple[ValueLine, ...]
    notes: tuple[str, ...]
    currency: str


def earned_section(results: Results) -> EarnedSection | None:
    """What the report says about earned value; None where there is nothing to measure."""
    earned = results.earned_value
    if earned is None:
        return None
    whole = earned.total.bac >= WHOLE
    return EarnedSection(
        verdict=verdict(results, earned),
        figures=tuple(_figures(earned, whole)),
        cost=(*(_cost_line(f, earned, whole) for f in cost_forecasts(results, earned)), *_simulated_cost(results, earned, whole)),
        finish=(*(_finish_line(f, earned) for f in finish_forecasts(results, earned)), *_simulated_finish(results, earned)),
        wbs=tuple(_value_line(node.code, node.name, node.measures, whole) for node in earned.wbs),
        worst=tuple(_worst(earned, whole)),
        notes=earned.notes,
        currency=results.plan.currency,
    )


def verdict(results: Results, earned: EarnedValue) -> str:
    """What has been achieved, and where the index forecasts lie in the simulation, in two sentences."""
    total, currency = earned.total, results.plan.currency

    def money(amount: float) -> str:
        return wording.short_money(amount, currency)

    text = f"Work worth {money(total.ev)} is done where {money(total.pv)} was planned{_index('SPI', total.spi)}"
    text += f", for {money(total.ac)}{_index('CPI', total.cpi)}" if total.ac else ""
    (cost,) = (f for f in cost_forecasts(results, earned) if f.id == "cpi")
    (finish,) = (f for f in finish_forecasts(results, earned) if f.id == "spi_t")
    said = []
    if cost.amount is not None:
        said.append(f"BAC/CPI forecasts {money(cost.amount)}{_at(cost.probability, 'below', 'above')}")
    if finish.date is not None:
        date = wording.date_text(finish.date)
        said.append(f"{'e' if said else 'E'}arned schedule forecasts {date}{_at(finish.probability, 'before', 'after')}")
    return f"{text}. {'; '.join(said)}." if said else f"{text}."


def brief(earned: EarnedValue) -> str:
    """The indices in a line, for terminals."""
    total, schedule = earned.total, earned.schedule
    return (
        f"BAC {wording.money_text(total.bac)} · SPI(t) {index_text(schedule.spi)}, {_time_variance(schedule)} · "
        f"TCPI {index_text(total.tcpi_bac)} · TSPI {index_text(schedule.tspi)}"
    )


def place_text(probability: float | None, before: str, after: str) -> str:
    """Where a value lies among the iterations.

    >>> place_text(0.724, "below", "above"), place_text(0.0, "below", "above"), place_text(0.999, "before", "after")
    ('P72', 'below all iterations', 'P99.9')
    """
    if probability is None:
        return wording.UNKNOWN
    if probability in (0.0, 1.0):
        return f"{after if probability else before} all iterations"
    percent = 100 * probability
    return f"P{percent:.0f}" if 1 <= percent <= 99 else f"P{percent:.1f}"


def index_text(index: float | None) -> str:
    """An index with two decimals.

    >>> index_text(0.934), index_text(None)
    ('0.93', '–')
    """
    return wording.UNKNOWN if index is None else f"{index:.2f}"


def _index(name: str, index: float | None) -> str:
    return "" if index is None else f" ({name} {index_text(index)})"


def _at(probability: float | None, before: str, after: str) -> str:
    if probability is None:
        return ""
    place = place_text(probability, before, after)
    return f", at the {place} of the simulation" if place.startswith("P") else f", {place} of the simulation"


def _figures(earned: EarnedValue, whole: bool) -> list[Figure]:
    total, schedule = earned.total, earned.schedule

    def money(amount: float) -> str:
        return wording.money_text(amount, whole=whole)

    def beside(variance: str, amount: float, name: str, of: float) -> str:
        return f"{variance} {wording.money_text(amount, signed=True, whole=whole)}; {name} {money(of)}"

    keeps = "the pace that keeps the planned finish"
    done = wording.percent_text(total.ev / total.bac)
    needed = f"the pace that keeps the budget; the plan's own estimate takes {index_text(total.tcpi_eac)} for granted"
    reached = f"as much was to be earned by {wording.date_text(schedule.moment)}"
    return [
        Figure(label="Earned value EV", value=money(total.ev), note=f"{done} of the budget BAC {money(total.bac)}"),
        Figure(label="SPI = EV / PV", value=index_text(total.spi), note=beside("SV", total.sv, "PV", total.pv)),
        Figure(label="CPI = EV / AC", value=index_text(total.cpi), note=beside("CV", total.cv, "AC", total.ac)),
        Figure(
            label="SPI(t) = ES / AT", value=index_text(schedule.spi),
            note=f"{_time_variance(schedule)}; {reached}",
        ),
        Figure(label="TCPI = (BAC − EV) / (BAC − AC)", value=index_text(total.tcpi_bac), note=needed),
        Figure(label="TSPI = (PD − ES) / (PD − AT)", value=index_text(schedule.tspi), note=keeps),
    ]  # fmt: skip


def _time_variance(schedule: EarnedSchedule) -> str:
    days = schedule.sv / (60 * schedule.hours_per_day)
    sign = wording.MINUS if days < 0 else "+" if days > 0 else ""
    unit = "days" if schedule.calendar is None else "working days"
    return f"SV(t) {sign}{abs(days):,.1f} {unit}"


def _cost_line(forecast: CostForecast, earned: EarnedValue, whole: bool) -> ForecastLine:
    place = place_text(forecast.probability, "below", "above")
    return _amount_line(_COST_NAMES[forecast.id], forecast.formula, forecast.amount, earned, whole, place)


def _amount_line(
    name: str, formula: str, amount: float | None, earned: EarnedValue, whole: bool, place: str, emphasised: bool = False
) -> ForecastLine:
    return ForecastLine(
        name=name,
        formula=formula,
        value=wording.UNKNOWN if amount is None else wording.money_text(amount, whole=whole),
        difference="" if amount is None else wording.money_text(amount - earned.total.bac, signed=True, whole=whole),
        place=place,
        emphasised=emphasised,
    )


def _simulated_cost(results: Results, earned: EarnedValue, whole: bool) -> list[ForecastLine]:
    cost = priced(results)
    if cost is None or not cost.varies:
        return []
    return [
        _amount_line("Simulation", f"P{percent}", cost.p(percent), earned, whole, f"P{percent}", percent == HEADLINE)
        for percent in (50, HEADLINE)
    ]


def _finish_line(forecast: FinishForecast, earned: EarnedValue) -> ForecastLine:
    place = place_text(forecast.probability, "before", "after")
    return _date_line(_FINISH_NAMES[forecast.id], forecast.formula, forecast.date, earned, place)


def _date_line(
    name: str, formula: str, date: datetime | None, earned: EarnedValue, place: str, emphasised: bool = False
) -> ForecastLine:
    late = None if date is None else date - earned.schedule.finish
    return ForecastLine(
        name=name,
        formula=formula,
        value=wording.UNKNOWN if date is None else wording.date_text(date),
        difference="" if late is None else wording.span_text(late, signed=abs(late) >= timedelta(hours=1)),
        place=place,
        emphasised=emphasised,
    )


def _simulated_finish(results: Results, earned: EarnedValue) -> list[ForecastLine]:
    finish = results.finish
    kept = finish.probability_of_deterministic if finish.varies else None
    place = place_text(kept, "before", "after")
    planned = _date_line("The plan's own schedule", "deterministic", finish.deterministic, earned, place)
    if kept is None:
        return [planned]
    return [planned] + [
        _date_line("Simulation", f"P{percent}", finish.p(percent), earned, f"P{percent}", percent == HEADLINE)
        for percent in (50, HEADLINE)
    ]


def _value_line(key: str, name: str, measures: Measures, whole: bool) -> ValueLine:
    plain = (wording.money_text(amount, whole=whole) for amount in (measures.bac, measures.pv, measures.ev, measures.ac))
    signed = (wording.money_text(amount, signed=True, whole=whole) for amount in (measures.sv, measures.cv))
    return ValueLine(
        id=key, name=name, amounts=(*plain, *signed), spi=index_text(measures.spi), cpi=index_text(measures.cpi)
    )


def _worst(earned: EarnedValue, whole: bool) -> list[ValueLine]:
    def loss(measures: Measures) -> float:
        return min(measures.sv, measures.cv if measures.ac else 0.0)

    behind: Sequence[int] = sorted(range(len(earned.activities)), key=lambda k: (loss(earned.activities[k].measures), k))
    chosen = [earned.activities[k] for k in behind[:WORST] if loss(earned.activities[k].measures) < 0]
    return [_value_line(a.id, a.name, a.measures, whole) for a in chosen]
