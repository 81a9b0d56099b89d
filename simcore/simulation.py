"""Runs a plan: rounds of iterations over a pool of threads, reduced into results."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.activities import ActivityTable, Histograms
from simcore.design import Design
from simcore.kernel_columns import NONE
from simcore.kernel_run import (
    BINS,
    COUNT,
    EXTREMES,
    LARGEST,
    LOG_WIDTH,
    LOW,
    SMALLEST,
    Counters,
    Samples,
    Workspace,
)
from simcore.models.constraints import hard_constraints, with_constraints
from simcore.models.errors import PlanError, Problem
from simcore.models.plan import Plan
from simcore.network import Network, all_existing, compile_network
from simcore.passes import run_passes
from simcore.results import DateVariable, MoneyVariable, Results
from simcore.riskmodel import CompiledRisk, compile_risk
from simcore.scenarios import resolve
from simcore.scheduling import Schedule, read_schedule, run_single, schedule
from simcore.weather import CompiledWeather, compile_weather, lane_weather
from simcore.workspace import counters, samples, workspace

if TYPE_CHECKING:
    from simcore.weather_summary import CalendarWeather

LANES = 640
PILOT_LANES = 64
PILOT_REPLICATES = 4
UNIT = 640  # iterations of one replicate that a worker does without looking up, at most
COUNTER_LIMIT = 60_000  # iterations a worker's 16-bit counters can hold
LONGEST_RUN = 2**20
MOST_ROWS = 2**28  # bytes of a worker's rows


@dataclass(frozen=True)
class Progress:
    """What a progress callback is told after every unit of work.

    ``p80`` computes the P80 of the finished rounds when called (None before the first).
    """

    done: int
    total: int
    p80: Callable[[], Any]


def simulate(
    plan: Plan,
    iterations: int = 10_000,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    scenario: str = "pre",
    with_float: bool = False,
    design: Design | None = None,
    lanes: int = LANES,
) -> Results:
    """Simulate a plan.

    The numbers depend on plan, scenario, design and iterations alone: not on threads, lanes or the order of work.

    Parameters
    ----------
    plan : Plan
    iterations : int
        At least 1, at most 2^20 (samples are kept exactly).
    seed : int
        Ignored when a ``design`` is given.
    threads : int, optional
        Default: one a processor.
    progress : callable, optional
        Called with a :class:`Progress`; a KeyboardInterrupt (from it or from the terminal) stops the run after the current
        round, and what has been done is returned as partial results.
    scenario : str
        ``pre``, ``post``, ``none``, or one of the plan's own.
    with_float : bool
        Keep total float of every iteration (a late pass more).
    design : Design, optional
        The design of an earlier run, to compare with it on common random numbers.
    lanes : int
        Iterations side by side in a batch; a matter of speed only.

    Returns
    -------
    Results

    Raises
    ------
    ValueError
        For numbers out of range or an unknown scenario.
    PlanError
        For a plan without any activity of its own dates.
    """
    if not 1 <= iterations <= LONGEST_RUN:
        raise ValueError(f"iterations must be 1 to {LONGEST_RUN:,}, not {iterations}")
    resolve(plan, scenario)
    if all(a.type.is_span or a.inactive for a in plan.activities):
        raise PlanError(Problem(plan.source, "holds no activity that can be simulated.", "Add activities with durations."))
    run = Run(plan, design or Design(seed=seed), scenario, with_float)
    return run.go(iterations, threads or os.cpu_count() or 1, lanes, progress)


class Run:
    """A compiled run; also recomputes single iterations."""

    def __init__(self, plan: Plan, design: Design, scenario: str, with_float: bool):
        self.design, self.scenario, self.with_float = design, scenario, with_float
        self.schedule: Schedule = schedule(plan)
        self.network: Network = compile_network(plan)
        self.risk: CompiledRisk = plan.remembered(("risk", scenario), self._compile_risk)
        self.weather: CompiledWeather | None = plan.remembered("weather", lambda: compile_weather(self.network, self.schedule))
        self.seed = np.uint64(design.seed % 2**64)
        self.quantities = 4 if with_float else 3
        self._without: DateVariable | None = None

    def _compile_risk(self) -> CompiledRisk:
        spans = self.network.activity_of[self.network.nodes :]
        active = resolve(self.network.plan, self.scenario)
        return compile_risk(self.network, active, self.schedule.duration[spans], self.schedule.exists)

    def workspace(self, lanes: int) -> Workspace:
        return workspace(self.network, self.risk.model, lanes, with_late=self.with_float, with_cost=self.risk.has_cost)

    def go(self, iterations: int, threads: int, lanes: int, progress: Callable[[Progress], None] | None) -> Results:
        """All iterations, in rounds that hold the same number of every replicate."""
        kept = samples(self.network, iterations, self.risk.has_cost)
        template = self._ranges()
        workers = [_Worker(self, self._width(iterations, lanes), template) for _ in range(threads)]
        done = self._rounds(iterations, workers, kept, progress)
        return self._results(iterations, done, kept, workers)

    def _width(self, iterations: int, lanes: int) -> int:
        """Lanes of the rows: no more than a replicate has iterations, nor than a large plan leaves memory for."""
        affordable = max(MOST_ROWS // (12 * max(self.network.nodes, 1)) // 16 * 16, 64)
        return min(lanes, affordable, -(-iterations // self.design.replicates))

    def unit(self, worker: _Worker, replicate: int, first: int, last: int, kept: Samples) -> int:
        """One unit of work; returns its iterations."""
        worker.make_room(last - first)
        run_passes(
            self.network, self.risk.model, (self.seed, replicate, self.design.replicates), (first, last),
            (worker.work, worker.counters, kept), COUNT, with_late=self.with_float, sampled=True, weather=worker.weather,
        )
        return last - first

    def _rounds(
        self, iterations: int, workers: list[_Worker], kept: Samples, progress: Callable[[Progress], None] | None
    ) -> int:
        """Work through all rounds; an interrupt finishes the current one. Returns the iterations done."""
        free: SimpleQueue[_Worker] = SimpleQueue()
        for worker in workers:
            free.put(worker)

        def one(job: tuple[int, int, int]) -> int:
            worker = free.get()
            try:
                return self.unit(worker, *job, kept)
            finally:
                free.put(worker)

        done = 0
        with ThreadPoolExecutor(len(workers)) as pool:
            for jobs in _plan_rounds(iterations, self.design.replicates):
                pending = [pool.submit(one, job) for job in jobs]
                before = done
                stop = False
                for future in pending:
                    try:
                        done += future.result()
                        if progress is not None:
                            progress(Progress(done, iterations, partial(self._running_p80, kept, before)))
                    except KeyboardInterrupt:
                        stop = True
                if stop:
                    return before + sum(future.result() for future in pending)
        return done

    def _running_p80(self, kept: Samples, done: int) -> Any:
        return self._date_variable(kept.finish[-1, :done], self.schedule.project_end).p(80) if done else None

    def _ranges(self) -> Counters:
        """Histogram ranges from a small pilot, the same for every worker and batch size; those of the last run are kept."""
        known: dict[Any, Counters] = self.network.plan.remembered("ranges", dict)
        key = self.scenario, self.seed, self.design.replicates, self.with_float
        if (found := known.get(key)) is None:
            known.clear()
            found = known[key] = self._found_ranges()
        return found

    def _found_ranges(self) -> Counters:
        found = self._pilot(self.network)
        unseen = found.range[..., LARGEST] < found.range[..., SMALLEST]
        if unseen.any():  # activities that hardly ever exist: as if everything did
            found.range[unseen] = self._pilot(all_existing(self.network)).range[unseen]
        return found

    def _pilot(self, network: Network) -> Counters:
        found = counters(network, self.design.replicates, self.quantities, 0)
        work, weather = self.workspace(PILOT_LANES), lane_weather(self.weather, PILOT_LANES)
        nothing = samples(network, 0, False)
        for replicate in range(min(PILOT_REPLICATES, self.design.replicates)):
            run_passes(
                network, self.risk.model, (self.seed, replicate, self.design.replicates), (0, PILOT_LANES),
                (work, found, nothing), EXTREMES, with_late=self.with_float, sampled=True, weather=weather,
            )
        return found

    def _date_variable(self, minutes: npt.NDArray[np.int32], deterministic: Any) -> DateVariable:
        return DateVariable(minutes, self.network.clock.origin, self.design.replicates, deterministic)

    def _results(self, requested: int, done: int, kept: Samples, workers: list[_Worker]) -> Results:
        from simcore.advice import advise

        plan, replicates = self.network.plan, self.design.replicates
        self._date_the_undated(kept)
        finish = self._date_variable(kept.finish[-1, :done], self.schedule.project_end)
        several = len(plan.projects) > 1
        results = Results(
            plan=plan,
            schedule=self.schedule,
            design=self.design,
            scenario=self.scenario,
            iterations=done,
            requested=requested,
            finish=finish,
            cost=MoneyVariable(kept.cost[:done], replicates, self.risk.deterministic_cost) if self.risk.has_cost else None,
            activities=self._activities(done, workers),
            projects={
                p.id: self._date_variable(kept.finish[k, :done], self.schedule.project_finish[p.id])
                for k, p in enumerate(plan.projects)
                if several and p.id in {a.project for a in plan.activities}
            },
            milestones=self._milestones(kept, done),
            clamped=int(sum(w.counters.clamped[0] for w in workers)),
            replay=self,
        )
        return advise(results, self.risk)

    def _date_the_undated(self, kept: Samples) -> None:
        """A project in which nothing has dates finishes where its schedule says: at its data date."""
        ends = [*(self.schedule.project_finish[p.id] for p in self.network.plan.projects), self.schedule.project_end]
        for row, end in zip(kept.finish, ends, strict=True):
            row[row <= NONE] = self.network.clock.minutes(end)

    def _milestones(self, kept: Samples, done: int) -> dict[str, DateVariable]:
        plan, network = self.network.plan, self.network
        found = {}
        for row, (number, at_start) in enumerate(network.aims.focus):
            i = int(network.activity_of[number])
            date = (self.schedule.start if at_start else self.schedule.finish)[i]
            if np.isnat(date):
                continue  # a hammock that hangs on nothing
            found[plan.shown[plan.activities[i].ref]] = self._date_variable(kept.focus[row, :done], date.item())
        return found

    def _activities(self, done: int, workers: list[_Worker]) -> ActivityTable:
        names = ("start", "finish", "duration", "total_float")[: self.quantities]
        by_replicate = np.sum([w.counters.critical for w in workers], axis=0)
        sizes = np.array([len(range(r, done, self.design.replicates)) for r in range(self.design.replicates)])
        shares = by_replicate[sizes > 0] / sizes[sizes > 0, None]
        error = shares.std(axis=0, ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.full(self.network.nodes, np.nan)
        return ActivityTable(
            network=self.network,
            schedule=self.schedule,
            iterations=done,
            node_criticality=by_replicate.sum(axis=0) / max(done, 1),
            node_criticality_error=error,
            histograms=dict(zip(names, _merge(workers, self.quantities), strict=True)),
        )

    def without_hard_constraints(self, iterations: int) -> DateVariable | None:
        """The finish without hard constraints, on the same random numbers; None when there are none."""
        if self._without is None and hard_constraints(self.network.plan):
            free = with_constraints(self.network.plan, "ignore")
            self._without = simulate(free, iterations, scenario=self.scenario, design=self.design).finish
        return self._without

    def weather_summary(self, iterations: int, last: date) -> tuple[CalendarWeather, ...]:
        """What weather took up to a date."""
        from simcore.weather_summary import summarise_weather

        names, stream = list(self.network.calendars.index), (self.seed, self.design.replicates)
        return summarise_weather(self.weather, self.network.plan, names, stream, iterations, last)

    def iteration(self, number: int) -> Schedule:
        """Recompute one iteration as a dated schedule."""
        k, replicate = divmod(number, self.design.replicates)
        work = workspace(self.network, self.risk.model, 1, with_late=True, with_cost=self.risk.has_cost)
        weather = lane_weather(self.weather, 1)
        run_single(
            self.network, self.risk.model, work, sampled=True, seed=int(self.seed), k=k, replicate=replicate, weather=weather
        )
        network = self.network if weather is None else weather.network(self.network)
        return read_schedule(network, work, longest_path=work.critical[:, 0] != 0)


class _Worker:
    """Rows and counters of one thread at a time."""

    def __init__(self, run: Run, lanes: int, ranges: Counters):
        self.work = run.workspace(lanes)
        self.weather = lane_weather(run.weather, lanes)
        self.counters = counters(run.network, run.design.replicates, run.quantities)
        self.counters.range[..., LOW], self.counters.range[..., LOG_WIDTH] = _bins(ranges)
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


def _bins(ranges: Counters) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lower edge and log2 width of equal bins that cover the pilot's range with a quarter of it to spare on both sides."""
    smallest = ranges.range[..., SMALLEST].astype(np.int64)
    extent = (ranges.range[..., LARGEST] - smallest).clip(0)
    spare = extent // 4 + 1
    shift = np.ceil(np.log2(np.maximum((extent + 2 * spare) / BINS, 1))).astype(np.int32)
    low = smallest - (BINS * np.left_shift(1, shift) - extent) // 2
    return low.astype(np.int32), shift


def _merge(workers: list[_Worker], quantities: int) -> list[Histograms]:
    if sum(w.held for w in workers) <= COUNTER_LIMIT and all(w.wide is None for w in workers):
        counts = workers[0].counters.counts  # still small enough to be added up where they are
        for worker in workers[1:]:
            counts += worker.counters.counts
    else:
        counts = np.sum([w.total() for w in workers], axis=0, dtype=np.uint32)
    ranges = np.stack([w.counters.range for w in workers])
    smallest, largest = ranges[..., SMALLEST].min(axis=0), ranges[..., LARGEST].max(axis=0)
    low, width = ranges[0, ..., LOW], np.left_shift(1, ranges[0, ..., LOG_WIDTH]).astype(np.int32)
    return [
        Histograms(
            counts=counts[:, q], low=low[:, q], width=width[:, q], smallest=smallest[:, q], largest=largest[:, q]
        )
        for q in range(quantities)
    ]


def _plan_rounds(iterations: int, replicates: int) -> Iterator[list[tuple[int, int, int]]]:
    """Rounds of units ``(replicate, first k, last k)``; after each round a prefix of the iterations is complete."""
    longest = -(-iterations // replicates)
    step = -(-longest // -(-longest // UNIT))  # rounds of equal length: no small rest that fills few lanes
    for first in range(0, longest, step):
        jobs = []
        for replicate in range(replicates):
            mine = len(range(replicate, iterations, replicates))
            if first < mine:
                jobs.append((replicate, first, min(first + step, mine)))
        yield jobs
