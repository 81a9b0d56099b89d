"""Calendars as tables, and the kernels that look things up in them, against lists of single minutes."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.calendar_tables import FAR_YEARS, build_tables, clock_minutes, worked_quanta
from simcore.kernel_calendar import (
    QUANTUM,
    SPAN,
    TOTAL,
    WEEK,
    CalendarTables,
    finish_one,
    finish_row,
    start_one,
    start_row,
    work_one,
    work_row,
)
from simcore.models.calendars import DAY, Calendar, always
from simcore.models.working_time import working_minutes
from tests.naive import Worked
from tests.network_strategies import EIGHT, WEEKS, calendars

ORIGIN = date(2026, 1, 5)
HORIZON = date(2026, 6, 1)
FAR = 400  # days that the naive twin walks
NEAR_DATES = st.integers(0, 300).map(lambda n: ORIGIN + timedelta(days=n))

EVERY_CALENDAR = st.sampled_from(sorted(WEEKS)).flatmap(calendars)


def tables_of(*several: Calendar) -> CalendarTables:
    return build_tables(several, ORIGIN, HORIZON)


def row(values: object) -> np.ndarray:
    return np.asarray(values, np.int32)


def asked(kernel: object, tables: CalendarTables, values: np.ndarray, c: int = 0) -> np.ndarray:
    """What a row function makes of values."""
    out, scratch = np.zeros_like(values), np.zeros_like(values)
    kernel(tables, c, values, out, scratch)  # type: ignore[operator]
    return out


# -- against single minutes ---------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(EVERY_CALENDAR, st.integers(0, 2**32 - 1))
def test_rows_and_single_values_against_the_list_of_minutes(calendar, seed):
    """Also far beyond the table, which ends some weeks after the horizon or the last exception."""
    tables = tables_of(calendar)
    worked = Worked(None if calendar.always_works else calendar, ORIGIN, FAR)
    rng = np.random.default_rng(seed)
    clock = row(rng.integers(0, (FAR - 1) * DAY, 200))
    work = asked(work_row, tables, clock)
    assert work.tolist() == [worked.place(int(t)) for t in clock]
    assert work.tolist() == [work_one(tables, 0, int(t)) for t in clock]
    last = work.max() if calendar.always_works else len(worked.minutes) - 1
    places = row(rng.integers(1, last, 200))
    assert asked(start_row, tables, places).tolist() == [worked.start(int(w)) for w in places]
    assert asked(finish_row, tables, places).tolist() == [worked.finish(int(w)) for w in places]
    assert [start_one(tables, 0, int(w)) for w in places] == [worked.start(int(w)) for w in places]
    assert [finish_one(tables, 0, int(w)) for w in places] == [worked.finish(int(w)) for w in places]


@settings(max_examples=60)
@given(st.lists(EVERY_CALENDAR, min_size=1, max_size=3), st.integers(0, 2**32 - 1))
def test_many_clock_minutes_at_once_against_one_by_one(several, seed):
    """Before the table, in it and beyond it, on several calendars."""
    tables = tables_of(*several)
    rng = np.random.default_rng(seed)
    c = rng.integers(0, len(several), 200)
    work = rng.choice([100, 100_000, 3_000_000], 200) * rng.integers(-9, 10, 200) + rng.integers(0, 3, 200)
    at_finish = rng.random(200) < 0.5
    expected = [
        (finish_one if last else start_one)(tables, int(k), int(w)) for k, w, last in zip(c, work, at_finish, strict=True)
    ]
    assert clock_minutes(tables, c, work, at_finish).tolist() == expected


@given(EVERY_CALENDAR)
def test_shift_boundaries(calendar):
    """Every minute around every boundary of the first weeks, inside one row."""
    tables = tables_of(calendar)
    worked = Worked(None if calendar.always_works else calendar, ORIGIN, FAR)
    clock = row(np.arange(0, 2 * WEEK))
    np.testing.assert_array_equal(asked(work_row, tables, clock), [worked.place(int(t)) for t in clock])
    places = row(np.arange(1, work_one(tables, 0, 2 * WEEK)))
    np.testing.assert_array_equal(asked(start_row, tables, places), [worked.start(int(w)) for w in places])
    np.testing.assert_array_equal(asked(finish_row, tables, places), [worked.finish(int(w)) for w in places])


@given(EVERY_CALENDAR, st.lists(st.integers(-3_000_000, 30_000_000), min_size=1, max_size=20))
def test_there_and_back_anywhere(calendar, minutes):
    """Before the origin and decades beyond the table: coordinates are consistent and weeks repeat."""
    tables = tables_of(calendar)
    clock = row(minutes)
    work = asked(work_row, tables, clock)
    start, finish = asked(start_row, tables, work), asked(finish_row, tables, work)
    assert (finish <= clock).all()
    assert (clock <= start).all()
    np.testing.assert_array_equal(asked(work_row, tables, start), work)
    np.testing.assert_array_equal(asked(work_row, tables, finish), work)
    if not calendar.always_works:
        for t in minutes:
            later = t + WEEK
            if t < -WEEK or t >= tables.head[0, SPAN]:
                a_week = work_one(tables, 0, later) - work_one(tables, 0, t)
                assert a_week == sum(end - begin for shifts in calendar.week for begin, end in shifts)


@pytest.mark.parametrize("name", sorted(WEEKS))
def test_before_the_origin_the_weekly_pattern_goes_on(name):
    calendar = Calendar(name=name, week=WEEKS[name])  # type: ignore[arg-type]
    tables = tables_of(calendar)
    walked = Worked(None if calendar.always_works else calendar, ORIGIN - timedelta(weeks=20), 300)
    shift = 20 * WEEK
    for t in range(-19 * WEEK, 0, 977):
        expected = walked.place(t + shift) - walked.place(shift)
        assert work_one(tables, 0, t) == expected
        if not calendar.always_works and walked.place(t + shift) > 0:
            place = expected + walked.place(shift)
            assert start_one(tables, 0, expected) == walked.start(place) - shift
            assert finish_one(tables, 0, expected) == walked.finish(place) - shift


def test_a_row_that_crosses_the_end_of_the_table():
    tables = tables_of(Calendar(name="office", week=WEEKS["five days"]))
    edge = int(tables.head[0, SPAN])
    clock = row([edge - 1, edge, edge + 1, edge + 5 * DAY, 3])
    assert asked(work_row, tables, clock).tolist() == [work_one(tables, 0, int(t)) for t in clock]
    total = int(tables.head[0, TOTAL])
    places = row([total - 1, total, total + 1, total + 5000, 1])
    for one, many in ((start_one, start_row), (finish_one, finish_row)):
        assert asked(many, tables, places).tolist() == [one(tables, 0, int(w)) for w in places]
    assert finish_one(tables, 0, total) <= edge <= start_one(tables, 0, total)


# -- what stands in the tables --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shifts", "quantum"),
    [
        (EIGHT, 60),
        (((450, 720), (750, 960)), 30),
        (((480, 725),), 5),
        (((433, 719),), 1),
        (((1320, 1800),), 120),
        (((0, 1440),), 1440),
    ],
)
def test_the_quantum_divides_every_boundary(shifts, quantum):
    calendar = Calendar(name="c", week=(shifts,) * 3 + ((),) * 4)
    assert worked_quanta(calendar, ORIGIN, HORIZON)[0] == quantum
    assert tables_of(calendar).head[0, QUANTUM] == quantum


def test_round_the_clock_needs_no_table():
    tables = tables_of(always())
    assert tables.head[0, QUANTUM] == 0
    assert work_one(tables, 0, 123_456) == start_one(tables, 0, 123_456) == finish_one(tables, 0, 123_456) == 123_456


def test_round_the_clock_but_for_a_holiday():
    holiday = ORIGIN + timedelta(days=3)
    tables = tables_of(Calendar(name="c", week=(((0, DAY),),) * 7, exceptions={holiday: ()}))
    assert work_one(tables, 0, 4 * DAY) == 3 * DAY
    assert start_one(tables, 0, 3 * DAY) == 4 * DAY
    assert finish_one(tables, 0, 3 * DAY) == 3 * DAY


@given(NEAR_DATES, st.sampled_from([(), ((600, 660),), ((1380, 1500),), ((0, DAY),)]))
def test_exceptions_replace_what_begins_on_their_date(day, shifts):
    """The night before runs on into an exception, and a night shift of an exception into the day after."""
    calendar = Calendar(name="nights", week=WEEKS["nights"], exceptions={day: shifts})
    tables = tables_of(calendar)
    first = (day - ORIGIN).days * DAY
    begin, end = (datetime.combine(d, datetime.min.time()) for d in (day - timedelta(days=1), day + timedelta(days=2)))
    found = work_one(tables, 0, first + 2 * DAY) - work_one(tables, 0, max(first - DAY, 0))
    assert found == working_minutes(calendar, max(begin, datetime.combine(ORIGIN, datetime.min.time())), end)


def test_exceptions_far_beyond_the_horizon_count():
    far = HORIZON + timedelta(days=365 * (FAR_YEARS - 1))
    monday = far - timedelta(days=far.weekday())
    tables = tables_of(Calendar(name="c", week=WEEKS["five days"], exceptions={monday: ()}))
    at = (monday - ORIGIN).days * DAY
    assert work_one(tables, 0, at + DAY) == work_one(tables, 0, at)
    assert work_one(tables, 0, at + 2 * DAY) == work_one(tables, 0, at + DAY) + 480


def test_several_calendars_keep_their_places():
    several = [Calendar(name=name, week=week) for name, week in WEEKS.items()]  # type: ignore[arg-type]
    together = tables_of(*several)
    for c, calendar in enumerate(several):
        alone = tables_of(calendar)
        clock = row(np.arange(0, 40 * DAY, 331))
        np.testing.assert_array_equal(asked(work_row, together, clock, c), asked(work_row, alone, clock))
        work = asked(work_row, alone, clock) + np.int32(1)
        np.testing.assert_array_equal(asked(start_row, together, work, c), asked(start_row, alone, work))
        np.testing.assert_array_equal(asked(finish_row, together, work, c), asked(finish_row, alone, work))


def test_single_dates_only():
    """After its last date such a calendar works on: plans may name it though nothing runs on it."""
    day = ORIGIN + timedelta(days=10)
    tables = tables_of(Calendar(name="c", week=((),) * 7, exceptions={day: EIGHT}))
    assert work_one(tables, 0, 11 * DAY) == 480
    assert finish_one(tables, 0, 480) == 10 * DAY + 1020
    assert start_one(tables, 0, 480) > 10 * DAY + 1020


def test_the_origin_is_a_monday():
    with pytest.raises(ValueError, match="no Monday"):
        build_tables([always()], date(2026, 1, 6), HORIZON)
