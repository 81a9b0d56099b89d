"""Money over time on rows of lanes: what every cost line spends in every step of time, at the prices of that step.

A *line* is a part of the cost of one activity that is spent in one way: over its work, at its start, at its end, or by a
curve. Its money divides over time by work coordinates of the activity's calendar: a step that holds a tenth of the work has a
tenth of the money. Steps are the finest that anything asks for, and end where periods, months or prices do.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import borrow, inlined, kernel, phase
from simcore.kernel_calendar import DAYS, base_work_row, planned_row, work_row
from simcore.kernel_columns import LOOK_UP, ROW_DURATION, ROW_FINISH
from simcore.kernel_risk import ONCE, PER_NODE, exact_row, owner_row, term_row

# Columns of FlowModel.lines.
LINE_PER, LINE_ROW = 0, 1  # as Costs.place has them; ONCE: at OPENS
LINE_CALENDAR = 2
INSIDE_GAP = 3  # minutes of work that the node waits inside (splits)
OPENS = 4  # the data date, clock minutes
SPENT = 5  # one of the following
CURVE_FROM, CURVE_PARTS = 6, 7  # BY_CURVE: where in FlowModel.curves, and how many equal parts of the work
GROUP = 8  # of prices
TERMS_FROM, TERMS_UPTO = 9, 10  # among the terms of the costs
OWNER = 11  # of cost impacts of risk events; -1: none
LINE_WHERE = 12  # mask that says whether the activity exists; -1: always
LINE_COLUMNS = 13
AT_START, OVER_WORK, AT_END, BY_CURVE = range(4)  # SPENT
FIXED_MONEY, PLANNED_MONEY, DETERMINISTIC_MONEY, DETERMINISTIC_GROWN = range(4)  # columns of FlowModel.money
INDEX, YEARS_FROM, BASE_YEAR, SPREAD = range(4)  # columns of Prices.index; see there


class Prices(NamedTuple):
    """How prices move.

    Attributes
    ----------
    index : ndarray of int32, shape (indices, 4)
        Number of years that it spans; where its rate variables begin, one for each year; which of them begins where the
        growth does; and the variable that multiplies the growth its table tells, or -1.
    rate : ndarray of int32
        Variables of growth a year.
    year, part : ndarray, shape (indices, steps)
        Year in which the middle of a step lies, and how much of it has passed there.
    table : ndarray of float64, shape (indices, steps)
        Ratio of the index table to the price date; 1 without one.
    group_index : ndarray of int32, shape (groups,)
        Index of every group of prices, or -1.
    ratio : ndarray of float64, shape (groups, steps)
        Prices that change on known dates, as a ratio to what the cost was priced by.
    """

    index: npt.NDArray[np.int32]
    rate: npt.NDArray[np.int32]
    year: npt.NDArray[np.int32]
    part: npt.NDArray[np.float64]
    table: npt.NDArray[np.float64]
    group_index: npt.NDArray[np.int32]
    ratio: npt.NDArray[np.float64]


class FlowModel(NamedTuple):
    """Cost lines and the steps of time.

    Attributes
    ----------
    lines : ndarray of int32, shape (lines, LINE_COLUMNS)
    money : ndarray of float64, shape (lines, 4)
        Certain money; planned money where the activity exists; deterministic money, and the same at the prices of its dates.
    curves : ndarray of float64
        Cumulative shares of every curve, from 0 to 1.
    edges : ndarray of int32, shape (calendars, steps + 1)
        Work coordinates of the ends of the steps on every calendar, whatever weather takes.
    period : ndarray of int32, shape (steps,)
        Period that a step belongs to; -1: none is kept.
    discount : ndarray of float64, shape (steps,)
        Present value of money spent in a step.
    prices : Prices
    priced : bool
        Whether any price moves.
    certain : float
        Part of the total that no price moves: all that stands in no term, or where prices move what has been spent.
    """

    lines: npt.NDArray[np.int32]
    money: npt.NDArray[np.float64]
    curves: npt.NDArray[np.float64]
    edges: npt.NDArray[np.int32]
    period: npt.NDArray[np.int32]
    discount: npt.NDArray[np.float64]
    prices: Prices
    priced: bool
    certain: float


class FlowRows(NamedTuple):
    """Rows of lanes of one worker."""

    begin: npt.NDArray[np.int32]  # (lanes,) the window in which a line is spent, work coordinates
    end: npt.NDArray[np.int32]
    from_: npt.NDArray[np.int32]  # (lanes,) the same, as the line is spent in it
    width: npt.NDArray[np.int32]
    amount: npt.NDArray[np.float64]  # (lanes,)
    rate: npt.NDArray[np.float64]
    before: npt.NDArray[np.float64]
    grown: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    level: npt.NDArray[np.float64]  # (years + 1, lanes) price level where each year begins
    growth: npt.NDArray[np.float64]  # (years + 1, lanes) of each year
    spent: npt.NDArray[np.float64]  # (groups, steps, lanes)
    factor: npt.NDArray[np.float64]  # (groups or 0, steps, lanes) price of a step


class FlowSamples(NamedTuple):
    """One value an iteration; empty where it is not asked for."""

    by_period: npt.NDArray[np.float64]  # (periods, iterations)
    cost: npt.NDArray[np.float64]  # (iterations,) in all, at the prices of the dates
    base: npt.NDArray[np.float64]  # (iterations,) at the prices of the price date, where prices move
    present: npt.NDArray[np.float64]  # (iterations,) present value


@kernel
def window_row(cal, lines, i, lanes, places, span_start, span_finish, scratch, rows):
    """Work coordinates, whatever weather takes, between which what remains of an activity is worked on."""
    c, row, opens = lines[i, LINE_CALENDAR], lines[i, LINE_ROW], lines[i, OPENS]
    begin, end, look_up = rows.begin[:lanes], rows.end[:lanes], scratch[LOOK_UP, :lanes]
    clock = scratch[0, :lanes]
    if lines[i, LINE_PER] == PER_NODE:
        finish, duration, gap = places[row, ROW_FINISH, :lanes], places[row, ROW_DURATION], lines[i, INSIDE_GAP]
        work_row(cal, c, finish, end, look_up)
        for j in range(lanes):
            begin[j] = end[j] - duration[j] - gap
        if cal.head[c, DAYS]:
            clock[:lanes] = begin
            planned_row(cal, c, clock, begin)
            base_work_row(cal, c, finish, end, look_up)
            for j in range(lanes):
                begin[j] = min(begin[j], end[j])
        return
    if lines[i, LINE_PER] == ONCE:
        for j in range(lanes):
            begin[j] = opens
            end[j] = opens
        return
    start, finish = span_start[row], span_finish[row]
    for j in range(lanes):
        clock[j] = max(finish[j], opens)
    base_work_row(cal, c, clock, end, look_up)
    for j in range(lanes):
        clock[j] = min(max(start[j], opens), clock[j])
    base_work_row(cal, c, clock, begin, look_up)


@phase
def as_spent(spent, lanes, rows):
    """The part of the window in which a line is spent; never empty, so that all its money has a place."""
    begin, end, first, width = rows.begin, rows.end, rows.from_, rows.width
    if spent == AT_START:
        for j in range(lanes):
            first[j] = begin[j]
            width[j] = 1
    elif spent == AT_END:
        for j in range(lanes):
            first[j] = end[j] - 1
            width[j] = 1
    else:
        for j in range(lanes):
            width[j] = max(end[j] - begin[j], 1)
            first[j] = end[j] - width[j]


@phase
def _amount_row(model, flow, i, stream, first, lanes, places, span_minutes, risk, amount, total):
    """Money of a line in every lane, at the prices it was priced by; what is not certain is added to the total too."""
    times = risk.money[:lanes]
    for j in range(lanes):
        amount[j] = flow.money[i, FIXED_MONEY]
    for t in range(np.int64(flow.lines[i, TERMS_FROM]), np.int64(flow.lines[i, TERMS_UPTO])):
        term_row(model, t, stream, first, lanes, risk, places, span_minutes)
        for j in range(lanes):
            amount[j] += times[j]
            total[j] += times[j]
    if flow.lines[i, OWNER] >= 0:
        times[:] = 0.0
        owner_row(model, np.int64(flow.lines[i, OWNER]), stream, first, lanes, risk, times)
        for j in range(lanes):
            amount[j] += times[j]
            total[j] += times[j]


@kernel
def _step_of(edges, w):
    """The step that holds a work coordinate; what lies outside belongs to the first or last."""
    low, high = 0, edges.shape[0] - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if edges[middle] <= w:
            low = middle
        else:
            high = middle
    return low


@inlined
def _share(curve, parts, worked, width):
    """Share of its money that a line has spent when so much of its work is done."""
    done = parts * np.float64(worked) / np.float64(width)
    k = min(np.int64(done), parts - 1)
    return curve[k] + (done - k) * (curve[k + 1] - curve[k])


@phase
def _steps_of(flow, i, lanes, rows):
    """The first step in which a line is spent in any lane, and the coordinate where the last lane ends; starts its rows."""
    edges = flow.edges[flow.lines[i, LINE_CALENDAR]]
    first, width, amount, rate, before = rows.from_, rows.width, rows.amount, rows.rate, rows.before
    low, high = first[0], first[0] + width[0]
    for j in range(lanes):
        low = min(low, first[j])
        high = max(high, np.int32(first[j] + width[j]))
        rate[j] = amount[j] / np.float64(width[j])
        before[j] = 0.0
    return _step_of(edges, low), high


@phase
def _spend_row(flow, i, upto, lanes, rows, here):
    """Add to ``here`` what a line spends up to a work coordinate, beyond what it has spent; exactly the rest where it is done."""
    first, width, rate, amount, before = rows.from_, rows.width, rows.rate, rows.amount, rows.before
    if flow.lines[i, SPENT] != BY_CURVE:
        for j in range(lanes):
            worked = max(np.int32(upto - first[j]), np.int32(0))
            spent = rate[j] * np.float64(worked) if worked < width[j] else amount[j]
            here[j] += spent - before[j]
            before[j] = spent
        return
    curve, parts = flow.curves[flow.lines[i, CURVE_FROM]:], np.int64(flow.lines[i, CURVE_PARTS])
    for j in range(lanes):
        worked = min(max(np.int32(upto - first[j]), np.int32(0)), width[j])
        spent = amount[j] * _share(curve, parts, worked, width[j]) if worked < width[j] else amount[j]
        here[j] += spent - before[j]
        before[j] = spent


@kernel
def spread_line(flow, i, lanes, rows):
    """Add a line's money to the steps in which it is spent."""
    edges, spent = flow.edges[flow.lines[i, LINE_CALENDAR]], rows.spent[flow.lines[i, GROUP]]
    amount, before = rows.amount, rows.before
    k, high = _steps_of(flow, i, lanes, rows)
    while k < edges.shape[0] - 2 and edges[k + 1] < high:
        _spend_row(flow, i, edges[k + 1], lanes, rows, spent[k])
        k += 1
    here = spent[k]
    for j in range(lanes):
        here[j] += amount[j] - before[j]


@kernel
def price_line(flow, i, lanes, rows, grown):
    """A line's money at the prices of the steps in which it is spent."""
    edges, factor = flow.edges[flow.lines[i, LINE_CALENDAR]], rows.factor[flow.lines[i, GROUP]]
    amount, before, here = rows.amount, rows.before, rows.spread
    k, high = _steps_of(flow, i, lanes, rows)
    for j in range(lanes):
        grown[j] = 0.0
    while k < edges.shape[0] - 2 and edges[k + 1] < high:
        here[:lanes] = 0.0
        _spend_row(flow, i, edges[k + 1], lanes, rows, here)
        price = factor[k]
        for j in range(lanes):
            grown[j] += here[j] * price[j]
        k += 1
    price = factor[k]
    for j in range(lanes):
        grown[j] += (amount[j] - before[j]) * price[j]


@kernel
def price_rows(model, flow, stream, first, lanes, risk, rows):
    """Prices of every group in every step."""
    prices = flow.prices
    for g in range(prices.group_index.shape[0]):
        e, factor = prices.group_index[g], rows.factor[g]
        for k in range(factor.shape[0]):
            for j in range(lanes):
                factor[k, j] = prices.ratio[g, k]
        if e < 0:
            continue
        _levels(model, prices.index[e], prices.rate, stream, first, lanes, risk, rows)
        spread = rows.spread
        if prices.index[e, SPREAD] >= 0:
            exact_row(model, prices.index[e, SPREAD], stream, first, lanes, risk, spread)
        else:
            for j in range(lanes):
                spread[j] = 1.0
        for k in range(factor.shape[0]):
            level, growth, part = rows.level[prices.year[e, k]], rows.growth[prices.year[e, k]], prices.part[e, k]
            told = prices.table[e, k] - 1.0
            for j in range(lanes):
                factor[k, j] *= level[j] * (1.0 + growth[j] * part) * (1.0 + told * spread[j])


@phase
def _levels(model, index, rate, stream, first, lanes, risk, rows):
    """Growth of every year, and the price level where it begins: 1 where the growth begins."""
    years, base = index[INDEX], index[BASE_YEAR]
    for y in range(years):
        exact_row(model, rate[index[YEARS_FROM] + y], stream, first, lanes, risk, rows.growth[y])
    for j in range(lanes):
        rows.level[base, j] = 1.0
    for y in range(base, years - 1):
        for j in range(lanes):
            rows.level[y + 1, j] = rows.level[y, j] * (1.0 + rows.growth[y, j])
    for y in range(base - 1, -1, -1):
        for j in range(lanes):
            rows.level[y, j] = rows.level[y + 1, j] / (1.0 + rows.growth[y, j])


@phase
def _reduce(flow, where, lanes, rows, samples):
    """Sum what all lines have spent by period, and in all; where prices move that is the total."""
    at, step = where
    total, base, present = rows.grown, rows.rate, rows.before
    for j in range(lanes):
        total[j] = flow.certain if flow.priced else total[j]
        base[j] = flow.certain
        present[j] = 0.0
    for g in range(rows.spent.shape[0]):
        for k in range(rows.spent.shape[1]):
            spent, period, discount = rows.spent[g, k], flow.period[k], flow.discount[k]
            if flow.priced:
                ratio, factor = flow.prices.ratio[g, k], rows.factor[g, k]
                for j in range(lanes):
                    base[j] += spent[j] * ratio
                    spent[j] *= factor[j]
                for j in range(lanes):
                    total[j] += spent[j]
            for j in range(lanes):
                present[j] += spent[j] * discount
            if period >= 0:
                for j in range(lanes):
                    samples.by_period[period, at + j * step] += spent[j]
    for j in range(lanes):
        samples.cost[at + j * step] = total[j]
    for j in range(lanes if flow.priced else 0):
        samples.base[at + j * step] = base[j]
    for j in range(lanes if samples.present.shape[0] > 0 else 0):
        samples.present[at + j * step] = present[j]


@kernel
def flow_batch(cal, model, flow, stream, k, lanes, dates, risk, rows, where, samples):
    """Spend the money of a placed batch; ``dates`` are the rows of nodes, the scratch rows, and the rows of spans.

    ``where`` is (first iteration, step) in the samples.
    """
    cal, model, flow, risk, rows, samples = borrow(cal), borrow(model), borrow(flow), borrow(risk), borrow(rows), borrow(samples)
    places, scratch, span_start, span_finish, span_minutes = borrow(dates)
    rows.spent[:, :, :lanes] = 0.0
    lines, amount, total = flow.lines, rows.amount[:lanes], rows.grown[:lanes]
    total[:] = flow.certain
    per, row = -1, -1
    for i in range(lines.shape[0]):
        if lines[i, LINE_PER] != per or lines[i, LINE_ROW] != row or per == ONCE:
            window_row(cal, lines, i, lanes, places, span_start, span_finish, scratch, rows)
            per, row = lines[i, LINE_PER], lines[i, LINE_ROW]
        _amount_row(model, flow, i, stream, k, lanes, places, span_minutes, risk, amount, total)
        as_spent(lines[i, SPENT], lanes, rows)
        spread_line(flow, i, lanes, rows)
    if flow.priced:
        price_rows(model, flow, stream, k, lanes, risk, rows)
    _reduce(flow, where, lanes, rows, samples)


@kernel
def line_prices(cal, model, flow, stream, dates, risk, rows, out):
    """Certain money of every line at the prices of its dates, in a single lane."""
    cal, model, flow, risk, rows = borrow(cal), borrow(model), borrow(flow), borrow(risk), borrow(rows)
    places, scratch, span_start, span_finish, _ = borrow(dates)
    first, lanes = np.int64(0), np.int64(1)  # as literals each would compile anew
    price_rows(model, flow, stream, first, lanes, risk, rows)
    for i in range(flow.lines.shape[0]):
        window_row(cal, flow.lines, i, lanes, places, span_start, span_finish, scratch, rows)
        as_spent(flow.lines[i, SPENT], lanes, rows)
        rows.amount[0] = flow.money[i, FIXED_MONEY]
        price_line(flow, i, lanes, rows, rows.grown)
        out[i] = rows.grown[0]
