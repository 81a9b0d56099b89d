"""Money over time: against a walk through every iteration's dates, exact answers for prices and discounting, and itself."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simcore
from simcore.models.distributions import Uniform
from simcore.models.finance import EscalationIndex, Finance
from simcore.models.formats.native import read_native
from simcore.models.plan import Plan
from simcore.models.working_time import working_minutes
from simcore.results import Results
from simcore.sampled import MoneyVariable
from tests.risky_plans import risky_plans

CLOCK = "calendars: {clock: {week: {mon-sun: [00:00-24:00]}}}"
OFFICE = "calendars: {office: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}, holidays: [2026-05-01]}}"


def plan_of(activities: str, *, calendars: str = CLOCK, start: str = "2026-01-01", **sections: str) -> Plan:
    """A native plan; further sections by their key."""
    more = "\n".join(f"{key}: {text}" for key, text in sections.items())
    text = f"format: 1\nproject: {{name: Money, start: {start}}}\n{calendars}\nactivities: {{{activities}}}\n{more}\n"
    return read_native(text.encode(), "plan.yaml")


GROWS = Finance(escalation=(EscalationIndex(id="all", rate=Uniform(0.0, 0.1, relative=True)),))


def by_label(results: Results) -> Mapping[str, float]:
    """Mean spending by period."""
    assert results.cash_flow is not None
    return dict(zip(results.cash_flow.labels, results.cash_flow.mean.tolist(), strict=True))


def assert_agrees(variable: MoneyVariable, exact: float) -> None:
    """A mean is exact within four standard errors."""
    assert abs(variable.mean - exact) <= 4 * variable.standard_error("mean") + 1e-9 * abs(exact)


WALKED = """
  a: {duration: 30d, uncertainty: "triangular(20d, 30d, 60d)", cost: {fixed: 1000, per_day: 100}},
  b: {duration: 25d, uncertainty: "uniform(10d, 50d)", after: [a SS+5d], cost: {fixed: 700, accrual: start}},
  c: {duration: 20d, uncertainty: "uniform(10d, 30d)", after: [a], cost: {fixed: 500, accrual: end}},
  d: {duration: 40d, uncertainty: "pert(30d, 40d, 70d)", after: [b], cost: {fixed: 900, accrual: bell},
      expenses: [{name: Fee, budgeted_cost: 60, remaining_cost: 60, accrual: end}]},
  e: {type: hammock, after: [b SS, d FF], cost: {per_day: 50, fixed: 80}},
  f: {type: milestone, after: [c, d], cost: 33}
"""


def walked(plan: Plan, results: Results, number: int) -> dict[date, float]:
    """What one iteration spends by month: every cost placed by counting working minutes between its dates."""
    schedule = results.iteration(number)
    found: dict[date, float] = {}
    months = [datetime(2026 + m // 12, m % 12 + 1, 1) for m in range(36)]
    for i, activity in enumerate(plan.activities):
        calendar, cost = plan.calendar_of(activity), activity.cost
        start, finish = schedule.start[i].item(), schedule.finish[i].item()
        worked = [working_minutes(calendar, max(a, start), min(b, finish)) if a < finish and b > start else 0
                  for a, b in pairwise(months)]  # fmt: skip
        total = sum(worked)
        shares = {month: part / total for month, part in zip(months, worked, strict=False) if total}
        first = {_month(start): 1.0}
        last = {_month(finish): 1.0}
        bell = _bell(calendar, months, start, finish) if activity.id == "d" else {}
        spread = {"start": first, "end": last, "uniform": shares or last, "bell": bell}
        parts = [] if cost is None or cost.fixed is None else [(cost.fixed.value, spread[cost.accrual])]
        if cost is not None and cost.per_day is not None:
            parts.append((cost.per_day.value * total / 480, shares))
        parts += [(expense.remaining_cost, spread[expense.accrual]) for expense in activity.expenses]
        for amount, share in parts:
            for month, part in share.items():
                found[month] = found.get(month, 0.0) + amount * part
    return found


def _month(moment: datetime) -> datetime:
    """Month of an instant that ends something: midnight belongs to the day before."""
    moment -= timedelta(minutes=1)
    return datetime(moment.year, moment.month, 1)


def _bell(calendar: object, months: list[datetime], start: datetime, finish: datetime) -> dict[datetime, float]:
    """Weights 1, 2, 1 of three equal parts of the work."""
    total = working_minutes(calendar, start, finish)  # type: ignore[arg-type]

    def done(moment: datetime) -> float:
        part = working_minutes(calendar, start, min(max(moment, start), finish)) / total  # type: ignore[arg-type]
        return float(np.interp(part, [0, 1 / 3, 2 / 3, 1], [0, 0.25, 0.75, 1]))

    return {a: done(b) - done(a) for a, b in pairwise(months)}


class TestWalked:
    def test_every_month_of_every_iteration(self) -> None:
        plan = plan_of(WALKED, calendars=OFFICE, start="2026-03-02", finance="{curves: {bell: [1, 2, 1]}}")
        results = simcore.simulate(plan, 64, periods="month")
        flow = results.cash_flow
        assert flow is not None
        for number in range(64):
            expected = walked(plan, results, number)
            for period, start in enumerate(flow.edges[:-1]):
                assert flow.by_period[period, number] == pytest.approx(expected.get(start.item(), 0.0), abs=1e-6)
        assert sum(walked(plan, results, 0).values()) == pytest.approx(results.cost.samples[0])

    def test_work_before_the_data_date_is_spent_where_it_was_done(self) -> None:
        plan = read_native(
            b"""format: 1
project: {name: Half done, start: 2026-01-01, data_date: 2026-03-01}
calendars: {clock: {week: {mon-sun: [00:00-24:00]}}}
activities:
  done: {duration: 31d, actual_start: 2026-01-01, actual_finish: 2026-01-31, cost: {actual: 310}}
  half: {duration: 59d, remaining: 31d, actual_start: 2026-02-01, cost: {actual: 280, fixed: 620}}
""",
            "plan.yaml",
        )
        results = simcore.simulate(plan, 16, periods="month")
        flow = results.cash_flow
        assert flow is not None
        assert flow.labels == ("2026-01", "2026-02", "2026-03")
        assert flow.actual == pytest.approx([310, 280, 0])
        assert flow.deterministic == pytest.approx([310, 280, 620])
        assert flow.by_period == pytest.approx(np.repeat([[310.0], [280.0], [620.0]], 16, axis=1))


class TestSums:
    @settings(max_examples=60, deadline=None)
    @given(risky_plans(), st.sampled_from(["week", "quarter"]), st.sampled_from(["pre", "post", "some"]), st.booleans())
    def test_periods_sum_to_the_total_in_every_iteration(self, plan: Plan, periods: str, scenario: str, grows: bool) -> None:
        if grows:
            plan = plan.with_changes(finance=GROWS)
        results = simcore.simulate(plan, 48, periods=periods, scenario=scenario)
        if results.cost is None or results.cash_flow is None:
            assert results.cost is results.cash_flow is None
            return
        totals = results.cash_flow.by_period.sum(axis=0)
        assert totals == pytest.approx(results.cost.samples, rel=1e-12, abs=1e-6)
        assert results.cash_flow.deterministic.sum() == pytest.approx(results.cost.deterministic, rel=1e-12, abs=1e-6)
        if not grows:  # lines of spending hold the same money as the total that is summed without them
            without = simcore.simulate(plan, 48, scenario=scenario)
            assert without.cost is not None
            assert np.array_equal(without.cost.samples, results.cost.samples)
            assert without.cost.deterministic == results.cost.deterministic

    def test_periods_are_the_same_for_any_threads_and_lanes(self) -> None:
        plan = plan_of(WALKED, calendars=OFFICE, finance="{curves: {bell: [1, 2, 1]}, escalation: {all: {rate: 4%}}}")
        first = simcore.simulate(plan, 700, periods="week").cash_flow
        other = simcore.simulate(plan, 700, periods="week", threads=1, lanes=7).cash_flow
        assert first is not None
        assert other is not None
        assert np.array_equal(first.by_period, other.by_period)

    def test_total_does_not_depend_on_the_periods_at_moving_prices(self) -> None:
        finance = '{curves: {bell: [1, 2, 1]}, escalation: {all: {rate: "uniform(0%, 9%)"}}}'
        plan = plan_of(WALKED, calendars=OFFICE, finance=finance)
        months, weeks = (simcore.simulate(plan, 160, periods=unit).cost for unit in ("month", "week"))
        alone = simcore.simulate(plan, 160).cost
        assert months is not None
        assert weeks is not None
        assert alone is not None
        assert months.samples == pytest.approx(weeks.samples)
        assert months.samples == pytest.approx(alone.samples)


class TestPrices:
    """Costs due on one day: the price of the middle of its month, by formula."""

    DUE = "wait: {{duration: {days}d}}, pay: {{type: milestone, after: [wait], cost: 1000}}"

    def at(self, days: int, finance: str, iterations: int = 4096) -> Results:
        return simcore.simulate(plan_of(self.DUE.format(days=days), finance=finance), iterations)

    def test_growth_is_compounded_by_the_year_and_linear_inside_it(self) -> None:
        results = self.at(730 + 45, "{escalation: {all: {rate: 5%}}}")  # due at the end of 14 February 2028
        part = (datetime(2028, 2, 15, 12) - datetime(2028, 1, 1)) / timedelta(days=366)
        assert results.cost is not None
        assert results.cost_base_year is not None
        assert results.cost.deterministic == pytest.approx(1000 * 1.05**2 * (1 + 0.05 * part), rel=1e-12)
        assert results.cost.samples == pytest.approx(results.cost.deterministic, rel=1e-12)
        assert results.cost_base_year.samples == pytest.approx(1000.0)

    def test_prices_before_the_price_date_are_lower(self) -> None:
        results = self.at(10, "{price_date: 2028-01-01, escalation: {all: {rate: 5%}}}")  # January 2026
        part = (datetime(2026, 1, 16, 12) - datetime(2026, 1, 1)) / timedelta(days=365)
        assert results.cost is not None
        assert results.cost.deterministic == pytest.approx(1000 / 1.05**2 * (1 + 0.05 * part), rel=1e-12)

    def test_one_rate_for_all_years_and_one_for_every_year(self) -> None:
        part = (datetime(2030, 1, 16, 12) - datetime(2030, 1, 1)) / timedelta(days=365)
        days = 4 * 365 + 1 + 10  # January 2030, in the fifth year
        together = self.at(days, '{escalation: {all: {rate: "uniform(0%, 20%)"}}}').cost
        apart = self.at(days, '{escalation: {all: {rate: "uniform(0%, 20%)", each_year: yes}}}').cost
        assert together is not None
        assert apart is not None
        powers = [(1.2 ** (n + 1) - 1) / ((n + 1) * 0.2) for n in range(6)]  # E[(1 + r)^n], r uniform on 0..0.2
        assert_agrees(together, 1000 * (powers[4] + part * (powers[5] - powers[4])))  # r = (1 + r) - 1
        assert_agrees(apart, 1000 * 1.1**4 * (1 + part * 0.1))
        spread = 1000 * np.sqrt((powers[2] * (1 + 0.0)) ** 4 - 1.1**8)  # of the four whole years
        assert apart.sd == pytest.approx(spread, rel=0.03)
        assert together.sd > 1.7 * apart.sd

    def test_index_table_and_growth_after_it(self) -> None:
        table = "{escalation: {all: {index: {2026-01: 80, 2027-01: 100}, rate: 10%"
        inside = self.at(195, table + "}}}").cost  # July 2026
        part = (datetime(2026, 7, 16, 12) - datetime(2026, 1, 1)) / timedelta(days=365)
        assert inside is not None
        assert inside.deterministic == pytest.approx(1000 * (1 + 0.25 * part), rel=1e-12)
        after = self.at(730 + 10, table + "}}}").cost  # January 2028
        beyond = (datetime(2028, 1, 16, 12) - datetime(2028, 1, 1)) / timedelta(days=366)
        assert after is not None
        assert after.deterministic == pytest.approx(1000 * 1.25 * 1.1 * (1 + 0.1 * beyond), rel=1e-12)
        spread = self.at(195, table + ', uncertainty: "uniform(50%, 170%)"}}}').cost
        assert spread is not None
        assert_agrees(spread, 1000 * (1 + 0.25 * part * 1.1))

    def test_first_index_that_applies_is_taken_and_none_keeps_the_price(self) -> None:
        plan = plan_of(
            "wait: {duration: 375d}, a: {type: milestone, after: [wait], cost: 1000},"
            "b: {type: milestone, after: [wait], cost: {fixed: 100, index: none}, expenses: [{remaining_cost: 10}]}",
            finance="{escalation: {fees: {rate: 50%, applies_to: expense}, rest: {rate: 10%}}}",
        )
        part = (datetime(2027, 1, 16, 12) - datetime(2027, 1, 1)) / timedelta(days=365)
        cost = simcore.simulate(plan, 16).cost
        assert cost is not None
        expected = 1000 * 1.1 * (1 + 0.1 * part) + 100 + 10 * 1.5 * (1 + 0.5 * part)
        assert cost.deterministic == pytest.approx(expected, rel=1e-12)

    def test_prices_that_change_on_a_date(self) -> None:
        resources = "{crew: {rates: [{price: 10}, {start: 2026-02-01, price: 15}]}}"
        plan = plan_of("a: {duration: 59d, resources: [crew]}", resources=resources)
        results = simcore.simulate(plan, 16, periods="month")
        assert results.cost is not None
        assert results.cost.deterministic == pytest.approx(24 * (31 * 10 + 28 * 15))
        assert by_label(results) == pytest.approx({"2026-01": 24 * 310, "2026-02": 24 * 28 * 15})

    def test_stored_cost_is_at_the_prices_of_its_dates(self) -> None:
        resources = "{crew: {rates: [{price: 10}, {start: 2026-02-01, price: 15}]}}"
        stored = "a: {duration: 59d, resources: [{resource: crew, remaining_cost: 7300}]}"
        results = simcore.simulate(plan_of(stored, resources=resources), 16, periods="month")
        assert results.cost is not None
        assert results.cost.deterministic == pytest.approx(7300)
        assert by_label(results) == pytest.approx({"2026-01": 3100, "2026-02": 4200})

    def test_present_value(self) -> None:
        results = self.at(730 + 10, "{discount: 6%}")
        years = (datetime(2028, 1, 16, 12) - datetime(2026, 1, 1)) / timedelta(days=365.25)
        assert results.present_value is not None
        assert results.cost is not None
        assert results.present_value.samples == pytest.approx(1000 * 1.06**-years, rel=1e-12)
        assert results.cost.samples == pytest.approx(1000.0)

    def test_present_value_is_that_of_the_data_date_whatever_the_price_date(self) -> None:
        plain, priced = self.at(740, "{discount: 6%}"), self.at(740, "{discount: 6%, price_date: 2024-01-01}")
        assert plain.present_value is not None
        assert priced.present_value is not None
        assert np.array_equal(plain.present_value.samples, priced.present_value.samples)


class TestMarkets:
    def test_a_factor_multiplies_the_costs_it_names_and_no_duration(self) -> None:
        plan = plan_of(
            "a: {duration: 10d, cost: {fixed: 1000, per_day: 50}}, b: {duration: 5d, after: [a], cost: 400,"
            "expenses: [{remaining_cost: 80}]}",
            factors='{market: {uncertainty: "uniform(100%, 140%)", applies_to: [a, b], costs: [fixed, expense],'
            " probability: 50%}}",
        )
        results = simcore.simulate(plan, 4096)
        assert results.cost is not None
        assert results.finish.samples.min() == results.finish.samples.max()
        assert_agrees(results.cost, 500 + 1480 * (0.5 + 0.5 * 1.2))
        values = (results.cost.samples - 500) / 1480
        assert abs((values > 1 + 1e-9).mean() - 0.5) < 0.01
        assert values.max() <= 1.4 + 1e-6
