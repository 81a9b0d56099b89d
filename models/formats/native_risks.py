"""Risks and factors of the native format: of a plan, or of a risks file for one."""

from __future__ import annotations

from typing import Any

from simcore.models.check_risks import COMBINE, STATUS
from simcore.models.distributions import Distribution, Fixed
from simcore.models.finance import COST_KINDS
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_escalation import cost_kinds
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    as_is,
    chance,
    expect_rows,
    expect_table,
    factor_distribution,
    flag,
    minutes,
    money,
    number,
    probability,
    read_fields,
    sentence,
    start_date,
    text,
    window,
    word,
)
from simcore.models.formats.native_impacts import ImpactReader
from simcore.models.formats.native_tree import Node, Table
from simcore.models.risks import Action, Factor, Mitigation, Risk
from simcore.models.scales import word_key


def _chances(node: Node, scope: Scope, line: int) -> dict[str, float]:
    """Probabilities by the risk that is given."""
    table = expect_table(node, scope, line)
    found = {}
    for name, value in table.items():
        try:
            found[name] = probability(value if isinstance(value, str) else "", scope)
        except ValueError as error:
            scope.inside(name).problem(table.line_of(name), sentence(error))
    return found


def _strikes(value: str, scope: Scope) -> str | Distribution:
    if value.isalpha() and value not in ("start", "end"):
        raise ValueError(f"'{value}' is not understood; write start, end, a share such as 50%, or a range of shares")
    return value if value in ("start", "end") else factor_distribution(value, scope)


ACTION_FIELDS: Fields = {
    "name": Field("name", text),
    "cost": Field("cost", money),
    "date": Field("date", start_date),
    "owner": Field("owner", text),
}
MITIGATION_FIELDS: Fields = {
    **ACTION_FIELDS,
    "actions": Field("actions", as_is, nested=True),
    "probability": Field("probability", text),
    "impacts": Field("impacts", as_is, nested=True),
}
RISK_FIELDS: Fields = {
    "name": Field("name", text),
    "description": Field("description", text),
    "category": Field("category", text),
    "owner": Field("owner", text),
    "status": Field("status", word(STATUS)),
    "probability": Field("probability", text),
    "impacts": Field("impacts", as_is, nested=True),
    "shared": Field("shared", flag),
    "impact_rank": Field("impact_rank", number),
    "combine": Field("combine", word(COMBINE)),
    "exclusive": Field("exclusive", text),
    "given": Field("given", _chances, nested=True),
    "window": Field("window", window),
    "strikes": Field("strikes", _strikes),
    "occurrence": Field("occurrence", text),
    "mitigation": Field("mitigation", as_is, nested=True),
}
def _costs(node: Node, scope: Scope, line: int) -> tuple[str, ...]:
    return cost_kinds(node, scope, line, every=COST_KINDS)


FACTOR_FIELDS: Fields = {
    "name": Field("name", text),
    "description": Field("description", text),
    "probability": Field("probability", chance),
    "uncertainty": Field("uncertainty", factor_distribution),
    "applies_to": Field("applies_to", as_is, nested=True),
    "combine": Field("combine", word(COMBINE)),
    "costs": Field("costs", _costs, nested=True),
}


class RiskReader:
    """Reads risks and factors; every activity and relationship must be known before."""

    def __init__(self, context: Context):
        self.context = context
        self.impacts = ImpactReader(context)

    def risks(self, table: Table) -> tuple[Risk, ...]:
        return tuple(self._risk(name, node, table.line_of(name)) for name, node in table.items())

    def _risk(self, name: str, node: Node, line: int) -> Risk:
        scope = Scope(self.context.report, f"risk '{name}'")
        table = expect_table(node, scope, line)
        values = read_fields(table, RISK_FIELDS, scope)
        words: dict[str, str] = {}
        self._probability(values, table, scope, words)
        if values.get("given") and "probability" not in table:
            values["probability"] = 0.0  # it occurs when it is triggered, and only then
        self._occurrence(values, table, scope)
        values["impacts"] = self.impacts.read(values.get("impacts", ("", line)), scope.inside("impacts"), words)
        if "mitigation" in values:
            values["mitigation"] = self._mitigation(values["mitigation"], scope.inside("mitigation"), words)
        return Risk(id=name, words=words, **values)

    def _probability(
        self, values: dict[str, Any], table: Table, scope: Scope, words: dict[str, str], mitigated: bool = False
    ) -> None:
        """A probability, a distribution of it, or a word of the scale."""
        if "probability" not in values:
            return
        written = values.pop("probability")
        key = word_key("probability", mitigated=mitigated)
        try:
            values["probability"] = chance(self.impacts.expression("probability", written, key, words), scope)
        except ValueError as error:
            scope.inside("probability").problem(table.line_of("probability"), self.impacts.why(error, "probability", written))
            values["probability"] = 0.0  # with which nothing else is wrong

    def _occurrence(self, values: dict[str, Any], table: Table, scope: Scope) -> None:
        """``once``, ``per activity``, or ``every`` and a working time."""
        written = values.pop("occurrence", "once")
        if written in ("once", "per activity"):
            values["occurrence"] = written
            return
        inner = Scope(scope.report, f"{scope.label} occurrence", self.context.index.project_units())
        try:
            if not written.startswith("every "):
                raise ValueError(f"'{written}' is not understood; write once, per activity, or every 60d")
            values.update(occurrence="recurring", every=minutes(written.removeprefix("every "), inner))
        except ValueError as error:
            inner.problem(table.line_of("occurrence"), sentence(error))

    def _mitigation(self, written: tuple[Node, int], scope: Scope, words: dict[str, str]) -> Mitigation:
        table = expect_table(written[0], scope, written[1])
        values = read_fields(table, MITIGATION_FIELDS, scope)
        self._probability(values, table, scope, words, mitigated=True)
        if "impacts" in values:
            values["impacts"] = self.impacts.read(values["impacts"], scope.inside("impacts"), words, mitigated=True)
        single = {key: values.pop(key) for key in ACTION_FIELDS if key in values}
        if "actions" in values:
            if single:
                what = f"{' and '.join(single)} and a list of actions are both given."
                scope.problem(table.line_of("actions"), what, "Put them into the list.")
            values["actions"] = _actions(values["actions"], scope.inside("actions"))
        elif single:
            values["actions"] = (Action(**single),)
        return Mitigation(**values)

    def factors(self, table: Table) -> tuple[Factor, ...]:
        return tuple(self._factor(name, node, table.line_of(name)) for name, node in table.items())

    def _factor(self, name: str, node: Node, line: int) -> Factor:
        scope = Scope(self.context.report, f"factor '{name}'")
        table = expect_table(node, scope, line)
        values = read_fields(table, FACTOR_FIELDS, scope)
        if "applies_to" in values:
            written, at = values["applies_to"]
            values["applies_to"] = self.context.shown(written, scope.inside("applies_to"), at)
        if "uncertainty" not in table:
            scope.problem(line, "has no uncertainty.", "Write 'uncertainty: \"triangular(95%, 100%, 120%)\"'.")
        if "applies_to" not in table:
            scope.problem(line, "applies to nothing.", "Write 'applies_to: [ID, ID]'.")
        return Factor(**{"id": name, "uncertainty": Fixed(1.0, relative=True), **values})


def _actions(written: tuple[Node, int], scope: Scope) -> tuple[Action, ...]:
    rows = expect_rows(written[0], scope, written[1])
    tables = [expect_table(item, scope, rows.line_of(index)) for index, item in enumerate(rows)]
    return tuple(Action(**read_fields(table, ACTION_FIELDS, scope)) for table in tables)
