"""Working calendars: a weekly pattern of shifts, and dates that differ from it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DAY = 1440
Shift = tuple[int, int]
"""Start and end in minutes from midnight of the day the shift begins; the end may pass 1440 (a night shift)."""
Shifts = tuple[Shift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When work happens.

    Attributes
    ----------
    week : tuple of 7 Shifts
        Shifts that begin on Monday .. Sunday, in order, not overlapping (nor the next day's first shift).
    exceptions : mapping of date to Shifts
        Dates out of pattern; an empty tuple is a holiday. They replace all shifts that *begin* on that date.
    hours_per_day, hours_per_week, hours_per_month : float
        What ``d``, ``w`` and ``mo`` of a duration mean on this calendar.
    """

    name: str
    week: tuple[Shifts, Shifts, Shifts, Shifts, Shifts, Shifts, Shifts]
    exceptions: Mapping[date, Shifts] = field(default_factory=dict)
    hours_per_day: float = 8.0
    hours_per_week: float = 40.0
    hours_per_month: float = 160.0

    def shifts_on(self, day: date) -> Shifts:
        """Shifts that begin on a date."""
        return self.exceptions.get(day, self.week[day.weekday()])

    @property
    def never_works(self) -> bool:
        return not any(self.week) and not any(self.exceptions.values())

    @property
    def always_works(self) -> bool:
        """24 hours, seven days, without exceptions."""
        return all(shifts == ((0, DAY),) for shifts in self.week) and all(
            shifts == ((0, DAY),) for shifts in self.exceptions.values()
        )

    def is_working(self, moment: datetime) -> bool:
        """Whether the minute that begins at ``moment`` is worked."""
        for back in (0, 1):
            day = moment.date() - timedelta(days=back)
            minute = moment.hour * 60 + moment.minute + back * DAY
            if any(start <= minute < end for start, end in self.shifts_on(day)):
                return True
        return False


def always(name: str = "24h") -> Calendar:
    """Round the clock, every day.

    >>> always().always_works
    True
    """
    return Calendar(name=name, week=(((0, DAY),),) * 7, hours_per_day=24.0, hours_per_week=168.0, hours_per_month=720.0)
