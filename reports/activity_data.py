"""The activities of a run as columns for the page's scripts: compact, so that 10,000 activities stay a small file."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.models.plan import ActivityType, Plan, Status
from simcore.models.wbs import WbsTree

if TYPE_CHECKING:
    from simcore.results import Results

KINDS = {
    ActivityType.TASK: 0,
    ActivityType.RESOURCE_DEPENDENT: 0,
    ActivityType.START_MILESTONE: 1,
    ActivityType.FINISH_MILESTONE: 1,
    ActivityType.HAMMOCK: 2,
    ActivityType.SUMMARY: 2,
}
STATES = {Status.NOT_STARTED: 0, Status.IN_PROGRESS: 1, Status.COMPLETED: 2}
DATES = {
    "start": "start",
    "finish": "finish",
    "start_p10": "start10",
    "finish_p10": "finish10",
    "finish_p50": "finish50",
    "finish_p80": "finish80",
    "finish_p90": "finish90",
}
PATH_JOINT = " › "


def activity_data(results: Results) -> dict[str, Any]:
    """Columns in plan order.

    Dates are minutes after ``base``, durations and floats days of the activity's calendar to one decimal, criticality
    hundredths of a per cent, and so is existence, which is there only where some activity may not exist; unknown is null.
    ``wbs`` numbers the paths of ``paths``, which are in tree order.
    """
    plan, columns = results.plan, results.activities.columns
    known = columns["start"][~np.isnat(columns["start"])]
    base = known.min().astype("datetime64[D]") if len(known) else np.datetime64("2000-01-01", "D")
    day = np.array([plan.calendar_of(a).hours_per_day for a in plan.activities])
    paths = wbs_paths(plan)
    number = {code: k for k, code in enumerate(paths)}
    data: dict[str, list[Any]] = {
        "id": [str(text) for text in columns["id"]],
        "name": [a.name for a in plan.activities],
        "wbs": [number.get(a.wbs or "", -1) for a in plan.activities],
        "kind": [KINDS[a.type] for a in plan.activities],
        "state": [3 if a.inactive else STATES[a.status] for a in plan.activities],
        "criticality": _whole(columns["criticality_index"] * 10_000),
        "error": _whole(columns["criticality_error"] * 10_000),
        "duration": _tenths(np.where(np.isnat(columns["start"]), np.nan, columns["duration_hours"] / day)),
        "float": _tenths(columns["total_float_hours"] / day),
    }
    if (columns["existence"] < 1.0).any():
        data["exists"] = _whole(columns["existence"] * 10_000)
    data |= {short: _minutes(columns[name], base) for name, short in DATES.items()}
    dates = [p.data_date or p.start for p in plan.projects]
    return {
        "base": str(base),
        "columns": data,
        "paths": list(paths.values()),
        "data_date": _minutes(np.array([d for d in dates if d], dtype="datetime64[m]"), base),
    }


def wbs_paths(plan: Plan) -> dict[str, str]:
    """Code of every WBS node that holds activities to its path in names, in tree order; a single root is left out."""
    tree = WbsTree(plan.wbs)
    names = {node.code: node.name or node.code for node in plan.wbs}
    used = dict.fromkeys(a.wbs for a in plan.activities if a.wbs)
    roots = {tree.chain(code)[-1] for code in used}
    place = {code: number for number, code in enumerate(_depth_first(plan))}
    outside = len(place)

    def path(code: str) -> str:
        chain = tree.chain(code)[::-1]
        shown = chain[1:] if len(roots) == 1 and len(chain) > 1 else chain
        return PATH_JOINT.join(names.get(part, part) for part in shown)

    return {code: path(code) for code in sorted(used, key=lambda code: place.get(code, outside))}


def _depth_first(plan: Plan) -> Iterator[str]:
    """WBS codes, each before the ones below it, siblings as listed."""
    below: dict[str | None, list[str]] = {}
    codes = {node.code for node in plan.wbs}
    for node in plan.wbs:
        below.setdefault(node.parent if node.parent in codes else None, []).append(node.code)
    waiting, seen = below.get(None, [])[::-1], set()
    while waiting:
        code = waiting.pop()
        if code not in seen:
            seen.add(code)
            yield code
            waiting += below.get(code, [])[::-1]


def _minutes(dates: npt.NDArray[Any], base: np.datetime64) -> list[int | None]:
    minutes = (dates.astype("datetime64[m]") - base.astype("datetime64[m]")).astype(np.int64).tolist()
    return [None if unknown else value for value, unknown in zip(minutes, np.isnat(dates).tolist(), strict=True)]


def _whole(values: npt.NDArray[np.float64]) -> list[int | None]:
    return [round(v) if np.isfinite(v) else None for v in values.tolist()]


def _tenths(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [round(v, 1) if np.isfinite(v) else None for v in values.tolist()]
