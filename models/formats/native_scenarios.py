"""Scenarios of the native format: which risks are mitigated, and which take no part."""

from __future__ import annotations

from simcore.models.formats.native_fields import Field, Fields, Report, Scope, expect_table, read_fields, text, texts, word
from simcore.models.formats.native_tree import Table
from simcore.models.risks import SCENARIOS, Scenario

SCENARIO_FIELDS: Fields = {
    "name": Field("name", text),
    "base": Field("base", word(SCENARIOS)),
    "mitigate": Field("mitigate", texts, nested=True),
    "leave": Field("leave", texts, nested=True),
    "without": Field("without", texts, nested=True),
}


def read_scenarios(table: Table, report: Report) -> tuple[Scenario, ...]:
    """The scenarios by id; the risks they name are looked for when the plan is whole."""
    found = []
    for name, node in table.items():
        scope = Scope(report, f"scenario '{name}'")
        inner = expect_table(node, scope, table.line_of(name))
        found.append(Scenario(id=name, **read_fields(inner, SCENARIO_FIELDS, scope)))
    return tuple(found)
