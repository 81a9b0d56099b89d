"""What weather took: lost working days by calendar and month, expected and sampled."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from simcore.models.plan import Plan
from simcore.weather import CompiledWeather, LaneWeather

SAMPLED = 512
"""Iterations, from the first, that summaries look at."""


@dataclass(frozen=True, kw_only=True)
class LostDays:
    """Working days lost in some span of time: what the chances or the record say, and what was sampled.

    Attributes
    ----------
    working_days : int
        Days that the calendar would have worked.
    expected : float or None
        None where several kinds of weather meet on one calendar.
    mean, p10, p90 : float
        Of the sampled iterations.
    """

    working_days: int
    expected: float | None
    mean: float
    p10: int
    p90: int


@dataclass(frozen=True, kw_only=True)
class CalendarWeather:
    """Weather of one calendar from the data date to the P80 finish.

    Attributes
    ----------
    first, last : date
        The span, both days included.
    months : mapping of month, 1-12, to LostDays
        Of the months that have working days in the span; all years together.
    longest_mean : float
        The longest spell of lost working days in a row, mean of the iterations.
    longest_p90 : int
        The same, exceeded in one of ten iterations.
    """

    calendar: str
    first: date
    last: date
    lost: LostDays
    months: dict[int, LostDays]
    longest_mean: float
    longest_p90: int


def summarise_weather(
    weather: CompiledWeather | None, plan: Plan, names: Sequence[str], stream: tuple[np.uint64, int], iterations: int, last: date
) -> tuple[CalendarWeather, ...]:
    """The weather of every calendar that has some.

    Parameters
    ----------
    weather : CompiledWeather or None
    plan : Plan
    names : sequence of str
        Of all calendars of the network.
    stream : tuple
        Seed and number of replicates.
    iterations : int
        How many the run has; at most :data:`SAMPLED` of them are looked at.
    last : date
        Last day of the span.
    """
    if weather is None:
        return ()
    days = min(max((last - weather.first).days + 1, 0), weather.days)
    lost = _sampled(weather, stream, min(iterations, SAMPLED), days)
    return tuple(
        _of_calendar(weather, plan, k, names[c], lost[k]) for k, c in enumerate(weather.calendars)
    )


def _sampled(
    weather: CompiledWeather, stream: tuple[np.uint64, int], iterations: int, days: int
) -> list[npt.NDArray[np.bool_]]:
    """Lost days of the first iterations, one array (days, iterations) a calendar."""
    seed, replicates = stream
    found: list[list[npt.NDArray[np.bool_]]] = [[] for _ in weather.calendars]
    lanes = LaneWeather(weather, -(-iterations // replicates))
    for replicate in range(min(replicates, iterations)):
        mine = len(range(replicate, iterations, replicates))
        lanes.sample((seed, replicate, replicates), 0, mine)
        for k, of_calendar in enumerate(found):
            of_calendar.append(lanes.lost(k)[:days, :mine])
    return [np.concatenate(of_calendar, axis=1) for of_calendar in found]


def _of_calendar(
    weather: CompiledWeather, plan: Plan, k: int, name: str, lost: npt.NDArray[np.bool_]
) -> CalendarWeather:
    worked = weather.worked(k)[: len(lost)]
    dates = [weather.first + timedelta(days=n) for n in range(len(lost))]
    chances = _chances(plan, name, dates)
    month = np.array([day.month for day in dates], int)
    spells = np.array([_longest(column[worked]) for column in lost.T])
    return CalendarWeather(
        calendar=" and ".join(name.split("\0")),
        first=weather.first,
        last=weather.first + timedelta(days=len(lost) - 1),
        lost=_lost_days(worked, chances, lost),
        months={
            m: _lost_days(worked & (month == m), chances, lost) for m in range(1, 13) if (worked & (month == m)).any()
        },
        longest_mean=float(spells.mean()),
        longest_p90=_rank(spells, 0.9),
    )


def _chances(plan: Plan, name: str, dates: Sequence[date]) -> npt.NDArray[np.float64] | None:
    """Probability that a date is lost; None where several kinds of weather meet."""
    parts = [w for w in plan.weather if w.calendar in name.split("\0")]
    if len(parts) > 1:
        return None
    if parts[0].monthly:
        return np.array([parts[0].monthly[day.month - 1] for day in dates])
    years = np.array([list(year) for year in parts[0].record], float).mean(axis=0)
    return np.array([years[day.replace(year=2000).timetuple().tm_yday - 1] for day in dates])


def _lost_days(
    chosen: npt.NDArray[np.bool_], chances: npt.NDArray[np.float64] | None, lost: npt.NDArray[np.bool_]
) -> LostDays:
    counts = lost[chosen].sum(axis=0)
    return LostDays(
        working_days=int(chosen.sum()),
        expected=None if chances is None else float(chances[chosen].sum()),
        mean=float(counts.mean()),
        p10=_rank(counts, 0.1),
        p90=_rank(counts, 0.9),
    )


def _rank(values: npt.NDArray[np.integer], share: float) -> int:
    """The smallest value that at least a share of the iterations do not exceed."""
    return int(np.sort(values)[max(int(np.ceil(share * len(values) - 1e-9)), 1) - 1])


def _longest(lost: npt.NDArray[np.bool_]) -> int:
    """The longest run of lost days.

    >>> _longest(np.array([True, False, True, True]))
    2
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))
