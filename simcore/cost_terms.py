"""Costs of a plan's activities: what is certain, and terms that follow durations, draws and existence, by lines of spending."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simcore.draft import Draft
from simcore.kernel_risk import ONCE, PER_NODE, PER_SPAN, Costs
from simcore.markets import Markets
from simcore.models.costs import Amount, Assignment, Expense
from simcore.models.distribution_base import Distribution
from simcore.models.plan import Activity, Status
from simcore.models.pricing import assignment_cost, spent_on
from simcore.network import Network
from simcore.spending import Spending, SpendingRules


@dataclass(frozen=True)
class Term:
    """One uncertain or time-dependent cost; see :class:`simcore.kernel_risk.Costs`."""

    per: int
    row: int
    rate: float = 1.0
    variable: int = -1
    second: int = -1
    where: int = -1
    market: int = -1


@dataclass
class Line:
    """A part of an activity's remaining cost that is spent in one way; its terms are ``first <= t < last``.

    ``planned`` is what it costs at deterministic durations and prices where the activity exists, ``fixed`` the part of it that
    stands in no term.
    """

    activity: int
    spending: Spending
    planned: float = 0.0
    fixed: float = 0.0
    first: int = 0
    last: int = 0


@dataclass
class _Open:
    """A line while its costs are being collected."""

    line: Line
    terms: list[Term] = field(default_factory=list)
    rates: dict[int, float] = field(default_factory=dict)  # market -> certain money a minute
    amounts: dict[int, float] = field(default_factory=dict)  # market -> certain money once


@dataclass(frozen=True)
class _Place:
    """Where the minutes and the existence of an activity stand, and whether its certain amounts need terms."""

    minutes: float
    per: int
    row: int
    where: int
    in_terms: bool
    done: bool


class CostBuilder:
    """Collects the costs of all activities.

    Parameters
    ----------
    network : Network
    draft : Draft
        Gets the variables.
    markets : Markets
        Factors that multiply costs.
    span_minutes : ndarray, shape (spans,)
        Deterministic minutes of work of every span, for costs that follow them.
    present : ndarray of bool, shape (activities,)
        Whether an activity exists in the deterministic schedule.
    """

    def __init__(
        self, network: Network, draft: Draft, markets: Markets, span_minutes: npt.NDArray[np.float64],
        present: npt.NDArray[np.bool_],
    ):  # fmt: skip
        self.network, self.plan, self.draft, self.markets = network, network.plan, draft, markets
        self.span_minutes, self.present = span_minutes, present
        self.rules = SpendingRules(network.plan)
        self.certain = 0.0
        self.terms: list[Term] = []
        self.lines: list[Line] = []
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
        """Everything as arrays; ``owners`` are the activities with cost effects, in their order; markets come after them."""
        exists = self.network.chances.exists
        asked, limits = self._asked(owners)
        rows = [
            (t.per, t.row, t.variable, t.second, t.where, -1 if t.market < 0 else len(owners) + t.market) for t in self.terms
        ]
        return Costs(
            certain=certain,
            place=np.array(rows, np.int32).reshape(-1, 6),
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
        place = self._place(i, activity, in_terms)
        opened: dict[Spending, _Open] = {}

        def open_line(spending: Spending) -> _Open:
            return opened.setdefault(spending, _Open(Line(i, spending)))

        self.spent[i] = spent_on(self.plan, activity)
        for n, expense in enumerate(activity.expenses):
            self._expense(i, activity, n, expense, place, open_line(self.rules.of_expense(i, expense)))
        for assignment in activity.assignments:
            self._assignment(i, activity, assignment, place, open_line(self.rules.of_assignment(i, assignment)))
        self._own_cost(i, activity, place, open_line)
        self.remaining[i] = sum(found.line.planned for found in opened.values())
        self.certain += self.spent[i]
        for found in opened.values():
            self._close(found, place)

    def _place(self, i: int, activity: Activity, in_terms: bool) -> _Place:
        node, span = self.network.node_of.get(i), self.network.span_of.get(i)
        minutes, per, row = 0.0, ONCE, 0
        if node is not None:
            minutes, per, row = float(self.network.durations[node]), PER_NODE, node
        elif span is not None:
            minutes, per, row = self.span_minutes[span], PER_SPAN, span
        done = activity.status is Status.COMPLETED
        return _Place(minutes, per, row, self.network.chances.exists.get(i, -1), in_terms, done)

    def _own_cost(self, i: int, activity: Activity, place: _Place, open_line: Callable[[Spending], _Open]) -> None:
        cost = activity.cost
        if cost is None:
            return
        if cost.fixed is not None:
            found = open_line(self.rules.of_fixed(i, cost))
            market = self._market("fixed", i, place)
            self._once(activity, "cost", cost.fixed, place, found, market)
        if cost.per_day is not None and place.per != ONCE:
            found = open_line(self.rules.of_per_day(i, cost))
            market = self._market("per_day", i, place)
            day = self.plan.calendar_of(activity).hours_per_day * 60
            found.line.planned += cost.per_day.value / day * place.minutes
            if cost.per_day.uncertainty is None or place.done:
                found.rates[market] = found.rates.get(market, 0.0) + cost.per_day.value / day
            else:
                variable = self._variable(activity, "rate", cost.per_day, day)
                term = Term(place.per, place.row, variable=variable, where=place.where, market=market)
                found.terms.append(term)

    def _expense(self, i: int, activity: Activity, n: int, expense: Expense, place: _Place, found: _Open) -> None:
        amount = Amount(value=expense.remaining_cost, uncertainty=expense.uncertainty)
        self._once(activity, f"expense/{n}", amount, place, found, self._market("expense", i, place))

    def _once(self, activity: Activity, quantity: str, amount: Amount, place: _Place, found: _Open, market: int) -> None:
        """Money that no duration changes."""
        found.line.planned += amount.value
        if amount.uncertainty is None or place.done:
            found.amounts[market] = found.amounts.get(market, 0.0) + amount.value
        else:
            variable = self._variable(activity, quantity, amount, 1.0)
            found.terms.append(Term(ONCE, 0, variable=variable, where=place.where, market=market))

    def _assignment(self, i: int, activity: Activity, assignment: Assignment, place: _Place, found: _Open) -> None:
        minutes = place.minutes if place.per == PER_SPAN else None  # only the schedule tells how long a hammock lasts
        cost = assignment_cost(self.plan, activity, assignment, minutes).remaining
        if not cost:
            return
        found.line.planned += cost
        follows = assignment.time_dependent and place.minutes > 0
        base = cost / place.minutes if follows else cost
        market = self._market(self.rules.kind_of(assignment), i, place)
        price, quantity = self._price(assignment), self._quantity(activity, assignment)
        if price is None and quantity < 0:
            certain = found.rates if follows else found.amounts
            certain[market] = certain.get(market, 0.0) + base
            return
        stream = f"resource/{assignment.resource}/price"
        variable = -1 if price is None else self.draft.variables.add(stream, price, base)
        rate = base if price is None else 1.0
        found.terms.append(Term(place.per if follows else ONCE, place.row, rate, variable, quantity, place.where, market))

    def _close(self, found: _Open, place: _Place) -> None:
        """Put what has been collected of a line among the lines and terms."""
        line = found.line
        line.first = len(self.terms)
        self.terms += found.terms
        for market, rate in found.rates.items():  # no minutes, no cost: existence needs no mask
            if rate != 0.0:
                self.terms.append(Term(place.per, place.row, rate, market=market))
        for market, amount in found.amounts.items():
            if amount != 0.0 and (market >= 0 or place.in_terms):
                self.terms.append(Term(ONCE, 0, amount, where=place.where, market=market))
            else:
                line.fixed += amount
        line.last = len(self.terms)
        self.certain += line.fixed
        if line.planned != 0.0 or line.fixed != 0.0 or line.last > line.first:
            self.lines.append(line)

    def _variable(self, activity: Activity, quantity: str, amount: Amount, per: float) -> int:
        assert amount.uncertainty is not None
        name = f"activity/{activity.project}/{activity.id}/{quantity}"
        return self.draft.variables.add(name, amount.uncertainty, amount.value, per)

    def _market(self, kind: str, i: int, place: _Place) -> int:
        """Factors on a cost; what is complete does not vary."""
        return -1 if place.done else self.markets.on(kind, i)

    def _price(self, assignment: Assignment) -> Distribution | None:
        """The uncertainty of a resource's price, one draw for all its assignments."""
        return None if assignment.resource is None else self.plan.resources[assignment.resource].uncertainty

    def _quantity(self, activity: Activity, assignment: Assignment) -> int:
        """The variable that multiplies an assignment's remaining quantity or work; -1 where it is certain."""
        if assignment.uncertainty is None:
            return -1
        stream = f"activity/{activity.project}/{activity.id}/{assignment.resource or ''}/quantity"
        return self.draft.variables.add(stream, assignment.uncertainty, 1.0)


NO_COSTS = Costs(
    certain=0.0,
    place=np.zeros((0, 6), np.int32),
    rate=np.zeros(0),
    owner_where=np.zeros(0, np.int32),
    asked=np.zeros((0, 3), np.int32),
    asked_limit=np.zeros((0, 2)),
)
"""Of a run that asks for none."""
