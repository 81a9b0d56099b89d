"""Probability distributions as users write them: parameters, quantiles, moments, how they read and print.

A distribution's values are minutes (durations), money, or, when ``relative``, fractions of the deterministic value
(0.9 for 90 %). Nothing here draws random numbers: the engine samples through :meth:`Distribution.canonical` and
:func:`quantile_grid`. This module is the place to import from; the pieces live in ``distribution_*``.
"""
from __future__ import annotations

from simcore.models.distribution_base import Distribution, Floats, ParameterError
from simcore.models.distribution_derived import InverseChi, Reciprocal
from simcore.models.distribution_grid import quantile_grid
from simcore.models.distribution_kinds import (
    Beta,
    Exponential,
    Gamma,
    Lognormal,
    LognormalP,
    Normal,
    Pert,
    PertGen,
    Triangular,
    Trigen,
    Uniform,
    Weibull,
)
from simcore.models.distribution_shapes import Fixed, PiecewiseLinear
from simcore.models.distribution_tables import Cumulative, Discrete, Empirical, Histogram, Truncate
from simcore.models.distribution_text import (
    DISTRIBUTIONS,
    Values,
    duration_values,
    factor_values,
    format_distribution,
    money_values,
    parse_distribution,
    signature,
)

__all__ = [
    "DISTRIBUTIONS",
    "Beta",
    "Cumulative",
    "Discrete",
    "Distribution",
    "Empirical",
    "Exponential",
    "Fixed",
    "Floats",
    "Gamma",
    "Histogram",
    "InverseChi",
    "Lognormal",
    "LognormalP",
    "Normal",
    "ParameterError",
    "Pert",
    "PertGen",
    "PiecewiseLinear",
    "Reciprocal",
    "Triangular",
    "Trigen",
    "Truncate",
    "Uniform",
    "Values",
    "Weibull",
    "duration_values",
    "factor_values",
    "format_distribution",
    "money_values",
    "parse_distribution",
    "quantile_grid",
    "signature",
]
