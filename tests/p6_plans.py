"""Small plans for the rules of Primavera P6: 8 hours a day, Monday to Friday, data date Monday 2026-03-02 08:00."""
from __future__ import annotations

from datetime import datetime
from typing import Any

import simcore
from simcore.models.calendars import Calendar
from simcore.models.costs import Resource
from simcore.models.plan import (
    Activity,
    Constraint,
    ConstraintType,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Status,
)
from simcore.scheduling import Schedule

DAY = 480
OFFICE = ((480, 720), (780, 1020))
CALENDARS = {
    "office": Calendar(name="office", week=(OFFICE,) * 5 + ((),) * 2),
    "every day": Calendar(name="every day", week=(OFFICE,) * 7),
    "early": Calendar(name="early", week=(((360, 840),),) * 5 + ((),) * 2),
}
DATA_DATE = datetime(2026, 3, 2, 8)


def at(text: str) -> datetime:
    """``"03-04 08:00"`` in 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M")


def task(ident: str, days: float = 1, project: str = "P", **values: Any) -> Activity:
    """An activity of so many days of eight hours."""
    return Activity(project=project, id=ident, duration=round(days * DAY), **values)


def started(ident: str, start: str, remaining: float, **values: Any) -> Activity:
    """An activity in progress with so many days left."""
    return task(ident, 10, status=Status.IN_PROGRESS, actual_start=at(start), remaining=round(remaining * DAY), **values)


def done(ident: str, start: str, finish: str, **values: Any) -> Activity:
    """A completed activity."""
    return task(ident, status=Status.COMPLETED, actual_start=at(start), actual_finish=at(finish), **values)


def link(text: str, **values: Any) -> Relationship:
    """``"A FS B"``, ``"A SS+2 B"``: lags in days of eight hours."""
    before, kind, after = text.split()
    lag = round(float(kind[2:] or 0) * DAY)
    return Relationship(ref(before), ref(after), LinkType(kind[:2]), lag, **values)


def ref(text: str) -> Ref:
    project, _, ident = text.rpartition(":")
    return Ref(project or "P", ident)


def on(kind: ConstraintType, date: str | None = None) -> tuple[Constraint, ...]:
    return (Constraint(kind, at(date) if date else None),)


def plan(
    *activities: Activity, links: tuple[str, ...] = (), project: dict[str, Any] | None = None,
    resources: dict[str, Resource] | None = None, **options: Any,
) -> Plan:
    """A plan of one or more projects; ``options`` are scheduling options."""
    ids = dict.fromkeys(a.project for a in activities)
    values = {"data_date": DATA_DATE, "start": DATA_DATE, "calendar": "office"} | (project or {})
    return Plan(
        projects=tuple(Project(id=name, **values) for name in ids),
        activities=activities,
        relationships=tuple(link(text) for text in links),
        calendars=CALENDARS,
        resources=resources or {},
        scheduling=SchedulingOptions(rules="p6", **options),
    )


class Dates:
    """Dates of a schedule, as short text."""

    def __init__(self, plan: Plan):
        self.schedule: Schedule = simcore.schedule(plan)
        self.rows = {row["id"]: row for row in self.schedule}

    def _text(self, ident: str, first: str, last: str) -> str:
        row = self.rows[ident]
        return " - ".join(row[name].item().strftime("%m-%d %H:%M") for name in (first, last))

    def early(self, ident: str) -> str:
        return self._text(ident, "early_start", "early_finish")

    def late(self, ident: str) -> str:
        return self._text(ident, "late_start", "late_finish")

    def total_float(self, ident: str) -> float:
        """Days of eight hours."""
        return float(self.rows[ident]["total_float_hours"]) / 8
