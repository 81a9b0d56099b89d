"""Conducts a run: whoever does the iterations, every value up to a number of them is kept, and beyond it all are counted."""
from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from simcore import tally as tallies
from simcore.large_samples import counted_finely
from simcore.results import Results
from simcore.runs import Progress, Run
from simcore.tally import Tally

if TYPE_CHECKING:
    from simcore.local_work import Sink, Watch


class Workers(Protocol):
    """Whoever does iterations: the threads of one machine, or a cluster."""

    def extend(self, run: Run, tally: Tally, last: int, watch: Watch | None, sink: Sink | None) -> bool:
        """Add the iterations up to ``last``, counted finely if the tally has fine counts; False when interrupted before."""


def conduct(
    run: Run, iterations: int, workers: Workers, progress: Callable[[Progress], None] | None,
    begun: Tally | None = None, sink: Sink | None = None,
) -> Results:  # fmt: skip
    """Do the iterations of a prepared run that ``begun`` does not have yet; ``sink`` gets the samples of those done."""
    tally = Tally.empty(run) if begun is None else begun

    @cache
    def p80(complete: int) -> Any:
        return run.running_p80(tally.kept, complete)

    def watch(done: int, complete: int) -> None:
        if progress is not None:
            progress(Progress(done, iterations, partial(p80, min(complete, tallies.EXACT))))

    on = True
    if tally.last < min(iterations, tallies.EXACT):
        on = workers.extend(run, tally, min(iterations, tallies.EXACT), watch, sink)
    if on and tally.last < iterations:
        if not tally.fine:
            fields = run.variables(tally.kept, tally.spent, tally.last, run.totals)
            tally.fine = counted_finely(fields, run.design.replicates)
        workers.extend(run, tally, iterations, watch, sink)
    return run.results(iterations, tally)
