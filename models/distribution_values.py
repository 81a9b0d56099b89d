"""How the values of distributions are read and printed: durations, money, percentages."""
from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from simcore.models.units import (
    format_duration,
    format_money,
    format_percent,
    parse_exact_duration,
    parse_money,
    parse_percent,
)


@dataclass(frozen=True)
class Values:
    """How the values of one quantity (durations, money, factors) are read and printed.

    Attributes
    ----------
    absolute : callable
        Text without a per cent sign to a number; ``ValueError`` says what to write instead.
    show : callable
        The inverse.
    quantity : {"duration", "elapsed", "money", "factor"}
        What the numbers are: minutes of working time or of clock time, money, multipliers.
    """

    absolute: Callable[[str], float]
    show: Callable[[float], str]
    quantity: str = "money"

    def __call__(self, text: str) -> tuple[float, bool]:
        """The number, and whether it is a percentage (then a fraction of the deterministic value)."""
        if text.rstrip().endswith("%"):
            return parse_percent(text), True
        return self.absolute(text), False

    def format(self, value: float, relative: bool) -> str:
        """Text that reads back as the same number."""
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return format_percent(value) if relative else self.show(value)


def duration_values(
    hours_per_day: float = 8.0, hours_per_week: float = 40.0, hours_per_month: float = 160.0, elapsed: bool = False
) -> Values:
    """Values in minutes: of working time, or of clock time when the activity's duration is ``elapsed``.

    >>> duration_values()("1.5d"), duration_values()("90%"), duration_values(elapsed=True)("2ed")
    ((720.0, False), (0.9, True), (2880.0, False))
    """

    def read(text: str) -> float:
        minutes, clock = parse_exact_duration(text, hours_per_day, hours_per_week, hours_per_month)
        if clock != elapsed and minutes:
            kind, example = ("elapsed", "3ed") if elapsed else ("working", "3d")
            raise ValueError(f"'{text}' is not {kind} time as the duration it belongs to; write e.g. {example}")
        return float(minutes)

    quantity = "elapsed" if elapsed else "duration"
    return Values(read, lambda minutes: format_duration(minutes, hours_per_day, elapsed), quantity)


def money_values() -> Values:
    """Values in the plan's currency.

    >>> money_values()("180000"), money_values()("5%")
    ((180000.0, False), (0.05, True))
    """
    return Values(parse_money, format_money)


def factor_values() -> Values:
    """Percentages only: multipliers of durations and prices.

    >>> factor_values()("102%")
    (1.02, True)
    """

    def refuse(text: str) -> float:
        raise ValueError(f"'{text}' is not a percentage; a factor is written like 105%")

    return Values(refuse, format_money, "factor")


_TIME = re.compile(r"\d\s*(e?)(?:m|h|d|w|mo)\b", re.IGNORECASE)


def guessed_values(text: str) -> Values:
    """How to read values whose field is not known: as durations where a unit of time stands behind a number, else as money.

    >>> guessed_values("uniform(1d, 2d)")("2d"), guessed_values("uniform(1, 2)")("2")
    ((960.0, False), (2.0, False))
    """
    match = _TIME.search(text)
    return duration_values(elapsed=bool(match[1])) if match else money_values()
