"""What weather took, as text: one line a calendar, and its months."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from simcore.reports import wording

if TYPE_CHECKING:
    from datetime import date

    from simcore.results import Results
    from simcore.weather_summary import CalendarWeather, LostDays


@dataclass(frozen=True, kw_only=True)
class WeatherLine:
    """Lost working days of a calendar or of one of its months."""

    name: str
    working_days: str
    expected: str
    mean: str
    spread: str
    longest: str = ""


@dataclass(frozen=True, kw_only=True)
class WeatherTable:
    """A calendar and its months, from the data date to the P80 finish."""

    total: WeatherLine
    months: tuple[WeatherLine, ...]
    span: str


def weather_tables(results: Results) -> tuple[WeatherTable, ...]:
    """What the report says about the weather of every calendar that has some."""
    return tuple(
        WeatherTable(
            total=_line(weather.calendar, weather.lost, f"{weather.longest_mean:.1f} (P90 {weather.longest_p90})"),
            months=tuple(_line(wording.MONTHS[m - 1], weather.months[m]) for m in months_in_order(weather)),
            span=f"{_day(weather.first)} to {_day(weather.last)}",
        )
        for weather in results.weather
    )


def months_in_order(weather: CalendarWeather) -> list[int]:
    """Months from that of the data date on.

    >>> from datetime import date
    >>> from simcore.weather_summary import CalendarWeather, LostDays
    >>> lost = LostDays(working_days=9, expected=1.0, mean=1.0, p10=0, p90=2)
    >>> months_in_order(CalendarWeather(calendar="site", first=date(2026, 11, 2), last=date(2027, 1, 9), lost=lost,
    ...                                 months={1: lost, 11: lost, 12: lost}, longest_mean=1.0, longest_p90=1))
    [11, 12, 1]
    """
    first = weather.first.month
    return sorted(weather.months, key=lambda month: (month - first) % 12)


def _line(name: str, lost: LostDays, longest: str = "") -> WeatherLine:
    return WeatherLine(
        name=name,
        working_days=f"{lost.working_days:,}",
        expected=wording.UNKNOWN if lost.expected is None else f"{lost.expected:,.1f}",
        mean=f"{lost.mean:,.1f}",
        spread=f"{lost.p10:,}–{lost.p90:,}",
        longest=longest,
    )


def _day(day: date) -> str:
    return wording.date_text(datetime.combine(day, time()), is_finish=False)
