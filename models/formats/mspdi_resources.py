"""MSPDI resources with their rates, and what each of them does on which task."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from simcore.models.costs import Assignment, RatePeriod, Resource
from simcore.models.formats.mspdi_calendars import CalendarBook
from simcore.models.formats.mspdi_contours import contour_of
from simcore.models.formats.mspdi_values import Node, Reading

_KINDS = {0: "material", 1: "labour", 2: "cost"}
_ACCRUALS = {1: "start", 2: "end", 3: "uniform"}
_TABLES = ("A", "B", "C", "D", "E")
"""Cost rate tables; the first holds the resource's usual prices."""
_WORK_TYPES = (1, 2)  # timephased data: remaining work, actual work
_BEGINNING = 1984  # the year from which Microsoft Project dates the first line of a rate table


@dataclass(frozen=True, slots=True)
class WorkPeriod:
    """Work between two moments as the file spreads it over time, in minutes."""

    start: datetime
    finish: datetime
    work: float


@dataclass
class TaskWork:
    """What the file's assignments say about a task, those to nobody included."""

    assignments: list[Assignment] = field(default_factory=list)
    periods: list[list[WorkPeriod]] = field(default_factory=list)
    calendars: set[str] = field(default_factory=set)  # of its labour resources


def read_resources(project: Node, book: CalendarBook, reading: Reading) -> dict[str, Resource]:
    """Resources by their unique id as text; blank rows and the one for work assigned to nobody are left out."""
    assigned = {node.integer("ResourceUID") for node in project.children("Assignments/Assignment", "assignment")}
    resources: dict[str, Resource] = {}
    for node in project.children("Resources/Resource", "resource"):
        uid = node.integer("UID")
        if uid is None:
            node.reading.error(node.where, "has no UID.")
        blank = node.flag("IsNull") or (node.text("Name") is None and uid not in assigned)
        if not uid or uid < 0 or blank:
            continue
        node.where = f"resource {uid} {node.text('Name') or ''!r}"
        kind = node.integer("Type")
        if kind is not None and kind not in _KINDS:
            node.reading.error(node.where, f"Type is {kind}, not 0 (material), 1 (work) or 2 (cost).")
        cost_resource = node.flag("IsCostResource")
        resources[str(uid)] = Resource(
            id=str(uid),
            name=node.text("Name") or "",
            kind="cost" if cost_resource else _KINDS.get(1 if kind is None else kind, "labour"),
            calendar=book.named(node.integer("CalendarUID")),
            rates=_rates(node),
            rate_tables=_further_tables(node),
            max_units=node.number("MaxUnits"),
            accrual=_ACCRUALS.get(node.integer("AccrueAt") or 3, "uniform"),
        )
        reading.note("custom fields of resources ignored", count=len(node.children("ExtendedAttribute", "")))
    return resources


def read_assignments(project: Node, resources: dict[str, Resource], reading: Reading) -> dict[int, TaskWork]:
    """Assignments by the unique id of their task."""
    work: dict[int, TaskWork] = defaultdict(TaskWork)
    for node in project.children("Assignments/Assignment", "assignment"):
        task = node.integer("TaskUID")
        if task is None:
            node.reading.error(node.where, "has no TaskUID.")
            continue
        node.where = f"assignment {node.text('UID')} of task {task}"
        resource = resources.get(str(node.integer("ResourceUID")))
        periods = _periods(node)
        if resource is None or resource.kind == "labour":
            work[task].periods.append(periods)
        if resource is None:
            continue
        work[task].assignments.append(_assignment(node, resource))
        if resource.kind == "labour" and resource.calendar is not None:
            work[task].calendars.add(resource.calendar)
        reading.note("baselines of assignments ignored", count=node.has("Baseline"))
    return work


def _assignment(node: Node, resource: Resource) -> Assignment:
    work, actual = node.minutes("Work") or 0.0, node.minutes("ActualWork") or 0.0
    remaining = _left(node.minutes("RemainingWork"), work, actual)
    cost, spent = node.money("Cost") or 0.0, node.money("ActualCost") or 0.0
    labour, material = resource.kind == "labour", resource.kind == "material"
    return Assignment(
        resource=resource.id,
        units=node.number("Units"),
        work=work if labour else 0.0,
        actual_work=actual if labour else 0.0,
        remaining_work=remaining if labour else 0.0,
        overtime_work=(node.minutes("OvertimeWork") or 0.0) if labour else 0.0,
        actual_overtime_work=(node.minutes("ActualOvertimeWork") or 0.0) if labour else 0.0,
        quantity=work / 60 if material else None,  # the file writes a quantity as hours
        actual_quantity=actual / 60 if material else None,
        remaining_quantity=remaining / 60 if material else None,
        rate_table=_rate_table(node),
        lump_sum=resource.kind == "cost",
        budgeted_cost=cost,
        actual_cost=spent,
        remaining_cost=_left(node.money("RemainingCost"), cost, spent),
        time_dependent=labour or (material and not node.flag("FixedMaterial", default=True)),
        start=node.date("Start"),
        finish=node.date("Finish"),
        delay=node.tenths("Delay") or 0,
        levelling_delay=node.tenths("LevelingDelay") or 0,
        curve=contour_of(node),
        drives=labour,
    )


def _left(stated: float | None, whole: float, done: float) -> float:
    """What remains; writers leave it out where it is zero, or where they do not know it apart from the rest."""
    return max(whole - done, 0.0) if stated is None else stated


def _periods(node: Node) -> list[WorkPeriod]:
    periods = []
    for part in node.children("TimephasedData", "timephased data"):
        if part.integer("Type") not in _WORK_TYPES:
            continue
        start, finish = part.date("Start"), part.date("Finish")
        if start is not None and finish is not None and finish > start:
            periods.append(WorkPeriod(start, finish, part.minutes("Value") or 0.0))
    return sorted(periods, key=lambda period: period.start)


def _rate_table(node: Node) -> str | None:
    number = node.integer("CostRateTable") or 0
    if not 0 <= number < len(_TABLES):
        node.reading.error(node.where, f"CostRateTable is {number}, not 0 to {len(_TABLES) - 1}.")
        return None
    return _TABLES[number] if number else None


_Price = tuple[float, float | None, float]
_FREE: _Price = (0.0, None, 0.0)


def _rates(node: Node) -> tuple[RatePeriod, ...]:
    """Prices and availability as they change over time; the file writes prices per hour whatever unit it shows."""
    prices = _prices(node, 0) or {None: _price(node)}
    units: dict[datetime | None, float | None] = {}
    for period in node.children("AvailabilityPeriods/AvailabilityPeriod", "availability"):
        units[_since(period.date("AvailableFrom"))] = period.number("AvailableUnits")
    if not units and all(price == _FREE for price in prices.values()):
        return ()
    return _rate_periods(prices, units, node.number("MaxUnits"))


def _further_tables(node: Node) -> dict[str, tuple[RatePeriod, ...]]:
    """Tables B to E, those in which there are prices."""
    tables = {name: _prices(node, number) for number, name in enumerate(_TABLES) if number}
    return {
        name: _rate_periods(prices, {}, None) for name, prices in tables.items() if any(p != _FREE for p in prices.values())
    }


def _prices(node: Node, table: int) -> dict[datetime | None, _Price]:
    """The lines of one rate table by the date from which they count."""
    rates = node.children("Rates/Rate", "rate")
    return {_since(rate.date("RatesFrom")): _price(rate) for rate in rates if (rate.integer("RateTable") or 0) == table}


def _rate_periods(
    prices: dict[datetime | None, _Price], units: dict[datetime | None, float | None], available: float | None
) -> tuple[RatePeriod, ...]:
    """One period for every date on which a price or the availability changes."""
    periods = []
    price = _FREE
    for moment in sorted({*prices, *units}, key=lambda moment: moment or datetime.min):
        price, available = prices.get(moment, price), units.get(moment, available)
        periods.append(
            RatePeriod(start=moment, price=price[0], overtime_price=price[1], per_use=price[2], max_units=available)
        )
    return tuple(periods)


def _since(moment: datetime | None) -> datetime | None:
    return None if moment is None or moment.year <= _BEGINNING else moment


def _price(node: Node) -> _Price:
    return node.number("StandardRate") or 0.0, node.number("OvertimeRate") or None, node.money("CostPerUse") or 0.0
