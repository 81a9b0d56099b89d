"""Periods of a cash flow: weeks, months, quarters and fiscal years, with the names that people call them by."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

UNITS = ("week", "month", "quarter", "year")


def period_starts(unit: str, first: datetime, last: datetime, fiscal_year_start: int = 1) -> list[datetime]:
    """Where periods begin, from the one that holds ``first``, up to the end of the one that holds ``last``.

    Quarters and years follow the fiscal year, which begins in the month ``fiscal_year_start``.

    >>> [day.date().isoformat() for day in period_starts("quarter", datetime(2026, 3, 2), datetime(2026, 5, 1), 2)]
    ['2026-02-01', '2026-05-01', '2026-08-01']
    """
    begin = datetime(first.year, first.month, first.day)
    if unit == "week":
        begin -= timedelta(days=begin.weekday())
    else:
        begin = begin.replace(day=1)
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        begin = months_later(begin, -((begin.month - fiscal_year_start) % months))
    found = [begin]
    while found[-1] <= last:
        found.append(_next(unit)(found[-1]))
    return found


def _next(unit: str) -> Callable[[datetime], datetime]:
    if unit == "week":
        return lambda moment: moment + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return lambda moment: months_later(moment, months)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the first of the month after where that has no such day.

    >>> months_later(datetime(2024, 2, 29), 12).date().isoformat()
    '2025-03-01'
    """
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    try:
        return moment.replace(year=year, month=month + 1)
    except ValueError:
        return months_later(moment.replace(day=1), months + 1)


def period_label(unit: str, start: datetime, fiscal_year_start: int = 1) -> str:
    """What a period is called; a fiscal year by the calendar year in which it ends.

    >>> period_label("week", datetime(2026, 12, 28)), period_label("month", datetime(2026, 3, 1))
    ('2026-W53', '2026-03')
    >>> period_label("quarter", datetime(2026, 10, 1), 10), period_label("year", datetime(2026, 1, 1))
    ('FY2027 Q1', '2026')
    """
    if unit == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}"
    if unit == "month":
        return f"{start:%Y-%m}"
    ends = months_later(start.replace(day=1), 12 - (start.month - fiscal_year_start) % 12 - 1)
    year_text = f"{ends.year}" if fiscal_year_start == 1 else f"FY{ends.year}"
    if unit == "year":
        return year_text
    return f"{year_text} Q{(start.month - fiscal_year_start) % 12 // 3 + 1}"


def month_starts(first: datetime, last: datetime) -> Iterator[datetime]:
    """First days of the months between two moments."""
    for moment in period_starts("month", first, last):
        if first < moment < last:
            yield moment
