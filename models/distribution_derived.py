"""Distributions that the engine derives from others and nobody writes: reciprocals, and the mixing variable of Student's t."""
from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simcore.models.distribution_base import (
    NUMBER,
    SHAPE_DIGITS,
    Distribution,
    Floats,
    ParameterError,
    require_finite,
    require_number,
)
from simcore.models.distribution_shapes import (
    Canonical,
    Fixed,
    PiecewiseLinear,
    Segment,
    Shape,
    UnitLognormal,
    integrated_moments,
    piecewise,
    special,
)

CUTS = 256
"""Straight pieces that stand for the curve 1/x over one piece of a histogram or cumulative curve: exact to 1e-5 of it."""


@dataclass(frozen=True, slots=True)
class Reciprocal(Distribution):
    """One over another distribution: how a productivity of 80 % lengthens work to 125 %.

    The base must stay above 0, its infimum too unless it is a lognormal: else the reciprocal has no mean.
    """

    base: Distribution

    def __post_init__(self) -> None:
        object.__setattr__(self, "relative", self.base.relative)
        shape, scale, shift = self.base.canonical()
        low = shift + scale * shape.bounds[0]
        if low < 0.0 or (low == 0.0 and not isinstance(shape, UnitLognormal)):
            raise ParameterError("its values reach down to {low}; truncate it above 0", self.relative, low=low)

    def canonical(self) -> Canonical:
        shape, scale, shift = self.base.canonical()
        if isinstance(shape, Fixed):
            return shape, 0.0, 1.0 / shift
        if isinstance(shape, UnitLognormal) and shift == 0.0:
            return shape, 1.0 / scale, 0.0
        offset = float(f"{shift / scale:.{SHAPE_DIGITS}e}")  # significant digits: small offsets decide how far 1/x reaches
        if isinstance(shape, PiecewiseLinear) and len(shape.upto) > 1:
            part, width, start = piecewise(_inverted_pieces(shape, offset))
            return part, width / scale, start / scale
        return ReciprocalShape(shape, offset), 1.0 / scale, 0.0


def _inverted_pieces(shape: PiecewiseLinear, offset: float) -> Iterator[Segment]:
    """Pieces of 1/(offset + x) in ascending order; what is straight in x becomes many short pieces."""
    masses = np.diff((0.0, *shape.upto))
    for mass, a, b in reversed(list(zip(masses, shape.low, shape.high, strict=True))):
        high, low = offset + a, offset + b
        if a == b:
            yield float(mass), 1.0 / low, 1.0 / high
            continue
        cuts = np.geomspace(low, high, CUTS + 1)
        shares = float(mass) * np.diff(cuts) / (high - low)
        yield from zip(shares.tolist(), (1.0 / cuts[:-1]).tolist(), (1.0 / cuts[1:]).tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class ReciprocalShape(Shape):
    """1 / (offset + a shape), positive throughout."""

    shape: Distribution
    offset: float

    def ppf(self, u: npt.ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return 1.0 / (self.offset + self.shape.ppf(1.0 - np.asarray(u, dtype=np.float64)))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        z = np.asarray(x, dtype=np.float64)
        below = self.shape.cdf(1.0 / np.where(z > 0.0, z, 1.0) - self.offset)
        return np.where(z > 0.0, 1.0 - below, 0.0)

    @property
    def mean(self) -> float:
        return integrated_moments(self)[0]

    @property
    def sd(self) -> float:
        return integrated_moments(self)[1]

    @property
    def bounds(self) -> tuple[float, float]:
        low, high = self.shape.bounds
        return 1.0 / (self.offset + high), 1.0 / (self.offset + low)

    @property
    def kinks(self) -> tuple[float, ...]:
        return tuple(1.0 - kink for kink in reversed(self.shape.kinks))


@dataclass(frozen=True, slots=True)
class InverseChi(Shape):
    """sqrt(degrees / chi-squared with as many degrees of freedom): times a standard normal it is Student's t.

    Attributes
    ----------
    degrees : float
        Of freedom, 2 or more; below, single values outweigh all others.
    """

    degrees: float = field(metadata=NUMBER)

    def __post_init__(self) -> None:
        require_finite(self)
        require_number(self, "degrees", 2.0, 1e6)

    def ppf(self, u: npt.ArrayLike) -> Floats:
        half = 0.5 * self.degrees
        with np.errstate(divide="ignore"):
            return np.asarray(np.sqrt(half / special().gammainccinv(half, np.asarray(u, dtype=np.float64))))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        half, z = 0.5 * self.degrees, np.asarray(x, dtype=np.float64)
        return np.where(z > 0.0, special().gammaincc(half, half / np.where(z > 0.0, z, 1.0) ** 2), 0.0)

    @property
    def mean(self) -> float:
        half = 0.5 * self.degrees
        return math.sqrt(half) * math.exp(math.lgamma(half - 0.5) - math.lgamma(half))

    @property
    def sd(self) -> float:
        """Infinite at 2 degrees of freedom."""
        if self.degrees == 2.0:
            return math.inf
        return math.sqrt(max(0.0, self.degrees / (self.degrees - 2.0) - self.mean**2))

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, math.inf
