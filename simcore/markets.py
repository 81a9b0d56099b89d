"""Factors that multiply costs: the state of a market, one draw for all that is bought there."""
from __future__ import annotations

from collections.abc import Mapping

from simcore.draft import Draft, Driver, Effect
from simcore.kernel_risk import FACTOR, FACTOR_PARALLEL
from simcore.models.plan import Plan
from simcore.models.risks import Factor


class Markets:
    """Which factors multiply which costs, as groups: costs with the same factors share one.

    Parameters
    ----------
    plan : Plan
    draft : Draft
        Gets the draws of the factors, and their events.
    factors : sequence of Factor
        Those of the scenario that have ``costs``; others are left out.
    """

    def __init__(self, plan: Plan, draft: Draft, factors: tuple[Factor, ...]):
        self._drawn: list[tuple[Factor, Effect]] = [(f, _effect(draft, f)) for f in factors if f.costs]
        position = {text: i for i, text in enumerate(plan.shown[a.ref] for a in plan.activities)}
        self._of_activity: dict[int, list[int]] = {}
        for n, (factor, _) in enumerate(self._drawn):
            for shown_id in factor.applies_to:
                self._of_activity.setdefault(position[_shown(plan, shown_id)], []).append(n)
        self._groups: dict[tuple[int, ...], int] = {}

    def on(self, kind: str, activity: int) -> int:
        """The group of factors on a kind of cost of an activity (by position); -1 for none."""
        members = tuple(n for n in self._of_activity.get(activity, ()) if kind in self._drawn[n][0].costs)
        return self._groups.setdefault(members, len(self._groups)) if members else -1

    def effects(self) -> Mapping[int, list[Effect]]:
        """Effects of every group, for :func:`simcore.draft.effect_arrays`."""
        return {group: [self._drawn[n][1] for n in members] for members, group in self._groups.items()}

    def __len__(self) -> int:
        return len(self._groups)


def _shown(plan: Plan, text: str) -> str:
    return plan.shown[plan.find(text)]


def _effect(draft: Draft, factor: Factor) -> Effect:
    event = draft.event(f"factor/{factor.id}/occurs", factor.probability, chance_stream=f"factor/{factor.id}/probability")
    draw = draft.draw(draft.variables.add(f"factor/{factor.id}/value", factor.uncertainty, 1.0))
    draft.drivers.append(Driver("market", factor.id, (event,), draw))
    kind = FACTOR_PARALLEL if factor.combine == "parallel" else FACTOR
    return Effect(kind, draw=draw, event=event)
