"""What drives the finish: the driving links, walked backward from the nodes that end the project.

A link drives its successor in the lanes in which it asks for the work coordinate that the successor has. The forward pass marks
that where it is at hand (column TRACED), a bit a lane; for the rest it is found from the dates.
"""
from __future__ import annotations

import numpy as np

from simcore.jit import kernel, phase
from simcore.kernel_calendar import work_row
from simcore.kernel_chance import count_existing, give_back, unmark_absent
from simcore.kernel_columns import (
    CALENDAR,
    DELAY,
    DELAY_ROW,
    EXISTS,
    GAP,
    LINKS_AT,
    LINKS_END,
    LINKS_MIDDLE,
    LOOK_UP,
    NO_PIN,
    PIN,
    ROW_DURATION,
    ROW_FINISH,
    SOURCE,
    TRACED,
)
from simcore.kernel_passes import lagged_row
from simcore.kernel_vectors import not_negative, ones


@phase
def mark_ends(logic, aims, lanes, work):
    """Mark the nodes that end the project, lane by lane."""
    n, words = logic.nodes.shape[0], (lanes + 15) // 16
    last, apart = work.finish[aims.projects.shape[0]], work.rows.scratch[0]
    for t in range(n):
        critical = work.critical[t, :words]
        met = np.uint16(0)
        for w in range(words):
            critical[w] = 0
        if aims.finishes[t]:
            finish = work.rows.of[t, ROW_FINISH]
            for j in range(lanes):
                apart[j] = finish[j] - last[j]  # never above it
            for w in range(words):
                critical[w] = not_negative(apart, 16 * w)
            if lanes & 15:
                critical[words - 1] &= np.uint16((1 << (lanes & 15)) - 1)
            if logic.nodes[t, EXISTS] >= 0:
                unmark_absent(logic, t, critical, work.rows, lanes)
            for w in range(words):
                met |= critical[w]
        work.alive[t] = met != 0


@kernel
def _mark_by_dates(logic, t, rows, lanes):
    """Mark which links of node ``t`` drive it, from the dates in the rows."""
    nodes, cal, c = logic.nodes, logic.calendars, logic.nodes[t, CALENDAR]
    own, asked, coordinate = rows.scratch[0, :lanes], rows.scratch[1, :lanes], rows.scratch[2, :lanes]
    apart = rows.scratch[6]
    for side in range(2):
        first = nodes[t, LINKS_AT] if side == 0 else nodes[t, LINKS_MIDDLE]
        last = nodes[t, LINKS_MIDDLE] if side == 0 else nodes[t, LINKS_END]
        if first == last:
            continue
        work_row(cal, c, rows.of[t, ROW_FINISH, :lanes], own, rows.scratch[LOOK_UP, :lanes])
        if side == 0:  # starts are not always dated: from the finish to the coordinate the links asked for
            for j in range(lanes):
                own[j] -= rows.of[t, ROW_DURATION, j] + nodes[t, GAP] + nodes[t, DELAY]
            if nodes[t, EXISTS] >= 0 or nodes[t, DELAY_ROW] >= 0:
                give_back(logic, t, rows, lanes, own)
        for e in range(first, last):
            lagged_row(logic, e, rows, lanes, asked)
            work_row(cal, c, asked, coordinate, rows.scratch[LOOK_UP, :lanes])
            for j in range(lanes):
                apart[j] = np.int32(0) if coordinate[j] == own[j] else np.int32(-1)
            for w in range((lanes + 15) // 16):
                rows.marks[e, w] = not_negative(apart, 16 * w)


@phase
def trace_driving(logic, rows, lanes, critical, alive, counts):
    """Walk the driving links backward from the lanes marked in ``critical``; count the lanes of every node.

    ``critical`` is (nodes, words) with the end nodes marked, ``alive`` marks the nodes with any lane set.
    """
    nodes, links, words = logic.nodes, logic.links, (lanes + 15) // 16
    for t in range(nodes.shape[0] - 1, -1, -1):
        if not alive[t]:
            continue
        mine = critical[t, :words]
        total = 0
        if nodes[t, EXISTS] >= 0:
            total = count_existing(logic, nodes[t, EXISTS], mine, rows, lanes)
        else:
            for w in range(words):
                total += ones(mine[w])
        counts[t] += total
        if nodes[t, PIN] != NO_PIN:
            continue
        if not nodes[t, TRACED]:
            _mark_by_dates(logic, t, rows, lanes)
        for e in range(nodes[t, LINKS_AT], nodes[t, LINKS_END]):
            p = links[e, SOURCE]
            theirs, marks, met = critical[p], rows.marks[e], np.uint16(0)
            for w in range(words):
                drives = np.uint16(mine[w] & marks[w])
                theirs[w] |= drives
                met |= drives
            if met:
                alive[p] = 1
