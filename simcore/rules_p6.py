"""How Primavera P6 schedules, where it differs from plain logic; decided when a plan is compiled."""
from __future__ import annotations

from datetime import datetime

from simcore.models.plan import Activity, LinkType, Project, Relationship
from simcore.network import Calendars, Clock, data_date


def begin(project: Project) -> datetime | None:
    """Nothing is scheduled before the data date, nor before the planned start of a project that has not begun."""
    dates = [d for d in (project.data_date, project.start) if d is not None]
    return max(dates, default=None)


def open_lag(link: Relationship, before: Activity, project: Project, clock: Clock, calendars: Calendars, c: int) -> int:
    """What is left of the lag behind the start of an activity in progress, on calendar ``c`` (-1: clock time).

    The link hangs on the start of the remaining work; the lag that passed between the actual start and the data date counts.
    """
    now = data_date(project)
    if link.type is not LinkType.SS or link.lag <= 0 or before.actual_start is None or now is None:
        return link.lag
    since, until = clock.minutes(before.actual_start), clock.minutes(now)
    passed = until - since if c < 0 else calendars.work(c, until) - calendars.work(c, since)
    return max(link.lag - max(passed, 0), 0)
