"""Conducts a run: whoever does the iterations, every value up to a number of them is kept, and beyond it all are counted."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from simcore import tally as tallies
from simcore.large_samples import counted_finely
from simcore.results import Results
from simcore.runs import Progress, Run, doubled
from simcore.tally import Tally

if TYPE_CHECKING:
    from simcore.local_work import Sink, Watch
    from simcore.until import Reached, Until


class Workers(Protocol):
    """Whoever does iterations: the threads of one machine, or a cluster."""

    def extend(self, run: Run, tally: Tally, last: int, watch: Watch | None, sink: Sink | None) -> bool:
        """Add the iterations up to ``last``, counted finely if the tally has fine counts; False when interrupted before."""


def conduct(
    run: Run, iterations: int, workers: Workers, progress: Callable[[Progress], None] | None,
    begun: Tally | None = None, sink: Sink | None = None, until: Until | None = None,
) -> Results:  # fmt: skip
    """Do the iterations of a prepared run that ``begun`` does not have yet; ``sink`` gets the samples of those done.

    With ``until`` they are doubled until an answer is that precise, and at most ``iterations``.
    """
    tally = Tally.empty(run) if begun is None else begun

    @cache
    def p80(complete: int) -> Any:
        return run.running_p80(tally.kept, complete)

    def watch(done: int, complete: int) -> None:
        if progress is not None:
            progress(Progress(done, iterations, partial(p80, min(complete, tallies.EXACT))))

    if until is not None and run.flow is not None:
        iterations = min(iterations, run.flow.most_iterations)
    for end in [iterations] if until is None else doubled(iterations, run.design.replicates):
        if not _extend(run, end, workers, tally, watch, sink):
            break
        if until is not None and end < iterations and _reached(run, tally, until).met:
            iterations = end
            break
    results = run.results(iterations, tally)
    return results if until is None else replace(results, reached=_reached(run, tally, until))


def _extend(
    run: Run, last: int, workers: Workers, tally: Tally, watch: Watch, sink: Sink | None
) -> bool:
    """Add the iterations up to ``last``; False when interrupted before."""
    on = True
    if tally.last < min(last, tallies.EXACT):
        on = workers.extend(run, tally, min(last, tallies.EXACT), watch, sink)
    if on and tally.last < last:
        if not tally.fine:
            fields = run.variables(tally.kept, tally.spent, tally.last, run.totals)
            tally.fine = counted_finely(fields, run.design.replicates)
        on = workers.extend(run, tally, last, watch, sink)
    return on


def _reached(run: Run, tally: Tally, until: Until) -> Reached:
    """How precisely an answer is known, from the iterations that are kept."""
    fields = run.variables(tally.kept, tally.spent, min(tally.last, tallies.EXACT), run.totals)
    return run.reached(until, fields["finish"], fields["cost"])
