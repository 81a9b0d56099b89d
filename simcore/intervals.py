"""Confidence intervals from replicates: Student's t with one degree of freedom fewer than there are replicates.

Replicates are independent randomisations of one stratified sample, so an estimate's distance from the truth, divided by its
standard error of R replicates, follows Student's t with R - 1 degrees of freedom (P. L'Ecuyer, M. K. Nakayama, A. B. Owen and
B. Tuffin, "Confidence intervals for randomized quasi-Monte Carlo estimators", Winter Simulation Conference 2023).
"""
from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

LEVEL = 0.95
Floats = npt.NDArray[np.float64]


@lru_cache
def t_quantile(level: float, replicates: int) -> float:
    """Half-width of an interval in standard errors.

    >>> round(t_quantile(0.95, 16), 3)
    2.131
    """
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise ValueError(f"the level of an interval must lie between 0 and 1, not {level}")
    return float(stdtrit(replicates - 1, (1 + level) / 2)) if replicates > 1 else float("nan")


def share_interval(
    share: float | Floats, error: float | Floats, iterations: int, replicates: int, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Interval of a share of the iterations, between 0 and 1.

    Where all or none of the iterations count, all replicates agree; then the interval reaches as far as that would not be
    surprising of independent iterations, (1 - level) / 2 = (1 - share)^iterations.
    """
    share, half = np.asarray(share, float), t_quantile(level, replicates) * np.asarray(error, float)
    unseen = 1.0 - ((1.0 - level) / 2) ** (1.0 / max(iterations, 1))
    low, high = np.clip(share - half, 0.0, 1.0), np.clip(share + half, 0.0, 1.0)
    return np.where(share >= 1.0, np.minimum(low, 1.0 - unseen), low), np.where(share <= 0.0, np.maximum(high, unseen), high)

