"""Impacts of risks: on activities, on lags, in values or in words of a scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from simcore.models.distributions import Distribution, parse_distribution
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Scope,
    as_is,
    duration_range,
    expect_rows,
    kind_of,
    money_range,
    read_fields,
    sentence,
    text,
    texts,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import Activity
from simcore.models.risks import Impact
from simcore.models.scales import find_word, word_key
from simcore.models.suggestions import closest

IMPACT_FIELDS: Fields = {
    "activity": Field("activity", as_is, nested=True),
    "link": Field("link", as_is, nested=True),
    "duration": Field("duration", text),
    "cost": Field("cost", text),
    "lag": Field("lag", text),
}
_QUANTITIES = ("duration", "cost", "lag")

Words = dict[str, str]
"""As ``Risk.words``."""


class ImpactReader:
    """Reads what risks do."""

    def __init__(self, context: Context):
        self.context = context

    def read(self, written: tuple[Node, int], scope: Scope, words: Words, mitigated: bool = False) -> tuple[Impact, ...]:
        """The impacts of a risk, one for every activity and relationship; the words they were written with are kept."""
        node, line = written
        found: list[Impact] = []
        rows = expect_rows(node, scope, line)
        for index, item in enumerate(rows):
            if not isinstance(item, Table):
                fix = 'Write {activity: ID, duration: "triangular(2d, 5d, 9d)"}.'
                scope.problem(rows.line_of(index), f"{kind_of(item)} stands where an impact is expected.", fix)
                continue
            values = read_fields(item, IMPACT_FIELDS, scope)
            self._demand(item, rows.line_of(index), scope)
            for target, parsers in self._targets(values, scope):
                used: Words = {}
                parts = self._parts(values, parsers, item, scope, used)
                if parts:
                    found.append(Impact(**{**target, **parts}))
                    words.update({word_key(key, len(found), mitigated): used[key] for key in used})
        return tuple(found)

    def _demand(self, table: Table, line: int, scope: Scope) -> None:
        """What an impact needs, and what does not go together."""
        if not {"activity", "link"} & table.keys():
            what = "an impact does not say which activity or relationship it hits."
            scope.problem(line, what, "Write 'activity: ID', or 'link: A -> B'.")
        elif {"activity", "link"} <= table.keys():
            scope.problem(line, "an impact hits activities or relationships, not both.", "Write two impacts.")
        if not set(_QUANTITIES) & table.keys():
            what = "an impact has neither a duration nor a cost nor a lag."
            scope.problem(line, what, 'Write e.g. duration: "uniform(2d, 9d)".')

    def _targets(self, values: dict[str, Any], scope: Scope) -> Iterator[tuple[dict[str, str], dict[str, _Parser]]]:
        """What is hit, and how its quantities are read; nothing where that is not clear."""
        if {"activity", "link"} <= values.keys():
            return
        if "activity" in values:
            node, at = values["activity"]
            for activity in self.context.select(node, scope, at, varying=True):
                yield {"activity": self.context.index.shown(activity)}, self._parsers(activity)
        if "link" in values:
            node, at = values["link"]
            for name in texts(node, scope, at):
                position = self.context.link(name, scope.inside("link"), at)
                if position is not None:
                    lag = self.context.lag_values(self.context.relationships[position])
                    parsers: dict[str, _Parser] = {"lag": partial(parse_distribution, values=lag, load=self.context.report.load)}
                    yield {"link": self.context.links.name(position)}, parsers

    def _parsers(self, activity: Activity) -> dict[str, _Parser]:
        units, load = self.context.index.units(activity), self.context.report.load
        return {
            "duration": lambda value: duration_range(value, units, activity.elapsed, load),
            "cost": lambda value: money_range(value, load),
        }

    def _parts(
        self, values: dict[str, Any], parsers: dict[str, _Parser], table: Table, scope: Scope, words: Words
    ) -> dict[str, Any]:
        """The quantities of one impact."""
        parts = {}
        for key in _QUANTITIES:
            if key not in values:
                continue
            inner, at = scope.inside(key), table.line_of(key)
            if key not in parsers:
                whom = "a relationship" if "lag" in parsers else "an activity"
                inner.problem(at, f"an impact on {whom} has no {key}.", f"It may have: {', '.join(parsers)}.")
                continue
            try:
                parts[key] = parsers[key](self.expression(key, values[key], key, words))
            except ValueError as error:
                inner.problem(at, self.why(error, key, values[key]))
        return parts

    def expression(self, quantity: str, written: str, key: str, words: Words) -> str:
        """What is written, or what the word of a scale stands for; the word is kept under ``key``."""
        scales = self.context.scales
        found = find_word(scales, quantity, written)
        if found is None:
            return written
        words[key] = found
        return scales[quantity][found]

    def why(self, error: ValueError, quantity: str, written: str) -> str:
        """What is wrong with a value; a misspelt word of a scale is recognised."""
        known = self.context.scales.get(quantity, {})
        if "(" in written or any(character.isdigit() for character in written) or not known:
            return sentence(error)
        match = closest(written, known)
        fix = f"Did you mean '{match}'?" if match else f"Known are {', '.join(repr(name) for name in known)}."
        return f"'{written}' is no word of the scale of {quantity}. {fix}"


_Parser = Callable[[str], Distribution]
