"""The dates of a recurring calendar exception, as Microsoft Project's *Change working time* dialogue defines them."""
from __future__ import annotations

import calendar as months
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice, takewhile

from simcore.models.formats.mspdi_values import Node

_DAY = timedelta(days=1)
_LAST_YEAR = 2149  # the last one Microsoft Project knows
_DAILY, _YEARLY_DAY, _YEARLY_POSITION, _MONTHLY_DAY, _MONTHLY_POSITION = range(1, 6)
_WEEKLY, _DAY_COUNT, _WEEKDAY_COUNT, _PLAIN = range(6, 10)
_LAST_POSITION = 4


def exception_dates(node: Node, first: date, last: date, week_start: int = 0) -> list[date]:
    """The dates of an ``Exception`` element whose ``TimePeriod`` runs from ``first`` to ``last``.

    Parameters
    ----------
    node : Node
        The element.
    first, last : date
        Its period. A count of occurrences, where that is how the exception was entered, goes before ``last``.
    week_start : int
        Day on which weeks begin, 0 for Sunday: what *every second week* counts from.
    """
    kind = node.integer("Type") or _PLAIN
    every = max(node.integer("Period") or 1, 1)
    if kind in (_DAILY, _DAY_COUNT, _PLAIN):
        dates = _daily(first, every)
    elif kind == _WEEKDAY_COUNT:
        dates = islice((day for day in _daily(first, 1) if day.weekday() < 5), 0, None, every)
    elif kind == _WEEKLY:
        dates = _weekly(first, every, node.integer("DaysOfWeek") or 0, week_start)
    elif kind in (_YEARLY_DAY, _MONTHLY_DAY, _YEARLY_POSITION, _MONTHLY_POSITION):
        dates = _by_month(node, kind, first, every)
    else:
        node.reading.error(node.where, f"Type is {kind}, which is not a kind of recurrence (1 to 9).")
        return []
    count = node.integer("Occurrences")
    if node.flag("EnteredByOccurrences") and count and kind not in (_DAILY, _PLAIN):
        return list(islice(dates, count))
    return list(takewhile(lambda day: day <= last, dates))


def _daily(first: date, every: int) -> Iterator[date]:
    day = first
    while day.year <= _LAST_YEAR:
        yield day
        day += every * _DAY


def _weekly(first: date, every: int, mask: int, week_start: int) -> Iterator[date]:
    if not mask & 0x7F:
        return
    week = first - ((first.weekday() + 1 - week_start) % 7) * _DAY
    while week.year <= _LAST_YEAR:
        for day in (week + offset * _DAY for offset in range(7)):
            if day >= first and mask >> (day.weekday() + 1) % 7 & 1:  # bit 0 is Sunday
                yield day
        week += every * 7 * _DAY


def _by_month(node: Node, kind: int, first: date, every: int) -> Iterator[date]:
    yearly = kind in (_YEARLY_DAY, _YEARLY_POSITION)
    month = (node.integer("Month") or 0) if yearly else first.month - 1
    step = 12 if yearly else every
    if kind in (_YEARLY_DAY, _MONTHLY_DAY):
        pick = _numbered(node.integer("MonthDay") or 1)
    else:
        pick = _position(node.integer("MonthPosition") or 0, node.integer("MonthItem") or 0)
    count = first.year * 12 + month % 12
    while count // 12 <= _LAST_YEAR:
        day = pick(count // 12, count % 12 + 1)
        if day >= first:
            yield day
        count += step


def _numbered(wanted: int) -> Callable[[int, int], date]:
    """A day of the month by its number; the last one where the month is shorter."""

    def pick(year: int, month: int) -> date:
        return date(year, month, max(1, min(wanted, months.monthrange(year, month)[1])))

    return pick


def _position(position: int, item: int) -> Callable[[int, int], date]:
    """First .. fourth or last day, weekday, weekend day or named day of a month."""

    def matches(day: date) -> bool:
        if item == 0:
            return True
        if item in (1, 2):
            return (day.weekday() < 5) == (item == 1)
        return (day.weekday() + 1) % 7 == item - 3  # 3 is Sunday

    def pick(year: int, month: int) -> date:
        length = months.monthrange(year, month)[1]
        days = [day for day in (date(year, month, number + 1) for number in range(length)) if matches(day)]
        return days[-1] if position >= _LAST_POSITION else days[max(0, position)]

    return pick
