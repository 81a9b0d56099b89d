"""The distributions users write by their parameters: bounded, by percentiles, and open-ended ones."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

from simcore.models.distribution_base import (
    NUMBER,
    PERCENT,
    SHAPE_DIGITS,
    Distribution,
    ParameterError,
    require_finite,
    require_number,
    require_order,
    require_percentiles,
    root_between,
)
from simcore.models.distribution_shapes import (
    Canonical,
    Fixed,
    StandardNormal,
    UnitBeta,
    UnitGamma,
    UnitLognormal,
    UnitTriangular,
    UnitWeibull,
    piecewise,
    special,
)

MAX_LOG_SIGMA = 8.0
"""A wider lognormal has a mean 1e13 times its median: a slip of the pen, and near the end of floating point."""


def _between(shape: Distribution, low: float, high: float) -> Canonical:
    """A shape on [0, 1] stretched over a range, which may have no width."""
    if low == high:
        return Fixed(0.0), 0.0, float(low)
    return shape, float(high - low), float(low)


def _position(low: float, mode: float, high: float) -> float:
    """Where the mode lies in the range, 0 to 1, without rounding noise."""
    return round((mode - low) / (high - low), SHAPE_DIGITS) if high > low else 0.0


def pert_shape(position: float, lam: float) -> UnitBeta:
    """The beta of a PERT whose mode lies at a share of its range."""
    return UnitBeta(round(1.0 + lam * position, SHAPE_DIGITS), round(1.0 + lam * (1.0 - position), SHAPE_DIGITS))


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Every value between two limits equally likely."""

    min: float
    max: float
    label = "uniform"

    def __post_init__(self) -> None:
        require_finite(self)
        require_order(self, "min", "max")

    def canonical(self) -> Canonical:
        return piecewise([(1.0, float(self.min), float(self.max))])


@dataclass(frozen=True, slots=True)
class Triangular(Distribution):
    """Three-point estimate, straight lines from the mode to both ends."""

    min: float
    mode: float
    max: float
    label = "triangular"

    def __post_init__(self) -> None:
        require_finite(self)
        require_order(self, "min", "mode", "max")

    def canonical(self) -> Canonical:
        return _between(UnitTriangular(_position(self.min, self.mode, self.max)), self.min, self.max)


@dataclass(frozen=True, slots=True)
class Pert(Distribution):
    """Three-point estimate as a beta distribution; ``lam`` is the weight of the mode in the mean."""

    min: float
    mode: float
    max: float
    lam: float = field(default=4.0, metadata=NUMBER)
    label = "pert"

    def __post_init__(self) -> None:
        require_finite(self)
        require_order(self, "min", "mode", "max")
        require_number(self, "lam", 0.0, 1e4)

    def canonical(self) -> Canonical:
        return _between(pert_shape(_position(self.min, self.mode, self.max), self.lam), self.min, self.max)


@dataclass(frozen=True, slots=True)
class Beta(Distribution):
    """Beta distribution with parameters ``a`` and ``b``, stretched over a range."""

    a: float = field(metadata=NUMBER)
    b: float = field(metadata=NUMBER)
    min: float
    max: float
    label = "beta"

    def __post_init__(self) -> None:
        require_finite(self)
        require_order(self, "min", "max")
        require_number(self, "a", 0.01, 1e6)
        require_number(self, "b", 0.01, 1e6)

    def canonical(self) -> Canonical:
        return _between(UnitBeta(float(self.a), float(self.b)), self.min, self.max)


@dataclass(frozen=True, slots=True)
class Trigen(Distribution):
    """Triangle given by its mode and two percentiles, for estimators who never see the extremes."""

    low: float
    mode: float
    high: float
    p_low: float = field(default=0.1, metadata=PERCENT)
    p_high: float = field(default=0.9, metadata=PERCENT)
    label = "trigen"

    def __post_init__(self) -> None:
        require_finite(self)
        require_percentiles(self)
        require_order(self, "low", "mode", "high")

    def canonical(self) -> Canonical:
        return _through_percentiles(self, None)


@dataclass(frozen=True, slots=True)
class PertGen(Distribution):
    """PERT given by its mode and two percentiles."""

    low: float
    mode: float
    high: float
    p_low: float = field(default=0.1, metadata=PERCENT)
    p_high: float = field(default=0.9, metadata=PERCENT)
    lam: float = field(default=4.0, metadata=NUMBER)
    label = "pert_gen"

    def __post_init__(self) -> None:
        require_finite(self)
        require_percentiles(self)
        require_order(self, "low", "mode", "high")
        require_number(self, "lam", 0.01, 1e3)

    def canonical(self) -> Canonical:
        return _through_percentiles(self, self.lam)


def _through_percentiles(d: Trigen | PertGen, lam: float | None) -> Canonical:
    if d.low == d.high:
        return Fixed(0.0), 0.0, float(d.low)
    position, q_low, q_high = _solve_position(lam, _position(d.low, d.mode, d.high), d.p_low, d.p_high)
    scale = (d.high - d.low) / (q_high - q_low)
    return _by_position(lam, position), scale, d.low - scale * q_low


def _by_position(lam: float | None, position: float) -> UnitTriangular | UnitBeta:
    return UnitTriangular(position) if lam is None else pert_shape(position, lam)


@lru_cache(maxsize=4096)
def _solve_position(lam: float | None, share: float, p_low: float, p_high: float) -> tuple[float, float, float]:
    """Position of the mode in the unknown range, and the two unit quantiles there.

    ``share`` is where the mode lies between the two percentiles: position = (1 - share) q_low + share q_high. The
    quantiles rise slower than the position, so there is one solution; found by false position (Illinois variant).
    """

    def miss(position: float) -> float:
        q_low, q_high = _by_position(lam, position).ppf((p_low, p_high))
        return position - ((1.0 - share) * float(q_low) + share * float(q_high))

    position = round(root_between(miss, 0.0, 1.0), SHAPE_DIGITS)
    q_low, q_high = _by_position(lam, position).ppf((p_low, p_high))
    return position, float(q_low), float(q_high)


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """The bell curve, by its mean and standard deviation."""

    mean_value: float
    sd_value: float
    label = "normal"

    def __post_init__(self) -> None:
        require_finite(self)
        _require_sd(self, self.sd_value)

    def canonical(self) -> Canonical:
        if self.sd_value == 0.0:
            return Fixed(0.0), 0.0, float(self.mean_value)
        return StandardNormal(), float(self.sd_value), float(self.mean_value)


def _require_sd(distribution: Distribution, sd: float) -> None:
    if sd < 0.0:
        raise ParameterError(
            "the standard deviation {sd} is negative; write it without the minus sign", distribution.relative, sd=sd
        )


def _require_positive(distribution: Distribution, name: str, value: float) -> None:
    if value <= 0.0:
        raise ParameterError(f"{name} {{value}} is not above 0; correct it", distribution.relative, value=value)


def _lognormal_shape(sigma: float) -> UnitLognormal:
    if sigma > MAX_LOG_SIGMA:
        raise ParameterError("the lognormal is absurdly wide; bring its values closer together")
    return UnitLognormal(round(sigma, SHAPE_DIGITS))


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """Skewed and positive; ``mean_value`` and ``sd_value`` are those of the value itself, not of its logarithm."""

    mean_value: float
    sd_value: float
    label = "lognormal"

    def __post_init__(self) -> None:
        require_finite(self)
        _require_positive(self, "the mean", self.mean_value)
        _require_sd(self, self.sd_value)
        self.canonical()

    def canonical(self) -> Canonical:
        sigma_squared = math.log1p((self.sd_value / self.mean_value) ** 2)
        if sigma_squared == 0.0:
            return Fixed(0.0), 0.0, float(self.mean_value)
        shape = _lognormal_shape(math.sqrt(sigma_squared))
        return shape, self.mean_value * math.exp(-0.5 * sigma_squared), 0.0


@dataclass(frozen=True, slots=True)
class LognormalP(Distribution):
    """Lognormal above ``shift``, given by its 10 % and 90 % percentiles."""

    p10: float
    p90: float
    shift: float = 0.0
    label = "lognormal_p"

    def __post_init__(self) -> None:
        require_finite(self)
        if self.p10 <= self.shift:
            raise ParameterError(
                "P10 {p10} is not above the shift {shift}; raise P10 or lower the shift",
                self.relative, p10=self.p10, shift=self.shift,
            )  # fmt: skip
        if self.p10 > self.p90:
            raise ParameterError(
                "P10 {p10} is above P90 {p90}; swap them or correct the estimate",
                self.relative, p10=self.p10, p90=self.p90,
            )  # fmt: skip
        self.canonical()

    def canonical(self) -> Canonical:
        if self.p10 == self.p90:
            return Fixed(0.0), 0.0, float(self.p10)
        low, high = self.p10 - self.shift, self.p90 - self.shift
        sigma = math.log(high / low) / (2.0 * float(special().ndtri(0.9)))
        return _lognormal_shape(sigma), math.sqrt(low * high), float(self.shift)


@dataclass(frozen=True, slots=True)
class Exponential(Distribution):
    """Time to the first event when events come at a constant rate."""

    mean_value: float
    label = "exponential"

    def __post_init__(self) -> None:
        require_finite(self)
        _require_positive(self, "the mean", self.mean_value)

    def canonical(self) -> Canonical:
        return UnitGamma(1.0), float(self.mean_value), 0.0


@dataclass(frozen=True, slots=True)
class Weibull(Distribution):
    """Time to failure: a shape parameter above 1 wears out, below 1 fails early; ``scale`` is the 63.2 % percentile."""

    shape: float = field(metadata=NUMBER)
    scale: float
    shift: float = 0.0
    label = "weibull"

    def __post_init__(self) -> None:
        require_finite(self)
        require_number(self, "shape", 0.1, 1e3)
        _require_positive(self, "the scale", self.scale)

    def canonical(self) -> Canonical:
        return UnitWeibull(float(self.shape)), float(self.scale), float(self.shift)


@dataclass(frozen=True, slots=True)
class Gamma(Distribution):
    """Sum of ``shape`` exponential times of mean ``scale``; the shape parameter need not be whole."""

    shape: float = field(metadata=NUMBER)
    scale: float
    shift: float = 0.0
    label = "gamma"

    def __post_init__(self) -> None:
        require_finite(self)
        require_number(self, "shape", 0.01, 1e6)
        _require_positive(self, "the scale", self.scale)

    def canonical(self) -> Canonical:
        return UnitGamma(float(self.shape)), float(self.scale), float(self.shift)
