"""Distributions given as lists of values, and the shift and the truncation of any distribution."""
from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from simcore.models.distribution_base import PERCENT, SHAPE_DIGITS, Distribution, ParameterError, require_finite
from simcore.models.distribution_shapes import Canonical, Fixed, PiecewiseLinear, TruncatedShape, piecewise

MIN_KEPT = 1e-6
"""Smallest probability a truncation may leave: with less, quantiles lose digits, and it is a slip of the pen."""


def _require_weights(weights: tuple[float, ...]) -> None:
    for weight in weights:
        if weight < 0.0:
            raise ParameterError(f"the weight {weight:g} is negative; weights are shares, write 0 or more")
    if not sum(weights) > 0.0:
        raise ParameterError("all weights are 0; give at least one value a weight above 0")


def _require_same_length(name: str, found: int, expected: int) -> None:
    if found != expected:
        raise ParameterError(f"there are {found} {name}, but {expected} are needed")


def _require_ascending(distribution: Distribution, name: str, values: tuple[float, ...], strictly: bool) -> None:
    for a, b in pairwise(values):
        if a > b or (strictly and a == b):
            what = f"the {name} {{b}} comes after {{a}}; write them in ascending order"
            raise ParameterError(what, distribution.relative, a=a, b=b)


@dataclass(frozen=True, slots=True)
class Discrete(Distribution):
    """A few possible values with their weights, which need not add up to 1."""

    values: tuple[float, ...]
    weights: tuple[float, ...]
    label = "discrete"

    def __post_init__(self) -> None:
        require_finite(self)
        _require_same_length("weights", len(self.weights), len(self.values))
        _require_weights(self.weights)

    def canonical(self) -> Canonical:
        merged: dict[float, float] = {}
        for value, weight in zip(self.values, self.weights, strict=True):
            merged[float(value)] = merged.get(float(value), 0.0) + weight
        return piecewise((weight, value, value) for value, weight in sorted(merged.items()))


@dataclass(frozen=True, slots=True)
class Histogram(Distribution):
    """Adjoining classes with their weights; inside a class all values are equally likely."""

    edges: tuple[float, ...]
    weights: tuple[float, ...]
    label = "histogram"

    def __post_init__(self) -> None:
        require_finite(self)
        _require_same_length("edges", len(self.edges), len(self.weights) + 1)
        _require_ascending(self, "edge", self.edges, strictly=True)
        _require_weights(self.weights)

    def canonical(self) -> Canonical:
        return piecewise((w, float(a), float(b)) for w, (a, b) in zip(self.weights, pairwise(self.edges), strict=True))


@dataclass(frozen=True, slots=True)
class Cumulative(Distribution):
    """Points of the cumulative curve from 0 % to 100 %, joined by straight lines."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...] = field(metadata=PERCENT)
    label = "cumulative"

    def __post_init__(self) -> None:
        require_finite(self)
        _require_same_length("probabilities", len(self.probabilities), len(self.values))
        if len(self.values) < 2:
            raise ParameterError("a cumulative curve needs two points or more; write the first at 0%, the last at 100%")
        _require_ascending(self, "value", self.values, strictly=False)
        for a, b in pairwise(self.probabilities):
            if a > b:
                raise ParameterError(f"the probability {b:.6g} comes after {a:.6g}; write them in ascending order")
        if self.probabilities[0] != 0.0 or self.probabilities[-1] != 1.0:
            raise ParameterError("a cumulative curve runs from 0% to 100%; add the point at which it begins or ends")

    def canonical(self) -> Canonical:
        masses = (b - a for a, b in pairwise(self.probabilities))
        return piecewise((m, float(a), float(b)) for m, (a, b) in zip(masses, pairwise(self.values), strict=True))


@dataclass(frozen=True, slots=True)
class Empirical(Distribution):
    """Observed values, each equally likely: what happened may happen again."""

    values: tuple[float, ...]
    label = "empirical"

    def __post_init__(self) -> None:
        require_finite(self)
        if not self.values:
            raise ParameterError("there are no observed values; write at least one")

    def canonical(self) -> Canonical:
        counts = Counter(float(value) for value in self.values)
        return piecewise((float(count), value, value) for value, count in sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class Shift(Distribution):
    """Another distribution moved by a constant, which may be negative."""

    base: Distribution
    by: float
    label = "shift"

    def __post_init__(self) -> None:
        object.__setattr__(self, "relative", self.base.relative)
        require_finite(self)

    def canonical(self) -> Canonical:
        shape, scale, shift = self.base.canonical()
        return shape, scale, shift + self.by


@dataclass(frozen=True, slots=True)
class Truncate(Distribution):
    """Another distribution without its values outside ``low``..``high``; an infinite limit cuts nothing.

    The probability cut off is spread over what remains in proportion; nothing is piled up at the limits.
    """

    base: Distribution
    low: float = -math.inf
    high: float = math.inf
    label = "truncate"

    def __post_init__(self) -> None:
        object.__setattr__(self, "relative", self.base.relative)
        if math.isnan(self.low) or math.isnan(self.high):
            raise ParameterError("a limit is not a number; write a value, or inf for none")
        if self.low >= self.high:
            raise ParameterError(
                "the lower limit {low} is not below the upper limit {high}; swap or correct them",
                self.relative, low=self.low, high=self.high,
            )  # fmt: skip
        if not self._kept() >= MIN_KEPT:
            raise ParameterError(
                "less than one value in a million lies between {low} and {high}; correct the limits or the values",
                self.relative, low=self.low, high=self.high,
            )  # fmt: skip

    def _innermost(self) -> tuple[Canonical, float, float]:
        """What is truncated, and the limits in all: truncating twice leaves what both leave, shifted in between or not."""
        base: Distribution = self
        low, high, moved = -math.inf, math.inf, 0.0
        while isinstance(base, Truncate | Shift):
            if isinstance(base, Truncate):
                low, high = max(low, base.low + moved), min(high, base.high + moved)
            else:
                moved += base.by
            base = base.base
        shape, scale, shift = base.canonical()
        return (shape, scale, shift + moved), low, high

    def _kept(self) -> float:
        """Probability of the values that are not cut off."""
        (shape, scale, shift), smallest, largest = self._innermost()
        if isinstance(shape, Fixed):
            return float(smallest <= shift <= largest)
        low, high = (smallest - shift) / scale, (largest - shift) / scale
        if isinstance(shape, PiecewiseLinear):
            return math.fsum(mass for mass, _, _ in shape.between(low, high))
        below, upto = shape.cdf((low, high))
        return float(upto - below)

    def canonical(self) -> Canonical:
        (shape, scale, shift), smallest, largest = self._innermost()
        if isinstance(shape, Fixed):
            return shape, scale, shift
        low, high = (smallest - shift) / scale, (largest - shift) / scale
        first, last = shape.bounds
        if low <= first and high >= last:
            return shape, scale, shift
        if isinstance(shape, PiecewiseLinear):
            part, width, start = piecewise(shape.between(low, high))
            return part, scale * width, shift + scale * start
        low, high = round(max(low, first), SHAPE_DIGITS), round(min(high, last), SHAPE_DIGITS)
        return TruncatedShape(shape, low, high), scale, shift
