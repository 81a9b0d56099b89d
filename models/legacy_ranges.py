"""Ranges that plans of other tools carry in their custom fields: three-point estimates, and distributions as text.

Microsoft Project has no place for uncertainty, so the add-ins of thirty years used its columns: ``Duration1`` to
``Duration3`` under names such as Optimistic, Most Likely, Pessimistic, or a text column with ``Triangular(5;10;15)``. In
Primavera P6 the same stands in user-defined fields. Nothing of it is taken unless it is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from simcore.models.distributions import Distribution, duration_values, parse_distribution
from simcore.models.errors import PlanError, Problem
from simcore.models.legacy_values import DAYS_ASSUMED, Shape, legacy_expression, legacy_shape, legacy_value
from simcore.models.places import Places
from simcore.models.plan import Activity, Plan
from simcore.models.suggestions import did_you_mean
from simcore.models.uncertainty import may_vary

__all__ = ["AUTO", "field_ranges_noted", "ranges_from_fields"]

AUTO = "auto"
_NAMES = {
    "min": "min minimum optimistic opt opti low lowest best bestcase shortest smallest optimal",
    "mode": "mode mostlikely likely ml likeliest expected exp mostprobable probable realistic base",
    "max": "max maximum pessimistic pess press high highest worst worstcase longest largest",
    "shape": "distribution curve curvetype shape distributiontype riskcurve",
}  # fmt: skip
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
_FILLERS = frozenset({
    "duration", "durations", "dur", "estimate", "est", "time", "risk", "input", "remaining", "days", "day", "hours", "hrs",
    "hour", "d", "h", "value", "task", "activity", "case",
})  # fmt: skip
"""Words of a field's name that do not tell which of the three it is."""


class _Fields(NamedTuple):
    """The names of the fields to read; any may be missing."""

    min: str = ""
    mode: str = ""
    max: str = ""
    shape: str = ""
    text: str = ""

    @property
    def shown(self) -> str:
        return ", ".join(f"'{name}'" for name in self if name)


@dataclass
class _Found:
    """What came out, to be told."""

    ranges: dict[str, Distribution] = field(default_factory=dict)  # by shown id
    sources: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    assumed: Counter[str] = field(default_factory=Counter)


def ranges_from_fields(plan: Plan, how: str = AUTO) -> Plan:
    """The plan with ranges on the remaining durations of its activities, taken from its custom fields.

    Ranges that activities have already stay; milestones, hammocks, summaries, completed and inactive activities are left
    out. What was taken and what was assumed becomes notes of the plan.

    Parameters
    ----------
    plan : Plan
        Any plan; the fields are those of :attr:`Activity.fields`.
    how : str
        ``auto`` recognises fields by their names (Optimistic, Most Likely, Pessimistic; Min, ML, Max ...) and texts such
        as ``Triangular(5;10;15)`` by what they say; three names separated by commas say which fields hold minimum, mode and
        maximum (``Duration1,Duration2,Duration3``); one name is that of a field with such texts.

    Raises
    ------
    PlanError
        There are no such fields, or some of their values are no ranges: all of them, each with its activity.
    """
    fields = _recognised(plan) if how.strip().lower() == AUTO else _named(plan, how)
    if fields is None:
        fix = "Name them: --ranges-from-fields MIN,MODE,MAX." if _field_names(plan) else ""
        raise PlanError(Problem(plan.source, "no custom field looks like a three-point estimate or a distribution.", fix))
    found = _read(plan, fields)
    if found.problems:
        raise PlanError(found.problems)
    activities = tuple(
        replace(a, uncertainty=found.ranges[plan.shown[a.ref]]) if plan.shown[a.ref] in found.ranges else a
        for a in plan.activities
    )
    sources = {f"duration of {name}": source for name, source in found.sources.items()}
    return plan.with_changes(
        activities=activities,
        ranges_from={**plan.ranges_from, **sources},
        notes=(*plan.notes, *_notes(found, fields)),
    )


def field_ranges_noted(plan: Plan) -> Plan:
    """The plan with a note where its custom fields look like ranges that nobody has asked for."""
    fields = _recognised(plan)
    if fields is None:
        return plan
    found = _read(plan, fields)
    if not found.ranges:
        return plan
    what = f"Ignored: the fields {fields.shown} look like ranges of the durations of {_activities(len(found.ranges))}."
    note = Problem("", what, "--ranges-from-fields auto takes them.", severity="note")
    return plan.with_changes(notes=(*plan.notes, note))


def _notes(found: _Found, fields: _Fields) -> Iterator[Problem]:
    taken = f"Taken: ranges of the remaining duration of {_activities(len(found.ranges))} from {fields.shown}."
    severity = "note" if found.ranges else "warning"
    yield Problem("", taken, severity=severity)
    for what, times in found.assumed.items():
        yield Problem("", f"Assumed: {what} ({_activities(times)}).", severity="note")


def _activities(number: int) -> str:
    return "1 activity" if number == 1 else f"{number:,} activities"


def _field_names(plan: Plan) -> list[str]:
    return list(dict.fromkeys(name for activity in plan.activities for name in activity.fields))


def _role(name: str) -> str | None:
    """Which of the estimates a field is, by the words of its name."""
    bare = re.sub(r"[^a-z0-9]+", " ", name.split("(")[0].lower()).split()
    words = [word for word in bare if word not in _FILLERS]
    return _ROLES.get("".join(words)) or _ROLES.get("".join(bare))


def _recognised(plan: Plan) -> _Fields | None:
    """Fields whose names or values are those of estimates; minimum and maximum must both be there."""
    names = _field_names(plan)
    roles: dict[str, str] = {}
    for name in names:
        role = _role(name)
        if role is not None:
            roles.setdefault(role, name)
    if roles.keys() >= {"min", "max"}:
        return _Fields(**roles)
    for name in names:
        if any(legacy_expression(activity.fields.get(name, "")) for activity in plan.activities):
            return _Fields(text=name)
    return None


def _named(plan: Plan, how: str) -> _Fields:
    known = {name.casefold(): name for name in _field_names(plan)}
    wanted = [name.strip() for name in how.split(",")]
    if len(wanted) not in (1, 3) or not all(wanted):
        fix = "Write auto, three names such as Duration1,Duration2,Duration3, or the name of one field."
        raise PlanError(Problem("--ranges-from-fields", f"'{how}' names neither one field nor three.", fix))
    missing = [name for name in wanted if name.casefold() not in known]
    if missing:
        raise PlanError([
            Problem(plan.source, f"no activity has a field '{name}'.", did_you_mean(name, known.values())) for name in missing
        ])  # fmt: skip
    names = [known[name.casefold()] for name in wanted]
    shape = next((name for name in known.values() if _role(name) == "shape"), "")
    return _Fields(text=names[0]) if len(names) == 1 else _Fields(names[0], names[1], names[2], shape)


def _read(plan: Plan, fields: _Fields) -> _Found:
    found = _Found()
    places = Places(plan)
    for activity in plan.activities:
        if activity.uncertainty is not None or not may_vary(activity):
            continue
        try:
            shape = _text_shape(activity, fields, found) if fields.text else _estimate(activity, fields, found)
            if shape is None:
                continue
            day = 24.0 if activity.elapsed else plan.calendar_of(activity).hours_per_day
            values = duration_values(day, elapsed=activity.elapsed)
            name = plan.shown[activity.ref]
            found.ranges[name] = parse_distribution(shape.text(activity.elapsed), values)
            found.sources[name] = f"fields {fields.shown}"
        except ValueError as error:
            what = str(error)
            found.problems.append(Problem(places.activity(activity, _where(fields)), what if what.endswith(".") else f"{what}."))
    return found


def _where(fields: _Fields) -> str:
    return f"field {fields.shown}" if fields.text else f"fields {fields.shown}"


def _text_shape(activity: Activity, fields: _Fields, found: _Found) -> Shape | None:
    text = activity.fields.get(fields.text, "").strip()
    if not text:
        return None
    shape = legacy_expression(text)
    if shape is None:
        raise ValueError(f"'{text}' is no distribution; write e.g. Triangular(5;10;15)")
    _count(found, shape)
    return shape


def _estimate(activity: Activity, fields: _Fields, found: _Found) -> Shape | None:
    """Three values; where the most likely is missing, it is the remaining duration."""
    texts = {role: activity.fields.get(getattr(fields, role), "").strip() for role in ("min", "mode", "max")}
    if not texts["min"] and not texts["max"]:
        return None
    for role in ("min", "max"):
        if not texts[role]:
            raise ValueError(f"'{getattr(fields, role)}' is empty; write it, or clear the others too")
    hours = {role: _in_hours(getattr(fields, role)) for role in texts}
    values = [legacy_value(texts[role], hours[role]) for role in texts if texts[role]]
    if all(value.zero for value in values):
        return None
    if len(values) == 2:
        values.insert(1, legacy_value(f"{activity.remaining_duration}m" if not values[0].percent else "100%"))
        found.assumed["the most likely value is the remaining duration"] += 1
    shape = legacy_shape(activity.fields.get(fields.shape, "").strip() if fields.shape else "", values)
    _count(found, shape)
    return shape


def _in_hours(name: str) -> bool:
    """Whether a field's name says that its numbers are hours."""
    return re.search(r"\b(h|hrs|hours?)\b", name.lower()) is not None


def _count(found: _Found, shape: Shape) -> None:
    for what in shape.assumed:
        found.assumed[what] += 1
    if any(value.bare for value in shape.values):
        found.assumed[DAYS_ASSUMED] += 1
