"""Earned value against examples worked by hand, and what must hold for every plan."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.earned_schedule import earned_schedule
from simcore.earned_value import earned_value, planned_value, why_unmeasured
from simcore.models.calendars import always
from simcore.models.costs import Amount, Assignment, Cost, Expense, Resource
from simcore.models.finance import EscalationIndex, Finance
from simcore.models.plan import Activity, ActivityType, Baseline, Plan, Project, Status, Wbs
from simcore.scheduling import schedule
from tests.msp_plans import DAY, STANDARD

START = datetime(2026, 3, 2, 8)  # a Monday


def on(month: int, day: int, hour: int = 17) -> datetime:
    return datetime(2026, month, day, hour)


def work(
    key: str, start: datetime, finish: datetime, budget: float | None, days: float, done: float = 0.0, spent: float = 0.0, **more
) -> Activity:
    """An activity with a baseline, done to some share; a share of 1 needs its actual dates."""
    status = Status.NOT_STARTED if not done else Status.COMPLETED if done == 1 else Status.IN_PROGRESS
    actual = {"actual_start": start} if done else {}
    if done == 1:
        actual["actual_finish"] = finish
    values = {
        "duration": round(days * DAY), "remaining": round(days * DAY * (1 - done)), "status": status, "percent_complete": done,
        "baseline": Baseline(start=start, finish=finish, cost=budget), "cost": Cost(actual=spent), **actual, **more,
    }  # fmt: skip
    return Activity(project="P", id=key, **values)


def plan_of(*activities: Activity, data_date: datetime | None = None, **more) -> Plan:
    return Plan(
        projects=(Project(id="P", start=START, data_date=data_date, calendar="standard"),),
        calendars={"standard": STANDARD, "clock": always()},
        activities=activities,
        **more,
    )


def half_way() -> Plan:
    """Four activities after three of five weeks; 23 March is the Monday after 15 working days.

        A  2-13 March, 10 d, 10,000   done        spent 11,000
        B  2-13 March, 10 d,  5,000   60 %        spent  4,000
        C 16-27 March, 10 d, 20,000   20 %        spent  5,000
        D 30 March-3 April, 5 d, 5,000
    """
    return plan_of(
        work("A", START, on(3, 13), 10_000.0, 10, 1.0, 11_000.0, wbs="W.1"),
        work("B", START, on(3, 13), 5_000.0, 10, 0.6, 4_000.0, wbs="W.1"),
        work("C", on(3, 16, 8), on(3, 27), 20_000.0, 10, 0.2, 5_000.0, wbs="W.2"),
        work("D", on(3, 30, 8), on(4, 3), 5_000.0, 5, wbs="W.2"),
        data_date=on(3, 23, 8),
        wbs=(Wbs(code="W", name="Works"), Wbs(code="W.1", parent="W"), Wbs(code="W.2", parent="W")),
    )


def test_the_measures_of_a_project_half_way():
    """PV = 10,000 + 5,000 + 5/10 of 20,000; EV = 10,000 + 60 % of 5,000 + 20 % of 20,000; AC = 11,000 + 4,000 + 5,000."""
    total = earned_value(half_way()).total
    assert (total.bac, total.pv, total.ev, total.ac) == pytest.approx((40_000, 25_000, 17_000, 20_000))
    assert (total.sv, total.cv) == pytest.approx((-8_000, -3_000))
    assert total.spi == pytest.approx(17 / 25)
    assert total.cpi == pytest.approx(17 / 20)
    assert total.tcpi_bac == pytest.approx(23 / 20)  # 23,000 to be earned, 20,000 left to spend
    assert total.eac_at_budget == pytest.approx(43_000)
    assert total.eac_cpi == pytest.approx(40_000 * 20 / 17)
    assert total.eac_cpi_spi == pytest.approx(20_000 + 23_000 / (17 / 20 * 17 / 25))


def test_the_earned_schedule_of_a_project_half_way():
    """PV grows by 1,500 a day for ten days, then by 2,000: 17,000 were due after 11 days, on Monday 16 March.

    AT = 15 d, so SPI(t) = 11/15; 25 d / SPI(t) = 34.09 d = 34 d and 44 minutes; the 34th day from 2 March is 16 April.
    The rest as planned: 15 + 25 - 11 = 29 d, Thursday 9 April.
    """
    found = earned_value(half_way()).schedule
    assert (found.planned, found.earned, found.actual) == (25 * DAY, 11 * DAY, 15 * DAY)
    assert found.moment == on(3, 16)
    assert found.spi == pytest.approx(11 / 15)
    assert found.sv == -4 * DAY
    assert found.sv_elapsed == on(3, 16) - on(3, 23, 8)
    assert found.tspi == pytest.approx(14 / 10)
    assert found.forecast == datetime(2026, 4, 17, 8, 44)
    assert found.forecast_as_planned == on(4, 9)


def test_the_wbs_adds_up():
    """W.1: BAC 15,000, EV 13,000, AC 15,000; W.2: BAC 25,000, PV 10,000, EV 4,000, AC 5,000."""
    first, second = half_way().wbs[1:]
    found = {node.code: node.measures for node in earned_value(half_way()).wbs}
    assert list(found) == ["W", first.code, second.code]
    assert found["W"] == earned_value(half_way()).total
    assert (found["W.1"].bac, found["W.1"].ev, found["W.1"].ac) == pytest.approx((15_000, 13_000, 15_000))
    assert (found["W.2"].bac, found["W.2"].pv, found["W.2"].ev, found["W.2"].ac) == pytest.approx((25_000, 10_000, 4_000, 5_000))


def test_at_the_late_end_spi_is_one_and_spi_t_is_not():
    """Planned 2-13 March (10 d), finished on 17 March (12 d): all is earned, yet SPI(t) = 10/12; IEAC(t) is the actual finish.

    Whether the data date is that day or weeks later.
    """
    late = replace(work("A", START, on(3, 13), 1_000.0, 10, 1.0, 1_200.0), actual_finish=on(3, 17))
    for data_date in (on(3, 17), on(4, 20, 8)):
        found = earned_value(plan_of(late, data_date=data_date))
        assert (found.total.spi, found.total.sv) == (1.0, 0.0)
        assert found.schedule.spi == pytest.approx(10 / 12)
        assert (found.schedule.forecast, found.schedule.at) == (on(3, 17), on(3, 17))
        assert found.total.eac_cpi == pytest.approx(1_200.0)
        assert found.total.tcpi_bac is None  # the budget is spent
    assert found.schedule.tspi is None  # the planned finish has passed


def test_work_as_planned_is_on_time_at_night_and_at_weekends():
    """Half of 2-13 March is done; so it was planned to be from Friday 6 March 17:00 to Monday 9 March 08:00."""
    for data_date in (on(3, 6), on(3, 7, 12), on(3, 9, 8)):
        found = earned_value(plan_of(work("A", START, on(3, 13), 1_000.0, 10, 0.5), data_date=data_date)).schedule
        assert found.moment == data_date
        assert found.spi == 1.0


@pytest.mark.parametrize(
    ("accrual", "planned"),
    [("uniform", 300.0), ("start", 1000.0), ("end", 0.0), ("front", 1000 * (0.6 + 0.5 * 0.3))],
)
def test_planned_value_follows_the_accrual(accrual, planned):
    """After 3 of 10 days; the curve puts 60 % into the first fifth, 30 % into the second."""
    finance = Finance(curves={"front": (6.0, 3.0, 1.0, 0.0, 0.0)})
    paid = Cost(fixed=Amount(value=400.0), accrual=accrual)
    activity = work("A", START, on(3, 13), 1_000.0, 10, 0.1, cost=paid)
    assert earned_value(plan_of(activity, data_date=on(3, 4), finance=finance)).total.pv == pytest.approx(planned)


def test_a_milestone_is_due_at_its_date():
    done = work("A", START, on(3, 6), 500.0, 5, 1.0, 500.0)
    milestone = work("M", on(3, 6), on(3, 6), 100.0, 0, type=ActivityType.FINISH_MILESTONE)
    for data_date, planned in ((on(3, 6, 16), 475.0 + 12.5), (on(3, 6), 600.0)):  # an hour before its end 1/40 of A is still due
        found = earned_value(plan_of(done, milestone, data_date=data_date)).total
        assert (found.pv, found.ev) == pytest.approx((planned, 500.0))


def test_without_a_baseline_the_budget_is_that_of_the_items():
    """Assignment 600, expense 100 and what is fixed and spent, 50 + 30, which has no other budget."""
    activity = replace(
        work("A", START, on(3, 13), None, 10, 0.5), baseline=None, cost=Cost(fixed=Amount(value=50.0), actual=30.0),
        assignments=(Assignment(resource="R", budgeted_cost=600.0, actual_cost=330.0, remaining_cost=320.0),),
        expenses=(Expense(budgeted_cost=100.0, actual_cost=100.0),),
    )  # fmt: skip
    found = earned_value(plan_of(activity, data_date=on(3, 6), resources={"R": Resource(id="R")}))
    assert (found.total.bac, found.total.ev) == pytest.approx((780.0, 390.0))
    assert (found.total.ac, found.total.etc) == pytest.approx((460.0, 370.0))
    assert found.total.eac_bottom_up == pytest.approx(830.0)
    assert any("no activity has a baseline cost" in note.lower() for note in found.notes)
    assert any("present schedule" in note for note in found.notes)


def test_a_baseline_without_cost_among_others_is_one_of_nothing():
    priced = work("A", START, on(3, 13), 1_000.0, 10, 0.5)
    unpriced = work("B", START, on(3, 13), None, 10, 0.5, spent=70.0)
    total = earned_value(plan_of(priced, unpriced, data_date=on(3, 6))).total
    assert (total.bac, total.ev, total.ac) == pytest.approx((1_000.0, 500.0, 70.0))


def test_what_has_no_baseline_and_no_budget_moves_no_planned_finish():
    """Work added later, eight weeks from Monday 9 March on; with a budget it has to be earned, and so it counts."""
    planned = work("A", START, on(3, 13), 1_000.0, 10, 0.5)
    added = replace(work("N", START, START, None, 40), baseline=None)
    priced = replace(added, cost=Cost(fixed=Amount(value=100.0)))
    for other, finish in ((added, on(3, 13)), (priced, on(5, 1))):
        assert earned_value(plan_of(planned, other, data_date=on(3, 6))).schedule.finish == finish


def test_a_summary_counts_its_own_cost_alone():
    """Its baseline sums up what lies below it; its own cost here is 40."""
    below = work("A", START, on(3, 13), 1_000.0, 10, 0.5, wbs="W")
    above = work("S", START, on(3, 13), 1_040.0, 10, 0.5, type=ActivityType.SUMMARY, wbs="W", spent=40.0)
    found = earned_value(plan_of(below, above, data_date=on(3, 6), wbs=(Wbs(code="W"),))).total
    assert (found.bac, found.ev, found.ac) == pytest.approx((1_040.0, 520.0, 40.0))


def test_a_hammock_that_states_no_progress_earns_what_was_planned():
    task = work("A", START, on(3, 13), 1_000.0, 10, 0.2)
    hammock = work("H", START, on(3, 13), 100.0, 10, type=ActivityType.HAMMOCK, percent_complete=None)
    stated = replace(hammock, percent_complete=0.2, status=Status.IN_PROGRESS, actual_start=START)
    for level, earned in ((hammock, 50.0), (stated, 20.0)):
        found = earned_value(plan_of(task, level, data_date=on(3, 6)))
        assert found.activities[1].measures.ev == pytest.approx(earned)
        assert any("level of effort" in note for note in found.notes) == (level is hammock)


def test_indices_of_nothing_are_unknown():
    """Nothing planned yet, nothing spent: no SPI, no CPI, no forecast from them."""
    early = work("A", on(3, 16, 8), on(3, 20), 1_000.0, 5, 0.2)
    found = earned_value(plan_of(replace(early, actual_start=on(3, 5, 8)), data_date=on(3, 9, 8)))
    assert (found.total.spi, found.total.cpi, found.total.eac_cpi, found.total.eac_cpi_spi) == (None,) * 4
    assert found.schedule.spi is None
    assert found.schedule.forecast is None
    assert any("nothing is recorded as spent" in note.lower() for note in found.notes)


def test_an_inactive_activity_has_no_value():
    total = earned_value(plan_of(work("A", START, on(3, 13), 1e3, 10, 0.5), work("B", START, on(3, 13), 1e3, 10, inactive=True),
                                 data_date=on(3, 6))).total  # fmt: skip
    assert total.bac == 1_000.0


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (plan_of(work("A", START, on(3, 13), 1_000.0, 10), data_date=on(3, 6)), "no progress to measure"),
        (plan_of(work("A", START, on(3, 13), None, 10, 0.5), data_date=on(3, 6)), "No activity has a budget"),
    ],
)
def test_why_there_is_nothing_to_measure(plan, reason):
    assert earned_value(plan) is None
    assert reason in why_unmeasured(plan)


def test_without_a_data_date_the_last_actual_date_stands_for_it():
    found = earned_value(plan_of(work("A", START, on(3, 13), 1_000.0, 10, 1.0), work("B", on(3, 16, 8), on(3, 27), 1e3, 10)))
    assert found.as_of == on(3, 13)
    assert any("no data date" in note for note in found.notes)


def test_a_note_tells_prices_apart():
    finance = Finance(escalation=(EscalationIndex(id="E", rate=0.03),))
    found = earned_value(half_way().with_changes(finance=finance))
    assert any("at the plan's prices" in note for note in found.notes)


def test_the_curve_ends_with_the_budget_and_passes_the_data_date():
    found = earned_value(half_way())
    curve, now = found.curve, np.datetime64(found.as_of, "m")
    assert curve.pv[-1] == pytest.approx(found.total.bac)
    at = int(np.flatnonzero(curve.dates == now)[0])
    assert (curve.pv[at], curve.ev[at], curve.ac[at]) == pytest.approx((found.total.pv, found.total.ev, found.total.ac))
    assert np.isnan(curve.ev[at + 1:]).all()
    assert np.isnan(curve.ac[at + 1:]).all()
    assert np.datetime64("2026-04-01T00:00") in curve.dates


HOURS = st.integers(0, 1500)


@st.composite
def plans(draw: st.DrawFn, finished: bool = False) -> Plan:
    """Activities with any baseline, accrual, calendar and progress."""
    activities = []
    for k in range(draw(st.integers(1, 5))):
        start = START + timedelta(hours=draw(HOURS))
        finish = start + timedelta(hours=draw(HOURS))
        done = 1.0 if finished else draw(st.sampled_from([0.0, 0.25, 0.7, 1.0]))
        cost = Cost(actual=draw(st.floats(0, 1e6)), fixed=Amount(value=draw(st.floats(0, 1e4))),
                    accrual=draw(st.sampled_from(["start", "end", "uniform", "bell"])))  # fmt: skip
        budget = draw(st.one_of(st.none(), st.floats(1, 1e6)))
        calendar = draw(st.sampled_from(["standard", "clock"]))
        wbs = draw(st.sampled_from([None, "W.1", "W.1.2", "W.2"]))
        activities.append(work(f"A{k}", start, finish, budget, 10, done, cost=cost, calendar=calendar, wbs=wbs))
    now = START + timedelta(hours=draw(HOURS))
    finance = Finance(curves={"bell": (1.0, 4.0, 5.0, 2.0)})
    return plan_of(*activities, data_date=now, finance=finance, wbs=(Wbs(code="W"),))


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(-100, 3200))
def test_what_holds_for_every_plan(plan, hours):
    found = earned_value(plan)
    if found is None:
        assert why_unmeasured(plan)
        return
    total, budget = found.total, found.total.bac
    for name in ("bac", "pv", "ev", "ac", "etc"):
        parts = [getattr(a.measures, name) for a in found.activities]
        assert getattr(total, name) == pytest.approx(sum(parts))
    rounding = 1e-9 * budget
    assert total.pv <= budget + rounding
    assert total.ev <= budget + rounding
    assert (np.diff(found.curve.pv) >= -rounding).all()
    assert found.curve.pv[-1] == pytest.approx(budget)
    assert planned_value(plan, found.schedule.finish) == pytest.approx(budget)
    moment = START + timedelta(hours=hours)
    assert -rounding <= planned_value(plan, moment) <= budget + rounding


@settings(max_examples=40, deadline=None)
@given(plans(finished=True))
def test_when_all_is_done_all_is_earned(plan):
    found = earned_value(plan)
    if found is not None:
        assert found.total.ev == pytest.approx(found.total.bac)


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(0, 3000))
def test_the_earned_schedule_of_what_was_planned_by_a_moment_is_that_moment(plan, hours):
    found = earned_value(plan)
    if found is None:
        return
    network = schedule(plan).network
    start, finish = (network.clock.minutes(d) for d in (found.schedule.start, found.schedule.finish))
    at = min(start + 60 * hours, finish)

    def planned(minute: int) -> float:
        return planned_value(plan, network.clock.date(minute))

    again = earned_schedule(network, planned, planned(at), found.total.bac, (start, finish), at)
    assert again.moment == network.clock.date(at)
    assert again.spi in (1.0, None)
