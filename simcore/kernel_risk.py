"""The risk model on rows of lanes: sampled durations, factors, risk events, costs."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import kernel, phase
from simcore.kernel_sampling import SCALE, SHIFT, QuantileTables, Variables, latent_row, quantile_row, uniform_row

FACTOR, FACTOR_PARALLEL, IMPACT, IMPACT_PARALLEL = 0, 1, 2, 3
ABSENT = np.float32(-3.0e38)  # a shared draw of a risk or factor that did not occur
LONGEST = np.float32(2.0**28)  # minutes, 510 years: the far tail of a wild distribution must not overflow


class Shared(NamedTuple):
    """What is drawn once an iteration, whatever it touches: occurrences, factors, shared magnitudes, latent normals."""

    event_key: npt.NDArray[np.uint64]
    event_threshold: npt.NDArray[np.float64]  # probability in units of 2^-32
    draw_variable: npt.NDArray[np.int32]
    draw_event: npt.NDArray[np.int32]
    latent_key: npt.NDArray[np.uint64]


EFFECT_KIND, DRAW, VARIABLE, EVENT = range(4)  # columns of Effects.place


class Effects(NamedTuple):
    """What factors and risk events do, by node (durations) or by activity with cost (costs); CSR ``at``.

    A magnitude is a shared DRAW (>= 0) or a VARIABLE of its own that counts when EVENT occurs. ``scale`` turns a relative
    magnitude into minutes or money.
    """

    at: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]  # (effects, 4)
    scale: npt.NDArray[np.float64]


PER_NODE, PER_SPAN, ONCE = 0, 1, 2
PER, ROW, TERM_VARIABLE = range(3)  # columns of Costs.place


class Costs(NamedTuple):
    """Money: what is certain, and terms of ``rate * minutes`` or ``draw * minutes`` of a node or span, or of a draw once.

    The draws of TERM_VARIABLE (-1: none, the certain rate counts) are money a minute, or money for ONCE.
    """

    certain: float
    place: npt.NDArray[np.int32]  # (terms, 3)
    rate: npt.NDArray[np.float64]  # (terms,) money a minute


class RiskModel(NamedTuple):
    """All that is random, and what it does."""

    variables: Variables
    tables: QuantileTables
    shared: Shared
    duration: npt.NDArray[np.int32]  # (nodes, 2) deterministic remaining duration, variable or -1
    effects: Effects
    cost_effects: Effects
    costs: Costs


class RiskRows(NamedTuple):
    """Rows of lanes for :class:`Shared`, and scratch rows."""

    occurs: npt.NDArray[np.uint8]
    draws: npt.NDArray[np.float32]
    latents: npt.NDArray[np.float32]
    bits: npt.NDArray[np.uint32]  # (lanes,)
    scratch: npt.NDArray[np.float32]  # (3, lanes): VALUE, TOTAL, LARGEST


VALUE, RUNNING, LARGEST = range(3)


@kernel
def _draw_row(model, v, stream, first, lanes, rows, out):
    """Values of variable ``v`` as float32."""
    quantile_row(model.variables, model.tables, rows.latents, v, stream, first, rows.bits[:lanes], out)
    scale, shift = np.float32(model.variables.number[v, SCALE]), np.float32(model.variables.number[v, SHIFT])
    for j in range(lanes):
        out[j] = shift + scale * out[j]


@phase
def sample_shared(model, stream, first, lanes, rows):
    """Draw everything shared for a batch; ``stream`` is (seed, replicate)."""
    shared = model.shared
    bits = rows.bits[:lanes]
    for k in range(shared.latent_key.shape[0]):
        latent_row(model.tables, shared.latent_key[k], stream[0], stream[1], first, bits, rows.latents[k, :lanes])
    for e in range(shared.event_key.shape[0]):
        uniform_row(shared.event_key[e], stream[0], stream[1], first, bits)
        threshold, occurs = shared.event_threshold[e], rows.occurs[e]
        for j in range(lanes):
            occurs[j] = np.float64(bits[j]) < threshold
    for d in range(shared.draw_variable.shape[0]):
        draw, occurs = rows.draws[d, :lanes], rows.occurs[shared.draw_event[d]]
        _draw_row(model, shared.draw_variable[d], stream, first, lanes, rows, draw)
        for j in range(lanes):
            draw[j] = draw[j] if occurs[j] else ABSENT


@phase
def _magnitude_row(model, place, stream, first, lanes, rows):
    """Magnitude of an effect before its scale, ABSENT where it does not occur; in the VALUE row."""
    value = rows.scratch[VALUE, :lanes]
    if place[DRAW] >= 0:
        draw = rows.draws[place[DRAW]]
        for j in range(lanes):
            value[j] = draw[j]
        return
    _draw_row(model, place[VARIABLE], stream, first, lanes, rows, value)
    occurs = rows.occurs[place[EVENT]]
    for j in range(lanes):
        value[j] = value[j] if occurs[j] else ABSENT


@kernel
def _apply_effects(model, effects, owner, stream, first, lanes, rows):
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
            _magnitude_row(model, effects.place[i], stream, first, lanes, rows)
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
def duration_row(model, t, stream, first, lanes, rows, out):
    """Sampled duration of node ``t`` in whole minutes; returns how many lanes fell below zero and were set to zero."""
    base, v = model.duration[t, 0], model.duration[t, 1]
    effects = model.effects
    affected = effects.at[t] < effects.at[t + 1]
    if v < 0 and not affected:
        for j in range(lanes):
            out[j] = base
        return 0
    running = rows.scratch[RUNNING, :lanes]
    if v < 0:
        for j in range(lanes):
            running[j] = np.float32(base)
    else:
        _draw_row(model, v, stream, first, lanes, rows, running)
    if affected:
        _apply_effects(model, effects, t, stream, first, lanes, rows)
    clamped = 0
    for j in range(lanes):
        clamped += running[j] < np.float32(0)
        out[j] = np.int32(np.rint(min(max(running[j], np.float32(0)), LONGEST)))
    return clamped


@phase
def cost_row(model, stream, first, lanes, rows, minutes_of, span_minutes, cost):
    """Total cost of every lane: what is certain, the terms, the cost impacts of risk events; always in the same order.

    ``minutes_of`` holds the sampled duration of every node, ``span_minutes`` the working time of every span.
    """
    costs, number = model.costs, model.variables.number
    value = rows.scratch[VALUE, :lanes]
    for j in range(lanes):
        cost[j] = costs.certain
    for i in range(costs.place.shape[0]):
        per, row, v = costs.place[i, PER], costs.place[i, ROW], costs.place[i, TERM_VARIABLE]
        minutes = span_minutes[row] if per == PER_SPAN else minutes_of[row]
        if v < 0:
            rate = costs.rate[i]
            for j in range(lanes):
                cost[j] += rate * minutes[j]
            continue
        quantile_row(model.variables, model.tables, rows.latents, v, stream, first, rows.bits[:lanes], value)
        scale, shift = number[v, SCALE], number[v, SHIFT]
        if per == ONCE:
            for j in range(lanes):
                cost[j] += shift + scale * np.float64(value[j])
        else:
            for j in range(lanes):
                cost[j] += (shift + scale * np.float64(value[j])) * minutes[j]
    effects, running = model.cost_effects, rows.scratch[RUNNING, :lanes]
    for owner in range(effects.at.shape[0] - 1):
        for j in range(lanes):
            running[j] = np.float32(0)
        _apply_effects(model, effects, owner, stream, first, lanes, rows)
        for j in range(lanes):
            cost[j] += np.float64(running[j])
