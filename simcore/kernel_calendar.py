"""Calendar arithmetic on rows of lanes: clock minutes <-> minutes of work, by table.

A calendar's *work coordinate* of an instant is the working time from the origin up to it, so 17:00 and 08:00 of the next
working day are the same coordinate. Tables hold one entry a quantum (the largest step that divides all of the calendar's shift
boundaries); before and after them the last, exception-free week repeats, exactly.

Where weather takes days off a calendar, every lane has its own coordinate: the base calendar's, less the work of the days
lost. It is found from the base calendar's by one table a lane, the work done before each day; beyond that table the pattern
of what is lost repeats, exactly, in base coordinates. A day ends when the last shift begun on it ends.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import inlined, kernel, kernel_with_weather

WEEK = 10_080


QUANTUM, SPAN, TOTAL, WEEKLY, WORK_AT, CLOCK_AT = range(6)  # columns of the heads
DAYS, FIRST_DAY, BASE_AT, LANES_AT, LANES, INDEX_AT, SCRATCH_AT = range(6, 13)
HEAD_COLUMNS = 13
SCRATCH_LANES = 2  # rows of lanes that conversions use
MINUTES = 1440  # of a day
STRIDE_BITS = 13  # the index of lanes has an entry for every 2^13 minutes of work: more than any day has


class CalendarTables(NamedTuple):
    """All calendars, flat.

    Attributes
    ----------
    head : ndarray of int64, shape (calendars, 13)
        QUANTUM minutes (0 marks a calendar that always works: coordinate = clock), SPAN clock minutes and TOTAL minutes of work
        covered by the table, WEEKLY minutes of work in its last week, WORK_AT and CLOCK_AT where its entries begin; DAYS that
        weather may take (0: weather takes none), FIRST_DAY of them since the origin, BASE_AT and LANES_AT where DAYS + 1
        entries begin, each in LANES lanes for the latter, INDEX_AT where their index begins, SCRATCH_AT where rows of lanes
        are free.
    table : ndarray of int32
        Per clock quantum: work before it << 1 | whether it is worked. Per work quantum: clock minute at which it begins.
        With weather: work coordinate of the base calendar at which each day begins, and the same in every lane, without what
        is lost; and by the minutes of work done, the last day before which no more is done. Such a table belongs to one
        worker. Two arrays: each one more would cost every call of a kernel.
    """

    head: npt.NDArray[np.int64]
    table: npt.NDArray[np.int32]


class LaneCalendars(NamedTuple):
    """The same with weather; its type is what the kernels for that are compiled for."""

    head: npt.NDArray[np.int64]
    table: npt.NDArray[np.int32]


@kernel
def work_one(cal, c, t):
    """Work coordinate of one clock minute."""
    q = np.int32(cal.head[c, QUANTUM])
    if q == 0:
        return t
    beyond = 0
    if t < 0:
        weeks = t // WEEK
        t = t - weeks * WEEK + cal.head[c, SPAN] - WEEK
        beyond = (weeks + 1) * cal.head[c, WEEKLY] - cal.head[c, TOTAL]
    elif t >= cal.head[c, SPAN]:
        weeks = (t - cal.head[c, SPAN]) // WEEK + 1
        t = t - weeks * WEEK
        beyond = weeks * cal.head[c, WEEKLY]
    k = t // q
    entry = cal.table[cal.head[c, WORK_AT] + k]
    return (entry >> 1) + (entry & 1) * (t - k * q) + beyond


@kernel
def start_one(cal, c, w):
    """Clock minute at which the next minute of work after coordinate ``w`` begins (08:00, not 17:00 the day before)."""
    q = np.int32(cal.head[c, QUANTUM])
    if q == 0:
        return w
    beyond = 0
    if w < 0:
        weeks = w // cal.head[c, WEEKLY]
        w = w - (weeks + 1) * cal.head[c, WEEKLY] + cal.head[c, TOTAL]
        beyond = (weeks + 1) * WEEK - cal.head[c, SPAN]
    elif w >= cal.head[c, TOTAL]:
        weeks = (w - cal.head[c, TOTAL]) // cal.head[c, WEEKLY] + 1
        w = w - weeks * cal.head[c, WEEKLY]
        beyond = weeks * WEEK
    m = w // q
    return cal.table[cal.head[c, CLOCK_AT] + m] + (w - m * q) + beyond


@kernel
def finish_one(cal, c, w):
    """Clock minute at which the last minute of work before coordinate ``w`` ends (17:00, not 08:00 the next day)."""
    if cal.head[c, QUANTUM] == 0:
        return w
    return start_one(cal, c, w - 1) + 1


@inlined
def _extremes(row):
    low, high = row[0], row[0]
    for j in range(row.shape[0]):
        low = min(low, row[j])
        high = max(high, row[j])
    return low, high


@inlined
def _quanta_row(row, inverse, half, out):
    """Values divided by the quantum, rounded down; half a minute keeps the product off whole numbers."""
    for j in range(row.shape[0]):
        out[j] = np.int32((np.float64(row[j]) + half) * inverse)


@inlined
def _look_up_row(table, index, out):
    """Table entries. Unsigned: the check for a negative index would cost more than the look-up."""
    for j in range(index.shape[0]):
        out[j] = table[np.uint32(index[j])]


@kernel
def base_work_row(cal, c, clock, out, scratch):
    """Work coordinates of a row of clock minutes, whatever weather takes."""
    q = np.int32(cal.head[c, QUANTUM])
    n = clock.shape[0]
    if q == 0:
        for j in range(n):
            out[j] = clock[j]
        return
    low, high = _extremes(clock)
    if low < 0 or high >= cal.head[c, SPAN]:
        for j in range(n):
            out[j] = work_one(cal, c, clock[j])
        return
    _quanta_row(clock, 1.0 / q, 0.5, out)
    _look_up_row(cal.table[cal.head[c, WORK_AT]:], out, scratch)
    for j in range(n):
        entry = scratch[j]
        inside = np.int32(clock[j] - np.int32(out[j] * q))
        out[j] = np.int32(entry >> 1) + np.int32(np.int32(-np.int32(entry & 1)) & inside)


@kernel
def _clock_row(cal, c, work, half, out, scratch):
    """Clock minutes of work coordinates inside the table: ``half`` 0.5 for starts, -0.5 for finishes."""
    q = np.int32(cal.head[c, QUANTUM])
    _quanta_row(work, 1.0 / q, half, out)
    _look_up_row(cal.table[cal.head[c, CLOCK_AT]:], out, scratch)
    for j in range(work.shape[0]):
        out[j] = np.int32(scratch[j] + np.int32(work[j] - np.int32(out[j] * q)))


@kernel
def _base_start_row(cal, c, work, out, scratch):
    """Clock minutes at which work after the coordinates begins, whatever weather takes."""
    if cal.head[c, QUANTUM] == 0:
        for j in range(work.shape[0]):
            out[j] = work[j]
        return
    low, high = _extremes(work)
    if low < 0 or high >= cal.head[c, TOTAL]:
        for j in range(work.shape[0]):
            out[j] = start_one(cal, c, work[j])
        return
    _clock_row(cal, c, work, 0.5, out, scratch)


@kernel
def _base_finish_row(cal, c, work, out, scratch):
    """Clock minutes at which work before the coordinates ends, whatever weather takes."""
    if cal.head[c, QUANTUM] == 0:
        for j in range(work.shape[0]):
            out[j] = work[j]
        return
    low, high = _extremes(work)
    if low < 1 or high > cal.head[c, TOTAL]:
        for j in range(work.shape[0]):
            out[j] = finish_one(cal, c, work[j])
        return
    _clock_row(cal, c, work, -0.5, out, scratch)


@kernel_with_weather
def _to_lane(cal, c, j, w):
    """Coordinate in lane ``j`` of a coordinate of the base calendar."""
    days, at, width = cal.head[c, DAYS], cal.head[c, BASE_AT], cal.head[c, LANES]
    first, last = np.int64(cal.table[at]), np.int64(cal.table[at + days])
    w = np.int64(w)
    if w < first:
        return w
    rounds = (w - first) // (last - first)
    w -= rounds * (last - first)
    low, high = np.int64(0), days
    while high - low > 1:
        middle = (low + high) >> 1
        if cal.table[at + middle] <= w:
            low = middle
        else:
            high = middle
    lane = cal.head[c, LANES_AT] + j
    worked = min(cal.table[lane + low * width] + w - cal.table[at + low], np.int64(cal.table[lane + (low + 1) * width]))
    return worked + rounds * (cal.table[lane + days * width] - first)


@kernel_with_weather
def _to_base(cal, c, j, w):
    """Coordinate of the base calendar at which the minute of work after a coordinate in lane ``j`` begins."""
    days, at, width = cal.head[c, DAYS], cal.head[c, BASE_AT], cal.head[c, LANES]
    lane = cal.head[c, LANES_AT] + j
    first, total = np.int64(cal.table[at]), np.int64(cal.table[lane + days * width] - cal.table[at])
    w = np.int64(w)
    if w < first:
        return w
    rounds = (w - first) // total
    w -= rounds * total
    low, high = np.int64(0), days
    while high - low > 1:
        middle = (low + high) >> 1
        if cal.table[lane + middle * width] <= w:
            low = middle
        else:
            high = middle
    return cal.table[at + low] + w - cal.table[lane + low * width] + rounds * (cal.table[at + days] - first)


@kernel_with_weather
def _to_lanes_row(cal, c, clock, out):
    """Replace base coordinates of a row of clock minutes by those of its lanes."""
    days, at, width = cal.head[c, DAYS], cal.head[c, BASE_AT], np.uint32(cal.head[c, LANES])
    low, high = _extremes(out)
    if low < cal.table[at] or high >= cal.table[at + days]:
        for j in range(out.shape[0]):
            out[j] = _to_lane(cal, c, j, out[j])
        return
    base, lanes, first = cal.table[at:], cal.table[cal.head[c, LANES_AT]:], np.int32(cal.head[c, FIRST_DAY])
    for j in range(out.shape[0]):
        day = max(np.int32(clock[j] // np.int32(MINUTES)) - first, np.int32(0))
        day = np.uint32(day - np.int32(out[j] < base[np.uint32(day)]))  # in the night shift of the day before
        at_lane = np.uint32(day * width + np.uint32(j))
        out[j] = min(np.int32(lanes[at_lane] + out[j] - base[day]), lanes[np.uint32(at_lane + width)])


@kernel_with_weather
def _to_base_row(cal, c, work, back, out):
    """Base coordinates of coordinates in lanes: ``back`` 0 where the work after them begins, 1 where that before them ends."""
    days, at, width = np.int32(cal.head[c, DAYS]), cal.head[c, BASE_AT], np.uint32(cal.head[c, LANES])
    base, lanes, index = cal.table[at:], cal.table[cal.head[c, LANES_AT]:], cal.table[cal.head[c, INDEX_AT]:]
    found = _scratch_row(cal, c, 1, work.shape[0])
    inside = True
    for j in range(work.shape[0]):
        inside &= (work[j] - back >= base[0]) & (work[j] - back < lanes[np.uint32(np.uint32(days) * width + np.uint32(j))])
    if not inside:
        for j in range(work.shape[0]):
            out[j] = _to_base(cal, c, j, work[j] - back) + back
        return
    first, between = np.int32(base[0] + back), np.int32(0)
    for j in range(work.shape[0]):
        entry = np.uint32(np.uint32(np.int32(work[j] - first) >> np.int32(STRIDE_BITS)) * width + np.uint32(j))
        found[j] = index[entry]
        between = max(between, np.int32(index[np.uint32(entry + width)] - found[j]))
    step = np.int32(1)
    while 2 * step <= between:
        step *= 2
    while step > 0:  # the last day that begins at or before the coordinate, in all lanes at once
        for j in range(work.shape[0]):
            ahead = min(np.int32(found[j] + step), days)
            begins = lanes[np.uint32(np.uint32(ahead) * width + np.uint32(j))]
            found[j] = ahead if begins <= work[j] - back else found[j]
        step //= 2
    for j in range(work.shape[0]):
        day = np.uint32(found[j])
        out[j] = base[day] + work[j] - lanes[np.uint32(day * width + np.uint32(j))]


@inlined
def _scratch_row(cal, c, k, lanes):
    begin = cal.head[c, SCRATCH_AT] + k * cal.head[c, LANES]
    return cal.table[begin:begin + lanes]


@kernel
def work_row(cal, c, clock, out, scratch):
    """Work coordinates of a row of clock minutes; ``out`` and ``scratch`` are other rows than ``clock``."""
    base_work_row(cal, c, clock, out, scratch)
    if cal.head[c, DAYS]:
        _to_lanes_row(cal, c, clock, out)


@kernel
def start_row(cal, c, work, out, scratch):
    """Clock minutes at which work after the coordinates begins."""
    if cal.head[c, DAYS]:
        base = _scratch_row(cal, c, 0, work.shape[0])
        _to_base_row(cal, c, work, 0, base)
        _base_start_row(cal, c, base, out, scratch)
        return
    _base_start_row(cal, c, work, out, scratch)


@kernel
def finish_row(cal, c, work, out, scratch):
    """Clock minutes at which work before the coordinates ends."""
    if cal.head[c, DAYS]:
        base = _scratch_row(cal, c, 0, work.shape[0])
        _to_base_row(cal, c, work, 1, base)
        _base_finish_row(cal, c, base, out, scratch)
        return
    _base_finish_row(cal, c, work, out, scratch)


@kernel
def constant_row(cal, c, t, out):
    """Work coordinates of one clock minute in every lane."""
    w = np.int32(work_one(cal, c, t))
    for j in range(out.shape[0]):
        out[j] = w
    if cal.head[c, DAYS]:
        for j in range(out.shape[0]):
            out[j] = _to_lane(cal, c, j, w)


@kernel
def work_in_lane(cal, c, t, j):
    """Work coordinate of one clock minute in lane ``j``."""
    w = work_one(cal, c, t)
    return _to_lane(cal, c, j, w) if cal.head[c, DAYS] else np.int64(w)


@kernel
def start_in_lane(cal, c, w, j):
    """Clock minute at which the next minute of work after a coordinate in lane ``j`` begins."""
    return start_one(cal, c, _to_base(cal, c, j, w) if cal.head[c, DAYS] else np.int64(w))


@kernel
def planned_row(cal, c, work, out):
    """Coordinates of the base calendar at which the work after the coordinates of lanes begins."""
    if cal.head[c, DAYS]:
        _to_base_row(cal, c, work, 0, out)
        return
    for j in range(work.shape[0]):
        out[j] = work[j]
