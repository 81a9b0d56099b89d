"""Calendars of Microsoft Project XML: shifts, exceptions of every recurrence, work weeks, calendars of resources."""
from __future__ import annotations

from datetime import date

import pytest

from simcore.models.calendars import Calendar
from simcore.models.errors import PlanError
from tests.mspdi_documents import FIVE_DAYS, STANDARD, calendar, fields, read, resource, task, week_day

DAY = ((480, 720), (780, 1020))


def exception(first: str, last: str, body: str = "", **values: object) -> str:
    known = {"EnteredByOccurrences": 0, "Type": 1, "DayWorking": 0}
    period = f"<TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod>"
    return f"<Exception>{period}{fields(**(known | values))}{body}</Exception>"


def with_exceptions(*exceptions: str, **header: object) -> Calendar:
    body = f"<Exceptions>{''.join(exceptions)}</Exceptions>"
    return read(task(1), calendars=calendar(1, "Standard", body), **header).calendars["Standard"]


def days(text: str) -> list[date]:
    return [date.fromisoformat(day) for day in text.split()]


class TestWeek:
    def test_shifts(self):
        found = read(task(1)).calendars["Standard"]
        assert found.week == (DAY,) * 5 + ((), ())
        assert (found.hours_per_day, found.hours_per_week, found.hours_per_month) == (8, 40, 160)

    @pytest.mark.parametrize(
        ("times", "shifts"),
        [
            ([("00:00", "00:00")], ((0, 1440),)),
            ([("22:00", "06:00")], ((1320, 1800),)),
            ([("17:00", "00:00")], ((1020, 1440),)),
            ([("13:00", "17:00"), ("08:00", "12:00")], DAY),
            ([("08:00", "12:00"), ("12:00", "16:00")], ((480, 960),)),
        ],
    )
    def test_working_times(self, times, shifts):
        week = week_day(2, *times)
        assert read(calendars=calendar(1, "Standard", week=week)).calendars["Standard"].week[0] == shifts

    def test_working_day_without_times_has_standard_hours(self):
        week = "<WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay>"
        assert read(calendars=calendar(1, "Standard", week=week)).calendars["Standard"].week[5] == DAY

    @pytest.mark.parametrize(
        ("week", "message"),
        [
            (week_day(2, ("25:00", "26:00")), "FromTime is '25:00:00', which is not a time of day"),
            (week_day(9), "DayType is 9, not 0"),
        ],
    )
    def test_bad_days(self, week, message):
        with pytest.raises(PlanError, match=message):
            read(calendars=calendar(1, "Standard", week=week))


class TestExceptions:
    def test_range(self):
        found = with_exceptions(exception("2026-03-05", "2026-03-08"))
        assert dict(found.exceptions) == {date(2026, 3, 5): (), date(2026, 3, 6): ()}  # the weekend is free anyway

    def test_working_day_out_of_pattern(self):
        times = "<WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>"
        times = f"<WorkingTimes>{times}</WorkingTimes>"
        found = with_exceptions(exception("2026-03-07", "2026-03-07", times, DayWorking=1))
        assert dict(found.exceptions) == {date(2026, 3, 7): ((480, 720),)}

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"Type": 1, "Period": 2}, "2026-03-02 2026-03-04 2026-03-06 2026-03-10 2026-03-12"),
            ({"Type": 6, "DaysOfWeek": 0b0010010, "Period": 1}, "2026-03-02 2026-03-05 2026-03-09 2026-03-12"),
            ({"Type": 6, "DaysOfWeek": 0b0001000, "Period": 2}, "2026-03-04"),
            ({"Type": 7, "Period": 3}, "2026-03-02 2026-03-05 2026-03-11"),
            ({"Type": 8, "Period": 4}, "2026-03-02 2026-03-06 2026-03-12"),
            ({"Type": 9, "Period": 3}, "2026-03-02 2026-03-05 2026-03-11"),
        ],
    )
    def test_within_a_fortnight(self, values, expected):
        assert list(with_exceptions(exception("2026-03-02", "2026-03-12", **values)).exceptions) == days(expected)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"Type": 2, "Month": 11, "MonthDay": 25}, "2026-12-25 2028-12-25"),  # in 2027 a Saturday
            ({"Type": 3, "Month": 9, "MonthItem": 4, "MonthPosition": 4}, "2026-10-26 2027-10-25 2028-10-30"),
            ({"Type": 3, "Month": 4, "MonthItem": 4, "MonthPosition": 0}, "2026-05-04 2027-05-03 2028-05-01"),
            ({"Type": 4, "Period": 12, "MonthDay": 31}, "2026-03-31 2027-03-31 2028-03-31"),
            ({"Type": 5, "Period": 12, "MonthItem": 1, "MonthPosition": 0}, "2027-03-01 2028-03-01"),
            ({"Type": 5, "Period": 12, "MonthItem": 0, "MonthPosition": 1}, "2027-03-02 2028-03-02"),
            ({"Type": 5, "Period": 12, "MonthItem": 2, "MonthPosition": 4}, ""),
        ],
    )
    def test_over_years(self, values, expected):
        assert list(with_exceptions(exception("2026-03-03", "2028-12-31", **values)).exceptions) == days(expected)

    def test_short_month_takes_its_last_day(self):
        found = with_exceptions(exception("2026-01-01", "2026-04-30", Type=4, Period=1, MonthDay=31))
        assert list(found.exceptions) == days("2026-03-31 2026-04-30")  # January's and February's are Saturdays

    def test_count_goes_before_the_end(self):
        yearly = {"Type": 2, "Month": 0, "MonthDay": 1, "EnteredByOccurrences": 1, "Occurrences": 2}
        found = with_exceptions(exception("2026-01-01", "2040-01-01", **yearly))
        assert list(found.exceptions) == days("2026-01-01 2027-01-01")

    def test_unknown_recurrence(self):
        with pytest.raises(PlanError, match="Type is 12, which is not a kind of recurrence"):
            with_exceptions(exception("2026-01-01", "2026-02-01", Type=12))

    def test_old_notation(self):
        dated = (
            "<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-03-05T00:00:00</FromDate>"
            "<ToDate>2026-03-06T23:59:00</ToDate></TimePeriod></WeekDay>"
        )
        found = read(task(1), calendars=calendar(1, "Standard", week=FIVE_DAYS + dated)).calendars["Standard"]
        assert list(found.exceptions) == days("2026-03-05 2026-03-06")

    def test_far_years_are_left_out(self):
        found = with_exceptions(exception("1984-01-01", "2049-12-31"))
        assert (min(found.exceptions).year, max(found.exceptions).year) == (2016, 2049)


def test_work_week_changes_named_days_and_yields_to_exceptions():
    saturday = week_day(7, ("08:00", "12:00"))
    work_weeks = (
        "<WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-03-02T00:00:00</FromDate><ToDate>2026-03-22T23:59:00</ToDate>"
        f"</TimePeriod><Name>Push</Name><WeekDays>{saturday}</WeekDays></WorkWeek></WorkWeeks>"
    )
    off = f"<Exceptions>{exception('2026-03-14', '2026-03-14')}</Exceptions>"
    found = read(task(1), calendars=calendar(1, "Standard", off + work_weeks)).calendars["Standard"]
    assert dict(found.exceptions) == {date(2026, 3, 7): ((480, 720),), date(2026, 3, 21): ((480, 720),)}


class TestResourceCalendars:
    def test_same_as_its_base(self):
        both = STANDARD + calendar(5, "Anna", week="", base=1)
        plan = read(calendars=both, resources=resource(1, "Anna", CalendarUID=5))
        assert list(plan.calendars) == ["Standard"]
        assert plan.resources["1"].calendar == "Standard"

    def test_takes_what_it_does_not_say_from_its_base(self):
        holiday = f"<Exceptions>{exception('2026-03-06', '2026-03-06')}</Exceptions>"
        leave = f"<Exceptions>{exception('2026-03-09', '2026-03-09')}</Exceptions>"
        plan = read(
            task(1),
            calendars=calendar(1, "Standard", holiday) + calendar(5, "Anna", leave, week=week_day(4), base=1),
            resources=resource(1, "Anna", CalendarUID=5),
        )
        anna = plan.calendars["Anna"]
        assert anna.week == (DAY, DAY, (), DAY, DAY, (), ())
        assert list(anna.exceptions) == days("2026-03-06 2026-03-09")
        assert plan.resources["1"].calendar == "Anna"

    def test_same_name_twice(self):
        plan = read(calendars=STANDARD + calendar(5, "Standard", week=week_day(4), base=1))
        assert list(plan.calendars) == ["Standard", "Standard (5)"]

    def test_circle(self):
        with pytest.raises(PlanError, match="calendar 1 'A': is based on itself"):
            read(calendars=calendar(1, "A", base=2) + calendar(2, "B", base=1))

    def test_base_that_is_missing(self):
        plan = read(calendars=calendar(1, "Anna", base=9, week=week_day(4)))
        assert "calendar 'Anna' is based on one that is not in the file; standard hours used." in str(plan.notes)
