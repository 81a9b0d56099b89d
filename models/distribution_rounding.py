"""Distributions that were computed, with parameters as a person would write them."""
from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from simcore.models.distribution_base import Distribution
from simcore.models.distribution_names import parameters_of
from simcore.models.distribution_percentiles import ByPercentiles
from simcore.models.distribution_shapes import Fixed
from simcore.models.distribution_tables import Shift, Truncate
from simcore.models.distribution_values import Values

PRECISION = 300.0
"""Values are rounded to a step at least so many times smaller than the standard deviation."""
DAYS = {"duration": 480.0, "elapsed": 1440.0}


def with_parameters(distribution: Distribution) -> Distribution:
    """The same without percentiles: the parameters that were found for them."""
    if isinstance(distribution, ByPercentiles):
        return distribution.resolved
    if isinstance(distribution, Shift | Truncate):
        return replace(distribution, base=with_parameters(distribution.base))
    return distribution


def rounded(distribution: Distribution, values: Values) -> Distribution:
    """Nearly the same, in numbers that can be read.

    >>> from simcore.models.distributions import Normal, duration_values
    >>> rounded(Normal(4812.3456, 960.9876), duration_values())
    Normal(relative=False, mean_value=4814.4, sd_value=960.0)
    """
    return _rounded(distribution, _step(distribution, values)) if distribution.sd > 0.0 else distribution


def _rounded(distribution: Distribution, step: float) -> Distribution:
    if isinstance(distribution, Shift):
        base, by = _rounded(distribution.base, step), _to(distribution.by, step)
        return Shift(base, by) if by else base
    if isinstance(distribution, Truncate):
        return replace(distribution, base=_rounded(distribution.base, step))
    changed: dict[str, float] = {}
    for parameter in parameters_of(type(distribution)):
        value = getattr(distribution, parameter.name)
        if not isinstance(value, float):
            return distribution  # lists of values stay as they are
        changed[parameter.name] = float(f"{value:.4g}") if "role" in parameter.metadata else _to(value, step)
    make: Any = type(distribution)
    made: Distribution = make(relative=distribution.relative, **changed)
    return made


def _to(value: float, step: float) -> float:
    return float(f"{round(value / step) * step:.12g}")


def _step(distribution: Distribution, values: Values) -> float:
    finest = distribution.sd if math.isfinite(distribution.sd) else float(distribution.ppf(0.9) - distribution.ppf(0.1))
    if values.quantity in DAYS and not distribution.relative and not isinstance(distribution, Fixed):
        return next((unit / 100.0 for unit in (DAYS[values.quantity], 60.0) if unit <= 3.5 * finest), 0.01)
    return 10.0 ** math.floor(math.log10(finest / PRECISION))
