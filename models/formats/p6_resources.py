"""Resources, roles, assignments and expenses of a P6 export."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from simcore.models.costs import Assignment, Expense, RatePeriod, Resource
from simcore.models.formats.p6_tables import Row, Tables, count, unique_name

KINDS = {"RT_Labor": "labour", "RT_Equip": "equipment", "RT_Mat": "material"}
ACCRUALS = {"CL_Uniform": "uniform", "CL_Start": "start", "CL_End": "end"}


class Resources:
    """Resources by the plan's id, and the ids that ``rsrc_id`` and ``role_id`` stand for."""

    def __init__(self, tables: Tables, calendars: Mapping[str, str]):
        self.plan: dict[str, Resource] = {}
        self.ids: dict[str, str] = {}
        self.roles: dict[str, str] = {}
        rates = _rates(tables, "RSRCRATE", "rsrc_id")
        for row in tables.of("RSRC"):
            if key := row.get("rsrc_id"):
                kind = tables.choice(row, "rsrc_type", KINDS, "labour")
                calendar = calendars.get(row.get("clndr_id", ""))
                name = row.get("rsrc_name", "")
                shown = row.get("rsrc_short_name") or name or key
                self.ids[key] = self._add(shown, name, kind, calendar, rates.get(key, ()))
        rates = _rates(tables, "ROLERATE", "role_id")
        for row in tables.of("ROLES"):
            if key := row.get("role_id"):
                name = row.get("role_name", "")
                shown = row.get("role_short_name") or name or key
                self.roles[key] = self._add(shown, name, "labour", None, rates.get(key, ()), "role")

    def _add(
        self, wanted: str, name: str, kind: str, calendar: str | None, rates: tuple[RatePeriod, ...], tail: str = ""
    ) -> str:
        shown = unique_name(wanted.strip(), self.plan, tail)
        limits = [rate.max_units for rate in rates if rate.max_units is not None]
        self.plan[shown] = Resource(
            id=shown, name=name, kind=kind, calendar=calendar, rates=rates, max_units=limits[-1] if limits else None
        )
        return shown


def _rates(tables: Tables, table: str, owner: str) -> dict[str, tuple[RatePeriod, ...]]:
    periods: dict[str, list[RatePeriod]] = defaultdict(list)
    for row in tables.of(table):
        period = RatePeriod(
            start=tables.moment(row, "start_date"),
            price=tables.amount(row, "cost_per_qty"),
            max_units=tables.number(row, "max_qty_per_hr"),
        )
        periods[row.get(owner, "")].append(period)
    return {key: tuple(sorted(found, key=lambda rate: rate.start or datetime.min)) for key, found in periods.items()}


def read_assignments(tables: Tables, resources: Resources) -> dict[str, tuple[Assignment, ...]]:
    """Assignments by ``task_id``."""
    curves = {row.get("curv_id", ""): row.get("curv_name", "") for row in tables.of("RSRCCURVDATA")}
    found: dict[str, list[Assignment]] = defaultdict(list)
    missing = 0
    for row in tables.of("TASKRSRC"):
        resource = resources.ids.get(row.get("rsrc_id", "")) or resources.roles.get(row.get("role_id", ""))
        missing += resource is None and bool(row.get("rsrc_id"))
        kind = resources.plan[resource].kind if resource else KINDS.get(row.get("rsrc_type", ""), "labour")
        found[row.get("task_id", "")].append(_assignment(tables, row, resource, kind, curves))
    if missing:
        tables.note(f"Resources of {count(missing, 'assignment')} are not in the file; units and costs are kept.")
    return {key: tuple(values) for key, values in found.items()}


def _assignment(
    tables: Tables, row: Row, resource: str | None, kind: str, curves: Mapping[str, str]
) -> Assignment:
    amount, moment = tables.amount, tables.moment
    budgeted, remaining = amount(row, "target_qty"), amount(row, "remain_qty")
    actual = amount(row, "act_reg_qty") + amount(row, "act_ot_qty")
    material = kind == "material"
    rate = tables.number(row, "remain_qty_per_hr") or tables.number(row, "target_qty_per_hr")
    return Assignment(
        resource=resource,
        units=rate,
        work=0.0 if material else budgeted * 60,
        actual_work=0.0 if material else actual * 60,
        remaining_work=0.0 if material else remaining * 60,
        quantity=budgeted if material else None,
        remaining_quantity=remaining if material else None,
        budgeted_cost=amount(row, "target_cost"),
        actual_cost=amount(row, "act_reg_cost") + amount(row, "act_ot_cost"),
        remaining_cost=amount(row, "remain_cost"),
        time_dependent=not material,
        start=moment(row, "act_start_date") or moment(row, "restart_date") or moment(row, "target_start_date"),
        finish=moment(row, "act_end_date") or moment(row, "reend_date") or moment(row, "target_end_date"),
        delay=tables.minutes(row, "relag_drtn_hr_cnt") or tables.minutes(row, "target_lag_drtn_hr_cnt") or 0,
        curve=curves.get(row.get("curv_id", "")) or row.get("curv_id") or None,
        drives=row.get("rollup_dates_flag") != "N",
    )


def read_expenses(tables: Tables) -> dict[str, tuple[Expense, ...]]:
    """Expenses by ``task_id``."""
    accounts = {row.get("acct_id", ""): row.get("acct_short_name", "") for row in tables.of("ACCOUNT")}
    found: dict[str, list[Expense]] = defaultdict(list)
    for row in tables.of("PROJCOST"):
        expense = Expense(
            name=row.get("cost_name", ""),
            budgeted_cost=tables.amount(row, "target_cost"),
            actual_cost=tables.amount(row, "act_cost"),
            remaining_cost=tables.amount(row, "remain_cost"),
            accrual=tables.choice(row, "cost_load_type", ACCRUALS, "uniform"),
            account=accounts.get(row.get("acct_id", "")) or None,
        )
        found[row.get("task_id", "")].append(expense)
    return {key: tuple(values) for key, values in found.items()}
