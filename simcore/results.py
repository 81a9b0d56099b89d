"""All answers of one run: dates, money, activities, and what can be computed from them on first use."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcore.design import Design
from simcore.goal import JCL, Goal
from simcore.sampled import DateVariable, MoneyVariable, moment_of, share_of_percent

if TYPE_CHECKING:
    from simcore.achieved import Achieved
    from simcore.activities import ActivityTable
    from simcore.cash_flow import CashFlow
    from simcore.contingency import Contingency
    from simcore.earned_value import EarnedValue
    from simcore.joint import Joint
    from simcore.models.plan import Plan
    from simcore.scheduling import Schedule
    from simcore.tally import Tally
    from simcore.until import Reached
    from simcore.weather_summary import CalendarWeather


@dataclass(frozen=True, kw_only=True)
class Results:
    """All answers of one run.

    Attributes
    ----------
    finish : DateVariable
        Project finish (all projects together).
    cost : MoneyVariable or None
        Total cost at completion, in the money of the dates on which it is spent where the plan says how prices move; None
        when the plan has no cost at all.
    cost_base_year, present_value : MoneyVariable or None
        The same at the prices of the price date (None where no prices move), and discounted (None where no rate is given).
    cash_flow : CashFlow or None
        Spending by period, where it was asked for.
    projects, milestones : mapping of shown id to DateVariable
        Finish of each project (when there are several) and dates of the milestones in focus.
    activities : ActivityTable
        One row an activity, in plan order.
    iterations, requested : int
        Done and asked for; fewer done means the run was interrupted (``partial``).
    clamped : int
        Activity-iterations in which a sampled duration fell below zero and was set to zero.
    warnings : sequence of str
        What a careful analyst would point out, each with the option to use.
    goal : Goal
        Joint confidence level, target date and budget that the answers say something about; see :meth:`with_goal`.
    reached : Reached or None
        How well what the run went on for is known; None where no precision was asked for.
    """

    plan: Plan
    schedule: Schedule
    design: Design
    scenario: str
    iterations: int
    requested: int
    finish: DateVariable
    cost: MoneyVariable | None
    activities: ActivityTable
    projects: Mapping[str, DateVariable] = field(default_factory=dict)
    milestones: Mapping[str, DateVariable] = field(default_factory=dict)
    cash_flow: CashFlow | None = None
    cost_base_year: MoneyVariable | None = None
    present_value: MoneyVariable | None = None
    clamped: int = 0
    warnings: Sequence[str] = ()
    goal: Goal = field(default_factory=Goal)
    reached: Reached | None = None
    replay: Any = None  # recomputes iterations; see simcore.runs
    tally: Tally | None = field(default=None, repr=False)  # what more iterations are added to

    @property
    def partial(self) -> bool:
        """Whether the run was stopped before its end."""
        return self.iterations < self.requested

    @cached_property
    def joint(self) -> Joint:
        """Date and budget together; ValueError for a plan without cost."""
        from simcore.joint import Joint

        if self.cost is None:
            raise ValueError("the plan has no cost, so there is no joint confidence; add costs to the plan")
        return Joint(self.finish.exact, self.cost.exact)

    def with_goal(self, jcl: float = JCL, target: datetime | str | None = None, budget: float | None = None) -> Results:
        """The same results, whose report and answers speak of another joint confidence level, a target date, a budget."""
        share_of_percent(jcl)
        return replace(self, goal=Goal(jcl=jcl, target=None if target is None else moment_of(target), budget=budget))

    def iteration(self, number: int) -> Schedule:
        """One iteration (numbered from 0) recomputed as a dated schedule."""
        if not 0 <= number < self.iterations:
            raise ValueError(f"iteration {number} is outside 0 to {self.iterations - 1}")
        return self.replay.iteration(number)

    def contingency(self, percent: float = 80) -> Contingency | None:
        """What a P-value of the cost asks for beyond the deterministic cost, divided by causes, activities and risks.

        None for a plan without cost. Computed on first use: the iterations run once more.

        Raises
        ------
        ValueError
            For a percentage outside 0 to 100.
        """
        share_of_percent(percent)
        if self.cost is None:
            return None
        if percent not in self._contingencies:
            self._contingencies[percent] = self.replay.contingency(self.cost.exact, percent)
        return self._contingencies[percent]

    @cached_property
    def _contingencies(self) -> dict[float, Contingency | None]:
        return {}

    @cached_property
    def without_hard_constraints(self) -> DateVariable | None:
        """Project finish with the hard constraints left out, on the same random numbers; None when the plan has none.

        Computed on first use: a second run.
        """
        finish: DateVariable | None = self.replay.without_hard_constraints(self.iterations)
        return finish

    @cached_property
    def correlations(self) -> Achieved:
        """Correlations asked for and achieved, and those that arise from shared factors and risks.

        Computed on first use: a few thousand iterations more.
        """
        from simcore.achieved import achieved_correlations

        return achieved_correlations(self)

    @cached_property
    def weather(self) -> tuple[CalendarWeather, ...]:
        """What weather took from every calendar that has some, from the data date to the P80 finish; computed on first use."""
        summary: tuple[CalendarWeather, ...] = self.replay.weather_summary(self.iterations, self.finish.p(80).date())
        return summary

    @cached_property
    def earned_value(self) -> EarnedValue | None:
        """Earned value at the data date; None without progress or cost. See :mod:`simcore.earned_value`."""
        from simcore.earned_value import earned_value

        return earned_value(self.plan)

    def save_checkpoint(self, path: str | Path) -> None:
        """Write what ``simulate(plan, more_iterations, resume=path)`` continues from; whole or not at all."""
        from simcore.checkpoint import save_checkpoint

        save_checkpoint(self, path)

    def report(self, path: str) -> None:
        """Write the HTML report: one self-contained file."""
        from importlib import import_module

        # reports stands above this layer; only this convenience reaches up, by name and when called
        import_module("simcore.reports.html").write_report(self, path)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable answer, as ``simcore run --json`` writes it."""
        from simcore.answers import run_answer

        return run_answer(self)
