"""Which activities a report shows first."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from simcore.models.plan import ActivityType, Status

_SPANS = {ActivityType.HAMMOCK.value, ActivityType.SUMMARY.value}
_MILESTONES = {ActivityType.START_MILESTONE.value, ActivityType.FINISH_MILESTONE.value}


def most_critical(columns: Mapping[str, npt.NDArray[Any]], top: int, tasks_only: bool = False) -> npt.NDArray[np.int64]:
    """Rows of the open activities with the highest criticality index, the least certain duration first among equals.

    Parameters
    ----------
    columns : mapping of str to ndarray
        ``results.activities.columns``.
    top : int
        At most so many rows.
    tasks_only : bool
        Leave out milestones and whatever was never critical.
    """
    left_out = _SPANS | _MILESTONES if tasks_only else _SPANS
    types = [str(value) for value in columns["type"]]
    states = [str(value) for value in columns["status"]]
    index = columns["criticality_index"]
    keep = np.array(
        [
            kind not in left_out and state != Status.COMPLETED and (share > 0 or not tasks_only)
            for kind, state, share in zip(types, states, index, strict=True)
        ],
        dtype=bool,
    )
    rows = np.flatnonzero(keep)
    spread = (columns["duration_hours_p90"] - columns["duration_hours_p10"])[rows]
    return rows[np.lexsort((-spread, -index[rows]))][:top]
