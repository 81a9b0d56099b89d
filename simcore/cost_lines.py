"""Every cost of a scenario as a line that is spent in one way, and whose it is."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from simcore.cost_terms import CostBuilder, Line
from simcore.draft import Driver
from simcore.escalation import IndexDraws
from simcore.scenarios import ActiveModel
from simcore.spending import Spending

NOWHERE = -1  # position of an activity: none


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentLine:
    """A part of the cost that is spent in one way; its terms are ``first <= t < last`` of the costs.

    Attributes
    ----------
    activity : int
        Position in the plan; NOWHERE for the actions of mitigation.
    planned, deterministic, fixed : float
        Money where its activity exists, in the deterministic schedule, and without the terms.
    owner : int
        Whose cost impacts it holds, or -1.
    where : int
        Mask that says whether its activity exists; -1: always.
    date : datetime or None
        When it is spent, where that is not a matter of the schedule.
    """

    activity: int
    spending: Spending
    planned: float = 0.0
    deterministic: float = 0.0
    fixed: float = 0.0
    first: int = 0
    last: int = 0
    owner: int = -1
    where: int = -1
    date: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CostLines:
    """All lines: of the activities in plan order, of the cost impacts of risks, of the actions.

    Attributes
    ----------
    effect_risk : tuple of str
        The risk behind every cost effect, in the order of the kernel's arrays.
    drivers : tuple of Driver
        Risks and factors of the scenario.
    spent : float
        Actual cost to date, in no line.
    """

    lines: tuple[SpentLine, ...]
    effect_risk: tuple[str, ...]
    drivers: tuple[Driver, ...]
    indices: tuple[IndexDraws, ...]
    spent: float

    @property
    def moved_by_time(self) -> bool:
        """Whether the total depends on when money is spent."""
        return any(line.spending.index or line.spending.steps for line in self.lines)


def cost_lines(
    costs: CostBuilder, owners: Sequence[int], active: ActiveModel, indices: tuple[IndexDraws, ...]
) -> CostLines:
    """The lines of all activities, then those of the cost impacts of ``owners``: the order in which a total is summed."""
    exists = costs.network.chances.exists
    listed = [_of_costs(line, costs, exists) for line in costs.lines]
    impacts = [
        SpentLine(activity=i, spending=costs.rules.of_impact(i), owner=owner, where=exists.get(i, -1))
        for owner, i in enumerate(owners)
    ]
    return CostLines(
        lines=(*listed, *impacts, *_actions(active)),
        effect_risk=tuple(effect.risk for i in owners for effect in costs.draft.cost_effects[i]),
        drivers=tuple(costs.draft.drivers),
        indices=indices,
        spent=sum(costs.spent.values()),
    )


def _of_costs(line: Line, costs: CostBuilder, exists: Mapping[int, int]) -> SpentLine:
    i = line.activity
    return SpentLine(
        activity=i,
        spending=line.spending,
        planned=line.planned,
        deterministic=line.planned if costs.present[i] else 0.0,
        fixed=line.fixed,
        first=line.first,
        last=line.last,
        where=exists.get(i, -1),
    )


def _actions(active: ActiveModel) -> list[SpentLine]:
    return [
        SpentLine(activity=NOWHERE, spending=Spending(), fixed=action.cost, date=action.date)
        for risk in active.risks
        if risk.id in active.mitigated and risk.mitigation is not None
        for action in risk.mitigation.actions
        if action.cost
    ]
