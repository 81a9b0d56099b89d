"""Forecasts from the indices of earned value beside the simulation's: where each lies among the iterations."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcore.earned_value import EarnedValue
    from simcore.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class CostForecast:
    """A cost at completion; ``probability`` is the share of iterations that cost no more.

    Both are None where an index is unknown, the probability also where no cost varies.
    """

    id: str
    formula: str
    amount: float | None
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishForecast:
    """A finish; ``probability`` is the share of iterations that finish no later, None where all finish together."""

    id: str
    formula: str
    date: datetime | None
    probability: float | None


def cost_forecasts(results: Results, earned: EarnedValue) -> tuple[CostForecast, ...]:
    """Estimates at completion (EAC)."""
    total, cost = earned.total, results.cost
    amounts = {
        "at_budget": ("AC + (BAC − EV)", total.eac_at_budget),
        "cpi": ("BAC / CPI", total.eac_cpi),
        "cpi_spi": ("AC + (BAC − EV) / (CPI × SPI)", total.eac_cpi_spi),
        "bottom_up": ("AC + ETC of the plan", total.eac_bottom_up),
    }
    return tuple(
        CostForecast(
            id=name,
            formula=formula,
            amount=amount,
            probability=None if amount is None or cost is None or not cost.varies else cost.probability(amount),
        )
        for name, (formula, amount) in amounts.items()
    )


def finish_forecasts(results: Results, earned: EarnedValue) -> tuple[FinishForecast, ...]:
    """Finishes from earned schedule."""
    schedule, finish = earned.schedule, results.finish
    dates = {
        "as_planned": ("AT + (PD − ES)", schedule.forecast_as_planned),
        "spi_t": ("PD / SPI(t)", schedule.forecast),
    }
    return tuple(
        FinishForecast(
            id=name,
            formula=formula,
            date=date,
            probability=None if date is None or not finish.varies else finish.probability(date),
        )
        for name, (formula, date) in dates.items()
    )
