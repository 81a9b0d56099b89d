"""What the sections about risk refer to: activities, relationships, words of scales, files beside the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from simcore.models.distributions import Values, duration_values
from simcore.models.formats.native_fields import Report, Scope, texts
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_links import lag_units
from simcore.models.formats.native_tree import Node, Table
from simcore.models.formats.native_where import read_where
from simcore.models.link_names import LinkNames
from simcore.models.plan import Activity, Plan, Relationship, SchedulingOptions
from simcore.models.scales import Scales
from simcore.models.suggestions import did_you_mean
from simcore.models.uncertainty import may_vary
from simcore.models.wbs import WbsTree


@dataclass
class Context:
    """A plan as far as it is known while its risk model is read, and where problems go."""

    index: ActivityIndex
    tree: WbsTree
    report: Report
    relationships: Sequence[Relationship] = ()
    options: Mapping[str, SchedulingOptions] = field(default_factory=dict)
    scales: Scales = field(default_factory=dict)

    @cached_property
    def links(self) -> LinkNames:
        """The relationships by name."""
        shown = {activity.ref: self.index.shown(activity) for activity in self.index.activities}
        return LinkNames(self.relationships, shown)

    @staticmethod
    def of(plan: Plan, report: Report) -> Context:
        """For what is added to a plan that is complete."""
        options = {project.id: plan.options(project.id) for project in plan.projects}
        return Context(ActivityIndex.of(plan), WbsTree(plan.wbs), report, plan.relationships, options, plan.scales)

    def select(self, node: Node, scope: Scope, line: int, varying: bool = False) -> tuple[Activity, ...]:
        """The activities of a list of ids, or those that a filter selects, on request among those that may vary.

        The word ``all`` is a filter without keys, unless an activity is called so.
        """
        if node == "all" and self.index.find("all") is None:
            node = Table(line)
        if not isinstance(node, Table):
            return tuple(self.activities(texts(node, scope, line), scope, line))
        where = read_where(node, scope, line)
        among = filter(may_vary, self.index.activities) if varying else self.index.activities
        chosen = tuple(a for a in among if where.matches(a, self.index.calendar(a), self.tree))
        if not chosen:
            what = f"the filter selects no activity{' with remaining work' if varying else ''}."
            scope.problem(line, what, "Correct the filter.")
        return chosen

    def activities(self, names: Iterable[str], scope: Scope, line: int) -> list[Activity]:
        """The activities of these ids; what is missing is reported."""
        found = []
        for name in names:
            activity = self.index.find(name)
            if activity is None:
                self._missing(name, scope, line)
            else:
                found.append(activity)
        return found

    def _missing(self, name: str, scope: Scope, line: int) -> None:
        what = self.index.why_missing(name)
        if what.startswith("there is no"):
            self.report.unknown(line, scope.label, "activity", name, self.index.names())
        else:
            scope.problem(line, what)

    def shown(self, node: Node, scope: Scope, line: int) -> tuple[str, ...]:
        """As :meth:`select`, the ids as users see them, each once."""
        return tuple(dict.fromkeys(self.index.shown(activity) for activity in self.select(node, scope, line)))

    def link(self, name: str, scope: Scope, line: int) -> int | None:
        """Position of the relationship that a text names; None where there is none, which is reported."""
        try:
            return self.links.find(name)
        except KeyError as error:
            what: str = error.args[0]
        for left, right, kind in _ends(name):
            ends = [self.index.find(left), self.index.find(right)]
            if None not in ends:
                shown = " -> ".join(self.index.shown(end) for end in ends if end is not None)
                try:
                    return self.links.find(f"{shown} {kind}".rstrip())
                except KeyError as error:
                    what = error.args[0]
        scope.problem(line, what, did_you_mean(name, self.links.all()) if what.startswith("there is no") else "")
        return None

    def lag_values(self, link: Relationship) -> Values:
        """How values of a relationship's lag are read and printed."""
        ends = (self.index.at(link.predecessor), self.index.at(link.successor))
        units = lag_units(self.index, *ends, link.lag_calendar, self.options)
        return duration_values(*units, elapsed=link.elapsed)


def _ends(name: str) -> Iterable[tuple[str, str, str]]:
    """What may be meant by a relationship that is not written exactly as it is shown."""
    left, arrow, right = (part.strip() for part in name.partition("->"))
    if arrow:
        yield left, right, ""
        head, _, kind = right.rpartition(" ")
        if kind.upper() in ("FS", "SS", "FF", "SF"):
            yield left, head.strip(), kind.upper()
