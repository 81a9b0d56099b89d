"""Amounts rounded for people so that printed parts still add up to the printed whole."""
from __future__ import annotations

from collections.abc import Sequence

from simcore.contingency import whole_cents
from simcore.reports import wording

WHOLE_FROM = 1000.0
"""From here on amounts are written without cents."""


def shown_amount(value: float, whole: bool) -> float:
    """An amount as it will be printed: whole units, or cents."""
    return round(value) + 0.0 if whole else round(value, 2) + 0.0


def shown_parts(values: Sequence[float], total: float, whole: bool) -> list[float]:
    """Parts rounded to whole units or cents, the largest remainders up, so that they add up to a rounded total.

    Parameters
    ----------
    values : sequence of float
    total : float
        Already rounded; what the values themselves miss of it by more than rounding is spread over the largest remainders too.
    whole : bool

    Examples
    --------
    >>> shown_parts([33.4, 33.3, 33.3], 100.0, whole=True), shown_parts([0.4, 0.4, -0.8], 0.0, whole=True)
    ([34.0, 33.0, 33.0], [1.0, 0.0, -1.0])
    """
    if not values:
        return []
    unit = 1.0 if whole else 0.01
    units = whole_cents([value / unit for value in values], round(total / unit))
    return [count * unit if whole else round(count * unit, 2) for count in units]


def texts_of_parts(values: Sequence[float], total: float, whole: bool, signed: bool = False) -> list[str]:
    """The same as texts.

    >>> texts_of_parts([1000.5, 1000.5], 2001.0, whole=True)
    ['1,001', '1,000']
    """
    return [wording.money_text(part, signed=signed, whole=whole) for part in shown_parts(values, total, whole)]


def with_currency(text: str, currency: str) -> str:
    """An amount behind its currency.

    >>> with_currency("1,200", "EUR"), with_currency("1,200", "")
    ('EUR 1,200', '1,200')
    """
    return f"{currency} {text}" if currency else text
