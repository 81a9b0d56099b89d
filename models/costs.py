"""What work costs: fixed and by the day, resources with their prices, assignments, expenses."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simcore.models.distributions import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Money that may be uncertain; a relative distribution refers to ``value``."""

    value: float
    uncertainty: Distribution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Remaining cost of an activity beside its assignments and expenses.

    ``per_day`` is money per working day (``hours_per_day`` of the activity's calendar) of remaining duration; ``actual`` is
    what has been spent. ``accrual`` says when the fixed amount is paid: at the ``start``, at the ``end``, ``uniform`` over the
    work, or spread by a curve of the plan.
    """

    fixed: Amount | None = None
    per_day: Amount | None = None
    actual: float = 0.0
    accrual: str = "uniform"
    account: str | None = None
    index: str | None = None  # escalation index; None: the first that applies


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePeriod:
    """Price of a resource from a date on; ``price`` per hour of work (labour, equipment) or per unit (material).

    ``overtime_price`` is None where the tool has none: Microsoft Project then pays overtime nothing, others the ``price``.
    """

    start: datetime | None
    price: float
    overtime_price: float | None = None
    per_use: float = 0.0
    max_units: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """``kind`` is labour, equipment, material or cost; ``calendar`` names a calendar of the plan.

    ``rates`` are its prices; ``rate_tables`` are further lists of prices that an assignment may name instead, under the name
    that its tool gives them (B to E in Microsoft Project, 2 to 5 in Primavera P6).
    """

    id: str
    name: str = ""
    kind: str = "labour"
    calendar: str | None = None
    rates: tuple[RatePeriod, ...] = ()
    rate_tables: Mapping[str, tuple[RatePeriod, ...]] = field(default_factory=dict)
    max_units: float | None = None  # 1.0 is one full-time unit
    uncertainty: Distribution | None = None  # on the price, relative
    productivity: Distribution | None = None  # relative; divides the durations of the activities it drives
    accrual: str = "uniform"  # of its costs: start, uniform, end, or a curve of the plan
    index: str | None = None  # escalation index; None: the first that applies


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A resource on an activity. Work in minutes (material: units in ``quantity``); costs as the source tool stored them.

    A cost that is None follows from work or quantity and the prices of the resource; see :mod:`simcore.models.pricing`.
    """

    resource: str | None
    units: float | None = None  # share of full time, 1.0 = 100 %; material: quantity per the tool's rule
    work: float = 0.0  # budgeted work, minutes
    actual_work: float = 0.0
    remaining_work: float = 0.0
    overtime_work: float = 0.0  # the part of ``work`` that is overtime
    actual_overtime_work: float = 0.0  # the part of ``actual_work`` that was overtime
    quantity: float | None = None  # material units, budgeted
    actual_quantity: float | None = None
    remaining_quantity: float | None = None
    rate_table: str | None = None  # one of the resource's ``rate_tables``; None: its ``rates``
    price: float | None = None  # of its own, an hour or a unit, in place of those of the resource
    lump_sum: bool = False  # its costs are amounts of their own, not work or quantity times a price
    budgeted_cost: float | None = 0.0
    actual_cost: float | None = 0.0
    remaining_cost: float | None = 0.0
    time_dependent: bool = True  # labour and equipment: cost follows the duration; material and lump sums do not
    start: datetime | None = None
    finish: datetime | None = None
    delay: int = 0  # minutes of work after the activity's start (P6 lag, Microsoft Project delay)
    levelling_delay: int = 0
    curve: str | None = None
    drives: bool = True  # P6: drives the activity's dates
    uncertainty: Distribution | None = None  # on the remaining quantity or work, relative; the cost follows it
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """A cost without a resource; ``budgeted_cost`` is ``quantity`` times ``price`` where a file gives these."""

    name: str = ""
    budgeted_cost: float = 0.0
    actual_cost: float = 0.0
    remaining_cost: float = 0.0
    quantity: float | None = None
    price: float | None = None
    accrual: str = "uniform"  # start, uniform, end, or a curve of the plan
    account: str | None = None
    uncertainty: Distribution | None = None  # on the remaining cost
    index: str | None = None  # escalation index; None: the first that applies


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCost:
    """Totals of an activity as its file stores them, None where it stores none; compared, never computed with."""

    budgeted: float | None = None
    actual: float | None = None
    remaining: float | None = None
    at_completion: float | None = None
