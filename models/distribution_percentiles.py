"""Any family of distributions from percentiles: ``normal(P10=8d, P90=20d)``, ``triangular(min=5d, P50=9d, P95=20d)``."""
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from simcore.models.distribution_base import SHAPE_DIGITS, Distribution, ParameterError, in_words, root_between
from simcore.models.distribution_families import FAMILIES, Family, beta_parameters
from simcore.models.distribution_shapes import Canonical, Fixed
from simcore.models.units import format_percent

NEARLY_ZERO = 1e-13
"""A determinant of numbers near 1 that differs from 0 by rounding only."""


class Row(NamedTuple):
    """A value that is known: ``is_place * location + factor(shape) * scale = value``."""

    name: str  # of a parameter, or empty for a percentile
    probability: float
    value: float


@dataclass(frozen=True, slots=True)
class ByPercentiles(Distribution):
    """A member of a family that has given percentiles, beside given parameters.

    Attributes
    ----------
    kind : type of Distribution
        ``Normal``, ``Triangular`` ...; those of :data:`FAMILIES`.
    percentiles : tuple of (probability, value)
        At least one; kept in ascending order.
    given : tuple of (name, value)
        Parameters of the family that are known besides; kept in the order of the family's signature.
    resolved : Distribution
        The same with the parameters that were found.
    """

    kind: type[Distribution]
    percentiles: tuple[tuple[float, float], ...]
    given: tuple[tuple[str, float], ...] = ()
    form: Canonical = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        order = [f.name for f in fields(self.kind)]
        if self.kind not in FAMILIES:
            raise ParameterError(f"a {self.kind.label} is not found from percentiles; write its own values")
        object.__setattr__(self, "percentiles", tuple(sorted(self.percentiles)))
        object.__setattr__(
            self, "given", tuple(sorted(self.given, key=lambda g: order.index(g[0]) if g[0] in order else len(order)))
        )
        object.__setattr__(self, "form", _Search(self).form())

    def canonical(self) -> Canonical:
        return self.form

    @property
    def resolved(self) -> Distribution:
        shape, scale, location = self.form
        if scale == 0.0:
            return Fixed(location, relative=self.relative)
        return FAMILIES[self.kind].build(shape, scale, location, dict(self.given), self.relative)


class _Search:
    """Looks for the member of the family; messages carry values as templates, so that units are right."""

    def __init__(self, wanted: ByPercentiles):
        self.kind, self.relative = wanted.kind, wanted.relative
        self.family: Family = FAMILIES[wanted.kind]
        self.given = dict(wanted.given)
        self.percentiles = wanted.percentiles
        self.numbers = {name: self.given[name] for name in self.family.numbers if name in self.given}
        self._check_values()
        self.rows = [Row("", p, float(x)) for p, x in self.percentiles]
        self.rows += [Row(name, 0.0, float(x)) for name, x in self.given.items() if name not in self.numbers]
        self._check_order()
        self._check_count()

    def _check_values(self) -> None:
        if not self.percentiles:
            raise ParameterError("at least one percentile is needed")
        for name, value in self.given.items():
            if name not in self.family.all_names:
                raise ParameterError(f"{self.kind.label} has no parameter '{name}' beside percentiles")
            if not math.isfinite(value):
                raise ParameterError(f"{in_words(name)} is {value}; write a finite number")
        for name, number in self.numbers.items():
            low, high = self.family.number_limits(name)
            if not low <= number <= high:
                raise ParameterError(f"{in_words(name)} is {number:g}; it must be from {low:g} to {high:g}")
        for p, x in self.percentiles:
            if not (0.0 <= p <= 1.0 and math.isfinite(x)):
                raise ParameterError(f"{percentile_name(p)} is not a percentile; write P0 to P100 and finite values")
        for (p, x), (q, y) in pairwise(self.percentiles):
            names = f"{percentile_name(p)} {{a}}", f"{percentile_name(q)} {{b}}"
            if p == q:
                raise ParameterError(f"{percentile_name(p)} is given twice; write it once")
            if x > y:
                what = f"{names[0]} is above {names[1]}; swap them or correct the estimate"
                raise ParameterError(what, self.relative, a=x, b=y)

    def _check_order(self) -> None:
        """Nothing lies outside of a given end."""
        ends = {name: self.given[name] for name in ("min", "shift") if name in self.given}
        if not ends and "shift" in self.family.rows:
            ends = {"shift": 0.0} if len(self.rows) == self._needed() - 1 else {}
        (p, lowest), (q, highest) = self.percentiles[0], self.percentiles[-1]
        for name, value in ends.items():
            if lowest < value or (lowest == value and p > 0.0 and any(row.value != value for row in self.rows)):
                what = f"{percentile_name(p)} {{a}} is not above {in_words(name)} {{b}}; correct one of them"
                raise ParameterError(what, self.relative, a=lowest, b=value)
        if highest > self.given.get("max", math.inf):
            what = f"{percentile_name(q)} {{a}} is above the maximum {{b}}; correct one of them"
            raise ParameterError(what, self.relative, a=highest, b=self.given["max"])

    def _needed(self) -> int:
        """How many values determine location, scale and what is open of the shape."""
        return 2 + sum(name not in self.numbers for name in self.family.shape_numbers)

    def _check_count(self) -> None:
        free = self._needed() - 2
        missing = self._needed() - len(self.rows)
        if missing == 1 and "shift" in self.family.rows and "shift" not in self.given:
            self.rows.append(Row("shift", 0.0, 0.0))
            missing = 0
        if free > 1 and missing == 0 and not {"min", "max"} <= set(self.given):
            missing = 1  # a beta's two numbers are found between known ends only
        if missing:
            count = "more" if missing > 0 else "fewer"
            raise ParameterError(f"its values do not fit together, {count} are needed; write {self.family.advice}")
        self.free = free

    def form(self) -> Canonical:
        """Location, scale and shape, found on values from 0 to 1 so that equal shapes are equal whatever their units."""
        places = [row.value for row in self.rows if self.family.is_place(row.name)]
        start, extent = min(places), max(places) - min(places)
        size = extent or max((abs(row.value) for row in self.rows if not self.family.is_place(row.name)), default=0.0)
        if size <= 1e-14 * max(map(abs, places)):
            return Fixed(0.0), 0.0, start
        self._check_ends()
        rows = tuple(
            row._replace(value=round((row.value - (start if self.family.is_place(row.name) else 0.0)) / size, SHAPE_DIGITS))
            for row in self.rows
        )
        found = _solved(self.kind, rows, tuple(self.numbers.items()), self.free)
        if found is None:
            raise self._impossible(rows)
        shape, scale, location = found
        return shape, scale * size, start + location * size

    def _check_ends(self) -> None:
        """Infinite percentiles, and steps that a smooth curve does not have."""
        low, high = self.family.shape(self.family.limits_of(self.numbers)[0]).bounds
        for p, _ in self.percentiles:
            if (p == 0.0 and math.isinf(low)) or (p == 1.0 and math.isinf(high)):
                what = f"{percentile_name(p)} of a {self.kind.label} is infinite; write one between P0 and P100"
                raise ParameterError(what)
        for (p, x), (q, y) in pairwise(self.percentiles):
            if x == y:
                what = f"{percentile_name(p)} and {percentile_name(q)} are both {{a}}; write different values"
                raise ParameterError(what, self.relative, a=x)

    def _impossible(self, rows: Sequence[Row]) -> ParameterError:
        """Where three values fix two ends and something between them: how far it may lie between, and lies."""
        general = ParameterError(f"no {self.kind.label} has these values; correct them or use another distribution")
        if self.free != 1 or not all(self.family.is_place(row.name) for row in rows):
            return general
        order = sorted(range(3), key=lambda k: rows[k].value)
        ends = []
        for number in self.family.limits_of(self.numbers):
            factors = _factors(self.family, number, rows)
            first, middle, last = (factors[k] for k in order)
            if not (first <= middle <= last and first < last):
                return general
            ends.append((middle - first) / (last - first))
        names = [in_words(self.rows[k].name) if self.rows[k].name else percentile_name(self.rows[k].probability) for k in order]
        below, above = sorted(ends)
        if below == above:
            return general
        return ParameterError(
            f"{names[1]} {{b}} lies {rows[order[1]].value:.1%} of the way from {names[0]} {{a}} to {names[2]} {{c}}, "
            f"but in a {self.kind.label} that is {below:.1%} to {above:.1%}; correct them or use another distribution",
            self.relative, a=self.rows[order[0]].value, b=self.rows[order[1]].value, c=self.rows[order[2]].value,
        )  # fmt: skip


def percentile_name(probability: float) -> str:
    """How a percentile is called.

    >>> percentile_name(0.1), percentile_name(0.999)
    ('P10', 'P99.9')
    """
    return f"P{format_percent(probability).removesuffix('%')}"


@lru_cache(maxsize=4096)
def _solved(
    kind: type[Distribution], rows: tuple[Row, ...], numbers: tuple[tuple[str, float], ...], free: int
) -> Canonical | None:
    family, known = FAMILIES[kind], dict(numbers)
    if free == 2:
        values = {row.name: row.value for row in rows if row.name}
        share = [(row.probability, (row.value - values["min"]) / (values["max"] - values["min"])) for row in rows[:2]]
        both = beta_parameters(share[0], share[1]) if 0.0 < share[0][1] < share[1][1] < 1.0 else None
        return None if both is None else (family.shape(both), values["max"] - values["min"], values["min"])
    if free == 0:
        return _line(family, family.limits_of(known)[0], rows)
    return next(_candidates(family, known, rows), None)


def _candidates(family: Family, known: dict[str, float], rows: Sequence[Row]) -> Iterator[Canonical]:
    """Members of the family through all three rows: those of the smallest shape parameter first."""

    def miss(at: float) -> float:
        return _determinant(_factors(family, family.number_at(known, at), rows), rows, family)

    for ends in ((0.0, 0.5, 1.0), np.linspace(0.0, 1.0, 65).tolist()):
        misses = [miss(at) for at in ends]
        if not any(misses):
            return  # two rows say the same
        for (left, right), (f_left, f_right) in zip(pairwise(ends), pairwise(misses), strict=True):
            if f_left == 0.0 or f_right == 0.0:
                at = left if f_left == 0.0 else right
            elif (f_left < 0.0) != (f_right < 0.0):
                at = root_between(miss, left, right)
            else:
                continue
            if (found := _line(family, family.number_at(known, at), rows)) is not None:
                yield found


def _factors(family: Family, numbers: tuple[float, ...], rows: Sequence[Row]) -> list[float]:
    """What the scale is multiplied by in every row."""
    shape = family.shape(numbers)
    asked = [row.probability for row in rows if not row.name]
    quantiles = iter(shape.ppf(asked).tolist())
    return [family.rows[row.name](shape, numbers)[1] if row.name else next(quantiles) for row in rows]


def _determinant(factors: Sequence[float], rows: Sequence[Row], family: Family) -> float:
    """Zero when three rows agree on one location and one scale; the factors are stretched to 0..1 before."""
    places = [family.is_place(row.name) for row in rows]
    standing = [factor for factor, place in zip(factors, places, strict=True) if place]
    low, extent = min(standing), max(standing) - min(standing)
    extent = extent or max(map(abs, factors)) or 1.0
    stretched = [(factor - place * low) / extent for place, factor in zip(places, factors, strict=True)]
    (a, p), (b, q), (c, r) = zip(map(float, places), stretched, strict=True)
    x, y, z = (row.value for row in rows)
    value = a * (q * z - r * y) - p * (b * z - c * y) + x * (b * r - c * q)
    return 0.0 if abs(value) < NEARLY_ZERO else value


def _line(family: Family, numbers: tuple[float, ...], rows: Sequence[Row]) -> Canonical | None:
    """Location and scale from the two rows that tell most; None when they make no distribution or leave the third out."""
    numbers = tuple(round(number, SHAPE_DIGITS) for number in numbers)
    factors = _factors(family, numbers, rows)
    known = [(float(family.is_place(row.name)), factor, row.value) for row, factor in zip(rows, factors, strict=True)]
    pairs = [(abs(a[0] * b[1] - a[1] * b[0]), a, b) for k, a in enumerate(known) for b in known[k + 1 :]]
    weight, a, b = max(pairs)
    if weight == 0.0 or not math.isfinite(weight):
        return None
    determinant = a[0] * b[1] - a[1] * b[0]
    location = (a[2] * b[1] - a[1] * b[2]) / determinant
    scale = (a[0] * b[2] - a[2] * b[0]) / determinant
    fits = all(abs(place * location + factor * scale - value) <= 1e-9 * max(1.0, abs(location)) for place, factor, value in known)
    return (family.shape(numbers), scale, location) if scale > 0.0 and fits else None
