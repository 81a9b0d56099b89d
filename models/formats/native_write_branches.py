"""Branches as plain values of the native format."""

from __future__ import annotations

from datetime import datetime

from simcore.models.branches import AnyBranch, Branch, ConditionalBranch, Path
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.formats.native_yaml import Value
from simcore.models.plan import Plan
from simcore.models.units import format_datetime, format_duration, format_money, format_percent

Document = dict[str, Value]


def write_branch(branch: AnyBranch, plan: Plan, index: ActivityIndex) -> Document:
    """A branch of a plan as its reader understands it."""
    written: Document = {"name": branch.name} if branch.name else {}
    if isinstance(branch, Branch):
        written["paths"] = [_path(path) for path in branch.paths]
        return written
    written["when"] = f"{branch.quantity} of {branch.activity} > {_limit(branch, plan, index)}"
    written["then"] = list(branch.then)
    if branch.otherwise:
        written["otherwise"] = list(branch.otherwise)
    if branch.stop:
        written["stop"] = True
    return written


def _path(path: Path) -> Document:
    written: Document = {"weight": format_percent(path.weight)}
    if path.activities:
        written["activities"] = list(path.activities)
    if path.name:
        written["name"] = path.name
    return written


def _limit(branch: ConditionalBranch, plan: Plan, index: ActivityIndex) -> str:
    limit = branch.limit
    if isinstance(limit, datetime):
        return format_datetime(limit, end_of_day=branch.quantity == "finish")
    if branch.quantity == "cost":
        return format_money(limit)
    activity = plan.by_ref[plan.find(branch.activity)]
    return format_duration(limit, index.units(activity).day, activity.elapsed)
