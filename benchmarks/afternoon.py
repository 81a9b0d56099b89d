"""What a competent user would write in an afternoon to simulate a network: NumPy over all iterations, and parallel Numba.

Triangular durations, finish-to-start links, the project finish of every iteration; no calendars, lags, costs, criticality or
percentiles. Networks are those of the shared measuring scripts.
"""
from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt


def with_numpy(network: Any, iterations: int, seed: int) -> npt.NDArray[np.float64]:
    """One row of iterations an activity, in the network's order."""
    rng = np.random.default_rng(seed)
    finish = np.empty((len(network.minutes), iterations))
    for t, (low, mode, high) in enumerate(zip(network.low, network.minutes, network.high, strict=True)):
        before = network.predecessors[network.indptr[t] : network.indptr[t + 1]]
        start = finish[before].max(axis=0) if len(before) else 0.0
        finish[t] = start + rng.triangular(low, mode, high, iterations)
    return finish.max(axis=0)


@numba.njit(parallel=True)
def _one_by_one(
    low: npt.NDArray[np.float64], mode: npt.NDArray[np.float64], high: npt.NDArray[np.float64],
    indptr: npt.NDArray[np.int64], predecessors: npt.NDArray[np.int64], iterations: int, seed: int,
) -> npt.NDArray[np.float64]:
    out = np.empty(iterations)
    for i in numba.prange(iterations):
        np.random.seed(seed + i)
        finish = np.empty(len(low))
        latest = 0.0
        for t in range(len(low)):
            start = 0.0
            for p in range(indptr[t], indptr[t + 1]):
                start = max(start, finish[predecessors[p]])
            finish[t] = start + np.random.triangular(low[t], mode[t], high[t])
            latest = max(latest, finish[t])
        out[i] = latest
    return out


def with_parallel_numba(network: Any, iterations: int, seed: int) -> npt.NDArray[np.float64]:
    """One iteration after the other, spread over the processors by Numba."""
    arrays = network.low, network.minutes, network.high, network.indptr, network.predecessors
    found: npt.NDArray[np.float64] = _one_by_one(*arrays, iterations, seed)
    return found
