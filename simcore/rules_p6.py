"""How Primavera P6 schedules, where it differs from plain logic; decided when a plan is compiled."""
from __future__ import annotations

from datetime import datetime

from simcore.models.plan import LinkType, Project, Relationship, Status
from simcore.network import Calendars, Clock, data_date


def begin(project: Project) -> datetime | None:
    """Nothing is scheduled before the data date, nor before the planned start of a project that has not begun."""
    dates = [d for d in (project.data_date, project.start) if d is not None]
    return max(dates, default=None)
