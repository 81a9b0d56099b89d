"""Whether two plans say the same, field by field."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

from simcore.models.plan import Plan, Relationship

NOT_COMPARED = {"source", "sha256", "notes", "lines", "ranges_from"}
"""Where a plan and its ranges came from is not part of what it says."""


def differences(one: Plan, other: Plan) -> list[str]:
    """What differs, in words; the order of relationships means nothing and is not compared."""
    found = []
    for attribute in fields(Plan):
        if attribute.name in NOT_COMPARED:
            continue
        left, right = getattr(one, attribute.name), getattr(other, attribute.name)
        if attribute.name == "relationships":
            left, right = Counter(map(_lag_once, left)), Counter(map(_lag_once, right))
            found += [f"relationship {link}: {left[link]} != {right[link]}" for link in (left - right) + (right - left)]
        elif isinstance(left, tuple) and len(left) == len(right):
            for a, b in zip(left, right, strict=True):
                found += _fields_that_differ(attribute.name, a, b)
        elif isinstance(left, dict) and list(left) == list(right):
            for key in left:
                found += _fields_that_differ(f"{attribute.name} {key}", left[key], right[key])
        elif left != right:
            found.append(f"{attribute.name}: {left!r} != {right!r}")
    return found


def _lag_once(link: Relationship) -> Relationship:
    """A percentage lag makes the lag in minutes meaningless."""
    return link if link.percent is None else Relationship(**{**_values(link), "lag": 0})


def _values(item: Any) -> dict[str, Any]:
    return {attribute.name: getattr(item, attribute.name) for attribute in fields(item)}


def _fields_that_differ(where: str, one: Any, other: Any) -> list[str]:
    if one == other:
        return []
    if not hasattr(one, "__dataclass_fields__") or type(one) is not type(other):
        return [f"{where}: {one!r} != {other!r}"]
    left, right = _values(one), _values(other)
    name = left.get("id", left.get("code", ""))
    return [f"{where} {name} {key}: {left[key]!r} != {right[key]!r}" for key in left if left[key] != right[key]]
