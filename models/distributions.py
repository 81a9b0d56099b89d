"""Probability distributions as users write them: parameters, quantiles, moments, how they read and print.

A distribution's values are minutes (durations), money, or, when ``relative``, fractions of the deterministic value
(0.9 for 90 %). Nothing here draws random numbers: the engine samples through :meth:`Distribution.canonical` and
:func:`quantile_grid`. This module is the place to import from; the pieces live in ``distribution_*``.
"""
from __future__ import annotations

from simcore.models.distribution_base import Distribution, Floats, ParameterError
from simcore.models.distribution_derived import InverseChi, Reciprocal
from simcore.models.distribution_files import FilesBeside
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
from simcore.models.distribution_names import DISTRIBUTIONS, signature
from simcore.models.distribution_percentiles import ByPercentiles
from simcore.models.distribution_shapes import Fixed, PiecewiseLinear
from simcore.models.distribution_tables import Cumulative, Discrete, Empirical, Histogram, Shift, Truncate
from simcore.models.distribution_text import Load, format_distribution, parse_distribution
from simcore.models.distribution_values import Values, duration_values, factor_values, guessed_values, money_values

__all__ = [
    "DISTRIBUTIONS",
    "Beta",
    "ByPercentiles",
    "Cumulative",
    "Discrete",
    "Distribution",
    "Empirical",
    "Exponential",
    "FilesBeside",
    "Fixed",
    "Floats",
    "Gamma",
    "Histogram",
    "InverseChi",
    "Load",
    "Lognormal",
    "LognormalP",
    "Normal",
    "ParameterError",
    "Pert",
    "PertGen",
    "PiecewiseLinear",
    "Reciprocal",
    "Shift",
    "Triangular",
    "Trigen",
    "Truncate",
    "Uniform",
    "Values",
    "Weibull",
    "duration_values",
    "factor_values",
    "format_distribution",
    "guessed_values",
    "money_values",
    "parse_distribution",
    "quantile_grid",
    "signature",
]
