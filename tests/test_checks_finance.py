"""What the money of a plan is refused for where it was built in Python; what files can say too is among the malformed."""

from __future__ import annotations

from datetime import datetime
from math import inf, nan
from typing import Any

import pytest

from simcore.models.calendars import always
from simcore.models.costs import Assignment, Cost, Expense, Resource
from simcore.models.distributions import Normal, Uniform
from simcore.models.errors import PlanError
from simcore.models.finance import Account, Budget, Discount, EscalationIndex, Finance, FundingLimit
from simcore.models.plan import Activity, Plan, Project
from simcore.models.risks import Factor

FAR = datetime(2600, 1, 1)
JAN, JULY = datetime(2026, 1, 1), datetime(2026, 7, 1)


def plan(finance: Finance | None = None, activity: dict[str, Any] | None = None, **parts: Any) -> Plan:
    return Plan(
        projects=(Project(id="P", start=datetime(2026, 3, 2)),),
        calendars={"c": always()},
        activities=(Activity(project="P", id="A", duration=480, **(activity or {})),),
        finance=finance or Finance(),
        **parts,
    )


def index(**values: Any) -> dict[str, Any]:
    return {"finance": Finance(escalation=(EscalationIndex(**{"id": "steel", **values}),))}


def finance(**values: Any) -> dict[str, Any]:
    return {"finance": Finance(**values)}


def twice(item: Any) -> tuple[Any, Any]:
    return item, item


CASES: list[tuple[dict[str, Any], str]] = [
    (finance(price_date=FAR), "finance price_date: 2600-01-01 is out of range; dates run from 1900 to 2500."),
    (finance(discount=Discount(rate=0.1, date=FAR)), "finance discount date: 2600-01-01 is out of range"),
    (finance(discount=Discount(rate=nan)), "finance discount rate: is not a finite rate."),
    (finance(funding=(FundingLimit(amount=1.0, until=FAR),)), "funding '1' until: 2600-01-01 is out of range"),
    (finance(fiscal_year_start=0), "finance fiscal_year_start: 0 is no month. Write 1 to 12, or a name such as oct."),
    (finance(budget=Budget(amount=inf)), "finance budget amount: is not a finite amount of money."),
    (finance(budget=Budget(amount=1.0, management_reserve=-2.0)), "finance budget management_reserve: -2 is negative."),
    (finance(accounts=twice(Account(code="C"))), "account 'C': is there 2 times; every account needs a code of its own."),
    (finance(accounts=(Account(code="C", parent="D"), Account(code="D", parent="C"))),
     "account 'C' parent: the account lies below"),
    (finance(curves={"s": (1.0, nan)}), "curve 's': has a weight that is negative or not finite."),
    (finance(escalation=twice(EscalationIndex(id="s", rate=0.1))), "escalation 's': is there 2 times; every index needs a name"),
    (index(), "escalation 'steel': has neither a rate nor an index."),
    (index(rate=inf), "escalation 'steel' rate: is not a finite rate."),
    (index(rate=Uniform(0.01, 0.02)), "escalation 'steel' rate: it is no growth a year. Write percentages a year"),
    (index(rate=Normal(0.0, 0.5, relative=True)), "escalation 'steel' rate: it may be -100% a year or less."),
    (index(points=((FAR, 1.0),)), "escalation 'steel' index 2600-01: 2600-01-01 is out of range"),
    (index(points=((JAN, nan),)), "escalation 'steel' index 2026-01: the value nan is not above 0."),
    (index(points=((JULY, 1.0), (JAN, 2.0))), "escalation 'steel' index: 2026-01 does not come after 2026-07."),
    (index(points=((JAN, 1.0),), uncertainty=Uniform(1.0, 2.0)),
     "escalation 'steel' uncertainty: it multiplies the growth of an"),
    (index(rate=0.1, kinds=("robot",)), "escalation 'steel' applies_to: there is no kind of cost 'robot'."),
    (index(rate=0.1, activities=("Z",)), "escalation 'steel' applies_to: there is no activity 'Z'."),
    ({"activity": {"cost": Cost(accrual="late")}}, "activity 'A' cost accrual: there is no accrual 'late'."),
    ({"activity": {"expenses": (Expense(index="cpi"),)}}, "activity 'A' expenses index: there is no escalation index 'cpi'."),
    ({"resources": {"r": Resource(id="r", index="cpi")}}, "resource 'r' index: there is no escalation index 'cpi'."),
    (finance(accounts=(Account(code="C"),)) | {"activity": {"assignments": (Assignment(resource=None, account="X"),)}},
     "activity 'A' resources account: there is no account 'X'."),
    ({"factors": (Factor(id="F", uncertainty=Uniform(0.9, 1.1, relative=True), costs=("robot",)),)},
     "factor 'F' costs: there is no kind of cost 'robot'."),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "message"), CASES, ids=[case[1][:60] for case in CASES])
def test_one_clear_message(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(**parts)
    assert [str(problem)[: len(message)] for problem in caught.value.problems][:1] == [message]


def test_all_problems_are_told_at_once() -> None:
    wrong = Finance(budget=Budget(amount=-1.0), discount=Discount(rate=-2.0), curves={"s": ()}, fiscal_year_start=20)
    with pytest.raises(PlanError) as caught:
        plan(wrong, {"cost": Cost(accrual="late", index="cpi")})
    assert len(caught.value.problems) == 6


def test_accounts_are_free_where_the_plan_lists_none() -> None:
    plan(activity={"expenses": (Expense(account="X"),), "cost": Cost(account="Y")})


def test_curves_of_assignments_may_be_those_of_their_tool() -> None:
    plan(activity={"assignments": (Assignment(resource=None, curve="Bell Shaped"),)})
