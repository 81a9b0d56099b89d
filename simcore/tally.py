"""What iterations come to: accumulators that add up, whoever did which iterations.

A tally holds a range of iterations without gaps. What is added up is an integer, and a value kept goes to its iteration's
place: threads, machines, and a run continued another day give the same to the last bit.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.counting import COUNTER_LIMIT, Worker, bins_of, counted
from simcore.fine_counts import FineCounts
from simcore.kernel_flow import FlowSamples
from simcore.kernel_run import LARGEST, LOG_WIDTH, LOW, SMALLEST, Samples
from simcore.workspace import counters, samples

if TYPE_CHECKING:
    from simcore.runs import Run

EXACT = 2**20
"""Iterations whose samples are kept one by one; all beyond them are counted in fine histograms."""
Columns = dict[str, npt.NDArray[Any]]
"""Samples by name, as plain numbers: minutes or money."""


@dataclass
class Tally:
    """Accumulators of the iterations ``first <= i < last``.

    Attributes
    ----------
    counts : ndarray of uint16 or uint32, shape (nodes + spans, quantities, bins)
    range : ndarray of int32, shape (nodes + spans, quantities, 4)
        Columns as in :class:`simcore.kernel_run.Counters`.
    critical : ndarray of int64, shape (replicates, nodes)
    clamped : int
    kept : Samples
        Of the iterations from ``first`` on; there may be room for more than have been done, or for less.
    spent : FlowSamples or None
        Likewise.
    fine : dict of name to FineCounts
        Of all iterations, once there are more than ``EXACT``; empty before.
    columns : list of (first iteration, Columns)
        Samples on their way to a file, in order.
    """

    first: int
    last: int
    counts: npt.NDArray[np.unsignedinteger]
    range: npt.NDArray[np.int32]
    critical: npt.NDArray[np.int64]
    clamped: int
    kept: Samples
    spent: FlowSamples | None
    fine: dict[str, FineCounts] = field(default_factory=dict)
    columns: list[tuple[int, Columns]] = field(default_factory=list)

    @classmethod
    def empty(cls, run: Run, first: int = 0) -> Tally:
        """Nothing yet, with the bins that a run counts in."""
        start = counters(run.network, run.design.replicates, run.quantities)
        start.range[..., LOW], start.range[..., LOG_WIDTH] = bins_of(run.ranges)
        kept = samples(run.network, 0, run.risk.has_cost)
        return cls(
            first=first, last=first, counts=start.counts, range=start.range, critical=start.critical.astype(np.int64), clamped=0,
            kept=kept, spent=None if run.flow is None else run.flow.samples(kept.cost),
        )  # fmt: skip

    def make_room(self, run: Run, last: int) -> None:
        """Room for the samples of the iterations up to ``last``."""
        wanted, there = last - self.first, self.kept.finish.shape[1]
        if wanted > there:
            done = self.last - self.first
            self.kept = _copied(self.kept, samples(run.network, wanted, run.risk.has_cost), done)
            if run.flow is not None and self.spent is not None:
                self.spent = _copied(self.spent, run.flow.samples(self.kept.cost), done)

    def absorb(self, workers: Sequence[Worker], last: int) -> None:
        """Add what workers have counted, up to an iteration."""
        counts, extremes = counted(workers)
        self._add(counts, extremes, last)
        self.critical += np.sum([w.counters.critical for w in workers], axis=0, dtype=np.int64)
        self.clamped += int(sum(w.counters.clamped[0] for w in workers))

    def take(self, part: Tally) -> None:
        """Add the iterations that follow."""
        if part.first != self.last:
            raise AssertionError(f"iterations {part.first} on cannot follow {self.last}")
        at = self.last - self.first
        self.kept = _joined(self.kept, part.kept, at)
        if self.spent is not None and part.spent is not None:
            self.spent = _joined(self.spent, part.spent, at)
        self._add(part.counts, part.range, part.last)
        self.critical += part.critical
        self.clamped += part.clamped
        for name, counts in part.fine.items():
            self.fine[name].take(counts)
        self.columns += part.columns

    def _add(self, counts: npt.NDArray[Any], extremes: npt.NDArray[np.int32], last: int) -> None:
        if self.last == self.first:
            self.counts = counts
        else:
            kind = np.uint16 if last - self.first <= COUNTER_LIMIT else np.uint32
            self.counts = np.add(self.counts, counts, dtype=kind)
        self.range[..., SMALLEST] = np.minimum(self.range[..., SMALLEST], extremes[..., SMALLEST])
        self.range[..., LARGEST] = np.maximum(self.range[..., LARGEST], extremes[..., LARGEST])
        self.last = last


def joined(parts: Iterable[Tally]) -> Tally:
    """One tally of several in order; they are left as they are."""
    first, *others = parts
    whole = deepcopy(first)
    for part in others:
        whole.take(part)
    return whole


def _copied(old: Any, new: Any, done: int) -> Any:
    """``new`` arrays (iterations last) with the first ``done`` iterations of ``old``."""
    for theirs, mine in zip(old, new, strict=True):
        mine[..., :done] = theirs[..., :done]
    return new


def _joined(mine: Any, theirs: Any, at: int) -> Any:
    """Arrays (iterations last) with others from ``at`` on, in place where there is room."""
    found = []
    for old, new in zip(mine, theirs, strict=True):
        length = new.shape[-1]
        if length > old.shape[-1] - at:
            found.append(np.concatenate([old[..., :at], new], axis=-1))
            continue
        old[..., at : at + length] = new
        found.append(old)
    return type(mine)(*found)
