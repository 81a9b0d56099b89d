"""Cash flow, funding and contingency in the machine-readable answer, and the cash flow as CSV."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.answer_values import date_value, date_values, number, write_columns
from simcore.drawdown import Drawdown, drawdown
from simcore.flow_summary import Bands, FlowSummary, summarise_flow
from simcore.funding import Excess, Funding, funding
from simcore.models.errors import PlanError, Problem

if TYPE_CHECKING:
    from simcore.cash_flow import CashFlow
    from simcore.contingency import Contingency, Share
    from simcore.models.finance import FundingLimit
    from simcore.results import Results
    from simcore.sampled import MoneyVariable

TARGET = 80
DIVISIONS = ("by_source", "by_activity", "by_wbs", "by_account", "by_risk")
CSV_PERCENTILES = (10, 50, 80, 90)


def money_answer(results: Results, variable: Callable[[MoneyVariable], dict[str, Any]]) -> dict[str, Any]:
    """The blocks about money over time and about contingency; null for what a run does not have.

    Parameters
    ----------
    results : Results
    variable : callable
        How the answer writes an amount with its P-values.
    """
    flow, contingency = results.cash_flow, results.contingency(TARGET)
    funded = None if flow is None else funding(flow)
    return {
        "cost_base_year": None if results.cost_base_year is None else variable(results.cost_base_year),
        "present_value": None if results.present_value is None else variable(results.present_value),
        "cash_flow": None if flow is None else _cash_flow(flow),
        "funding": None if flow is None or funded is None else _funding(flow, funded),
        "contingency": None if contingency is None else _contingency(contingency, drawdown(results, contingency)),
    }


def write_cash_flow(results: Results, stream: IO[str]) -> None:
    """The cash flow as CSV: one row a period; cumulative columns hold what is spent up to its end.

    Raises
    ------
    PlanError
        When the run has no cash flow.
    """
    flow = results.cash_flow
    if flow is None:
        raise PlanError(Problem("", "The run has no cash flow to write.", "Give the plan costs, and the run periods."))
    summary, funded = summarise_flow(flow), funding(flow)
    write_columns(
        {
            "start": np.array(date_values(flow.edges[:-1])),
            "end": np.array(date_values(flow.edges[1:])),
            "label": np.array(flow.labels),
            "actual": _cents(flow.actual),
            **_csv_bands("", summary.by_period),
            **_csv_bands("cumulative_", summary.cumulative),
            **_csv_funding(flow, funded),
        },
        stream,
    )


def _csv_bands(prefix: str, bands: Bands) -> dict[str, npt.NDArray[np.float64]]:
    named = {"deterministic": bands.deterministic, "mean": bands.mean}
    named |= {f"P{percent}": bands.percentiles[percent] for percent in CSV_PERCENTILES}
    return {prefix + name: _cents(values) for name, values in named.items()}


def _csv_funding(flow: CashFlow, funded: Funding | None) -> dict[str, npt.NDArray[Any]]:
    """The limit in force at the end of every period and the probability of exceeding it, empty where there is none."""
    excesses = (None,) * flow.periods if funded is None else funded.by_period
    return {
        "funding_limit": np.array(["" if e is None else e.limit.amount for e in excesses], object),
        "probability_over_funding": np.array(["" if e is None else number(e.probability) for e in excesses], object),
    }


def _cents(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.round(values, 2) + 0.0


def _cash_flow(flow: CashFlow) -> dict[str, Any]:
    summary = summarise_flow(flow)
    return {"unit": flow.unit, "periods": list(_periods(flow, summary))}


def _periods(flow: CashFlow, summary: FlowSummary) -> Iterator[dict[str, Any]]:
    edges = date_values(flow.edges)
    for k, label in enumerate(flow.labels):
        yield {
            "label": label, "start": edges[k], "end": edges[k + 1], "actual": number(flow.actual[k]),
            **_band(summary.by_period, k),
            "cumulative": _band(summary.cumulative, k),
        }  # fmt: skip


def _band(bands: Bands, k: int) -> dict[str, Any]:
    return {
        "deterministic": number(bands.deterministic[k]),
        "mean": number(bands.mean[k]),
        "percentiles": {f"P{percent}": number(values[k]) for percent, values in bands.percentiles.items()},
        "standard_error": {"mean": number(bands.mean_error[k]), "P80": number(bands.p80_error[k])},
    }


def _funding(flow: CashFlow, funded: Funding) -> dict[str, Any]:
    return {
        "probability_over_any": number(funded.probability),
        "probability_over_any_error": number(funded.probability_error),
        "first_short": None if funded.first_short is None else flow.labels[funded.first_short],
        "limits": [_excess(excess) for excess in funded.by_limit],
        "periods": [
            {"label": label, **_excess(excess)}
            for label, excess in zip(flow.labels, funded.by_period, strict=True)
            if excess is not None
        ],
    }


def _excess(excess: Excess) -> dict[str, Any]:
    return {
        **_limit(excess.limit),
        "probability_over": number(excess.probability),
        "probability_over_error": number(excess.probability_error),
        "expected_excess": number(excess.expected),
        "expected_excess_error": number(excess.expected_error),
        "needed": {f"P{percent}": number(amount) for percent, amount in excess.needed.items()},
    }


def _limit(limit: FundingLimit) -> dict[str, Any]:
    return {"limit": limit.name, "amount": number(limit.amount), "until": date_value(limit.until)}


def _contingency(contingency: Contingency, drawn: Drawdown | None) -> dict[str, Any]:
    return {
        "percent": contingency.percent,
        **{name: number(getattr(contingency, name)) for name in ("planned", "target", "total")},
        "total_error": number(contingency.total_error),
        "explained": number(contingency.explained),
        **{name: [_share(share) for share in getattr(contingency, name)] for name in DIVISIONS},
        "drawdown": None if drawn is None else list(_drawdown(drawn)),
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "id": share.id, "name": share.name, "amount": round(share.amount, 2) + 0.0,
        "standard_error": number(share.standard_error), "planned": number(share.planned),
    }  # fmt: skip


def _drawdown(drawn: Drawdown) -> Iterator[dict[str, Any]]:
    moments = date_values(drawn.moments)
    for moment, planned, expected, to_go in zip(moments, drawn.planned, drawn.expected, drawn.cost_to_go, strict=True):
        yield {
            "at": moment, "planned": number(planned), "expected": number(expected), "cost_to_go": number(to_go),
        }  # fmt: skip

