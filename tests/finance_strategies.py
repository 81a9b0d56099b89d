"""Hypothesis strategies for what money does over time: every field of the model, in any combination the checks allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import strategies as st

from simcore.models.check_costs import lowest
from simcore.models.costs import Assignment, Cost, Expense
from simcore.models.distributions import Distribution
from simcore.models.finance import (
    ACCRUALS,
    COST_KINDS,
    NO_INDEX,
    Account,
    Budget,
    Discount,
    EscalationIndex,
    Finance,
    FundingLimit,
)
from simcore.models.plan import Plan
from tests.basic_strategies import MAYBE_MOMENT, MOMENTS, NAMES, TEXTS, maybe
from tests.distribution_strategies import distributions

_AMOUNTS = st.one_of(st.just(0.0), st.floats(0, 1e9))
_RATES = st.one_of(st.sampled_from([0.0, 0.025, -0.5]), st.floats(-0.99, 2.0))
_MONTHS = st.builds(datetime, st.integers(2020, 2040), st.integers(1, 12), st.sampled_from([1, 1, 15]))


@st.composite
def _indices(draw: st.DrawFn, name: str, shown: list[str]) -> EscalationIndex:
    dates = sorted(draw(st.lists(_MONTHS, max_size=3, unique=True)))
    spreads = distributions(relative=True)
    rate = draw(st.one_of(_RATES, spreads.filter(lambda spread: lowest(spread) > -1.0), *([st.none()] if dates else [])))
    return EscalationIndex(
        id=name,
        name=draw(TEXTS),
        rate=rate,
        each_year=isinstance(rate, Distribution) and draw(st.booleans()),
        points=tuple((moment, draw(st.floats(1e-3, 1e6))) for moment in dates),
        uncertainty=draw(maybe(spreads)) if dates else None,
        kinds=tuple(draw(st.lists(st.sampled_from(COST_KINDS), max_size=8, unique=True))),
        activities=draw(maybe(st.lists(st.sampled_from(shown), max_size=2, unique=True).map(tuple))),
    )


@st.composite
def _funding(draw: st.DrawFn) -> tuple[FundingLimit, ...]:
    dates: list[datetime | None] = sorted(draw(st.lists(MOMENTS, max_size=3, unique=True)))
    if draw(st.booleans()):
        dates = [*dates, None]
    amounts = sorted(draw(_AMOUNTS) for _ in dates)
    return tuple(
        FundingLimit(until=until, amount=amount, name=draw(TEXTS)) for until, amount in zip(dates, amounts, strict=True)
    )


@st.composite
def finances(draw: st.DrawFn, shown: list[str]) -> Finance:
    names = draw(st.lists(NAMES.filter(lambda name: name != NO_INDEX), max_size=2, unique=True))
    codes = draw(st.lists(NAMES, max_size=3, unique=True))
    curves = NAMES.filter(lambda name: name not in ACCRUALS)
    weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=4).filter(any).map(tuple)
    return Finance(
        price_date=draw(MAYBE_MOMENT),
        fiscal_year_start=draw(st.integers(1, 12)),
        escalation=tuple(draw(_indices(name, shown)) for name in names),
        discount=draw(maybe(st.builds(Discount, rate=_RATES, date=MAYBE_MOMENT))),
        budget=draw(maybe(st.builds(Budget, amount=_AMOUNTS, contingency=_AMOUNTS, management_reserve=_AMOUNTS))),
        funding=draw(_funding()),
        accounts=tuple(
            Account(code=code, name=draw(TEXTS), parent=draw(st.sampled_from([None, *codes[:i]])))
            for i, code in enumerate(codes)
        ),
        curves=draw(st.dictionaries(curves, weights, max_size=2)),
    )


def with_finance(draw: st.DrawFn, plan: Plan) -> Plan:
    """The plan with a finance section, whose curves, indices and accounts its costs name."""
    finance = draw(finances(list(plan.shown.values())))
    accrual = st.sampled_from([*ACCRUALS, *finance.curves])
    index = st.sampled_from([None, NO_INDEX, *(index.id for index in finance.escalation)])
    codes = [account.code for account in finance.accounts]
    account = st.sampled_from([None, *(codes or ["C.1", "NO"])])

    def cost(old: Cost | None) -> Cost | None:
        return old and replace(old, accrual=draw(accrual), index=draw(index), account=draw(account))

    def expense(old: Expense) -> Expense:
        return replace(old, accrual=draw(accrual), index=draw(index), account=draw(account))

    def assignment(old: Assignment) -> Assignment:
        return replace(old, account=draw(account))

    activities = tuple(
        replace(
            activity,
            cost=cost(activity.cost),
            expenses=tuple(map(expense, activity.expenses)),
            assignments=tuple(map(assignment, activity.assignments)),
        )
        for activity in plan.activities
    )
    resources = {
        name: replace(resource, accrual=draw(accrual), index=draw(index)) for name, resource in plan.resources.items()
    }
    return plan.with_changes(finance=finance, activities=activities, resources=resources)
