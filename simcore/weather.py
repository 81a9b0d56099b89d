"""Calendar risk compiled for the kernels: streams, chances by day, and the lanes of one worker."""
from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from simcore.calendar_tables import day_beginnings
from simcore.kernel_calendar import (
    DAYS,
    SCRATCH_LANES,
    STRIDE_BITS,
    CalendarTables,
    LaneCalendars,
    start_in_lane,
    work_in_lane,
)
from simcore.kernel_columns import CALENDAR, FLOAT_CALENDAR, LAG_CALENDAR
from simcore.kernel_weather import WeatherRows, WeatherTables, sample_weather
from simcore.models.plan import Plan
from simcore.models.weather import DAYS as DAYS_OF_RECORD
from simcore.models.weather import Weather
from simcore.network import Calendars, Network, data_date
from simcore.quantiles import TableBuilder
from simcore.scheduling import Schedule
from simcore.variables import stream_key

I32 = npt.NDArray[np.int32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

PERIOD = 364
"""Days in which tables of weather are measured: whole weeks, and nearly a year."""
ROOM, ROOM_DAYS = 1.5, 728
"""How much longer than the deterministic schedule, stretched by the days lost on average, a table is."""
MOST_STRETCH = 10.0
FORGOTTEN = 1e-6
MOST_WARM_DAYS = 366
"""Days before the first that may be lost, from which persistent weather is followed: until what they say is forgotten, or so
many. So a date keeps its weather when the data date moves on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledWeather:
    """The weather of a plan's calendars.

    Attributes
    ----------
    calendars : tuple of int
        Calendars that weather takes days off, in the order of ``tables.calendar``.
    tables : WeatherTables
    of_calendars : CalendarTables
        Those of the network.
    first, first_day : date, int
        First day that may be lost, and its number since the origin.
    days : int
        How many there are before the pattern of lost work repeats.
    """

    calendars: tuple[int, ...]
    tables: WeatherTables
    of_calendars: CalendarTables
    cells: npt.NDArray[np.float32]
    first: date
    first_day: int
    days: int

    @property
    def strides(self) -> int:
        """Entries of the index of a calendar's lanes."""
        base = self.tables.base.reshape(-1, self.days + 1)
        return int((base[:, -1] - base[:, 0]).max() >> STRIDE_BITS) + 2

    def worked(self, calendar: int) -> npt.NDArray[np.bool_]:
        """Days on which a calendar would work, shape (days,); ``calendar`` counts in ``calendars``."""
        found: npt.NDArray[np.bool_] = np.diff(self.tables.base.reshape(-1, self.days + 1)[calendar]) > 0
        return found


def compile_weather(network: Network, schedule: Schedule) -> CompiledWeather | None:
    """The weather that matters to a network; None without any."""
    calendars, plan = network.calendars, network.plan
    used = _used(network)
    parts = {c: sources for c, sources in calendars.weather.items() if c in used}
    if not parts:
        return None
    first = _first_day(plan, network)
    days = _days(plan, first, schedule)
    origin = network.clock.origin.date()
    base = np.array(
        [day_beginnings(calendars.tables, c, calendars.listed[c], origin, first, days) for c in parts], np.int32
    )
    worked = np.diff(base, axis=1) > 0
    ends = np.cumsum([len(sources) for sources in parts.values()])
    key, source, share, threshold, record = _sources(plan.weather)
    tables = WeatherTables(
        key=key,
        source=source,
        share=share,
        threshold=threshold,
        record=record,
        day=_day_columns(first, days, _warm_days(plan.weather)),
        calendar=np.array(
            [
                (end - len(sources), end, k * (days + 1), np.flatnonzero(worked[k])[-1] if worked[k].any() else -1)
                for k, (sources, end) in enumerate(zip(parts.values(), ends, strict=True))
            ],
            np.int32,
        ),
        part=np.array([w for sources in parts.values() for w in sources], np.int32),
        base=base.ravel(),
    )
    return CompiledWeather(
        calendars=tuple(parts),
        tables=tables,
        of_calendars=calendars.tables,
        first_day=(first - origin).days,
        cells=TableBuilder().build().cells,
        first=first,
        days=days,
    )


def _used(network: Network) -> set[int]:
    """Calendars that activities, their float or lags run on."""
    logic = network.logic
    columns = (logic.nodes[:, CALENDAR], logic.nodes[:, FLOAT_CALENDAR], logic.links[:, LAG_CALENDAR])
    return {int(c) for column in columns for c in column}


def _first_day(plan: Plan, network: Network) -> date:
    """The earliest data date; nothing before it is uncertain any more."""
    begins = [begin for p in plan.projects if (begin := data_date(p)) is not None]
    return min(begins, default=network.clock.origin).date()


def _days(plan: Plan, first: date, schedule: Schedule) -> int:
    lost = max(float(np.mean(w.monthly)) if w.monthly else float(np.mean([list(y) for y in w.record])) for w in plan.weather)
    stretch = min(1 / max(1 - lost, 1e-9), MOST_STRETCH)
    wanted = ROOM * stretch * max((schedule.project_end.date() - first).days, 0) + ROOM_DAYS
    return math.ceil(wanted / PERIOD) * PERIOD


def _warm_days(weather: Iterable[Weather]) -> int:
    longest = max(w.persistence for w in weather)
    return min(math.ceil(math.log(FORGOTTEN) / math.log(longest)), MOST_WARM_DAYS) if longest > 0 else 0


def _day_columns(first: date, days: int, before: int) -> npt.NDArray[np.int32]:
    """Month, year, date and place in a record of the days, those before the first included."""
    found = []
    for n in range(-before, days):
        day = first + timedelta(days=n)
        found.append((day.month - 1, day.year, day.toordinal(), day.replace(year=2000).timetuple().tm_yday - 1))
    return np.array(found, np.int32)


def _sources(weather: tuple[Weather, ...]) -> tuple[U64, I32, F64, F64, U8]:
    """Keys of the streams; a row a source of weather: its streams and years, its shares, its thresholds; all measured years."""
    from scipy.special import ndtri

    streams: dict[str, int] = {}
    source, share = [], []
    years: list[U8] = []
    for w in weather:
        common = w.correlation if w.region else 0.0
        region = streams.setdefault(f"weather/region/{w.region}", len(streams)) if common else -1
        own = streams.setdefault(f"weather/{w.calendar}", len(streams)) if common < 1 else region
        source.append((own, region, len(years), len(w.record)))
        share.append((w.persistence, math.sqrt(1 - w.persistence**2), math.sqrt(common), math.sqrt(1 - common)))
        years += [np.frombuffer(year, np.uint8) for year in w.record]
    return (
        np.array([stream_key(name) for name in streams], np.uint64),
        np.array(source, np.int32),
        np.array(share, np.float64),
        np.array([ndtri(np.array(w.monthly or (0.0,) * 12)) for w in weather], np.float64),
        np.array(years, np.uint8).reshape(-1, DAYS_OF_RECORD),
    )


class LaneWeather:
    """What weather takes in the iterations of a batch; the memory of one worker.

    Attributes
    ----------
    tables : LaneCalendars
        The calendars with this worker's lanes.
    """

    def __init__(self, weather: CompiledWeather, lanes: int):
        self.weather = weather
        of, streams, sources = weather.of_calendars, len(weather.tables.key), len(weather.tables.source)
        entries, strides = weather.tables.base.size, weather.strides
        rows = SCRATCH_LANES + entries + len(weather.calendars) * strides
        table = np.concatenate([of.table, weather.tables.base, np.zeros(rows * lanes, np.int32)])
        of_lanes = table[of.table.size + entries :].reshape(-1, lanes)
        self.rows = WeatherRows(
            lanes=of_lanes[: SCRATCH_LANES + entries],
            index=of_lanes[SCRATCH_LANES + entries :].reshape(-1, strides, lanes),
            normal=np.zeros((streams, lanes), np.float32),
            state=np.zeros((sources, lanes)),
            drawn=np.zeros((sources, lanes), np.int32),
            lost=np.zeros((sources + 1, lanes), np.uint8),
            bits=np.zeros(lanes, np.uint32),
        )
        self.tables = LaneCalendars(self._head(len(of.table), lanes), table)

    def _head(self, base_at: int, lanes: int) -> npt.NDArray[np.int64]:
        """The heads of the calendars; behind the table's own entries stand base coordinates, scratch rows, lanes and index."""
        weather, head = self.weather, self.weather.of_calendars.head.copy()
        scratch_at = base_at + weather.tables.base.size
        for k, c in enumerate(weather.calendars):
            entry = k * (weather.days + 1)
            lanes_at = scratch_at + (SCRATCH_LANES + entry) * lanes
            index_at = scratch_at + (SCRATCH_LANES + weather.tables.base.size + k * weather.strides) * lanes
            head[c, DAYS:] = weather.days, weather.first_day, base_at + entry, lanes_at, lanes, index_at, scratch_at
        return head

    def sample(self, stream: tuple[np.uint64, int, int], first: int, last: int) -> None:
        """The weather of iterations ``first <= k < last`` of a replicate; ``stream`` begins with seed and replicate."""
        seed, replicate, _ = stream
        sample_weather(self.weather.tables, self.weather.cells, seed, replicate, first, last - first, self.rows)

    def lost(self, calendar: int) -> npt.NDArray[np.bool_]:
        """Days lost that would have been worked, shape (days, lanes); ``calendar`` counts in ``weather.calendars``."""
        days = self.weather.days
        at = SCRATCH_LANES + calendar * (days + 1)
        done = np.diff(self.rows.lanes[at : at + days + 1], axis=0)
        found: npt.NDArray[np.bool_] = (done == 0) & self.weather.worked(calendar)[:, None]
        return found

    def network(self, network: Network) -> Network:
        """A network whose calendars are those of the first lane."""
        return replace(network, calendars=_FirstLane(network.calendars, self.tables))


class _FirstLane(Calendars):
    """Calendars as they are in the first lane of a batch."""

    def __init__(self, calendars: Calendars, tables: LaneCalendars):
        self.__dict__.update(copy.copy(calendars.__dict__))
        self._calendars, self._of_lanes = calendars, tables

    @property
    def base(self) -> Calendars:
        return self._calendars

    def work(self, c: int, clock: int) -> int:
        return int(work_in_lane(self._of_lanes, c, clock, 0))

    def start(self, c: int, work: int) -> int:
        return int(start_in_lane(self._of_lanes, c, work, 0))

    def finish(self, c: int, work: int) -> int:
        return self.start(c, work - 1) + 1


def lane_weather(weather: CompiledWeather | None, lanes: int) -> LaneWeather | None:
    """Memory for the weather of a batch; None without any."""
    return None if weather is None else LaneWeather(weather, lanes)
