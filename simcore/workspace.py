"""Memory the kernels work in: rows of lanes of one worker, counters, samples."""
from __future__ import annotations

import numpy as np

from simcore.kernel_columns import AS_LATE, SCRATCH_ROWS, TO_LATE_DATES, ChanceRows, Rows
from simcore.kernel_risk import RiskModel, RiskRows
from simcore.kernel_run import BINS, LARGEST, SMALLEST, Counters, Samples, Workspace
from simcore.kernel_vectors import WIDE
from simcore.network import Network

LINE = 64  # bytes


def aligned(shape: tuple[int, ...], kind: type) -> np.ndarray:
    """Zeros that begin where a line of the cache does: vectors that cross lines cost twice, and more when read back."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.zeros(size + LINE, np.uint8)
    begin = -room.ctypes.data % LINE
    return room[begin : begin + size].view(kind).reshape(shape)


def workspace(network: Network, model: RiskModel, lanes: int, *, with_late: bool, with_cost: bool) -> Workspace:
    """Rows for one worker; a batch has at most ``lanes`` iterations."""
    n, projects = network.nodes, len(network.plan.projects)
    shared = model.shared

    words = -(-lanes // WIDE)

    def rows(*counts: int, kind: type = np.int32) -> np.ndarray:
        return aligned((*counts, words * WIDE), kind)

    masks = rows(model.masks, kind=np.uint8)
    plain = Rows(of=rows(n, 3), scratch=rows(SCRATCH_ROWS))
    lags, delays = rows(len(network.chances.lags)), rows(len(network.chances.delays))
    by_chance = ChanceRows(*plain, masks=masks, lags=lags, delays=delays)
    late = n if with_late or (network.logic.nodes[:, AS_LATE] == TO_LATE_DATES).any() else 0
    return Workspace(
        rows=by_chance if network.chances.any else plain,
        risk=RiskRows(
            masks=masks,
            draws=rows(len(shared.draw_variable), kind=np.float32),
            latents=rows(len(shared.latent_key), kind=np.float32),
            bits=rows(kind=np.uint32),
            limit=rows(kind=np.float64),
            money=rows(kind=np.float64),
            scratch=rows(3, kind=np.float32),
        ),
        late_start=rows(late),
        late_finish=rows(late),
        span_start=rows(network.spans),
        span_finish=rows(network.spans),
        finish=rows(projects + 1),
        critical=np.zeros((n, words), np.uint16),
        alive=np.zeros(n, np.uint8),
        work=aligned((2, lanes), np.int32),  # as wide as a batch may be
        span_minutes=rows(network.spans),
        cost=rows(kind=np.float64) if with_cost else np.zeros(0),
        money=rows(kind=np.float64),
    )


def counters(network: Network, replicates: int, quantities: int, bins: int = BINS) -> Counters:
    """Empty counters; ``bins`` 0 for passes that keep extremes only."""
    rows = network.nodes + network.spans
    limit = np.iinfo(np.int32)
    ranges = np.zeros((rows, quantities, 4), np.int32)
    ranges[..., SMALLEST], ranges[..., LARGEST] = limit.max, limit.min
    return Counters(
        counts=np.zeros((rows, quantities, bins), np.uint16),
        range=ranges,
        critical=np.zeros((replicates, network.nodes), np.int32),
        clamped=np.zeros(1, np.int64),
    )


def samples(network: Network, iterations: int, with_cost: bool) -> Samples:
    """Room for one value an iteration of every kept quantity."""
    return Samples(
        finish=np.zeros((len(network.plan.projects) + 1, iterations), np.int32),
        focus=np.zeros((len(network.aims.focus), iterations), np.int32),
        cost=np.zeros(iterations if with_cost else 0),
    )
