"""How precisely an answer is asked for, so that a run goes on until it is that precise: ``P80 ±0.5d``."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simcore.answer_values import number
from simcore.models.units import parse_number

if TYPE_CHECKING:
    from simcore.sampled import DateVariable, MoneyVariable

FIRST = 64
"""Iterations of every replicate after which the interval is looked at for the first time; then after each doubling."""
MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 7 * 1440}
_ASKED = re.compile(
    r"(?:p\s*(?P<percent>\d+(?:\.\d+)?)|mean)(?:\s+(?P<what>finish|cost))?\s*(?:±|\+/?-)\s*(?P<width>[^\s%a-z]+(?:e[+-]?\d+)?)\s*(?P<unit>%|[a-z]*)",
    re.IGNORECASE,
)
_EXAMPLES = 'write "P80 ±0.5d", "P80 cost ±10000", "mean ±0.1d" or "P80 ±1%"'


@dataclass(frozen=True, kw_only=True)
class Until:
    """A precision that is asked for.

    Attributes
    ----------
    text : str
        As it was written.
    of : float or "mean"
        P-value, or the mean.
    cost : bool
        Of the cost, not of the finish.
    width : float
        What half of the 95 % interval may be at most: minutes, money, or a share.
    relative : bool
        A share of the amount, or of the time from the data date to the date.
    """

    text: str
    of: float | str
    cost: bool
    width: float
    relative: bool

    def half_width(self, variable: DateVariable | MoneyVariable, begin: float) -> float:
        """Half of the 95 % interval, in the unit of ``width``; ``begin`` is the data date, in the variable's plain numbers."""
        low, high = variable.plain_interval(self.of)
        half = (high - low) / 2
        if not self.relative:
            return half
        whole = abs(variable.plain(self.of) - begin)
        return half / whole if whole > 0 else (0.0 if half == 0 else float("inf"))

    def reached(self, variable: DateVariable | MoneyVariable, begin: float) -> Reached:
        return Reached(until=self, half_width=self.half_width(variable, begin), iterations=variable.iterations)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How well it is known after a run.

    Attributes
    ----------
    half_width : float
        Of the 95 % interval: minutes, money, or a share; NaN after too few iterations to tell.
    iterations : int
        That it took.
    """

    until: Until
    half_width: float
    iterations: int

    @property
    def met(self) -> bool:
        """Whether it is as precise as asked for."""
        return self.half_width <= self.until.width

    @property
    def half_width_text(self) -> str:
        """Such as ``0.42 d``, ``8,200`` or ``0.8 %``."""
        if self.until.relative:
            return f"{100 * self.half_width:.2g} %"
        return f"{self.half_width:,.0f}" if self.until.cost else f"{self.half_width / MINUTES['d']:.2g} d"

    def to_dict(self) -> dict[str, Any]:
        until = self.until
        unit = "share" if until.relative else "money" if until.cost else "hours"
        per = MINUTES["h"] if unit == "hours" else 1
        return {
            "asked": until.text, "unit": unit, "wanted": number(until.width / per),
            "half_width": number(self.half_width / per), "reached": self.met,
        }  # fmt: skip

    def __str__(self) -> str:
        name = "the mean" if self.until.of == "mean" else f"P{self.until.of:g}"
        what = f"{name} of the {'cost' if self.until.cost else 'finish'}"
        told = f"{what} is known to ±{self.half_width_text} (95 %) after {self.iterations:,} iterations"
        missed = "" if self.met else " That is not reached; allow more iterations with -n."
        return f"{told[0].upper()}{told[1:]}; asked for: {self.until.text}.{missed}"


def parse_until(text: str) -> Until:
    """Read what precision is asked for.

    ``d`` is 24 hours of elapsed time, as spreads and errors of dates are.

    >>> parse_until("P80 ±0.5d").width
    720.0
    >>> parse_until("mean cost +-1%").relative
    True

    Raises
    ------
    ValueError
        For a text that does not say it.
    """
    match = _ASKED.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' does not say how precise an answer shall be; {_EXAMPLES}")
    percent, unit, cost = match["percent"], match["unit"].lower(), (match["what"] or "").lower() == "cost"
    try:
        width = parse_number(match["width"])
    except ValueError as error:
        raise ValueError(f"{error}; {_EXAMPLES}") from None
    if not width > 0:
        raise ValueError(f"'{text}' asks for a width of {match['width']}; {_EXAMPLES}")
    if percent is not None and not 0 < float(percent) < 100:
        raise ValueError(f"P{percent} is outside P0 to P100; {_EXAMPLES}")
    if unit != "%" and (unit not in MINUTES) != cost:
        wanted = "an amount or a percentage" if cost else "one of m, h, d (24 hours), w, or a percentage"
        raise ValueError(f"'{text}' needs {wanted} behind the ±; {_EXAMPLES}")
    scale = 0.01 if unit == "%" else 1.0 if cost else float(MINUTES[unit])
    of = "mean" if percent is None else float(percent)
    return Until(text=text.strip(), of=of, cost=cost, width=width * scale, relative=unit == "%")
