"""What money does over time in the native format: what is read, what a risks file adds, what assignments cost."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import pytest

from simcore.models.costs import Assignment, Cost, Expense, FileCost, RatePeriod, Resource
from simcore.models.errors import PlanError
from simcore.models.finance import COST_KINDS, Account, Budget, Discount, EscalationIndex, Finance, FundingLimit
from simcore.models.formats import native_activities, native_costs, native_escalation, native_finance, native_project
from simcore.models.formats.native import merge_risks
from simcore.models.formats.native_fields import Fields
from simcore.models.formats.native_write import to_yaml
from simcore.models.plan import Plan
from simcore.models.plan_warnings import plan_warnings
from simcore.models.pricing import assignment_cost
from tests.native_documents import activity_of, plan_of

ONE = "activities:\n  A: {duration: 5d, wbs: C}\n  H: {type: hammock, after: [A SS, A FF]}\nwbs: {C: Construction}\n"


def finance_of(text: str) -> Finance:
    return plan_of(f"{ONE}finance:\n  {text}\n").finance


def index_of(text: str) -> EscalationIndex:
    (index,) = finance_of(f"escalation: {{steel: {text}}}").escalation
    return index


class TestFinance:
    def test_a_plan_without_it_has_an_empty_one(self) -> None:
        assert plan_of(ONE).finance == Finance()
        assert plan_of(f"{ONE}finance:\n").finance == Finance()
        assert finance_of("{budget: , escalation: , funding: , accounts: , curves: , price_date: }") == Finance()

    @pytest.mark.parametrize(("written", "month"), [("10", 10), ("01", 1), ("oct", 10), ("April", 4), ("DEC", 12)])
    def test_fiscal_years_begin_in_a_month_by_number_or_name(self, written: str, month: int) -> None:
        assert finance_of(f"fiscal_year_start: {written}").fiscal_year_start == month

    @pytest.mark.parametrize(
        ("written", "date"), [("2026", (2026, 1, 1)), ("2026-07", (2026, 7, 1)), ("2026-07-15", (2026, 7, 15))]
    )
    def test_price_dates_may_be_months_and_years(self, written: str, date: tuple[int, int, int]) -> None:
        assert finance_of(f"price_date: {written}").price_date == datetime(*date)

    def test_budgets_and_discounts_may_be_bare(self) -> None:
        assert finance_of("budget: 5").budget == Budget(amount=5.0)
        whole = finance_of("budget: {amount: 5, contingency: 2, management_reserve: 1}").budget
        assert whole == Budget(amount=5.0, contingency=2.0, management_reserve=1.0)
        assert finance_of("discount: 6%").discount == Discount(rate=0.06)
        assert finance_of("discount: {rate: -1%, date: 2026-05-01}").discount == Discount(rate=-0.01, date=datetime(2026, 5, 1))

    def test_the_last_day_of_a_limit_is_included(self) -> None:
        first, last = finance_of("funding: [{until: 2026-12-31, amount: 9, name: First}, 20]").funding
        assert first == FundingLimit(amount=9.0, until=datetime(2027, 1, 1), name="First")
        assert last == FundingLimit(amount=20.0)

    def test_accounts_lie_below_the_longest_code_they_continue(self) -> None:
        accounts = finance_of("accounts: {C: Civil, C.1: {name: Roads}, C.1.a: , X: {parent: C}, C.2: {parent: }}").accounts
        assert accounts == (
            Account(code="C", name="Civil"),
            Account(code="C.1", name="Roads", parent="C"),
            Account(code="C.1.a", parent="C.1"),
            Account(code="X", parent="C"),
            Account(code="C.2"),
        )

    def test_curves_are_weights(self) -> None:
        assert finance_of("curves: {early: [4, 30%, 0]}").curves == {"early": (4.0, 0.3, 0.0)}

    def test_parts_know_their_lines(self) -> None:
        funding = "  funding:\n  - {until: 2027-01-31, amount: 5}\n  - 7\n"
        plan = plan_of(f"{ONE}finance:\n  budget: 5\n  escalation:\n    steel: 3%\n{funding}")
        lines = {key: line for key, line in plan.lines.items() if key.split()[0] in ("finance", "escalation", "funding")}
        assert lines == {"finance budget": 7, "finance escalation": 8, "escalation steel": 9, "finance funding": 10,
                         "funding 1": 11, "funding 2": 12}  # fmt: skip


class TestEscalation:
    def test_a_rate_alone(self) -> None:
        assert index_of("2.5%") == EscalationIndex(id="steel", rate=0.025) == index_of("{rate: 2.5%}")

    def test_a_range_of_rates_holds_shares_of_a_year(self) -> None:
        rate = index_of('{rate: "triangular(-1.5%, 2.5%, 4%)", each_year: yes}').rate
        assert (rate.bounds, rate.relative) == ((-0.015, 0.04), True)

    def test_a_table(self) -> None:
        index = index_of('{index: {2026: 100, 2026-07: 103.5, 2027-01-15: 108}, uncertainty: "uniform(70%, 160%)", rate: 3%}')
        dates = (datetime(2026, 1, 1), datetime(2026, 7, 1), datetime(2027, 1, 15))
        assert index.points == tuple(zip(dates, (100.0, 103.5, 108.0), strict=True))
        assert (index.uncertainty.bounds, index.rate) == ((0.7, 1.6), 0.03)

    @pytest.mark.parametrize(
        ("written", "kinds", "activities"),
        [
            ("labour", ("labour",), None),
            ("[labour, expense, labour]", ("labour", "expense"), None),
            ("all", (), None),
            ("{cost: [material], activity: {wbs: C}}", ("material",), ("A",)),
            ("{activity: all}", (), ("A", "H")),
            ("{activity: A}", (), ("A",)),
            ("{}", (), None),
        ],
    )
    def test_what_it_applies_to(self, written: str, kinds: tuple[str, ...], activities: tuple[str, ...] | None) -> None:
        index = index_of(f"{{rate: 2%, applies_to: {written}}}")
        assert (index.kinds, index.activities) == (kinds, activities)


class TestRisksFile:
    PLAN = f"{ONE}finance: {{budget: 5, escalation: {{steel: 3%}}, curves: {{early: [1]}}, accounts: {{C: Civil}}}}\n"

    @staticmethod
    def merged(text: str, plan: str = PLAN) -> Plan:
        return merge_risks(plan_of(plan), text.encode(), "risks.yaml")

    def test_it_adds_what_the_plan_has_not(self) -> None:
        text = "finance: {discount: 6%, funding: 9, escalation: {all: {rate: 2%, applies_to: {activity: A}}}, curves: {s: [2]}}"
        finance = self.merged(text).finance
        assert finance == Finance(
            budget=Budget(amount=5.0),
            discount=Discount(rate=0.06),
            funding=(FundingLimit(amount=9.0),),
            escalation=(
                EscalationIndex(id="steel", rate=0.03),
                EscalationIndex(id="all", rate=0.02, activities=("A",)),
            ),
            accounts=(Account(code="C", name="Civil"),),
            curves={"early": (1.0,), "s": (2.0,)},
        )

    def test_the_same_again_is_no_conflict(self) -> None:
        assert self.merged("finance: {budget: {amount: 5}}").finance.budget == Budget(amount=5.0)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{budget: 6}", "risks.yaml:1 finance budget: the plan has a budget already. Remove one of them."),
            ("{escalation: {steel: 2%}}", "escalation 'steel': the plan has an escalation of this name already. Rename one"),
            ("{curves: {early: [2]}}", "curve 'early': the plan has a curve of this name already."),
            ("{accounts: {C: Other}}", "account 'C': the plan has an account of this name already."),
            ("{discount: -100%}", "risks.yaml:1 finance discount rate: -100% a year leaves nothing"),
        ],
    )
    def test_conflicts_name_both(self, text: str, message: str) -> None:
        with pytest.raises(PlanError) as caught:
            self.merged(f"finance: {text}")
        (problem,) = caught.value.problems
        assert message in str(problem)

    def test_a_price_date_is_said_again(self) -> None:
        with pytest.raises(PlanError, match=r"the plan has a price date already \(2026-01-01\)"):
            self.merged("finance: {price_date: 2027}", f"{ONE}finance: {{price_date: 2026}}")


class TestAssignmentCosts:
    MORE = "resources: {crew: {price: 80}, crane: {rates: [{price: 0, per_use: 90}]}, helper: {}, free: {price: 0}}"

    @staticmethod
    def costs(assignment: Assignment) -> tuple[float | None, ...]:
        return assignment.budgeted_cost, assignment.actual_cost, assignment.remaining_cost

    @pytest.mark.parametrize(
        ("written", "costs"),
        [
            ("crew", (None, None, None)),
            ("crane", (None, None, None)),
            ("helper", (0.0, 0.0, 0.0)),
            ("free", (0.0, 0.0, 0.0)),
            ("{units: 2}", (0.0, 0.0, 0.0)),
            ("{resource: crew, remaining_cost: 500}", (None, None, 500.0)),
            ("{resource: crew, budgeted_cost: 0, actual_cost: 0, remaining_cost: 0}", (0.0, 0.0, 0.0)),
            ("{resource: helper, remaining_cost: priced}", (0.0, 0.0, None)),
        ],
    )
    def test_what_is_left_out_is_priced_where_there_is_a_price(self, written: str, costs: tuple[float | None, ...]) -> None:
        activity = activity_of(f"{{duration: 5d, resources: [{written}]}}", self.MORE)
        (assignment,) = activity.assignments
        assert self.costs(assignment) == costs

    @pytest.mark.parametrize(
        ("written", "costs"),
        [
            ("{resource: helper, price: 50}", (None, None, None)),
            ("{resource: helper, price: 0}", (None, None, None)),
            ("{resource: crew, lump_sum: yes, remaining_cost: 5}", (0.0, 0.0, 5.0)),
            ("{resource: fitter, rate_table: B}", (None, None, None)),
            ("{resource: fitter}", (0.0, 0.0, 0.0)),
        ],
    )
    def test_prices_of_its_own_and_of_other_lists_count(self, written: str, costs: tuple[float | None, ...]) -> None:
        more = self.MORE.replace("helper", "fitter: {rate_tables: {B: 60, C: [{price: 70, per_use: 5}]}}, helper")
        (assignment,) = activity_of(f"{{duration: 5d, resources: [{written}]}}", more).assignments
        assert self.costs(assignment) == costs

    def test_a_list_of_prices_that_is_not_there_is_pointed_out(self) -> None:
        work = "[{resource: r, rate_table: stanby}]"
        text = f"resources: {{r: {{rate_tables: {{standby: 60}}}}}}\nactivities: {{A: {{duration: 5d, resources: {work}}}}}"
        (note,) = (str(note) for note in plan_of(text).notes if note.severity == "warning")
        what = "the resource 'r' has no rate table 'stanby', so that it has no price. Did you mean 'standby'?"
        assert note == f"plan.yaml:3 activity 'A' resources rate_table: {what}"

    def test_priced_work_costs_what_it_should(self) -> None:
        plan = plan_of(f"{self.MORE}\nactivities:\n  A: {{duration: 5d, resources: [crew, {{resource: crew, work: 10h}}]}}\n")
        (activity,) = plan.activities
        costs = [assignment_cost(plan, activity, assignment) for assignment in activity.assignments]
        assert [(cost.budgeted, cost.actual, cost.remaining) for cost in costs] == [(3200, 0, 3200), (800, 0, 800)]

    def test_costs_that_a_file_stored_stay(self) -> None:
        stored = "[{resource: crew, actual_cost: 0, remaining_cost: 7}]"
        assert stored in to_yaml(plan_of(f"{self.MORE}\nactivities: {{A: {{duration: 5d, resources: {stored}}}}}"))

    def test_costs_have_an_accrual_an_account_and_an_index(self) -> None:
        activity = activity_of("{duration: 1d, cost: {per_day: 5, accrual: end, account: C.1, index: none}}")
        assert activity.cost is not None
        assert (activity.cost.accrual, activity.cost.account, activity.cost.index) == ("end", "C.1", "none")
        assert activity_of("{duration: 1d, cost: {actual: 5}}").cost == Cost(actual=5.0)

    def test_expenses_vary_in_money_or_in_percent(self) -> None:
        text = '[{remaining_cost: 5, uncertainty: "uniform(90%, 120%)"}, {remaining_cost: 5, uncertainty: "uniform(4, 7)"}]'
        first, second = activity_of(f"{{duration: 1d, expenses: {text}}}").expenses
        assert (first.uncertainty.bounds, second.uncertainty.bounds) == ((0.9, 1.2), (4.0, 7.0))


@pytest.mark.parametrize(
    ("part", "known", "elsewhere"),
    [
        (Cost, native_costs.COST_FIELDS, set()),
        (Assignment, native_costs.ASSIGNMENT_FIELDS, set()),
        (Expense, native_costs.EXPENSE_FIELDS, set()),
        (FileCost, native_activities.FILE_COST_FIELDS, set()),
        (RatePeriod, native_project.RATE_FIELDS, set()),
        (Resource, native_project.RESOURCE_FIELDS, {"id"}),
        (Finance, native_finance.FINANCE_FIELDS, set()),
        (Budget, native_finance.BUDGET_FIELDS, set()),
        (Discount, native_finance.DISCOUNT_FIELDS, set()),
        (FundingLimit, native_finance.FUNDING_FIELDS, set()),
        (Account, native_finance.ACCOUNT_FIELDS, {"code"}),
        (EscalationIndex, native_escalation.ESCALATION_FIELDS, {"id", "kinds", "activities"}),
    ],
)
def test_every_attribute_has_its_key(part: type[Any], known: Fields, elsewhere: set[str]) -> None:
    assert {item.name for item in fields(part)} - elsewhere <= {key.name for key in known.values()}


def test_factors_of_costs() -> None:
    head = f'{ONE}factors: {{F: {{uncertainty: "uniform(90%, 120%)", applies_to: all, costs: '
    (some,) = plan_of(f"{head}[material, risk]}}}}").factors
    assert (some.costs, some.applies_to) == (("material", "risk"), ("A", "H"))
    assert plan_of(f"{head}all}}}}").factors[0].costs == COST_KINDS


@pytest.mark.parametrize(
    ("finance", "warning"),
    [
        ("{budget: {amount: 5, contingency: 2}, funding: [8]}", ""),
        ("{budget: 5, funding: [{until: 2026-12-31, amount: 2}, 4]}",
         "plan.yaml:6 funding '2': never more than 4 may be spent of the 5 budgeted. Correct the budget or the limit."),
        ("{budget: 5, funding: [{until: 2026-12-31, amount: 2}]}", ""),
        ("{budget: {amount: 5, contingency: 2}, funding: [5]}", ""),
        ("{funding: [5]}", ""),
    ],
)  # fmt: skip
def test_funding_that_does_not_fit_the_budget_is_pointed_out(finance: str, warning: str) -> None:
    found = [str(problem) for problem in plan_warnings(plan_of(f"{ONE}finance: {finance}\n"))]
    assert found == ([warning] if warning else [])
