"""Escalation indices of the native format: tables and rates, and the costs that they apply to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from simcore.models.distributions import Distribution
from simcore.models.finance import COST_KINDS, EscalationIndex
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    expect_table,
    factor_distribution,
    flag,
    if_given,
    kind_of,
    number,
    read_fields,
    sentence,
    start_date,
    text,
    texts,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.suggestions import did_you_mean
from simcore.models.units import parse_percent

_MONTH = re.compile(r"\d{4}(-\d{2})?", re.ASCII)


def month_date(value: str, scope: Scope) -> datetime:
    """A date, or the first of a month or a year: ``2026-07-01``, ``2026-07``, ``2026``."""
    bare = value.strip()
    if _MONTH.fullmatch(bare):
        return start_date(f"{bare}-01" if "-" in bare else f"{bare}-01-01", scope)
    try:
        return start_date(bare, scope)
    except ValueError as error:
        raise ValueError(f"'{value}' is not a date; write 2026, 2026-03 or 2026-03-31") from error


def percent_a_year(value: str, scope: Scope) -> float:
    """A rate; without its sign 0.06 could be meant as well as 6 %."""
    if not value.rstrip().endswith("%"):
        raise ValueError(f"'{value}' is not a percentage; write percent a year, such as 2.5%")
    return parse_percent(value)


def _rate(value: str, scope: Scope) -> float | Distribution:
    return factor_distribution(value, scope) if "(" in value else percent_a_year(value, scope)


def _points(node: Node, scope: Scope, line: int) -> tuple[tuple[datetime, float], ...]:
    """An index table; what is wrong in it is reported and left out."""
    table = expect_table(node, scope, line)
    found = []
    for key, value in table.items():
        try:
            if not isinstance(value, str):
                raise ValueError(f"{kind_of(value)} stands where a single value is expected")
            found.append((month_date(key, scope), number(value, scope)))
        except ValueError as error:
            scope.inside(key).problem(table.line_of(key), sentence(error))
    return tuple(found)


ESCALATION_FIELDS: Fields = {
    "name": Field("name", text),
    "rate": Field("rate", _rate),
    "each_year": Field("each_year", flag),
    "index": Field("points", _points, nested=True),
    "uncertainty": Field("uncertainty", factor_distribution),
    "applies_to": Field("applies_to", if_given, nested=True),
}
APPLIES_FIELDS: Fields = {
    "cost": Field("cost", if_given, nested=True),
    "activity": Field("activity", if_given, nested=True),
}


def cost_kinds(
    node: Node, scope: Scope, line: int, why: Callable[[str], str] = lambda word: "", every: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Kinds of cost, each once; ``all`` stands for ``every``. ``why`` may know what is meant by a word that is none."""
    words = texts(node, scope, line)
    for word in words:
        if word not in (*COST_KINDS, "all"):
            scope.problem(line, f"there is no kind of cost '{word}'.", why(word) or did_you_mean(word, ("all", *COST_KINDS)))
    return every if "all" in words else tuple(dict.fromkeys(word for word in words if word in COST_KINDS))


class EscalationReader:
    """Reads the indices; every activity must be known before."""

    def __init__(self, context: Context):
        self.context = context

    def read(self, table: Table) -> tuple[EscalationIndex, ...]:
        """The indices in order; a bare text is the rate of one."""
        return tuple(self._index(name, node, table.line_of(name)) for name, node in table.items())

    def _index(self, name: str, node: Node, line: int) -> EscalationIndex:
        scope = Scope(self.context.report, f"escalation '{name}'")
        table = Table(line)
        if isinstance(node, str):
            table.put("rate", node, line)
        else:
            table = expect_table(node, scope, line)
        values = read_fields(table, ESCALATION_FIELDS, scope)
        _forget_the_rest(values, table)
        if "applies_to" in values:
            written, at = values.pop("applies_to")
            values |= self._applies_to(written, at, scope.inside("applies_to"))
        return EscalationIndex(id=name, **values)

    def _applies_to(self, node: Node, line: int, scope: Scope) -> dict[str, Any]:
        """Kinds of cost alone, or a mapping of kinds and activities."""
        if not isinstance(node, Table):
            return {"kinds": cost_kinds(node, scope, line, self._why)}
        values = read_fields(node, APPLIES_FIELDS, scope)
        found: dict[str, Any] = {}
        if "cost" in values:
            written, at = values["cost"]
            found["kinds"] = cost_kinds(written, scope.inside("cost"), at)
        if "activity" in values:
            written, at = values["activity"]
            found["activities"] = self.context.shown(written, scope.inside("activity"), at)
        return found

    def _why(self, word: str) -> str:
        """What to write where an activity stands in place of a kind of cost."""
        return f"For the costs of an activity write {{activity: {word}}}." if self.context.index.find(word) else ""


def _forget_the_rest(values: dict[str, Any], table: Table) -> None:
    """What a rate or a table says that was wrong, and reported: nothing else is to be wrong for it."""
    if table.get("index") and not values.get("points"):
        values.pop("uncertainty", None)
        values.setdefault("rate", 0.0)
    if table.get("rate") and "rate" not in values:
        values.pop("each_year", None)
        values["rate"] = 0.0
