"""Writer of the native format: a plan as plain values, printed as YAML or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from simcore.models.calendars import Calendar, Shifts
from simcore.models.costs import RatePeriod, Resource
from simcore.models.distributions import factor_values, format_distribution
from simcore.models.formats.native_calendars import DAYS, default_hours, format_shift
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_project import DEFAULT_PROJECT, default_parent
from simcore.models.formats.native_sections import FORMAT
from simcore.models.formats.native_write_activities import ActivityWriter
from simcore.models.formats.native_write_branches import write_branch
from simcore.models.formats.native_write_correlations import write_correlation
from simcore.models.formats.native_write_finance import write_finance
from simcore.models.formats.native_write_risks import RiskWriter
from simcore.models.formats.native_write_scenarios import write_scenario
from simcore.models.formats.native_write_weather import write_weather
from simcore.models.formats.native_yaml import Value, document
from simcore.models.plan import Plan, Project, SchedulingOptions, Wbs
from simcore.models.units import format_datetime

Document = dict[str, Value]


def to_yaml(plan: Plan) -> str:
    """The plan as YAML."""
    return document(to_document(plan))


def to_json(plan: Plan) -> str:
    """The plan as JSON."""
    return json.dumps(to_document(plan), ensure_ascii=False, indent=1) + "\n"


def to_document(plan: Plan) -> Document:
    """Everything of a plan that a native file holds, as mappings, lists and plain values."""
    index = ActivityIndex.of(plan)
    activities = ActivityWriter(plan, index)
    risks = RiskWriter(plan)
    single = plan.projects[0] if len(plan.projects) == 1 else None
    about = given(currency=plan.currency, focus=[plan.shown[ref] for ref in plan.focus])
    sections: Document = {"format": FORMAT}
    if plan.name != (single.name if single else ""):
        sections["name"] = plan.name
    if single:
        sections["project"] = {**_project(single, plan), **about}
    else:
        sections["projects"] = {project.id: _project(project, plan, named=True) for project in plan.projects}
        sections.update(about)
    options = _options(plan.scheduling, SchedulingOptions())
    if options:
        sections["scheduling"] = options
    sections["calendars"] = {name: _calendar(name, calendar) for name, calendar in plan.calendars.items()}
    codes = {node.code for node in plan.wbs}
    projects = {node.code: node.project for node in plan.wbs}
    sections.update(given(
        wbs={node.code: _wbs(node, codes, projects) for node in plan.wbs},
        resources={name: _resource(resource) for name, resource in plan.resources.items()},
    ))  # fmt: skip
    sections["activities"] = {activities.key(a): activities.write(a) for a in plan.activities}
    sections.update(given(
        scales={quantity: dict(words) for quantity, words in plan.scales.items()},
        risks={risk.id: risks.risk(risk) for risk in plan.risks},
        factors={factor.id: risks.factor(factor) for factor in plan.factors},
        correlations=[write_correlation(correlation) for correlation in plan.correlations],
        branches={branch.id: write_branch(branch, plan, index) for branch in plan.branches},
        weather={weather.calendar: write_weather(weather) for weather in plan.weather},
        scenarios={scenario.id: write_scenario(scenario) for scenario in plan.scenarios},
        finance=write_finance(plan.finance),
    ))  # fmt: skip
    return sections


def given(**values: Any) -> Document:
    """Those values that are not None, empty or False."""
    return {
        key: value for key, value in values.items() if value not in (None, "", False) and value != [] and value != {}
    }


def _project(project: Project, plan: Plan, named: bool = False) -> Document:
    written = given(
        id="" if named or project.id == DEFAULT_PROJECT else project.id,
        name=project.name,
        start=project.start and format_datetime(project.start),
        data_date=project.data_date and format_datetime(project.data_date),
        calendar=project.calendar,
        must_finish_by=project.must_finish_by and format_datetime(project.must_finish_by, end_of_day=True),
        finish=project.finish and format_datetime(project.finish, end_of_day=True),
    )
    if project.scheduling is not None:
        written["scheduling"] = _options(project.scheduling, plan.scheduling)
    return written


def _options(options: SchedulingOptions, base: SchedulingOptions) -> Document:
    """What differs from ``base``."""
    names = (option.name for option in fields(options))
    return {name: getattr(options, name) for name in names if getattr(options, name) != getattr(base, name)}


def _calendar(name: str, calendar: Calendar) -> Document:
    written: Document = {} if calendar.name == name else {"name": calendar.name}
    written["week"] = dict(_week(calendar))
    written.update(given(
        holidays=[key for key, shifts in _ranges(calendar) if not shifts],
        exceptions={key: _shifts(shifts) for key, shifts in _ranges(calendar) if shifts},
    ))  # fmt: skip
    usual = default_hours(calendar.week) or default_hours(((),) * 7)
    for key in ("hours_per_day", "hours_per_week", "hours_per_month"):
        if getattr(calendar, key) != usual.get(key):
            written[key] = getattr(calendar, key)
    return written


def _shifts(shifts: Shifts) -> list[str]:
    return [format_shift(shift) for shift in shifts]


def _week(calendar: Calendar) -> Iterator[tuple[str, list[str]]]:
    """Neighbouring days with the same shifts together."""
    for shifts, group in groupby(zip(DAYS, calendar.week, strict=True), key=lambda day: day[1]):
        days = [name for name, _ in group]
        if shifts:
            yield days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}", _shifts(shifts)


def _ranges(calendar: Calendar) -> Iterator[tuple[str, Shifts]]:
    """Neighbouring dates with the same shifts together."""
    run: list[date] = []
    for day in sorted(calendar.exceptions):
        shifts = calendar.exceptions[day]
        if run and (day - run[-1] != timedelta(days=1) or shifts != calendar.exceptions[run[0]]):
            yield _range(run), calendar.exceptions[run[0]]
            run = []
        run.append(day)
    if run:
        yield _range(run), calendar.exceptions[run[0]]


def _range(days: list[date]) -> str:
    return days[0].isoformat() if len(days) == 1 else f"{days[0].isoformat()}..{days[-1].isoformat()}"


def _wbs(node: Wbs, codes: set[str], projects: dict[str, str | None]) -> Value:
    """A bare name where nothing else needs to be said."""
    usual = default_parent(node.code, codes)
    inherited = projects.get(node.parent or "")
    if node.parent == usual and node.project == inherited:
        return node.name
    written = given(name=node.name)
    if node.project != inherited:
        written["project"] = node.project or ""
    if node.parent != usual:
        written["parent"] = node.parent or ""
    return written


def _resource(resource: Resource) -> Document:
    rates = _rates(resource.rates)
    tables = {name: _rates(rates) for name, rates in resource.rate_tables.items()}
    written = given(
        name=resource.name,
        kind="" if resource.kind == "labour" else resource.kind,
        calendar=resource.calendar,
        max_units=resource.max_units,
        uncertainty=resource.uncertainty and format_distribution(resource.uncertainty, factor_values()),
        productivity=resource.productivity and format_distribution(resource.productivity, factor_values()),
        accrual="" if resource.accrual == "uniform" else resource.accrual,
        index=resource.index,
    )
    if resource.max_units == 0:
        written["max_units"] = 0
    if resource.rates:
        written["rates" if isinstance(rates, list) else "price"] = rates
    if tables:
        written["rate_tables"] = tables
    return written


def _rates(rates: Iterable[RatePeriod]) -> Value:
    """Prices by their dates; the bare price where there is nothing else."""
    found = [_rate(rate) for rate in rates]
    return found[0]["price"] if len(found) == 1 and found[0].keys() == {"price"} else found


def _rate(rate: RatePeriod) -> Document:
    written: Document = {} if rate.start is None else {"start": format_datetime(rate.start)}
    written["price"] = rate.price
    for key in ("overtime_price", "per_use", "max_units"):
        if getattr(rate, key) is not None and (key != "per_use" or rate.per_use):
            written[key] = getattr(rate, key)
    return written
