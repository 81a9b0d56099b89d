"""Maximum likelihood for the families that data are fitted with, for many samples at once: a bootstrap fits hundreds.

A sample is a row of ascending values of the order of 1; parameters are the columns of an array with a row for each.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcore.models.distribution_base import Distribution
from simcore.models.distributions import Exponential, Gamma, Lognormal, Normal, Pert, Triangular, Uniform, Weibull

Rows = npt.NDArray[np.float64]
Density = Callable[[Rows, Rows], Rows]
NEWTON_STEPS = 60
SEARCH_STEPS = 260
WARM_STEPS = 90
FIRST_STEP, WARM_STEP = 0.7, 0.25
FIRST_MODES = (-1.5, 0.0, 1.5)  # logits of where the mode lies
LEAST_MARGIN = -12.0  # logarithm of how far the ends lie beyond the least distance, as a share of the range


@dataclass(frozen=True)
class FitFamily:
    """A family to fit.

    Attributes
    ----------
    parameters : int
        How many are estimated.
    positive : bool
        Whether only values above 0 can be fitted.
    estimate : callable
        Parameters of maximum likelihood (ends of a range: unbiased or wider) from samples, and where to begin (the
        parameters they were drawn with) or None.
    log_density, cdf : callable
        From parameters and samples.
    ppf : callable
        From parameters and probabilities.
    build : callable
        The distribution of one row of parameters, on a scale of so many to 1.
    """

    parameters: int
    positive: bool
    estimate: Callable[[Rows, Rows | None], Rows]
    log_density: Density
    cdf: Density
    ppf: Density
    build: Callable[[Rows, float, bool], Distribution]


def _column(parameters: Rows, number: int) -> Rows:
    return parameters[:, number : number + 1]


def _of_shape(make: Callable[[Rows], Distribution], method: str) -> Density:
    """A method of the distribution for each row of parameters; scale 1."""

    def evaluate(parameters: Rows, x: Rows) -> Rows:
        return np.stack([getattr(make(row), method)(values) for row, values in zip(parameters, x, strict=True)])

    return evaluate


def _family(
    parameters: int, positive: bool, estimate: Callable[[Rows, Rows | None], Rows], log_density: Density,
    build: Callable[[Rows, float, bool], Distribution],
) -> FitFamily:  # fmt: skip
    def one(row: Rows) -> Distribution:
        return build(row, 1.0, False)

    return FitFamily(parameters, positive, estimate, log_density, _of_shape(one, "cdf"), _of_shape(one, "ppf"), build)


# -- closed forms ---------------------------------------------------------------------------------------------------------


def _normal(x: Rows, start: Rows | None) -> Rows:
    return np.stack([x.mean(axis=1), x.std(axis=1)], axis=1)


def _normal_density(p: Rows, x: Rows) -> Rows:
    sd = _column(p, 1)
    return -0.5 * ((x - _column(p, 0)) / sd) ** 2 - np.log(sd) - 0.5 * math.log(2.0 * math.pi)


def _lognormal(x: Rows, start: Rows | None) -> Rows:
    return _normal(np.log(x), start)


def _lognormal_density(p: Rows, x: Rows) -> Rows:
    logs = np.log(x)
    return _normal_density(p, logs) - logs


def _exponential(x: Rows, start: Rows | None) -> Rows:
    return x.mean(axis=1, keepdims=True)


def _uniform(x: Rows, start: Rows | None) -> Rows:
    """Unbiased ends, not those of maximum likelihood: the outermost values themselves, beyond which nothing would lie."""
    margin = (x[:, -1] - x[:, 0]) / (x.shape[1] - 1)
    return np.stack([x[:, 0] - margin, x[:, -1] + margin], axis=1)


# -- one equation ---------------------------------------------------------------------------------------------------------


def _gamma(x: Rows, start: Rows | None) -> Rows:
    """log k - digamma(k) = log of the mean - mean of the logs, by Newton's method in log k."""
    from scipy.special import digamma, polygamma

    mean = x.mean(axis=1)
    gap = np.maximum(np.log(mean) - np.log(x).mean(axis=1), 1e-12)
    log_k = np.log((3.0 - gap + np.sqrt((gap - 3.0) ** 2 + 24.0 * gap)) / (12.0 * gap))
    for _ in range(NEWTON_STEPS):
        k = np.exp(log_k)
        log_k -= np.clip((log_k - digamma(k) - gap) / (1.0 - k * polygamma(1, k)), -1.0, 1.0)
    k = np.clip(np.exp(log_k), 0.01, 1e6)
    return np.stack([k, mean / k], axis=1)


def _gamma_density(p: Rows, x: Rows) -> Rows:
    from scipy.special import gammaln

    k, scale = _column(p, 0), _column(p, 1)
    return (k - 1.0) * np.log(x) - x / scale - gammaln(k) - k * np.log(scale)


def _weibull(x: Rows, start: Rows | None) -> Rows:
    """sum x^k log x / sum x^k - 1/k = mean of the logs, by Newton's method in log k."""
    logs = np.log(x) - np.log(x[:, -1:])
    mean = logs.mean(axis=1)
    log_k = np.log(1.2 / np.maximum(logs.std(axis=1), 1e-3))
    for _ in range(NEWTON_STEPS):
        k = np.exp(log_k)
        weights = np.exp(k[:, None] * logs)
        weights /= weights.sum(axis=1, keepdims=True)
        first = (weights * logs).sum(axis=1)
        second = (weights * logs**2).sum(axis=1)
        log_k -= np.clip((first - 1.0 / k - mean) / (k * (second - first**2) + 1.0 / k), -1.0, 1.0)
    k = np.clip(np.exp(log_k), 0.1, 1e3)
    scale = x[:, -1] * np.exp(np.log(np.exp(k[:, None] * logs).mean(axis=1)) / k)
    return np.stack([k, scale], axis=1)


def _weibull_density(p: Rows, x: Rows) -> Rows:
    k, scale = _column(p, 0), _column(p, 1)
    ratio = np.log(x / scale)
    return np.log(k / scale) + (k - 1.0) * ratio - np.exp(k * ratio)


# -- ends and mode --------------------------------------------------------------------------------------------------------


def _three_points(density: Density) -> Callable[[Rows, Rows | None], Rows]:
    """Ends outside of the values, as far at least as those of a uniform, and a mode between them, by a simplex search."""

    def points(z: Rows, x: Rows) -> Rows:
        low, extent = x[:, :1], x[:, -1:] - x[:, :1]
        margins = extent * (1.0 / (x.shape[1] - 1) + np.exp(np.clip(z[:, :2], LEAST_MARGIN, 2.0)))
        left, right = low - margins[:, :1], low + extent + margins[:, 1:]
        return np.hstack([left, left + (right - left) / (1.0 + np.exp(-z[:, 2:])), right])

    def search(x: Rows, first: Rows, step: float, steps: int) -> tuple[Rows, Rows]:
        def cost(z: Rows) -> Rows:
            return -density(points(z, x), x).sum(axis=1)

        found = _lowest(cost, first, step, steps)
        return points(found, x), cost(found)

    def estimate(x: Rows, start: Rows | None) -> Rows:
        if start is not None:
            return search(x, _beginning(x, start), WARM_STEP, WARM_STEPS)[0]
        first = np.concatenate([np.tile([-1.6, -1.6, mode], (len(x), 1)) for mode in FIRST_MODES])
        found, costs = search(np.tile(x, (len(FIRST_MODES), 1)), first, FIRST_STEP, SEARCH_STEPS)
        best = np.argmin(costs.reshape(-1, len(x)), axis=0)
        return found.reshape(-1, len(x), 3)[best, np.arange(len(x))]

    return estimate


def _beginning(x: Rows, start: Rows) -> Rows:
    """Where a search begins that is to find parameters near those the samples were drawn with."""
    low, high = x[:, :1], x[:, -1:]
    extent, least = high - low, 1.0 / (x.shape[1] - 1)
    left = np.maximum((low - start[:, :1]) / extent - least, 0.01)
    right = np.maximum((start[:, 2:] - high) / extent - least, 0.01)
    share = np.clip((start[:, 1:2] - start[:, :1]) / (start[:, 2:] - start[:, :1]), 0.02, 0.98)
    return np.hstack([np.log(left), np.log(right), np.log(share / (1.0 - share))])


def _triangular_density(p: Rows, x: Rows) -> Rows:
    low, mode, high = _column(p, 0), _column(p, 1), _column(p, 2)
    rising = np.where(x <= mode, (x - low) / np.maximum(mode - low, 1e-300), (high - x) / np.maximum(high - mode, 1e-300))
    return np.log(np.maximum(rising, 1e-300)) + np.log(2.0 / (high - low))


def _pert_density(p: Rows, x: Rows) -> Rows:
    from scipy.special import betaln

    low, mode, high = _column(p, 0), _column(p, 1), _column(p, 2)
    width = high - low
    a = 1.0 + 4.0 * (mode - low) / width
    share = np.clip((x - low) / width, 1e-300, 1.0 - 1e-16)
    return (a - 1.0) * np.log(share) + (5.0 - a) * np.log1p(-share) - betaln(a, 6.0 - a) - np.log(width)


def _lowest(cost: Callable[[Rows], Rows], start: Rows, step: float, steps: int) -> Rows:
    """Where every row's cost is lowest, by the method of Nelder and Mead (1965) on all rows at once."""
    rows, size = start.shape
    corners = np.stack([start, *(start + step * unit for unit in np.eye(size))], axis=1)
    costs = np.stack([cost(corners[:, k]) for k in range(size + 1)], axis=1)
    every = np.arange(rows)
    for _ in range(steps):
        order = np.argsort(costs, axis=1, kind="stable")
        corners, costs = corners[every[:, None], order], np.take_along_axis(costs, order, axis=1)
        centre, worst = corners[:, :-1].mean(axis=1), corners[:, -1]
        mirrored = centre + (centre - worst)
        f_mirrored = cost(mirrored)
        far = f_mirrored < costs[:, 0]
        outside = ~far & (f_mirrored < costs[:, -1])
        other = centre + np.where(far, 2.0, np.where(outside, 0.5, -0.5))[:, None] * (centre - worst)
        f_other = cost(other)
        keep = np.where(far, f_mirrored <= f_other, f_mirrored < costs[:, -2])
        chosen, f_chosen = np.where(keep[:, None], mirrored, other), np.where(keep, f_mirrored, f_other)
        shrink = ~keep & ~far & (f_other >= np.where(outside, f_mirrored, costs[:, -1]))
        corners[:, -1], costs[:, -1] = np.where(shrink[:, None], worst, chosen), np.where(shrink, costs[:, -1], f_chosen)
        if shrink.any():
            for k in range(1, size + 1):
                corners[shrink, k] = 0.5 * (corners[shrink, 0] + corners[shrink, k])
                costs[:, k] = np.where(shrink, cost(corners[:, k]), costs[:, k])
    return corners[every, np.argmin(costs, axis=1)]


FAMILIES: dict[str, FitFamily] = {
    "normal": _family(
        2, False, _normal, _normal_density, lambda p, s, r: Normal(p[0] * s, p[1] * s, relative=r)
    ),
    "lognormal": _family(
        2, True, _lognormal, _lognormal_density,
        lambda p, s, r: Lognormal(
            s * math.exp(p[0] + 0.5 * p[1] ** 2),
            s * math.exp(p[0] + 0.5 * p[1] ** 2) * math.sqrt(math.expm1(p[1] ** 2)), relative=r,
        ),
    ),
    "gamma": _family(2, True, _gamma, _gamma_density, lambda p, s, r: Gamma(p[0], p[1] * s, relative=r)),
    "weibull": _family(2, True, _weibull, _weibull_density, lambda p, s, r: Weibull(p[0], p[1] * s, relative=r)),
    "exponential": _family(
        1, True, _exponential, lambda p, x: -x / p - np.log(p), lambda p, s, r: Exponential(p[0] * s, relative=r)
    ),
    "uniform": _family(
        2, False, _uniform, lambda p, x: np.broadcast_to(-np.log(_column(p, 1) - _column(p, 0)), x.shape),
        lambda p, s, r: Uniform(p[0] * s, p[1] * s, relative=r),
    ),
    "triangular": _family(
        3, False, _three_points(_triangular_density), _triangular_density,
        lambda p, s, r: Triangular(p[0] * s, min(max(p[0], p[1]), p[2]) * s, p[2] * s, relative=r),
    ),
    "pert": _family(
        3, False, _three_points(_pert_density), _pert_density,
        lambda p, s, r: Pert(p[0] * s, min(max(p[0], p[1]), p[2]) * s, p[2] * s, relative=r),
    ),
}  # fmt: skip
"""By the name of the distribution."""
