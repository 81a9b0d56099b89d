"""Escalation indices -> the variables they draw, and prices at every step of time."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from simcore.kernel_flow import Prices
from simcore.models.distribution_base import Distribution
from simcore.models.distributions import Fixed
from simcore.models.finance import EscalationIndex
from simcore.models.plan import Plan
from simcore.network import first_data_date
from simcore.periods import months_later
from simcore.timeline import Timeline
from simcore.variables import VariableTable

FURTHEST = 100  # years beyond which the last one's growth goes on


@dataclass(frozen=True, kw_only=True)
class IndexDraws:
    """What one index draws.

    Attributes
    ----------
    origin : datetime
        Where growth by the rate begins: the end of its table, or the price date.
    first_year : int
        Year, counted from the origin, of the first of ``rates``.
    rates, planned : tuple of int
        Variables of the growth in every year, drawn and deterministic.
    spread : int
        Variable that multiplies the growth its table tells, or -1.
    """

    index: EscalationIndex
    origin: datetime
    first_year: int
    rates: tuple[int, ...]
    planned: tuple[int, ...]
    spread: int


def planned_value(spread: Distribution) -> float:
    """What a deterministic plan takes for an uncertain value: its mode where that is a parameter, else its median."""
    mode = getattr(spread, "mode", None)
    return float(mode) if mode is not None else float(spread.ppf(0.5))


def price_date(plan: Plan) -> datetime:
    """The date of whose prices a plan's costs are."""
    return plan.finance.price_date or first_data_date(plan) or datetime(2000, 1, 3)


def draw_indices(plan: Plan, variables: VariableTable, first: datetime, last: datetime) -> tuple[IndexDraws, ...]:
    """Add the variables of all indices, for prices from ``first`` to ``last``."""
    return tuple(_draws(plan, index, variables, first, last) for index in plan.finance.escalation)


def _draws(
    plan: Plan, index: EscalationIndex, variables: VariableTable, first: datetime, last: datetime
) -> IndexDraws:
    origin = index.points[-1][0] if index.points else price_date(plan)
    years = range(min(_year_of(origin, first), 0), min(max(_year_of(origin, last), 0), FURTHEST) + 1)
    stream = f"escalation/{index.id}/rate"
    if index.points:
        years = range(0, years.stop)
    if not isinstance(index.rate, Distribution):
        certain = variables.add(f"{stream}/planned", Fixed(index.rate or 0.0), 1.0)
        rates = planned = (certain,) * len(years)
    else:
        certain = variables.add(f"{stream}/planned", Fixed(planned_value(index.rate)), 1.0)
        planned = (certain,) * len(years)
        if index.each_year:
            rates = tuple(variables.add(f"{stream}/{origin.year + year}", index.rate, 1.0) for year in years)
        else:
            rates = (variables.add(stream, index.rate, 1.0),) * len(years)
    spread = -1 if index.uncertainty is None else variables.add(f"escalation/{index.id}/table", index.uncertainty, 1.0)
    return IndexDraws(index=index, origin=origin, first_year=years.start, rates=rates, planned=planned, spread=spread)


def prices(
    plan: Plan, drawn: Sequence[IndexDraws], groups: Sequence[tuple[str, tuple[tuple[datetime, float], ...]]],
    timeline: Timeline, *, deterministic: bool,
) -> Prices:
    """Prices in all steps of time; ``groups`` are (id of the index or empty, changes of the price)."""
    middles = timeline.price_dates
    number = {draws.index.id: e for e, draws in enumerate(drawn)}
    count, steps = len(drawn), len(middles)
    year, part, table = np.zeros((count, steps), np.int32), np.zeros((count, steps)), np.ones((count, steps))
    rows: list[tuple[int, int, int, int]] = []
    rates: list[int] = []
    for e, draws in enumerate(drawn):
        of_years = draws.planned if deterministic else draws.rates
        rows.append((len(of_years), len(rates), -draws.first_year, -1 if deterministic else draws.spread))
        rates += of_years
        for k, middle in enumerate(middles):
            y, part[e, k] = _year_and_part(draws, middle)
            year[e, k] = min(y - draws.first_year, len(of_years) - 1)
        if draws.index.points:
            table[e] = _table(draws.index, price_date(plan), middles)
    ratio = np.array([[_ratio(changes, begin) for begin in timeline.edges[:-1]] for _, changes in groups]).reshape(-1, steps)
    return Prices(
        index=np.array(rows, np.int32).reshape(-1, 4),
        rate=np.array(rates, np.int32),
        year=year,
        part=part,
        table=table,
        group_index=np.array([number.get(index, -1) for index, _ in groups], np.int32),
        ratio=ratio,
    )


def _year_of(origin: datetime, moment: datetime) -> int:
    """Whole years from the origin, rounded down."""
    year = moment.year - origin.year
    return year if months_later(origin, 12 * year) <= moment else year - 1


def _year_and_part(draws: IndexDraws, moment: datetime) -> tuple[int, float]:
    if moment < draws.origin and draws.index.points:
        return 0, 0.0  # the table tells
    year = _year_of(draws.origin, moment)
    begin, end = (months_later(draws.origin, 12 * y) for y in (year, year + 1))
    return year, (moment - begin) / (end - begin)


def _table(index: EscalationIndex, base: datetime, middles: Sequence[datetime]) -> np.ndarray:
    """The index table at the middles, as a ratio to its value at the price date; level outside its points."""
    at = [_days(moment) for moment, _ in index.points]
    values = [value for _, value in index.points]
    told: np.ndarray = np.interp([_days(middle) for middle in middles], at, values) / np.interp(_days(base), at, values)
    return told


def _days(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1)).total_seconds() / 86400


def _ratio(changes: Sequence[tuple[datetime, float]], moment: datetime) -> float:
    found = 1.0
    for since, ratio in changes:
        if since <= moment:
            found = ratio
    return found
