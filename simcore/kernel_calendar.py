"""Calendar arithmetic on rows of lanes: clock minutes <-> minutes of work, by table.

A calendar's *work coordinate* of an instant is the working time from the origin up to it, so 17:00 and 08:00 of the next
working day are the same coordinate. Tables hold one entry a quantum (the largest step that divides all of the calendar's shift
boundaries); outside of them the last, exception-free week repeats, exactly.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import kernel

WEEK = 10_080


class CalendarTables(NamedTuple):
    """All calendars, flat. A quantum of 0 marks a calendar that always works: coordinate = clock."""

    quantum: npt.NDArray[np.int32]
    inverse: npt.NDArray[np.float64]  # 1 / quantum
    work: npt.NDArray[np.int32]  # per clock quantum: work before it << 1 | whether it is worked
    work_at: npt.NDArray[np.int64]  # (calendars + 1,) where each calendar's entries begin
    clock: npt.NDArray[np.int32]  # per work quantum: clock minute at which it begins
    clock_at: npt.NDArray[np.int64]
    span: npt.NDArray[np.int32]  # clock minutes covered by the table
    total: npt.NDArray[np.int32]  # minutes of work in it
    weekly: npt.NDArray[np.int32]  # minutes of work in its last week


@kernel
def work_one(cal, c, t):
    """Work coordinate of one clock minute."""
    q = cal.quantum[c]
    if q == 0:
        return t
    weeks = 0
    if t < 0 or t >= cal.span[c]:
        first = cal.span[c] - WEEK
        weeks = (t - first) // WEEK
        t = t - weeks * WEEK
    k = t // q
    entry = cal.work[cal.work_at[c] + k]
    return (entry >> 1) + (entry & 1) * (t - k * q) + weeks * cal.weekly[c]


@kernel
def start_one(cal, c, w):
    """Clock minute at which the next minute of work after coordinate ``w`` begins (08:00, not 17:00 the day before)."""
    q = cal.quantum[c]
    if q == 0:
        return w
    weeks = 0
    if w < 0 or w >= cal.total[c]:
        first = cal.total[c] - cal.weekly[c]
        weeks = (w - first) // cal.weekly[c]
        w = w - weeks * cal.weekly[c]
    m = w // q
    return cal.clock[cal.clock_at[c] + m] + (w - m * q) + weeks * WEEK


@kernel
def finish_one(cal, c, w):
    """Clock minute at which the last minute of work before coordinate ``w`` ends (17:00, not 08:00 the next day)."""
    if cal.quantum[c] == 0:
        return w
    return start_one(cal, c, w - 1) + 1


@kernel
def _extremes(row):
    low, high = row[0], row[0]
    for j in range(row.shape[0]):
        low = min(low, row[j])
        high = max(high, row[j])
    return low, high


@kernel
def work_row(cal, c, clock, out):
    """Work coordinates of a row of clock minutes."""
    q = cal.quantum[c]
    n = clock.shape[0]
    if q == 0:
        for j in range(n):
            out[j] = clock[j]
        return
    low, high = _extremes(clock)
    if low < 0 or high >= cal.span[c]:
        for j in range(n):
            out[j] = work_one(cal, c, clock[j])
        return
    inverse = cal.inverse[c]
    table = cal.work[cal.work_at[c]:cal.work_at[c + 1]]
    for j in range(n):
        t = clock[j]
        k = np.int32((t + 0.5) * inverse)  # t / q rounded down: half a minute keeps the product off whole numbers
        entry = table[k]
        out[j] = (entry >> 1) + (entry & 1) * (t - k * q)


@kernel
def start_row(cal, c, work, out):
    """Clock minutes at which work after the coordinates begins."""
    q = cal.quantum[c]
    n = work.shape[0]
    if q == 0:
        for j in range(n):
            out[j] = work[j]
        return
    low, high = _extremes(work)
    if low < 0 or high >= cal.total[c]:
        for j in range(n):
            out[j] = start_one(cal, c, work[j])
        return
    inverse = cal.inverse[c]
    table = cal.clock[cal.clock_at[c]:cal.clock_at[c + 1]]
    for j in range(n):
        w = work[j]
        m = np.int32((w + 0.5) * inverse)
        out[j] = table[m] + (w - m * q)


@kernel
def finish_row(cal, c, work, out):
    """Clock minutes at which work before the coordinates ends."""
    q = cal.quantum[c]
    n = work.shape[0]
    if q == 0:
        for j in range(n):
            out[j] = work[j]
        return
    low, high = _extremes(work)
    if low < 1 or high > cal.total[c]:
        for j in range(n):
            out[j] = finish_one(cal, c, work[j])
        return
    inverse = cal.inverse[c]
    table = cal.clock[cal.clock_at[c]:cal.clock_at[c + 1]]
    for j in range(n):
        w = work[j] - np.int32(1)
        m = np.int32((w + 0.5) * inverse)
        out[j] = table[m] + (w - m * q) + 1
