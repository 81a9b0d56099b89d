"""Calendars as flat look-up tables for the kernels."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import gcd

import numpy as np
import numpy.typing as npt

from simcore.kernel_calendar import WEEK, CalendarTables
from simcore.models.calendars import DAY, Calendar, Shifts

FINE_QUANTUM = 5  # below this the table is kept to the horizon asked for, whatever far-off exceptions the calendar has
FAR_YEARS = 60


def build_tables(calendars: Sequence[Calendar], origin: date, horizon: date) -> CalendarTables:
    """Tables of all calendars from ``origin`` (a Monday) to at least ``horizon``.

    Exceptions up to sixty years after the horizon are honoured; beyond a calendar's table its weekly pattern goes on.
    """
    if origin.weekday():
        raise ValueError(f"the origin {origin} is no Monday")
    work_parts: list[npt.NDArray[np.int32]] = []
    clock_parts: list[npt.NDArray[np.int32]] = []
    quanta, spans, totals, weeklies = [], [], [], []
    for calendar in calendars:
        if calendar.always_works:
            quanta.append(0)
            spans.append(0)
            totals.append(0)
            weeklies.append(WEEK)
            work_parts.append(np.zeros(0, np.int32))
            clock_parts.append(np.zeros(0, np.int32))
            continue
        quantum, worked = worked_quanta(calendar, origin, horizon)
        before = np.cumsum(worked, dtype=np.int64) - worked
        work_parts.append(((before * quantum) << 1 | worked).astype(np.int32))
        clock_parts.append((np.flatnonzero(worked) * quantum).astype(np.int32))
        quanta.append(quantum)
        spans.append(len(worked) * quantum)
        totals.append(int(worked.sum()) * quantum)
        weeklies.append(int(worked[-WEEK // quantum:].sum()) * quantum)
    return CalendarTables(
        quantum=np.array(quanta, np.int32),
        inverse=np.array([1.0 / q if q else 0.0 for q in quanta]),
        work=np.concatenate(work_parts),
        work_at=np.cumsum([0, *map(len, work_parts)], dtype=np.int64),
        clock=np.concatenate(clock_parts),
        clock_at=np.cumsum([0, *map(len, clock_parts)], dtype=np.int64),
        span=np.array(spans, np.int32),
        total=np.array(totals, np.int32),
        weekly=np.array(weeklies, np.int32),
    )


def worked_quanta(calendar: Calendar, origin: date, horizon: date) -> tuple[int, npt.NDArray[np.bool_]]:
    """``(quantum, worked)``: the calendar's quantum in minutes and, for every quantum from the origin on, whether it is worked.

    The last week is the plain weekly pattern, so that it can be repeated.
    """
    quantum = _quantum([*calendar.week, *calendar.exceptions.values()])
    last = max((d for d in calendar.exceptions if d <= horizon + timedelta(days=366 * FAR_YEARS)), default=horizon)
    end = max(horizon, last) if quantum >= FINE_QUANTUM else horizon
    days = ((end - origin).days // 7 + 3) * 7
    per_day = DAY // quantum
    same_day = np.zeros((7, per_day), bool)
    next_day = np.zeros((7, per_day), bool)
    for weekday, shifts in enumerate(calendar.week):
        same_day[weekday], next_day[weekday] = _day(shifts, quantum)
    weekdays = np.arange(days) % 7
    worked, spill = same_day[weekdays], next_day[weekdays]
    for day, shifts in calendar.exceptions.items():
        index = (day - origin).days
        if 0 <= index < days - 8:
            worked[index], spill[index] = _day(shifts, quantum)
    worked[1:] |= spill[:-1]
    worked[0] |= next_day[6]
    if not same_day.any() and not next_day.any():
        worked[-7:] = True  # works on single dates only: after the last of them it must go on somehow
    return quantum, worked.ravel()


def _day(shifts: Shifts, quantum: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Worked quanta of the day on which the shifts begin, and of the day after."""
    both = np.zeros(2 * DAY // quantum, bool)
    for start, end in shifts:
        both[start // quantum: end // quantum] = True
    return both[: DAY // quantum], both[DAY // quantum:]


def _quantum(days: Sequence[Shifts]) -> int:
    """Largest step that divides all shift boundaries and the day."""
    step = DAY
    for shifts in days:
        for start, end in shifts:
            step = gcd(step, gcd(start, end))
    return step
