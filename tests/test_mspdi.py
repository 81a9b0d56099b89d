"""Microsoft Project XML: every feature on a document made by hand, then real files against what their tool stored."""
from __future__ import annotations

from datetime import datetime

import pytest

from simcore.models.errors import PlanError
from simcore.models.formats.mspdi import read_mspdi
from simcore.models.plan import ActivityType, Baseline, Constraint, ConstraintType, LinkType, Segment, Status
from tests.mspdi_documents import assignment, calendar, document, fields, link, notes_of, only, read, resource, task


class TestHeader:
    def test_project(self):
        plan = read(task(1), StatusDate="2026-03-04T17:00:00")
        (project,) = plan.projects
        assert (plan.name, plan.currency, project.id, project.calendar) == ("Pump station", "EUR", "P1", "Standard")
        assert project.start == datetime(2026, 3, 2, 8)
        assert project.finish == datetime(2026, 3, 6, 17)
        assert project.data_date == datetime(2026, 3, 4, 17)

    def test_options(self):
        options = read(
            task(1),
            ScheduleFromStart=0,
            HonorConstraints=0,
            SplitsInProgressTasks=0,
            MultipleCriticalPaths=1,
            CriticalSlackLimit=2,
            MinutesPerDay=450,
            MinutesPerWeek=2250,
            DaysPerMonth=22,
        ).scheduling
        assert options.rules == "msp"
        assert options.schedule_from_finish
        assert not options.honour_constraints
        assert not options.split_in_progress
        assert options.multiple_critical_paths
        assert options.critical == "float <= 15h"
        assert (options.minutes_per_day, options.minutes_per_week, options.days_per_month) == (450, 2250, 22)

    def test_defaults_are_the_tools(self):
        options = read(task(1)).scheduling
        assert (options.critical, options.honour_constraints, options.split_in_progress) == ("float <= 0", True, True)
        assert not options.schedule_from_finish
        assert not options.multiple_critical_paths

    def test_missing_calendar_is_told(self):
        plan = read(task(1), calendars="")
        assert plan.calendars["Standard"].week[0] == ((480, 720), (780, 1020))
        assert "warning" in notes_of(plan).values()

    def test_unknown_project_calendar_is_told(self):
        assert "the project names no calendar of the file; 'Standard' used." in notes_of(read(task(1), CalendarUID=7))


class TestTasks:
    def test_plain_task(self):
        activity = only(task(7, "Dig", Priority=700, Type=1, EffortDriven=1, IgnoreResourceCalendar=1))
        assert (activity.id, activity.name, activity.type) == ("7", "Dig", ActivityType.TASK)
        assert (activity.duration, activity.elapsed, activity.remaining) == (480, False, None)
        assert (activity.priority, activity.work_type) == (700, "fixed duration")
        assert activity.effort_driven
        assert activity.ignore_resource_calendar

    @pytest.mark.parametrize("code", [4, 6, 8, 10, 12, 36, 40, 44])
    def test_elapsed_duration(self, code):
        activity = only(task(1, Duration="PT24H0M0S", DurationFormat=code, Finish="2026-03-03T08:00:00"))
        assert (activity.duration, activity.elapsed, activity.segments) == (1440, True, ())

    @pytest.mark.parametrize(("text", "minutes"), [("PT106H4M48S", 6365), ("PT0H0M30S", 0), ("P1DT2H", 1560)])
    def test_duration_is_rounded_half_even(self, text, minutes):
        assert only(task(1, Duration=text, Manual=1)).duration == minutes

    def test_missing_duration_follows_from_the_dates(self):
        text = task(1, Finish="2026-03-03T12:00:00").replace("<Duration>PT8H0M0S</Duration>", "")
        assert only(text).duration == 720

    @pytest.mark.parametrize("flag", [0, 1])
    def test_zero_duration_is_a_milestone(self, flag):
        assert only(task(1, Duration="PT0H0M0S", Milestone=flag)).type is ActivityType.FINISH_MILESTONE

    def test_milestone_with_a_duration_is_a_task(self):
        assert only(task(1, Milestone=1)).type is ActivityType.TASK

    def test_outline_becomes_wbs(self):
        rows = (("0", 0, 1), ("1", 1, 1), ("1.1", 2, 1), ("1.1.1", 3, 0), ("2", 1, 0))
        plan = read(
            "".join(
                task(uid, OutlineNumber=number, OutlineLevel=level, Summary=summary)
                for uid, (number, level, summary) in enumerate(rows)
            )
        )
        summaries = [activity.id for activity in plan.activities if activity.type is ActivityType.SUMMARY]
        assert summaries == ["0", "1", "2"]
        assert [activity.wbs for activity in plan.activities] == ["0", "1", "1.1", "1.1", "0"]
        assert [(node.code, node.parent) for node in plan.wbs] == [("0", None), ("1", "0"), ("1.1", "1")]

    def test_outline_without_numbers(self):
        plan = read("".join(task(uid, OutlineLevel=level) for uid, level in ((0, 0), (5, 1), (6, 2), (9, 2))))
        assert [(node.code, node.parent) for node in plan.wbs] == [("0", None), ("1", "0")]
        assert plan.activities[3].wbs == "1"

    def test_wbs_code_of_the_users_own(self):
        assert only(task(1, WBS="PS-01", OutlineNumber="1")).fields == {"WBS": "PS-01"}

    def test_blank_row_is_left_out(self):
        assert len(read(task(1) + task(2, IsNull=1)).activities) == 1

    def test_manual_and_inactive(self):
        activity = only(task(1, Manual=1, Active=0))
        assert activity.manual
        assert activity.inactive

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (2, ConstraintType.MANDATORY_START),
            (3, ConstraintType.MANDATORY_FINISH),
            (4, ConstraintType.START_NO_EARLIER_THAN),
            (5, ConstraintType.START_NO_LATER_THAN),
            (6, ConstraintType.FINISH_NO_EARLIER_THAN),
            (7, ConstraintType.FINISH_NO_LATER_THAN),
        ],
    )
    def test_constraint(self, code, kind):
        activity = only(task(1, ConstraintType=code, ConstraintDate="2026-03-04T08:00:00"))
        assert activity.constraints == (Constraint(kind, datetime(2026, 3, 4, 8)),)

    def test_constraint_without_a_date_of_its_own(self):
        late = only(task(1, ConstraintType=1, ConstraintDate="1970-01-01T01:00:00"))
        assert late.constraints == (Constraint(ConstraintType.AS_LATE_AS_POSSIBLE),)
        assert only(task(1, ConstraintType=0, ConstraintDate="2026-03-04T08:00:00")).constraints == ()
        plan = read(task(1, ConstraintType=4))
        assert notes_of(plan)["constraints without a date ignored."] == "warning"

    def test_calendar_deadline_and_levelling(self):
        night = calendar(3, "Night")
        activity = only(
            task(1, CalendarUID=3, Deadline="2026-04-01T17:00:00", LevelingDelay=4800, LevelingDelayFormat=7),
            calendars=calendar(1, "Standard") + night,
        )
        assert (activity.calendar, activity.deadline) == ("Night", datetime(2026, 4, 1, 17))
        assert (activity.levelling_delay, activity.levelling_delay_elapsed) == (480, False)
        assert only(task(1, LevelingDelay=14400, LevelingDelayFormat=8)).levelling_delay_elapsed

    def test_file_dates(self):
        dates = only(
            task(
                1,
                EarlyStart="2026-03-02T08:00:48",
                EarlyFinish="2026-03-02T17:00:00",
                LateStart="2026-03-03T08:00:00",
                LateFinish="2026-03-03T17:00:00",
                TotalSlack=4800,
                FreeSlack=0,
                Critical=0,
            )
        ).file_dates
        assert (dates.start, dates.finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 17))
        assert (dates.early_start, dates.early_finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 17))
        assert (dates.late_start, dates.late_finish) == (datetime(2026, 3, 3, 8), datetime(2026, 3, 3, 17))
        assert (dates.total_float, dates.free_float, dates.critical) == (480, 0, False)

    def test_slack_that_is_left_out_is_zero_only_when_scheduled(self):
        assert only(task(1)).file_dates.total_float is None
        assert only(task(1, LateFinish="2026-03-02T17:00:00")).file_dates.total_float == 0

    def test_baseline(self):
        first = fields(Number=0, Start="2026-03-02T08:00:00", Duration="PT16H0M0S", Work="PT20H0M0S", Cost=150000)
        plan = read(task(1, body=f"<Baseline>{first}</Baseline><Baseline>{fields(Number=3)}</Baseline>"))
        expected = Baseline(start=datetime(2026, 3, 2, 8), duration=960, work=1200, cost=1500)
        assert plan.activities[0].baseline == expected
        assert "baselines 1 to 10 of tasks ignored." in notes_of(plan)

    def test_placeholders_for_other_projects(self):
        plan = read(task(1, ExternalTask=1, ExternalTaskProject="other.mpp") + task(2, IsSubproject=1, Summary=1))
        assert [activity.manual for activity in plan.activities] == [True, True]
        assert plan.activities[0].fields == {"Project file": "other.mpp"}
        assert notes_of(plan)["tasks of other projects kept as placeholders with fixed dates: 2."] == "warning"

    def test_notes_are_counted(self):
        plan = read(task(1, Notes="Mind the gap") + task(2, Notes="and the edge"))
        assert "notes of tasks ignored: 2." in notes_of(plan)


class TestProgress:
    def test_in_progress(self):
        activity = only(
            task(
                1,
                Duration="PT16H0M0S",
                Finish="2026-03-03T17:00:00",
                PercentComplete=25,
                ActualStart="2026-03-02T08:00:00",
                RemainingDuration="PT12H0M0S",
                Stop="2026-03-02T12:00:00",
                Resume="2026-03-02T13:00:00",
            )
        )
        assert (activity.status, activity.actual_start) == (Status.IN_PROGRESS, datetime(2026, 3, 2, 8))
        assert (activity.remaining, activity.percent_complete) == (720, 0.25)
        assert (activity.suspend, activity.resume) == (datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 13))

    def test_remaining_fits_the_minute_in_which_work_resumes(self):
        activity = only(
            task(
                1,
                ActualStart="2026-03-02T08:00:00",
                RemainingDuration="PT3H50M24S",
                Stop="2026-03-02T13:09:36",
                Resume="2026-03-02T13:09:36",
            )
        )
        assert (activity.resume, activity.remaining) == (datetime(2026, 3, 2, 13, 9), 231)

    def test_remaining_follows_from_the_percentage(self):
        assert only(task(1, PercentComplete=25)).remaining == 360

    def test_completed(self):
        dates = {"ActualStart": "2026-03-02T08:00:00", "ActualFinish": "2026-03-02T17:00:00"}
        activity = only(task(1, PercentComplete=100, **dates))
        assert (activity.status, activity.remaining_duration) == (Status.COMPLETED, 0)
        assert activity.actual_finish == datetime(2026, 3, 2, 17)

    def test_all_done_without_actual_dates(self):
        activity = only(task(1, PercentComplete=100))
        assert (activity.actual_start, activity.actual_finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 17))


class TestSplits:
    PAUSED = (
        ("2026-03-02T08:00:00", "2026-03-03T17:00:00", "PT16H0M0S"),
        ("2026-03-04T08:00:00", "2026-03-04T17:00:00", "PT0H0M0S"),
        ("2026-03-05T08:00:00", "2026-03-05T17:00:00", "PT8H0M0S"),
    )

    def split(self, *spread, resource_uid=-65535, finish="2026-03-05T17:00:00", duration="PT24H0M0S", **values):
        text = task(1, Duration=duration, Finish=finish, **values)
        return only(text, assignments=assignment(1, resource_uid, *spread)).segments

    def test_parts(self):
        assert self.split(*self.PAUSED) == (Segment(0, 960), Segment(1440, 480))

    def test_parts_told_a_day_at_a_time(self):
        assert self.split(
            ("2026-03-02T08:00:00", "2026-03-03T08:00:00", "PT8H0M0S"),
            ("2026-03-03T08:00:00", "2026-03-04T08:00:00", "PT6H0M0S"),
            ("2026-03-04T08:00:00", "2026-03-05T08:00:00", "PT0H0M0S"),
            ("2026-03-05T08:00:00", "2026-03-05T17:00:00", "PT8H0M0S"),
            duration="PT22H0M0S",
        ) == (Segment(0, 840), Segment(1440, 480))

    def test_whole_task_with_a_weekend_in_it(self):
        spread = (
            ("2026-03-05T08:00:00", "2026-03-07T08:00:00", "PT16H0M0S"),
            ("2026-03-07T08:00:00", "2026-03-09T08:00:00", "PT0H0M0S"),
            ("2026-03-09T08:00:00", "2026-03-09T17:00:00", "PT8H0M0S"),
        )
        assert self.split(*spread, Start="2026-03-05T08:00:00", finish="2026-03-09T17:00:00") == ()

    def test_late_beginning(self):
        spread = (("2026-03-03T08:00:00", "2026-03-05T17:00:00", "PT24H0M0S"),)
        assert self.split(*spread) == (Segment(480, 1440),)

    def test_pause_in_progress(self):
        segments = self.split(
            PercentComplete=33,
            ActualStart="2026-03-02T08:00:00",
            Stop="2026-03-02T17:00:00",
            Resume="2026-03-04T08:00:00",
        )
        assert segments == (Segment(0, 480), Segment(960, 960))

    def test_unknown_pause_keeps_the_dates(self):
        plan = read(task(1, Duration="PT24H0M0S", Finish="2026-03-05T17:00:00"))
        assert plan.activities[0].segments == (Segment(0, 720), Segment(1200, 720))
        assert "split tasks whose file does not say where; paused half-way, their dates kept." in notes_of(plan)

    def test_resource_that_is_away_does_not_split(self):
        period = "<FromDate>2026-03-03T00:00:00</FromDate><ToDate>2026-03-04T23:59:00</ToDate>"
        away = f"<TimePeriod>{period}</TimePeriod><Type>1</Type><DayWorking>0</DayWorking>"
        away = f"<Exceptions><Exception>{away}</Exception></Exceptions>"
        activity = only(
            task(1, Duration="PT16H0M0S", Finish="2026-03-05T17:00:00"),
            calendars=calendar(1, "Standard") + calendar(5, "Anna", away, week="", base=1),
            resources=resource(1, "Anna", Type=1, CalendarUID=5),
            assignments=assignment(1, 1, ("2026-03-02T08:00:00", "2026-03-05T17:00:00", "PT16H0M0S")),
        )
        assert activity.segments == ()


class TestLinks:
    @pytest.mark.parametrize(("code", "kind"), [(0, LinkType.FF), (1, LinkType.FS), (2, LinkType.SF), (3, LinkType.SS)])
    def test_types(self, code, kind):
        (found,) = read(task(1) + task(2, body=link(1, Type=code))).relationships
        assert (found.predecessor.id, found.successor.id, found.type) == ("1", "2", kind)
        assert (found.lag, found.percent, found.elapsed) == (0, None, False)

    @pytest.mark.parametrize(
        ("lag", "unit", "expected"),
        [
            (9600, 7, (960, None, False)),
            (-4800, 7, (-480, None, False)),
            (28800, 8, (2880, None, True)),
            (50, 19, (0, 0.5, False)),
            (-75, 19, (0, -0.75, False)),
            (50, 20, (0, 0.5, True)),
            (24000, 41, (2400, None, False)),
        ],
    )
    def test_lags(self, lag, unit, expected):
        (found,) = read(task(1) + task(2, body=link(1, Type=1, LinkLag=lag, LagFormat=unit))).relationships
        assert (found.lag, found.percent, found.elapsed) == expected

    def test_links_out_of_the_file_are_told(self):
        plan = read(task(1, body=link(8, Type=1, CrossProject=1) + link(9, Type=1)))
        assert plan.relationships == ()
        texts = " ".join(notes_of(plan))
        assert "tasks of other projects ignored; their effect on dates is lost." in texts
        assert "tasks that are not in the file ignored." in texts

    def test_links_of_summaries_stay(self):
        tasks = task(1, Summary=1) + task(2, OutlineLevel=2) + task(3, body=link(1, Type=1))
        assert [found.predecessor.id for found in read(tasks).relationships] == ["1"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"Duration": "8 days"}, r"plan.xml task 1 'Task 1': Duration is '8 days', which is not a duration"),
            ({"Start": "next week"}, r"Start is 'next week', which is not a date. Write it as"),
            ({"PercentComplete": "half"}, r"PercentComplete is 'half', which is not a number"),
            ({"PercentComplete": "nan"}, r"PercentComplete is 'nan', which is not a number"),
            ({"OutlineLevel": "1.5"}, r"OutlineLevel is '1.5', which is not a whole number"),
            ({"Manual": "maybe"}, r"Manual is 'maybe', which is not 0 or 1"),
            ({"ConstraintType": "9"}, r"ConstraintType is 9, not 0 to 7"),
            ({"body": link(1, Type=5)}, r"predecessor: Type is 5, not 0 \(FF\)"),
        ],
    )
    def test_values(self, values, message):
        with pytest.raises(PlanError, match=message):
            read(task(1, **values))

    def test_all_problems_at_once(self):
        with pytest.raises(PlanError) as caught:
            read(task(1, Duration="x") + task(1) + task(2, Start="y"))
        assert len(caught.value.problems) == 3
        assert "has the UID of a task before it" in str(caught.value)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", r"plan.xml:1:1: not well-formed XML \(no element found\)"),
            (b"<Project><Tasks>", r"plan.xml:1:\d+: not well-formed XML"),
            (document()[:300], r"not well-formed XML"),
            (b"<APIBusinessObjects/>", r"kind <APIBusinessObjects>, not a Microsoft Project plan"),
            (b'<?xml version="1.0" encoding="klingon"?><Project/>', r"unknown encoding|cannot be decoded"),
            (b'<!DOCTYPE Project [<!ENTITY a "b">]><Project>&a;</Project>', r"plan.xml:1: has a document type"),
            (b'<!DOCTYPE Project SYSTEM "http://example.com/x.dtd"><Project/>', r"has a document type"),
        ],
    )
    def test_documents(self, data, message):
        with pytest.raises(PlanError, match=message):
            read_mspdi(data, "plan.xml")

    @pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "utf-8-sig"])
    def test_encodings(self, encoding):
        text = document(task(1, "Überlauf")).decode()
        declared = "utf-8" if encoding == "utf-8-sig" else encoding
        plan = read_mspdi(text.replace("UTF-8", declared).encode(encoding), "plan.xml")
        assert plan.activities[0].name == "Überlauf"
