"""Durations, money, percentages and dates: what is read, what is refused and how, and that printing reads back."""
from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.models.units import (
    MAX_MINUTES,
    format_datetime,
    format_duration,
    format_money,
    format_percent,
    parse_date,
    parse_date_range,
    parse_datetime,
    parse_duration,
    parse_exact_duration,
    parse_money,
    parse_number,
    parse_percent,
    parse_probability,
)


@pytest.mark.parametrize(
    ("text", "minutes", "elapsed"),
    [
        ("90m", 90, False),
        ("1.5h", 90, False),
        ("10d", 4800, False),
        ("2w", 4800, False),
        ("1mo", 9600, False),
        ("-2d", -960, False),
        ("+2d", 960, False),
        ("- 2 d", -960, False),
        ("0", 0, False),
        ("0.5D", 240, False),
        (".5h", 30, False),
        ("3em", 3, True),
        ("3eh", 180, True),
        ("2ed", 2880, True),
        ("1ew", 10080, True),
        ("1emo", 43200, True),
        ("2.5m", 2, False),
        ("3.5m", 4, False),
        ("-2.5m", -2, False),
        ("0.1d", 48, False),
    ],
)
def test_durations(text, minutes, elapsed):
    assert parse_duration(text) == (minutes, elapsed)


def test_working_units_follow_the_calendar():
    assert parse_duration("2d", hours_per_day=7.5) == (900, False)
    assert parse_duration("1w", hours_per_week=37.5) == (2250, False)
    assert parse_duration("1mo", hours_per_month=172) == (10320, False)
    assert parse_duration("1ed", hours_per_day=7.5) == (1440, True)
    assert parse_duration("0.1d", hours_per_day=0.1) == (1, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not a duration; write a number and a unit, such as 10d"),
        ("ten days", "is not a duration"),
        ("10", "'10' has no unit; write 10d for days or 10h for hours"),
        ("10 days", "unknown unit 'days'; write 10d"),
        ("-3 Hours", "unknown unit 'hours'; write -3h"),
        ("10y", "unknown unit 'y'; use m, h, d, w, mo, or eh, ed, ew, emo"),
        ("2,5d", "write 2.5d with a decimal point"),
        ("50%", "a percentage is not allowed here, write a time such as 10d"),
        ("1e3d", "is not a duration"),
        ("nan", "is not a duration"),
        ("infd", "is not a duration"),
        ("1.2.3d", "is not a duration"),
        ("١٠d", "is not a duration"),
        ("200000ed", "is longer than 500 years; correct the number or its unit"),
        ("9" * 400 + "m", "is longer than 500 years"),
    ],
)
def test_refused_durations(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_duration(text)


@pytest.mark.parametrize(
    ("minutes", "elapsed", "text"),
    [
        (4800, False, "10d"),
        (600, False, "1.25d"),
        (120, False, "0.25d"),
        (60, False, "1h"),
        (90, False, "1.5h"),
        (24, False, "0.4h"),
        (7, False, "7m"),
        (0, False, "0d"),
        (0, True, "0ed"),
        (-960, False, "-2d"),
        (2880, True, "2ed"),
        (61, True, "61em"),
        (3999.84, False, "3999.84m"),
    ],
)
def test_durations_print_in_the_handiest_unit(minutes, elapsed, text):
    assert format_duration(minutes, elapsed=elapsed) == text


HOURS_PER_DAY = st.sampled_from([8.0, 7.5, 10.0, 24.0, 7.6, 8.333])


@given(st.integers(-MAX_MINUTES, MAX_MINUTES), HOURS_PER_DAY, st.booleans())
def test_printed_durations_read_back(minutes, hours_per_day, elapsed):
    text = format_duration(minutes, hours_per_day, elapsed)
    assert parse_duration(text, hours_per_day) == (minutes, elapsed)


@given(st.floats(-1e8, 1e8), HOURS_PER_DAY, st.booleans())
def test_printed_fractions_of_minutes_read_back(minutes, hours_per_day, elapsed):
    exact, clock = parse_exact_duration(format_duration(minutes, hours_per_day, elapsed), hours_per_day)
    assert float(exact) == minutes
    assert isinstance(exact, Fraction)
    assert clock == elapsed


@given(st.floats(-1e15, 1e15))
def test_printed_money_and_percentages_read_back(value):
    assert parse_money(format_money(value)) == value
    assert parse_number(format_money(value)) == value
    assert parse_percent(format_percent(value / 1e10)) == value / 1e10


def test_money_and_percentages():
    assert parse_money("180000") == 180000.0
    assert parse_money(" -12.50 ") == -12.5
    assert parse_money("2.4e6") == 2_400_000.0
    assert format_money(180000.0) == "180000"
    assert format_money(-0.0) == "0"
    assert parse_percent("30%") == 0.3
    assert parse_percent("102.5 %") == 1.025
    assert format_percent(1.1) == "110%"
    assert parse_probability("30%") == parse_probability("0.3") == 0.3


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (parse_money, "1,500", "'1,500' has thousands separators; write 1500"),
        (parse_money, "1 500 000.50", "write 1500000.50"),
        (parse_money, "EUR 500", "is not an amount of money; write it like 180000"),
        (parse_money, "nan", "is not an amount of money"),
        (parse_money, "inf", "is not an amount of money"),
        (parse_money, "1e16", "'1e16' is beyond 1e+15; correct the number"),
        (parse_money, "1e999", "is beyond 1e+15"),
        (parse_money, "5%", "is a percentage, which is not allowed here; write an amount"),
        (parse_money, "", "is not an amount of money"),
        (parse_percent, "30", "'30' is not a percentage; write it with a % sign, such as 30%"),
        (parse_percent, "x%", "is not a percentage; write it like 30%"),
        (parse_percent, "1e9%", "is beyond"),
        (parse_number, "four", "'four' is not a number; write it like 4 or 2.5"),
        (parse_probability, "30", "the probability 30 is not between 0% and 100%; write 30% for a percentage"),
        (parse_probability, "130%", "the probability 130% is not between 0% and 100%"),
        (parse_probability, "-0.1", "is not between 0% and 100%"),
        (parse_date, "2026-03-02T08:00", "has a time; write the date alone, 2026-03-02"),
        (parse_date, "02.03.2026", "is not a date; write 2026-03-31"),
        (parse_datetime, "2026-02-30", "does not exist in the calendar; correct the month or the day"),
        (parse_datetime, "2026-13-01", "does not exist in the calendar"),
        (parse_datetime, "0026-01-01", "is out of range; dates run from 1900 to 2500"),
        (parse_datetime, "9999-12-31", "is out of range"),
        (parse_datetime, "2026-03-02T25:00", "impossible time 25:00; write 00:00 to 24:00"),
        (parse_datetime, "2026-03-02T08:60", "impossible time 08:60"),
        (parse_datetime, "2026-03-02T08:00Z", "is not a date"),
        (parse_datetime, "2026-03-02T08:00:30", "is not a date"),
        (parse_date_range, "2026-12-24..2026-12-01", "ends before it begins; write 2026-12-01..2026-12-24"),
        (parse_date_range, "2026-12-24..", "'' is not a date"),
    ],
)
def test_refused_values(parse, text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(text)


def test_a_date_without_a_time_is_the_start_or_the_end_of_its_day():
    assert parse_datetime("2026-03-02") == datetime(2026, 3, 2)
    assert parse_datetime("2026-03-02", end_of_day=True) == datetime(2026, 3, 3)
    assert parse_datetime("2026-03-02 08:30", end_of_day=True) == datetime(2026, 3, 2, 8, 30)
    assert parse_datetime("2026-03-02T08:30:00") == datetime(2026, 3, 2, 8, 30)
    assert parse_datetime("2026-03-02T24:00") == datetime(2026, 3, 3)
    assert parse_date(" 2026-03-02 ") == date(2026, 3, 2)


def test_ranges_include_both_ends():
    assert parse_date_range("2026-12-24..2027-01-02") == (date(2026, 12, 24), date(2027, 1, 2))
    assert parse_date_range("2026-12-24") == (date(2026, 12, 24), date(2026, 12, 24))


@given(st.datetimes(datetime(1901, 1, 1), datetime(2499, 12, 31)), st.booleans(), st.booleans())
def test_printed_dates_read_back(moment, midnight, end_of_day):
    moment = moment.replace(second=0, microsecond=0)
    if midnight:
        moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
    assert parse_datetime(format_datetime(moment, end_of_day), end_of_day) == moment
