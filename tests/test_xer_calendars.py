"""Calendars of XER files: shifts, exceptions, base calendars, names."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.models.errors import PlanError
from simcore.models.formats.p6_calendars import merge, parse_work_times
from tests.p6_cases import OFFICE, clndr_data, only, plan, read, with_values


def test_a_calendar_with_nights_exceptions_and_round_the_clock() -> None:
    data = clndr_data(
        {1: [("00:00", "00:00")], 2: [("22:00", "06:00"), ("07:00", "12:00")], 3: []},
        {46100: [], 46101: [("13:00", "17:00"), ("08:00", "13:00")]},
    )
    calendar = read(with_values("CALENDAR", 0, clndr_data=data)).calendars["Office"]
    assert calendar.week[6] == ((0, 1440),)
    assert calendar.week[0] == ((420, 720), (1320, 1800))
    assert calendar.week[2] == ()
    assert calendar.exceptions == {date(2026, 3, 19): (), date(2026, 3, 20): ((480, 1020),)}


def test_clock_fields_in_the_other_order_and_line_breaks_inside() -> None:
    times = parse_work_times(
        "(0||CalendarData()(\x7f\x7f (0||DaysOfWeek()(\x7f (0||6()(\x7f(0||0(f|16:00|s|08:00)())))))))"
    )
    assert times.week == {4: ((480, 960),)}


@pytest.mark.parametrize("cut", range(1, len(OFFICE), 7))
def test_a_cut_calendar_is_refused(cut: int) -> None:
    with pytest.raises(PlanError, match=r"line \d+: The working times of calendar 'Office' are damaged"):
        read(with_values("CALENDAR", 0, clndr_data=OFFICE[:cut]))


def test_base_calendars_fill_what_is_not_listed() -> None:
    base = {
        "clndr_id": "1",
        "clndr_name": "Base",
        "clndr_data": clndr_data({2: [("08:00", "16:00")], 3: [("08:00", "16:00")]}, {46100: []}),
    }
    one = {
        "clndr_id": "2",
        "clndr_name": "One",
        "base_clndr_id": "1",
        "clndr_data": clndr_data({3: [("06:00", "14:00")]}),
    }
    two = {"clndr_id": "3", "clndr_name": "Two", "base_clndr_id": "1", "clndr_data": clndr_data({})}
    calendars = read(plan(CALENDAR=[base, one, two])).calendars
    assert calendars["One"].week[:2] == (((480, 960),), ((360, 840),))
    assert calendars["One"].exceptions == {}
    assert calendars["Two"].week == calendars["Base"].week
    assert calendars["Two"].exceptions == {date(2026, 3, 19): ()}


def test_calendars_of_the_same_name_are_told_apart() -> None:
    rows = [
        {"clndr_id": key, "clndr_name": "Site", "proj_id": project, "clndr_data": OFFICE}
        for key, project in (("1", ""), ("2", "7"), ("3", "7"))
    ]
    small = read(plan(CALENDAR=rows))
    assert list(small.calendars) == ["Site", "Site (PUMP)", "Site (2)"]
    assert all(name == calendar.name for name, calendar in small.calendars.items())


def test_a_calendar_without_working_times_is_assumed_aloud() -> None:
    small = read(with_values("CALENDAR", 0, clndr_data="(0||()())"))
    assert small.calendars["Office"].week[4] == ((480, 960),)
    assert small.calendars["Office"].week[5] == ()
    assert "Monday to Friday 08:00-16:00 is assumed" in only(small.notes, "no working times")


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 600)).map(lambda s: (s[0], s[0] + s[1])), max_size=6))
def test_merged_shifts_are_ordered_apart_and_cover_the_same(shifts: list[tuple[int, int]]) -> None:
    merged = merge(shifts)
    assert all(a[1] < b[0] for a, b in pairwise(merged))
    covered = {minute for start, end in shifts for minute in range(start, end)}
    assert covered == {minute for start, end in merged for minute in range(start, end)}
