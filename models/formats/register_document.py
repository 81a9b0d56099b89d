"""Risk models as documents of plain texts: of a plan, of a risks file, of a register."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from simcore.models.distributions import duration_values, format_distribution, money_values
from simcore.models.formats.native_fields import Units
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_sections import FORMAT
from simcore.models.formats.native_write import to_document
from simcore.models.formats.native_write_finance import write_finance
from simcore.models.formats.native_yaml import Value, document, scalar
from simcore.models.plan import Activity, Plan
from simcore.models.uncertainty import may_vary

Document = dict[str, Value]

_OF_PLANS = frozenset({
    "format", "name", "project", "projects", "scheduling", "calendars", "wbs", "resources", "activities", "finance",
})  # fmt: skip
"""Sections that describe the work, not its risk; of finance only part does."""
_NO_DAYS = 1e9
"""Hours of a day so long that durations are written in hours: a rule is checked before it is known what a day is."""
_FLAGS = {"risks": "shared", "branches": "stop"}
"""Truth values of the items of sections."""


def plan_document(plan: Plan) -> Document:
    """The risk model of a plan as a risks file would have it: ranges of its activities become rules."""
    whole = to_document(plan)
    sections = {key: value for key, value in whole.items() if key not in _OF_PLANS}
    project = whole.get("project")
    if isinstance(project, Mapping):
        sections = {**{key: project[key] for key in ("currency", "focus") if key in project}, **sections}
    money = {key: value for key, value in write_finance(plan.finance).items() if key not in ("accounts", "curves")}
    sections["finance"] = money
    rules = list(_own_ranges(plan))
    if rules:
        sections["uncertainty"] = rules
    return {key: as_texts(value) for key, value in sections.items() if value != {}}


def _own_ranges(plan: Plan) -> Iterator[Document]:
    index = ActivityIndex.of(plan)
    for activity in filter(may_vary, plan.activities):
        rule: Document = {}
        if activity.uncertainty is not None:
            day = index.units(activity).day
            values = duration_values(day if day == Units().day else _NO_DAYS, elapsed=activity.elapsed)
            rule["duration"] = format_distribution(activity.uncertainty, values)
        for key in ("fixed", "per_day"):
            amount = getattr(activity.cost, key, None)
            if amount is not None and amount.uncertainty is not None:
                rule[key] = format_distribution(amount.uncertainty, money_values())
        if rule:
            yield {"where": _only(activity, plan), **rule}


def _only(activity: Activity, plan: Plan) -> Document:
    """A filter that selects one activity."""
    special = re.search(r"[*?]|^/.*/$", activity.id)
    where: Document = {"id": f"/{re.escape(activity.id)}/" if special else activity.id}
    if plan.shown[activity.ref] != activity.id:
        where["project"] = activity.project
    return where


def as_texts(value: Value) -> Value:
    """The same with all numbers and truth values as they are written."""
    if isinstance(value, Mapping):
        return {key: as_texts(item) for key, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return scalar(value)
    return [as_texts(item) for item in value]


def as_values(value: Value) -> Value:
    """The inverse of :func:`as_texts`, where a number is printed as it was written: so that YAML needs no quotes."""
    if isinstance(value, Mapping):
        return {key: as_values(item) for key, item in value.items()}
    if not isinstance(value, str):
        return value if isinstance(value, (int, float)) else [as_values(item) for item in value]
    if re.fullmatch(r"-?\d+(\.\d+)?", value) and len(value) < 15 and scalar(float(value)) == value:
        return float(value)
    return value


def joined(first: Document, second: Document) -> Document:
    """Two risk models as one; the ranges of the first win."""
    both = dict(first)
    for key, value in second.items():
        old = both.get(key)
        if old is None or key in ("currency", "format"):
            both.setdefault(key, value)
        elif isinstance(old, Mapping) and isinstance(value, Mapping):
            both[key] = _joined_money(old, value) if key == "finance" else {**old, **value}
        else:
            lists = (_listed(value), _listed(old)) if key == "uncertainty" else (_listed(old), _listed(value))
            both[key] = [*lists[0], *(item for item in lists[1] if item not in lists[0])]
    return both


def _joined_money(first: Mapping[str, Value], second: Mapping[str, Value]) -> Value:
    """Two finance sections as one; what has ids, such as indices, is joined by these."""
    both = dict(first)
    for key, value in second.items():
        old = both.get(key)
        if key in ("escalation", "accounts", "curves") and isinstance(old, Mapping) and isinstance(value, Mapping):
            value = {**old, **value}
        both[key] = value
    return both


def _listed(value: Value) -> list[Value]:
    return [value] if isinstance(value, (str, int, float, Mapping)) else list(value)


def risks_yaml(sections: Mapping[str, Value]) -> str:
    """A risks file."""
    return document(_with_format(sections))


def risks_json(sections: Mapping[str, Value]) -> str:
    """A risks file in JSON."""
    return json.dumps(_with_format(sections), ensure_ascii=False, indent=1) + "\n"


def _with_format(sections: Mapping[str, Value]) -> Document:
    rest = {key: _with_flag(as_values(value), _FLAGS.get(key, "")) for key, value in sections.items() if key != "format"}
    return {"format": FORMAT, **rest}


def _with_flag(section: Value, flag: str) -> Value:
    """A section whose items say ``yes`` and ``no`` without quotes."""
    if not flag or not isinstance(section, Mapping):
        return section
    return {
        name: {**item, flag: item[flag] in ("yes", "true")} if isinstance(item, Mapping) and flag in item else item
        for name, item in section.items()
    }
