"""As late as possible: activities that move, after the forward pass, as far as the early dates of their successors allow."""
from __future__ import annotations

import numpy as np

from simcore.jit import borrow, kernel, phase
from simcore.kernel_calendar import work_row
from simcore.kernel_columns import (
    AS_LATE,
    CALENDAR,
    FROM_FINISH,
    GAP,
    LATEST,
    LATEST_FINISH,
    LINKS_MIDDLE,
    LOOK_UP,
    NONE,
    OPEN_END,
    PROJECT,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    TO_LATE_DATES,
    TO_SUCCESSORS,
)
from simcore.kernel_passes import lead_row, place, place_early, place_late
from simcore.kernel_run import EXTREMES, MUST_FINISH, NOTHING, keep_node


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


@phase
def alap_pass(logic, aims, lanes, work, counters, mode):
    """Move what is as late as possible; successors first."""
    nodes, rows = logic.nodes, work.rows
    begin, end = work.work[0, :lanes], work.work[1, :lanes]
    for t in range(nodes.shape[0] - 1, -1, -1):
        if nodes[t, AS_LATE] == TO_SUCCESSORS:
            mine = aims.successors[aims.successor_at[t]:aims.successor_at[t + 1]]
            place_as_late(logic, mine, t, work.finish[nodes[t, PROJECT], :lanes], rows, lanes, begin)
            if mode >= EXTREMES:
                keep_node(logic, counters, t, begin, end, rows, lanes, mode)


@phase
def late_dates_first(logic, aims, lanes, work, counters, mode):
    """Move what is as late as possible to its late dates, then place all that may have to follow once more."""
    nodes, rows = logic.nodes, work.rows
    begin, end = work.work[0, :lanes], work.work[1, :lanes]
    moves = False
    for t in range(nodes.shape[0]):
        moves |= nodes[t, AS_LATE] == TO_LATE_DATES
    if not moves:
        return
    for t in range(nodes.shape[0] - 1, -1, -1):
        must = aims.projects[nodes[t, PROJECT], MUST_FINISH]
        latest = rows.of[t, ROW_FINISH, :lanes] if nodes[t, OPEN_END] else work.finish[nodes[t, PROJECT], :lanes]
        for j in range(lanes):
            end[j] = must if must != NONE else latest[j]
        mine = aims.successors[aims.successor_at[t]:aims.successor_at[t + 1]]
        place_late(logic, mine, t, end, rows, work.late_start, work.late_finish, lanes, begin, True)
    for t in range(nodes.shape[0]):
        duration = rows.of[t, ROW_DURATION, :lanes]
        place_early(logic, t, rows, lanes, begin, mode == NOTHING)
        if nodes[t, AS_LATE] == TO_LATE_DATES:
            latest = work.late_finish[t, :lanes]
            work_row(logic.calendars, nodes[t, CALENDAR], latest, end, rows.scratch[LOOK_UP, :lanes])
            for j in range(lanes):
                begin[j] = max(begin[j], np.int32(end[j] - duration[j] - nodes[t, GAP]))
            place(logic, t, latest, begin, rows, lanes, mode == NOTHING)
        if mode >= EXTREMES and nodes[t, AS_LATE] > TO_SUCCESSORS:
            keep_node(logic, counters, t, begin, end, rows, lanes, mode)


@kernel
def move_late(logic, aims, lanes, work, counters, mode):
    """What happens to a batch between its two parts: whatever is as late as possible moves.

    A compiled entry of its own, so that only plans with such activities pay for its compilation.
    """
    logic, aims, work, counters = borrow(logic), borrow(aims), borrow(work), borrow(counters)
    late_dates_first(logic, aims, lanes, work, counters, mode)
    alap_pass(logic, aims, lanes, work, counters, mode)
