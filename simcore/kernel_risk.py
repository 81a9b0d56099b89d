"""The risk model on rows of lanes: sampled durations, factors, risk events, costs."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcore.jit import kernel
from simcore.kernel_sampling import QuantileTables, Variables, latent_row, quantile_row, uniform_row

FACTOR, FACTOR_PARALLEL, IMPACT, IMPACT_PARALLEL = 0, 1, 2, 3
ABSENT = np.float32(-3.0e38)  # a shared draw of a risk or factor that did not occur


class Shared(NamedTuple):
    """What is drawn once an iteration, whatever it touches: occurrences, factors, shared magnitudes, latent normals."""

    event_key: npt.NDArray[np.uint64]
    event_threshold: npt.NDArray[np.float64]  # probability in units of 2^-32
    draw_variable: npt.NDArray[np.int32]
    draw_event: npt.NDArray[np.int32]
    latent_key: npt.NDArray[np.uint64]


class Effects(NamedTuple):
    """What factors and risk events do, by node (durations) or by activity with cost (costs); CSR ``at``.

    A magnitude is a shared draw (``draw`` >= 0) or a variable of its own that counts when ``event`` occurs. ``scale`` turns a
    relative magnitude into minutes or money.
    """

    at: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    draw: npt.NDArray[np.int32]
    variable: npt.NDArray[np.int32]
    event: npt.NDArray[np.int32]
    scale: npt.NDArray[np.float64]


PER_NODE, PER_SPAN, ONCE = 0, 1, 2


class Costs(NamedTuple):
    """Money: what is certain, and terms of ``rate * minutes`` or ``draw * minutes`` of a node or span, or of a draw once."""

    certain: float
    per: npt.NDArray[np.int8]
    row: npt.NDArray[np.int32]  # node or span
    rate: npt.NDArray[np.float64]  # money a minute where there is no variable
    variable: npt.NDArray[np.int32]  # or -1; its draws are money a minute, or money for ONCE


class RiskModel(NamedTuple):
    """All that is random, and what it does."""

    variables: Variables
    tables: QuantileTables
    shared: Shared
    duration: npt.NDArray[np.int32]  # (nodes,) deterministic remaining duration
    duration_variable: npt.NDArray[np.int32]  # (nodes,) or -1
    effects: Effects
    cost_effects: Effects
    costs: Costs


class RiskRows(NamedTuple):
    """Rows of lanes for :class:`Shared`, and scratch rows."""

    occurs: npt.NDArray[np.uint8]
    draws: npt.NDArray[np.float32]
    latents: npt.NDArray[np.float32]
    bits: npt.NDArray[np.uint32]
    value: npt.NDArray[np.float32]
    total: npt.NDArray[np.float32]
    largest: npt.NDArray[np.float32]


@kernel
def sample_shared(model, stream, first, lanes, rows):
    """Draw everything shared for a batch; ``stream`` is (seed, replicate)."""
    shared, variables = model.shared, model.variables
    seed, replicate = stream
    bits, value = rows.bits[:lanes], rows.value[:lanes]
    for k in range(shared.latent_key.shape[0]):
        latent_row(model.tables, shared.latent_key[k], seed, replicate, first, bits, rows.latents[k, :lanes])
    for e in range(shared.event_key.shape[0]):
        uniform_row(shared.event_key[e], seed, replicate, first, bits)
        threshold, occurs = shared.event_threshold[e], rows.occurs[e]
        for j in range(lanes):
            occurs[j] = np.float64(bits[j]) < threshold
    for d in range(shared.draw_variable.shape[0]):
        v = shared.draw_variable[d]
        quantile_row(variables, model.tables, rows.latents, v, seed, replicate, first, bits, value)
        scale, shift = np.float32(variables.scale[v]), np.float32(variables.shift[v])
        occurs, draw = rows.occurs[shared.draw_event[d]], rows.draws[d]
        for j in range(lanes):
            draw[j] = shift + scale * value[j] if occurs[j] else ABSENT


@kernel
def _magnitude_row(model, effects, i, stream, first, lanes, rows):
    """Magnitude of effect ``i`` before its scale, ABSENT where it does not occur; in ``rows.value``."""
    variables = model.variables
    value = rows.value[:lanes]
    d = effects.draw[i]
    if d >= 0:
        for j in range(lanes):
            value[j] = rows.draws[d, j]
        return
    v = effects.variable[i]
    quantile_row(variables, model.tables, rows.latents, v, stream[0], stream[1], first, rows.bits[:lanes], value)
    scale, shift = np.float32(variables.scale[v]), np.float32(variables.shift[v])
    occurs = rows.occurs[effects.event[i]]
    for j in range(lanes):
        value[j] = shift + scale * value[j] if occurs[j] else ABSENT


@kernel
def _apply_effects(model, effects, owner, stream, first, lanes, rows):
    """Multiply ``rows.total`` by the factors and add the impacts of ``owner``; parallel ones count by their largest."""
    total, value, largest = rows.total, rows.value, rows.largest
    for wanted in (FACTOR, FACTOR_PARALLEL, IMPACT, IMPACT_PARALLEL):
        parallel, seen = wanted & 1, False
        for j in range(lanes):
            largest[j] = ABSENT
        for i in range(effects.at[owner], effects.at[owner + 1]):
            if effects.kind[i] != wanted:
                continue
            seen = True
            _magnitude_row(model, effects, i, stream, first, lanes, rows)
            scale = np.float32(effects.scale[i])
            if parallel:
                for j in range(lanes):
                    largest[j] = max(largest[j], value[j] * scale if value[j] > ABSENT else ABSENT)
            elif wanted == FACTOR:
                for j in range(lanes):
                    total[j] *= value[j] if value[j] > ABSENT else np.float32(1)
            else:
                for j in range(lanes):
                    total[j] += value[j] * scale if value[j] > ABSENT else np.float32(0)
        if parallel and seen:
            if wanted == FACTOR_PARALLEL:
                for j in range(lanes):
                    total[j] *= largest[j] if largest[j] > ABSENT else np.float32(1)
            else:
                for j in range(lanes):
                    total[j] += largest[j] if largest[j] > ABSENT else np.float32(0)


@kernel
def duration_row(model, t, stream, first, lanes, rows, out):
    """Sampled duration of node ``t`` in whole minutes; returns how many lanes fell below zero and were set to zero."""
    v = model.duration_variable[t]
    effects = model.effects
    base = model.duration[t]
    if v < 0 and effects.at[t] == effects.at[t + 1]:
        for j in range(lanes):
            out[j] = base
        return 0
    total = rows.total
    if v < 0:
        for j in range(lanes):
            total[j] = np.float32(base)
    else:
        variables = model.variables
        quantile_row(variables, model.tables, rows.latents, v, stream[0], stream[1], first, rows.bits[:lanes], rows.value[:lanes])
        scale, shift = np.float32(variables.scale[v]), np.float32(variables.shift[v])
        for j in range(lanes):
            total[j] = shift + scale * rows.value[j]
    if effects.at[t] < effects.at[t + 1]:
        _apply_effects(model, effects, t, stream, first, lanes, rows)
    clamped = 0
    for j in range(lanes):
        clamped += total[j] < np.float32(0)
        out[j] = np.int32(np.rint(max(total[j], np.float32(0))))
    return clamped


@kernel
def cost_row(model, stream, first, lanes, rows, durations, span_minutes, cost):
    """Total cost of every lane: what is certain, the terms, the cost impacts of risk events; always in the same order."""
    costs, variables = model.costs, model.variables
    for j in range(lanes):
        cost[j] = costs.certain
    for i in range(costs.per.shape[0]):
        v = costs.variable[i]
        minutes = span_minutes[costs.row[i]] if costs.per[i] == PER_SPAN else durations[costs.row[i]]
        if v < 0:
            rate = costs.rate[i]
            for j in range(lanes):
                cost[j] += rate * minutes[j]
            continue
        quantile_row(variables, model.tables, rows.latents, v, stream[0], stream[1], first, rows.bits[:lanes], rows.value[:lanes])
        scale, shift = variables.scale[v], variables.shift[v]
        if costs.per[i] == ONCE:
            for j in range(lanes):
                cost[j] += shift + scale * np.float64(rows.value[j])
        else:
            for j in range(lanes):
                cost[j] += (shift + scale * np.float64(rows.value[j])) * minutes[j]
    effects = model.cost_effects
    for owner in range(effects.at.shape[0] - 1):
        for j in range(lanes):
            rows.total[j] = np.float32(0)
        _apply_effects(model, effects, owner, stream, first, lanes, rows)
        for j in range(lanes):
            cost[j] += np.float64(rows.total[j])
