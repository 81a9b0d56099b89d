"""The part of a run's machine-readable answer that speaks of date and budget together, and of what was aimed at."""
from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simcore.answer_values import date_value, date_values, number

if TYPE_CHECKING:
    from datetime import datetime

    from simcore.joint import Frontier, Joint, Recommended, Share
    from simcore.results import Results
    from simcore.sampled import DateVariable, MoneyVariable

HEADLINE = 80
LEVELS = (50.0, 70.0, 80.0)
"""Joint confidence levels for which a pair is always recommended."""
HOUR = timedelta(hours=1)


def aimed(answer: dict[str, Any], variable: DateVariable | MoneyVariable, name: str, aim: Any) -> dict[str, Any]:
    """The answer of a variable with the probability of what is aimed at, where something is."""
    if aim is None:
        return answer
    return {
        **answer,
        f"probability_of_{name}": number(variable.probability(aim)),
        f"probability_of_{name}_error": number(variable.probability_error(aim)),
    }


def levels(asked: float) -> tuple[float, ...]:
    """The joint confidence levels that are answered, with the one asked for, rising.

    >>> levels(65)
    (50.0, 65, 70.0, 80.0)
    """
    return tuple(sorted({*LEVELS, asked}))


def pairs(results: Results) -> dict[str, tuple[datetime, float]]:
    """Named pairs of a date and an amount whose joint confidence is answered."""
    joint, goal = results.joint, results.goal
    found = {
        "deterministic": (joint.finish.deterministic, joint.cost.deterministic),
        f"P{HEADLINE}": (joint.finish.p(HEADLINE), joint.cost.p(HEADLINE)),
    }
    if goal.target is not None and goal.budget is not None:
        found["target"] = (goal.target, goal.budget)
    return found


def joint_answer(results: Results) -> dict[str, Any] | None:
    """Quadrants, recommended pairs, conditional answers, correlation and frontier; None for a plan without cost."""
    if results.cost is None:
        return None
    joint, jcl = results.joint, results.goal.jcl
    return {
        "jcl": number(jcl),
        "quadrants": {name: _quadrants(joint, *pair) for name, pair in pairs(results).items()},
        "recommended": [_recommended(joint, joint.recommended(level)) for level in levels(jcl)],
        "given": _given(joint),
        "correlation": _correlation(joint),
        "frontier": _frontier(joint.frontier(jcl)),
    }


def _quadrants(joint: Joint, date: datetime, amount: float) -> dict[str, Any]:
    quadrants = joint.quadrants(date, amount)
    return {
        "finish": date_value(date),
        "cost": number(amount),
        **{name: _share(share) for name, share in quadrants._asdict().items()},
    }


def _share(share: Share) -> dict[str, Any]:
    return {"probability": number(share.value), "error": number(share.error)}


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else number(span / HOUR)


def _recommended(joint: Joint, pair: Recommended) -> dict[str, Any]:
    return {
        "jcl": number(pair.percent),
        "p_value": number(pair.p_value),
        "p_value_error": number(pair.p_value_error),
        "finish": date_value(pair.date),
        "finish_error_hours": _hours(pair.date_error),
        "cost": number(pair.amount),
        "cost_error": number(pair.amount_error),
        "probability": number(joint.probability(pair.date, pair.amount)),
    }


def _given(joint: Joint) -> dict[str, Any]:
    """Of the headline P-values: the one of either quantity, given that the other keeps its own."""
    limit = f"P{HEADLINE}"
    cost, finish = joint.budget_given_date(HEADLINE, limit), joint.date_given_budget(HEADLINE, limit)
    kept = joint.probability_of_budget_given_date(joint.cost.p(HEADLINE), limit)
    return {
        f"cost_P{HEADLINE}_given_finish_P{HEADLINE}": {
            "cost": number(cost.value), "error": number(cost.error), "iterations": cost.iterations,
        },
        f"finish_P{HEADLINE}_given_cost_P{HEADLINE}": {
            "finish": date_value(finish.value), "error_hours": _hours(finish.error), "iterations": finish.iterations,
        },
        f"cost_P{HEADLINE}_kept_given_finish_P{HEADLINE}": _share(kept),
    }  # fmt: skip


def _correlation(joint: Joint) -> dict[str, Any]:
    found = joint.correlation
    names = ("pearson", "pearson_error", "spearman", "spearman_error")
    return {name: number(getattr(found, name)) for name in names}


def _frontier(frontier: Frontier) -> dict[str, Any]:
    return {
        "jcl": number(frontier.percent),
        "finish": date_values(frontier.dates),
        "cost": [number(value) for value in frontier.amounts.tolist()],
        "cost_error": [number(value) for value in frontier.errors.tolist()],
    }
