"""Quantiles of a shape at many probabilities at once, fast enough for thousands of shapes.

Inverting the incomplete beta function takes one to two microseconds a point: seconds for a plan with a thousand
different PERTs. Here it is inverted at a few nodes only. The *logarithm* of a tail's quantile, as a function of the
logarithm of its probability, is so smooth (a straight line far out) that quintic Hermite pieces between the nodes reach
1e-8 relative accuracy; the derivatives they need follow from the density. For the PERT with lambda 4, by far the most
frequent, the same logarithm is also a smooth function of where the mode lies, and is interpolated in that.

What comes out depends on the shape and the probabilities alone, never on what was asked before.
"""
from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from simcore.models.distribution_base import Distribution, Floats
from simcore.models.distribution_derived import ReciprocalShape
from simcore.models.distribution_shapes import TruncatedShape, UnitBeta, UnitGamma, special

NODES = 32
"""Inversions in each tail."""
MODES = 24
"""Positions of the mode (Chebyshev points) between which default PERTs are interpolated."""
FEWEST = 4 * NODES
"""With fewer points the plain inversion is as fast."""


def quantile_grid(shape: Distribution, u: npt.ArrayLike) -> Floats:
    """Quantiles of any distribution at many probabilities, in any order.

    Parameters
    ----------
    shape : Distribution
        Usually the first part of ``canonical()``; others are reduced to it.
    u : array of float
        Probabilities inside (0, 1); what depends on them alone is kept, so ask for many shapes at the same ones.

    Returns
    -------
    array of float
        As ``shape.ppf(u)``, with an error of at most 1e-7 of the distance from the nearer end of the shape's range.
    """
    standard, scale, shift = shape.canonical()
    if scale == 0.0:
        return np.full(np.shape(u), shift)
    if standard is not shape:
        return shift + scale * quantile_grid(standard, u)
    p = np.asarray(u, dtype=np.float64)
    inner: Distribution = shape
    if isinstance(shape, ReciprocalShape):
        return 1.0 / (shape.offset + quantile_grid(shape.shape, 1.0 - p))
    if isinstance(shape, TruncatedShape):
        p, inner = shape.inner(p), shape.shape
    if not _is_slow_and_smooth(inner) or p.size < FEWEST or not 0.0 < p.min() <= p.max() < 1.0:
        return shape.ppf(u)
    grid = _TailGrid(p) if isinstance(shape, TruncatedShape) else _kept_grid(p.tobytes())
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = grid.quantiles(inner).reshape(p.shape)
    if not np.all(np.isfinite(found)):
        return shape.ppf(u)  # quantiles too small for their logarithm
    return np.clip(found, *shape.bounds)


def _is_slow_and_smooth(shape: Distribution) -> TypeGuard[UnitBeta | UnitGamma]:
    """Outside of these parameters the tails bend too sharply, or the density loses too many digits."""
    if isinstance(shape, UnitBeta):
        return min(shape.a, shape.b) >= 0.2 and max(shape.a, shape.b) <= 1e5
    return isinstance(shape, UnitGamma) and 0.2 <= shape.shape <= 1e5


@lru_cache(maxsize=8)
def _kept_grid(probabilities: bytes) -> _TailGrid:
    return _TailGrid(np.frombuffer(probabilities))


class _TailGrid:
    """What interpolation at given probabilities needs, independent of the shape.

    Each probability belongs to a tail (lower or upper) and to a cell between two nodes, and lies at ``share`` of it.
    """

    def __init__(self, u: Floats):
        u = u.ravel()
        self.upper = u > 0.5
        logs = np.log(np.where(self.upper, 1.0 - u, u))
        # Nodes ascend to one half; further out they are wider apart, as the curve gets straighter.
        self.nodes = -np.geomspace(max(-logs.min(), 1.0), math.log(2.0), NODES)
        cell = np.clip(np.searchsorted(self.nodes, logs) - 1, 0, NODES - 2)
        self.share = (logs - self.nodes[cell]) / np.diff(self.nodes)[cell]
        self.index = cell + self.upper * (NODES - 1)
        self._default_perts: Floats | None = None

    def quantiles(self, shape: UnitBeta | UnitGamma) -> Floats:
        if isinstance(shape, UnitGamma):
            return np.exp(self._gamma_logs(shape.shape))
        if abs(shape.a + shape.b - 6.0) < 1e-9 and 1.0 <= shape.a <= 5.0:
            distance = np.exp(self._pert_logs((shape.a - 1.0) / 4.0))
        else:
            distance = np.exp(self._beta_logs(shape.a, shape.b))
        return np.where(self.upper, 1.0 - distance, distance)

    def _beta_logs(self, a: float, b: float) -> Floats:
        """Logarithms of the distances from the nearer end; the upper tail of Beta(a, b) is the lower of Beta(b, a)."""
        sp = special()
        a_tail, b_tail = np.array([[a], [b]]), np.array([[b], [a]])
        x = sp.betaincinv(a_tail, b_tail, np.exp(self.nodes))
        log_density = (a_tail - 1.0) * np.log(x) + (b_tail - 1.0) * np.log1p(-x) - float(sp.betaln(a, b))
        elasticity = (a_tail - 1.0) - (b_tail - 1.0) * x / (1.0 - x)
        return self._between_nodes(x, log_density, elasticity, np.array([[1.0], [1.0]]))

    def _gamma_logs(self, k: float) -> Floats:
        sp = special()
        tail = np.exp(self.nodes)
        x = np.stack([sp.gammaincinv(k, tail), sp.gammainccinv(k, tail)])
        log_density = (k - 1.0) * np.log(x) - x - float(sp.gammaln(k))
        return self._between_nodes(x, log_density, k - 1.0 - x, np.array([[1.0], [-1.0]]))

    def _between_nodes(self, x: Floats, log_density: Floats, elasticity: Floats, sign: Floats) -> Floats:
        """Logarithms of the quantiles from those (``x``, one row a tail) at the nodes.

        With v the logarithm of the tail probability G and y that of x: y' = g = G / (x G'), y'' = g - g^2 (1 + x f'/f);
        G' is plus or minus the density f, and x f'/f its elasticity.
        """
        y = np.log(x)
        g = sign * np.exp(self.nodes - y - log_density)
        bend = g - g * g * (1.0 + elasticity)
        h = np.diff(self.nodes)
        slope0, slope1 = h * g[:, :-1], h * g[:, 1:]
        bend0, bend1 = 0.5 * h * h * bend[:, :-1], 0.5 * h * h * bend[:, 1:]
        rise = np.diff(y)
        cubic = 10.0 * rise - 6.0 * slope0 - 4.0 * slope1 - 3.0 * bend0 + bend1
        quartic = -15.0 * rise + 8.0 * slope0 + 7.0 * slope1 + 3.0 * bend0 - 2.0 * bend1
        quintic = 6.0 * rise - 3.0 * (slope0 + slope1) - bend0 + bend1
        result = np.take(quintic, self.index)
        for coefficient in (quartic, cubic, bend0, slope0, y[:, :-1]):
            result *= self.share
            result += np.take(coefficient, self.index)
        return result

    def _pert_logs(self, position: float) -> Floats:
        """As :meth:`_beta_logs`, for the PERT with lambda 4: barycentric interpolation in the position of the mode."""
        k = np.arange(MODES) + 0.5
        modes = 0.5 - 0.5 * np.cos(math.pi * k / MODES)
        if self._default_perts is None:
            self._default_perts = np.stack([self._beta_logs(1.0 + 4.0 * m, 5.0 - 4.0 * m) for m in modes])
        distance = position - modes
        if not distance.all():
            return self._default_perts[int(np.argmin(np.abs(distance)))]
        weights = np.sin(math.pi * k / MODES) * np.where(np.arange(MODES) % 2, -1.0, 1.0) / distance
        # einsum, not a matrix product: its order of summation does not depend on the linear algebra library.
        return np.einsum("k,ku->u", weights / weights.sum(), self._default_perts)
