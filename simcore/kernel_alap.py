"""As late as possible: activities that move, after the forward pass, as far as the early dates of their successors allow."""
from __future__ import annotations

import numpy as np

from simcore.jit import kernel
from simcore.kernel_calendar import work_row
from simcore.kernel_passes import (
    CALENDAR,
    FROM_FINISH,
    GAP,
    LATEST,
    LATEST_FINISH,
    LINKS_MIDDLE,
    LOOK_UP,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    lead_row,
    place,
)


@kernel
def place_as_late(logic, successors, t, finish, rows, lanes, begin):
    """Move node ``t`` to the last place that keeps its successors' early dates, or the project finish without any.

    Leaves the work coordinate of its start in ``begin``; it never moves forward in time past its own latest dates, nor back.
    """
    nodes, links, cal = logic.nodes, logic.links, logic.calendars
    c = nodes[t, CALENDAR]
    bound, start_bound = rows.scratch[0, :lanes], rows.scratch[1, :lanes]
    lagged, coordinate = rows.scratch[2, :lanes], rows.scratch[3, :lanes]
    for j in range(lanes):
        bound[j] = min(finish[j], nodes[t, LATEST_FINISH])
        start_bound[j] = nodes[t, LATEST]
    for k in range(successors.shape[0]):
        e, s = successors[k, 0], successors[k, 1]
        theirs = rows.of[s, ROW_FINISH, :lanes] if e >= nodes[s, LINKS_MIDDLE] else rows.of[s, ROW_START, :lanes]
        lead_row(logic, e, t, theirs, rows, lanes, lagged)
        row = bound if links[e, FROM_FINISH] else start_bound
        for j in range(lanes):
            row[j] = min(row[j], lagged[j])
    duration = rows.of[t, ROW_DURATION, :lanes]
    work_row(cal, c, rows.of[t, ROW_FINISH, :lanes], begin, rows.scratch[LOOK_UP, :lanes])
    work_row(cal, c, bound, coordinate, rows.scratch[LOOK_UP, :lanes])
    work_row(cal, c, start_bound, lagged, rows.scratch[LOOK_UP, :lanes])
    for j in range(lanes):
        length = duration[j] + nodes[t, GAP]
        begin[j] = max(begin[j], min(coordinate[j], np.int32(lagged[j] + length))) - length
        bound[j] = min(bound[j], start_bound[j])
    place(logic, t, bound, begin, rows, lanes, True)
