"""What every cost line adds to the total beyond its deterministic cost, by cause; summed over iterations with weights."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import borrow, kernel, phase
from simcore.kernel_columns import ROW_DURATION
from simcore.kernel_flow import (
    DETERMINISTIC_GROWN,
    DETERMINISTIC_MONEY,
    FIXED_MONEY,
    LINE_WHERE,
    OWNER,
    PLANNED_MONEY,
    SPENT,
    TERMS_FROM,
    TERMS_UPTO,
    as_spent,
    price_line,
    price_rows,
    window_row,
)
from simcore.kernel_risk import (
    ABSENT,
    BASE,
    EFFECT_KIND,
    IMPACT_PARALLEL,
    ONCE,
    PER,
    PER_SPAN,
    ROW,
    VALUE,
    magnitude_row,
    owner_row,
    times_row,
)

UNCERTAINTY, SCHEDULE, EVENTS, ESCALATION = range(4)
CAUSES = 4


class ShareModel(NamedTuple):
    """What is asked for beside the flow model.

    Attributes
    ----------
    span_planned : ndarray of float64, shape (spans,)
        Deterministic minutes of work of every span.
    driver_at : ndarray of int32, shape (drivers + 1,)
        Where the masks of each driver begin; a driver has happened where any of its masks says so.
    driver_mask : ndarray of int32
    driver_draw : ndarray of int32, shape (drivers,)
        The shared draw whose distance from 1 counts where it has happened; -1: that it has happened counts as 1.
    """

    span_planned: npt.NDArray[np.float64]
    driver_at: npt.NDArray[np.int32]
    driver_mask: npt.NDArray[np.int32]
    driver_draw: npt.NDArray[np.int32]


class ShareRows(NamedTuple):
    """Rows of lanes of one worker."""

    parts: npt.NDArray[np.float64]  # (CAUSES, lanes)
    total: npt.NDArray[np.float64]  # (CAUSES, lanes) of all lines
    at_plan: npt.NDArray[np.float64]  # (lanes,) at planned durations
    largest: npt.NDArray[np.float32]  # (lanes,)


class Shares(NamedTuple):
    """Weighted sums by replicate, and what is kept of every iteration that is kept."""

    lines: npt.NDArray[np.float64]  # (replicates, lines, CAUSES)
    effects: npt.NDArray[np.float64]  # (replicates, cost effects)
    drivers: npt.NDArray[np.float32]  # (drivers, kept iterations)
    causes: npt.NDArray[np.float64]  # (CAUSES, kept iterations)


@phase
def _amounts(model, flow, ask, i, stream, first, lanes, places, span_minutes, risk, rows, mine):
    """Money of a line's terms in every lane, and the same at planned durations."""
    amount, at_plan, times = rows.amount, mine.at_plan, risk.money[:lanes]
    for j in range(lanes):
        amount[j] = flow.money[i, FIXED_MONEY]
        at_plan[j] = flow.money[i, FIXED_MONEY]
    for t in range(np.int64(flow.lines[i, TERMS_FROM]), np.int64(flow.lines[i, TERMS_UPTO])):
        per, row = model.costs.place[t, PER], model.costs.place[t, ROW]
        times_row(model, t, stream, first, lanes, risk)
        if per == ONCE:
            for j in range(lanes):
                amount[j] += times[j]
                at_plan[j] += times[j]
            continue
        minutes = span_minutes[row] if per == PER_SPAN else places[row, ROW_DURATION]
        planned = ask.span_planned[row] if per == PER_SPAN else np.float64(model.duration[row, BASE])
        for j in range(lanes):
            amount[j] += times[j] * minutes[j]
            at_plan[j] += times[j] * planned


@phase
def _parts(flow, i, lanes, risk, rows, mine):
    """Divide a line's money beyond its deterministic cost: by prices and quantities, durations, and existence."""
    amount, at_plan, parts, where = rows.amount, mine.at_plan, mine.parts, flow.lines[i, LINE_WHERE]
    planned, deterministic = flow.money[i, PLANNED_MONEY], flow.money[i, DETERMINISTIC_MONEY]
    for j in range(lanes):
        there = where < 0 or risk.masks[where, j] != 0
        parts[UNCERTAINTY, j] = at_plan[j] - planned if there else 0.0
        parts[SCHEDULE, j] = amount[j] - at_plan[j] if there else 0.0
        parts[EVENTS, j] = (planned if there else 0.0) - deterministic
        parts[ESCALATION, j] = 0.0
        amount[j] = amount[j] if there else 0.0


@phase
def _impacts(model, owner, stream, first, lanes, risk, mine, at_iteration, weights, sums):
    """Add to every cost impact of an owner what it costs; of parallel ones, what the largest does."""
    effects, where = model.cost_effects, model.costs.owner_where[owner]
    value, largest = risk.scratch[VALUE, :lanes], mine.largest
    at, step = at_iteration
    for j in range(lanes):
        largest[j] = ABSENT
    for e in range(effects.at[owner], effects.at[owner + 1]):
        if effects.place[e, EFFECT_KIND] == IMPACT_PARALLEL:
            magnitude_row(model, effects.place[e], stream, first, lanes, risk)
            for j in range(lanes):
                largest[j] = max(largest[j], value[j] * np.float32(effects.scale[e]) if value[j] > ABSENT else ABSENT)
    for e in range(effects.at[owner], effects.at[owner + 1]):
        magnitude_row(model, effects.place[e], stream, first, lanes, risk)
        parallel, scale = effects.place[e, EFFECT_KIND] == IMPACT_PARALLEL, np.float32(effects.scale[e])
        for j in range(lanes):
            weight = weights[at + j * step]
            if weight == 0.0 or value[j] <= ABSENT or (where >= 0 and risk.masks[where, j] == 0):
                continue
            money = value[j] * scale
            if parallel:
                if money < largest[j]:
                    continue
                largest[j] = np.float32(3.0e38)  # taken
            sums[e] += weight * np.float64(money)


@phase
def _keep_drivers(ask, lanes, risk, at_iteration, kept):
    """What every driver did in the iterations that are kept."""
    at, step = at_iteration
    last = kept.shape[1]
    for d in range(ask.driver_draw.shape[0]):
        draw = ask.driver_draw[d]
        for j in range(lanes):
            if at + j * step < last:
                happened = ask.driver_at[d] == ask.driver_at[d + 1]
                for m in range(ask.driver_at[d], ask.driver_at[d + 1]):
                    happened |= risk.masks[ask.driver_mask[m], j] != 0
                size = np.float32(1) if draw < 0 else risk.draws[draw, j] - np.float32(1)
                kept[d, at + j * step] = size if happened else np.float32(0)


@kernel
def share_batch(cal, model, flow, ask, stream, k, lanes, dates, risk, rows, mine, weights, where, shares):
    """Add a placed batch to the weighted sums; arguments as :func:`simcore.kernel_flow.flow_batch`.

    ``weights`` are by iteration. Lanes are added one after the other, so that the sums do not depend on how many there are.
    """
    cal, model, flow, risk, rows = borrow(cal), borrow(model), borrow(flow), borrow(risk), borrow(rows)
    ask, mine, shares = borrow(ask), borrow(mine), borrow(shares)
    places, scratch, span_start, span_finish, span_minutes = borrow(dates)
    lines, amount, parts = flow.lines, rows.amount, mine.parts
    replicate, (at, step) = stream[1], where
    mine.total[:] = 0.0
    if flow.priced:
        price_rows(model, flow, stream, k, lanes, risk, rows)
    for i in range(lines.shape[0]):
        _amounts(model, flow, ask, i, stream, k, lanes, places, span_minutes, risk, rows, mine)
        _parts(flow, i, lanes, risk, rows, mine)
        if lines[i, OWNER] >= 0:
            owner_row(model, np.int64(lines[i, OWNER]), stream, k, lanes, risk, amount)
            for j in range(lanes):
                parts[EVENTS, j] += amount[j]
            _impacts(model, lines[i, OWNER], stream, k, lanes, risk, mine, where, weights, shares.effects[replicate])
        if flow.priced:
            window_row(cal, lines, i, lanes, places, span_start, span_finish, scratch, rows)
            as_spent(lines[i, SPENT], lanes, rows)
            price_line(flow, i, lanes, rows, rows.grown)
            planned = flow.money[i, DETERMINISTIC_GROWN] - flow.money[i, DETERMINISTIC_MONEY]
            for j in range(lanes):
                parts[ESCALATION, j] = rows.grown[j] - amount[j] - planned
        for cause in range(CAUSES):
            total, part = mine.total[cause], parts[cause]
            for j in range(lanes):
                total[j] += part[j]
                weight = weights[at + j * step]
                if weight != 0.0:
                    shares.lines[replicate, i, cause] += weight * part[j]
    for j in range(lanes):
        if at + j * step < shares.causes.shape[1]:
            for cause in range(CAUSES):
                shares.causes[cause, at + j * step] = mine.total[cause, j]
    _keep_drivers(ask, lanes, risk, where, shares.drivers)
