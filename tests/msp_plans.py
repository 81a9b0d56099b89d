"""Small plans under Microsoft Project's rules: Monday to Friday 08:00-12:00 and 13:00-17:00, from Monday 2 March 2026."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np

import simcore
from simcore.models.calendars import Calendar
from simcore.models.costs import Assignment, Resource
from simcore.models.plan import (
    Activity,
    ActivityType,
    Constraint,
    ConstraintType,
    FileDates,
    LagCalendar,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Wbs,
)
from simcore.scheduling import Schedule

DAY = 480
SHIFTS = ((480, 720), (780, 1020))
STANDARD = Calendar(name="standard", week=(SHIFTS,) * 5 + ((), ()))
NIGHTS = Calendar(name="nights", week=(((1200, 1440),),) * 5 + ((), ()))
MORNINGS = Calendar(name="mornings", week=(((480, 720),),) * 5 + ((), ()))


def day(number: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment in March 2026; 2 is a Monday."""
    return datetime(2026, 3, number, hour, minute)


def task(ident: str, days: float = 1, **more: Any) -> Activity:
    """A task of so many days; a milestone when it has none."""
    minutes = round(days * DAY)
    kind = more.pop("type", ActivityType.TASK if minutes else ActivityType.FINISH_MILESTONE)
    return Activity(project="P", id=ident, type=kind, duration=minutes, **more)


def summary(ident: str, **more: Any) -> Activity:
    """A summary of the tasks whose ``wbs`` is its id."""
    return Activity(project="P", id=ident, type=ActivityType.SUMMARY, wbs=ident, **more)


def link(text: str, lag: int = 0, **more: Any) -> Relationship:
    """``link("a FS b")``."""
    before, kind, after = text.split()
    return Relationship(Ref("P", before), Ref("P", after), LinkType(kind), lag, **more)


def must(kind: str, moment: datetime | None = None) -> tuple[Constraint, ...]:
    return (Constraint(ConstraintType(kind), moment),)


def placed(start: datetime, finish: datetime) -> dict[str, Any]:
    """What makes a task manually scheduled."""
    return {"manual": True, "file_dates": FileDates(start=start, finish=finish)}


def worker(calendar: str, **more: Any) -> Assignment:
    """An assignment of the resource that works on this calendar."""
    return Assignment(resource=calendar, units=1.0, **more)


def plan_of(activities: Iterable[Activity], links: Iterable[Relationship] = (), **options: Any) -> Plan:
    """A plan of one project."""
    activities = tuple(activities)
    finish, data_date = options.pop("finish", None), options.pop("data_date", None)
    calendars: Mapping[str, Calendar] = {c.name: c for c in (STANDARD, NIGHTS, MORNINGS)}
    return Plan(
        projects=(Project(id="P", start=day(2), data_date=data_date, finish=finish, calendar="standard"),),
        activities=activities,
        relationships=tuple(links),
        calendars=calendars,
        wbs=tuple(
            Wbs(code=a.wbs or "", parent=a.fields.get("parent"), project="P")
            for a in activities if a.type is ActivityType.SUMMARY
        ),
        resources={name: Resource(id=name, calendar=name) for name in calendars},
        scheduling=SchedulingOptions(rules="msp", lag_calendar=LagCalendar.SUCCESSOR, **options),
    )  # fmt: skip


def scheduled(activities: Iterable[Activity], links: Iterable[Relationship] = (), **options: Any) -> dict[str, dict[str, Any]]:
    """Rows of the schedule by id; dates as datetime."""
    return by_id(simcore.schedule(plan_of(activities, links, **options)))


def by_id(schedule: Schedule) -> dict[str, dict[str, Any]]:
    rows = {}
    for row in schedule:
        dates = {k: v.astype("datetime64[m]").item() for k, v in row.items() if isinstance(v, np.datetime64)}
        rows[str(row["id"])] = {**row, **dates}
    return rows


def dates(row: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return row["start"], row["finish"]


def late(row: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return row["late_start"], row["late_finish"]


