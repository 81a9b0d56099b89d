"""A cash flow in numbers: P-values of every period and up to its end, and the same in fewer, longer periods."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.periods import period_label
from simcore.sampled import MoneyVariable

if TYPE_CHECKING:
    from simcore.cash_flow import CashFlow

Floats = npt.NDArray[np.float64]
SHOWN = (10, 25, 50, 75, 80, 90)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Spending in every period, or up to its end: each an array of shape (periods,).

    Attributes
    ----------
    percentiles : mapping of percent to ndarray
        Of ``SHOWN``.
    mean_error, p80_error : ndarray
        Standard errors of the mean and of P80.
    """

    deterministic: Floats
    mean: Floats
    mean_error: Floats
    percentiles: Mapping[int, Floats]
    p80_error: Floats


@dataclass(frozen=True, kw_only=True)
class FlowSummary:
    """A cash flow without its iterations."""

    by_period: Bands
    cumulative: Bands


def summarise_flow(flow: CashFlow) -> FlowSummary:
    """P-values and errors of all periods."""
    return FlowSummary(
        by_period=_bands(flow, (flow.period(number) for number in range(flow.periods))),
        cumulative=_bands(flow, running(flow)),
    )


def running(flow: CashFlow) -> Iterator[MoneyVariable]:
    """Spending up to the end of one period after the other, each sum made from the one before."""
    total = np.zeros(flow.iterations)
    for number in range(flow.periods):
        total = total + flow.by_period[number]
        yield MoneyVariable(total, flow.replicates, float(flow.cumulative_deterministic[number]))


def _bands(flow: CashFlow, variables: Iterator[MoneyVariable]) -> Bands:
    table = np.array(
        [
            [v.deterministic, v.mean, v.standard_error("mean"), v.standard_error(80), *(v.p(percent) for percent in SHOWN)]
            for v in variables
        ]
    ).reshape(flow.periods, -1)
    planned, mean, mean_error, p80_error, *percentiles = table.T
    return Bands(
        deterministic=planned,
        mean=mean,
        mean_error=mean_error,
        percentiles=dict(zip(SHOWN, percentiles, strict=True)),
        p80_error=p80_error,
    )


def coarser(flow: CashFlow, fiscal_year_start: int, most: int) -> CashFlow:
    """The cash flow in at most ``most`` periods: quarters or fiscal years of months, else so many periods in a row."""
    if flow.periods <= most:
        return flow
    for unit, months in MONTHS_OF.items():
        if months > MONTHS_OF.get(flow.unit, 12):
            keys = _fiscal(flow, fiscal_year_start, months)
            if len(np.unique(keys)) <= most:
                return _merged(flow, keys, unit, fiscal_year_start)
    return _merged(flow, np.arange(flow.periods) // -(-flow.periods // most), flow.unit, fiscal_year_start)


def _fiscal(flow: CashFlow, first_month: int, months: int) -> npt.NDArray[np.int64]:
    """Number of the quarter or year in which every period begins; years by the calendar year in which they end."""
    since_1970 = flow.edges[:-1].astype("datetime64[M]").astype(np.int64)
    shifted = since_1970 + 12 * 1970 + (13 - first_month) % 12  # months of the fiscal calendar since year 0
    return np.asarray(shifted // months)


def _merged(flow: CashFlow, keys: npt.NDArray[np.int64], unit: str, first_month: int) -> CashFlow:
    first = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    groups = [list(numbers) for _, numbers in groupby(range(flow.periods), key=lambda number: keys[number])]
    fiscal = unit != flow.unit
    labels = (
        period_label(unit, flow.edges[group[0]].item(), first_month) if fiscal else _span_label(flow.labels, group)
        for group in groups
    )
    return replace(
        flow,
        unit=unit,
        edges=np.append(flow.edges[first], flow.edges[-1]),
        labels=tuple(labels),
        actual=np.add.reduceat(flow.actual, first),
        deterministic=np.add.reduceat(flow.deterministic, first),
        by_period=np.add.reduceat(flow.by_period, first, axis=0),
    )


def _span_label(labels: tuple[str, ...], group: list[int]) -> str:
    first, last = labels[group[0]], labels[group[-1]]
    return first if first == last else f"{first} to {last}"
