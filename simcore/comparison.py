"""Scenarios of a plan side by side, on common random numbers, with the differences' own standard errors."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.design import Design
from simcore.models.plan import Plan
from simcore.models.units import parse_datetime
from simcore.paired import Difference, date_difference, money_difference
from simcore.pilot import design_of
from simcore.results import Results
from simcore.sampled import DateVariable, MoneyVariable
from simcore.scenarios import resolve, scenario_ids
from simcore.simulation import Progress, simulate
from simcore.tally import EXACT

if TYPE_CHECKING:
    from distributed import Client

HEADLINE = 80
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ScenarioRun:
    """What one scenario answers.

    Attributes
    ----------
    id, name : str
        As ``--scenario`` names it, and what people call it.
    finish : DateVariable
    cost : MoneyVariable or None
        With the cost of the actions; None when no scenario has any cost.
    action_cost : float
        Of all mitigation that is done in the scenario.
    mitigated : tuple of str
        Ids of the risks about which something is done.
    """

    id: str
    name: str
    finish: DateVariable
    cost: MoneyVariable | None
    action_cost: float
    mitigated: tuple[str, ...]


@dataclass(frozen=True)
class Benefit:
    """What the second scenario gains over the first for the price of its actions, at the same confidence.

    Attributes
    ----------
    gain : timedelta
        By how much its P-value of the finish is earlier.
    action_cost : float
        What its actions cost more.
    saved : float
        By how much its P-value of the cost is lower before the cost of the actions.
    """

    percent: float
    gain: timedelta
    action_cost: float
    saved: float

    @property
    def net(self) -> float:
        """What remains of what is saved after the actions are paid; negative when they do not pay for themselves."""
        return self.saved - self.action_cost

    @property
    def cost_per_day(self) -> float | None:
        """What a day of the gain costs after all; None where nothing is gained, or nothing has to be paid."""
        return -self.net / (self.gain / DAY) if self.gain > timedelta(0) and self.net < 0 else None


@dataclass(frozen=True)
class ScenarioDifference:
    """The second scenario less the first."""

    first: ScenarioRun
    second: ScenarioRun

    @cached_property
    def finish(self) -> Difference[timedelta]:
        return date_difference(self.first.finish, self.second.finish)

    @cached_property
    def cost(self) -> Difference[float] | None:
        if self.first.cost is None or self.second.cost is None:
            return None
        return money_difference(self.first.cost, self.second.cost)

    def benefit(self, percent: float = HEADLINE) -> Benefit:
        """Gain in days and money against the cost of the actions, at one P-value."""
        actions = self.second.action_cost - self.first.action_cost
        saved = 0.0 if self.cost is None else actions - self.cost.p(percent)
        return Benefit(percent, -self.finish.p(percent), actions, saved)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All answers of a comparison.

    Attributes
    ----------
    scenarios : tuple of ScenarioRun
        In the order asked for; the first is what the others are compared with.
    iterations, requested : int
        Done in every scenario, and asked for.
    left_out : tuple of str
        Scenarios that an interrupted comparison did not come to.
    target : datetime or None
        A date whose probability is asked for in every scenario.
    budget : float or None
        The same for the cost.
    """

    plan: Plan
    design: Design
    iterations: int
    requested: int
    scenarios: tuple[ScenarioRun, ...]
    left_out: tuple[str, ...] = ()
    target: datetime | None = None
    budget: float | None = None
    warnings: Sequence[str] = ()

    @property
    def partial(self) -> bool:
        """Whether it was stopped before its end."""
        return self.iterations < self.requested or bool(self.left_out)

    def scenario(self, scenario_id: str) -> ScenarioRun:
        """One scenario by its id; KeyError when it was not compared."""
        return {run.id: run for run in self.scenarios}[scenario_id]

    def difference(self, second: str, first: str | None = None) -> ScenarioDifference:
        """How ``second`` differs from ``first``, any two of the scenarios; by default from the first of all."""
        return ScenarioDifference(self.scenarios[0] if first is None else self.scenario(first), self.scenario(second))

    @cached_property
    def differences(self) -> tuple[ScenarioDifference, ...]:
        """Every later scenario against the first."""
        return tuple(ScenarioDifference(self.scenarios[0], later) for later in self.scenarios[1:])

    def report(self, path: str) -> None:
        """Write the HTML page: one self-contained file."""
        from importlib import import_module

        # reports stands above this layer; only this convenience reaches up, by name and when called
        import_module("simcore.reports.comparison_html").write_comparison(self, path)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable answer, as ``simcore compare --json`` writes it."""
        from simcore.answers import compare_answer

        return compare_answer(self)


def compare(
    plan: Plan,
    scenarios: Sequence[str] | None = None,
    iterations: int = 10_000,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    design: Design | None = None,
    target: datetime | str | None = None,
    budget: float | None = None,
    executor: Client | None = None,
) -> Comparison:
    """Simulate scenarios of a plan on the same random numbers.

    Parameters
    ----------
    plan : Plan
    scenarios : sequence of str, optional
        At least two, the first is what the others are compared with; default: ``pre``, ``post`` and all that the plan names.
    iterations, seed, threads, design
        As in :func:`simcore.simulate`, for every scenario.
    progress : callable, optional
        As in :func:`simcore.simulate`, for all scenarios together. A KeyboardInterrupt keeps the iterations that all
        scenarios begun so far have.
    target : datetime or str, optional
        A date whose probability is asked for; a text without a time means the end of that day.
    budget : float, optional
        The same for the cost.
    executor : distributed.Client, optional
        A Dask cluster on which the iterations are done, as in :func:`simcore.simulate`.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        For more than 2^20 iterations (they are compared one by one), other numbers out of range, an unknown scenario, one
        named twice, or fewer than two.
    """
    chosen = default_scenarios(plan) if scenarios is None else tuple(scenarios)
    _check(plan, chosen)
    if iterations > EXACT:
        raise ValueError(f"iterations are compared one by one: at most {EXACT:,}, not {iterations:,}")
    design = design or design_of(plan, seed)
    runs: list[Results] = []
    for number, scenario in enumerate(chosen):
        watcher = None if progress is None else _part_of(progress, number, len(chosen))
        runs.append(
            simulate(
                plan, iterations, threads=threads, progress=watcher, scenario=scenario, design=design, executor=executor
            )
        )  # fmt: skip
        if runs[-1].partial:
            break
    done = min(run.iterations for run in runs)
    return Comparison(
        plan=plan,
        design=design,
        iterations=done,
        requested=iterations,
        scenarios=tuple(_scenario_runs(plan, runs, done)),
        left_out=chosen[len(runs) :],
        target=parse_datetime(target, end_of_day=True) if isinstance(target, str) else target,
        budget=budget,
        warnings=tuple(_warnings(runs)),
    )


def default_scenarios(plan: Plan) -> tuple[str, ...]:
    """Before and after mitigation, and all that the plan names."""
    return tuple(name for name in scenario_ids(plan) if name != "none")


def _check(plan: Plan, chosen: Sequence[str]) -> None:
    for name in chosen:
        resolve(plan, name)
        if chosen.count(name) > 1:
            raise ValueError(f"scenario {name!r} is named twice")
    if len(chosen) < 2:
        raise ValueError("a comparison needs at least two scenarios")


def _part_of(progress: Callable[[Progress], None], number: int, count: int) -> Callable[[Progress], None]:
    """The progress of one scenario as a part of the whole."""
    return lambda own: progress(Progress(number * own.total + own.done, count * own.total, own.p80))


def _scenario_runs(plan: Plan, runs: list[Results], done: int) -> list[ScenarioRun]:
    found = []
    any_cost = any(run.cost is not None for run in runs)
    for run in runs:
        active = resolve(plan, run.scenario)
        cost = run.cost.first(done) if run.cost is not None else None
        if cost is None and any_cost:  # actions are the only cost there is, and this scenario has none
            cost = MoneyVariable(np.zeros(done), run.design.replicates, 0.0)
        found.append(
            ScenarioRun(
                id=run.scenario, name=active.name, finish=run.finish.first(done), cost=cost,
                action_cost=active.action_cost, mitigated=active.mitigated,
            )
        )  # fmt: skip
    return found


def _warnings(runs: list[Results]) -> list[str]:
    """Each once; those that do not hold for all scenarios say for which."""
    found: dict[str, list[str]] = {}
    for run in runs:
        for warning in run.warnings:
            found.setdefault(warning, []).append(run.scenario)
    return [
        warning if len(names) == len(runs) else f"{', '.join(names)}: {warning}" for warning, names in found.items()
    ]
