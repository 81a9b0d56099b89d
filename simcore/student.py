"""Rank correlation of variables that are joined by Student's t.

Three independent pairs of a mixture W·Z of normals with correlation rho are compared as Spearman's coefficient asks:
given the three scales, the differences X1 - X2 and Y1 - Y3 are normal with correlation rho·V, where
V = W1 / sqrt((W1 + W2)(W1 + W3)) and W are the squared scales, so that Spearman's rho is 6/pi · E[arcsin(rho·V)].
(The argument of W. H. Kruskal, "Ordinal measures of association", J. Amer. Statist. Assoc. 53, 1958, for normals.)
"""
from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
POINTS = 2**14
GRID = 257


def rank_of_pearson_t(rho: float | Floats, degrees: float) -> Floats:
    """Spearman correlation of two variables joined by Student's t.

    Parameters
    ----------
    rho : float or ndarray
        Correlation of the normals, -1 to 1.
    degrees : float
        Degrees of freedom.

    Returns
    -------
    ndarray
        Same shape as ``rho``; exact to about 5e-5.

    >>> round(float(rank_of_pearson_t(0.5, 1e6)), 4)  # almost normal
    0.4826
    """
    at, ranks = _curve(float(degrees))
    return np.interp(np.asarray(rho, float), at, ranks)


def pearson_of_rank_t(rank: float | Floats, degrees: float) -> Floats:
    """Correlation of the normals behind a Spearman correlation, under Student's t; the inverse of :func:`rank_of_pearson_t`."""
    at, ranks = _curve(float(degrees))
    return np.interp(np.asarray(rank, float), ranks, at)


@lru_cache
def _curve(degrees: float) -> tuple[Floats, Floats]:
    """Correlations, fine where the curve bends, and their Spearman correlations."""
    ratios = _ratios(degrees)
    at = np.sin(np.linspace(-np.pi / 2, np.pi / 2, GRID))
    ranks = 6 / np.pi * np.array([np.arcsin(rho * ratios).mean() for rho in at])
    return at, ranks / ranks[-1]  # at 1 it is 1: what remains of the integration's error goes


@lru_cache
def _ratios(degrees: float) -> Floats:
    """The variable V at a rank-1 lattice's points (Korobov; shifted to the middles)."""
    from scipy.special import chdtri

    index = np.arange(POINTS)
    uniforms = [((index * generator) % POINTS + 0.5) / POINTS for generator in (1, 6229, 6229 * 6229 % POINTS)]
    scale = [degrees / chdtri(degrees, u) for u in uniforms]
    return np.asarray(scale[0] / np.sqrt((scale[0] + scale[1]) * (scale[0] + scale[2])))
