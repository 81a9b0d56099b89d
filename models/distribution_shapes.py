"""The few shapes that all distributions come down to, in standard position and scale.

Each is a distribution of its own (``canonical()`` is itself) and hashable, so that activities with equal shapes share a
table.
"""
from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.models.distribution_base import Distribution, Floats, integrate_over_u, require_finite

if TYPE_CHECKING:
    from types import ModuleType

Canonical = tuple[Distribution, float, float]
Segment = tuple[float, float, float]
"""A piece of a piecewise linear quantile function: probability mass, value at its start, value at its end."""


ROUNDING = 1e-12
"""Two values this near on the unit scale of a shape are the same."""
BELOW_ONE = math.nextafter(1.0, 0.0)


def special() -> ModuleType:
    """``scipy.special``, imported at first use: it takes longer than everything else here together."""
    import scipy.special

    return scipy.special


def _array(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Shape(Distribution):
    """A distribution in standard form."""

    def canonical(self) -> Canonical:
        return self, 1.0, 0.0

    @property
    def kinks(self) -> tuple[float, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Fixed(Distribution):
    """One value, without uncertainty."""

    value: float
    label = "fixed"

    def __post_init__(self) -> None:
        require_finite(self)

    def canonical(self) -> Canonical:
        return Fixed(0.0), 0.0, float(self.value)

    def ppf(self, u: npt.ArrayLike) -> Floats:
        return np.full(np.shape(u), float(self.value))

    @property
    def mean(self) -> float:
        return float(self.value)

    @property
    def sd(self) -> float:
        return 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        return float(self.value), float(self.value)

    @property
    def kinks(self) -> tuple[float, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class UnitTriangular(Shape):
    """Triangle on [0, 1] with its peak at ``mode``."""

    mode: float

    def ppf(self, u: npt.ArrayLike) -> Floats:
        p = _array(u)
        return np.where(p < self.mode, np.sqrt(p * self.mode), 1.0 - np.sqrt((1.0 - p) * (1.0 - self.mode)))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        z = np.clip(_array(x), 0.0, 1.0)
        rising = z * z / (self.mode or 1.0)
        falling = 1.0 - (1.0 - z) ** 2 / ((1.0 - self.mode) or 1.0)
        return np.where(z < self.mode, rising, falling)

    @property
    def mean(self) -> float:
        return (1.0 + self.mode) / 3.0

    @property
    def sd(self) -> float:
        return math.sqrt((1.0 - self.mode + self.mode * self.mode) / 18.0)

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, 1.0

    @property
    def kinks(self) -> tuple[float, ...]:
        return (self.mode,) if 0.0 < self.mode < 1.0 else ()


@dataclass(frozen=True, slots=True)
class UnitBeta(Shape):
    """Beta distribution on [0, 1]; PERT is one."""

    a: float
    b: float

    def ppf(self, u: npt.ArrayLike) -> Floats:
        return _array(special().betaincinv(self.a, self.b, _array(u)))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        return _array(special().betainc(self.a, self.b, np.clip(_array(x), 0.0, 1.0)))

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        total = self.a + self.b
        return math.sqrt(self.a * self.b / (total + 1.0)) / total

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, 1.0


@dataclass(frozen=True, slots=True)
class StandardNormal(Shape):
    """Mean 0, standard deviation 1."""

    def ppf(self, u: npt.ArrayLike) -> Floats:
        return _array(special().ndtri(_array(u)))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        return _array(special().ndtr(_array(x)))

    @property
    def mean(self) -> float:
        return 0.0

    @property
    def sd(self) -> float:
        return 1.0

    @property
    def bounds(self) -> tuple[float, float]:
        return -math.inf, math.inf


@dataclass(frozen=True, slots=True)
class UnitLognormal(Shape):
    """Exponential of a normal with mean 0 and standard deviation ``sigma``; its median is 1."""

    sigma: float

    def ppf(self, u: npt.ArrayLike) -> Floats:
        return np.exp(self.sigma * _array(special().ndtri(_array(u))))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            logs = np.log(np.maximum(_array(x), 0.0))
        return _array(special().ndtr(logs / self.sigma))

    @property
    def mean(self) -> float:
        return math.exp(0.5 * self.sigma**2)

    @property
    def sd(self) -> float:
        return self.mean * math.sqrt(math.expm1(self.sigma**2))

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class UnitGamma(Shape):
    """Gamma distribution with scale 1; shape 1 is the exponential."""

    shape: float

    def ppf(self, u: npt.ArrayLike) -> Floats:
        if self.shape == 1.0:
            with np.errstate(divide="ignore"):
                return -np.log1p(-_array(u))
        return _array(special().gammaincinv(self.shape, _array(u)))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        return _array(special().gammainc(self.shape, np.maximum(_array(x), 0.0)))

    @property
    def mean(self) -> float:
        return self.shape

    @property
    def sd(self) -> float:
        return math.sqrt(self.shape)

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class UnitWeibull(Shape):
    """Weibull distribution with scale 1."""

    shape: float

    def ppf(self, u: npt.ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return (-np.log1p(-_array(u))) ** (1.0 / self.shape)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        return -np.expm1(-(np.maximum(_array(x), 0.0) ** self.shape))

    @property
    def mean(self) -> float:
        return math.gamma(1.0 + 1.0 / self.shape)

    @property
    def sd(self) -> float:
        log_ratio = math.lgamma(1.0 + 2.0 / self.shape) - 2.0 * math.lgamma(1.0 + 1.0 / self.shape)
        return self.mean * math.sqrt(math.expm1(log_ratio))

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class PiecewiseLinear(Shape):
    """Quantile function of straight pieces and jumps, exact: uniform, discrete, histogram, cumulative, empirical.

    Attributes
    ----------
    upto : tuple of float
        Cumulative probability at the end of each piece, increasing, the last 1.
    low, high : tuple of float
        Values at the start and the end of each piece; equal for an atom.
    """

    upto: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def _starts(self) -> Floats:
        return np.concatenate(([0.0], self.upto[:-1]))

    def ppf(self, u: npt.ArrayLike) -> Floats:
        p = _array(u)
        upto, low, high, start = _array(self.upto), _array(self.low), _array(self.high), self._starts
        piece = np.minimum(np.searchsorted(upto, p, side="left"), len(upto) - 1)
        share = (p - start[piece]) / (upto[piece] - start[piece])
        return low[piece] + share * (high[piece] - low[piece])

    def cdf(self, x: npt.ArrayLike) -> Floats:
        z = _array(x)
        upto, low, high, start = _array(self.upto), _array(self.low), _array(self.high), self._starts
        piece = np.searchsorted(low, z + ROUNDING, side="right") - 1
        at = np.maximum(piece, 0)
        width = high[at] - low[at]
        share = np.where(width > 0.0, np.clip((z - low[at]) / np.where(width > 0.0, width, 1.0), 0.0, 1.0), 1.0)
        return np.where(piece < 0, 0.0, start[at] + share * (upto[at] - start[at]))

    @property
    def mean(self) -> float:
        mass = _array(self.upto) - self._starts
        return float(np.sum(mass * 0.5 * (_array(self.low) + _array(self.high))))

    @property
    def sd(self) -> float:
        mass = _array(self.upto) - self._starts
        a, b = _array(self.low) - self.mean, _array(self.high) - self.mean
        return math.sqrt(float(np.sum(mass * (a * a + a * b + b * b))) / 3.0)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.low[0], self.high[-1]

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.upto[:-1]

    def between(self, low: float, high: float) -> list[Segment]:
        """The pieces cut to ``low``..``high``, with their unchanged mass; atoms at the limits stay."""
        cut = []
        for mass, a, b in zip(np.diff((0.0, *self.upto)), self.low, self.high, strict=True):
            left, right = max(a, low), min(b, high)
            if a == b and low - ROUNDING <= a <= high + ROUNDING:
                cut.append((float(mass), a, a))
            elif left < right:
                cut.append((float(mass) * (right - left) / (b - a), left, right))
        return cut


def piecewise(segments: Iterable[Segment]) -> Canonical:
    """Canonical form of pieces in ascending order; those without mass are dropped, masses need not add up to 1."""
    kept = [(mass, low, high) for mass, low, high in segments if mass > 0.0]
    shift, top = kept[0][1], kept[-1][2]
    scale = top - shift
    if scale == 0.0:
        return Fixed(0.0), 0.0, shift
    total = math.fsum(mass for mass, _, _ in kept)
    upto, reached = [], 0.0
    for mass, _, _ in kept:
        reached += mass / total
        upto.append(round(reached, 15))
    upto[-1] = 1.0
    low = tuple((a - shift) / scale for _, a, _ in kept)
    high = tuple((b - shift) / scale for _, _, b in kept)
    return PiecewiseLinear(tuple(upto), low, high), scale, shift


@dataclass(frozen=True, slots=True)
class TruncatedShape(Shape):
    """A smooth shape cut to ``low``..``high`` and scaled up to probability 1."""

    shape: Distribution
    low: float
    high: float
    below: float = field(init=False, compare=False, repr=False)
    upto: float = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        below, upto = self.shape.cdf(np.array([self.low, self.high]))
        object.__setattr__(self, "below", float(below))
        object.__setattr__(self, "upto", float(upto))

    def inner(self, u: npt.ArrayLike) -> Floats:
        """Probabilities before the cut that belong to ``u``; below 1 for ``u`` below 1, in spite of rounding."""
        p = _array(u)
        before = self.below + p * (self.upto - self.below)
        return np.where(p < 1.0, np.minimum(before, BELOW_ONE), before)

    def ppf(self, u: npt.ArrayLike) -> Floats:
        return np.clip(self.shape.ppf(self.inner(u)), self.low, self.high)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        return np.clip((self.shape.cdf(x) - self.below) / (self.upto - self.below), 0.0, 1.0)

    @property
    def mean(self) -> float:
        return integrated_moments(self)[0]

    @property
    def sd(self) -> float:
        return integrated_moments(self)[1]

    @property
    def bounds(self) -> tuple[float, float]:
        low, high = self.shape.bounds
        return max(low, self.low), min(high, self.high)

    @property
    def kinks(self) -> tuple[float, ...]:
        mass = self.upto - self.below
        return tuple((k - self.below) / mass for k in self.shape.kinks if self.below < k < self.upto)


@lru_cache(maxsize=1024)
def integrated_moments(shape: Shape) -> tuple[float, float]:
    """Mean and standard deviation by integration over the quantiles: central, so nothing cancels."""
    mean = integrate_over_u(shape.ppf, shape.kinks)
    return mean, math.sqrt(integrate_over_u(lambda u: (shape.ppf(u) - mean) ** 2, shape.kinks))
