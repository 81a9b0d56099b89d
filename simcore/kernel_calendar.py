"""Calendar arithmetic on rows of lanes: clock minutes <-> minutes of work, by table.

A calendar's *work coordinate* of an instant is the working time from the origin up to it, so 17:00 and 08:00 of the next
working day are the same coordinate. Tables hold one entry a quantum (the largest step that divides all of the calendar's shift
boundaries); before and after them the last, exception-free week repeats, exactly.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import inlined, kernel

WEEK = 10_080


QUANTUM, SPAN, TOTAL, WEEKLY, WORK_AT, CLOCK_AT = range(6)  # columns of the heads


class CalendarTables(NamedTuple):
    """All calendars, flat.

    Attributes
    ----------
    head : ndarray of int64, shape (calendars, 6)
        QUANTUM minutes (0 marks a calendar that always works: coordinate = clock), SPAN clock minutes and TOTAL minutes of work
        covered by the table, WEEKLY minutes of work in its last week, WORK_AT and CLOCK_AT where its entries begin.
    table : ndarray of int32
        Per clock quantum: work before it << 1 | whether it is worked. Per work quantum: clock minute at which it begins.
    """

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
def work_row(cal, c, clock, out, scratch):
    """Work coordinates of a row of clock minutes; ``out`` and ``scratch`` are other rows than ``clock``."""
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
def start_row(cal, c, work, out, scratch):
    """Clock minutes at which work after the coordinates begins."""
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
def finish_row(cal, c, work, out, scratch):
    """Clock minutes at which work before the coordinates ends."""
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
