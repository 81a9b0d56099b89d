"""How money behaves over time: price levels, discounting, budget and funding, cost accounts, spreading curves."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simcore.models.distributions import Distribution

COST_KINDS = ("labour", "equipment", "material", "cost", "fixed", "per_day", "expense", "risk")
"""What a cost may be: that of a resource by the kind of the resource, fixed, by the day, an expense, an impact of a risk."""

ACCRUALS = ("uniform", "start", "end")
"""When a cost falls due, beside the curves of the plan."""

NO_INDEX = "none"
"""Names no escalation index: a cost that keeps its price whatever the plan says of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationIndex:
    """How prices of a group of costs move from the price date on.

    Prices follow the table ``points`` (linear between two of them, as a ratio to its value at the price date) and, after its
    last point or without one, grow by ``rate`` a year: compounded at every anniversary, linear between two of them.

    Attributes
    ----------
    rate : float, Distribution or None
        Growth a year as a share (0.025 for 2.5 %); None: prices stay.
    each_year : bool
        Every year draws a rate of its own; else one draw holds for all years.
    points : tuple of (datetime, float)
        An index table, dates rising, values above 0, in any base.
    uncertainty : Distribution or None
        Relative; multiplies the growth that the table tells (110 % of a rise by 20 % is a rise by 22 %).
    kinds : tuple of str
        Kinds of cost (``COST_KINDS``) that it applies to; empty: all.
    activities : tuple of str or None
        Shown ids of the activities whose costs it applies to; None: all.
    """

    id: str
    name: str = ""
    rate: float | Distribution | None = None
    each_year: bool = False
    points: tuple[tuple[datetime, float], ...] = ()
    uncertainty: Distribution | None = None
    kinds: tuple[str, ...] = ()
    activities: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """Interest a year (0.06 for 6 %) by which later money is worth less, and the date whose money it is counted in."""

    rate: float
    date: datetime | None = None  # None: the data date


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLimit:
    """No more than ``amount`` may be spent, all in all, up to and including the day before ``until`` (None: ever)."""

    amount: float
    until: datetime | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What has been approved: for the work, as contingency on top, and as management reserve beyond that."""

    amount: float
    contingency: float = 0.0
    management_reserve: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A cost account; ``code`` is the full path, unique in the plan."""

    code: str
    name: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finance:
    """All of a plan that is about money and time.

    Attributes
    ----------
    price_date : datetime or None
        The date of whose prices the costs are (base-year money); None: the data date.
    fiscal_year_start : int
        Month in which the fiscal year begins.
    escalation : tuple of EscalationIndex
        The first that applies to a cost is taken, unless the cost names one itself.
    curves : mapping of name to tuple of float
        How an assignment or a cost spreads over its duration: weights of equal parts of it, 0 or more.
    """

    price_date: datetime | None = None
    fiscal_year_start: int = 1
    escalation: tuple[EscalationIndex, ...] = ()
    discount: Discount | None = None
    budget: Budget | None = None
    funding: tuple[FundingLimit, ...] = ()
    accounts: tuple[Account, ...] = ()
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
