"""Distributions as data for a page or a terminal: numbers in a readable unit, and where the probability lies."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.models.distribution_rounding import DAYS, rounded, with_parameters
from simcore.models.distribution_shapes import Fixed, PiecewiseLinear
from simcore.models.distributions import (
    Distribution,
    Load,
    Values,
    format_distribution,
    guessed_values,
    parse_distribution,
)
from simcore.models.errors import PlanError, Problem
from simcore.reports.wording import MINUS

if TYPE_CHECKING:
    from simcore.fitting import Fits

PERCENTS = (5, 10, 25, 50, 75, 80, 90, 95)
WIDEST = 1.6
"""Bounds are shown unless they lie this much farther apart than the 0.5 % and 99.5 % percentiles."""


@dataclass(frozen=True)
class Unit:
    """How values of a distribution are shown: divided by ``size``, with ``decimals`` and the unit's name."""

    name: str
    size: float
    decimals: int

    def text(self, value: float) -> str:
        """A value for people, with its unit; ``none`` for a limit that there is not."""
        if math.isinf(value):
            return "none"
        number = f"{abs(value) / self.size:,.{self.decimals}f}"
        sign = MINUS if value < 0 and number.strip("0.,") else ""
        return f"{sign}{number}{' ' * bool(self.name)}{self.name}"


@dataclass(frozen=True)
class Sketch:
    """A distribution and how to show it.

    Attributes
    ----------
    expression : str
        As it is written.
    distribution : Distribution
    values : Values
        How its values are read and printed.
    """

    expression: str
    distribution: Distribution
    values: Values

    @cached_property
    def unit(self) -> Unit:
        return unit_of(self.distribution, self.values)

    @property
    def quantity(self) -> str:
        """duration, elapsed, money, or fraction of the deterministic value."""
        return "fraction" if self.distribution.relative else self.values.quantity

    @cached_property
    def equivalent(self) -> str:
        """With parameters in place of percentiles; empty when nothing changes by that."""
        plain = with_parameters(self.distribution)
        return "" if plain == self.distribution else format_distribution(rounded(plain, self.values), self.values)

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Name and text of the numbers that describe it."""
        d, unit = self.distribution, self.unit
        low, high = d.bounds
        return [
            ("Minimum", unit.text(low)),
            *((f"P{p}", unit.text(float(d.ppf(p / 100)))) for p in PERCENTS),
            ("Maximum", unit.text(high)),
            ("Mean", unit.text(d.mean)),
            ("Standard deviation", unit.text(d.sd)),
        ]


def read_sketches(texts: Sequence[str], load: Load | None = None) -> list[Sketch]:
    """Expressions as they may stand in a plan; all that are wrong are told together."""
    sketches, problems = [], []
    for text in texts:
        try:
            sketches.append(_read(text, load))
        except ValueError as error:
            problems.append(Problem(text, sentence(error)))
    if problems:
        raise PlanError(problems)
    return sketches


def sentence(error: ValueError) -> str:
    """A message with its full stop."""
    text = str(error)
    return text if text.endswith((".", "?")) else f"{text}."


def _read(text: str, load: Load | None) -> Sketch:
    """What kind of values it holds is guessed from the text, or else from the values of the file that it names."""
    loaded: list[str] = []

    def remembering(name: str, column: str) -> Sequence[str]:
        found = load(name, column) if load else ()
        loaded.extend(found)
        return found

    values = guessed_values(text)
    try:
        distribution = parse_distribution(text, values, remembering if load else None)
    except ValueError:
        if not loaded:
            raise
        values = guessed_values(" ".join(loaded))
        distribution = parse_distribution(text, values, load)
    return Sketch(format_distribution(distribution, values), distribution, values)


def unit_of(distribution: Distribution, values: Values) -> Unit:
    """The largest unit of time in which nine of ten values reach 1, or per cent, or money; three digits of the spread."""
    low, high = plotted_range(distribution)
    if distribution.relative:
        name, size = "%", 0.01
    elif values.quantity in DAYS:
        reach = max(abs(float(q)) for q in distribution.ppf([0.05, 0.95]))
        names = ("ed", "eh", "em") if values.quantity == "elapsed" else ("d", "h", "m")
        sizes = (DAYS[values.quantity], 60.0, 1.0)
        name, size = next(((n, s) for n, s in zip(names, sizes, strict=True) if reach >= s), (names[-1], 1.0))
    else:
        name, size = "", 1.0
    extent = max((high - low) / size, 1e-9)
    return Unit(name, size, int(np.clip(2 - math.floor(math.log10(extent)), 0, 8)))


def plotted_range(distribution: Distribution) -> tuple[float, float]:
    """The bounds, or the 0.5 % and 99.5 % percentiles where those lie much nearer; some room about a single value."""
    low, high = distribution.bounds
    inner_low, inner_high = (float(q) for q in distribution.ppf([0.005, 0.995]))
    extent = inner_high - inner_low
    if not extent:
        extent = max(abs(inner_low), 1.0) * 0.1
        return inner_low - extent, inner_high + extent
    room = (WIDEST - 1.0) * extent
    return (low if low >= inner_low - room else inner_low), (high if high <= inner_high + room else inner_high)


def atoms(distribution: Distribution) -> list[tuple[float, float]]:
    """Single values that have a probability, ``(value, probability)``."""
    shape, scale, shift = distribution.canonical()
    if isinstance(shape, Fixed):
        return [(shift, 1.0)]
    if not isinstance(shape, PiecewiseLinear):
        return []
    masses = np.diff((0.0, *shape.upto)).tolist()
    return [(shift + scale * a, mass) for mass, a, b in zip(masses, shape.low, shape.high, strict=True) if a == b]


def masses(distribution: Distribution, edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probability between neighbouring edges; what lies on an edge belongs to the cell on its left, on the first to the first."""
    nudged = edges + 1e-9 * (edges[-1] - edges[0]) * np.where(np.arange(len(edges)) == 0, -1.0, 1.0)
    return np.diff(distribution.cdf(nudged))


def distributions_answer(sketches: Sequence[Sketch]) -> dict[str, Any]:
    """What ``simcore distributions --json`` writes: durations in hours, money, or fractions."""
    return {**_head(), "distributions": [_answer(sketch) for sketch in sketches]}


def fit_answer(fits: Fits) -> dict[str, Any]:
    """What ``simcore distributions --fit --json`` writes."""
    quantity = "fraction" if fits.relative else fits.how.quantity
    return {
        **_head(),
        "quantity": quantity,
        "values": len(fits.values),
        "replicates": fits.replicates,
        "observed": _numbers(fits.observed, quantity),
        "fits": [
            {
                "expression": fit.expression, "kind": fit.distribution.label, "parameters": fit.parameters,
                **{name: _known(getattr(fit, name))
                   for name in ("log_likelihood", "aic", "aicc", "bic", "ks", "ks_p", "ad", "ad_p")},
                **_numbers(fit.distribution, quantity),
            }
            for fit in fits.ranked
        ],
        "left_out": fits.left_out,
    }  # fmt: skip


def _head() -> dict[str, Any]:
    import simcore
    from simcore.answers import FORMAT

    return {"format": FORMAT, "simcore": simcore.__version__}


def _answer(sketch: Sketch) -> dict[str, Any]:
    low, high = sketch.distribution.bounds
    hours = 60.0 if sketch.quantity in DAYS else 1.0
    return {
        "expression": sketch.expression,
        "quantity": sketch.quantity,
        "equivalent": sketch.equivalent or None,
        "minimum": _known(low / hours),
        "maximum": _known(high / hours),
        **_numbers(sketch.distribution, sketch.quantity),
    }


def _numbers(distribution: Distribution, quantity: str) -> dict[str, Any]:
    hours = 60.0 if quantity in DAYS else 1.0
    quantiles = distribution.ppf([p / 100 for p in PERCENTS]) / hours
    return {
        "mean": _known(distribution.mean / hours),
        "sd": _known(distribution.sd / hours),
        "percentiles": {f"P{p}": _known(q) for p, q in zip(PERCENTS, quantiles.tolist(), strict=True)},
    }


def _known(value: float) -> float | None:
    """Ten digits; null for what is infinite or not defined."""
    return float(f"{value:.10g}") if math.isfinite(value) else None
