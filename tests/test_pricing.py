"""What assignments cost: prices times work or quantity, by hand."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simcore.models.costs import Assignment, RatePeriod, Resource
from simcore.models.plan import Activity, ActivityType, Plan
from simcore.models.pricing import AssignmentCost, assignment_cost, price_steps, recomputed_cost, spent_on
from tests.p6_plans import DAY, at, done, plan, started, task

UNPRICED = {"budgeted_cost": None, "actual_cost": None, "remaining_cost": None}
CREW = Resource(id="crew", rates=(RatePeriod(start=None, price=310.0),))
SAND = Resource(id="sand", kind="material", rates=(RatePeriod(start=None, price=20.0, per_use=50.0),))


def assigned(resource: str = "crew", **values: Any) -> Assignment:
    """An assignment whose costs are left to the prices."""
    return Assignment(resource=resource, **UNPRICED | values)


def plan_with(activity: Activity, *resources: Resource, rules: str = "p6") -> Plan:
    made = plan(activity, resources={r.id: r for r in resources or (CREW, SAND)})
    return made.with_changes(scheduling=replace(made.scheduling, rules=rules))


def cost(activity: Activity, *resources: Resource, rules: str = "p6", minutes: float | None = None) -> AssignmentCost:
    """The cost of the only assignment of an activity."""
    made = plan_with(activity, *resources, rules=rules)
    return assignment_cost(made, activity, activity.assignments[0], minutes)


def test_half_a_crew_for_ten_days_costs_forty_hours() -> None:
    found = cost(task("A", 10, assignments=(assigned(units=0.5),)))
    assert (found.budgeted, found.actual, found.remaining) == (310 * 40, 0, 310 * 40)


def test_a_given_remaining_cost_wins() -> None:
    found = cost(task("A", 10, assignments=(assigned(units=0.5, remaining_cost=999.0),)))
    assert (found.budgeted, found.remaining) == (310 * 40, 999.0)


def test_work_in_progress_is_spent_by_its_progress() -> None:
    activity = started("A", "02-23 08:00", 4, assignments=(assigned(units=0.5), assigned(work=40 * 60)))
    by_units, by_work = (assignment_cost(plan_with(activity), activity, a) for a in activity.assignments)
    for found in (by_units, by_work):  # 4 of 10 days are left of 40 hours
        assert (found.budgeted, found.actual, found.remaining) == pytest.approx((310 * 40, 310 * 24, 310 * 16))
    assert spent_on(plan_with(activity), activity) == pytest.approx(2 * 310 * 24)


def test_stated_work_wins_over_progress() -> None:
    stated = assigned(work=40 * 60, actual_work=10 * 60, remaining_work=50 * 60)
    found = cost(started("A", "02-23 08:00", 4, assignments=(stated,)))
    assert (found.budgeted, found.actual, found.remaining) == (310 * 40, 310 * 10, 310 * 50)


def test_completed_work_costs_nothing_more() -> None:
    found = cost(done("A", "02-23 08:00", "02-23 17:00", assignments=(assigned(work=8 * 60),)))
    assert (found.actual, found.remaining) == (310 * 8, 0)


def test_material_costs_by_quantity_and_use() -> None:
    found = cost(task("A", 10, assignments=(assigned("sand", quantity=30.0),)))
    assert (found.budgeted, found.remaining) == (30 * 20 + 50, 30 * 20 + 50)
    partly = started("A", "02-23 08:00", 5, assignments=(assigned("sand", quantity=30.0, remaining_quantity=12.0),))
    found = cost(partly)
    assert (found.actual, found.remaining) == (18 * 20 + 50, 12 * 20)  # its use is paid when it begins
    assert cost(task("A", 1, assignments=(assigned("sand", units=3.0),))).budgeted == 3 * 20 + 50


def test_a_hammock_costs_by_the_minutes_its_schedule_gives() -> None:
    effort = Activity(project="P", id="A", type=ActivityType.HAMMOCK, assignments=(assigned(units=0.5),))
    found = cost(effort, minutes=20 * DAY)
    assert (found.budgeted, found.remaining) == (310 * 80, 310 * 80)
    assert cost(effort).remaining == 0


def test_overtime_is_paid_by_the_tools_rule() -> None:
    work = assigned(work=50 * 60, overtime_work=10 * 60)
    plain = Resource(id="crew", rates=(RatePeriod(start=None, price=100.0),))
    dear = Resource(id="crew", rates=(RatePeriod(start=None, price=100.0, overtime_price=150.0),))
    assert cost(task("A", 5, assignments=(work,)), dear).budgeted == 40 * 100 + 10 * 150
    assert cost(task("A", 5, assignments=(work,)), plain).budgeted == 50 * 100
    assert cost(task("A", 5, assignments=(work,)), plain, rules="msp").budgeted == 40 * 100


def test_microsoft_project_pays_a_use_for_each_unit() -> None:
    crew = Resource(id="crew", rates=(RatePeriod(start=None, price=0.0, per_use=70.0),))
    two = task("A", 1, assignments=(assigned(units=2.0),))
    assert cost(two, crew, rules="msp").budgeted == 140
    assert cost(two, crew).budgeted == 70


def test_price_lists_and_prices_of_its_own() -> None:
    crew = replace(CREW, rate_tables={"B": (RatePeriod(start=None, price=400.0),)})
    assert cost(task("A", 1, assignments=(assigned(work=60.0, rate_table="B"),)), crew).budgeted == 400
    assert cost(task("A", 1, assignments=(assigned(work=60.0, rate_table="C"),)), crew).budgeted == 0
    assert cost(task("A", 1, assignments=(assigned(work=60.0, price=5.0),)), crew).budgeted == 5
    assert cost(task("A", 1, assignments=(assigned(work=60.0, price=0.0),)), crew).budgeted == 0
    lump = assigned(work=60.0, lump_sum=True, remaining_cost=12.0)
    assert cost(task("A", 1, assignments=(lump,)), crew) == AssignmentCost(0.0, 0.0, 12.0)


RISING = Resource(
    id="crew",
    rates=(RatePeriod(start=None, price=100.0), RatePeriod(start=at("03-05 00:00"), price=110.0)),
    rate_tables={"2": (RatePeriod(start=None, price=7.0), RatePeriod(start=at("03-09 00:00"), price=14.0))},
)


def test_what_is_priced_here_is_at_the_first_price_and_steps_tell_the_rest() -> None:
    late = task("A", 2, assignments=(assigned(work=16 * 60, start=at("03-09 08:00"), finish=at("03-10 17:00")),))
    assert cost(late, RISING).remaining == 1600
    assert price_steps(RISING) == ((at("03-05 00:00"), pytest.approx(1.1)),)
    assert price_steps(RISING, assigned(rate_table="2")) == ((at("03-09 00:00"), 2.0),)
    assert price_steps(RISING, assigned(price=3.0)) == ()


@pytest.mark.parametrize(
    ("start", "finish", "price"),
    [
        ("03-02 08:00", "03-04 17:00", 100.0),
        ("03-05 08:00", "03-06 17:00", 110.0),
        ("03-03 08:00", "03-06 17:00", 105.0),  # two days before the change and two after it
        ("03-02 08:00", "03-06 17:00", 104.0),  # three and two
    ],
)
def test_recomputed_costs_take_the_prices_of_their_dates(start: str, finish: str, price: float) -> None:
    stored = Assignment(resource="crew", work=600.0, remaining_work=600.0, start=at(start), finish=at(finish))
    activity = task("A", 2, assignments=(stored,))
    found = recomputed_cost(plan_with(activity, RISING), activity, stored)
    assert found is not None
    assert (found.budgeted, found.remaining) == pytest.approx((10 * price, 10 * price))


@pytest.mark.parametrize(("accrual", "actual", "remaining"), [("start", 1000, 0), ("uniform", 400, 600), ("end", 0, 1000)])
def test_recomputed_costs_are_spent_when_their_resource_is_paid(accrual: str, actual: float, remaining: float) -> None:
    crew = Resource(id="crew", rates=(RatePeriod(start=None, price=100.0),), accrual=accrual)
    stored = Assignment(resource="crew", work=600.0, actual_work=240.0, remaining_work=360.0)
    activity = started("A", "02-23 08:00", 4, assignments=(stored,))
    found = recomputed_cost(plan_with(activity, crew), activity, stored)
    assert found is not None
    assert (found.actual, found.remaining) == (actual, remaining)


def test_lump_sums_cannot_be_recomputed() -> None:
    stored = Assignment(resource="crew", lump_sum=True, budgeted_cost=5.0)
    activity = task("A", 2, assignments=(stored,))
    assert recomputed_cost(plan_with(activity), activity, stored) is None


def test_an_assignment_without_resource_or_price_costs_nothing() -> None:
    nobody = task("A", 2, assignments=(Assignment(resource=None, **UNPRICED),))
    assert cost(nobody) == AssignmentCost(0.0, 0.0, 0.0)
