"""The section ``finance:`` as plain values of the native format."""

from __future__ import annotations

from datetime import datetime, time

from simcore.models.distributions import Distribution, factor_values, format_distribution
from simcore.models.finance import Account, Budget, Discount, EscalationIndex, Finance, FundingLimit
from simcore.models.formats.native_project import default_parent
from simcore.models.formats.native_yaml import Value
from simcore.models.units import format_datetime, format_percent

Document = dict[str, Value]


def write_finance(finance: Finance) -> Document:
    """What is given; nothing where nothing is."""
    written: Document = {}
    if finance.price_date is not None:
        written["price_date"] = format_datetime(finance.price_date)
    if finance.fiscal_year_start != 1:
        written["fiscal_year_start"] = finance.fiscal_year_start
    if finance.budget is not None:
        written["budget"] = _budget(finance.budget)
    if finance.discount is not None:
        written["discount"] = _discount(finance.discount)
    if finance.escalation:
        written["escalation"] = {index.id: _index(index) for index in finance.escalation}
    if finance.funding:
        written["funding"] = [_limit(limit) for limit in finance.funding]
    if finance.accounts:
        codes = {account.code for account in finance.accounts}
        written["accounts"] = {account.code: _account(account, codes) for account in finance.accounts}
    if finance.curves:
        written["curves"] = {name: list(weights) for name, weights in finance.curves.items()}
    return written


def _budget(budget: Budget) -> Value:
    more: Document = {
        key: getattr(budget, key) for key in ("contingency", "management_reserve") if getattr(budget, key)
    }
    return {"amount": budget.amount, **more} if more else budget.amount


def _discount(discount: Discount) -> Value:
    rate = format_percent(discount.rate)
    return rate if discount.date is None else {"rate": rate, "date": format_datetime(discount.date)}


def _month(moment: datetime) -> str:
    """The month alone where it says it all."""
    return moment.strftime("%Y-%m") if moment.day == 1 and moment.time() == time() else format_datetime(moment)


def _index(index: EscalationIndex) -> Document:
    written: Document = {"name": index.name} if index.name else {}
    if index.points:
        written["index"] = {_month(moment): value for moment, value in index.points}
    if index.uncertainty is not None:
        written["uncertainty"] = format_distribution(index.uncertainty, factor_values())
    if isinstance(index.rate, Distribution):
        written["rate"] = format_distribution(index.rate, factor_values())
    elif index.rate is not None:
        written["rate"] = format_percent(index.rate)
    if index.each_year:
        written["each_year"] = True
    if index.activities is not None:
        kinds: Document = {"cost": list(index.kinds)} if index.kinds else {}
        written["applies_to"] = {**kinds, "activity": list(index.activities)}
    elif index.kinds:
        written["applies_to"] = list(index.kinds)
    return written


def _limit(limit: FundingLimit) -> Document:
    written: Document = {} if limit.until is None else {"until": format_datetime(limit.until, end_of_day=True)}
    written["amount"] = limit.amount
    if limit.name:
        written["name"] = limit.name
    return written


def _account(account: Account, codes: set[str]) -> Value:
    """A bare name where nothing else needs to be said."""
    if account.parent == default_parent(account.code, codes):
        return account.name
    named: Document = {"name": account.name} if account.name else {}
    return {**named, "parent": account.parent or ""}
