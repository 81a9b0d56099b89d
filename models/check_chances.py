"""Probabilities that are none: numbers, and distributions of which a part lies outside."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from simcore.models.distributions import Distribution
from simcore.models.errors import Problem
from simcore.models.units import format_percent

_ROUNDING = 1e-9


def chance_problems(value: float | Distribution, where: str) -> Iterator[Problem]:
    """A probability, or a distribution of it; tails without end are cut off where it is drawn."""
    if not isinstance(value, Distribution):
        if not 0.0 <= value <= 1.0:
            yield Problem(where, f"{value:g} is not between 0 and 1.")
        return
    if not value.relative:
        yield Problem(where, "it is a distribution of a probability.", "Write percentages, such as 'uniform(20%, 40%)'.")
    elif outside(value, lenient=True):
        yield Problem(where, f"its distribution reaches {_span(value)}.", "Keep it from 0% to 100%, with truncate if need be.")


def outside(spread: Distribution, lenient: bool = False) -> bool:
    """Whether a distribution has values below 0 or above 1; a lenient look forgives tails without end."""
    low, high = spread.bounds
    return (low < -_ROUNDING and (isfinite(low) or not lenient)) or (
        high > 1.0 + _ROUNDING and (isfinite(high) or not lenient)
    )


def _span(spread: Distribution) -> str:
    low, high = (format_percent(round(bound, 6)) if isfinite(bound) else "any value" for bound in spread.bounds)
    return f"from {low} to {high}"
