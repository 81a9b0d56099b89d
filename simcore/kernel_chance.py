"""Logic by chance on rows of lanes: uncertain lags, links that hold or not, activities that exist or not.

An activity that does not exist lets its logic through: it stands, without duration, where the last of its predecessors
lets it, its own dates, calendar and lags do not count, and neither do the lags of links to and from it.
"""
from __future__ import annotations

import numpy as np

from simcore.jit import kernel, kernel_by_chance
from simcore.kernel_calendar import QUANTUM, finish_row, start_row, work_row
from simcore.kernel_columns import (
    DELAY,
    DELAY_ROW,
    EXISTS,
    FROM_FINISH,
    GAP,
    HOLDS,
    LAG,
    LAG_CALENDAR,
    LAG_ROW,
    LINKS_AT,
    LINKS_END,
    LINKS_MIDDLE,
    LOOK_UP,
    NEVER,
    NONE,
    OPENS,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    SHARE,
    SOURCE,
    TARGET,
)
from simcore.kernel_vectors import not_negative, ones

UNBOUND = 0
"""What a link asks that does not hold: the origin, two years before any date."""


@kernel
def _lag_row(logic, e, rows, lanes, out):
    """Minutes of lag of link ``e``: certain or drawn, and a share of its predecessor's duration."""
    links = logic.links
    at, share = links[e, LAG_ROW], links[e, SHARE]
    duration = rows.of[links[e, SOURCE], ROW_DURATION]
    for j in range(lanes):
        out[j] = rows.lags[at, j] if at >= 0 else links[e, LAG]
    if share != 0:
        for j in range(lanes):
            out[j] += np.int32(np.rint(1e-6 * share * np.float64(duration[j])))


@kernel
def _let_through(logic, e, rows, lanes, instant, nothing, out):
    """Lanes in which an end of link ``e`` does not exist pass the instant on; those in which it does not hold, ``nothing``."""
    links, nodes = logic.links, logic.nodes
    for end in (SOURCE, TARGET):
        exists = nodes[links[e, end], EXISTS]
        if exists >= 0:
            mask = rows.masks[exists]
            for j in range(lanes):
                out[j] = out[j] if mask[j] else instant[j]
    if links[e, HOLDS] >= 0:
        mask = rows.masks[links[e, HOLDS]]
        for j in range(lanes):
            out[j] = out[j] if mask[j] else nothing


@kernel_by_chance
def asked_by_chance(logic, e, rows, lanes, out):
    """What a link by chance asks of its successor; uses the scratch rows 3, 4 and 6."""
    links, cal = logic.links, logic.calendars
    p, c = links[e, SOURCE], links[e, LAG_CALENDAR]
    source = rows.of[p, ROW_FINISH, :lanes] if links[e, FROM_FINISH] else rows.of[p, ROW_START, :lanes]
    _lag_row(logic, e, rows, lanes, out)
    if c < 0 or cal.head[c, QUANTUM] == 0:
        for j in range(lanes):
            out[j] += source[j]
    else:
        work, later, begin = rows.scratch[3, :lanes], rows.scratch[4, :lanes], rows.scratch[6, :lanes]
        work_row(cal, c, source, work, rows.scratch[LOOK_UP, :lanes])
        for j in range(lanes):
            work[j] += out[j]
        finish_row(cal, c, work, later, rows.scratch[LOOK_UP, :lanes])
        start_row(cal, c, work, begin, rows.scratch[LOOK_UP, :lanes])  # a lead stands where a shift begins
        for j in range(lanes):
            moved = begin[j] if out[j] < 0 else later[j]
            out[j] = moved if out[j] != 0 else source[j]
    _let_through(logic, e, rows, lanes, source, UNBOUND, out)


@kernel_by_chance
def kept_by_chance(logic, e, instant, rows, lanes, out):
    """The latest instant of the predecessor that keeps a link by chance; uses the scratch rows 4 and 6."""
    links, cal = logic.links, logic.calendars
    c = links[e, LAG_CALENDAR]
    _lag_row(logic, e, rows, lanes, out)
    if c < 0 or cal.head[c, QUANTUM] == 0:
        for j in range(lanes):
            out[j] = instant[j] - out[j]
    else:
        work, begin = rows.scratch[4, :lanes], rows.scratch[6, :lanes]
        work_row(cal, c, instant, work, rows.scratch[LOOK_UP, :lanes])
        for j in range(lanes):
            work[j] -= out[j]
        start_row(cal, c, work, begin, rows.scratch[LOOK_UP, :lanes])
        for j in range(lanes):
            out[j] = begin[j] if out[j] != 0 else instant[j]
    _let_through(logic, e, rows, lanes, instant, NEVER, out)


@kernel_by_chance
def put_off(logic, t, rows, lanes, work):
    """Add what risks put before the start of node ``t``."""
    delay = rows.delays[logic.nodes[t, DELAY_ROW]]
    for j in range(lanes):
        work[j] += delay[j]


@kernel_by_chance
def give_back(logic, t, rows, lanes, own):
    """Coordinates that a node's logic asked for: without what risks put before its start, and as they are where it is absent."""
    nodes = logic.nodes
    if nodes[t, DELAY_ROW] >= 0:
        for j in range(lanes):
            own[j] -= rows.delays[nodes[t, DELAY_ROW], j]
    if nodes[t, EXISTS] >= 0:
        mask, apart = rows.masks[nodes[t, EXISTS]], nodes[t, GAP] + nodes[t, DELAY]
        for j in range(lanes):
            own[j] += np.int32(0) if mask[j] else apart


@kernel_by_chance
def exists_row(logic, t, rows, lanes):
    """Whether node ``t`` exists: every event or condition that it hangs on came out as it needs."""
    row = logic.nodes[t, EXISTS]
    mask = rows.masks[row]
    for j in range(lanes):
        mask[j] = 1
    for i in range(logic.exist_at[row], logic.exist_at[row + 1]):
        asked, wanted = rows.masks[logic.exist[i, 0]], logic.exist[i, 1]
        for j in range(lanes):
            mask[j] &= np.uint8(asked[j] == wanted)


@kernel_by_chance
def absent_row(logic, t, rows, lanes):
    """Place node ``t`` in the lanes in which it does not exist."""
    nodes, links = logic.nodes, logic.links
    mask, at = rows.masks[nodes[t, EXISTS]], rows.scratch[0]
    for j in range(lanes):
        at[j] = nodes[t, OPENS]
    for e in range(nodes[t, LINKS_AT], nodes[t, LINKS_END]):
        p, holds = links[e, SOURCE], links[e, HOLDS]
        source = rows.of[p, ROW_FINISH] if links[e, FROM_FINISH] else rows.of[p, ROW_START]
        for j in range(lanes):
            at[j] = max(at[j], source[j] if holds < 0 or rows.masks[holds, j] else UNBOUND)
    start, finish, duration = rows.of[t, ROW_START], rows.of[t, ROW_FINISH], rows.of[t, ROW_DURATION]
    for j in range(lanes):
        start[j] = start[j] if mask[j] else at[j]
        finish[j] = finish[j] if mask[j] else at[j]
        duration[j] = duration[j] if mask[j] else 0


@kernel_by_chance
def absent_late_row(logic, successors, t, latest, rows, late_start, late_finish, lanes):
    """Late dates of node ``t`` in the lanes in which it does not exist: those of the first of its successors."""
    nodes, links = logic.nodes, logic.links
    mask, at = rows.masks[nodes[t, EXISTS]], rows.scratch[0]
    for j in range(lanes):
        at[j] = latest[j]
    for k in range(successors.shape[0]):
        e, s = successors[k, 0], successors[k, 1]
        theirs = late_finish[s] if e >= nodes[s, LINKS_MIDDLE] else late_start[s]
        holds = links[e, HOLDS]
        for j in range(lanes):
            at[j] = min(at[j], theirs[j] if holds < 0 or rows.masks[holds, j] else NEVER)
    for j in range(lanes):
        late_start[t, j] = late_start[t, j] if mask[j] else at[j]
        late_finish[t, j] = late_finish[t, j] if mask[j] else at[j]


@kernel
def existing_lanes(exists, row, rows, lanes, out):
    """The values of the lanes in which something exists, one after the other; how many there are."""
    count = 0
    for j in range(lanes):
        out[count] = row[j]
        count += rows.masks[exists, j]
    return count


@kernel_by_chance
def count_existing(logic, exists, marks, rows, lanes):
    """How many of the lanes that are marked are those of an activity that exists."""
    there, total = rows.scratch[3], 0
    for j in range(lanes):
        there[j] = np.int32(rows.masks[exists, j]) - np.int32(1)
    for w in range(marks.shape[0]):
        total += ones(np.uint16(marks[w] & not_negative(there, 16 * w)))
    return total


@kernel_by_chance
def unmark_absent(logic, t, marks, rows, lanes):
    """Take the marks off the lanes in which node ``t`` does not exist."""
    there, exists = rows.scratch[3], logic.nodes[t, EXISTS]
    for j in range(lanes):
        there[j] = np.int32(rows.masks[exists, j]) - np.int32(1)
    for w in range(marks.shape[0]):
        marks[w] &= not_negative(there, 16 * w)


@kernel_by_chance
def existing_extremes(logic, source, instant, rows, lanes, start, finish):
    """Stretch a span's start or finish to an instant of a node, in the lanes in which that exists.

    ``source`` is the node and its side; see :func:`simcore.kernel_passes.span_row`.
    """
    mask = rows.masks[logic.nodes[source[0], EXISTS]]
    if source[1] < 2:
        for j in range(lanes):
            start[j] = min(start[j], instant[j]) if mask[j] else start[j]
    else:
        for j in range(lanes):
            finish[j] = max(finish[j], instant[j]) if mask[j] else finish[j]
    return 1


@kernel_by_chance
def close_empty(logic, sources, rows, lanes, start, finish):
    """A span of which nothing exists in a lane stands, without length, where its first source lets logic through."""
    for i in range(sources.shape[0]):
        s = sources[i, 0]
        if s >= rows.of.shape[0] or logic.nodes[s, EXISTS] < 0:
            continue
        for j in range(lanes):
            instant = rows.of[s, ROW_START, j]
            start[j] = instant if start[j] == NEVER else start[j]
            finish[j] = max(instant, start[j]) if finish[j] == NONE else finish[j]
