"""Calendar risk: working days that weather takes, by chances per month or from a measured daily record."""
from __future__ import annotations

from dataclasses import dataclass

DAYS = 366
"""A year of a record: 1 January to 31 December of a leap year; 29 February of other years repeats the day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What weather does to a calendar: some of its working days are lost, others in every iteration.

    Attributes
    ----------
    calendar : str
        Name of the calendar.
    monthly : tuple of 12 float
        Probability that a working day of a month is lost; empty where there is a ``record``.
    persistence : float
        Correlation, 0 to below 1, of the normals behind two days in a row: how long good and bad weather last.
    record : tuple of bytes
        Measured years of :data:`DAYS` bytes each, 1 for a lost day. Every year of an iteration is one of these, drawn at random.
    region : str
        Calendars of one region have their weather together; none: on its own.
    correlation : float
        How strongly, 0 to 1, it follows its region: the share that is common of the normals behind days. With a record 1 or 0:
        the same years are drawn for all of the region, or its own.
    """

    calendar: str
    monthly: tuple[float, ...] = ()
    persistence: float = 0.0
    record: tuple[bytes, ...] = ()
    region: str = ""
    correlation: float = 1.0
