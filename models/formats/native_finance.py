"""The section ``finance:``: what money does over time, of a plan or of a risks file for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from simcore.models.finance import Account, Budget, Discount, Finance, FundingLimit
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_escalation import EscalationReader, month_date, percent_a_year
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    expect_rows,
    expect_table,
    finish_date,
    if_given,
    kind_of,
    money,
    read_fields,
    sentence,
    share,
    start_date,
    text,
)
from simcore.models.formats.native_project import default_parent
from simcore.models.formats.native_tree import Node, Rows, Table
from simcore.models.formats.native_weather import MONTHS

Lines = dict[str, int]
"""As ``Plan.lines``."""


def _month(value: str, scope: Scope) -> int:
    """A month by its number or its name."""
    if re.fullmatch("0?[1-9]|1[0-2]", value):
        return int(value)
    name = value.strip().lower()[:3]
    if name not in MONTHS:
        raise ValueError(f"'{value}' is no month; write 1 to 12, or a name such as oct")
    return MONTHS.index(name) + 1


FINANCE_FIELDS: Fields = {
    "price_date": Field("price_date", month_date),
    "fiscal_year_start": Field("fiscal_year_start", _month),
    "budget": Field("budget", if_given, nested=True),
    "discount": Field("discount", if_given, nested=True),
    "escalation": Field("escalation", if_given, nested=True),
    "funding": Field("funding", if_given, nested=True),
    "accounts": Field("accounts", if_given, nested=True),
    "curves": Field("curves", if_given, nested=True),
}
BUDGET_FIELDS: Fields = {
    "amount": Field("amount", money),
    "contingency": Field("contingency", money),
    "management_reserve": Field("management_reserve", money),
}
DISCOUNT_FIELDS: Fields = {
    "rate": Field("rate", percent_a_year),
    "date": Field("date", start_date),
}
FUNDING_FIELDS: Fields = {
    "until": Field("until", finish_date),
    "amount": Field("amount", money),
    "name": Field("name", text),
}
ACCOUNT_FIELDS: Fields = {
    "name": Field("name", text),
    "parent": Field("parent", text, keep_empty=True),
}


class FinanceReader:
    """Reads the section; ``lines`` are those of its parts."""

    def __init__(self, context: Context):
        self.context = context
        self.report: Report = context.report
        self.lines: Lines = {}

    def read(self, table: Table) -> dict[str, Any]:
        """The attributes of :class:`Finance` that are given; what is wrong is reported and left out."""
        values = read_fields(table, FINANCE_FIELDS, Scope(self.report, "finance"))
        self.lines.update({f"finance {key}": table.line_of(key) for key in table})
        if "budget" in values:
            values["budget"] = _budget(values["budget"], Scope(self.report, "finance budget"))
        if "discount" in values:
            values["discount"] = _discount(values["discount"], Scope(self.report, "finance discount"))
        if "escalation" in values:
            items = self._items("escalation", "escalation", values)
            values["escalation"] = EscalationReader(self.context).read(items)
        if "funding" in values:
            values["funding"] = self._funding(*values["funding"])
        if "accounts" in values:
            values["accounts"] = _accounts(self._items("accounts", "account", values), self.report)
        if "curves" in values:
            values["curves"] = _curves(self._items("curves", "curve", values), self.report)
        return {key: value for key, value in values.items() if value is not None}

    def _items(self, key: str, kind: str, values: Mapping[str, Any]) -> Table:
        """A table whose keys are ids; the lines of its items are kept."""
        node, line = values[key]
        table = expect_table(node, Scope(self.report, f"finance {key}"), line)
        self.lines.update({f"{kind} {name}": table.line_of(name) for name in table})
        return table

    def _funding(self, node: Node, line: int) -> tuple[FundingLimit, ...]:
        """Limits in a list; a bare amount is one that always holds."""
        found = []
        rows = expect_rows(node, Scope(self.report, "finance funding"), line)
        for index, item in enumerate(rows):
            scope, at = Scope(self.report, f"funding '{index + 1}'"), rows.line_of(index)
            self.lines[f"funding {index + 1}"] = at
            values = _amount_or_table(item, at, FUNDING_FIELDS, scope, "{until: 2026-12-31, amount: 900000}")
            if "amount" in values:
                found.append(FundingLimit(**values))
        return tuple(found)


def _amount_or_table(node: Node, line: int, known: Fields, scope: Scope, example: str, key: str = "amount") -> dict[str, Any]:
    """The values of a mapping, or of a bare one that stands for its key ``key``, without which nothing is returned."""
    table = Table(line)
    if isinstance(node, str):
        table.put(key, node, line)
    else:
        table = expect_table(node, scope, line)
    values = read_fields(table, known, scope)
    if not isinstance(node, Rows) and not table.get(key):
        scope.problem(line, f"has no {key}.", f"Write {example}.")
    return values if key in values else {}


def _budget(written: tuple[Node, int], scope: Scope) -> Budget | None:
    values = _amount_or_table(*written, BUDGET_FIELDS, scope, "{amount: 2400000, contingency: 250000}")
    return Budget(**values) if values else None


def _discount(written: tuple[Node, int], scope: Scope) -> Discount | None:
    values = _amount_or_table(*written, DISCOUNT_FIELDS, scope, "{rate: 6%, date: 2026-03-02}", key="rate")
    return Discount(**values) if values else None


def _accounts(table: Table, report: Report) -> tuple[Account, ...]:
    """The accounts; a bare text is the name of one."""
    found = []
    for code, node in table.items():
        inner = Table(table.line_of(code))
        if isinstance(node, str):
            inner.put("name", node, inner.line)
        else:
            inner = expect_table(node, Scope(report, f"account '{code}'"), inner.line)
        values = read_fields(inner, ACCOUNT_FIELDS, Scope(report, f"account '{code}'"))
        parent = values.pop("parent", default_parent(code, set(table))) or None
        found.append(Account(code=code, parent=parent, **values))
    return tuple(found)


def _curves(table: Table, report: Report) -> dict[str, tuple[float, ...]]:
    """Weights of equal parts of a duration, by the name of their curve."""
    return {name: _weights(node, Scope(report, f"curve '{name}'"), table.line_of(name)) for name, node in table.items()}


def _weights(node: Node, scope: Scope, line: int) -> tuple[float, ...]:
    """The weights; an even curve where one of them is wrong, so that nothing else is."""
    if node and not isinstance(node, Rows):
        scope.problem(line, f"{kind_of(node)} stands where a list of weights is expected.", "Write e.g. [10, 30, 40, 20].")
        return (1.0,)
    found = []
    for index, item in enumerate(node):
        at = node.line_of(index) if isinstance(node, Rows) else line
        try:
            found.append(share(item if isinstance(item, str) else "", scope))
        except ValueError as error:
            scope.problem(at, sentence(error))
            return (1.0,)
    return tuple(found)


def merged_finance(finance: Finance, values: Mapping[str, Any], lines: Lines, report: Report) -> Finance:
    """What a plan has and what a risks file adds; what the plan has already is refused."""
    changes: dict[str, Any] = {}
    for item in fields(Finance):
        old, new = getattr(finance, item.name), values.get(item.name)
        if new is None:
            continue
        if item.name in _KINDS:
            changes[item.name] = _joined(item.name, old, new, lines, report)
        elif old == getattr(Finance(), item.name) or old == new:
            changes[item.name] = new
        else:
            what = f"the plan has {_SHOWN.get(item.name, item.name)} already{_as(old)}."
            report.add(lines[f"finance {item.name}"], f"finance {item.name}", what, "Remove one of them.")
    return Finance(**{**{item.name: getattr(finance, item.name) for item in fields(Finance)}, **changes})


_KINDS = {"escalation": "escalation", "accounts": "account", "curves": "curve"}
"""Parts that have ids, and what messages call them."""
_SHOWN = {"price_date": "a price date", "fiscal_year_start": "a fiscal year", "budget": "a budget", "discount": "a discount",
          "funding": "funding limits"}  # fmt: skip


def _as(old: object) -> str:
    return f" ({old.date()})" if isinstance(old, datetime) else ""


def _joined(key: str, old: Any, new: Any, lines: Lines, report: Report) -> Any:
    """Old and new parts; an id that stands for something else in the plan is refused."""
    kind = _KINDS[key]
    known, more = (dict(old), new) if key == "curves" else ({_id(item): item for item in old}, {_id(item): item for item in new})
    for name, item in more.items():
        if known.setdefault(name, item) != item:
            what = f"the plan has {'an' if kind[0] in 'ae' else 'a'} {kind} of this name already."
            report.add(lines[f"{kind} {name}"], f"{kind} '{name}'", what, "Rename one of them.")
    return known if key == "curves" else tuple(known.values())


def _id(item: Any) -> str:
    found: str = item.code if isinstance(item, Account) else item.id
    return found
