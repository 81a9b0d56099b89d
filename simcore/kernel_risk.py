"""The risk model on rows of lanes: what happens, sampled durations and lags, factors, risk events, costs."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import inlined, kernel, phase
from simcore.kernel_columns import ROW_DURATION
from simcore.kernel_sampling import SCALE, SHIFT, QuantileTables, Variables, latent_row, quantile_row, stream_row

FACTOR, FACTOR_PARALLEL, IMPACT, IMPACT_PARALLEL = 0, 1, 2, 3
ABSENT = np.float32(-3.0e38)  # the magnitude of what did not happen
LONGEST = np.float32(2.0**28)  # minutes, 510 years: the far tail of a wild distribution must not overflow
FULL = 2.0**32  # probabilities in the kernels are in units of 2^-32

EVENT_MASK, CHANCE, GIVEN_AT, GIVEN_END, NEEDS, EVENT_DIMENSION = range(6)  # columns of Shared.event_place
FROM, UPTO = range(2)  # columns of Shared.event_limit


class Shared(NamedTuple):
    """What is drawn once an iteration, whatever it touches: occurrences, factors, shared magnitudes, latent normals.

    An event happens when the uniform of its key lies between FROM and UPTO (so several may divide one uniform), or below its
    CHANCE, a shared draw, or, where an event of its ``given`` happened, below the largest limit of those; and NEEDS happened
    too. Its answer goes to EVENT_MASK of the masks. What an event needs comes before it. EVENT_DIMENSION is its uniform's Sobol
    dimension, or -1.
    """

    event_key: npt.NDArray[np.uint64]  # (events,)
    event_place: npt.NDArray[np.int32]  # (events, 6)
    event_limit: npt.NDArray[np.float64]  # (events, 2) in units of 2^-32
    given_mask: npt.NDArray[np.int32]
    given_limit: npt.NDArray[np.float64]
    draw_variable: npt.NDArray[np.int32]
    latent_key: npt.NDArray[np.uint64]
    latent_place: npt.NDArray[np.int32]  # (latents, 3) first cell and cell bits of its quantile table, Sobol dimension or -1


EFFECT_KIND, DRAW, VARIABLE, EVENT = range(4)  # columns of Effects.place


class Effects(NamedTuple):
    """What factors and risk events do, by node (durations, delays), lag, or activity with cost; CSR ``at``.

    A magnitude is a shared DRAW (>= 0) or a VARIABLE of its own; it counts where the mask EVENT says so (-1: always).
    ``scale`` turns a relative magnitude into minutes or money.
    """

    at: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]  # (effects, 4)
    scale: npt.NDArray[np.float64]


PER_NODE, PER_SPAN, ONCE = 0, 1, 2
PER, ROW, TERM_VARIABLE, SECOND, WHERE, MARKET = range(6)  # columns of Costs.place


class Costs(NamedTuple):
    """Money: what is certain, and terms of ``rate * minutes`` or ``draw * minutes`` of a node or span, or of a draw once.

    A rate is money a minute, or money for ONCE, times the draws of TERM_VARIABLE and of SECOND (-1: none) and the factors of
    MARKET, an owner among the cost effects (-1: none); the mask WHERE (-1: always) says whether the activity exists.
    """

    certain: float
    place: npt.NDArray[np.int32]  # (terms, 6)
    rate: npt.NDArray[np.float64]  # (terms,)
    owner_where: npt.NDArray[np.int32]  # (owners of cost effects,) mask, -1: always
    asked: npt.NDArray[np.int32]  # (conditions, 3) first and last term and owner of what a condition on cost asks
    asked_limit: npt.NDArray[np.float64]  # (conditions, 2) certain cost of the activity, and limit


BASE, DURATION_VARIABLE, DATED_AT, DATED_END = range(4)  # columns of RiskModel.duration
LAG_BASE, LAG_VARIABLE, LAG_OFFSET = range(3)  # columns of RiskModel.lags
STRIKES_ANY, STRIKES_START, STRIKES_END, STRIKES_SHARE = range(4)
DATED_EVENT, DATED_MASK, DATED_FROM, DATED_UPTO, STRIKES, STRIKES_VARIABLE = range(6)  # columns of RiskModel.dated


class RiskModel(NamedTuple):
    """All that is random, and what it does.

    Attributes
    ----------
    duration : ndarray of int32, shape (nodes, 4)
        BASE: deterministic remaining duration; its variable or -1; the rows of ``dated`` that strike it.
    lags : ndarray of int32, shape (lags, 3)
        LAG_BASE: certain minutes; its variable or -1, and what is added to a draw.
    delay_effects : Effects
        Minutes of work that risks put before the start, by Rows.delays.
    dated : ndarray of int32, shape (dated, 6)
        Risk events that count only when they strike in a window of dates: the mask of the event, the mask of the answer, the
        window in clock minutes, and where in the activity it strikes.
    masks : int
        How many rows of masks there are: of the logic, of events, of ``dated``.
    """

    variables: Variables
    tables: QuantileTables
    shared: Shared
    duration: npt.NDArray[np.int32]
    effects: Effects
    cost_effects: Effects
    costs: Costs
    lags: npt.NDArray[np.int32]
    lag_effects: Effects
    delay_effects: Effects
    dated: npt.NDArray[np.int32]
    masks: int


class RiskRows(NamedTuple):
    """Rows of lanes for :class:`Shared`, and scratch rows."""

    masks: npt.NDArray[np.uint8]  # those of the passes
    draws: npt.NDArray[np.float32]
    latents: npt.NDArray[np.float32]
    bits: npt.NDArray[np.uint32]  # (lanes,)
    limit: npt.NDArray[np.float64]  # (lanes,)
    money: npt.NDArray[np.float64]  # (lanes,)
    scratch: npt.NDArray[np.float32]  # (3, lanes): VALUE, RUNNING, LARGEST


VALUE, RUNNING, LARGEST = range(3)


@phase
def draw_row(model, v, stream, first, lanes, rows, out):
    """Values of variable ``v`` as float32."""
    quantile_row(model.variables, model.tables, rows.latents, v, stream, first, rows.bits[:lanes], out)
    scale, shift = np.float32(model.variables.number[v, SCALE]), np.float32(model.variables.number[v, SHIFT])
    for j in range(lanes):
        out[j] = shift + scale * out[j]


@kernel
def exact_row(model, v, stream, first, lanes, rows, out):
    """Values of variable ``v`` as float64; a certain one is exact."""
    value, number = rows.scratch[VALUE, :lanes], model.variables.number
    quantile_row(model.variables, model.tables, rows.latents, v, stream, first, rows.bits[:lanes], value)
    scale, shift = number[v, SCALE], number[v, SHIFT]
    for j in range(lanes):
        out[j] = shift + scale * np.float64(value[j])


@phase
def _happens_row(model, e, stream, first, lanes, rows):
    """Whether event ``e`` happens."""
    shared, bits, limit = model.shared, rows.bits[:lanes], rows.limit[:lanes]
    low, high = shared.event_limit[e, FROM], shared.event_limit[e, UPTO]
    chance, needs = shared.event_place[e, CHANCE], shared.event_place[e, NEEDS]
    begin, end = shared.event_place[e, GIVEN_AT], shared.event_place[e, GIVEN_END]
    happens, dimension = rows.masks[shared.event_place[e, EVENT_MASK]], shared.event_place[e, EVENT_DIMENSION]
    if chance < 0 and begin == end and needs < 0:
        stream_row(model.tables, shared.event_key[e], dimension, stream, first, bits)
        for j in range(lanes):
            u = np.float64(bits[j])
            happens[j] = (low <= u) & (u < high)
        return
    for j in range(lanes):
        limit[j] = high
    if chance >= 0:
        for j in range(lanes):
            limit[j] = np.float64(rows.draws[chance, j]) * FULL
    for i in range(begin, end):
        before, given = rows.masks[shared.given_mask[i]], shared.given_limit[i]
        for j in range(lanes):  # limits above all probabilities mark where one has happened
            limit[j] = max(limit[j] if limit[j] >= 2 * FULL else 0.0, 2 * FULL + given) if before[j] else limit[j]
    stream_row(model.tables, shared.event_key[e], dimension, stream, first, bits)
    for j in range(lanes):
        u, upto = np.float64(bits[j]), limit[j] - 2 * FULL if limit[j] >= 2 * FULL else limit[j]
        happens[j] = (low <= u) & (u < upto)
    if needs >= 0:
        for j in range(lanes):
            happens[j] &= rows.masks[needs, j]


@phase
def sample_shared(model, stream, first, lanes, rows):
    """Draw everything shared for a batch; ``stream`` is (seed, replicate)."""
    shared = model.shared
    for k in range(shared.latent_key.shape[0]):
        place = shared.latent_place[k]
        latent_row(model.tables, place, shared.latent_key[k], stream, first, rows.bits[:lanes], rows.latents[k, :lanes])
    for d in range(shared.draw_variable.shape[0]):
        draw_row(model, shared.draw_variable[d], stream, first, lanes, rows, rows.draws[d, :lanes])
    for e in range(shared.event_key.shape[0]):
        _happens_row(model, e, stream, first, lanes, rows)


@phase
def magnitude_row(model, place, stream, first, lanes, rows):
    """Magnitude of an effect before its scale, ABSENT where it does not happen; in the VALUE row."""
    value = rows.scratch[VALUE, :lanes]
    if place[DRAW] >= 0:
        draw = rows.draws[place[DRAW]]
        for j in range(lanes):
            value[j] = draw[j]
    else:
        draw_row(model, place[VARIABLE], stream, first, lanes, rows, value)
    if place[EVENT] >= 0:
        happens = rows.masks[place[EVENT]]
        for j in range(lanes):
            value[j] = value[j] if happens[j] else ABSENT


@kernel
def apply_effects(model, effects, owner, stream, first, lanes, rows):
    """Multiply the RUNNING row by the factors and add the impacts of ``owner``; parallel ones count by their largest."""
    running, value, largest = rows.scratch[RUNNING, :lanes], rows.scratch[VALUE, :lanes], rows.scratch[LARGEST, :lanes]
    for wanted in (FACTOR, FACTOR_PARALLEL, IMPACT, IMPACT_PARALLEL):
        parallel, seen = wanted & 1, False
        for j in range(lanes):
            largest[j] = ABSENT
        for i in range(effects.at[owner], effects.at[owner + 1]):
            if effects.place[i, EFFECT_KIND] != wanted:
                continue
            seen = True
            magnitude_row(model, effects.place[i], stream, first, lanes, rows)
            scale = np.float32(effects.scale[i])
            if parallel:
                for j in range(lanes):
                    largest[j] = max(largest[j], value[j] * scale if value[j] > ABSENT else ABSENT)
            elif wanted == FACTOR:
                for j in range(lanes):
                    running[j] *= value[j] if value[j] > ABSENT else np.float32(1)
            else:
                for j in range(lanes):
                    running[j] += value[j] * scale if value[j] > ABSENT else np.float32(0)
        if parallel and seen:
            if wanted == FACTOR_PARALLEL:
                for j in range(lanes):
                    running[j] *= largest[j] if largest[j] > ABSENT else np.float32(1)
            else:
                for j in range(lanes):
                    running[j] += largest[j] if largest[j] > ABSENT else np.float32(0)


@phase
def duration_row(model, t, stream, first, lanes, rows, out, stays):
    """Sampled duration of node ``t`` in whole minutes; returns how many lanes fell below zero and were set to zero.

    ``stays`` says that nothing else writes to the row, so that what is certain stands there from earlier batches.
    """
    base, v = model.duration[t, BASE], model.duration[t, DURATION_VARIABLE]
    effects = model.effects
    affected = effects.at[t] < effects.at[t + 1]
    if v < 0 and not affected:
        if not stays or out[0] != base or out[lanes - 1] != base:
            for j in range(lanes):
                out[j] = base
        return 0
    running = rows.scratch[RUNNING, :lanes]
    if v < 0:
        for j in range(lanes):
            running[j] = np.float32(base)
    else:
        draw_row(model, v, stream, first, lanes, rows, running)
    if affected:
        apply_effects(model, effects, t, stream, first, lanes, rows)
    clamped = 0
    for j in range(lanes):
        clamped += running[j] < np.float32(0)
        out[j] = np.int32(np.rint(min(max(running[j], np.float32(0)), LONGEST)))
    return clamped


@kernel
def times_row(model, i, stream, first, lanes, rows):
    """What the minutes of term ``i`` are multiplied by, or its money where it is due once; in the money row."""
    costs, number = model.costs, model.variables.number
    value, times = rows.scratch[VALUE, :lanes], rows.money[:lanes]
    rate, where, market = costs.rate[i], costs.place[i, WHERE], np.int64(costs.place[i, MARKET])  # as owners of effects are
    for j in range(lanes):
        times[j] = rate if where < 0 or rows.masks[where, j] else 0.0
    if market >= 0:
        running = rows.scratch[RUNNING, :lanes]
        for j in range(lanes):
            running[j] = np.float32(1)
        apply_effects(model, model.cost_effects, market, stream, first, lanes, rows)
        for j in range(lanes):
            times[j] *= np.float64(running[j])
    for column in (TERM_VARIABLE, SECOND):
        v = costs.place[i, column]
        if v >= 0:
            quantile_row(model.variables, model.tables, rows.latents, v, stream, first, rows.bits[:lanes], value)
            scale, shift = number[v, SCALE], number[v, SHIFT]
            for j in range(lanes):
                times[j] *= shift + scale * np.float64(value[j])


@phase
def term_row(model, i, stream, first, lanes, rows, rows_of, span_minutes):
    """Money of term ``i`` in every lane; in the money row."""
    costs, times = model.costs, rows.money[:lanes]
    per, row = costs.place[i, PER], costs.place[i, ROW]
    minutes = span_minutes[row] if per == PER_SPAN else rows_of[row, ROW_DURATION]
    varies = costs.place[i, TERM_VARIABLE] >= 0 or costs.place[i, SECOND] >= 0 or costs.place[i, MARKET] >= 0
    if not varies and per != ONCE:
        rate = costs.rate[i]
        for j in range(lanes):
            times[j] = rate * minutes[j]
        return
    times_row(model, i, stream, first, lanes, rows)
    if per != ONCE:
        for j in range(lanes):
            times[j] *= minutes[j]


@phase
def terms_row(model, begin, end, stream, first, lanes, rows, rows_of, span_minutes, cost):
    """Add the terms ``begin <= i < end`` of the cost."""
    costs, number = model.costs, model.variables.number
    value, times = rows.scratch[VALUE, :lanes], rows.money[:lanes]
    done = begin
    for i in range(begin, end):
        if i < done:
            continue
        per, row, where = costs.place[i, PER], costs.place[i, ROW], costs.place[i, WHERE]
        minutes = span_minutes[row] if per == PER_SPAN else rows_of[row, ROW_DURATION]
        rate = costs.rate[i]
        if i + 1 < end and _follows_duration(costs, i) and _follows_duration(costs, i + 1):
            other, second = costs.rate[i + 1], rows_of[costs.place[i + 1, ROW], ROW_DURATION]
            for j in range(lanes):
                cost[j] = cost[j] + rate * minutes[j] + other * second[j]
            done = i + 2
            continue
        v, alone = costs.place[i, TERM_VARIABLE], costs.place[i, SECOND] < 0 and costs.place[i, MARKET] < 0
        if per != ONCE and v >= 0 and alone and where < 0:
            quantile_row(model.variables, model.tables, rows.latents, v, stream, first, rows.bits[:lanes], value)
            scale, shift = number[v, SCALE], number[v, SHIFT]
            for j in range(lanes):
                cost[j] += rate * (shift + scale * np.float64(value[j])) * minutes[j]
            continue
        term_row(model, i, stream, first, lanes, rows, rows_of, span_minutes)
        for j in range(lanes):
            cost[j] += times[j]


@inlined
def _follows_duration(costs, i):
    """Whether term ``i`` is a certain rate of a node's minutes; two such in a row are added in one go, in their order."""
    certain = costs.place[i, TERM_VARIABLE] < 0 and costs.place[i, SECOND] < 0 and costs.place[i, MARKET] < 0
    return costs.place[i, PER] == PER_NODE and certain


@kernel
def owner_row(model, owner, stream, first, lanes, rows, cost):
    """Add the cost impacts of risk events on one owner."""
    running, where = rows.scratch[RUNNING, :lanes], model.costs.owner_where[owner]
    for j in range(lanes):
        running[j] = np.float32(0)
    apply_effects(model, model.cost_effects, owner, stream, first, lanes, rows)
    for j in range(lanes):
        cost[j] += np.float64(running[j]) if where < 0 or rows.masks[where, j] else 0.0


@phase
def cost_row(model, stream, first, lanes, rows, rows_of, span_minutes, cost):
    """Total cost of every lane: what is certain, the terms, the cost impacts of risk events; always in the same order.

    ``rows_of`` are the rows of all nodes, ``span_minutes`` the working time of every span.
    """
    for j in range(lanes):
        cost[j] = model.costs.certain
    terms_row(model, 0, model.costs.place.shape[0], stream, first, lanes, rows, rows_of, span_minutes, cost)
    for owner in range(model.costs.owner_where.shape[0]):
        owner_row(model, owner, stream, first, lanes, rows, cost)
