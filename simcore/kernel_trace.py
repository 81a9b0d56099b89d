"""What drives the finish: the driving links, walked backward from the nodes that end the project.

A link drives its successor in the lanes in which it asks for the work coordinate that the successor has. Lanes are marked by
bits. Most nodes never come to lie on a driving path, so what drives them is not found out before.
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


@phase
def trace_driving(logic, rows, lanes, critical, alive, counts):
    """Walk the driving links backward from the lanes marked in ``critical``; count the lanes of every node.

    ``critical`` is (nodes, words) with the end nodes marked, ``alive`` marks the nodes with any lane set.
    """
    nodes, links, cal, words = logic.nodes, logic.links, logic.calendars, (lanes + 15) // 16
    own, asked, coordinate = rows.scratch[0, :lanes], rows.scratch[1, :lanes], rows.scratch[2, :lanes]
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
        if nodes[t, PIN] != NO_PIN or nodes[t, LINKS_AT] == nodes[t, LINKS_END]:
            continue
        c = nodes[t, CALENDAR]
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
                p = links[e, SOURCE]
                if _pass_on(mine, coordinate, own, rows.scratch[6], lanes, critical[p]):
                    alive[p] = 1


@kernel
def _pass_on(mine, coordinate, own, apart, lanes, theirs):
    """Mark ``theirs`` in the lanes of ``mine`` in which two coordinates are the same; whether there are any."""
    for j in range(lanes):
        apart[j] = np.int32(0) if coordinate[j] == own[j] else np.int32(-1)
    met = np.uint16(0)
    for w in range(mine.shape[0]):
        drives = np.uint16(mine[w] & not_negative(apart, 16 * w))
        theirs[w] |= drives
        met |= drives
    return met != 0
