"""Batches of iterations: sample, schedule, trace, reduce, in one compiled call that releases the GIL."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import kernel
from simcore.kernel_calendar import work_row
from simcore.kernel_passes import NONE, Logic, Rows, place_early, place_late, span_row, trace_driving
from simcore.kernel_risk import RiskModel, RiskRows, cost_row, duration_row, sample_shared

BINS = 256
START, FINISH, DURATION, TOTAL_FLOAT = 0, 1, 2, 3
NOTHING, EXTREMES, COUNT = -1, 0, 1  # what is kept of every activity: nothing, only extremes (pilot), or histograms too


class Aims(NamedTuple):
    """What is asked of every iteration."""

    completed: npt.NDArray[np.int32]  # (projects,) finish of what is complete, or NONE
    finishes: npt.NDArray[np.int8]  # (nodes,) counts for the project finish
    late_finish: npt.NDArray[np.int32]  # (projects,) must finish by, or NONE: the project finish
    focus: npt.NDArray[np.int32]  # nodes (or nodes + spans) kept per iteration
    focus_start: npt.NDArray[np.int8]  # keep the start rather than the finish
    span_at: npt.NDArray[np.int32]
    span_source: npt.NDArray[np.int32]
    span_side: npt.NDArray[np.int8]
    span_calendar: npt.NDArray[np.int32]
    span_start: npt.NDArray[np.int32]  # earliest certain start below the span, or NEVER
    span_finish: npt.NDArray[np.int32]  # latest certain finish below it, or NONE
    successor_at: npt.NDArray[np.int32]
    successor_link: npt.NDArray[np.int32]
    successor: npt.NDArray[np.int32]


class Counters(NamedTuple):
    """Reduced results of one worker; everything is an integer or a place of its own, so the order of work does not matter."""

    counts: npt.NDArray[np.uint16]  # (nodes + spans, quantities, bins); emptied into wide counters before they can overflow
    low: npt.NDArray[np.int32]  # (nodes, quantities)
    shift: npt.NDArray[np.int32]  # log2 of the bin width
    smallest: npt.NDArray[np.int32]
    largest: npt.NDArray[np.int32]
    critical: npt.NDArray[np.int32]  # (replicates, nodes)
    clamped: npt.NDArray[np.int64]  # (1,)


class Samples(NamedTuple):
    """One value an iteration, shared by all workers (each writes its own iterations)."""

    finish: npt.NDArray[np.int32]  # (projects + 1, iterations), the last row for all together
    focus: npt.NDArray[np.int32]  # (focus, iterations)
    cost: npt.NDArray[np.float64]  # (iterations,) or empty


class Workspace(NamedTuple):
    """Rows of one worker."""

    rows: Rows
    risk: RiskRows
    late_start: npt.NDArray[np.int32]  # (nodes or 0, lanes)
    late_finish: npt.NDArray[np.int32]
    span_start: npt.NDArray[np.int32]
    span_finish: npt.NDArray[np.int32]
    finish: npt.NDArray[np.int32]  # (projects + 1, lanes)
    critical: npt.NDArray[np.uint8]  # (nodes, lanes)
    alive: npt.NDArray[np.uint8]
    work: npt.NDArray[np.int32]  # (2, lanes)
    span_minutes: npt.NDArray[np.int32]  # (spans, lanes) of work on the span's calendar
    cost: npt.NDArray[np.float64]


@kernel
def _keep(counters, t, quantity, row, lanes, mode):
    """Add a row of values to a node's extremes and histogram."""
    low, high = row[0], row[0]
    for j in range(lanes):
        low = min(low, row[j])
        high = max(high, row[j])
    counters.smallest[t, quantity] = min(counters.smallest[t, quantity], low)
    counters.largest[t, quantity] = max(counters.largest[t, quantity], high)
    if mode == EXTREMES:
        return
    base, shift = counters.low[t, quantity], counters.shift[t, quantity]
    bins = counters.counts[t, quantity]
    if low == high:
        bins[min(max((low - base) >> shift, 0), BINS - 1)] += np.uint16(lanes)
        return
    for j in range(lanes):
        bins[min(max((row[j] - base) >> shift, 0), BINS - 1)] += np.uint16(1)


@kernel
def early_pass(logic, model, aims, stream, first, lanes, work, counters, mode, sampled):
    """Sample and schedule a batch: fills the rows of every node, the project finishes and the cost row."""
    rows, nodes = work.rows, logic.nodes
    n = nodes.calendar.shape[0]
    projects = aims.completed.shape[0]
    coordinate, end = work.work[0, :lanes], work.work[1, :lanes]
    for p in range(projects):
        for j in range(lanes):
            work.finish[p, j] = aims.completed[p]
    if sampled:
        sample_shared(model, stream, first, lanes, work.risk)
    for t in range(n):
        duration = rows.duration[t, :lanes]
        if sampled:
            counters.clamped[0] += duration_row(model, t, stream, first, lanes, work.risk, duration)
        place_early(logic, t, rows, lanes, coordinate)
        if aims.finishes[t]:
            latest, finish = work.finish[nodes.project[t]], rows.finish[t]
            for j in range(lanes):
                latest[j] = max(latest[j], finish[j])
        if mode >= EXTREMES:
            for j in range(lanes):
                end[j] = coordinate[j] + duration[j] + nodes.gap[t]
            _keep(counters, t, START, coordinate, lanes, mode)
            _keep(counters, t, FINISH, end, lanes, mode)
            _keep(counters, t, DURATION, duration, lanes, mode)
    for j in range(lanes):
        work.finish[projects, j] = work.finish[0, j]
    for p in range(1, projects):
        for j in range(lanes):
            work.finish[projects, j] = max(work.finish[projects, j], work.finish[p, j])


@kernel
def spans_pass(logic, aims, lanes, work, counters, mode):
    """Dates and working time of hammocks and summaries."""
    begins = work.work[0, :lanes]
    n = logic.nodes.calendar.shape[0]
    for k in range(aims.span_calendar.shape[0]):
        start, finish = work.span_start[k, :lanes], work.span_finish[k, :lanes]
        for j in range(lanes):
            start[j] = aims.span_start[k]
            finish[j] = aims.span_finish[k]
        span_row((aims.span_at, aims.span_source, aims.span_side), k, work.rows, work.span_start, work.span_finish, lanes)
        minutes = work.span_minutes[k, :lanes]
        work_row(logic.calendars, aims.span_calendar[k], start, begins)
        work_row(logic.calendars, aims.span_calendar[k], finish, minutes)
        for j in range(lanes):
            minutes[j] = max(minutes[j] - begins[j], 0)
        if mode >= EXTREMES:
            _keep(counters, n + k, START, start, lanes, mode)
            _keep(counters, n + k, FINISH, finish, lanes, mode)
            _keep(counters, n + k, DURATION, minutes, lanes, mode)


@kernel
def late_pass(logic, aims, lanes, work, counters, mode):
    """Late dates of every node, and its total float when kept."""
    nodes, rows = logic.nodes, work.rows
    late, early = work.work[0, :lanes], work.work[1, :lanes]
    successors = (aims.successor_at, aims.successor_link, aims.successor)
    for p in range(aims.late_finish.shape[0]):
        if aims.late_finish[p] != NONE:
            for j in range(lanes):
                work.finish[p, j] = aims.late_finish[p]
    for t in range(nodes.calendar.shape[0] - 1, -1, -1):
        place_late(
            logic, successors, t, work.finish[nodes.project[t], :lanes], rows, work.late_start, work.late_finish, lanes, late
        )
        if mode >= EXTREMES:
            work_row(logic.calendars, nodes.calendar[t], rows.finish[t, :lanes], early)
            for j in range(lanes):
                late[j] -= early[j]
            _keep(counters, t, TOTAL_FLOAT, late, lanes, mode)


@kernel
def _mark_ends(logic, aims, lanes, work):
    """Mark the nodes that end the project, lane by lane."""
    n = logic.nodes.calendar.shape[0]
    last = work.finish[aims.completed.shape[0]]
    for t in range(n):
        critical, finish = work.critical[t], work.rows.finish[t]
        met = 0
        if aims.finishes[t]:
            for j in range(lanes):
                ends = np.uint8(finish[j] == last[j])
                critical[j] = ends
                met |= ends
        else:
            for j in range(lanes):
                critical[j] = 0
        work.alive[t] = met != 0


@kernel
def _keep_samples(aims, where, lanes, work, samples):
    """Write a batch's finishes, focus dates and costs to their iterations; ``where`` is (first iteration, step)."""
    at, step = where
    n = work.rows.start.shape[0]
    for p in range(work.finish.shape[0]):
        for j in range(lanes):
            samples.finish[p, at + j * step] = work.finish[p, j]
    for f in range(aims.focus.shape[0]):
        s = aims.focus[f]
        if s < n:
            row = work.rows.start[s] if aims.focus_start[f] else work.rows.finish[s]
        else:
            row = work.span_start[s - n] if aims.focus_start[f] else work.span_finish[s - n]
        for j in range(lanes):
            samples.focus[f, at + j * step] = row[j]
    for j in range(lanes if work.cost.shape[0] > 0 else 0):
        samples.cost[at + j * step] = work.cost[j]


@kernel
def run_unit(logic, model, aims, seed, replicate, replicates, first, last, work, counters, samples, mode, with_late, sampled):
    """Iterations ``k * replicates + replicate`` for ``first <= k < last``: everything from draws to counters.

    ``sampled`` False takes the durations that stand in the rows. The rows keep the last batch, so that one lane with
    ``mode`` NOTHING gives a dated schedule.
    """
    width = work.work.shape[1]
    stream = (seed, replicate)
    for k in range(first, last, width):
        lanes = min(width, last - k)
        early_pass(logic, model, aims, stream, k, lanes, work, counters, mode, sampled)
        spans_pass(logic, aims, lanes, work, counters, mode)
        if mode != EXTREMES:
            if sampled and work.cost.shape[0] > 0:
                cost_row(model, stream, k, lanes, work.risk, work.rows.duration, work.span_minutes, work.cost)
            if mode == COUNT:
                _keep_samples(aims, (k * replicates + replicate, replicates), lanes, work, samples)
            _mark_ends(logic, aims, lanes, work)
            trace_driving(logic, work.rows, lanes, work.critical, work.alive, counters.critical[replicate])
        if with_late:
            late_pass(logic, aims, lanes, work, counters, mode)
