"""Costs of Primavera P6: prices, accounts, curves, expenses, budgets and the stored totals, by hand-made files."""
from __future__ import annotations

from typing import Any

import pytest

from simcore.models.costs import FileCost
from simcore.models.finance import Account, Budget
from simcore.models.plan import Plan
from tests.p6_cases import only, plan, read
from tests.p6_plans import at
from tests.test_p6xml import read as read_xml

CREW = {"rsrc_id": "5", "rsrc_short_name": "CREW", "rsrc_type": "RT_Labor"}
RATE = {"rsrc_id": "5", "cost_per_qty": "100", "start_date": "2026-01-01 00:00", "max_qty_per_hr": "1"}
WORK = {"task_id": "11", "proj_id": "7", "rsrc_id": "5", "rsrc_type": "RT_Labor", "target_qty": "40", "remain_qty": "40",
        "target_cost": "4000", "remain_cost": "4000", "cost_per_qty": "100", "cost_per_qty_source_type": "ST_Rsrc",
        "rate_type": "COST_PER_QTY", "cost_qty_link_flag": "Y", "target_start_date": "2026-03-02 08:00"}  # fmt: skip


def with_work(rate: dict[str, str] | None = None, tables: dict[str, Any] | None = None, **values: str) -> Plan:
    """The small plan with a crew on its first activity."""
    own = {"RSRC": [CREW], "RSRCRATE": [RATE | (rate or {})], "TASKRSRC": [WORK | values]}
    return read(plan(**own | (tables or {})))


def test_the_price_of_the_resource_is_not_repeated() -> None:
    (assignment,) = with_work().activities[0].assignments
    assert (assignment.price, assignment.rate_table, assignment.lump_sum) == (None, None, False)


@pytest.mark.parametrize(
    ("values", "rate", "price"),
    [
        ({"cost_per_qty": "80", "cost_per_qty_source_type": "ST_Custom"}, {}, 80.0),  # set by hand
        ({"cost_per_qty": "90"}, {}, 90.0),  # the resource's price has changed since
        ({"cost_per_qty": ""}, {}, 0.0),  # P6 multiplies by what stands there
        ({"cost_per_qty": "60"}, {"rsrc_id": "6"}, 60.0),  # its resource's prices are not in the file
    ],
)
def test_prices_of_assignments_of_their_own(values: dict[str, str], rate: dict[str, str], price: float) -> None:
    assert with_work(rate, **values).activities[0].assignments[0].price == price


def test_the_price_in_effect_at_the_start_counts() -> None:
    rates = [RATE, RATE | {"start_date": "2026-03-01 00:00", "cost_per_qty": "120"}]
    known = with_work(tables={"RSRCRATE": rates}, cost_per_qty="120").activities[0].assignments[0]
    other = with_work(tables={"RSRCRATE": rates}, cost_per_qty="100").activities[0].assignments[0]
    assert (known.price, other.price) == (None, 100.0)


def test_further_price_types() -> None:
    made = with_work({"cost_per_qty2": "130", "cost_per_qty3": "0"}, rate_type="COST_PER_QTY2", cost_per_qty="130")
    tables = made.resources["CREW"].rate_tables
    assert {name: [(r.start, r.price) for r in rates] for name, rates in tables.items()} == {"2": [(at("01-01 00:00"), 130)]}
    (assignment,) = made.activities[0].assignments
    assert (assignment.rate_table, assignment.price) == ("2", None)


def test_prices_of_roles() -> None:
    tables = {"ROLES": [{"role_id": "9", "role_short_name": "FITTER"}], "ROLERATE": [{"role_id": "9", "cost_per_qty": "75"}]}
    both = with_work(tables=tables, role_id="9", cost_per_qty_source_type="ST_Role", cost_per_qty="75")
    assert both.activities[0].assignments[0].price == 75.0  # the resource costs 100
    alone = with_work(tables=tables, rsrc_id="", role_id="9", cost_per_qty_source_type="ST_Role", cost_per_qty="75")
    (assignment,) = alone.activities[0].assignments
    assert (assignment.resource, assignment.price) == ("FITTER", None)


def test_overtime() -> None:
    made = with_work(tables={"RSRC": [CREW | {"ot_factor": "1.5"}]}, act_reg_qty="8", act_ot_qty="2")
    assert made.resources["CREW"].rates[0].overtime_price == 150
    (assignment,) = made.activities[0].assignments
    assert (assignment.actual_work, assignment.actual_overtime_work) == (600, 120)


def test_costs_that_are_not_linked_to_units_are_lump_sums() -> None:
    (assignment,) = with_work(cost_qty_link_flag="N", target_cost="12", remain_cost="12").activities[0].assignments
    assert (assignment.lump_sum, assignment.time_dependent, assignment.remaining_cost) == (True, False, 12)


def test_material_keeps_what_was_used() -> None:
    crew = {"RSRC": [CREW | {"rsrc_type": "RT_Mat"}]}
    (steel,) = with_work(tables=crew, act_reg_qty="15", remain_qty="20").activities[0].assignments
    assert (steel.quantity, steel.actual_quantity, steel.remaining_quantity) == (40, 15, 20)


ACCOUNTS = [
    {"acct_id": "31", "parent_acct_id": "30", "acct_short_name": "Steel", "acct_name": "Steelwork"},
    {"acct_id": "30", "acct_short_name": "C", "acct_name": "Civil"},
]


def test_cost_accounts_are_paths_and_projects_have_a_usual_one() -> None:
    project = [plan()["PROJECT"][0] | {"acct_id": "30"}]
    fee = {"task_id": "11", "proj_id": "7", "cost_name": "Fee", "target_cost": "1", "acct_id": ""}
    made = with_work(tables={"ACCOUNT": ACCOUNTS, "PROJECT": project, "PROJCOST": [fee]}, acct_id="31")
    assert set(made.finance.accounts) == {
        Account(code="C", name="Civil"), Account(code="C.Steel", name="Steelwork", parent="C"),
    }  # fmt: skip
    activity = made.activities[0]
    assert (activity.assignments[0].account, activity.expenses[0].account) == ("C.Steel", "C")


def test_a_loop_of_cost_accounts_ends() -> None:
    loop = [ACCOUNTS[0], ACCOUNTS[1] | {"parent_acct_id": "31"}]
    assert len(with_work(tables={"ACCOUNT": loop}).finance.accounts) == 2


def test_curves_are_twenty_parts_of_the_duration() -> None:
    usage = {f"pct_usage_{part}": str(part) for part in range(21)} | {"pct_usage_0": "4"}
    made = with_work(tables={"RSRCCURVDATA": [{"curv_id": "2", "curv_name": "Rising"} | usage]}, curv_id="2")
    assert made.finance.curves == {"Rising": (5.0, *map(float, range(2, 21)))}
    assert made.activities[0].assignments[0].curve == "Rising"


def test_curves_that_are_not_there_are_said_to_be_uniform() -> None:
    made = with_work(curv_id="2")
    assert made.activities[0].assignments[0].curve is None
    assert "uniformly" in only(made.notes, "Resource curves of 1 assignment are not in the file")
    empty = with_work(tables={"RSRCCURVDATA": [{"curv_id": "2", "curv_name": "Flat"}]}, curv_id="2")
    assert empty.finance.curves == {}
    only(empty.notes, "no percentages that can be used")


def test_expenses_keep_their_quantity_and_price() -> None:
    fee = {"task_id": "11", "target_qty": "3", "cost_per_qty": "50", "target_cost": "150", "remain_cost": "150"}
    (expense,) = read(plan(PROJCOST=[fee])).activities[0].expenses
    assert (expense.quantity, expense.price, expense.budgeted_cost) == (3, 50, 150)


def test_the_budget_is_that_of_the_project_with_its_approved_changes() -> None:
    nodes = [row | {"orig_cost": cost} for row, cost in zip(plan()["PROJWBS"], ("1000", "400"), strict=True)]
    changes = [
        {"proj_id": "7", "wbs_id": "70", "chng_cost": "50", "status_code": "BC_Approved"},
        {"proj_id": "7", "wbs_id": "70", "chng_cost": "9", "status_code": "BC_Pending"},
        {"proj_id": "7", "wbs_id": "71", "chng_cost": "7", "status_code": "BC_Approved"},
    ]
    assert with_work(tables={"PROJWBS": nodes, "BUDGCHNG": changes}).finance.budget == Budget(amount=1050.0)
    assert with_work().finance.budget is None


def test_the_fiscal_year() -> None:
    assert with_work(tables={"PROJECT": [plan()["PROJECT"][0] | {"fy_start_month_num": "4"}]}).finance.fiscal_year_start == 4
    assert with_work(tables={"PROJECT": [plan()["PROJECT"][0] | {"fy_start_month_num": "0"}]}).finance.fiscal_year_start == 1


def test_totals_of_an_xer_are_those_of_its_rows() -> None:
    fee = {"task_id": "11", "target_cost": "500", "act_cost": "200", "remain_cost": "250"}
    made = with_work(tables={"PROJCOST": [fee]}, act_reg_cost="30", act_ot_cost="3")
    assert made.activities[0].file_cost == FileCost(budgeted=4500, actual=233, remaining=4250, at_completion=4483)
    assert made.activities[1].file_cost is None


class TestXml:
    TOP = """<Resource><ObjectId>5</ObjectId><Id>CREW</Id><ResourceType>Labor</ResourceType></Resource>
    <ResourceRate><ResourceObjectId>5</ResourceObjectId><PricePerUnit>100</PricePerUnit><PricePerUnit4>140</PricePerUnit4>
    </ResourceRate><CostAccount><ObjectId>30</ObjectId><Id>C</Id><Name>Civil</Name></CostAccount>
    <CostAccount><ObjectId>31</ObjectId><Id>S</Id><ParentObjectId>30</ParentObjectId></CostAccount>
    <ResourceCurve><ObjectId>2</ObjectId><Name>Late</Name><Values><Value0>0</Value0><Value5>1</Value5><Value100>9</Value100>
    </Values></ResourceCurve>"""
    WORK = """<ResourceAssignment><ActivityObjectId>11</ActivityObjectId><ResourceObjectId>5</ResourceObjectId>
    <ResourceType>Labor</ResourceType><PlannedUnits>40</PlannedUnits><PlannedCost>4000</PlannedCost>
    <RemainingUnits>40</RemainingUnits><RemainingCost>4000</RemainingCost><CostAccountObjectId>31</CostAccountObjectId>
    <ResourceCurveObjectId>2</ResourceCurveObjectId>{}</ResourceAssignment>"""

    def test_prices_accounts_and_curves(self) -> None:
        more = "<RateType>Price / Unit 4</RateType><IsCostUnitsLinked>0</IsCostUnitsLinked>"
        project = "<OriginalBudget>900</OriginalBudget><FiscalYearStartMonth>7</FiscalYearStartMonth>"
        made = read_xml("", project + self.WORK.format(more), self.TOP)
        (assignment,) = made.activities[0].assignments
        assert (assignment.rate_table, assignment.lump_sum, assignment.account) == ("4", True, "C.S")
        assert made.resources["CREW"].rate_tables["4"][0].price == 140
        assert made.finance.curves == {"Late": (1.0, *[0.0] * 18, 9.0)}
        assert assignment.curve == "Late"
        assert (made.finance.budget, made.finance.fiscal_year_start) == (Budget(amount=900.0), 7)

    def test_prices_of_their_own(self) -> None:
        more = "<RateSource>Override</RateSource><CostPerQuantity>80</CostPerQuantity>"
        made = read_xml("", self.WORK.format(more), self.TOP)
        assert made.activities[0].assignments[0].price == 80

    def test_totals_of_the_activity_win_over_those_of_its_rows(self) -> None:
        first = """<PlannedLaborCost>4100</PlannedLaborCost><AtCompletionLaborCost>4200</AtCompletionLaborCost>
        <AtCompletionExpenseCost>50</AtCompletionExpenseCost>"""
        made = read_xml(first, self.WORK.format(""), self.TOP)
        assert made.activities[0].file_cost == FileCost(budgeted=4100, actual=0, remaining=4000, at_completion=4250)
        total = "<AtCompletionTotalCost>1</AtCompletionTotalCost><PlannedTotalCost>2</PlannedTotalCost>"
        stored = read_xml(total, self.WORK.format(""), self.TOP).activities[0].file_cost
        assert stored == FileCost(budgeted=2, actual=0, remaining=4000, at_completion=1)
