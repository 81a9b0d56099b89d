"""What a misspelt word probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_CANDIDATES = 20_000
"""Comparing is slow; with more names than this only those that begin alike are compared."""


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that looks most like ``word``, upper and lower case ignored; None when none does.

    >>> closest("instal", ["install", "design"]), closest("zebra", ["install", "design"])
    ('install', None)
    """
    lowered = {choice.casefold(): choice for choice in choices}
    if len(lowered) > _MOST_CANDIDATES:
        lowered = {key: choice for key, choice in lowered.items() if key[:2] == word.casefold()[:2]}
    matches = get_close_matches(word.casefold(), lowered, n=1, cutoff=0.6)
    return lowered[matches[0]] if matches else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A question to put behind a message, or a short list of what exists, or nothing.

    >>> did_you_mean("instal", ["install", "design"])
    "Did you mean 'install'?"
    >>> did_you_mean("zebra", ["install", "design"])
    "Known are 'install', 'design'."
    """
    known = list(choices)
    match = closest(word, known)
    if match is not None:
        return f"Did you mean '{match}'?"
    if 0 < len(known) <= 15:
        return f"Known are {', '.join(repr(name) for name in known)}."
    return ""
