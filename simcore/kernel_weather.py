"""Weather on rows of lanes: which days of a batch of iterations are lost, and what work is left before each day.

Every source of weather is a stationary first-order autoregressive series of normals over the days of the clock,
z(d) = persistence · z(d-1) + sqrt(1 - persistence²) · e(d), and a day is lost where z(d) lies below the normal quantile of its
month's chance. The normals e(d) are the share of a region and of the source's own; every date of either has a stream of its
own. A measured record draws one of its years for every year of an iteration.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import borrow, inlined, kernel
from simcore.kernel_calendar import SCRATCH_LANES, STRIDE_BITS
from simcore.kernel_sampling import mix64, normal_row, uniform_row

OWN, REGION, YEARS_AT, YEARS = range(4)  # columns of WeatherTables.source: streams (REGION -1: none), its record's years
PERSISTENCE, RENEWAL, REGION_SHARE, OWN_SHARE = range(4)  # columns of WeatherTables.share; squares of two and two add up to 1
MONTH, YEAR, DATE, IN_RECORD = range(4)  # columns of WeatherTables.day
PART_AT, PART_END, ENTRY_AT, LAST_WORKED = range(4)  # columns of WeatherTables.calendar


class WeatherTables(NamedTuple):
    """The weather of all calendars that have any.

    Attributes
    ----------
    key : ndarray of uint64, shape (streams,)
    source : ndarray of int32, shape (sources, 4)
    share : ndarray of float64, shape (sources, 4)
    threshold : ndarray of float64, shape (sources, 12)
        Normal quantile of a month's chance; the normals below it lose a day.
    record : ndarray of uint8, shape (measured years of all sources, 366)
    day : ndarray of int32, shape (days before the first that may be lost + days, 4)
        MONTH 0-11, YEAR, DATE (a number that no year has), and where it stands IN_RECORD.
    calendar : ndarray of int32, shape (calendars, 4)
        PART_AT to PART_END among ``part``; ENTRY_AT in ``base`` and, after the scratch rows, in the lanes; LAST_WORKED day.
    part : ndarray of int32
        Sources that take days off a calendar.
    base : ndarray of int32, shape (calendars * (days + 1),)
        Work coordinates at which the days begin, calendar by calendar.
    """

    key: npt.NDArray[np.uint64]
    source: npt.NDArray[np.int32]
    share: npt.NDArray[np.float64]
    threshold: npt.NDArray[np.float64]
    record: npt.NDArray[np.uint8]
    day: npt.NDArray[np.int32]
    calendar: npt.NDArray[np.int32]
    part: npt.NDArray[np.int32]
    base: npt.NDArray[np.int32]


class WeatherRows(NamedTuple):
    """Rows of one worker."""

    lanes: npt.NDArray[np.int32]  # (SCRATCH_LANES + entries of base, lanes) work done before each day
    index: npt.NDArray[np.int32]  # (calendars, strides, lanes) last day before which so many strides of work are done
    normal: npt.NDArray[np.float32]  # (streams, lanes)
    state: npt.NDArray[np.float64]  # (sources, lanes)
    drawn: npt.NDArray[np.int32]  # (sources, lanes) measured year
    lost: npt.NDArray[np.uint8]  # (sources + 1, lanes), the last row for a calendar
    bits: npt.NDArray[np.uint32]


@inlined
def _day_key(key, number):
    """The stream of a date, or of a year, in a stream of weather."""
    return mix64(key + np.uint64(number) * np.uint64(0xD1B54A32D192ED03))


@kernel
def _draw_years(tables, w, year, stream, first, lanes, rows):
    """Which measured year stands for a year of every lane."""
    name = tables.source[w, REGION] if tables.share[w, REGION_SHARE] > 0.5 else tables.source[w, OWN]
    bits, drawn, years = rows.bits[:lanes], rows.drawn[w], np.uint64(tables.source[w, YEARS])
    uniform_row(_day_key(tables.key[name], year), stream[0], stream[1], first, bits)
    for j in range(lanes):
        drawn[j] = np.int32((np.uint64(bits[j]) * years) >> np.uint64(32)) + tables.source[w, YEARS_AT]


@kernel
def _measured(tables, w, n, stream, first, lanes, rows):
    """Whether day ``n`` is lost by the record of source ``w``."""
    if n == 0 or tables.day[n, YEAR] != tables.day[n - 1, YEAR]:
        _draw_years(tables, w, tables.day[n, YEAR], stream, first, lanes, rows)
    lost, drawn, at = rows.lost[w], rows.drawn[w], tables.day[n, IN_RECORD]
    for j in range(lanes):
        lost[j] = tables.record[np.uint32(drawn[j]), at]


@kernel
def _by_chance(tables, w, n, lanes, rows):
    """Whether day ``n`` is lost by the chances of source ``w``."""
    own, region = rows.normal[tables.source[w, OWN]], rows.normal[max(tables.source[w, REGION], np.int32(0))]
    own_share, region_share = tables.share[w, OWN_SHARE], tables.share[w, REGION_SHARE]
    persistence, renewal = tables.share[w, PERSISTENCE], tables.share[w, RENEWAL]
    if n == 0:  # stationary from the first day on
        persistence, renewal = 0.0, 1.0
    threshold, state, lost = tables.threshold[w, tables.day[n, MONTH]], rows.state[w], rows.lost[w]
    for j in range(lanes):
        new = own_share * np.float64(own[j]) + region_share * np.float64(region[j])
        state[j] = persistence * state[j] + renewal * new
        lost[j] = np.uint8(state[j] < threshold)


@kernel
def _work_left(tables, c, n, lanes, rows):
    """Add the work of day ``n`` to what is done before the next one, in the lanes that do not lose it."""
    at, last = tables.calendar[c, ENTRY_AT] + n, tables.calendar[c, LAST_WORKED]
    before, after = rows.lanes[at + SCRATCH_LANES], rows.lanes[at + SCRATCH_LANES + 1]
    minutes, start = np.int32(tables.base[at + 1] - tables.base[at]), tables.base[tables.calendar[c, ENTRY_AT]]
    lost = rows.lost[tables.source.shape[0]]
    for j in range(lanes):
        lost[j] = 0
    for part in range(tables.calendar[c, PART_AT], tables.calendar[c, PART_END]):
        by = rows.lost[tables.part[part]]
        for j in range(lanes):
            lost[j] |= by[j]
    if n == last:  # not one day of work in years: the last one is left, so that all work ends at some time
        for j in range(lanes):
            lost[j] &= np.uint8(before[j] > start)
    index, strides_up = rows.index[c], np.int32((1 << STRIDE_BITS) - 1 - start)
    for j in range(lanes):
        after[j] = before[j] + (np.int32(0) if lost[j] else minutes)
        index[np.uint32(np.int32(after[j] + strides_up) >> np.int32(STRIDE_BITS)), j] = n + 1


@kernel
def sample_weather(tables, cells, seed, replicate, first, lanes, rows):
    """Fill the calendars' lanes for iterations ``first``, ``first + 1`` ... of a replicate.

    ``cells`` are the quantile tables that begin with the standard normal's. A compiled entry of its own, so that only plans
    with weather pay for its compilation.
    """
    tables, rows, cells = borrow(tables), borrow(rows), borrow(cells)
    stream = seed, replicate
    before = tables.day.shape[0] - (tables.base.shape[0] // tables.calendar.shape[0] - 1)
    for c in range(tables.calendar.shape[0]):
        begins = rows.lanes[tables.calendar[c, ENTRY_AT] + SCRATCH_LANES]
        for j in range(lanes):
            begins[j] = tables.base[tables.calendar[c, ENTRY_AT]]
            rows.index[c, 0, j] = 0
    bits = rows.bits[:lanes]
    for n in range(tables.day.shape[0]):
        for s in range(tables.key.shape[0]):
            uniform_row(_day_key(tables.key[s], tables.day[n, DATE]), seed, replicate, first, bits)
            normal_row(cells, bits, rows.normal[s, :lanes])
        for w in range(tables.source.shape[0]):
            if tables.source[w, YEARS] > 0:
                _measured(tables, w, n, stream, first, lanes, rows)
            else:
                _by_chance(tables, w, n, lanes, rows)
        for c in range(tables.calendar.shape[0] if n >= before else 0):
            _work_left(tables, c, n - before, lanes, rows)
