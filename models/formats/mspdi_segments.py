"""The parts of a split task, found from how its work is spread over time."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from simcore.models.calendars import Calendar
from simcore.models.formats.mspdi_resources import WorkPeriod
from simcore.models.plan import Segment
from simcore.models.working_time import working_minutes

_TOLERANCE = 2  # minutes: the file's seconds are dropped, once a date
Span = tuple[datetime, datetime]


def split_parts(
    task: Span,
    duration: int,
    calendar: Calendar,
    spread: Iterable[list[WorkPeriod]],
    pause: Span | None = None,
) -> tuple[Segment, ...] | None:
    """Parts of a task whose duration is shorter than the working time it spans.

    Parameters
    ----------
    task : Span
        Its start and finish.
    duration : int
        Its duration, minutes on ``calendar``.
    calendar : Calendar
        On which it runs.
    spread : iterable of list of WorkPeriod
        The work of each of its assignments, in order of time.
    pause : Span, optional
        From where its progress stops to where the rest resumes.

    Returns
    -------
    tuple of Segment or None
        Empty when the task is in one piece; None when it is split, and the file does not say where.
    """
    start, finish = task
    if working_minutes(calendar, start, finish) <= duration + _TOLERANCE:
        return ()
    candidates = [[span for periods in spread for span in _worked(periods, calendar)]]
    if pause is not None:
        candidates.append([(start, pause[0]), (pause[1], finish)])
    return next((parts for spans in candidates if (parts := _parts(task, duration, calendar, spans))), None)


def halves(task: Span, duration: int, calendar: Calendar) -> tuple[Segment, ...]:
    """Two equal parts with one pause between them that keep the task's dates, when nothing says where it is split."""
    first, span = duration // 2, working_minutes(calendar, *task)
    rest = duration - first
    return Segment(0, first), Segment(span - rest, rest)


def _parts(task: Span, duration: int, calendar: Calendar, spans: list[Span]) -> tuple[Segment, ...] | None:
    """The spans as parts of the task, if together they are as long as its duration."""
    start, finish = task
    parts = []
    for begin, end in _joined(spans, calendar):
        begin, end = max(begin, start), min(end, finish)
        length = working_minutes(calendar, begin, end)
        if length:
            parts.append(Segment(working_minutes(calendar, start, begin), length))
    missing = duration - sum(part.work for part in parts)
    if not parts or abs(missing) > _TOLERANCE * len(parts):
        return None
    last = parts[-1].work + missing
    parts[-1] = Segment(parts[-1].offset + parts[-1].work - last, last)  # its end is the task's finish
    return tuple(parts)


def _worked(periods: list[WorkPeriod], calendar: Calendar) -> list[Span]:
    """Spans in which an assignment works.

    A period may be a whole day of which only a part is worked because the task stops or resumes in it; its worked part
    then lies against the neighbour that works.
    """
    rate = _full_rate(periods, calendar)
    spans: list[Span] = []
    for index, period in enumerate(periods):
        if not period.work:
            continue
        length = working_minutes(calendar, period.start, period.finish)
        worked = round(period.work / rate) if rate else length
        begin, end = period.start, period.finish
        idle_after = index + 1 < len(periods) and not periods[index + 1].work
        idle_before = index > 0 and not periods[index - 1].work
        if worked < length - _TOLERANCE and (idle_after or idle_before):
            if idle_after:
                end = _moved(begin, worked, calendar)
            else:
                begin = _moved(begin, length - worked, calendar)
        spans.append((begin, end))
    return spans


def _full_rate(periods: list[WorkPeriod], calendar: Calendar) -> float:
    """Work per minute when nothing is missing; short periods are passed over for what dropped seconds do to them."""
    lengths = [working_minutes(calendar, period.start, period.finish) for period in periods]
    enough = max(lengths, default=0) / 2
    rates = (period.work / length for period, length in zip(periods, lengths, strict=True) if length > enough)
    return max(rates, default=0.0)


def _moved(moment: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The first moment by which so many minutes have been worked; within a few days, so looked for by halving."""
    low, high = moment, moment + timedelta(days=1)
    while working_minutes(calendar, moment, high) < minutes:
        high += timedelta(days=1)
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=int((high - low).total_seconds() // 120))
        if working_minutes(calendar, moment, middle) >= minutes:
            high = middle
        else:
            low = middle
    return high


def _joined(spans: Iterable[Span], calendar: Calendar) -> list[Span]:
    """Spans put together where no working time lies between them."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and (begin <= joined[-1][1] or not working_minutes(calendar, joined[-1][1], begin)):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
