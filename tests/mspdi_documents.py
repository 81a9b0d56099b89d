"""Small MSPDI documents made by hand."""
from __future__ import annotations

from simcore.models.formats.mspdi import read_mspdi
from simcore.models.plan import Activity, Plan

HEADER = {
    "Title": "Pump station",
    "ScheduleFromStart": "1",
    "StartDate": "2026-03-02T08:00:00",
    "FinishDate": "2026-03-06T17:00:00",
    "CalendarUID": "1",
    "MinutesPerDay": "480",
    "MinutesPerWeek": "2400",
    "DaysPerMonth": "20",
    "CurrencyCode": "EUR",
}
WORKING_DAY = "<WorkingTimes>{}</WorkingTimes>".format(
    "".join(
        f"<WorkingTime><FromTime>{start}:00</FromTime><ToTime>{end}:00</ToTime></WorkingTime>"
        for start, end in (("08:00", "12:00"), ("13:00", "17:00"))
    )
)


def week_day(number: int, *times: tuple[str, str]) -> str:
    """A ``WeekDay``, 1 for Sunday; without times it is a day off."""
    shifts = "".join(
        f"<WorkingTime><FromTime>{start}:00</FromTime><ToTime>{end}:00</ToTime></WorkingTime>" for start, end in times
    )
    works = f"<WorkingTimes>{shifts}</WorkingTimes>" if times else ""
    return f"<WeekDay><DayType>{number}</DayType><DayWorking>{int(bool(times))}</DayWorking>{works}</WeekDay>"


FIVE_DAYS = "".join(
    week_day(number, ("08:00", "12:00"), ("13:00", "17:00")) if 2 <= number <= 6 else week_day(number)
    for number in range(1, 8)
)


def calendar(uid: int, name: str, body: str = "", week: str = FIVE_DAYS, base: int = -1) -> str:
    """A base calendar, or with ``base`` one of a resource."""
    days = f"<WeekDays>{week}</WeekDays>" if week else ""
    return (
        f"<Calendar><UID>{uid}</UID><Name>{name}</Name><IsBaseCalendar>{int(base < 0)}</IsBaseCalendar>"
        f"<BaseCalendarUID>{base}</BaseCalendarUID>{days}{body}</Calendar>"
    )


STANDARD = calendar(1, "Standard")


def fields(**values: object) -> str:
    """Elements of these names; a value may be ready-made elements when its name is ``body``."""
    return "".join(f"{v}" if k == "body" else f"<{k}>{v}</{k}>" for k, v in values.items())


def task(uid: int, name: str = "", **values: object) -> str:
    """A task of one day from the project's start, unless told otherwise."""
    known: dict[str, object] = {
        "UID": uid,
        "Name": name or f"Task {uid}",
        "OutlineLevel": 1,
        "Start": "2026-03-02T08:00:00",
        "Finish": "2026-03-02T17:00:00",
        "Duration": "PT8H0M0S",
        "DurationFormat": 7,
    }
    return f"<Task>{fields(**(known | values))}</Task>"


def link(uid: int, **values: object) -> str:
    return f"<PredecessorLink>{fields(PredecessorUID=uid, **values)}</PredecessorLink>"


def resource(uid: int, name: str = "Crew", **values: object) -> str:
    return f"<Resource>{fields(UID=uid, Name=name, **values)}</Resource>"


def assignment(task_uid: int, resource_uid: int, *spread: tuple[str, str, str], **values: object) -> str:
    """An assignment; ``spread`` is (start, finish, work) of timephased remaining work."""
    parts = "".join(
        f"<TimephasedData>{fields(Type=1, UID=1, Start=start, Finish=finish, Unit=2, Value=work)}</TimephasedData>"
        for start, finish, work in spread
    )
    return f"<Assignment>{fields(UID=1, TaskUID=task_uid, ResourceUID=resource_uid, **values)}{parts}</Assignment>"


def document(
    tasks: str = "",
    calendars: str = STANDARD,
    resources: str = "",
    assignments: str = "",
    extra: str = "",
    **header: object,
) -> bytes:
    """A whole document."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
        f"{fields(**(HEADER | header))}{extra}<Calendars>{calendars}</Calendars><Tasks>{tasks}</Tasks>"
        f"<Resources>{resources}</Resources><Assignments>{assignments}</Assignments></Project>"
    ).encode()


def read(tasks: str = "", **parts: object) -> Plan:
    return read_mspdi(document(tasks, **parts), "plan.xml")  # type: ignore[arg-type]


def only(tasks: str, **parts: object) -> Activity:
    """The one activity of a plan."""
    (activity,) = read(tasks, **parts).activities
    return activity


def notes_of(plan: Plan) -> dict[str, str]:
    """Severity by text of what was assumed or ignored."""
    return {note.what: note.severity for note in plan.notes}
