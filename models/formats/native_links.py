"""Relationships of the native format: ``ID``, ``ID SS+3d``, ``ID FS+50%``, or long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from simcore.models.formats.native_fields import (
    Field,
    Fields,
    Report,
    Scope,
    Units,
    choice,
    duration_range,
    expect_rows,
    kind_of,
    probability,
    read_fields,
    sentence,
    text,
)
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_tree import Node, Table
from simcore.models.plan import Activity, LagCalendar, LinkType, Relationship, SchedulingOptions
from simcore.models.suggestions import did_you_mean
from simcore.models.units import parse_duration, parse_percent

LINK_FIELDS: Fields = {
    "activity": Field("activity", text),
    "type": Field("type", choice(LinkType, {kind.value.lower(): kind for kind in LinkType})),
    "lag": Field("lag", text),
    "lag_calendar": Field("lag_calendar", choice(LagCalendar)),
    "uncertainty": Field("uncertainty", text),
    "probability": Field("probability", probability),
}
_SHORT = re.compile(r"(.+)\s+(FS|SS|FF|SF)\s*([+-]\s*\S+)?", re.IGNORECASE | re.DOTALL)
_MISWRITTEN = re.compile(r"(.+?)\s*(FS|SS|FF|SF)?\s*([+-]?)\s*(\d\S*)", re.IGNORECASE | re.DOTALL)
_MANY_PROBLEMS = 25


class LinkReader:
    """Reads what follows ``after:``; every activity must be known before."""

    def __init__(self, index: ActivityIndex, options: dict[str, SchedulingOptions], report: Report):
        self.index, self.options, self.report = index, options, report

    def read(self, successor: Activity, node: Node, label: str, line: int) -> Iterator[Relationship]:
        """The relationships of one activity to its predecessors."""
        scope = Scope(self.report, f"{label} after")
        rows = expect_rows(node, scope, line)
        for index, item in enumerate(rows):
            at = rows.line_of(index)
            try:
                link = self._short(successor, item) if isinstance(item, str) else self._long(successor, item, scope, at)
            except ValueError as error:
                scope.problem(at, sentence(error))
                continue
            if link is not None:
                yield link

    def _short(self, successor: Activity, item: str) -> Relationship | None:
        whole = self.index.find(item, successor.project)
        if whole is not None:
            return Relationship(whole.ref, successor.ref)
        match = _SHORT.fullmatch(item.strip())
        if match is None:
            raise ValueError(self._no_activity(item))
        predecessor = self.index.find(match[1].strip(), successor.project)
        if predecessor is None:
            raise ValueError(self._no_activity(match[1].strip()))
        return self._link(predecessor, successor, LinkType(match[2].upper()), match[3] or "", None)

    def _long(self, successor: Activity, item: Node, scope: Scope, line: int) -> Relationship | None:
        if not isinstance(item, Table):
            scope.problem(line, f"{kind_of(item)} stands where a relationship is expected.")
            return None
        values = read_fields(item, LINK_FIELDS, scope)
        if "activity" not in values:
            if "activity" not in item:
                scope.problem(line, "a relationship has no activity.", "Write {activity: ID, type: FF, lag: 5d}.")
            return None
        predecessor = self.index.find(values["activity"], successor.project)
        if predecessor is None:
            raise ValueError(self._no_activity(values["activity"]))
        kind = values.get("type", LinkType.FS)
        link = self._link(predecessor, successor, kind, values.get("lag", ""), values.get("lag_calendar"))
        link = replace(link, probability=values.get("probability", 1.0))
        if "uncertainty" not in values:
            return link
        units = lag_units(self.index, predecessor, successor, link.lag_calendar, self.options)
        try:
            return replace(link, uncertainty=duration_range(values["uncertainty"], units, link.elapsed, self.report.load))
        except ValueError as error:
            scope.inside("uncertainty").problem(item.line_of("uncertainty"), sentence(error))
            return link

    def _link(
        self, predecessor: Activity, successor: Activity, kind: LinkType, lag: str, own: LagCalendar | None
    ) -> Relationship:
        minutes, elapsed, percent = 0, False, None
        if lag.endswith("%"):
            elapsed = lag.endswith("e%")
            percent = parse_percent(re.sub(r"e?%$", "%", lag.replace(" ", "")))
        elif lag:
            units = lag_units(self.index, predecessor, successor, own, self.options)
            minutes, elapsed = parse_duration(lag, *units)
        return Relationship(predecessor.ref, successor.ref, kind, minutes, elapsed, percent, own)

    def _no_activity(self, name: str) -> str:
        what = self.index.why_missing(name)
        if not what.startswith("there is no") or len(self.report.problems) >= _MANY_PROBLEMS:
            return what
        match = _MISWRITTEN.fullmatch(name)
        if match is not None and self.index.find(match[1]) is not None:
            kind = (match[2] or "FS").upper()
            return f"{what} Did you mean '{match[1]} {kind}{match[3] or '+'}{match[4]}'?"
        return f"{what} {did_you_mean(name, self.index.names())}".rstrip()


def lag_units(
    index: ActivityIndex,
    predecessor: Activity,
    successor: Activity,
    own: LagCalendar | None,
    options: Mapping[str, SchedulingOptions],
) -> Units:
    """What a day of lag is: the one of the calendar that lags run on."""
    kind = own or options[successor.project].lag_calendar
    if kind is LagCalendar.ALWAYS:
        return index.units_on(None)
    if kind is LagCalendar.PROJECT:
        return index.units_on(index.project_calendar(successor.project))
    return index.units(predecessor if kind is LagCalendar.PREDECESSOR else successor)
