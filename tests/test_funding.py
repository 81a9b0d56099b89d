"""Funding limits, coarser periods and drawdown against numbers worked out by hand."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

import simcore
from simcore.contingency import Contingency, Share
from simcore.drawdown import drawdown
from simcore.flow_summary import SHOWN, coarser, running, summarise_flow
from simcore.funding import funding, limit_in_force
from simcore.models.calendars import Calendar
from simcore.models.costs import Amount, Cost
from simcore.models.finance import FundingLimit
from simcore.models.plan import Activity, ActivityType, Plan, Project, Relationship
from simcore.results import Results
from simcore.sampled import MoneyVariable
from tests.money_cases import flow_of, money_run, shares

SPENDING = [
    [10.0, 20.0, 30.0, 40.0],  # January
    [0.0, 0.0, 0.0, 0.0],
    [50.0, 40.0, 50.0, 60.0],  # up to its end: 60, 60, 80, 100
]
MARCH, APRIL = datetime(2026, 3, 1), datetime(2026, 4, 1)


def test_the_share_of_iterations_beyond_a_limit_is_its_probability() -> None:
    found = funding(flow_of(SPENDING, [FundingLimit(amount=70.0)]))
    assert found is not None
    january, february, march = found.by_period
    assert january is not None
    assert february is not None
    assert march is not None
    assert (january.probability, february.probability, march.probability) == (0.0, 0.0, 0.5)
    assert march.expected == (0 + 0 + 10 + 30) / 4
    assert march.needed == {50: 60.0, 80: 100.0}
    assert march.missing == 30.0
    assert found.first_short == 2
    # iterations 0, 2 and 1, 3 are the replicates: means of the excess 5 and 15, so the error is sd / sqrt(2) = 5
    assert march.expected_error == pytest.approx(5.0)
    (limit,) = found.by_limit
    assert (limit.probability, limit.expected) == (0.5, 10.0)
    assert found.probability == 0.5


def test_the_lowest_limit_that_still_holds_is_in_force() -> None:
    tranche, later_but_lower = FundingLimit(amount=50.0, until=MARCH), FundingLimit(amount=35.0, until=APRIL)
    forever = FundingLimit(amount=200.0)
    limits = [forever, tranche, later_but_lower]
    assert limit_in_force(limits, np.datetime64("2026-03-01")) == later_but_lower
    assert limit_in_force([forever, tranche], np.datetime64("2026-03-01")) == tranche  # until the first holds all of February
    assert limit_in_force([forever, tranche], np.datetime64("2026-03-01T00:01")) == forever
    assert limit_in_force([tranche], np.datetime64("2026-04-01")) is None

    found = funding(flow_of(SPENDING, [FundingLimit(amount=25.0, until=MARCH)]))
    assert found is not None
    assert [excess and excess.probability for excess in found.by_period] == [0.5, 0.5, None]
    assert found.probability == 0.5


def test_exceeding_any_limit_counts_iterations_not_limits() -> None:
    limits = [FundingLimit(amount=35.0, until=MARCH), FundingLimit(amount=99.0), FundingLimit(amount=70.0, until=APRIL)]
    found = funding(flow_of(SPENDING, limits))
    assert found is not None
    assert [excess.limit.amount for excess in found.by_limit] == [35.0, 70.0, 99.0]  # in the order of their dates
    assert [excess.probability for excess in found.by_limit] == [0.25, 0.5, 0.25]
    assert found.probability == 0.5  # iterations 2 and 3


def test_spending_inside_of_a_period_is_even() -> None:
    tenth_of_march = datetime(2026, 3, 1) + (datetime(2026, 4, 1) - datetime(2026, 3, 1)) / 10
    found = funding(flow_of(SPENDING, [FundingLimit(amount=34.5, until=tenth_of_march)]))
    assert found is not None
    # then 15, 24, 35, 46 are spent
    assert found.by_limit[0].probability == 0.5
    assert found.by_limit[0].expected == pytest.approx((0.5 + 11.5) / 4)
    assert found.by_limit[0].needed == {50: pytest.approx(24.0), 80: pytest.approx(46.0)}
    assert found.by_period[2] is None


def test_a_limit_before_the_first_period_is_kept() -> None:
    found = funding(flow_of(SPENDING, [FundingLimit(amount=0.0, until=datetime(2025, 7, 1))]))
    assert found is not None
    assert (found.probability, found.by_limit[0].probability, found.by_limit[0].expected) == (0.0, 0.0, 0.0)
    assert found.by_period == (None, None, None)


def test_money_that_comes_back_does_not_undo_an_excess() -> None:
    found = funding(flow_of([[10.0, 10.0], [20.0, 0.0], [-20.0, 0.0]], [FundingLimit(amount=15.0)]))
    assert found is not None
    assert found.by_limit[0].probability == 0.5
    assert found.by_period[2] is not None
    assert found.by_period[2].probability == 0.0


def test_sums_of_binary_fractions_keep_a_limit_that_they_equal() -> None:
    found = funding(flow_of([[0.1], [0.2]], [FundingLimit(amount=0.3)], replicates=1))
    assert found is not None
    assert 0.1 + 0.2 > 0.3
    assert found.probability == 0.0
    assert found.by_period[1] is not None
    assert found.by_period[1].probability == 0.0


def test_no_limits_no_answer() -> None:
    assert funding(flow_of(SPENDING)) is None


def test_the_summary_gives_the_p_values_of_the_variables() -> None:
    flow = money_run().cash_flow
    assert flow is not None
    summary = summarise_flow(flow)
    for number, total in enumerate(running(flow)):
        for bands, variable in ((summary.by_period, flow.period(number)), (summary.cumulative, flow.cumulative(number))):
            assert [bands.percentiles[p][number] for p in SHOWN] == pytest.approx([variable.p(p) for p in SHOWN])
            assert bands.mean[number] == pytest.approx(variable.mean)
            assert bands.p80_error[number] == pytest.approx(variable.standard_error(80))
            assert bands.deterministic[number] == pytest.approx(variable.deterministic)
        assert total.samples == pytest.approx(flow.cumulative(number).samples)


@pytest.mark.parametrize(
    ("first", "periods", "start", "most", "labels"),
    [
        ("2026-02", 7, 1, 8, ("2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08")),
        ("2026-02", 11, 1, 8, ("2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4")),
        ("2026-02", 11, 4, 8, ("FY2026 Q4", "FY2027 Q1", "FY2027 Q2", "FY2027 Q3")),
        ("2026-10", 30, 10, 3, ("FY2027", "FY2028", "FY2029")),
        ("2026-12", 26, 1, 4, ("2026", "2027", "2028", "2029")),
        ("2026-01", 48, 1, 3, ("2026-01 to 2027-04", "2027-05 to 2028-08", "2028-09 to 2029-12")),
    ],
)
def test_longer_periods_are_quarters_or_fiscal_years(first, periods, start, most, labels) -> None:
    flow = flow_of(np.arange(2.0 * periods).reshape(periods, 2), first=first)
    merged = coarser(flow, start, most)
    assert merged.labels == labels
    assert merged.edges[[0, -1]].tolist() == flow.edges[[0, -1]].tolist()
    assert len(merged.edges) == len(labels) + 1
    assert merged.by_period.sum(axis=0).tolist() == flow.by_period.sum(axis=0).tolist()
    assert merged.deterministic.sum() == flow.deterministic.sum()
    for k, (begin, end) in enumerate(zip(merged.edges[:-1], merged.edges[1:], strict=True)):
        inside = (flow.edges[:-1] >= begin) & (flow.edges[1:] <= end)
        assert merged.by_period[k].tolist() == flow.by_period[inside].sum(axis=0).tolist()


def test_weeks_are_put_together_in_rows() -> None:
    flow = replace(flow_of(np.ones((10, 2))), unit="week", labels=tuple(f"W{k:02}" for k in range(10)))
    merged = coarser(flow, 1, 4)
    assert merged.labels == ("W00 to W02", "W03 to W05", "W06 to W08", "W09")
    assert merged.mean.tolist() == [3.0, 3.0, 3.0, 1.0]


# -- drawdown ----------------------------------------------------------------------------------------------------------


def round_the_clock() -> Results:
    """A takes ten days, B twenty after it, without weekends; nothing varies but a price."""
    day = 1440
    dear = Cost(fixed=Amount(value=100.0))
    a = Activity(project="P", id="A", duration=10 * day, cost=dear)
    b = Activity(project="P", id="B", duration=20 * day, cost=dear)
    done = Activity(project="P", id="M", type=ActivityType.FINISH_MILESTONE)
    start = datetime(2026, 1, 1)
    plan = Plan(
        projects=(Project(id="P", start=start, data_date=start, calendar="all"),),
        activities=(a, b, done),
        relationships=(Relationship(a.ref, b.ref), Relationship(b.ref, done.ref)),
        calendars={"all": Calendar(name="all", week=(((0, day),),) * 7)},
    )
    return simcore.simulate(plan, iterations=20, seed=1, threads=1)


def contingency(amounts: dict[str, float]) -> Contingency:
    total = sum(amounts.values())
    by_activity = shares(total, amounts, {})
    return Contingency(
        percent=80, planned=200.0, target=200.0 + total, total=total, total_error=0.0, by_source=(), by_activity=by_activity,
        by_wbs=(), by_account=(), by_risk=(Share(id="", name="", amount=total, standard_error=0.0),),
    )  # fmt: skip


def test_a_share_is_released_evenly_while_its_work_is_done() -> None:
    flow = flow_of([[50.0] * 4, [50.0] * 4, [110.0] * 4, [0.0] * 4])
    edges = np.array(["2026-01-01", "2026-01-06", "2026-01-11", "2026-01-21", "2026-02-01"], "datetime64[m]")
    results = replace(round_the_clock(), cash_flow=replace(flow, edges=edges))
    drawn = drawdown(results, contingency({"A": 40.0, "B": 20.0, "actions": 3.0}))
    assert drawn is not None
    assert drawn.moments.tolist() == edges.tolist()
    assert drawn.planned.tolist() == pytest.approx([63.0, 43.0, 23.0, 13.0, 0.0])
    assert drawn.expected.tolist() == pytest.approx(drawn.planned.tolist())  # no date varies
    assert drawn.cost_to_go.tolist() == pytest.approx([210.0, 160.0, 110.0, 0.0, 0.0])
    assert drawn.of_cost_to_go[:3] == pytest.approx([0.3, 43 / 160, 23 / 110])
    assert np.isnan(drawn.of_cost_to_go[3])


def test_the_drawdown_begins_at_the_data_date() -> None:
    results = money_run()
    drawn = drawdown(results, results.contingency(80))  # type: ignore[arg-type]
    assert drawn is not None
    assert drawn.moments[0] == np.datetime64("2026-03-23T08:00")
    assert drawn.labels[:2] == ("", "2026-03")
    assert (np.diff(drawn.expected) <= 1e-9).all()  # every share of this one is positive
    assert (drawn.expected >= drawn.planned - 0.02 * drawn.total).all()  # work is rather late than early
    assert drawn.expected[-1] == pytest.approx(0.0, abs=1e-9)


def test_without_a_cash_flow_there_is_no_drawdown() -> None:
    assert drawdown(round_the_clock(), contingency({"A": 1.0})) is None


def test_the_lowest_funding_that_p80_needs_is_the_p80_of_the_spending() -> None:
    flow = money_run().cash_flow
    assert flow is not None
    enough = flow.cumulative(5).p(80)
    exact = replace(flow, limits=(FundingLimit(amount=enough, until=flow.edges[6].item()),))
    found = funding(exact)
    assert found is not None
    assert found.by_limit[0].missing == pytest.approx(0.0, abs=1e-6)
    assert found.by_limit[0].probability == pytest.approx(0.2, abs=1 / flow.iterations)
    variable = MoneyVariable(flow.by_period[:6].sum(axis=0), 16, 0.0)
    assert found.by_limit[0].probability_error == variable.probability_error(enough + 0.005)
