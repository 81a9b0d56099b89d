"""The cost check: what it compares, what it leaves out, and what it says."""
from __future__ import annotations

from typing import Any

import pytest

from simcore.cost_check import CostCheck, causes_of, check_costs
from simcore.models.costs import Amount, Assignment, Cost, Expense, FileCost, RatePeriod, Resource
from simcore.models.plan import Activity
from tests.p6_plans import plan, started, task

RESOURCES = {"crew": Resource(id="crew", rates=(RatePeriod(start=None, price=100.0),)), "free": Resource(id="free")}
STORED = FileCost(budgeted=1000, actual=0, remaining=1000, at_completion=1000)


def work(**values: Any) -> Assignment:
    """Ten hours of a crew at 100."""
    known = {"work": 600.0, "remaining_work": 600.0, "budgeted_cost": 1000.0, "remaining_cost": 1000.0}
    return Assignment(**{"resource": "crew"} | known | values)  # type: ignore[arg-type]


def check(*activities: Activity) -> CostCheck:
    return check_costs(plan(*activities, resources=RESOURCES))


def costing(ident: str = "A", *assignments: Assignment, stored: FileCost | None = STORED, **values: Any) -> Activity:
    return task(ident, 2, assignments=assignments, file_cost=stored, **values)


def test_a_plan_whose_costs_agree() -> None:
    found = check(costing("A", work()), costing("B", work(), stored=None), costing("C", work()))
    assert (found.compared, found.agree, found.priced, found.priced_agree, found.perfect) == (2, 2, 2, 2, True)
    assert str(found) == "All 2 activities with cost agree with the file's own totals; 2 of 2 follow from its prices."


def test_a_file_without_costs() -> None:
    assert str(check(task("A"))) == "The file stores no costs of activities to compare with."


def test_totals_and_prices_are_two_questions() -> None:
    lost = check(costing("A", work(), stored=FileCost(budgeted=1500, remaining=1500)))
    assert lost.differing[0].values == {"budgeted": (1500, 1000), "remaining": (1500, 1000)}
    assert not lost.perfect
    assert str(lost).startswith("0 of 1 activities with cost agree with the file's own totals (1: the file's total is not")
    changed = check(costing("A", work(work=1200.0, remaining_work=1200.0)))
    assert (changed.agree, changed.priced_agree) == (1, 0)
    assert changed.repriced[0].values["budgeted"] == (1000, 2000)


def test_the_rounding_of_each_part_is_allowed_for() -> None:
    half_a_cent = work(budgeted_cost=1000.005, remaining_cost=1000.005)
    assert check(costing("A", half_a_cent, half_a_cent, stored=FileCost(budgeted=2000, remaining=2000))).perfect
    assert not check(costing("A", work(budgeted_cost=1000.02), stored=FileCost(budgeted=1000))).perfect


def test_lump_sums_and_entered_amounts_have_no_price() -> None:
    fee = Expense(name="Fee", budgeted_cost=1000, remaining_cost=1000)
    found = check(costing("A", work(work=0.0, lump_sum=True)), costing("B", expenses=(fee,)),
                  costing("C", cost=Cost(fixed=Amount(value=1000))))  # fmt: skip
    assert (found.agree, found.priced) == (3, 0)
    assert str(found).endswith("; no cost of the file has a price it could be computed from.")


@pytest.mark.parametrize(("quantity", "agrees"), [(0.021864, True), (0.0219, False)])
def test_expenses_are_quantities_times_prices_as_far_as_these_are_written(quantity: float, agrees: bool) -> None:
    fee = Expense(budgeted_cost=57188.0, remaining_cost=57188.0, quantity=quantity, price=2615607.0)
    stored = FileCost(budgeted=57188, remaining=57188, at_completion=57188)
    found = check(costing("A", stored=stored, expenses=(fee,)))
    assert (found.priced, found.priced_agree) == (1, int(agrees))  # half a millionth of the price is 1.31


CAUSES = {
    "a cost without a price in the file": (work(resource="free"), STORED),
    "spent cost entered apart from the progress of work": (
        work(actual_cost=900.0, remaining_cost=100.0),
        FileCost(budgeted=1000, actual=900, remaining=100, at_completion=1000),
    ),
    "spent cost entered by hand": (
        work(actual_work=300.0, remaining_work=300.0, actual_cost=777.0, remaining_cost=500.0),
        FileCost(actual=777, remaining=500, at_completion=1277),
    ),
    "not recalculated since prices, work or quantities changed": (work(work=1200.0), STORED),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_causes(cause: str) -> None:
    assignment, stored = CAUSES[cause]
    activity = started("A", "02-23 08:00", 1, assignments=(assignment,), file_cost=stored)
    found = check(activity)
    assert (found.agree, causes_of(found.repriced)) == (1, {cause: 1})
    assert f"(1: {cause})" in str(found)
