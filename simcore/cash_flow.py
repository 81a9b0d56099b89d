"""Cost over time: what is spent in every period, iteration by iteration."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcore.models.finance import FundingLimit
from simcore.sampled import MoneyVariable

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class CashFlow:
    """Spending by period, in then-year money where the plan escalates prices.

    Attributes
    ----------
    unit : str
        week, month, quarter, year (fiscal).
    edges : ndarray of datetime64[m], shape (periods + 1,)
        Where the periods begin and the last ends; everything is spent between the first and the last.
    labels : tuple of str
        What people call each period: ``2026-03``, ``2026 Q1``, ``FY2027``, ``2026-W09``.
    actual : ndarray, shape (periods,)
        Spent before the data date; part of every iteration.
    deterministic : ndarray, shape (periods,)
        Spending by period without uncertainty, what has been spent included.
    by_period : ndarray, shape (periods, iterations)
        Spending by period in every iteration, in iteration order.
    replicates : int
        Of the run's design; see :class:`simcore.sampled.Sampled`.
    limits : tuple of FundingLimit
        What may be spent, all in all, by a date.
    """

    unit: str
    edges: npt.NDArray[np.datetime64]
    labels: tuple[str, ...]
    actual: Floats
    deterministic: Floats
    by_period: Floats
    replicates: int
    limits: Sequence[FundingLimit] = ()

    @property
    def periods(self) -> int:
        return len(self.labels)

    @property
    def iterations(self) -> int:
        return self.by_period.shape[1]

    @cached_property
    def mean(self) -> Floats:
        """Mean spending by period."""
        return self.by_period.mean(axis=1)

    @cached_property
    def cumulative_deterministic(self) -> Floats:
        """Spending up to the end of every period without uncertainty."""
        return np.cumsum(self.deterministic)

    def period(self, number: int) -> MoneyVariable:
        """Spending in one period as a variable with P-values and standard errors."""
        return MoneyVariable(self.by_period[number], self.replicates, float(self.deterministic[number]))

    def cumulative(self, number: int) -> MoneyVariable:
        """Spending up to the end of a period, likewise."""
        total = self.by_period[: number + 1].sum(axis=0)
        return MoneyVariable(total, self.replicates, float(self.cumulative_deterministic[number]))
