"""Correlations that name what is not there, or that no copula has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from simcore.models.errors import Problem
from simcore.models.suggestions import did_you_mean

if TYPE_CHECKING:
    from simcore.models.places import Places
    from simcore.models.plan import Plan
    from simcore.models.risks import Correlation

OF_ACTIVITIES = ("duration", "rate", "cost")
"""What of activities may be correlated."""

_OWNERS = {
    **dict.fromkeys(OF_ACTIVITIES, "activity"),
    "lag": "relationship",
    "magnitude": "risk",
    "probability": "risk",
    "value": "factor",
    "price": "resource",
    "productivity": "resource",
}
VARIABLE = re.compile(rf"({'|'.join(_OWNERS)}) of (.+)", re.DOTALL)
"""How a correlation names its variables."""

VARIABLE_EXAMPLES = (
    "Write 'duration of A100', 'rate of A100', 'cost of A100', 'lag of A100 -> A110', 'magnitude of R1', 'probability of R1', "
    "'value of F', 'price of crew' or 'productivity of crew'."
)


def correlation_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with the correlations of a plan."""
    named = {
        "risk": [risk.id for risk in plan.risks],
        "factor": [factor.id for factor in plan.factors],
        "resource": list(plan.resources),
    }
    for number, correlation in enumerate(plan.correlations, start=1):
        where = places.of("correlation", str(number))
        yield from _strengths(correlation, where)
        for variable in correlation.between:
            yield from _variable(plan, variable, named, f"{where} between")


def owner_of(quantity: str) -> str:
    """The kind of thing that a quantity is one of.

    >>> owner_of("lag"), owner_of("price")
    ('relationship', 'resource')
    """
    return _OWNERS[quantity]


def _variable(plan: Plan, variable: str, named: Mapping[str, Collection[str]], where: str) -> Iterator[Problem]:
    match = VARIABLE.fullmatch(variable)
    if match is None:
        yield Problem(where, f"'{variable}' names no variable.", VARIABLE_EXAMPLES)
        return
    quantity, name = match.groups()
    kind = owner_of(quantity)
    if kind == "activity":
        if not plan.has(name):
            yield Problem(where, f"there is no activity '{name}'.", did_you_mean(name, plan.shown.values()))
    elif kind == "relationship":
        try:
            plan.find_link(name)
        except KeyError as error:
            yield Problem(where, error.args[0])
    elif name not in named[kind]:
        yield Problem(where, f"there is no {kind} '{name}'.", did_you_mean(name, named[kind]))


def _strengths(correlation: Correlation, where: str) -> Iterator[Problem]:
    size = len(correlation.between)
    if size < 2 or len(set(correlation.between)) < size:
        yield Problem(f"{where} between", "it needs at least two variables, each once.")
    if (correlation.rank is None) is (correlation.matrix is None):
        yield Problem(where, "needs a rank correlation or a matrix of them, and not both.")
    if correlation.rank is not None and not -1.0 <= correlation.rank <= 1.0:
        yield Problem(f"{where} rank", f"{correlation.rank:g} is not between -1 and 1.")
    if correlation.degrees is not None and not correlation.degrees > 2.0:
        what = f"{correlation.degrees:g} degrees of freedom are too few for a copula with finite variances."
        yield Problem(f"{where} copula", what, "Write more than 2, such as t(4), or gaussian.")
    if correlation.matrix is not None:
        yield from _matrix(correlation.matrix, correlation.between, f"{where} matrix")


def _matrix(matrix: tuple[tuple[float, ...], ...], names: tuple[str, ...], where: str) -> Iterator[Problem]:
    if len(matrix) != len(names) or any(len(row) != len(names) for row in matrix):
        columns = max((len(row) for row in matrix), default=0)
        yield Problem(where, f"it has {len(matrix)} rows and {columns} columns, but there are {len(names)} variables.")
        return
    for i, name in enumerate(names):
        if matrix[i][i] != 1.0:
            yield Problem(where, f"'{name}' has {matrix[i][i]:g} with itself.", "Write 1.")
    for i, j in combinations(range(len(names)), 2):
        pair = f"'{names[i]}' and '{names[j]}'"
        if matrix[i][j] != matrix[j][i]:
            what = f"{pair} have {matrix[i][j]:g} above the diagonal and {matrix[j][i]:g} below."
            yield Problem(where, what, "Write the same twice, or leave one empty.")
        elif not -1.0 <= matrix[i][j] <= 1.0:
            yield Problem(where, f"{pair}: {matrix[i][j]:g} is not between -1 and 1.")
