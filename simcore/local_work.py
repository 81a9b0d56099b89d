"""Iterations on the threads of one machine, added to a tally."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcore.counting import Worker
from simcore.kernel_flow import FlowSamples
from simcore.kernel_run import Samples
from simcore.large_samples import named_variables
from simcore.tally import Columns, Tally
from simcore.workspace import samples

if TYPE_CHECKING:
    from simcore.runs import Run

BLOCK = 2**16
"""Iterations whose samples are looked at together where they are not kept."""
Watch = Callable[[int, int], None]
"""Told the iterations done, and how many of them are complete from the beginning on."""
Sink = Callable[[int, Columns], None]
"""Gets samples in order: the first iteration, and columns by name."""


@dataclass(frozen=True)
class LocalWork:
    """Threads of this machine, and the iterations that each does side by side."""

    threads: int
    lanes: int

    def extend(self, run: Run, tally: Tally, last: int, watch: Watch | None = None, sink: Sink | None = None) -> bool:
        """Add the iterations up to ``last``, counted finely if the tally has fine counts; False when interrupted before."""
        if tally.fine:
            return self._extend_finely(run, tally, last, watch, sink)
        begin = tally.last
        tally.make_room(run, last)
        workers = self._workers(run, tally.spent, last - begin)
        done, on = run.rounds((begin, last), workers, (tally.kept, tally.first), watch)
        tally.absorb(workers, done)
        if sink is not None:
            for at in range(begin, done, BLOCK):
                sink(at, columns(run, tally.kept, tally.spent, (at - tally.first, min(at + BLOCK, done) - tally.first)))
        return on

    def _extend_finely(self, run: Run, tally: Tally, last: int, watch: Watch | None, sink: Sink | None) -> bool:
        block = samples(run.network, BLOCK, run.risk.has_cost)
        spent = None if run.totals is None else run.totals.samples(block.cost)
        workers = self._workers(run, spent, min(BLOCK, last - tally.last))
        done, on = tally.last, True
        for at in range(tally.last, last, BLOCK):
            done, on = run.rounds((at, min(at + BLOCK, last)), workers, (block, at), watch)
            named = columns(run, block, spent, (0, done - at))
            for name, counts in tally.fine.items():
                counts.add(named[name], at)
            if sink is not None:
                sink(at, named)
            if not on:
                break
        tally.absorb(workers, done)
        return on

    def _workers(self, run: Run, spent: FlowSamples | None, iterations: int) -> list[Worker]:
        lanes = run.width(iterations, self.lanes)
        return [Worker(run, lanes, spent) for _ in range(self.threads)]


def columns(run: Run, kept: Samples, spent: FlowSamples | None, part: tuple[int, int]) -> Columns:
    """Samples by name of a part of what is kept; they belong to the caller."""
    cut = slice(*part)
    own = Samples(kept.finish[:, cut], kept.focus[:, cut], kept.cost[cut])
    money = None if spent is None else FlowSamples(spent.by_period[:0], spent.cost[cut], spent.base[cut], spent.present[cut])
    fields = run.variables(own, money, part[1] - part[0], run.totals)
    return {name: variable._values.copy() for name, variable in named_variables(fields)}
