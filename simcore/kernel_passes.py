"""The passes over the network on rows of lanes: forward, spans, driving trace, late.

A node's start and finish are clock minutes. Its place is first found in the work coordinate of its calendar (see
:mod:`simcore.kernel_calendar`), where 17:00 and 08:00 of the next working day coincide; two instants drive the same start
exactly when they have the same coordinate.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import kernel
from simcore.kernel_calendar import CalendarTables, finish_row, start_row, work_one, work_row

NONE = -(2**30)  # no bound on an early date
NEVER = 2**30  # no bound on a late date
NO_PIN, PIN_START, PIN_FINISH = 0, 1, 2
SNAP_FORWARD, SNAP_BACK, SNAP_NEAREST = 0, 1, 2  # where a milestone on a calendar boundary is shown


class Nodes(NamedTuple):
    """Activities that are scheduled by logic, in topological order. Clock minutes unless said otherwise."""

    calendar: npt.NDArray[np.int32]
    earliest: npt.NDArray[np.int32]  # start not before
    earliest_finish: npt.NDArray[np.int32]  # finish not before, or NONE
    latest: npt.NDArray[np.int32]  # start not after, or NEVER
    latest_finish: npt.NDArray[np.int32]
    pin: npt.NDArray[np.int8]  # a mandatory date overrides the logic
    pinned: npt.NDArray[np.int32]
    snap: npt.NDArray[np.int8]  # for nodes without duration
    gap: npt.NDArray[np.int32]  # minutes of work the node waits inside (splits)
    delay: npt.NDArray[np.int32]  # minutes of work between what its logic allows and its start
    expected: npt.NDArray[np.int32]  # expected finish replaces the duration, or NONE
    project: npt.NDArray[np.int32]


class Links(NamedTuple):
    """Relationships by successor: ``at[t]:middle[t]`` bound its start, ``middle[t]:at[t + 1]`` its finish."""

    at: npt.NDArray[np.int32]
    middle: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    from_finish: npt.NDArray[np.int8]
    lag: npt.NDArray[np.int32]
    lag_calendar: npt.NDArray[np.int32]  # -1: clock time
    share: npt.NDArray[np.float32]  # percentage lag of the predecessor's duration


class Logic(NamedTuple):
    """All a pass needs."""

    nodes: Nodes
    links: Links
    calendars: CalendarTables


class Rows(NamedTuple):
    """One row of lanes a node, and scratch rows."""

    start: npt.NDArray[np.int32]
    finish: npt.NDArray[np.int32]
    duration: npt.NDArray[np.int32]
    scratch: npt.NDArray[np.int32]


@kernel
def _lagged_row(logic, e, rows, lanes, out):
    """What link ``e`` asks of its successor: the predecessor's instant, moved by the lag on the lag calendar."""
    links, cal = logic.links, logic.calendars
    p = links.source[e]
    source = rows.finish[p] if links.from_finish[e] else rows.start[p]
    lag, share, c = links.lag[e], links.share[e], links.lag_calendar[e]
    if share != np.float32(0):
        for j in range(lanes):
            out[j] = np.int32(np.rint(share * np.float64(rows.duration[p, j]))) + lag
    else:
        for j in range(lanes):
            out[j] = lag
    if c < 0 or cal.quantum[c] == 0:
        for j in range(lanes):
            out[j] += source[j]
        return
    work = rows.scratch[3, :lanes]
    work_row(cal, c, source[:lanes], work)
    for j in range(lanes):
        out[j] += work[j]
        work[j] = out[j]
    if lag < 0 or share < np.float32(0):
        start_row(cal, c, work, out)
    else:
        finish_row(cal, c, work, out)


@kernel
def _raise_to_links(logic, first, last, rows, lanes, bound):
    """Raise a row of bounds to what links ``first .. last`` ask."""
    links = logic.links
    lagged = rows.scratch[2, :lanes]
    for e in range(first, last):
        if links.lag[e] == 0 and links.share[e] == np.float32(0):
            p = links.source[e]
            source = rows.finish[p] if links.from_finish[e] else rows.start[p]
            for j in range(lanes):
                bound[j] = max(bound[j], source[j])
        else:
            _lagged_row(logic, e, rows, lanes, lagged)
            for j in range(lanes):
                bound[j] = max(bound[j], lagged[j])


@kernel
def _place(logic, t, bound, work, rows, lanes):
    """Clock start and finish of node ``t`` from its work coordinate; ``bound`` is the instant its logic asked for."""
    nodes, cal = logic.nodes, logic.calendars
    c, gap = nodes.calendar[t], nodes.gap[t]
    start, finish, duration = rows.start[t, :lanes], rows.finish[t, :lanes], rows.duration[t, :lanes]
    end = rows.scratch[2, :lanes]
    start_row(cal, c, work, start)
    expected = nodes.expected[t]
    if expected != NONE:
        goal = work_one(cal, c, expected)
        for j in range(lanes):
            duration[j] = max(goal - work[j], 0)
    for j in range(lanes):
        end[j] = work[j] + duration[j] + gap
    finish_row(cal, c, end, finish)
    snap = nodes.snap[t]
    if snap == SNAP_FORWARD:
        for j in range(lanes):
            finish[j] = start[j] if duration[j] + gap == 0 else finish[j]
    elif snap == SNAP_BACK:
        for j in range(lanes):
            start[j] = finish[j] if duration[j] + gap == 0 else start[j]
    else:
        for j in range(lanes):
            if duration[j] + gap == 0:
                at = finish[j] if bound[j] == finish[j] else start[j]
                start[j] = at
                finish[j] = at


@kernel
def place_early(logic, t, rows, lanes, work):
    """Early start and finish of node ``t`` from its predecessors' rows; leaves its work coordinate in ``work``."""
    nodes, links, cal = logic.nodes, logic.links, logic.calendars
    c = nodes.calendar[t]
    bound = rows.scratch[0, :lanes]
    pin = nodes.pin[t]
    if pin != NO_PIN:
        for j in range(lanes):
            bound[j] = nodes.pinned[t]
        work_row(cal, c, bound, work)
        if pin == PIN_FINISH:
            for j in range(lanes):
                work[j] -= rows.duration[t, j] + nodes.gap[t]
        _place(logic, t, bound, work, rows, lanes)
        return
    earliest = nodes.earliest[t]
    for j in range(lanes):
        bound[j] = earliest
    _raise_to_links(logic, links.at[t], links.middle[t], rows, lanes, bound)
    work_row(cal, c, bound, work)
    if nodes.earliest_finish[t] != NONE or links.middle[t] < links.at[t + 1]:
        finish_bound, finish_work = rows.scratch[1, :lanes], rows.scratch[3, :lanes]
        for j in range(lanes):
            finish_bound[j] = nodes.earliest_finish[t]
        _raise_to_links(logic, links.middle[t], links.at[t + 1], rows, lanes, finish_bound)
        for j in range(lanes):
            finish_bound[j] = max(finish_bound[j], earliest)
        work_row(cal, c, finish_bound, finish_work)
        for j in range(lanes):
            pushed = finish_work[j] - rows.duration[t, j] - nodes.gap[t]
            if pushed > work[j] or (pushed == work[j] and finish_bound[j] > bound[j]):
                bound[j] = finish_bound[j]
            work[j] = max(work[j], pushed)
    delay = nodes.delay[t]
    if delay:
        for j in range(lanes):
            work[j] += delay
    _place(logic, t, bound, work, rows, lanes)


@kernel
def trace_driving(logic, rows, lanes, critical, alive, counts):
    """Walk the driving links backward from the lanes marked in ``critical``; count the lanes of every node.

    ``critical`` is (nodes, lanes) of 0/1 with the end nodes marked, ``alive`` marks the nodes with any lane set.
    """
    nodes, links, cal = logic.nodes, logic.links, logic.calendars
    own, asked, coordinate = rows.scratch[0, :lanes], rows.scratch[1, :lanes], rows.scratch[2, :lanes]
    for t in range(nodes.calendar.shape[0] - 1, -1, -1):
        if not alive[t]:
            continue
        mine = critical[t]
        total = 0
        for j in range(lanes):
            total += mine[j]
        counts[t] += total
        if nodes.pin[t] != NO_PIN or links.at[t] == links.at[t + 1]:
            continue
        c = nodes.calendar[t]
        for side in range(2):
            first = links.at[t] if side == 0 else links.middle[t]
            last = links.middle[t] if side == 0 else links.at[t + 1]
            if first == last:
                continue
            instant = rows.start[t, :lanes] if side == 0 else rows.finish[t, :lanes]
            work_row(cal, c, instant, own)
            for e in range(first, last):
                _lagged_row(logic, e, rows, lanes, asked)
                work_row(cal, c, asked, coordinate)
                p = links.source[e]
                theirs = critical[p]
                met = 0
                for j in range(lanes):
                    drives = mine[j] & np.uint8(coordinate[j] + nodes.delay[t] * (1 - side) == own[j])
                    theirs[j] |= drives
                    met |= drives
                if met:
                    alive[p] = 1


@kernel
def place_late(logic, successors, t, late_finish, rows, late_start, late_finish_out, lanes, work):
    """Late finish and start of node ``t`` from its successors' late rows; leaves the late finish coordinate in ``work``.

    ``successors`` is the CSR of links by predecessor: (at, link, target).
    """
    nodes, links, cal = logic.nodes, logic.links, logic.calendars
    c = nodes.calendar[t]
    at, link_of, target_of = successors
    bound, start_bound = rows.scratch[0, :lanes], rows.scratch[1, :lanes]
    lagged, start_work = rows.scratch[2, :lanes], rows.scratch[3, :lanes]
    for j in range(lanes):
        bound[j] = min(late_finish[j], nodes.latest_finish[t])
        start_bound[j] = nodes.latest[t]
    starts_bound = nodes.latest[t] != NEVER or nodes.pin[t] != NO_PIN
    for k in range(at[t], at[t + 1]):
        e = link_of[k]
        s = target_of[k]
        to_finish = e >= links.middle[s]
        theirs = late_finish_out[s, :lanes] if to_finish else late_start[s, :lanes]
        _lead_row(logic, e, t, theirs, rows, lanes, lagged)
        if links.from_finish[e]:
            for j in range(lanes):
                bound[j] = min(bound[j], lagged[j])
        else:
            starts_bound = True
            for j in range(lanes):
                start_bound[j] = min(start_bound[j], lagged[j])
    if nodes.pin[t] == PIN_START:
        for j in range(lanes):
            start_bound[j] = nodes.pinned[t]
            bound[j] = NEVER
    elif nodes.pin[t] == PIN_FINISH:
        for j in range(lanes):
            bound[j] = nodes.pinned[t]
            start_bound[j] = NEVER
    work_row(cal, c, bound, work)
    if starts_bound:
        work_row(cal, c, start_bound, start_work)
        for j in range(lanes):
            work[j] = min(work[j], start_work[j] + rows.duration[t, j] + nodes.gap[t])
    for j in range(lanes):
        start_work[j] = work[j] - rows.duration[t, j] - nodes.gap[t]
    start_row(cal, c, start_work, late_start[t, :lanes])
    finish_row(cal, c, work, late_finish_out[t, :lanes])
    for j in range(lanes):
        if rows.duration[t, j] + nodes.gap[t] == 0:
            on_time = rows.finish[t, j]
            both = late_finish_out[t, j] if nodes.snap[t] != SNAP_FORWARD else late_start[t, j]
            both = on_time if work_one(cal, c, on_time) == work[j] else both
            late_start[t, j] = both
            late_finish_out[t, j] = both


@kernel
def _lead_row(logic, e, p, instant, rows, lanes, out):
    """The latest instant of predecessor ``p`` that keeps link ``e`` when the successor's instant is given."""
    links, cal = logic.links, logic.calendars
    lag, share, c = links.lag[e], links.share[e], links.lag_calendar[e]
    if share != np.float32(0):
        for j in range(lanes):
            out[j] = -lag - np.int32(np.rint(share * np.float64(rows.duration[p, j])))
    else:
        for j in range(lanes):
            out[j] = -lag
    if c < 0 or cal.quantum[c] == 0 or (lag == 0 and share == np.float32(0)):
        for j in range(lanes):
            out[j] += instant[j]
        return
    work = rows.scratch[4, :lanes]
    work_row(cal, c, instant, work)
    for j in range(lanes):
        out[j] += work[j]
        work[j] = out[j]
    if links.from_finish[e]:
        finish_row(cal, c, work, out)
    else:
        start_row(cal, c, work, out)


@kernel
def span_row(spans, k, rows, span_start, span_finish, lanes):
    """Start and finish of span ``k`` (hammock, summary): the extremes of what it spans.

    ``spans`` is (at, source, side), and the rows hold the extremes of what is certain before the call. Side 0 a node's start, 1 its finish for the span's start; 2 and 3 likewise for its finish;
    sources beyond the nodes are earlier spans.
    """
    at, source, side = spans
    n = rows.start.shape[0]
    start, finish = span_start[k], span_finish[k]
    for i in range(at[k], at[k + 1]):
        s = source[i]
        if s < n:
            instant = rows.start[s] if side[i] & 1 == 0 else rows.finish[s]
        else:
            instant = span_start[s - n] if side[i] & 1 == 0 else span_finish[s - n]
        if side[i] < 2:
            for j in range(lanes):
                start[j] = min(start[j], instant[j])
        else:
            for j in range(lanes):
                finish[j] = max(finish[j], instant[j])
