"""What stands in the risk model of a scenario and yet changes nothing, said so that nobody believes it counts."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simcore.correlation import members_of
from simcore.models.pricing import assignment_cost
from simcore.risk_events import in_order_of_triggers
from simcore.spending import SpendingRules

if TYPE_CHECKING:
    from simcore.models.plan import Plan
    from simcore.models.risks import Risk
    from simcore.scenarios import ActiveModel
    from simcore.variables import VariableTable

NAMED = 3
OF_SCENARIO = {"value", "magnitude", "probability"}  # of factors and risks, which a scenario may leave out


def without_effect(plan: Plan, active: ActiveModel, variables: VariableTable) -> Iterator[str]:
    """Risks that cannot occur or do nothing, actions that do not exist, correlations of what does not vary, ranges on no cost."""
    yield from _risks(plan, active)
    yield from _scenario(plan, active)
    yield from _correlations(plan, active, variables)
    yield from _costless(plan)
    yield from _indices(plan, active)


def _risks(plan: Plan, active: ActiveModel) -> Iterator[str]:
    triggers = {before for risk in active.risks for before in risk.given}
    begins = [p.data_date or p.start for p in plan.projects]
    never: set[str] = set()
    for risk in in_order_of_triggers(active.risks):
        if risk.probability == 0.0 and all(before in never or not chance for before, chance in risk.given.items()):
            never.add(risk.id)
            if risk.id not in active.mitigated:
                why = "nothing that triggers it can occur" if risk.given else "its probability is 0%"
                yield f"risk {risk.id} never occurs: {why}"
        elif not risk.impacts and risk.id not in triggers and risk.id not in active.mitigated:
            yield f"risk {risk.id} has no effect: it has no impacts"
        elif risk.window and all(begin and risk.window[1] < begin for begin in begins):
            yield f"risk {risk.id} has no effect: its window ends before the data date"
        yield from _certain_anyway(risk)


def _certain_anyway(risk: Risk) -> Iterator[str]:
    """A certain risk with triggers, whose chances can only lower it."""
    if risk.given and risk.probability == 1.0:
        yield (
            f"risk {risk.id} is certain where {' and '.join(risk.given)} did not occur, as its own probability is 100%; "
            "leave it out if the risk occurs only when triggered"
        )


def _scenario(plan: Plan, active: ActiveModel) -> Iterator[str]:
    chosen = next((scenario for scenario in plan.scenarios if scenario.id == active.scenario), None)
    if chosen is None:
        return
    bare = [risk.id for risk in plan.risks if risk.id in chosen.mitigate and risk.mitigation is None]
    if bare:
        yield f"scenario {chosen.id} mitigates {_listed(bare)}, for which the register has no mitigation"


def _correlations(plan: Plan, active: ActiveModel, variables: VariableTable) -> Iterator[str]:
    present = {risk.id for risk in active.risks} | {factor.id for factor in active.factors}
    certain = []
    for name in dict.fromkeys(name for correlation in plan.correlations for name in correlation.between):
        quantity, _, target = name.partition(" of ")
        if (quantity not in OF_SCENARIO or target in present) and not members_of(plan, name, variables):
            certain.append(name)
    if certain:
        yield f"correlations name what does not vary, which has no effect: {_listed(certain)}"


def _costless(plan: Plan) -> Iterator[str]:
    """Prices and quantities that vary where they cost nothing: both act on the remaining cost of assignments."""
    paid = [(a, x) for a in plan.activities for x in a.assignments if assignment_cost(plan, a, x).remaining]
    priced = {x.resource for _, x in paid}
    prices = [r.id for r in plan.resources.values() if r.uncertainty is not None and r.id not in priced]
    if prices:
        yield f"the uncertain price of {_listed(prices)} has no effect: nothing that is left to do costs anything by it"
    free = [
        f"{x.resource or 'its resource'} on {plan.shown[a.ref]}"
        for a in plan.activities for x in a.assignments
        if x.uncertainty is not None and not assignment_cost(plan, a, x).remaining
    ]  # fmt: skip
    if free:
        yield f"the uncertain quantity of {_listed(free)} has no effect: the assignment has neither a remaining_cost nor a price"


def _indices(plan: Plan, active: ActiveModel) -> Iterator[str]:
    """Escalation indices that no cost follows."""
    unused = {index.id for index in plan.finance.escalation}
    if unused:
        unused -= set(_followed(plan, active))
        names = [index.id for index in plan.finance.escalation if index.id in unused]
        if names:
            yield f"the escalation by {_listed(names)} has no effect: no cost follows it"


def _followed(plan: Plan, active: ActiveModel) -> Iterator[str]:
    """The index of every cost that is still to be spent."""
    rules = SpendingRules(plan)
    for i, activity in enumerate(plan.activities):
        cost = activity.cost
        if cost is not None and cost.fixed is not None:
            yield rules.of_fixed(i, cost).index
        if cost is not None and cost.per_day is not None:
            yield rules.of_per_day(i, cost).index
        yield from (rules.of_expense(i, expense).index for expense in activity.expenses if expense.remaining_cost)
        for assignment in activity.assignments:
            if assignment_cost(plan, activity, assignment).remaining:
                yield rules.of_assignment(i, assignment).index
    at = {text: i for i, text in enumerate(plan.shown[a.ref] for a in plan.activities)}
    for risk in active.risks:
        for impact in risk.impacts:
            if impact.cost is not None and impact.activity:
                yield rules.of_impact(at[plan.shown[plan.find(impact.activity)]]).index


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
