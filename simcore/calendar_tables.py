"""Calendars as flat look-up tables for the kernels."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from math import gcd

import numpy as np
import numpy.typing as npt

from simcore.kernel_calendar import CLOCK_AT, HEAD_COLUMNS, QUANTUM, SPAN, TOTAL, WEEK, WEEKLY, CalendarTables, work_one
from simcore.models.calendars import DAY, Calendar, Shifts

FAR_YEARS = 60
MOST_QUANTA = 2**22  # far-off exceptions make a table no longer than this: eight years of single minutes, forty of five


def build_tables(
    calendars: Sequence[Calendar], origin: date, horizon: date, not_always: Collection[int] = ()
) -> CalendarTables:
    """Tables of all calendars from ``origin`` (a Monday) to at least ``horizon``.

    Exceptions up to sixty years after the horizon are honoured (fewer where shifts begin at odd minutes); beyond a calendar's
    table its weekly pattern goes on. Calendars ``not_always`` get a table even where they always work: weather may take days.
    """
    if origin.weekday():
        raise ValueError(f"the origin {origin} is no Monday")
    parts: list[npt.NDArray[np.int32]] = []
    heads, length = [], 0
    for c, calendar in enumerate(calendars):
        if calendar.always_works and c not in not_always:
            heads.append((0, 0, 0, WEEK, 0, 0))
            continue
        quantum, worked = worked_quanta(calendar, origin, horizon)
        before = np.cumsum(worked, dtype=np.int64) - worked
        work = ((before * quantum) << 1 | worked).astype(np.int32)
        clock = (np.flatnonzero(worked) * quantum).astype(np.int32)
        weekly = int(worked[-WEEK // quantum:].sum()) * quantum
        heads.append((quantum, len(work) * quantum, len(clock) * quantum, weekly, length, length + len(work)))
        parts += [work, clock]
        length += len(work) + len(clock)
    return CalendarTables(
        head=np.pad(np.array(heads, np.int64), ((0, 0), (0, HEAD_COLUMNS - len(heads[0])))),
        table=np.concatenate(parts) if parts else np.zeros(1, np.int32),
    )


def clock_minutes(
    tables: CalendarTables, c: npt.NDArray[np.integer], work: npt.NDArray[np.int64], at_finish: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Clock minutes of many work coordinates, each on its calendar: what ``finish_one`` and else ``start_one`` find for one."""
    quantum, span, total, weekly, clock_at = tables.head[c][:, (QUANTUM, SPAN, TOTAL, WEEKLY, CLOCK_AT)].T
    always = quantum == 0
    w = work - at_finish
    weeks = np.where(w < 0, w // weekly + 1, np.where(w >= total, (w - total) // weekly + 1, 0))
    beyond = weeks * WEEK - np.where(w < 0, span, 0)
    w = w - weeks * weekly + np.where(w < 0, total, 0)
    cell = w // np.where(always, 1, quantum)
    found = tables.table[np.where(always, 0, clock_at + cell)] + (w - cell * quantum) + beyond + at_finish
    return np.where(always, work, found)


def day_beginnings(
    tables: CalendarTables, c: int, calendar: Calendar, origin: date, first: date, days: int
) -> npt.NDArray[np.int32]:
    """Work coordinates at which ``days + 1`` days begin: where the last shift begun on the day before has ended."""
    found = []
    for n in range(days + 1):
        day = first + timedelta(days=n)
        night = max((end - DAY for _, end in calendar.shifts_on(day - timedelta(days=1))), default=0)
        found.append(work_one(tables, c, (day - origin).days * DAY + max(night, 0)))
    return np.array(found, np.int32)


def worked_quanta(calendar: Calendar, origin: date, horizon: date) -> tuple[int, npt.NDArray[np.bool_]]:
    """``(quantum, worked)``: the calendar's quantum in minutes and, for every quantum from the origin on, whether it is worked.

    The last week is the plain weekly pattern, so that it can be repeated.
    """
    quantum = _quantum([*calendar.week, *calendar.exceptions.values()])
    last = max((d for d in calendar.exceptions if d <= horizon + timedelta(days=366 * FAR_YEARS)), default=horizon)
    reach = max((horizon - origin).days, min((last - origin).days, MOST_QUANTA * quantum // DAY))
    days = (reach // 7 + 3) * 7
    per_day = DAY // quantum
    same_day = np.zeros((7, per_day), bool)
    next_day = np.zeros((7, per_day), bool)
    for weekday, shifts in enumerate(calendar.week):
        same_day[weekday], next_day[weekday] = _day(shifts, quantum)
    weekdays = np.arange(days) % 7
    worked, spill = same_day[weekdays], next_day[weekdays]
    for day, shifts in calendar.exceptions.items():
        index = (day - origin).days
        if 0 <= index < days - 8:  # an exception's night may end on the next day
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
