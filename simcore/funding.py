"""Whether the money is there in time: spending against funding limits, period by period and limit by limit."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.flow_summary import running
from simcore.models.finance import FundingLimit
from simcore.sampled import MoneyVariable

if TYPE_CHECKING:
    from simcore.cash_flow import CashFlow

Floats = npt.NDArray[np.float64]
SHORT = 0.2
"""Money is said to run short where a limit is exceeded with more than this probability: what lies beyond P80."""
TOLERANCE = 0.005
"""Half a cent: sums of binary fractions that miss a limit by less than this keep it."""


@dataclass(frozen=True, kw_only=True)
class Excess:
    """Spending beyond a limit.

    Attributes
    ----------
    limit : FundingLimit
    probability, probability_error : float
        Share of iterations that exceed it, and its standard error.
    expected, expected_error : float
        Mean of what is spent beyond it, counting iterations within it as 0.
    needed : mapping of percent to float
        Funding that P50 and P80 of the spending ask for.
    """

    limit: FundingLimit
    probability: float
    probability_error: float
    expected: float
    expected_error: float
    needed: dict[int, float]

    @property
    def missing(self) -> float:
        """What P80 asks for beyond the limit; 0 where it is enough."""
        return max(self.needed[80] - self.limit.amount, 0.0)

    @property
    def short(self) -> bool:
        return self.probability > SHORT


@dataclass(frozen=True, kw_only=True)
class Funding:
    """A cash flow against its limits.

    Attributes
    ----------
    by_period : tuple of Excess or None
        At the end of every period, against the lowest limit then in force; None where none is.
    by_limit : tuple of Excess
        Up to the date of every limit, in the order of their dates.
    probability, probability_error : float
        That any limit is exceeded at any time.
    first_short : int or None
        The first period at whose end the limit is exceeded with more than ``SHORT`` probability.
    """

    by_period: tuple[Excess | None, ...]
    by_limit: tuple[Excess, ...]
    probability: float
    probability_error: float
    first_short: int | None


def funding(flow: CashFlow) -> Funding | None:
    """Spending against the limits of a cash flow; None without limits.

    A limit whose date lies inside of a period is compared with the spending up to then, taken as even within the period.
    """
    if not flow.limits:
        return None
    limits = sorted(flow.limits, key=lambda limit: limit.until or datetime.max)
    peaks = [np.full(flow.iterations, -np.inf) for _ in limits]
    by_period: list[Excess | None] = []
    before = np.zeros(flow.iterations)
    for number, spent in enumerate(running(flow)):
        for limit, peak in zip(limits, peaks, strict=True):
            share = _share_before(flow, number, limit)
            if share > 0:
                np.maximum(peak, before + share * (spent.samples - before), out=peak)
        in_force = limit_in_force(limits, flow.edges[number + 1])
        by_period.append(None if in_force is None else _excess(spent.samples, flow.replicates, in_force))
        before = spent.samples
    by_limit = [
        _excess(np.where(np.isfinite(peak), peak, 0.0), flow.replicates, limit)
        for limit, peak in zip(limits, peaks, strict=True)
    ]
    amounts = np.array([limit.amount for limit in limits])
    exceeded = np.any(np.array(peaks) > amounts[:, None] + TOLERANCE, axis=0)
    all_in_all = MoneyVariable(exceeded.astype(np.float64), flow.replicates, 0.0)
    return Funding(
        by_period=tuple(by_period),
        by_limit=tuple(by_limit),
        probability=all_in_all.mean,
        probability_error=all_in_all.standard_error("mean"),
        first_short=next((k for k, excess in enumerate(by_period) if excess and excess.short), None),
    )


def limit_in_force(limits: Sequence[FundingLimit], moment: np.datetime64) -> FundingLimit | None:
    """The lowest of the limits that still hold at a moment; None when none does."""
    holding = (limit for limit in limits if limit.until is None or np.datetime64(limit.until, "m") >= moment)
    return min(holding, key=lambda limit: limit.amount, default=None)


def _share_before(flow: CashFlow, number: int, limit: FundingLimit) -> float:
    """Which part of a period lies before the date of a limit."""
    if limit.until is None:
        return 1.0
    begin, end = flow.edges[number : number + 2].astype("datetime64[m]")
    return float(np.clip((np.datetime64(limit.until, "m") - begin) / (end - begin), 0.0, 1.0))


def _excess(spent: Floats, replicates: int, limit: FundingLimit) -> Excess:
    spending = MoneyVariable(spent, replicates, 0.0)
    beyond = MoneyVariable(np.maximum(spent - limit.amount, 0.0), replicates, 0.0)
    return Excess(
        limit=limit,
        probability=1.0 - spending.probability(limit.amount + TOLERANCE),
        probability_error=spending.probability_error(limit.amount + TOLERANCE),
        expected=beyond.mean,
        expected_error=beyond.standard_error("mean"),
        needed={percent: spending.p(percent) for percent in (50, 80)},
    )
