"""Distributions fitted to observed values: maximum likelihood, ranked, with tests whose p-values are honest.

Of the ends of a range maximum likelihood would make the outermost values themselves, and so praise a uniform too much:
they lie at least a range / (n - 1) beyond, which makes them unbiased for the uniform.

A test against parameters that were fitted to the same values is too lenient by its textbook tables. Here the p-value is
the share of samples drawn from the fitted distribution, and fitted anew, that lie at least as far off (parametric bootstrap).
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcore.fit_families import FAMILIES, FitFamily, Rows
from simcore.models.distribution_rounding import rounded
from simcore.models.distributions import (
    Distribution,
    Empirical,
    Values,
    format_distribution,
    guessed_values,
    parse_distribution,
)
from simcore.models.errors import PlanError, Problem
from simcore.models.suggestions import did_you_mean
from simcore.models.units import format_money

FEWEST = 5
REPLICATES = 199
MOST_DRAWN = 100_000
FEWEST_REPLICATES = 39
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Fit:
    """A fitted distribution and how well it describes the values.

    Attributes
    ----------
    distribution : Distribution
        Of maximum likelihood; values in minutes, money or fractions.
    expression : str
        To paste into a plan; rounded to a thousandth of the standard deviation.
    parameters : int
        How many were estimated.
    log_likelihood, aic, aicc, bic : float
        The criteria are comparable between families; lower is better.
    ks, ad : float
        Kolmogorov-Smirnov and Anderson-Darling distance.
    ks_p, ad_p : float
        Shares of samples from this very distribution, fitted anew, that lie at least as far off.
    """

    distribution: Distribution
    expression: str
    parameters: int
    log_likelihood: float
    aic: float
    aicc: float
    bic: float
    ks: float
    ks_p: float
    ad: float
    ad_p: float


@dataclass(frozen=True)
class Fits:
    """Fitted distributions, the best (lowest AICc) first.

    Attributes
    ----------
    values : tuple of float
        Ascending: minutes, money or fractions.
    relative : bool
        Whether they are fractions.
    how : Values
        How values are written.
    ranked : tuple of Fit
    left_out : dict of name to reason
        Families that cannot have these values.
    replicates : int
        Of the bootstrap; a p-value is a multiple of 1 / (replicates + 1).
    """

    values: tuple[float, ...]
    relative: bool
    how: Values
    ranked: tuple[Fit, ...]
    left_out: dict[str, str]
    replicates: int

    @property
    def best(self) -> Fit:
        return self.ranked[0]

    @cached_property
    def observed(self) -> Distribution:
        """The values themselves as a distribution."""
        return Empirical(self.values, relative=self.relative)

    def quantiles(self) -> dict[str, list[float]]:
        """Quantiles (5 % to 95 %) of the values and of every fit, by its name."""
        named = {"observed": self.observed, **{fit.distribution.label: fit.distribution for fit in self.ranked}}
        return {name: d.ppf(QUANTILES).tolist() for name, d in named.items()}


def fit(
    values: Iterable[float | str], unit: str = "", kinds: Sequence[str] | None = None,
    replicates: int = REPLICATES, seed: int = 1,
) -> Fits:  # fmt: skip
    """Fit distributions to observed values.

    Parameters
    ----------
    values : iterable of float or str
        Numbers in ``unit``, or texts such as ``"12d"``, ``"95%"`` or ``"1800"``.
    unit : str
        Of plain numbers: ``d``, ``h``, ``w``, ``%`` ...; empty for money.
    kinds : sequence of str, optional
        Names of the families; default: all of normal, lognormal, gamma, weibull, exponential, uniform, triangular, pert.
    replicates : int
        Samples of the bootstrap; fewer are drawn when there are very many values.
    seed : int
        Of the bootstrap: the same seed gives the same p-values.

    Raises
    ------
    PlanError
        Values that cannot be read, too few of them, or an unknown kind.

    Examples
    --------
    >>> fits = fit([8, 9.5, 9, 12, 17, 11, 10, 13], unit="d", kinds=["normal", "lognormal"], replicates=39)
    >>> fits.best.expression
    'lognormal(11.18d, 2.52d)'
    """
    texts = [value if isinstance(value, str) else f"{format_money(_finite(value))}{unit}" for value in values]
    numbers, relative, how = _read(texts)
    names = list(FAMILIES) if kinds is None else list(kinds)
    for name in names:
        if name not in FAMILIES:
            raise PlanError(f"'{name}' cannot be fitted. {did_you_mean(name, FAMILIES)}")
    x = np.sort(numbers)
    count = max(FEWEST_REPLICATES, min(replicates, MOST_DRAWN // len(x)))
    fitted, left_out = [], {}
    for name in names:
        if FAMILIES[name].positive and x[0] <= 0.0:
            left_out[name] = "it has values above 0 only"
            continue
        fitted.append(_fit_one(FAMILIES[name], x, relative, how, count, seed))
    if not fitted:
        raise PlanError("None of these distributions can have the values: some are not above 0. Fit a normal or a pert.")
    ranked = tuple(sorted(fitted, key=lambda f: f.aicc))
    return Fits(tuple(x.tolist()), relative, how, ranked, left_out, count)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise PlanError(f"{value} is among the values. Leave it out, or correct it.")
    return float(value)


def _read(texts: Sequence[str]) -> tuple[npt.NDArray[np.float64], bool, Values]:
    how = guessed_values(" ".join(texts))
    try:
        read = parse_distribution(f"empirical({', '.join(texts)})", how) if texts else None
    except ValueError as error:
        raise PlanError(Problem("the values", str(error))) from None
    numbers = np.array(read.values if isinstance(read, Empirical) else (), dtype=np.float64)
    if len(numbers) < FEWEST or len(np.unique(numbers)) < 3:
        what = f"{len(numbers)} values, {len(np.unique(numbers))} of them different, are too few to fit a distribution."
        raise PlanError(Problem("", what, f"Collect {FEWEST} or more, or write a three-point estimate."))
    return numbers, bool(read and read.relative), how


def _fit_one(family: FitFamily, x: npt.NDArray[np.float64], relative: bool, how: Values, count: int, seed: int) -> Fit:
    scale = float(np.mean(np.abs(x)))
    row = (x / scale)[None, :]
    found = family.estimate(row, None)
    likelihood = float(family.log_density(found, row).sum()) - len(x) * math.log(scale)
    ks, ad = (float(values[0]) for values in _distances(family.cdf(found, row)))
    ks_drawn, ad_drawn = _drawn_distances(family, found, len(x), count, seed)
    k, n = family.parameters, len(x)
    distribution = family.build(found[0], scale, relative)
    return Fit(
        distribution=distribution,
        expression=format_distribution(rounded(distribution, how), how),
        parameters=k,
        log_likelihood=likelihood,
        aic=2.0 * k - 2.0 * likelihood,
        aicc=2.0 * k - 2.0 * likelihood + 2.0 * k * (k + 1.0) / (n - k - 1.0),
        bic=k * math.log(n) - 2.0 * likelihood,
        ks=ks,
        ks_p=_share_beyond(ks_drawn, ks),
        ad=ad,
        ad_p=_share_beyond(ad_drawn, ad),
    )


def _drawn_distances(family: FitFamily, found: Rows, n: int, count: int, seed: int) -> tuple[Rows, Rows]:
    """Distances of samples of n values drawn from what was found, each from the distribution fitted to it."""
    u = np.sort(np.random.default_rng(seed).random((count, n)), axis=1)
    drawn_with = np.repeat(found, count, axis=0)
    samples = family.ppf(drawn_with, u)
    return _distances(family.cdf(family.estimate(samples, drawn_with), samples))


def _distances(probabilities: Rows) -> tuple[Rows, Rows]:
    """Kolmogorov-Smirnov and Anderson-Darling distances of rows of ascending probabilities from evenly spread ones."""
    n = probabilities.shape[1]
    upto = np.arange(1, n + 1) / n
    ks = np.maximum(upto - probabilities, probabilities - upto + 1.0 / n).max(axis=1)
    probabilities = np.clip(probabilities, 1e-300, math.nextafter(1.0, 0.0))
    logs = np.log(probabilities) + np.log1p(-probabilities[:, ::-1])
    return ks, -n - (logs * (2.0 * np.arange(1, n + 1) - 1.0)).mean(axis=1)


def _share_beyond(drawn: Rows, found: float) -> float:
    """A p-value, the sample itself counted among those drawn."""
    return (1.0 + float(np.sum(~(drawn < found)))) / (len(drawn) + 1.0)
