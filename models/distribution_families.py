"""Families of distributions that percentiles can determine: a location, a scale, and at most two numbers of shape."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simcore.models.distribution_base import Distribution, root_between
from simcore.models.distribution_kinds import (
    MAX_LOG_SIGMA,
    Beta,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
    pert_shape,
)
from simcore.models.distribution_shapes import (
    StandardNormal,
    UnitBeta,
    UnitGamma,
    UnitLognormal,
    UnitTriangular,
    UnitWeibull,
    special,
)
from simcore.models.distribution_tables import Shift

HIDDEN = ("position", "sigma")
"""Numbers of shapes that are no parameters: where the mode lies, and the standard deviation of the logarithm."""
Numbers = tuple[float, ...]
Known = Callable[[Distribution, Numbers], tuple[bool, float]]
"""``(is_place, factor)`` of a parameter: it equals ``is_place * location + factor * scale``."""


def _low(shape: Distribution, numbers: Numbers) -> tuple[bool, float]:
    return True, 0.0


def _high(shape: Distribution, numbers: Numbers) -> tuple[bool, float]:
    return True, 1.0


def _scale(shape: Distribution, numbers: Numbers) -> tuple[bool, float]:
    return False, 1.0


def _mode(shape: Distribution, numbers: Numbers) -> tuple[bool, float]:
    return True, numbers[0]


def _mean(shape: Distribution, numbers: Numbers) -> tuple[bool, float]:
    return True, shape.mean


def _sd(shape: Distribution, numbers: Numbers) -> tuple[bool, float]:
    return False, shape.sd


@dataclass(frozen=True)
class Family:
    """How percentiles determine a member of a family.

    Attributes
    ----------
    shape : callable
        The shape for its numbers.
    build : callable
        The distribution users would write: from shape, scale, location, given parameters, and whether it is relative.
    rows : mapping of name to callable
        Parameters that tell something of location and scale.
    shape_numbers : mapping of name to (smallest, largest)
        What is looked for in the shape.
    constants : mapping of name to (default, smallest, largest)
        Numbers that are never looked for.
    examples : tuple of str
        What to write.
    """

    shape: Callable[[Numbers], Distribution]
    build: Callable[[Any, float, float, Mapping[str, float], bool], Distribution]
    rows: Mapping[str, Known]
    examples: tuple[str, ...]
    shape_numbers: Mapping[str, tuple[float, float]]
    constants: Mapping[str, tuple[float, float, float]]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Parameters that are plain numbers."""
        return (*(name for name in self.shape_numbers if name not in HIDDEN), *self.constants)

    @property
    def advice(self) -> str:
        return " or ".join(self.examples)

    @property
    def all_names(self) -> tuple[str, ...]:
        return (*self.numbers, *self.rows)

    def number_limits(self, name: str) -> tuple[float, float]:
        return self.shape_numbers[name] if name in self.shape_numbers else self.constants[name][1:]

    def is_place(self, name: str) -> bool:
        """Whether a parameter (or, without a name, a percentile) moves with the location."""
        return name not in ("sd_value", "scale")

    def number_at(self, known: Mapping[str, float], at: float) -> Numbers:
        """Numbers of the shape with the unknown one at a share of its range, of its logarithm where that has decades."""
        numbers = []
        for name, (low, high) in self.shape_numbers.items():
            between = low + at * (high - low) if low == 0.0 else low * (high / low) ** at
            numbers.append(known.get(name, between))
        return (*numbers, *(known.get(name, default) for name, (default, _, _) in self.constants.items()))

    def limits_of(self, known: Mapping[str, float]) -> tuple[Numbers, Numbers]:
        return self.number_at(known, 0.0), self.number_at(known, 1.0)


_ENDS: Mapping[str, Known] = {"min": _low, "max": _high}
_THREE: Mapping[str, Known] = {"min": _low, "mode": _mode, "max": _high}
_POSITION = {"position": (0.0, 1.0)}


def _examples(label: str, *arguments: str) -> tuple[str, ...]:
    return tuple(f"{label}({text})" for text in arguments)


def _three(kind: type[Triangular | Pert]) -> Callable[..., Distribution]:
    def build(shape: Any, scale: float, low: float, given: Mapping[str, float], relative: bool) -> Distribution:
        high = low + scale
        if isinstance(shape, UnitTriangular):
            return Triangular(low, min(max(low + shape.mode * scale, low), high), high, relative=relative)
        lam = given.get("lam", 4.0)
        position = (shape.a - 1.0) / lam if lam else 0.5
        return Pert(low, min(max(low + position * scale, low), high), high, lam, relative=relative)

    return build


def _exponential(shape: Any, scale: float, shift: float, given: Mapping[str, float], relative: bool) -> Distribution:
    plain = Exponential(scale, relative=relative)
    return Shift(plain, shift) if abs(shift) > 1e-9 * scale else plain


def _lognormal(shape: Any, scale: float, shift: float, given: Mapping[str, float], relative: bool) -> Distribution:
    plain = Lognormal(scale * shape.mean, scale * shape.sd, relative=relative)
    return Shift(plain, shift) if abs(shift) > 1e-9 * scale else plain


FAMILIES: dict[type[Distribution], Family] = {
    Uniform: Family(
        shape=lambda n: Uniform(0.0, 1.0).canonical()[0],
        build=lambda shape, scale, low, given, r: Uniform(low, low + scale, relative=r),
        rows=_ENDS, shape_numbers={}, constants={},
        examples=_examples("uniform", "P10=, P90=", "min=, P90="),
    ),
    Triangular: Family(
        shape=lambda n: UnitTriangular(n[0]), build=_three(Triangular),
        rows=_THREE, shape_numbers=_POSITION, constants={},
        examples=_examples("triangular", "P10=, P50=, P90=", "P10=, mode=, P90=", "min=, P50=, max="),
    ),
    Pert: Family(
        shape=lambda n: pert_shape(n[0], n[1]), build=_three(Pert),
        rows=_THREE, shape_numbers=_POSITION, constants={"lam": (4.0, 0.01, 1e3)},
        examples=_examples("pert", "P10=, P50=, P90=", "P10=, mode=, P90=", "min=, P50=, max="),
    ),
    Beta: Family(
        shape=lambda n: UnitBeta(n[0], n[1]),
        build=lambda shape, scale, low, given, r: Beta(shape.a, shape.b, low, low + scale, relative=r),
        rows=_ENDS, shape_numbers={"a": (0.01, 1e6), "b": (0.01, 1e6)}, constants={},
        examples=_examples("beta", "min=, max=, P10=, P90=", "a=, b=, P10=, P90="),
    ),
    Normal: Family(
        shape=lambda n: StandardNormal(),
        build=lambda shape, scale, mean, given, r: Normal(mean, scale, relative=r),
        rows={"mean_value": _mean, "sd_value": _sd}, shape_numbers={}, constants={},
        examples=_examples("normal", "P10=, P90=", "mean=, P90="),
    ),
    Lognormal: Family(
        shape=lambda n: UnitLognormal(n[0]), build=_lognormal,
        rows={"mean_value": _mean, "sd_value": _sd, "shift": _low},
        shape_numbers={"sigma": (1e-6, MAX_LOG_SIGMA)}, constants={},
        examples=_examples("lognormal", "P10=, P90=", "P10=, P50=, P90=", "P10=, P90=, shift="),
    ),
    Exponential: Family(
        shape=lambda n: UnitGamma(1.0), build=_exponential,
        rows={"mean_value": _mean, "shift": _low}, shape_numbers={}, constants={},
        examples=_examples("exponential", "P90=", "P10=, P90="),
    ),
    Weibull: Family(
        shape=lambda n: UnitWeibull(n[0]),
        build=lambda shape, scale, shift, given, r: Weibull(shape.shape, scale, shift, relative=r),
        rows={"scale": _scale, "shift": _low}, shape_numbers={"shape": (0.1, 1e3)}, constants={},
        examples=_examples("weibull", "P10=, P90=", "P10=, P50=, P90=", "shape=, P90="),
    ),
    Gamma: Family(
        shape=lambda n: UnitGamma(n[0]),
        build=lambda shape, scale, shift, given, r: Gamma(shape.shape, scale, shift, relative=r),
        rows={"scale": _scale, "shift": _low}, shape_numbers={"shape": (0.01, 1e6)}, constants={},
        examples=_examples("gamma", "P10=, P90=", "P10=, P50=, P90=", "shape=, P90="),
    ),
}  # fmt: skip
"""By the distribution that users name."""


def beta_parameters(lower: tuple[float, float], upper: tuple[float, float]) -> Numbers | None:
    """``a`` and ``b`` of the beta on 0..1 with two given ``(probability, value)``; None when there is none in reach.

    For every concentration a + b one mean puts the lower percentile right; the more concentrated, the nearer to it the
    upper one. Both are found by false position.
    """
    (p, x), (q, y) = lower, upper
    below = special().betainc

    def at(log_total: float) -> Numbers:
        total = math.exp(log_total)

        def miss(mean: float) -> float:
            return p - float(below(total * mean, total * (1.0 - mean), x))

        mean = root_between(miss, 1e-12, 1.0 - 1e-12)
        return total * mean, total * (1.0 - mean)

    def spread(log_total: float) -> float:
        return float(below(*at(log_total), y)) - q

    low, high = math.log(0.02), math.log(1e6)
    if not spread(low) < 0.0 < spread(high):
        return None
    a, b = at(root_between(spread, low, high))
    return (a, b) if min(a, b) >= 0.01 else None
