"""What all distributions share: the interface, the rules their parameters obey, and integration over the quantiles."""
from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SHAPE_DIGITS = 12
"""Decimals kept of a shape's parameters: rounding noise must not make two equal shapes differ. What is cut off is far
below the precision promised for quantiles (1e-10)."""

NUMBER = {"role": "number"}
PERCENT = {"role": "percent"}
"""Field metadata of parameters that are no values: plain numbers (lambda, a, b) and probabilities."""


class ParameterError(ValueError):
    """An impossible parameter. The message is a template, so that a reader can show the values in the user's units."""

    def __init__(self, template: str, relative: bool = False, **values: float):
        self.template, self.relative, self.values = template, relative, values
        super().__init__(self.text(_plain_percent if relative else _plain_number))

    def text(self, show: Callable[[float], str]) -> str:
        return self.template.format(**{name: show(value) for name, value in self.values.items()})


def _plain_number(value: float) -> str:
    return f"{value:.10g}"


def _plain_percent(value: float) -> str:
    return f"{value * 100:.10g}%"


@dataclass(frozen=True, slots=True)
class Distribution(ABC):
    """Base of all distributions: immutable, hashable, compared by value.

    Attributes
    ----------
    relative : bool
        True when the values are fractions of the deterministic value (0.9 for 90 %), not minutes or money.
    """

    relative: bool = field(default=False, kw_only=True)

    label: ClassVar[str] = ""
    """The name in expressions such as ``triangular(8d, 10d, 15d)``; empty for shapes, which users do not write."""

    @abstractmethod
    def canonical(self) -> tuple[Distribution, float, float]:
        """``(shape, scale, shift)`` with ``ppf(u) = shift + scale * shape.ppf(u)``; equal shapes share a table.

        The scale is not negative; it is 0, with the shape ``Fixed(0)``, when there is only one possible value.
        """

    def ppf(self, u: npt.ArrayLike) -> Floats:
        """Quantiles at probabilities ``u`` in [0, 1], same shape as ``u``."""
        shape, scale, shift = self.canonical()
        return shift + scale * shape.ppf(u)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Probabilities of a value of at most ``x``, same shape as ``x``."""
        shape, scale, shift = self.canonical()
        values = np.asarray(x, dtype=np.float64)
        if scale == 0.0:
            return (values >= shift).astype(np.float64)
        return shape.cdf((values - shift) / scale)

    @property
    def mean(self) -> float:
        shape, scale, shift = self.canonical()
        return shift + scale * shape.mean

    @property
    def sd(self) -> float:
        shape, scale, _ = self.canonical()
        return scale * shape.sd

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest possible value, infinite where unbounded."""
        shape, scale, shift = self.canonical()
        low, high = shape.bounds
        return shift + scale * low, shift + scale * high

    @property
    def kinks(self) -> tuple[float, ...]:
        """Probabilities inside (0, 1) at which the quantile function is not smooth."""
        return self.canonical()[0].kinks


def require_finite(distribution: Distribution) -> None:
    """Every number a distribution consists of is finite."""
    for f in fields(distribution):
        value = getattr(distribution, f.name)
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, int | float) and not math.isfinite(number):
                raise ParameterError(f"{in_words(f.name)} is {number}; write a finite number")


def require_order(distribution: Distribution, *names: str) -> None:
    """The named parameters do not decrease in this order."""
    values = [getattr(distribution, name) for name in names]
    for first, second, a, b in zip(names, names[1:], values, values[1:], strict=False):
        if a > b:
            what = f"{in_words(first)} {{a}} is above {in_words(second)} {{b}}; swap them or correct the estimate"
            raise ParameterError(what, distribution.relative, a=a, b=b)


def require_number(distribution: Distribution, name: str, low: float, high: float) -> None:
    """A shape parameter lies between two limits, both included."""
    value = getattr(distribution, name)
    if not low <= value <= high:
        raise ParameterError(f"{in_words(name)} is {value:g}; it must be from {low:g} to {high:g}")


def require_percentiles(distribution: Any) -> None:
    """``p_low`` and ``p_high`` are probabilities in order."""
    p_low, p_high = distribution.p_low, distribution.p_high
    if not 0.0 <= p_low < p_high <= 1.0:
        raise ParameterError(
            f"the percentiles are {_plain_percent(p_low)} and {_plain_percent(p_high)}; "
            "write two in ascending order from 0% to 100%, such as 10%, 90%"
        )


_WORDS = {
    "min": "the minimum", "max": "the maximum", "mode": "the mode", "low": "the low value", "high": "the high value",
    "mean_value": "the mean", "sd_value": "the standard deviation", "lam": "lambda", "shift": "the shift",
    "value": "the value", "values": "one of the values", "weights": "one of the weights", "edges": "one of the edges",
    "probabilities": "one of the probabilities", "shape": "the shape parameter", "scale": "the scale",
    "a": "the parameter a", "b": "the parameter b",
    "by": "the shift",
    "p_low": "the lower percentile", "p_high": "the upper percentile",
}  # fmt: skip


def in_words(name: str) -> str:
    """How messages call a parameter."""
    return _WORDS.get(name, name)


def integrate_over_u(function: Callable[[Floats], Floats], breaks: Iterable[float] = ()) -> float:
    """Integral over (0, 1) of a function that is smooth but for ``breaks`` and may be singular at the ends.

    Double-exponential quadrature (Takahasi and Mori, 1974) on each piece.
    """
    t = np.linspace(-3.2, 3.2, 129)
    inner = 0.5 * math.pi * np.sinh(t)
    toward_one = 1.0 / (1.0 + np.exp(-2.0 * inner))
    weights = 0.25 * math.pi * np.cosh(t) / np.cosh(inner) ** 2 * (t[1] - t[0])
    edges = [0.0, *sorted(b for b in breaks if 0.0 < b < 1.0), 1.0]
    total = 0.0
    for left, right in pairwise(edges):
        width = right - left
        u = np.clip(left + width * toward_one, math.nextafter(left, 1.0), math.nextafter(right, 0.0))
        total += width * float(np.sum(weights * function(u)))
    return total


def root_between(function: Callable[[float], float], left: float, right: float) -> float:
    """Where a continuous function passes 0, between two places at which it has different signs or is 0.

    False position (Illinois variant), with a bisection wherever that gains too little.
    """
    f_left, f_right = function(left), function(right)
    if f_left == 0.0 or f_right == 0.0:
        return left if f_left == 0.0 else right
    rising, side, width = f_right > f_left, 0, right - left
    for step in range(200):
        if right - left <= 1e-15 * max(1.0, abs(left), abs(right)):
            break
        middle = (left * f_right - right * f_left) / (f_right - f_left)
        if step % 4 == 3:
            middle, width = (middle, right - left) if right - left < 0.25 * width else (0.5 * (left + right), right - left)
        if not left < middle < right:
            middle = 0.5 * (left + right)
        f_middle = function(middle)
        if abs(f_middle) < 1e-15:
            return middle
        if (f_middle < 0.0) == rising:
            left, f_left = middle, f_middle
            f_right, side = (f_right / 2 if side == -1 else f_right), -1
        else:
            right, f_right = middle, f_middle
            f_left, side = (f_left / 2 if side == 1 else f_left), 1
    return left if abs(f_left) < abs(f_right) else right
