"""Microsoft Project's XML format (MSPDI), as Project 2002 and later and many other tools write it."""
from __future__ import annotations

from datetime import date, datetime

from simcore.models.errors import PlanError
from simcore.models.finance import Finance
from simcore.models.formats.mspdi_calendars import CalendarBook, CalendarSettings, read_calendars, standard_calendar
from simcore.models.formats.mspdi_contours import CONTOURS
from simcore.models.formats.mspdi_fields import read_fields
from simcore.models.formats.mspdi_links import read_links
from simcore.models.formats.mspdi_resources import read_assignments, read_resources
from simcore.models.formats.mspdi_tasks import TaskContext, read_tasks
from simcore.models.formats.mspdi_values import Node, Reading
from simcore.models.formats.safe_xml import parse_xml
from simcore.models.plan import Activity, LagCalendar, Plan, Project, SchedulingOptions

PROJECT_ID = "P1"
"""Id of the one project of a file: the same for next month's copy, so that runs stay comparable."""
_YEARS_BEFORE, _YEARS_AFTER = 10, 30


def read_mspdi(data: bytes, name: str) -> Plan:
    """Read a plan from an MSPDI document.

    Activities are named by the unique id of their task, which the tool never changes; activity ``0`` is the project.

    Parameters
    ----------
    data : bytes
        The XML document.
    name : str
        File name without folders, for messages.

    Raises
    ------
    PlanError
        With every problem found: not XML, another kind of document, values that cannot be read, an impossible plan.
    """
    root = parse_xml(data, name)
    if root.tag != "Project":
        raise PlanError(f"{name}: is an XML document of kind <{root.tag}>, not a Microsoft Project plan (<Project>).")
    reading = Reading(name)
    project = Node(root, "", reading)
    settings = _calendar_settings(project)
    book = read_calendars(project, settings, reading)
    calendar = _project_calendar(project, book, settings, reading)
    resources = read_resources(project, book, reading)
    context = TaskContext(
        project=PROJECT_ID,
        book=book,
        calendar=calendar,
        fields=read_fields(project),
        work=read_assignments(project, resources, reading),
        reading=reading,
    )
    activities, wbs = read_tasks(project, context)
    links = read_links(project, PROJECT_ID, {activity.id for activity in activities}, reading)
    if reading.errors:
        raise PlanError(reading.errors)
    title = project.text("Title") or next((a.name for a in activities if a.id == "0" and a.name), "")
    title = title or project.text("Name") or name
    return Plan(
        name=title,
        projects=(
            Project(
                id=PROJECT_ID,
                name=title,
                start=project.date("StartDate"),
                data_date=project.date("StatusDate"),
                calendar=calendar,
                finish=project.date("FinishDate"),
            ),
        ),
        activities=tuple(activities),
        relationships=tuple(links),
        calendars=book.calendars,
        wbs=tuple(wbs),
        resources=resources,
        scheduling=_scheduling(project, settings),
        currency=project.text("CurrencyCode") or project.text("CurrencySymbol") or "",
        finance=_finance(project, activities),
        source=f"{name} (Microsoft Project XML)",
        notes=reading.notes,
    )


def _calendar_settings(project: Node) -> CalendarSettings:
    per_day = project.number("MinutesPerDay") or 480.0
    moments = [
        moment
        for tag in ("StartDate", "FinishDate", "StatusDate", "Tasks/Task/Start")
        if (moment := project.date(tag)) is not None
    ] or [datetime(2000, 1, 1)]
    return CalendarSettings(
        hours_per_day=per_day / 60,
        hours_per_week=(project.number("MinutesPerWeek") or 5 * per_day) / 60,
        hours_per_month=(project.number("DaysPerMonth") or 20.0) * per_day / 60,
        week_start=(project.integer("WeekStartDay") or 0) % 7,
        first=date(max(min(moments).year - _YEARS_BEFORE, 1), 1, 1),
        last=date(min(max(moments).year + _YEARS_AFTER, 9998), 12, 31),
    )


def _project_calendar(project: Node, book: CalendarBook, settings: CalendarSettings, reading: Reading) -> str:
    """Name of the project's calendar; the first one, or standard hours, when the file names none that it has."""
    named = book.named(project.integer("CalendarUID"))
    if named is not None:
        return named
    if book.calendars:
        first = next(iter(book.calendars))
        reading.note(f"the project names no calendar of the file; {first!r} used", "warning")
        return first
    reading.note("the file has no calendar; Monday to Friday 08:00-12:00 and 13:00-17:00 used", "warning")
    standard = standard_calendar(settings)
    book.calendars[standard.name] = standard
    return standard.name


def _finance(project: Node, activities: list[Activity]) -> Finance:
    """The month in which the fiscal year begins, and the contours that assignments use."""
    used = {assignment.curve for activity in activities for assignment in activity.assignments}
    month = project.integer("FYStartDate") or 1
    return Finance(
        fiscal_year_start=month if 1 <= month <= 12 else 1,
        curves={name: weights for name, weights in CONTOURS.items() if name in used},
    )


def _scheduling(project: Node, settings: CalendarSettings) -> SchedulingOptions:
    slack_days = project.number("CriticalSlackLimit") or 0.0
    return SchedulingOptions(
        rules="msp",
        lag_calendar=LagCalendar.SUCCESSOR,
        critical=f"float <= {slack_days * settings.hours_per_day:g}h" if slack_days else "float <= 0",
        schedule_from_finish=not project.flag("ScheduleFromStart", default=True),
        split_in_progress=project.flag("SplitsInProgressTasks", default=True),
        honour_constraints=project.flag("HonorConstraints", default=True),
        multiple_critical_paths=project.flag("MultipleCriticalPaths"),
        minutes_per_day=round(settings.hours_per_day * 60),
        minutes_per_week=round(settings.hours_per_week * 60),
        days_per_month=round(settings.hours_per_month / settings.hours_per_day) if settings.hours_per_day else 20,
    )
