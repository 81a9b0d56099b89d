"""A compiled run: rounds of iterations over a pool of threads, reduced into results; also recomputes single iterations."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.activities import ActivityTable
from simcore.counting import Worker, histograms, latest_date
from simcore.design import Design
from simcore.kernel_columns import NONE
from simcore.kernel_run import COUNT, EXTREMES, LARGEST, SMALLEST, Counters, Samples, Workspace
from simcore.large_samples import with_histograms
from simcore.lending import lending
from simcore.models.constraints import hard_constraints, with_constraints
from simcore.models.plan import Plan
from simcore.network import Network, all_existing, compile_network, network_dates
from simcore.passes import run_passes
from simcore.results import Results
from simcore.riskmodel import CompiledRisk, compile_risk
from simcore.sampled import DateVariable, MoneyVariable
from simcore.scenarios import resolve
from simcore.scheduling import Schedule, read_schedule, run_single, schedule
from simcore.sobol import in_dimensions, model_in_dimensions
from simcore.until import FIRST, Reached, Until
from simcore.weather import CompiledWeather, compile_weather, lane_weather
from simcore.workspace import counters, samples, workspace

if TYPE_CHECKING:
    from simcore.contingency import Contingency
    from simcore.flow import CompiledFlow
    from simcore.kernel_flow import FlowSamples
    from simcore.local_work import Watch
    from simcore.tally import Tally
    from simcore.weather_summary import CalendarWeather

PILOT_LANES = 64
PILOT_REPLICATES = 4
MOST_ROWS = 2**28  # bytes of a worker's rows
UNIT = 640  # iterations of one replicate that a worker does without looking up, at most
WHOLE = 16  # which uniforms are drawn together


@dataclass(frozen=True)
class Progress:
    """What a progress callback is told after every unit of work.

    ``p80`` computes the P80 of the finished rounds when called (None before the first).
    """

    done: int
    total: int
    p80: Callable[[], Any]


class Run:
    """A compiled run; also recomputes single iterations."""

    def __init__(self, plan: Plan, design: Design, scenario: str, with_float: bool, periods: str | None = None):
        self.design, self.scenario, self.with_float, self.periods = design, scenario, with_float, periods
        self.schedule: Schedule = schedule(plan)
        self.network: Network = compile_network(plan)
        self.risk = in_dimensions(plan.remembered(("risk", scenario), self._compile_risk), design.sobol)
        self.weather: CompiledWeather | None = plan.remembered("weather", lambda: compile_weather(self.network, self.schedule))
        self.seed = np.uint64(design.seed % 2**64)
        self.quantities = 4 if with_float else 3
        self._without: DateVariable | None = None
        self.ranges: Counters
        self.flow: CompiledFlow | None = None
        self.totals: CompiledFlow | None = None  # the same without periods

    def _compile_risk(self) -> CompiledRisk:
        spans = self.network.activity_of[self.network.nodes :]
        active = resolve(self.network.plan, self.scenario)
        return compile_risk(self.network, active, self.schedule.duration[spans], self.schedule.exists)

    def workspace(self, lanes: int) -> Workspace:
        summed = self.risk.has_cost and self.flow is None  # else the lines of spending are
        return workspace(self.network, self.risk.model, lanes, with_late=self.with_float, with_cost=summed)

    def prepare(self) -> None:
        """What is fixed before the first iteration: ranges of histograms, and money over time."""
        self.ranges = self._ranges()
        self.flow = self._compile_flow(self.ranges)
        self.totals = None if self.flow is None else self.flow.without_periods()

    def width(self, iterations: int, lanes: int) -> int:
        """Lanes of the rows: no more than a replicate has iterations, nor than a large plan leaves memory for."""
        affordable = max(MOST_ROWS // (12 * max(self.network.nodes, 1)) // 16 * 16, 64)
        return min(lanes, affordable, -(-iterations // self.design.replicates))

    def reached(self, until: Until, finish: DateVariable, cost: MoneyVariable | None) -> Reached:
        """How precisely an answer is known."""
        if until.cost:
            assert cost is not None, "a plan without cost is not asked for the precision of its cost"
            return until.reached(cost, 0.0)
        return until.reached(finish, self.network.clock.minutes(network_dates(self.network)[0]))

    def _compile_flow(self, ranges: Counters) -> CompiledFlow | None:
        """Money over time, where it is asked for or decides about the total."""
        finance = self.network.plan.finance
        needed = self.periods is not None or self.risk.costs.moved_by_time or finance.discount is not None
        if not (self.risk.has_cost and needed):
            return None
        from simcore.flow import compile_flow

        last = latest_date(self.network, ranges)
        key = "flow", self.scenario, self.periods, last
        flow: CompiledFlow = self.network.plan.remembered(key, lambda: compile_flow(self.network, self.risk, self.periods, last))
        return replace(flow, risk=model_in_dimensions(flow.risk, self.design.sobol))

    def unit(self, worker: Worker, replicate: int, first: int, last: int, kept: tuple[Samples, int]) -> int:
        """One unit of work; returns its iterations. ``kept`` are samples, and the iteration with which they begin."""
        worker.make_room(last - first)
        run_passes(
            self.network, self.risk.model, (self.seed, replicate, self.design.replicates), (first, last),
            (worker.work, worker.counters, kept[0]), COUNT, with_late=self.with_float, sampled=True, weather=worker.weather,
            after=worker.after, before=kept[1],
        )
        return last - first

    def rounds(
        self, span: tuple[int, int], workers: Sequence[Worker], kept: tuple[Samples, int], watch: Watch | None
    ) -> tuple[int, bool]:
        """Work through all rounds; an interrupt finishes the current one.

        Parameters
        ----------
        span : tuple
            First iteration and the one after the last.
        workers : sequence of Worker
        kept : tuple
            Samples to fill, and the iteration with which they begin.
        watch : callable, optional
            Told after every unit of work how many iterations are done, and up to which one all are.

        Returns
        -------
        tuple
            The iteration after the last one done, and whether there was no interrupt.
        """

        def unit(worker: Worker, job: tuple[int, int, int]) -> int:
            return self.unit(worker, *job, kept)

        one = lending(workers, unit)
        done = span[0]
        with ThreadPoolExecutor(len(workers)) as pool:
            for jobs in _plan_rounds(*span, self.design.replicates):
                pending = [pool.submit(one, job) for job in jobs]
                before = done
                stop = False
                for future in pending:
                    try:
                        done += future.result()
                        if watch is not None:
                            watch(done, before)
                    except KeyboardInterrupt:
                        stop = True
                if stop:
                    return before + sum(future.result() for future in pending), False
        return done, True

    def running_p80(self, kept: Samples, done: int) -> Any:
        """P80 of the finish of the first iterations; None before there are any."""
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

    def variables(self, kept: Samples, spent: FlowSamples | None, done: int, flow: CompiledFlow | None) -> dict[str, Any]:
        """Fields of the results that have a value an iteration, of the first that are kept."""
        plan = self.network.plan
        self._date_the_undated(kept)
        several = len(plan.projects) > 1
        return {
            "finish": self._date_variable(kept.finish[-1, :done], self.schedule.project_end),
            **self._money(kept, spent, done, flow),
            "projects": {
                p.id: self._date_variable(kept.finish[k, :done], self.schedule.project_finish[p.id])
                for k, p in enumerate(plan.projects)
                if several and p.id in {a.project for a in plan.activities}
            },
            "milestones": self._milestones(kept, done),
        }

    def results(self, requested: int, tally: Tally) -> Results:
        """The answers that a tally of all iterations from the first on gives."""
        from simcore.advice import advise

        done, exact = tally.last, min(tally.last, tally.kept.finish.shape[1])
        results = Results(
            plan=self.network.plan,
            schedule=self.schedule,
            design=self.design,
            scenario=self.scenario,
            iterations=exact,
            requested=requested,
            **self.variables(tally.kept, tally.spent, exact, self.flow),
            activities=self._activities(tally),
            clamped=tally.clamped,
            replay=self,
            tally=tally,
        )
        if tally.fine:
            results = with_histograms(results, tally.fine, done)
        return advise(results, self.risk)

    def _money(
        self, kept: Samples, spent: FlowSamples | None, done: int, flow: CompiledFlow | None
    ) -> dict[str, Any]:
        """The total cost, and what there is of it over time."""
        if not self.risk.has_cost:
            return {"cost": None}
        if flow is None or spent is None:
            return {"cost": MoneyVariable(kept.cost[:done], self.design.replicates, self.risk.deterministic_cost)}
        from simcore.flow_results import flow_results

        return flow_results(flow, self.risk, spent, done, self.design.replicates)

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

    def _activities(self, tally: Tally) -> ActivityTable:
        names = ("start", "finish", "duration", "total_float")[: self.quantities]
        done = tally.last
        sizes = np.array([len(range(r, done, self.design.replicates)) for r in range(self.design.replicates)])
        shares = tally.critical[sizes > 0] / sizes[sizes > 0, None]
        error = shares.std(axis=0, ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.full(self.network.nodes, np.nan)
        return ActivityTable(
            network=self.network,
            schedule=self.schedule,
            iterations=done,
            replicates=len(shares),
            node_criticality=tally.critical.sum(axis=0) / max(done, 1),
            node_criticality_error=error,
            histograms=dict(zip(names, histograms(tally.counts, tally.range, self.quantities), strict=True)),
        )

    def cost_flow(self) -> CompiledFlow | None:
        """Cost lines and prices, whether or not the run kept money over time; None without any cost."""
        if self.flow is None and self.risk.has_cost:
            from simcore.flow import compile_flow

            self.flow = compile_flow(self.network, self.risk, None, network_dates(self.network)[1])
        return self.flow

    def contingency(self, cost: MoneyVariable, percent: float) -> Contingency | None:
        """What a P-value of the cost asks for, divided by causes."""
        from simcore.contingency import contingency

        return contingency(self, cost, percent)

    def without_hard_constraints(self, iterations: int) -> DateVariable | None:
        """The finish without hard constraints, on the same random numbers; None when there are none."""
        if self._without is None and hard_constraints(self.network.plan):
            from simcore.simulation import simulate

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


def doubled(iterations: int, replicates: int) -> list[int]:
    """After how many iterations a run looks whether it has enough: every doubling, and the last.

    >>> doubled(5000, 16)
    [1024, 2048, 4096, 5000]
    """
    found = [replicates * FIRST]
    while 2 * found[-1] < iterations:
        found.append(2 * found[-1])
    return [*(n for n in found if n < iterations), iterations]


def _plan_rounds(first: int, last: int, replicates: int) -> Iterator[list[tuple[int, int, int]]]:
    """Rounds of units ``(replicate, first k, last k)``; after each round a prefix of the iterations is complete."""
    begin, end = first // replicates, -(-last // replicates)
    longest = end - begin
    rounds = max(-(-longest // UNIT), 1)
    step = max(-(-longest // (rounds * WHOLE)) * WHOLE, 1)  # of equal length: no small rest that fills few lanes
    for at in range(begin, end, step):
        jobs = []
        for replicate in range(replicates):
            own_first = max(at, -((replicate - first) // replicates))
            own_last = min(at + step, len(range(replicate, last, replicates)))
            if own_first < own_last:
                jobs.append((replicate, own_first, own_last))
        yield jobs
