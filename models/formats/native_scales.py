"""The section ``scales:``: words and what they stand for."""

from __future__ import annotations

from simcore.models.formats.native_fields import Report, Scope, chance, expect_table, sentence, text_map
from simcore.models.formats.native_ranges import Range
from simcore.models.formats.native_tree import Table
from simcore.models.scales import QUANTITIES, Scales
from simcore.models.suggestions import did_you_mean


def read_scales(table: Table, report: Report, known: Scales) -> Scales:
    """The words by quantity, added to those that are known; their values stay text."""
    found = {quantity: dict(words) for quantity, words in known.items()}
    for quantity, node in table.items():
        at = table.line_of(quantity)
        scope = Scope(report, f"scale '{quantity}'")
        apart = Scope(Report(report.file), scope.label)  # words are kept as they are, so they may name no files
        if quantity not in QUANTITIES:
            report.add(at, "scales", f"there is no scale of '{quantity}'.", did_you_mean(quantity, QUANTITIES))
            continue
        inner = expect_table(node, scope, at)
        for word, expression in text_map(inner, scope, at).items():
            before = found.setdefault(quantity, {}).get(word, expression)
            what = _problem(quantity, expression, apart)
            if not _problem(quantity, word, apart):
                what = "the word is itself a value; name it otherwise."
            if before != expression:
                what = f"the plan has it already, as {before}; here it is {expression}."
            if what:
                scope.inside(word).problem(inner.line_of(word), what)
            found[quantity][word] = expression
    return found


def _problem(quantity: str, expression: str, scope: Scope) -> str:
    """Why an expression is no value of a quantity; empty where it is one."""
    if quantity != "probability":
        return Range(expression, scope, 0).problem("fixed" if quantity == "cost" else "duration")
    try:
        chance(expression, scope)
    except ValueError as error:
        return sentence(error)
    return ""
