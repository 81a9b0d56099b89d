"""Named and shared ranges: templates, and how a range is given to an activity that has none of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from simcore.models.costs import Amount
from simcore.models.distributions import Distribution
from simcore.models.formats.native_fields import (
    ALWAYS,
    Field,
    Fields,
    Report,
    Scope,
    Units,
    duration_range,
    kind_of,
    money_range,
    read_fields,
    sentence,
    text,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import Activity

VARIABLES = {"duration": "duration", "fixed": "cost", "per_day": "rate"}
"""What a range is of, and how correlations and ``Plan.ranges_from`` call it."""

TEMPLATE_FIELDS: Fields = {key: Field(key, text) for key in VARIABLES}


class Range(NamedTuple):
    """A range, still as text: absolute durations depend on the calendar of each activity."""

    text: str
    scope: Scope
    line: int
    template: str = ""

    def read(self, key: str, units: Units, elapsed: bool) -> Distribution:
        """The distribution it is on a calendar."""
        load = self.scope.report.load
        return duration_range(self.text, units, elapsed, load) if key == "duration" else money_range(self.text, load)

    def problem(self, key: str) -> str:
        """Why it is a range on no calendar; empty where it is one."""
        what = ""
        for units, elapsed in ((ALWAYS, True), (ALWAYS, False), (Units(), True), (Units(), False)):
            try:
                self.read(key, units, elapsed)
                return ""
            except ValueError as error:
                what = sentence(error)
        return what


Ranges = Mapping[str, Range]
Templates = Mapping[str, Ranges]


def read_templates(table: Table, report: Report) -> Templates:
    """Ranges by the name of their template; a bare text is a range of durations."""
    return {name: _template(name, node, table.line_of(name), report) for name, node in table.items()}


def _template(name: str, node: Node, line: int, report: Report) -> Ranges:
    scope = Scope(report, f"template '{name}'")
    if not Range(name, scope, line).problem("duration"):
        scope.problem(line, "the name is itself a range.", "Name the template otherwise.")
    if isinstance(node, str) and node:
        inner = Table(line)
        inner.put("duration", node, line)
    elif isinstance(node, Table):
        inner = node
    else:
        fix = 'Write e.g. "triangular(90%, 100%, 130%)".'
        scope.problem(line, f"{kind_of(node)} stands where a range is expected." if node else "gives no range.", fix)
        return {}
    if not VARIABLES.keys() & inner.keys():
        scope.problem(line, "gives no range.", "Write 'duration: \"triangular(90%, 100%, 130%)\"'.")
    return sound_ranges(read_fields(inner, TEMPLATE_FIELDS, scope), inner, scope, name)


def sound_ranges(values: Mapping[str, str], table: Table, scope: Scope, template: str = "") -> Ranges:
    """The ranges among the values of a template or a rule, by what they are of; what is wrong is reported."""
    found = {}
    for key in VARIABLES:
        if key in values:
            spread = Range(values[key], scope, table.line_of(key), template)
            what = spread.problem(key)
            if what:
                scope.inside(key).problem(spread.line, what)
            else:
                found[key] = spread
    return found


def has_own(activity: Activity, key: str) -> bool | None:
    """Whether a quantity of an activity has a range; None where the activity has no such quantity."""
    if key == "duration":
        return activity.uncertainty is not None
    amount: Amount | None = getattr(activity.cost, key, None)
    return None if amount is None else amount.uncertainty is not None


def with_range(activity: Activity, key: str, spread: Distribution) -> Activity:
    """The activity with a range on a quantity that it has."""
    if key == "duration":
        return replace(activity, uncertainty=spread)
    cost = activity.cost
    if cost is None:
        return activity
    amount: Amount = replace(getattr(cost, key), uncertainty=spread)
    return replace(activity, cost=replace(cost, fixed=amount) if key == "fixed" else replace(cost, per_day=amount))
