"""Qualitative scales: words such as *high* that stand for numbers, as registers have them.

``Plan.scales`` holds the expression of every word by quantity; ``Risk.words`` which words a risk was written with. Where
a value has changed since, the word no longer says the truth and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

QUANTITIES = ("probability", "duration", "cost", "lag")
"""What there are scales of."""

Scales = Mapping[str, Mapping[str, str]]


def find_word(scales: Scales, quantity: str, text: str) -> str | None:
    """The word of a scale that a text is, upper and lower case ignored; None when it is none.

    >>> find_word({"probability": {"Very low": "5%"}}, "probability", "very low")
    'Very low'
    """
    words = scales.get(quantity, {})
    if text in words:
        return text
    folded = text.strip().casefold()
    return next((word for word in words if word.casefold() == folded), None)


def word_key(quantity: str, impact: int | None = None, mitigated: bool = False) -> str:
    """Under which key ``Risk.words`` keeps the word of a value; impacts are counted from 1 as the risk has them.

    >>> word_key("probability"), word_key("cost", 2), word_key("probability", mitigated=True)
    ('probability', 'impact 2 cost', 'mitigation probability')
    """
    parts = ("mitigation" if mitigated else "", "" if impact is None else f"impact {impact}", quantity)
    return " ".join(part for part in parts if part)
