"""What depends on dates already placed: risk events with a window, delays, and conditions of branches; and drawn lags."""
from __future__ import annotations

import numpy as np

from simcore.jit import kernel_by_chance
from simcore.kernel_calendar import constant_row, start_row
from simcore.kernel_columns import (
    ANSWER,
    ASKED_KIND,
    ASKED_NODE,
    BY_COST,
    BY_DURATION,
    BY_FINISH,
    BY_START,
    CALENDAR,
    EXISTS,
    GAP,
    LIMIT,
    LOOK_UP,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    STOPS,
)
from simcore.kernel_risk import (
    DATED_AT,
    DATED_END,
    DATED_EVENT,
    DATED_FROM,
    DATED_MASK,
    DATED_UPTO,
    LAG_BASE,
    LAG_OFFSET,
    LAG_VARIABLE,
    LONGEST,
    RUNNING,
    STRIKES,
    STRIKES_END,
    STRIKES_SHARE,
    STRIKES_START,
    STRIKES_VARIABLE,
    VALUE,
    apply_effects,
    draw_row,
    owner_row,
    terms_row,
)


@kernel_by_chance
def lag_rows(logic, model, stream, first, lanes, rows, risk):
    """Draw all uncertain lags of a batch, in whole minutes."""
    running = risk.scratch[RUNNING, :lanes]
    for k in range(model.lags.shape[0]):
        v = model.lags[k, LAG_VARIABLE]
        if v >= 0:
            draw_row(model, v, stream, first, lanes, risk, running)
        for j in range(lanes):
            running[j] = running[j] + np.float32(model.lags[k, LAG_OFFSET]) if v >= 0 else np.float32(model.lags[k, LAG_BASE])
        apply_effects(model, model.lag_effects, k, stream, first, lanes, risk)
        for j in range(lanes):
            rows.lags[k, j] = np.int32(np.rint(min(max(running[j], -LONGEST), LONGEST)))


@kernel_by_chance
def delay_row(logic, model, at, stream, first, lanes, rows, risk):
    """Minutes of work that risk events put before a start."""
    running = risk.scratch[RUNNING, :lanes]
    for j in range(lanes):
        running[j] = np.float32(0)
    apply_effects(model, model.delay_effects, at, stream, first, lanes, risk)
    for j in range(lanes):
        rows.delays[at, j] = np.int32(np.rint(min(max(running[j], np.float32(0)), LONGEST)))


@kernel_by_chance
def clear_dated(logic, model, t, lanes, rows):
    """Nothing with a window has struck node ``t`` yet."""
    for i in range(model.duration[t, DATED_AT], model.duration[t, DATED_END]):
        mask = rows.masks[model.dated[i, DATED_MASK]]
        for j in range(lanes):
            mask[j] = 0


@kernel_by_chance
def dated_rows(logic, model, t, stream, first, lanes, rows, risk, work):
    """Whether events with a window strike node ``t`` inside it, as it stands without them; ``work`` is its coordinate."""
    start, finish, duration = rows.of[t, ROW_START], rows.of[t, ROW_FINISH], rows.of[t, ROW_DURATION]
    share, struck, at = risk.scratch[VALUE, :lanes], rows.scratch[0, :lanes], rows.scratch[1, :lanes]
    for i in range(model.duration[t, DATED_AT], model.duration[t, DATED_END]):
        event, mask = rows.masks[model.dated[i, DATED_EVENT]], rows.masks[model.dated[i, DATED_MASK]]
        begin, end, way = model.dated[i, DATED_FROM], model.dated[i, DATED_UPTO], model.dated[i, STRIKES]
        if way == STRIKES_SHARE:
            draw_row(model, model.dated[i, STRIKES_VARIABLE], stream, first, lanes, risk, share)
            for j in range(lanes):
                at[j] = work[j] + np.int32(np.rint(min(max(share[j], np.float32(0)), np.float32(1)) * np.float32(duration[j])))
            start_row(logic.calendars, logic.nodes[t, CALENDAR], at, struck, rows.scratch[LOOK_UP, :lanes])
        for j in range(lanes):
            if way == STRIKES_SHARE:
                inside = (begin <= struck[j]) & (struck[j] <= end)
            elif way == STRIKES_START:
                inside = (begin <= start[j]) & (start[j] <= end)
            elif way == STRIKES_END:
                inside = (begin <= finish[j]) & (finish[j] <= end)
            else:
                inside = (start[j] <= end) & (begin <= finish[j])
            mask[j] = event[j] & np.uint8(inside)


@kernel_by_chance
def condition_rows(logic, model, t, stream, first, lanes, memory, work, sampled):
    """Answer the conditions that ask about node ``t``; whether one of them cut its work off.

    ``memory`` is (rows of the passes, rows of the risk model, row of money).
    """
    rows, risk, cost = memory
    start, finish, duration = rows.of[t, ROW_START], rows.of[t, ROW_FINISH], rows.of[t, ROW_DURATION]
    exists, cut = logic.nodes[t, EXISTS], False
    for i in range(logic.conditions.shape[0]):
        kind, limit = logic.conditions[i, ASKED_KIND], logic.conditions[i, LIMIT]
        if logic.conditions[i, ASKED_NODE] != t or (kind == BY_COST and not sampled):
            continue
        answer = rows.masks[logic.conditions[i, ANSWER]]
        if kind == BY_COST:
            asked = model.costs.asked[i]
            for j in range(lanes):
                cost[j] = model.costs.asked_limit[i, 0]
            terms_row(model, asked[0], asked[1], stream, first, lanes, risk, rows.of, rows.lags, cost)
            if asked[2] >= 0:
                owner_row(model, asked[2], stream, first, lanes, risk, cost)
        for j in range(lanes):
            if kind == BY_START:
                above = start[j] > limit
            elif kind == BY_FINISH:
                above = finish[j] > limit
            elif kind == BY_DURATION:
                above = duration[j] > limit
            else:
                above = cost[j] > model.costs.asked_limit[i, 1]
            answer[j] = np.uint8(above) & (np.uint8(1) if exists < 0 else rows.masks[exists, j])
        if logic.conditions[i, STOPS]:
            cut = True
            last = rows.scratch[0, :lanes]
            constant_row(logic.calendars, logic.nodes[t, CALENDAR], limit, last)
            for j in range(lanes):
                until = max(np.int32(last[j] - logic.nodes[t, GAP] - work[j]), np.int32(0))
                left = until if kind == BY_FINISH else np.int32(limit)
                duration[j] = min(duration[j], left) if answer[j] else duration[j]
    return cut
