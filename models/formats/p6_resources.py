"""Resources, roles and assignments of a P6 export."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from simcore.models.costs import Assignment, RatePeriod, Resource
from simcore.models.formats.p6_costs import Accounts, Curves
from simcore.models.formats.p6_tables import Row, Tables, count, unique_name
from simcore.models.pricing import price_at, rates_of

KINDS = {"RT_Labor": "labour", "RT_Equip": "equipment", "RT_Mat": "material"}
PRICE_TYPES = {f"COST_PER_QTY{number}": str(number) for number in range(2, 6)}
"""The second to fifth price of a resource, by the rate type of its assignments."""
_ROUNDING = 5e-5  # prices are stored with four decimals


@dataclass(frozen=True)
class _Prices:
    rates: tuple[RatePeriod, ...] = ()
    tables: Mapping[str, tuple[RatePeriod, ...]] | None = None


class Resources:
    """Resources by the plan's id, and the ids that ``rsrc_id`` and ``role_id`` stand for."""

    def __init__(self, tables: Tables, calendars: Mapping[str, str]):
        self.plan: dict[str, Resource] = {}
        self.ids: dict[str, str] = {}
        self.roles: dict[str, str] = {}
        overtime = {row.get("rsrc_id", ""): tables.amount(row, "ot_factor") for row in tables.of("RSRC")}
        prices = _prices(tables, "RSRCRATE", "rsrc_id", overtime)
        for row in tables.of("RSRC"):
            if key := row.get("rsrc_id"):
                kind = tables.choice(row, "rsrc_type", KINDS, "labour")
                calendar = calendars.get(row.get("clndr_id", ""))
                name = row.get("rsrc_name", "")
                shown = row.get("rsrc_short_name") or name or key
                self.ids[key] = self._add(shown, name, kind, calendar, prices.get(key, _Prices()))
        prices = _prices(tables, "ROLERATE", "role_id", {})
        for row in tables.of("ROLES"):
            if key := row.get("role_id"):
                name = row.get("role_name", "")
                shown = row.get("role_short_name") or name or key
                self.roles[key] = self._add(shown, name, "labour", None, prices.get(key, _Prices()), "role")

    def _add(self, wanted: str, name: str, kind: str, calendar: str | None, prices: _Prices, tail: str = "") -> str:
        shown = unique_name(wanted.strip(), self.plan, tail)
        limits = [rate.max_units for rate in prices.rates if rate.max_units is not None]
        self.plan[shown] = Resource(
            id=shown,
            name=name,
            kind=kind,
            calendar=calendar,
            rates=prices.rates,
            rate_tables=prices.tables or {},
            max_units=limits[-1] if limits else None,
        )
        return shown


def _prices(tables: Tables, table: str, owner: str, overtime: Mapping[str, float]) -> dict[str, _Prices]:
    """Prices by their owner; the second to fifth kind of price only where somebody has filled it in."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in tables.of(table):
        rows[row.get(owner, "")].append(row)
    found = {}
    for key, own in rows.items():
        factor = overtime.get(key, 0.0)
        others = {number: _periods(tables, own, f"cost_per_qty{number}", factor) for number in PRICE_TYPES.values()}
        found[key] = _Prices(
            rates=_periods(tables, own, "cost_per_qty", factor),
            tables={number: rates for number, rates in others.items() if any(rate.price for rate in rates)},
        )
    return found


def _periods(tables: Tables, rows: list[Row], column: str, overtime: float) -> tuple[RatePeriod, ...]:
    periods = []
    for row in rows:
        price = tables.amount(row, column)
        periods.append(
            RatePeriod(
                start=tables.moment(row, "start_date"),
                price=price,
                overtime_price=price * overtime if overtime and price else None,
                max_units=tables.number(row, "max_qty_per_hr"),
            )
        )
    return tuple(sorted(periods, key=lambda rate: rate.start or datetime.min))


def read_assignments(
    tables: Tables, resources: Resources, accounts: Accounts, curves: Curves
) -> dict[str, tuple[Assignment, ...]]:
    """Assignments by ``task_id``."""
    found: dict[str, list[Assignment]] = defaultdict(list)
    missing = 0
    for row in tables.of("TASKRSRC"):
        resource = resources.ids.get(row.get("rsrc_id", "")) or resources.roles.get(row.get("role_id", ""))
        missing += resource is None and bool(row.get("rsrc_id"))
        found[row.get("task_id", "")].append(_assignment(tables, row, resource, resources, (accounts, curves)))
    if missing:
        tables.note(f"Resources of {count(missing, 'assignment')} are not in the file; units and costs are kept.")
    return {key: tuple(values) for key, values in found.items()}


def _assignment(
    tables: Tables, row: Row, resource: str | None, resources: Resources, books: tuple[Accounts, Curves]
) -> Assignment:
    amount, moment = tables.amount, tables.moment
    kind = resources.plan[resource].kind if resource else KINDS.get(row.get("rsrc_type", ""), "labour")
    budgeted, remaining = amount(row, "target_qty"), amount(row, "remain_qty")
    overtime = amount(row, "act_ot_qty")
    actual = amount(row, "act_reg_qty") + overtime
    material = kind == "material"
    rate = tables.number(row, "remain_qty_per_hr") or tables.number(row, "target_qty_per_hr")
    lump_sum = row.get("cost_qty_link_flag") == "N"
    accounts, curves = books
    assignment = Assignment(
        resource=resource,
        units=rate,
        work=0.0 if material else budgeted * 60,
        actual_work=0.0 if material else actual * 60,
        remaining_work=0.0 if material else remaining * 60,
        actual_overtime_work=0.0 if material else overtime * 60,
        quantity=budgeted if material else None,
        actual_quantity=actual if material else None,
        remaining_quantity=remaining if material else None,
        rate_table=PRICE_TYPES.get(row.get("rate_type", "")),
        lump_sum=lump_sum,
        budgeted_cost=amount(row, "target_cost"),
        actual_cost=amount(row, "act_reg_cost") + amount(row, "act_ot_cost"),
        remaining_cost=amount(row, "remain_cost"),
        time_dependent=not material and not lump_sum,
        start=moment(row, "act_start_date") or moment(row, "restart_date") or moment(row, "target_start_date"),
        finish=moment(row, "act_end_date") or moment(row, "reend_date") or moment(row, "target_end_date"),
        delay=tables.minutes(row, "relag_drtn_hr_cnt") or tables.minutes(row, "target_lag_drtn_hr_cnt") or 0,
        curve=curves.of(row),
        drives=row.get("rollup_dates_flag") != "N",
        account=accounts.of(row),
    )
    return replace(assignment, price=_own_price(tables, row, assignment, resources))


def _own_price(tables: Tables, row: Row, assignment: Assignment, resources: Resources) -> float | None:
    """The price of the assignment itself, where it is not that of its resource at the time.

    P6 multiplies units by the price that stands in the assignment, none when it is empty. It is another than the resource's when
    a user has set it, when it is that of a role, or when the resource's price was changed or left out of the file since.
    """
    if "cost_per_qty" not in row and row.get("cost_per_qty_source_type") != "ST_Role":
        return None
    priced_by = resources.roles.get(row.get("role_id", "")) if row.get("cost_per_qty_source_type") == "ST_Role" else None
    by_role = price_at(rates_of(resources.plan[priced_by], assignment), assignment.start) if priced_by else None
    own = tables.amount(row, "cost_per_qty") if "cost_per_qty" in row else by_role.price if by_role else None
    resource = resources.plan.get(assignment.resource or "")
    usual = price_at(rates_of(resource, assignment), assignment.start) if resource else None
    if own is None or (usual is not None and abs(usual.price - own) <= _ROUNDING) or (usual is None and not own):
        return None
    return own
