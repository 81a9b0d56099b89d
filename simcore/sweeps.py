"""Many plans and scenarios, spread over a cluster: a portfolio, or one plan in hundreds of variants."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from simcore.executors import answer_of, threads_of
from simcore.models.plan import Plan
from simcore.results import Results
from simcore.runs import Progress
from simcore.scenarios import resolve
from simcore.simulation import simulate

if TYPE_CHECKING:
    from distributed import Client

    from simcore.design import Design

AHEAD = 4  # runs asked for at a time, for every thread of the cluster


def sweep(
    plans: Sequence[Plan], scenarios: Sequence[str] = ("pre",), iterations: int = 10_000, seed: int = 1, *,
    executor: Client | None = None, progress: Callable[[Progress], None] | None = None, design: Design | None = None,
    **options: Any,
) -> tuple[Results, ...]:  # fmt: skip
    """Simulate every plan in every scenario on the same random numbers.

    On a cluster every run is a task, as long as there are as many runs as threads; fewer are spread one after the other.

    Parameters
    ----------
    plans : sequence of Plan
    scenarios : sequence of str
        That all plans have.
    iterations, seed, design
        Of every run; see :func:`simcore.simulate`.
    executor : distributed.Client, optional
        A Dask cluster.
    progress : callable, optional
        Called after every run with the iterations of all; a KeyboardInterrupt returns the runs done so far.
    **options
        Of every run: ``with_float``, ``periods``, and without a cluster ``threads``.

    Returns
    -------
    tuple of Results
        Plan by plan, and for each scenario by scenario.

    Raises
    ------
    ValueError
        For numbers out of range, or a scenario that a plan does not have.
    """
    pairs = list(product(plans, scenarios))
    for plan, scenario in pairs:
        resolve(plan, scenario)
    fixed = {"iterations": iterations, "seed": seed, "design": design, **options}
    found: list[Results] = []
    try:
        for results in _runs(pairs, executor, fixed):
            found.append(results)
            if progress is not None:
                progress(Progress(iterations * len(found), iterations * len(pairs), lambda: found[-1].finish.p(80)))
    except KeyboardInterrupt:
        pass
    return tuple(found)


def _runs(pairs: Sequence[tuple[Plan, str]], executor: Client | None, fixed: dict[str, Any]) -> Iterator[Results]:
    """Results in order."""
    if executor is None or len(pairs) < threads_of(executor):
        for plan, scenario in pairs:
            yield simulate(plan, scenario=scenario, executor=executor, **fixed)
        return
    ahead = AHEAD * threads_of(executor)
    sent: dict[int, Any] = {}
    pending: deque[Any] = deque()
    try:
        for plan, scenario in pairs:
            if id(plan) not in sent:
                sent = {id(plan): executor.submit(_received, plan, pure=False)}
            pending.append(executor.submit(_one, sent[id(plan)], scenario, fixed, pure=False))
            if len(pending) >= ahead:
                yield answer_of(pending.popleft())
        while pending:
            yield answer_of(pending.popleft())
    finally:
        executor.cancel(list(pending))


def _received(plan: Plan) -> Plan:
    """A plan as the answer of a task: sent once, and sent again by the scheduler where its worker is lost."""
    return plan


def _one(plan: Plan, scenario: str, fixed: dict[str, Any]) -> Results:
    """A task: one run, on one thread."""
    return replace(simulate(plan, scenario=scenario, threads=1, **fixed), tally=None)
