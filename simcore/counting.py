"""Counters of one worker, the bins they count in, and how the workers' counts become one."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.activities import Histograms
from simcore.kernel_columns import CALENDAR, NONE
from simcore.kernel_run import BINS, FINISH, LARGEST, LOG_WIDTH, LOW, SMALLEST, Counters
from simcore.network import Network, network_dates
from simcore.weather import lane_weather
from simcore.workspace import counters

if TYPE_CHECKING:
    from simcore.kernel_flow import FlowSamples
    from simcore.runs import Run

COUNTER_LIMIT = 60_000  # iterations a worker's 16-bit counters can hold


class Worker:
    """Rows and counters of one thread at a time."""

    def __init__(self, run: Run, lanes: int, spent: FlowSamples | None):
        flow = run.flow if spent is not None and len(spent.by_period) else run.totals
        self.after = None if flow is None or spent is None else flow.worker(lanes, spent).after
        self.work = run.workspace(lanes)
        self.weather = lane_weather(run.weather, lanes)
        self.counters = counters(run.network, run.design.replicates, run.quantities)
        self.counters.range[..., LOW], self.counters.range[..., LOG_WIDTH] = bins_of(run.ranges)
        self.wide: npt.NDArray[np.uint32] | None = None
        self.held = 0

    def make_room(self, coming: int) -> None:
        """Empty the 16-bit counters into wide ones before they can overflow."""
        if self.held + coming > COUNTER_LIMIT:
            self.wide = self.total()
            self.counters.counts[:] = 0
            self.held = 0
        self.held += coming

    def total(self) -> npt.NDArray[np.uint32]:
        counts = self.counters.counts
        return counts.astype(np.uint32) if self.wide is None else counts + self.wide


def latest_date(network: Network, ranges: Counters) -> datetime:
    """A date after which hardly any iteration finishes, from the extremes of a pilot; the first of a month, to be stable."""
    n, latest = network.nodes, 0
    finishes = ranges.range[:, FINISH, LARGEST]
    calendar = network.logic.nodes[:, CALENDAR]
    for c in np.unique(calendar):
        latest = max(latest, network.calendars.base.finish(int(c), int(finishes[:n][calendar == c].max())))
    latest = max([latest, *(int(finish) for finish in finishes[n:] if abs(finish) < -NONE)])
    first = network.clock.minutes(network_dates(network)[0])
    last = network.clock.date(latest + (latest - first) // 4 + 45 * 1440)
    return last.replace(day=1, hour=0, minute=0)


def bins_of(ranges: Counters) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lower edge and log2 width of equal bins that cover the pilot's range with a quarter of it to spare on both sides."""
    smallest = ranges.range[..., SMALLEST].astype(np.int64)
    extent = (ranges.range[..., LARGEST] - smallest).clip(0)
    spare = extent // 4 + 1
    shift = np.ceil(np.log2(np.maximum((extent + 2 * spare) / BINS, 1))).astype(np.int32)
    low = smallest - (BINS * np.left_shift(1, shift) - extent) // 2
    return low.astype(np.int32), shift


def counted(workers: Sequence[Worker]) -> tuple[npt.NDArray[np.unsignedinteger], npt.NDArray[np.int32]]:
    """What all workers have counted together, and their ranges with the extremes of all."""
    counts: npt.NDArray[np.unsignedinteger]
    if sum(w.held for w in workers) <= COUNTER_LIMIT and all(w.wide is None for w in workers):
        counts = workers[0].counters.counts  # still small enough to be added up where they are
        for worker in workers[1:]:
            counts += worker.counters.counts
    else:
        counts = np.sum([w.total() for w in workers], axis=0, dtype=np.uint32)
    ranges = np.stack([w.counters.range for w in workers])
    found = ranges[0].copy()
    found[..., SMALLEST], found[..., LARGEST] = ranges[..., SMALLEST].min(axis=0), ranges[..., LARGEST].max(axis=0)
    return counts, found


def histograms(
    counts: npt.NDArray[np.unsignedinteger], ranges: npt.NDArray[np.int32], quantities: int
) -> list[Histograms]:
    """One quantity after the other."""
    width = np.left_shift(1, ranges[..., LOG_WIDTH]).astype(np.int32)
    return [
        Histograms(
            counts=counts[:, q], low=ranges[:, q, LOW], width=width[:, q],
            smallest=ranges[:, q, SMALLEST], largest=ranges[:, q, LARGEST],
        )
        for q in range(quantities)
    ]  # fmt: skip
