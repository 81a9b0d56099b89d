"""Quantiles of a shape at many probabilities at once, fast enough for thousands of shapes."""
from __future__ import annotations

from simcore.models.distribution_base import Distribution, Floats


def quantile_grid(shape: Distribution, u: Floats) -> Floats:
    """Quantiles at ascending probabilities inside (0, 1)."""
    return shape.ppf(u)
