"""Batches of iterations: sample, schedule, trace, reduce, in a few compiled calls that release the GIL.

Each call is compiled on its own, so that two processes can share the work of the first run on a machine.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import borrow, inlined, kernel, kernel_by_chance, phase
from simcore.kernel_calendar import DAYS, base_work_row, planned_row, work_row
from simcore.kernel_chance import existing_lanes, exists_row
from simcore.kernel_columns import (
    AS_LATE,
    ASKED,
    CALENDAR,
    DELAY_ROW,
    EXISTS,
    EXPECTED,
    FLOAT_CALENDAR,
    GAP,
    LOOK_UP,
    NONE,
    OPEN_END,
    PROJECT,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    ChanceRows,
    Rows,
)
from simcore.kernel_events import clear_dated, condition_rows, dated_rows, delay_row, lag_rows
from simcore.kernel_passes import place_early, place_late, span_row
from simcore.kernel_risk import DATED_AT, DATED_END, RiskRows, cost_row, duration_row, sample_shared
from simcore.kernel_trace import mark_ends, trace_driving
from simcore.kernel_vectors import fetch

BINS = 256
LINE_BINS = 32  # bins in a line of the cache
START, FINISH, DURATION, TOTAL_FLOAT = (np.int64(k) for k in range(4))  # as literals each would compile anew
NOTHING, EXTREMES, COUNT = -1, 0, 1  # what is kept of every activity: nothing, only extremes (pilot), or histograms too


COMPLETED, MUST_FINISH, WITH_ALL = range(3)  # columns of Aims.projects
SPAN_AT, SPAN_END, SPAN_CALENDAR, SPAN_START, SPAN_FINISH, SPAN_NOW = range(6)  # columns of Aims.spans


class Aims(NamedTuple):
    """What is asked of every iteration.

    Attributes
    ----------
    projects : ndarray of int32, shape (projects, 3)
        COMPLETED: finish of what is complete, or NONE. MUST_FINISH: bounds the late dates, or NONE for the project finish,
        or for the finish of all projects if WITH_ALL.
    finishes : ndarray of int8, shape (nodes,)
        Whether a node's finish may be that of its project.
    focus : ndarray of int32, shape (focus, 2)
        Node (or nodes + span) whose date is kept per iteration, and whether it is the start.
    spans : ndarray of int32, shape (spans, 6)
        SPAN_AT to SPAN_END among the sources, SPAN_CALENDAR, SPAN_START and SPAN_FINISH: certain extremes, or NEVER, NONE;
        SPAN_NOW: the data date, before which nothing remains.
    span_sources : ndarray of int32, shape (sources, 2)
        Node (or nodes + span) and side; see :func:`simcore.kernel_passes.span_row`.
    successor_at, successors : ndarray of int32, shapes (nodes + 1,) and (links, 2)
        Links by predecessor: number of the link, and its successor.
    """

    projects: npt.NDArray[np.int32]
    finishes: npt.NDArray[np.int8]
    focus: npt.NDArray[np.int32]
    spans: npt.NDArray[np.int32]
    span_sources: npt.NDArray[np.int32]
    successor_at: npt.NDArray[np.int32]
    successors: npt.NDArray[np.int32]


LOW, LOG_WIDTH, SMALLEST, LARGEST = range(4)  # columns of Counters.range


class Counters(NamedTuple):
    """Reduced results of one worker; everything is an integer or a place of its own, so the order of work does not matter."""

    counts: npt.NDArray[np.uint16]  # (nodes + spans, quantities, bins); emptied into wide counters before they can overflow
    range: npt.NDArray[np.int32]  # (nodes + spans, quantities, 4): first bin and log2 of a bin's width, exact extremes
    critical: npt.NDArray[np.int32]  # (replicates, nodes)
    clamped: npt.NDArray[np.int64]  # (1,)


class Samples(NamedTuple):
    """One value an iteration, shared by all workers (each writes its own iterations)."""

    finish: npt.NDArray[np.int32]  # (projects + 1, iterations), the last row for all together
    focus: npt.NDArray[np.int32]  # (focus, iterations)
    cost: npt.NDArray[np.float64]  # (iterations,) or empty


class Workspace(NamedTuple):
    """Rows of one worker."""

    rows: Rows | ChanceRows
    risk: RiskRows
    late_start: npt.NDArray[np.int32]  # (nodes or 0, lanes)
    late_finish: npt.NDArray[np.int32]
    span_start: npt.NDArray[np.int32]
    span_finish: npt.NDArray[np.int32]
    finish: npt.NDArray[np.int32]  # (projects + 1, lanes)
    critical: npt.NDArray[np.uint16]  # (nodes, words of 16 lanes)
    alive: npt.NDArray[np.uint8]
    work: npt.NDArray[np.int32]  # (2, lanes)
    span_minutes: npt.NDArray[np.int32]  # (spans, lanes) of remaining work on the span's calendar
    cost: npt.NDArray[np.float64]
    money: npt.NDArray[np.float64]  # (lanes,) scratch


@phase
def _keep(counters, t, quantity, row, lanes, mode, scratch):
    """Add a row of values to a node's extremes and histogram."""
    keep_row(counters.range[t, quantity], counters.counts[t, quantity], row, lanes, mode, scratch)


@kernel
def keep_row(known, bins, row, lanes, mode, scratch):
    """Add a row of values to its extremes and histogram."""
    low, high = row[0], row[0]
    for j in range(lanes):
        low = min(low, row[j])
        high = max(high, row[j])
    known[SMALLEST] = min(known[SMALLEST], low)
    known[LARGEST] = max(known[LARGEST], high)
    if mode == EXTREMES:
        return
    base, shift = known[LOW], known[LOG_WIDTH]
    if low == high:
        bins[min(max((low - base) >> shift, 0), BINS - 1)] += np.uint16(lanes)
        return
    for j in range(lanes):
        scratch[j] = min(max(np.int32(np.int32(row[j] - base) >> shift), np.int32(0)), np.int32(BINS - 1))
    for j in range(lanes):
        bins[np.uint32(scratch[j])] += np.uint16(1)


@phase
def early_pass(logic, model, aims, stream, first, lanes, work, counters, mode, sampled):
    """Sample and schedule a batch: fills the rows of every node, the project finishes and the cost row."""
    rows, nodes = work.rows, logic.nodes
    n = nodes.shape[0]
    projects = aims.projects.shape[0]
    coordinate, end = work.work[0, :lanes], work.work[1, :lanes]
    for p in range(projects):
        for j in range(lanes):
            work.finish[p, j] = aims.projects[p, COMPLETED]
    if sampled:
        sample_shared(model, stream, first, lanes, work.risk)
        lag_rows(logic, model, stream, first, lanes, rows, work.risk)
    for t in range(n):
        duration = rows.of[t, ROW_DURATION, :lanes]
        if mode == COUNT:
            _fetch_counters(counters, t)
        if nodes[t, EXISTS] >= 0:
            exists_row(logic, t, rows, lanes)
        dated = sampled and model.duration[t, DATED_AT] < model.duration[t, DATED_END]
        if sampled:
            if dated:
                clear_dated(logic, model, t, lanes, rows)
            stays = nodes[t, EXPECTED] == NONE and nodes[t, EXISTS] < 0 and nodes[t, ASKED] == 0
            clamped = duration_row(model, t, stream, first, lanes, work.risk, duration, stays)
            counters.clamped[0] += 0 if dated else clamped
            if nodes[t, DELAY_ROW] >= 0:
                delay_row(logic, model, nodes[t, DELAY_ROW], stream, first, lanes, rows, work.risk)
        place_early(logic, t, rows, lanes, coordinate, mode == NOTHING)
        if dated or nodes[t, ASKED]:
            clamped = _place_again(logic, model, t, stream, first, lanes, work, sampled, mode == NOTHING)
            counters.clamped[0] += clamped
        if aims.finishes[t]:
            latest, finish = work.finish[nodes[t, PROJECT]], rows.of[t, ROW_FINISH]
            for j in range(lanes):
                latest[j] = max(latest[j], finish[j])
        if mode >= EXTREMES and not nodes[t, AS_LATE]:
            keep_node(logic, counters, t, coordinate, end, rows, lanes, mode)
    for j in range(lanes):
        work.finish[projects, j] = work.finish[0, j]
    for p in range(1, projects):
        for j in range(lanes):
            work.finish[projects, j] = max(work.finish[projects, j], work.finish[p, j])


@inlined
def _fetch_counters(counters, t):
    """Have the histograms of node ``t`` brought near while it is placed."""
    for quantity in range(counters.counts.shape[1]):
        bins = counters.counts[t, quantity]
        for i in range(0, BINS, LINE_BINS):
            fetch(bins, i)


@kernel_by_chance
def _place_again(logic, model, t, stream, first, lanes, work, sampled, full):
    """Place node ``t`` once more where risk events had to see its dates before they strike, or a condition cut its work off.

    Returns how many lanes fell below zero when risk events struck.
    """
    clamped = 0
    rows, coordinate, duration = work.rows, work.work[0, :lanes], work.rows.of[t, ROW_DURATION, :lanes]
    dated, asked = sampled and model.duration[t, DATED_AT] < model.duration[t, DATED_END], True
    while asked:
        if dated:
            dated_rows(logic, model, t, stream, first, lanes, rows, work.risk, coordinate)
            clamped = duration_row(model, t, stream, first, lanes, work.risk, duration, False)
            if logic.nodes[t, DELAY_ROW] >= 0:
                delay_row(logic, model, logic.nodes[t, DELAY_ROW], stream, first, lanes, rows, work.risk)
            dated = False
        else:
            asked = False
            money = work.money
            if not condition_rows(logic, model, t, stream, first, lanes, (rows, work.risk, money), coordinate, sampled):
                break
        place_early(logic, t, rows, lanes, coordinate, full)
    return clamped


@kernel
def keep_node(logic, counters, t, begin, end, rows, lanes, mode):
    """Add a node's start, finish (both in coordinates of the base calendar) and duration to what is kept of it."""
    duration, gap = rows.of[t, ROW_DURATION], logic.nodes[t, GAP]
    for j in range(lanes):
        end[j] = begin[j] + duration[j] + gap
    if logic.calendars.head[logic.nodes[t, CALENDAR], DAYS]:
        _plan_row(logic, t, begin, end, rows, lanes)
    if logic.nodes[t, EXISTS] >= 0:
        _keep_existing(logic, counters, t, (begin, end), rows, lanes, mode)
        return
    for quantity in range(3):
        row = begin if quantity == START else end if quantity == FINISH else duration
        _keep(counters, t, quantity, row, lanes, mode, rows.scratch[0])


@kernel_by_chance
def _keep_existing(logic, counters, t, instants, rows, lanes, mode):
    """Keep a node's start, finish and duration, in the lanes in which it exists."""
    exists, chosen = logic.nodes[t, EXISTS], rows.scratch[1]
    count = existing_lanes(exists, instants[0], rows, lanes, chosen)
    if count == 0:
        return
    _keep(counters, t, START, chosen, count, mode, rows.scratch[0])
    existing_lanes(exists, instants[1], rows, lanes, chosen)
    _keep(counters, t, FINISH, chosen, count, mode, rows.scratch[0])
    existing_lanes(exists, rows.of[t, ROW_DURATION], rows, lanes, chosen)
    _keep(counters, t, DURATION, chosen, count, mode, rows.scratch[0])


@kernel_by_chance
def _keep_existing_float(logic, counters, t, row, rows, lanes, mode):
    """Keep a node's total float, in the lanes in which it exists."""
    count = existing_lanes(logic.nodes[t, EXISTS], row, rows, lanes, rows.scratch[1])
    if count > 0:
        _keep(counters, t, TOTAL_FLOAT, rows.scratch[1], count, mode, rows.scratch[0])


@kernel
def _plan_row(logic, t, begin, end, rows, lanes):
    """Replace coordinates of lanes, in which weather has taken days, by those of the same dates on the base calendar."""
    cal, c, gap = logic.calendars, logic.nodes[t, CALENDAR], logic.nodes[t, GAP]
    duration, base = rows.of[t, ROW_DURATION], rows.scratch[2, :lanes]
    base_work_row(cal, c, rows.of[t, ROW_FINISH, :lanes], end, rows.scratch[LOOK_UP, :lanes])
    planned_row(cal, c, begin, base)
    for j in range(lanes):
        begin[j] = end[j] if duration[j] + gap == 0 else base[j]


@phase
def spans_pass(logic, aims, lanes, work, counters, mode):
    """Dates and remaining working time of hammocks and summaries."""
    begins, remains = work.work[0, :lanes], work.work[1, :lanes]
    n = logic.nodes.shape[0]
    for k in range(aims.spans.shape[0]):
        start, finish = work.span_start[k, :lanes], work.span_finish[k, :lanes]
        for j in range(lanes):
            start[j] = aims.spans[k, SPAN_START]
            finish[j] = aims.spans[k, SPAN_FINISH]
        sources = aims.span_sources[aims.spans[k, SPAN_AT]:aims.spans[k, SPAN_END]]
        span_row(logic, sources, k, work.rows, work.span_start, work.span_finish, lanes)
        minutes = work.span_minutes[k, :lanes]
        for j in range(lanes):
            remains[j] = max(start[j], aims.spans[k, SPAN_NOW])
        base_work_row(logic.calendars, aims.spans[k, SPAN_CALENDAR], remains, begins, work.rows.scratch[LOOK_UP, :lanes])
        base_work_row(logic.calendars, aims.spans[k, SPAN_CALENDAR], finish, minutes, work.rows.scratch[LOOK_UP, :lanes])
        for j in range(lanes):
            minutes[j] = max(minutes[j] - begins[j], 0)
        if mode >= EXTREMES:
            _keep(counters, n + k, START, start, lanes, mode, work.rows.scratch[0])
            _keep(counters, n + k, FINISH, finish, lanes, mode, work.rows.scratch[0])
            _keep(counters, n + k, DURATION, minutes, lanes, mode, work.rows.scratch[0])


@phase
def late_pass(logic, aims, lanes, work, counters, mode):
    """Late dates of every node, and its total float when kept."""
    nodes, rows = logic.nodes, work.rows
    late, early = work.work[0, :lanes], work.work[1, :lanes]
    for p in range(aims.projects.shape[0]):
        if aims.projects[p, MUST_FINISH] != NONE:
            for j in range(lanes):
                work.finish[p, j] = aims.projects[p, MUST_FINISH]
        elif aims.projects[p, WITH_ALL]:
            for j in range(lanes):
                work.finish[p, j] = work.finish[aims.projects.shape[0], j]
    for t in range(nodes.shape[0] - 1, -1, -1):
        mine = aims.successors[aims.successor_at[t]:aims.successor_at[t + 1]]
        finish = rows.of[t, ROW_FINISH, :lanes]
        latest = finish if nodes[t, OPEN_END] else work.finish[nodes[t, PROJECT], :lanes]
        c = nodes[t, FLOAT_CALENDAR]
        dated = mode == NOTHING or c != nodes[t, CALENDAR] or nodes[t, EXISTS] >= 0
        place_late(logic, mine, t, latest, rows, work.late_start, work.late_finish, lanes, late, dated)
        if mode >= EXTREMES:
            if c != nodes[t, CALENDAR]:
                work_row(logic.calendars, c, work.late_finish[t, :lanes], late, work.rows.scratch[LOOK_UP, :lanes])
            work_row(logic.calendars, c, finish, early, work.rows.scratch[LOOK_UP, :lanes])
            for j in range(lanes):
                late[j] -= early[j]
            if nodes[t, EXISTS] >= 0:
                _keep_existing_float(logic, counters, t, late, rows, lanes, mode)
            else:
                _keep(counters, t, TOTAL_FLOAT, late, lanes, mode, rows.scratch[0])


@phase
def _keep_samples(aims, where, lanes, work, samples):
    """Write a batch's finishes, focus dates and costs to their iterations; ``where`` is (first iteration, step)."""
    at, step = where
    n = work.rows.of.shape[0]
    for p in range(work.finish.shape[0]):
        for j in range(lanes):
            samples.finish[p, at + j * step] = work.finish[p, j]
    for f in range(aims.focus.shape[0]):
        s = aims.focus[f, 0]
        if s < n:
            row = work.rows.of[s, ROW_START] if aims.focus[f, 1] else work.rows.of[s, ROW_FINISH]
        else:
            row = work.span_start[s - n] if aims.focus[f, 1] else work.span_finish[s - n]
        for j in range(lanes):
            samples.focus[f, at + j * step] = row[j]
    for j in range(lanes if work.cost.shape[0] > 0 else 0):
        samples.cost[at + j * step] = work.cost[j]


@kernel
def place_batch(logic, model, aims, stream, k, lanes, work, counters, mode, sampled):
    """Sample and place the iterations ``k <= i < k + lanes`` of a replicate, and trace what drives the finish.

    ``stream`` is (seed, replicate). ``sampled`` False takes the durations that stand in the rows. The rows keep the batch, so
    that one lane with ``mode`` NOTHING gives a dated schedule.
    """
    logic, model, aims, work, counters = borrow(logic), borrow(model), borrow(aims), borrow(work), borrow(counters)
    early_pass(logic, model, aims, stream, k, lanes, work, counters, mode, sampled)
    if mode != EXTREMES:  # before anything moves as late as possible: what it moves up to does not wait for it
        mark_ends(logic, aims, lanes, work)
        trace_driving(logic, work.rows, lanes, work.critical, work.alive, counters.critical[stream[1]])


@kernel
def close_batch(logic, model, aims, stream, k, lanes, work, counters, where, samples, mode, sampled):
    """What follows from the dates of a placed batch: spans, cost, samples; ``where`` is (first iteration, step)."""
    logic, model, aims, work = borrow(logic), borrow(model), borrow(aims), borrow(work)
    counters, samples = borrow(counters), borrow(samples)
    spans_pass(logic, aims, lanes, work, counters, mode)
    if sampled and mode != EXTREMES and work.cost.shape[0] > 0:
        cost_row(model, stream, k, lanes, work.risk, work.rows.of, work.span_minutes, work.cost)
    if mode == COUNT:
        _keep_samples(aims, where, lanes, work, samples)


@kernel
def late_batch(logic, aims, lanes, work, counters, mode):
    """Late dates of a placed batch."""
    logic, aims, work, counters = borrow(logic), borrow(aims), borrow(work), borrow(counters)
    late_pass(logic, aims, lanes, work, counters, mode)
