"""Scenarios that name what is not there or contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.risks import SCENARIOS
from simcore.models.suggestions import did_you_mean

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan


def scenario_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with the scenarios of a plan."""
    risks = [risk.id for risk in plan.risks]
    both = [*risks, *(factor.id for factor in plan.factors)]
    for scenario in plan.scenarios:
        where = places.of("scenario", scenario.id)
        if scenario.id in SCENARIOS:
            yield Problem(where, "every plan has a scenario of this name.", f"Use another one than {', '.join(SCENARIOS)}.")
        if scenario.base not in SCENARIOS:
            yield Problem(f"{where} base", f"there is no '{scenario.base}'.", f"Write one of: {', '.join(SCENARIOS)}.")
        for key, names, kind, known in (
            ("mitigate", scenario.mitigate, "risk", risks),
            ("leave", scenario.leave, "risk", risks),
            ("without", scenario.without, "risk or factor", both),
        ):
            for name in names:
                if name not in known:
                    yield Problem(f"{where} {key}", f"there is no {kind} '{name}'.", did_you_mean(name, known))
        for name in sorted(set(scenario.mitigate) & set(scenario.leave)):
            yield Problem(where, f"the risk '{name}' is both mitigated and left as it is.", "Keep one.")
