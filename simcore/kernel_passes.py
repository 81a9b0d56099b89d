"""The passes over the network on rows of lanes: forward, spans, late.

A node's start and finish are clock minutes. Its place is first found in the work coordinate of its calendar (see
:mod:`simcore.kernel_calendar`), where 17:00 and 08:00 of the next working day coincide; two instants drive the same start
exactly when they have the same coordinate.
"""
from __future__ import annotations

import numpy as np

from simcore.jit import inlined, kernel, phase
from simcore.kernel_calendar import QUANTUM, constant_row, finish_row, start_row, work_in_lane, work_row
from simcore.kernel_chance import (
    absent_late_row,
    absent_row,
    asked_by_chance,
    close_empty,
    existing_extremes,
    kept_by_chance,
    put_off,
)
from simcore.kernel_columns import (
    BY_CHANCE,
    CALENDAR,
    CAP,
    CAP_FINISH,
    DELAY,
    DELAY_ROW,
    EARLIEST,
    EARLIEST_FINISH,
    EXISTS,
    EXPECTED,
    FIRST_OF,
    FROM_FINISH,
    GAP,
    INSIDE,
    LAG,
    LAG_CALENDAR,
    LATEST,
    LATEST_FINISH,
    LINKS_AT,
    LINKS_END,
    LINKS_MIDDLE,
    LOOK_UP,
    NEVER,
    NO_PIN,
    NONE,
    PIN,
    PIN_FINISH,
    PIN_START,
    PINNED,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    SHARE,
    SNAP,
    SNAP_FINISH,
    SNAP_NEAREST,
    SNAP_START,
    SOURCE,
    STARTS_USED,
)


@inlined
def _amount_row(lag, share, duration, lanes, out):
    """Minutes of a lag: a number, and a share (in millionths) of the predecessor's duration."""
    if share == 0:
        for j in range(lanes):
            out[j] = lag
        return
    for j in range(lanes):
        out[j] = lag + np.int32(np.rint(1e-6 * share * np.float64(duration[j])))


@inlined
def _keep_unmoved(lag, share, duration, instant, lanes, amount, out):
    """Keep instants whose share of a duration comes out as no lag at all: a lag calendar must not move them."""
    _amount_row(lag, share, duration, lanes, amount)
    for j in range(lanes):
        out[j] = instant[j] if amount[j] == 0 else out[j]


@kernel
def lagged_row(logic, e, rows, lanes, out):
    """What link ``e`` asks of its successor: the predecessor's instant, moved by the lag on the lag calendar."""
    links, cal = logic.links, logic.calendars
    if links[e, BY_CHANCE]:
        asked_by_chance(logic, e, rows, lanes, out)
        return
    p = links[e, SOURCE]
    source = rows.of[p, ROW_FINISH] if links[e, FROM_FINISH] else rows.of[p, ROW_START]
    lag, share, c = links[e, LAG], links[e, SHARE], links[e, LAG_CALENDAR]
    _amount_row(lag, share, rows.of[p, ROW_DURATION], lanes, out)
    if c < 0 or cal.head[c, QUANTUM] == 0 or (lag == 0 and share == 0):
        for j in range(lanes):
            out[j] += source[j]
        return
    work = rows.scratch[3, :lanes]
    work_row(cal, c, source[:lanes], work, rows.scratch[LOOK_UP, :lanes])
    for j in range(lanes):
        out[j] += work[j]
        work[j] = out[j]
    if lag < 0 or share < 0:
        start_row(cal, c, work, out, rows.scratch[LOOK_UP, :lanes])
    else:
        finish_row(cal, c, work, out, rows.scratch[LOOK_UP, :lanes])
    if share != 0:
        _keep_unmoved(lag, share, rows.of[p, ROW_DURATION], source, lanes, work, out)


@kernel
def _raise_to_links(logic, first, last, rows, lanes, bound):
    """Raise a row of bounds to what links ``first .. last`` ask."""
    links = logic.links
    lagged = rows.scratch[2, :lanes]
    for e in range(first, last):
        if links[e, LAG] == 0 and links[e, SHARE] == 0 and links[e, BY_CHANCE] == 0:
            p = links[e, SOURCE]
            source = rows.of[p, ROW_FINISH] if links[e, FROM_FINISH] else rows.of[p, ROW_START]
            for j in range(lanes):
                bound[j] = max(bound[j], source[j])
        else:
            lagged_row(logic, e, rows, lanes, lagged)
            for j in range(lanes):
                bound[j] = max(bound[j], lagged[j])


@kernel
def _lower_to_links(logic, first, last, rows, lanes, bound):
    """Lower a row of bounds to the first of what links ``first .. last`` (without lag) ask."""
    links = logic.links
    for e in range(first, last):
        p = links[e, SOURCE]
        source = rows.of[p, ROW_FINISH] if links[e, FROM_FINISH] else rows.of[p, ROW_START]
        for j in range(lanes):
            bound[j] = min(bound[j], source[j])


@kernel
def place(logic, t, bound, work, rows, lanes, dated):
    """Clock finish of node ``t`` from its work coordinate, and its start where it is used (or ``dated`` asks for all).

    ``bound`` is the instant its logic asked for.
    """
    nodes, cal = logic.nodes, logic.calendars
    c, gap = nodes[t, CALENDAR], nodes[t, GAP]
    start, finish, duration = rows.of[t, ROW_START, :lanes], rows.of[t, ROW_FINISH, :lanes], rows.of[t, ROW_DURATION, :lanes]
    end = rows.scratch[2, :lanes]
    expected = nodes[t, EXPECTED]
    if expected != NONE:
        goal = end
        constant_row(cal, c, expected, goal)
        for j in range(lanes):
            duration[j] = max(np.int32(goal[j] - work[j]), np.int32(0))
    shortest = duration[0]
    for j in range(lanes):
        end[j] = work[j] + duration[j] + gap
        shortest = min(shortest, duration[j])
    finish_row(cal, c, end, finish, rows.scratch[LOOK_UP, :lanes])
    if shortest + gap > 0:
        if dated or nodes[t, STARTS_USED]:
            start_row(cal, c, work, start, rows.scratch[LOOK_UP, :lanes])
        return
    start_row(cal, c, work, start, rows.scratch[LOOK_UP, :lanes])
    may_go_back = nodes[t, SNAP] >= SNAP_FINISH
    inside = nodes[t, INSIDE] if may_go_back else np.int32(0)
    for j in range(lanes):
        if duration[j] + gap == 0:
            at = finish[j] if may_go_back and bound[j] == finish[j] else start[j] + inside
            start[j] = at
            finish[j] = at


@phase
def place_early(logic, t, rows, lanes, work, dated):
    """Early start and finish of node ``t`` from its predecessors' rows; leaves its work coordinate in ``work``."""
    nodes, cal = logic.nodes, logic.calendars
    c = nodes[t, CALENDAR]
    bound = rows.scratch[0, :lanes]
    pin = nodes[t, PIN]
    if pin != NO_PIN:
        for j in range(lanes):
            bound[j] = nodes[t, PINNED]
        work_row(cal, c, bound, work, rows.scratch[LOOK_UP, :lanes])
        if pin == PIN_FINISH:
            for j in range(lanes):
                work[j] -= rows.of[t, ROW_DURATION, j] + nodes[t, GAP]
        place(logic, t, bound, work, rows, lanes, dated)
        if nodes[t, EXISTS] >= 0:
            absent_row(logic, t, rows, lanes)
        return
    earliest = nodes[t, EARLIEST]
    for j in range(lanes):
        bound[j] = earliest
    _raise_to_links(logic, nodes[t, LINKS_AT], nodes[t, LINKS_MIDDLE], rows, lanes, bound)
    if nodes[t, FIRST_OF]:
        _lower_to_links(logic, nodes[t, LINKS_AT], nodes[t, LINKS_MIDDLE], rows, lanes, bound)
    work_row(cal, c, bound, work, rows.scratch[LOOK_UP, :lanes])
    if nodes[t, EARLIEST_FINISH] != NONE or nodes[t, LINKS_MIDDLE] < nodes[t, LINKS_END]:
        finish_bound, finish_work = rows.scratch[1, :lanes], rows.scratch[3, :lanes]
        for j in range(lanes):
            finish_bound[j] = nodes[t, EARLIEST_FINISH]
        _raise_to_links(logic, nodes[t, LINKS_MIDDLE], nodes[t, LINKS_END], rows, lanes, finish_bound)
        for j in range(lanes):
            finish_bound[j] = max(finish_bound[j], earliest)
        work_row(cal, c, finish_bound, finish_work, rows.scratch[LOOK_UP, :lanes])
        duration, gap = rows.of[t, ROW_DURATION, :lanes], nodes[t, GAP]
        for j in range(lanes):
            pushed = np.int32(np.int32(finish_work[j] - duration[j]) - gap)
            asks = (pushed > work[j]) | ((pushed == work[j]) & (finish_bound[j] > bound[j]))
            bound[j] = finish_bound[j] if asks else bound[j]
            work[j] = max(work[j], pushed)
    delay = nodes[t, DELAY]
    if delay:
        for j in range(lanes):
            work[j] += delay
    if nodes[t, DELAY_ROW] >= 0:
        put_off(logic, t, rows, lanes, work)
    if nodes[t, CAP] != NEVER or nodes[t, CAP_FINISH] != NEVER:
        latest, latest_finish = rows.scratch[2, :lanes], rows.scratch[3, :lanes]
        constant_row(cal, c, nodes[t, CAP], latest)
        constant_row(cal, c, nodes[t, CAP_FINISH], latest_finish)
        for j in range(lanes):
            work[j] = min(work[j], latest[j], np.int32(latest_finish[j] - nodes[t, GAP] - rows.of[t, ROW_DURATION, j]))
    place(logic, t, bound, work, rows, lanes, dated)
    if nodes[t, LINKS_MIDDLE] < nodes[t, LINKS_END] and nodes[t, SNAP] != SNAP_NEAREST:
        _finish_on_time(logic, t, rows.scratch[1, :lanes], work, rows, lanes)
    if nodes[t, EXISTS] >= 0:
        absent_row(logic, t, rows, lanes)


@kernel
def _finish_on_time(logic, t, finish_bound, work, rows, lanes):
    """Move finishes on a shift's end to the next shift's start where their logic asks for an instant between the two."""
    nodes, cal = logic.nodes, logic.calendars
    finish = rows.of[t, ROW_FINISH, :lanes]
    short = False
    for j in range(lanes):
        short |= finish_bound[j] > finish[j]
    if not short:
        return
    end, begin = rows.scratch[2, :lanes], rows.scratch[3, :lanes]
    for j in range(lanes):
        end[j] = work[j] + rows.of[t, ROW_DURATION, j] + nodes[t, GAP]
    start_row(cal, nodes[t, CALENDAR], end, begin, rows.scratch[LOOK_UP, :lanes])
    for j in range(lanes):
        finish[j] = begin[j] if finish_bound[j] > finish[j] else finish[j]


@phase
def place_late(logic, successors, t, late_finish, rows, late_start, late_finish_out, lanes, work, dated):
    """Late finish and start of node ``t`` from its successors' late rows; leaves the late finish coordinate in ``work``.

    ``successors`` lists its links: number of the link, successor. The late finish is dated where a link to the finish or
    ``dated`` asks for it.
    """
    nodes, links, cal = logic.nodes, logic.links, logic.calendars
    c = nodes[t, CALENDAR]
    bound, start_bound = rows.scratch[0, :lanes], rows.scratch[1, :lanes]
    lagged, start_work = rows.scratch[2, :lanes], rows.scratch[3, :lanes]
    duration, gap = rows.of[t, ROW_DURATION, :lanes], nodes[t, GAP]
    for j in range(lanes):
        bound[j] = min(late_finish[j], nodes[t, LATEST_FINISH])
        start_bound[j] = nodes[t, LATEST]
    starts_bound = nodes[t, LATEST] != NEVER or nodes[t, PIN] != NO_PIN
    for k in range(successors.shape[0]):
        e, s = successors[k, 0], successors[k, 1]
        to_finish = e >= nodes[s, LINKS_MIDDLE]
        theirs = late_finish_out[s, :lanes] if to_finish else late_start[s, :lanes]
        lead_row(logic, e, t, theirs, rows, lanes, lagged)
        if links[e, FROM_FINISH]:
            for j in range(lanes):
                bound[j] = min(bound[j], lagged[j])
        else:
            starts_bound = True
            for j in range(lanes):
                start_bound[j] = min(start_bound[j], lagged[j])
    if nodes[t, PIN] == PIN_START:
        for j in range(lanes):
            start_bound[j] = nodes[t, PINNED]
            bound[j] = NEVER
    elif nodes[t, PIN] == PIN_FINISH:
        for j in range(lanes):
            bound[j] = nodes[t, PINNED]
            start_bound[j] = NEVER
    work_row(cal, c, bound, work, rows.scratch[LOOK_UP, :lanes])
    if starts_bound:
        work_row(cal, c, start_bound, start_work, rows.scratch[LOOK_UP, :lanes])
        for j in range(lanes):
            work[j] = min(work[j], np.int32(np.int32(start_work[j] + duration[j]) + gap))
    shortest = duration[0]
    for j in range(lanes):
        start_work[j] = work[j] - duration[j] - gap
        shortest = min(shortest, duration[j])
    start_row(cal, c, start_work, late_start[t, :lanes], rows.scratch[LOOK_UP, :lanes])
    if dated or shortest + gap == 0 or nodes[t, LINKS_MIDDLE] < nodes[t, LINKS_END]:
        finish_row(cal, c, work, late_finish_out[t, :lanes], rows.scratch[LOOK_UP, :lanes])
    snap = nodes[t, SNAP]
    inside = nodes[t, INSIDE] if snap == SNAP_START else np.int32(0)
    for j in range(lanes if shortest + gap == 0 else 0):
        if duration[j] + gap == 0:
            on_time = rows.of[t, ROW_FINISH, j]
            asked = min(bound[j], start_bound[j])
            both = late_start[t, j] if snap == SNAP_START and asked == late_start[t, j] else late_finish_out[t, j] - inside
            both = on_time if snap == SNAP_NEAREST and work_in_lane(cal, c, on_time, j) == work[j] else both
            late_start[t, j] = both
            late_finish_out[t, j] = both
    if nodes[t, EXISTS] >= 0:
        absent_late_row(logic, successors, t, late_finish, rows, late_start, late_finish_out, lanes)


@kernel
def lead_row(logic, e, p, instant, rows, lanes, out):
    """The latest instant of predecessor ``p`` that keeps link ``e`` when the successor's instant is given."""
    links, cal = logic.links, logic.calendars
    if links[e, BY_CHANCE]:
        kept_by_chance(logic, e, instant, rows, lanes, out)
        return
    lag, share, c = links[e, LAG], links[e, SHARE], links[e, LAG_CALENDAR]
    _amount_row(-lag, -share, rows.of[p, ROW_DURATION], lanes, out)
    if c < 0 or cal.head[c, QUANTUM] == 0 or (lag == 0 and share == 0):
        for j in range(lanes):
            out[j] += instant[j]
        return
    work = rows.scratch[4, :lanes]
    work_row(cal, c, instant, work, rows.scratch[LOOK_UP, :lanes])
    for j in range(lanes):
        out[j] += work[j]
        work[j] = out[j]
    start_row(cal, c, work, out, rows.scratch[LOOK_UP, :lanes])
    if share != 0:
        _keep_unmoved(lag, share, rows.of[p, ROW_DURATION], instant, lanes, work, out)


@phase
def span_row(logic, sources, k, rows, span_start, span_finish, lanes):
    """Start and finish of span ``k`` (hammock, summary): the extremes of what it spans.

    ``sources`` lists nodes (and, beyond them, earlier spans) with a side, and the rows hold the extremes of what is certain
    before the call. Side 0: a node's start, 1: its finish for the span's start; 2 and 3 likewise for its finish.
    """
    n = rows.of.shape[0]
    start, finish = span_start[k], span_finish[k]
    for i in range(sources.shape[0]):
        s, side = sources[i, 0], sources[i, 1]
        if s < n:
            instant = rows.of[s, ROW_FINISH] if side & 1 else rows.of[s, ROW_START]
        else:
            instant = span_finish[s - n] if side & 1 else span_start[s - n]
        if s < n and logic.nodes[s, EXISTS] >= 0:
            existing_extremes(logic, sources[i], instant, rows, lanes, start, finish)
        elif side < 2:
            for j in range(lanes):
                start[j] = min(start[j], instant[j])
        else:
            for j in range(lanes):
                finish[j] = max(finish[j], instant[j])
    close_empty(logic, sources, rows, lanes, start, finish)
