"""Costs of a plan's activities: what is certain, and terms that follow durations, draws and existence."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcore.draft import Draft
from simcore.kernel_risk import ONCE, PER_NODE, PER_SPAN, Costs
from simcore.models.costs import Amount, Assignment
from simcore.models.distribution_base import Distribution
from simcore.models.plan import Activity, Status
from simcore.models.pricing import assignment_cost, spent_on
from simcore.network import Network


@dataclass(frozen=True)
class Term:
    """One uncertain or time-dependent cost; see :class:`simcore.kernel_risk.Costs`."""

    per: int
    row: int
    rate: float = 1.0
    variable: int = -1
    second: int = -1
    where: int = -1


class CostBuilder:
    """Collects the costs of all activities.

    Parameters
    ----------
    network : Network
    draft : Draft
        Gets the variables.
    span_minutes : ndarray, shape (spans,)
        Deterministic minutes of work of every span, for costs that follow them.
    present : ndarray of bool, shape (activities,)
        Whether an activity exists in the deterministic schedule.
    """

    def __init__(self, network: Network, draft: Draft, span_minutes: npt.NDArray[np.float64], present: npt.NDArray[np.bool_]):
        self.network, self.plan, self.draft, self.span_minutes = network, network.plan, draft, span_minutes
        self.certain = 0.0
        self.terms: list[Term] = []
        self.deterministic = 0.0
        self.remaining: dict[int, float] = {}  # position of an activity -> its deterministic remaining cost
        self.spent: dict[int, float] = {}
        self.span_of_terms: dict[int, tuple[int, int]] = {}
        asked = {i for b, i in zip(network.chances.conditions, network.chances.asked, strict=True) if b.quantity == "cost"}
        for i, activity in enumerate(self.plan.activities):
            if not activity.inactive:
                first = len(self.terms)
                self._activity(i, activity, in_terms=i in asked or i in network.chances.exists)
                self.span_of_terms[i] = first, len(self.terms)
                self.deterministic += self.spent[i] + (self.remaining[i] if present[i] else 0.0)

    @property
    def any_cost(self) -> bool:
        return self.certain != 0.0 or bool(self.terms)

    def arrays(self, certain: float, owners: Sequence[int]) -> Costs:
        """Everything as arrays; ``owners`` are the activities with cost effects, in their order."""
        exists = self.network.chances.exists
        asked, limits = self._asked(owners)
        return Costs(
            certain=certain,
            place=np.array([(t.per, t.row, t.variable, t.second, t.where) for t in self.terms], np.int32).reshape(-1, 5),
            rate=np.array([t.rate for t in self.terms], np.float64),
            owner_where=np.array([exists.get(i, -1) for i in owners], np.int32),
            asked=np.array(asked, np.int32).reshape(-1, 3),
            asked_limit=np.array(limits, np.float64).reshape(-1, 2),
        )

    def _asked(self, owners: Sequence[int]) -> tuple[list[tuple[int, int, int]], list[tuple[float, float]]]:
        """What the conditions on cost compare; nothing for the others."""
        chances = self.network.chances
        asked, limits = [], []
        for branch, i in zip(chances.conditions, chances.asked, strict=True):
            is_cost = branch.quantity == "cost"
            terms = self.span_of_terms.get(i, (0, 0)) if is_cost else (0, 0)
            asked.append((*terms, owners.index(i) if is_cost and i in owners else -1))
            limits.append((self.spent.get(i, 0.0), float(branch.limit)) if is_cost else (0.0, 0.0))  # type: ignore[arg-type]
        return asked, limits

    def _activity(self, i: int, activity: Activity, in_terms: bool) -> None:
        node, span = self.network.node_of.get(i), self.network.span_of.get(i)
        minutes, per, row = 0.0, ONCE, 0
        if node is not None:
            minutes, per, row = float(self.network.durations[node]), PER_NODE, node
        elif span is not None:
            minutes, per, row = self.span_minutes[span], PER_SPAN, span
        where = self.network.chances.exists.get(i, -1)
        spent = spent_on(self.plan, activity)
        done = activity.status is Status.COMPLETED
        fixed, rate, remaining = self._assigned(activity, minutes, per, row, where)
        amount, per_day = (activity.cost.fixed, activity.cost.per_day) if activity.cost else (None, None)
        if amount is not None:
            remaining += amount.value
            if amount.uncertainty is None or done:
                fixed += amount.value
            else:
                self.terms.append(Term(ONCE, 0, variable=self._variable(activity, "cost", amount, 1.0), where=where))
        if per_day is not None and per != ONCE:
            day = self.plan.calendar_of(activity).hours_per_day * 60
            remaining += per_day.value / day * minutes
            if per_day.uncertainty is None or done:
                rate += per_day.value / day
            else:
                self.terms.append(Term(per, row, variable=self._variable(activity, "rate", per_day, day), where=where))
        if rate != 0.0:
            self.terms.append(Term(per, row, rate=rate))  # no minutes, no cost: existence needs no mask
        if fixed != 0.0 and in_terms:
            self.terms.append(Term(ONCE, 0, rate=fixed, where=where))
            fixed = 0.0
        self.certain += spent + fixed
        self.remaining[i], self.spent[i] = remaining, spent

    def _variable(self, activity: Activity, quantity: str, amount: Amount, per: float) -> int:
        assert amount.uncertainty is not None
        name = f"activity/{activity.project}/{activity.id}/{quantity}"
        return self.draft.variables.add(name, amount.uncertainty, amount.value, per)

    def _assigned(
        self, activity: Activity, minutes: float, per: int, row: int, where: int
    ) -> tuple[float, float, float]:
        """``(fixed, rate a minute, all)`` of what expenses and assignments still cost; uncertain ones become terms."""
        fixed, rate = sum(e.remaining_cost for e in activity.expenses), 0.0
        remaining = fixed
        for assignment in activity.assignments:
            cost = assignment_cost(self.plan, activity, assignment).remaining
            remaining += cost
            follows = assignment.time_dependent and minutes > 0
            base = cost / minutes if follows else cost
            price, quantity = (self._price(assignment), self._quantity(activity, assignment)) if cost else (None, -1)
            if price is not None or quantity >= 0:
                stream = f"resource/{assignment.resource}/price"
                variable = -1 if price is None else self.draft.variables.add(stream, price, base)
                certain = base if price is None else 1.0
                self.terms.append(Term(per if follows else ONCE, row, certain, variable, quantity, where))
            elif follows:
                rate += base
            else:
                fixed += base
        return fixed, rate, remaining

    def _price(self, assignment: Assignment) -> Distribution | None:
        """The uncertainty of a resource's price, one draw for all its assignments."""
        if assignment.resource is None:
            return None
        return self.plan.resources[assignment.resource].uncertainty

    def _quantity(self, activity: Activity, assignment: Assignment) -> int:
        """The variable that multiplies an assignment's remaining quantity or work; -1 where it is certain."""
        if assignment.uncertainty is None:
            return -1
        stream = f"activity/{activity.project}/{activity.id}/{assignment.resource or ''}/quantity"
        return self.draft.variables.add(stream, assignment.uncertainty, 1.0)


NO_COSTS = Costs(
    certain=0.0,
    place=np.zeros((0, 5), np.int32),
    rate=np.zeros(0),
    owner_where=np.zeros(0, np.int32),
    asked=np.zeros((0, 3), np.int32),
    asked_limit=np.zeros((0, 2)),
)
"""Of a run that asks for none."""
