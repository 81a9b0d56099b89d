"""The section ``uncertainty:``: ranges for all activities that a filter selects."""

from __future__ import annotations

from dataclasses import dataclass, field

from simcore.models.formats.native_fields import Field, Fields, Scope, expect_rows, kind_of, read_fields, sentence, text
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_ranges import (
    TEMPLATE_FIELDS,
    VARIABLES,
    Ranges,
    Templates,
    has_own,
    sound_ranges,
    with_range,
)
from simcore.models.formats.native_tree import Node, Table
from simcore.models.formats.native_where import read_where
from simcore.models.plan import Activity
from simcore.models.uncertainty import Where, may_vary
from simcore.models.wbs import WbsTree

RULE_FIELDS: Fields = {
    "where": Field("where", read_where, nested=True),
    "template": Field("template", text),
    **TEMPLATE_FIELDS,
}


@dataclass
class Rule:
    """A filter and the ranges it gives; on how many activities, and what else was said there."""

    name: str
    where: Where
    ranges: Ranges
    scope: Scope
    line: int
    reached: int = 0
    overridden: int = 0  # by a later rule
    in_vain: int = 0  # the activity has a range of its own
    failed: set[str] = field(default_factory=set)

    def source(self, key: str) -> str:
        """Where its range of a quantity comes from, in words."""
        template = self.ranges[key].template
        return f"{self.name}, template '{template}'" if template else self.name


def read_rules(written: tuple[Node, int], scope: Scope, templates: Templates, origin: str = "") -> list[Rule]:
    """The rules in order; ``origin`` is said behind their names."""
    rows = expect_rows(written[0], scope, written[1])
    rules = []
    for index, item in enumerate(rows):
        inner = Scope(scope.report, f"uncertainty rule {index + 1}")
        if isinstance(item, Table):
            rules.append(_rule(f"rule {index + 1}{origin}", item, inner, rows.line_of(index), templates))
        else:
            fix = 'Write {where: {wbs: "A.1"}, duration: "triangular(90%, 100%, 130%)"}.'
            inner.problem(rows.line_of(index), f"{kind_of(item)} stands where a rule is expected.", fix)
    return rules


def _rule(name: str, table: Table, scope: Scope, line: int, templates: Templates) -> Rule:
    """A rule; its own ranges go before those of its template."""
    if not {"template", *VARIABLES} & table.keys():
        fix = "Write 'duration: \"triangular(90%, 100%, 130%)\"', or 'template: NAME'."
        scope.problem(line, "gives no range.", fix)
    values = read_fields(table, RULE_FIELDS, scope)
    template = values.get("template", "")
    if template and template not in templates:
        scope.report.unknown(table.line_of("template"), f"{scope.label} template", "template", template, templates)
    ranges = {**templates.get(template, {}), **sound_ranges(values, table, scope)}
    return Rule(name, values.get("where", Where()), ranges, scope, line)


Sources = dict[str, str]
"""As ``Plan.ranges_from``."""


def apply_rules(rules: list[Rule], index: ActivityIndex, tree: WbsTree) -> tuple[tuple[Activity, ...], Sources]:
    """The activities with the ranges of the rules, and where they come from.

    A later rule wins, and an activity's own range over all of them; what that came to is noted.
    """
    sources: Sources = {}
    changed = tuple(_with_ranges(activity, rules, index, tree, sources) for activity in index.activities)
    for rule in rules:
        _note(rule)
    return changed, sources


def _note(rule: Rule) -> None:
    report = rule.scope.report
    if not rule.reached:
        report.add(rule.line, rule.scope.label, "selects no activity that may vary.", severity="warning")
        return
    what = f"The rule reaches {rule.reached:,} {'activity' if rule.reached == 1 else 'activities'}"
    if rule.overridden:
        what += f"; a later rule wins on {rule.overridden:,}"
    if rule.in_vain:
        what += f"; {rule.in_vain:,} {'keeps a range of its' if rule.in_vain == 1 else 'keep ranges of their'} own"
    report.add(rule.line, rule.scope.label, f"{what}.", severity="note")


def _with_ranges(
    activity: Activity, rules: list[Rule], index: ActivityIndex, tree: WbsTree, sources: Sources
) -> Activity:
    if not may_vary(activity):
        return activity
    calendar = index.calendar(activity)
    matching = [rule for rule in rules if rule.where.matches(activity, calendar, tree)]
    if not matching:
        return activity
    own = {key: has_own(activity, key) for key in VARIABLES}
    chosen = {key: rule for rule in matching for key in rule.ranges if own[key] is False}
    for rule in matching:
        rule.reached += 1
        rule.in_vain += any(own[key] for key in rule.ranges)
        rule.overridden += any(key in chosen and chosen[key] is not rule for key in rule.ranges)
    for key, rule in chosen.items():
        spread = rule.ranges[key]
        try:
            activity = with_range(activity, key, spread.read(key, index.units(activity), activity.elapsed))
        except ValueError as error:  # right on other calendars than this one; once a rule is enough
            if key not in rule.failed:
                rule.failed.add(key)
                spread.scope.inside(key).problem(spread.line, sentence(error))
        else:
            sources[f"{VARIABLES[key]} of {index.shown(activity)}"] = rule.source(key)
    return activity
