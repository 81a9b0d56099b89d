"""P6 XML: the same plan as from the XER, by hand-made files and by real pairs."""
from __future__ import annotations

import dataclasses
import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from simcore.models.errors import PlanError
from simcore.models.formats.p6xml import read_p6xml
from simcore.models.formats.xer import read_xer
from simcore.models.plan import ActivityType, Constraint, ConstraintType, LagCalendar, LinkType, Plan, Ref, Status
from tests.p6_cases import only
from tests.shared_data import SHARED, needs_shared

WORKDAY = "<StandardWorkHours><DayOfWeek>{}</DayOfWeek>{}</StandardWorkHours>"
WORK = "<WorkTime><Start>{}:00</Start><Finish>{}:00</Finish></WorkTime>"
MORNING = WORK.format("08:00", "11:59") + WORK.format("13:00", "16:59")
WEEK = "".join(WORKDAY.format(day, MORNING) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
CALENDAR = f"""<Calendar><ObjectId>1</ObjectId><Name>Office</Name><IsDefault>1</IsDefault><HoursPerDay>8</HoursPerDay>
<StandardWorkWeek>{WEEK}{WORKDAY.format("Saturday", '<WorkTime xsi:nil="true"/>')}
{WORKDAY.format("Sunday", WORK.format("00:00", "23:59"))}</StandardWorkWeek>
<HolidayOrExceptions><HolidayOrException><Date>2026-04-03T00:00:00</Date><WorkTime xsi:nil="true"/></HolidayOrException>
<HolidayOrException><Date>2026-04-11T00:00:00</Date>{MORNING}</HolidayOrException></HolidayOrExceptions></Calendar>"""
ACTIVITY = """<Activity><ObjectId>{0}</ObjectId><Id>{1}</Id><Name>{1}</Name><ProjectObjectId>7</ProjectObjectId>
<CalendarObjectId>1</CalendarObjectId><Type>Task Dependent</Type><Status>Not Started</Status>
<PlannedDuration>40</PlannedDuration><RemainingDuration>39,5</RemainingDuration>
<WBSObjectId xsi:nil="true"/><ActualStartDate xsi:nil="true"/>{2}</Activity>"""
LINK = """<Relationship><PredecessorActivityObjectId>11</PredecessorActivityObjectId>
<SuccessorActivityObjectId>12</SuccessorActivityObjectId><Type>Start to Finish</Type><Lag>-4</Lag></Relationship>"""


def document(
    first: str = "", project: str = "", top: str = "", calendar: str = CALENDAR, activities: str | None = None
) -> bytes:
    """A small P6 XML with something more in the first activity, the project or beside it."""
    both = ACTIVITY.format(11, "A10", first) + ACTIVITY.format(12, "A20", "") if activities is None else activities
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<APIBusinessObjects xmlns="urn:p6" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Currency><ObjectId>1</ObjectId><Id>EUR</Id><ExchangeRate>1</ExchangeRate></Currency>{calendar}{top}
<Project><ObjectId>7</ObjectId><Id>PUMP</Id><Name>Pump station</Name><DataDate>2026-03-02T08:00:00</DataDate>
<PlannedStartDate>2026-03-02T08:00:00</PlannedStartDate><MustFinishByDate>2026-12-18T17:00:00</MustFinishByDate>
<ActivityDefaultCalendarObjectId>1</ActivityDefaultCalendarObjectId><WBSCodeSeparator>.</WBSCodeSeparator>
<WBS><ObjectId>71</ObjectId><Code>CIV</Code><Name>Civil works</Name><ProjectObjectId>7</ProjectObjectId></WBS>
{both}{LINK if activities is None else ""}{project}</Project></APIBusinessObjects>""".encode()


def read(*args: str, **parts: str) -> Plan:
    return read_p6xml(document(*args, **parts), "plan.xml")


def test_a_small_plan_is_read_whole() -> None:
    small = read()
    assert [a.id for a in small.activities] == ["A10", "A20"]
    first = small.activities[0]
    assert (first.duration, first.remaining, first.wbs) == (2400, 2370, "PUMP")
    link = small.relationships[0]
    assert (link.predecessor, link.type, link.lag) == (Ref("PUMP", "A10"), LinkType.SF, -240)
    assert [(node.code, node.parent) for node in small.wbs] == [("PUMP", None), ("PUMP.CIV", "PUMP")]
    assert small.projects[0].must_finish_by == datetime(2026, 12, 18, 17)
    assert (small.name, small.currency) == ("Pump station", "EUR")
    assert small.source == "plan.xml, Primavera P6 XML"


def test_calendars_end_a_minute_after_their_last_one() -> None:
    calendar = read().calendars["Office"]
    assert calendar.week[0] == ((480, 720), (780, 1020))
    assert calendar.week[5:] == ((), ((0, 1440),))
    assert calendar.exceptions == {date(2026, 4, 3): (), date(2026, 4, 11): ((480, 720), (780, 1020))}


def test_progress_constraints_and_dates() -> None:
    first = """<Status>In Progress</Status><ActualStartDate>2026-02-27T08:00:00</ActualStartDate>
    <PercentCompleteType>Physical</PercentCompleteType><PhysicalPercentComplete>0.35</PhysicalPercentComplete>
    <PrimaryConstraintType>Finish On or Before</PrimaryConstraintType>
    <PrimaryConstraintDate>2026-04-01T17:00:00</PrimaryConstraintDate>
    <SecondaryConstraintType>As Late As Possible</SecondaryConstraintType>
    <RemainingEarlyStartDate>2026-03-02T08:00:00</RemainingEarlyStartDate>
    <RemainingLateFinishDate>2026-03-09T17:00:30</RemainingLateFinishDate>
    <ExternalEarlyStartDate>2026-03-01T08:00:00</ExternalEarlyStartDate><IsLongestPath>1</IsLongestPath>"""
    started, other = read(first.replace("\n", "")).activities
    assert (started.status, started.percent_complete) == (Status.IN_PROGRESS, pytest.approx(0.35))
    assert started.constraints == (
        Constraint(ConstraintType.FINISH_NO_LATER_THAN, datetime(2026, 4, 1, 17)),
        Constraint(ConstraintType.AS_LATE_AS_POSSIBLE),
    )
    assert started.external_early_start == datetime(2026, 3, 1, 8)
    dates = started.file_dates
    assert dates is not None
    assert (dates.start, dates.early_start) == (datetime(2026, 2, 27, 8), datetime(2026, 3, 2, 8))
    assert (dates.late_finish, dates.longest_path) == (datetime(2026, 3, 9, 17, 1), True)
    assert other.file_dates is not None
    assert other.file_dates.longest_path is False


def test_scheduling_options_of_their_own_and_of_the_project() -> None:
    own = """<ScheduleOptions><OutOfSequenceScheduleType>Progress Override</OutOfSequenceScheduleType>
    <RelationshipLagCalendar>24 Hour Calendar</RelationshipLagCalendar>
    <UseExpectedFinishDates>0</UseExpectedFinishDates>
    <ComputeTotalFloatType>Smallest of Start Float and Finish Float</ComputeTotalFloatType>
    <CriticalActivityPathType>Longest Path</CriticalActivityPathType></ScheduleOptions>"""
    options = read(project=own).scheduling
    assert (options.logic, options.lag_calendar, options.float) == ("override", LagCalendar.ALWAYS, "smallest")
    assert (options.critical, options.use_expected_finish) == ("longest path", False)
    inline = """<RelationshipLagCalendar>Successor Activity Calendar</RelationshipLagCalendar>
    <OutOfSequenceScheduleType>Actual Dates</OutOfSequenceScheduleType>
    <IgnoreOtherProjectRelationships>1</IgnoreOtherProjectRelationships>"""
    options = read(project=inline).scheduling
    assert (options.logic, options.lag_calendar, options.ignore_other_projects) == (
        "actual dates", LagCalendar.SUCCESSOR, True,
    )  # fmt: skip


def test_types_of_activities() -> None:
    kinds = ["Resource Dependent", "Level of Effort", "Start Milestone", "Finish Milestone", "WBS Summary"]
    found = [read(f"<Type>{kind}</Type>").activities[0].type for kind in kinds]
    assert found == [
        ActivityType.RESOURCE_DEPENDENT, ActivityType.HAMMOCK, ActivityType.START_MILESTONE,
        ActivityType.FINISH_MILESTONE, ActivityType.SUMMARY,
    ]  # fmt: skip


def test_resources_codes_fields_and_costs() -> None:
    top = """<Resource><ObjectId>5</ObjectId><Id>CRANE</Id><ResourceType>Nonlabor</ResourceType></Resource>
    <ResourceRate><ResourceObjectId>5</ResourceObjectId><PricePerUnit>120,5</PricePerUnit></ResourceRate>
    <ActivityCodeType><ObjectId>1</ObjectId><Name>Phase</Name></ActivityCodeType>
    <ActivityCode><ObjectId>2</ObjectId><CodeTypeObjectId>1</CodeTypeObjectId><CodeValue>D</CodeValue></ActivityCode>
    <UDFType><ObjectId>3</ObjectId><SubjectArea>Activity</SubjectArea><Title>Owner</Title></UDFType>"""
    first = """<Code><TypeObjectId>1</TypeObjectId><ValueObjectId>2</ValueObjectId></Code>
    <UDF><TypeObjectId>3</TypeObjectId><TextValue>Ada</TextValue></UDF>"""
    project = """<ResourceAssignment><ActivityObjectId>11</ActivityObjectId><ResourceObjectId>5</ResourceObjectId>
    <PlannedUnits>40</PlannedUnits><ActualUnits>10</ActualUnits><ActualCost>1205</ActualCost>
    <PlannedCost>4820</PlannedCost><DrivingActivityDatesFlag>0</DrivingActivityDatesFlag></ResourceAssignment>
    <ActivityExpense><ActivityObjectId>11</ActivityObjectId><ExpenseItem>Fee</ExpenseItem><PlannedCost>5</PlannedCost>
    <AccrualType>End of Activity</AccrualType></ActivityExpense><ActivityNote><Note>x</Note></ActivityNote>"""
    small = read(first, project, top)
    activity = small.activities[0]
    assert (activity.codes, activity.fields) == ({"Phase": "D"}, {"Owner": "Ada"})
    assert small.resources["CRANE"].rates[0].price == 120.5
    crane = activity.assignments[0]
    assert (crane.work, crane.actual_work, crane.actual_cost, crane.drives) == (2400, 600, 1205, False)
    assert (activity.expenses[0].name, activity.expenses[0].accrual) == ("Fee", "end")
    assert "1 row" in only(small.notes, "notes of activities")


def test_baselines_and_external_projects_are_no_projects_of_the_plan() -> None:
    top = """<BaselineProject><ObjectId>9</ObjectId><Id>PUMP - B1</Id>
    <OriginalProjectObjectId>7</OriginalProjectObjectId><Activity><ObjectId>91</ObjectId><Id>A10</Id>
    <ProjectObjectId>9</ProjectObjectId><PlannedDuration>32</PlannedDuration><StartDate>2026-01-05T08:00:00</StartDate>
    <PlannedStartDate>2026-01-05T08:00:00</PlannedStartDate></Activity></BaselineProject>
    <Project external="true"><ObjectId>8</ObjectId><Id>PIPE</Id><Activity><ObjectId>81</ObjectId><Id>B10</Id></Activity>
    </Project>"""
    outside = """<Relationship><PredecessorActivityObjectId>81</PredecessorActivityObjectId>
    <SuccessorActivityObjectId>11</SuccessorActivityObjectId><Type>Finish to Start</Type></Relationship>"""
    small = read(project=outside, top=top)
    assert [project.id for project in small.projects] == ["PUMP"]
    baseline = small.activities[0].baseline
    assert baseline is not None
    assert (baseline.start, baseline.duration) == (datetime(2026, 1, 5, 8), 1920)
    assert "1 relationship with" in only(small.notes, "activities that are not in the file")


BROKEN = {
    "other XML": (b"<Project/>", "not a P6 XML file: it begins with <Project>"),
    "no XML": (b"ERMHDR\t23.12", "not well-formed XML"),
    "cut off": (document()[:-40], "not well-formed XML"),
    "no project": (b"<APIBusinessObjects/>", "no project in the file"),
    "entities": (b'<!DOCTYPE x [<!ENTITY a "b">]><APIBusinessObjects>&a;</APIBusinessObjects>', "document type"),
    "type": (document("<Type>Odd</Type>"), "Activity A10: task_type is 'Odd'"),
    "date": (document("<SuspendDate>soon</SuspendDate>"), "Activity A10: suspend_date is 'soon', not a date"),
    "logic": (
        document(project="<OutOfSequenceScheduleType>Odd</OutOfSequenceScheduleType>"), "sched_retained_logic is 'Odd'",
    ),
    "weekday": (document(calendar=CALENDAR.replace("Monday", "Lundi")), "calendar 'Office' are damaged"),
    "clock": (document(calendar=CALENDAR.replace("08:00:00", "8 o'clock")), "calendar 'Office' are damaged"),
    "holiday": (document(calendar=CALENDAR.replace("2026-04-03", "April")), "calendar 'Office' are damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_damaged_files_are_refused_with_their_place(case: str) -> None:
    data, message = BROKEN[case]
    with pytest.raises(PlanError, match=message):
        read_p6xml(data, "plan.xml")


@needs_shared
@pytest.mark.parametrize("path", sorted(SHARED.glob("plans/other_formats/*.pmxml.xml")), ids=lambda path: path.stem)
def test_real_files_open(path: Path) -> None:
    assert read_p6xml(path.read_bytes(), path.name).activities


def derived() -> list[dict[str, Any]]:
    index = SHARED / "plans" / "derived" / "index.json"
    entries = json.loads(index.read_text(encoding="utf-8")) if index.exists() else []
    return [entry for entry in entries if "pmxml" in entry["derived"]]


LOST = {"total_float", "free_float", "critical", "longest_path"}
LOST_WHEN_COMPLETE = {"early_start", "early_finish", "late_start", "late_finish"}
"""What the program that made the copies does not write."""


@needs_shared
@pytest.mark.parametrize("entry", derived(), ids=lambda entry: entry["derived"])
def test_copies_give_the_plan_of_their_originals(entry: dict[str, Any]) -> None:
    copy = read_p6xml(gzip.decompress((SHARED / "plans" / entry["derived"]).read_bytes()), "copy.xml")
    original = read_xer((SHARED / "plans" / entry["from"]).read_bytes(), "original.xer")
    assert [comparable(a) for a in copy.activities] == [comparable(a) for a in original.activities]
    assert set(copy.relationships) == set(original.relationships)
    assert copy.calendars == original.calendars
    assert (copy.projects, copy.scheduling) == (original.projects, original.scheduling)
    assert sorted(copy.wbs, key=lambda node: node.code) == sorted(original.wbs, key=lambda node: node.code)
    assert copy.resources == original.resources


def comparable(activity: Any) -> dict[str, Any]:
    """An activity as plain values, without what the copies have lost."""
    values = dataclasses.asdict(activity)
    for assignment in values["assignments"]:
        del assignment["drives"]
    lost = LOST | LOST_WHEN_COMPLETE if activity.status is Status.COMPLETED else LOST
    values["file_dates"] = {key: value for key, value in values["file_dates"].items() if key not in lost}
    return rounded(values)


def rounded(value: Any) -> Any:
    """Floats to six digits: the copies are written with fewer than the originals."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


@needs_shared
def test_p6_itself_writes_the_same_plan_both_ways() -> None:
    folder = SHARED / "plans" / "other_formats"
    from_xml = read_p6xml((folder / "percent-complete-8.4.pmxml.xml").read_bytes(), "plan")
    from_xer = read_xer((folder / "percent-complete-8.4.xer").read_bytes(), "plan")
    assert [comparable(a) for a in from_xml.activities] == [comparable(a) for a in from_xer.activities]
    assert [a.percent_complete for a in from_xml.activities] == [a.percent_complete for a in from_xer.activities]
    assert from_xml.calendars == from_xer.calendars
