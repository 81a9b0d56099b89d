"""What a plan says of money over time that contradicts itself, and costs that name what it does not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from simcore.models.check_escalation import escalation_problems
from simcore.models.check_values import out_of_range
from simcore.models.errors import Problem
from simcore.models.finance import ACCRUALS, NO_INDEX
from simcore.models.suggestions import did_you_mean
from simcore.models.units import FIRST_YEAR, LAST_YEAR, format_money, format_percent

if TYPE_CHECKING:
    from simcore.models.finance import Finance, FundingLimit
    from simcore.models.places import Places
    from simcore.models.plan import Plan


def finance_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What no calculation could use, and names that are not there."""
    finance = plan.finance
    yield from _dates(finance, places)
    yield from _budget(finance, places)
    yield from _discount(finance, places)
    yield from escalation_problems(plan, places)
    yield from _funding(finance, places)
    yield from _accounts(finance, places)
    yield from _curves(finance, places)
    yield from _names(plan, places)


def _dates(finance: Finance, places: Places) -> Iterator[Problem]:
    dated: list[tuple[str, str | None, datetime | None, str]] = [("finance price_date", None, finance.price_date, "")]
    if finance.discount is not None:
        dated.append(("finance discount", None, finance.discount.date, "date"))
    dated += [("funding", str(number), limit.until, "until") for number, limit in enumerate(finance.funding, 1)]
    for kind, name, moment, key in dated:
        if moment is not None and out_of_range(moment):
            what = f"{moment.date()} is out of range; dates run from {FIRST_YEAR} to {LAST_YEAR}."
            yield Problem(places.of(kind, name, key), what)
    if finance.fiscal_year_start not in range(1, 13):
        what = f"{finance.fiscal_year_start} is no month."
        yield Problem(places.of("finance fiscal_year_start"), what, "Write 1 to 12, or a name such as oct.")


def _budget(finance: Finance, places: Places) -> Iterator[Problem]:
    if finance.budget is not None:
        for key in ("amount", "contingency", "management_reserve"):
            yield from _amount(getattr(finance.budget, key), places.of("finance budget", key=key))


def _amount(value: float, where: str) -> Iterator[Problem]:
    if not isfinite(value):
        yield Problem(where, "is not a finite amount of money.")
    elif value < 0:
        yield Problem(where, f"{format_money(value)} is negative.", f"Write {format_money(-value)}, or leave it out.")


def _discount(finance: Finance, places: Places) -> Iterator[Problem]:
    if finance.discount is None:
        return
    rate, where = finance.discount.rate, places.of("finance discount", key="rate")
    if not isfinite(rate):
        yield Problem(where, "is not a finite rate.")
    elif rate <= -1.0:
        yield Problem(where, f"{format_percent(rate)} a year leaves nothing of any amount.", "Write a rate above -100%.")


def _funding(finance: Finance, places: Places) -> Iterator[Problem]:
    """Limits are cumulative: later ones are not lower."""
    for number, limit in enumerate(finance.funding, 1):
        yield from _amount(limit.amount, places.of("funding", str(number), "amount"))
    for number, (before, limit) in enumerate(pairwise(finance.funding), 2):
        yield from _limits_in_turn(before, limit, places.of("funding", str(number)))


def _limits_in_turn(before: FundingLimit, limit: FundingLimit, where: str) -> Iterator[Problem]:
    if before.until is None:
        yield Problem(where, "the limit before it holds for ever.", "Give that one an 'until', or put it last.")
    elif limit.until is not None and limit.until <= before.until:
        yield Problem(where, "it does not end after the limit before it.", "Put the limits in the order of their dates.")
    if limit.amount < before.amount:
        what = f"{format_money(limit.amount)} is below the {format_money(before.amount)} that may be spent before."
        yield Problem(where, what, "Limits are cumulative: write all that may be spent up to its date.")


def _accounts(finance: Finance, places: Places) -> Iterator[Problem]:
    parents = {account.code: account.parent for account in finance.accounts}
    for code, times in Counter(account.code for account in finance.accounts).items():
        if times > 1:
            yield Problem(places.of("account", code), f"is there {times} times; every account needs a code of its own.")
    for code, parent in parents.items():
        where = places.of("account", code)
        if parent is not None and parent not in parents:
            yield Problem(f"{where} parent", f"there is no account '{parent}'.", did_you_mean(parent, parents))
        elif _is_below_itself(code, parents):
            yield Problem(f"{where} parent", "the account lies below itself.", "Correct its parent.")


def _is_below_itself(code: str, parents: dict[str, str | None]) -> bool:
    above = parents[code]
    for _ in parents:
        if above is None or above == code:
            break
        above = parents.get(above)
    return above == code


def _curves(finance: Finance, places: Places) -> Iterator[Problem]:
    fix = "Write weights of equal parts of the duration, such as [10, 30, 40, 20]."
    for name, weights in finance.curves.items():
        where = places.of("curve", name)
        if name in ACCRUALS:
            yield Problem(where, "every plan has an accrual of this name.", f"Use another one than {', '.join(ACCRUALS)}.")
        if not weights:
            yield Problem(where, "has no weights.", fix)
        elif not all(isfinite(weight) and weight >= 0.0 for weight in weights):
            yield Problem(where, "has a weight that is negative or not finite.", fix)
        elif not any(weights):
            yield Problem(where, "all its weights are 0.", fix)


def _names(plan: Plan, places: Places) -> Iterator[Problem]:
    """Accruals, indices and accounts that costs name."""
    known = _Known(plan.finance)
    for resource in plan.resources.values():
        for key, what, fix in known.missing(accrual=resource.accrual, index=resource.index):
            yield Problem(places.of("resource", resource.id, key), what, fix)
    for activity in plan.activities:
        cost = activity.cost
        if cost is not None:
            for key, what, fix in known.missing(cost.accrual, cost.index, cost.account):
                yield Problem(places.activity(activity, f"cost {key}"), what, fix)
        for expense in activity.expenses:
            for key, what, fix in known.missing(expense.accrual, expense.index, expense.account):
                yield Problem(places.activity(activity, f"expenses {key}"), what, fix)
        for assignment in activity.assignments:
            if assignment.account is not None:
                for key, what, fix in known.missing(account=assignment.account):
                    yield Problem(places.activity(activity, f"resources {key}"), what, fix)


class _Known:
    """Names that costs may use."""

    def __init__(self, finance: Finance):
        self.accruals = (*ACCRUALS, *finance.curves)
        self.indices = (NO_INDEX, *(index.id for index in finance.escalation))
        self.accounts = frozenset(account.code for account in finance.accounts)

    def missing(
        self, accrual: str = ACCRUALS[0], index: str | None = None, account: str | None = None
    ) -> Iterable[tuple[str, str, str]]:
        """Key, what is wrong and what to write instead; accounts only where the plan has some."""
        found = []
        if accrual not in self.accruals:
            found.append(("accrual", f"there is no accrual '{accrual}'.", did_you_mean(accrual, self.accruals)))
        if index is not None and index not in self.indices:
            found.append(("index", f"there is no escalation index '{index}'.", did_you_mean(index, self.indices)))
        if account is not None and self.accounts and account not in self.accounts:
            found.append(("account", f"there is no account '{account}'.", did_you_mean(account, self.accounts)))
        return found
