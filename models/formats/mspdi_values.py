"""How MSPDI writes values: dates, durations, units, money; and the problems met while reading them."""
from __future__ import annotations

import math
import re
from collections import Counter
from datetime import datetime
from xml.etree.ElementTree import Element

from simcore.models.errors import Problem

_DURATION = re.compile(
    r"(-?)P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
ELAPSED_FORMATS = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
"""Duration and lag formats that count clock time: em eh ed ew emo e%, and the same estimated."""
PERCENT_FORMATS = frozenset({19, 20, 51, 52})
_TRUE = frozenset({"1", "true", "True", "TRUE"})
_FALSE = frozenset({"0", "false", "False", "FALSE", "-1"})


class Reading:
    """What one file's reading has met: errors that refuse it, and a count for each kind of thing assumed or ignored."""

    def __init__(self, name: str):
        self.name = name
        self.errors: list[Problem] = []
        self._noted: Counter[tuple[str, str]] = Counter()

    def error(self, where: str, what: str, fix: str = "") -> None:
        """Record a problem that refuses the file."""
        self.errors.append(Problem(f"{self.name} {where}".rstrip(), what, fix))

    def note(self, what: str, severity: str = "note", count: int = 1) -> None:
        """Count something assumed or ignored; equal texts are told once, with their number."""
        if count:
            self._noted[what, severity] += count

    @property
    def notes(self) -> tuple[Problem, ...]:
        """One problem a kind."""
        return tuple(
            Problem(self.name, f"{what}: {count}." if count > 1 else f"{what}.", severity=severity)
            for (what, severity), count in self._noted.items()
        )


class Node:
    """An XML element read by field: empty is None, a malformed value becomes an error that names its place."""

    __slots__ = ("element", "reading", "where")

    def __init__(self, element: Element, where: str, reading: Reading):
        self.element = element
        self.where = where
        self.reading = reading

    def text(self, tag: str) -> str | None:
        """Stripped text of a child, None when absent or empty."""
        found = self.element.findtext(tag)
        return (found.strip() or None) if found else None

    def children(self, path: str, where: str) -> list[Node]:
        """Elements below, named ``where`` in messages."""
        return [Node(e, f"{self.where} {where}".strip(), self.reading) for e in self.element.iterfind(path)]

    def has(self, path: str) -> bool:
        return self.element.find(path) is not None

    def date(self, tag: str) -> datetime | None:
        """A local date to the minute; the tool's seconds are dropped. ``NA`` is None."""
        text = self.text(tag)
        if text is None or text == "NA":
            return None
        try:
            return datetime.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            self._bad(tag, text, "a date", "Write it as 2026-03-02T08:00:00.")
            return None

    def minutes(self, tag: str) -> float | None:
        """Minutes of an ISO 8601 duration such as ``PT8H30M0S``."""
        text = self.text(tag)
        if text is None:
            return None
        match = _DURATION.fullmatch(text)
        if match is None or len(text) < 3:
            self._bad(tag, text, "a duration", "Write it as PT8H30M0S.")
            return None
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
        total = days * 1440 + hours * 60 + minutes + seconds / 60
        return -total if match[1] else total

    def whole_minutes(self, tag: str) -> int | None:
        """:meth:`minutes`, rounded half-even."""
        value = self.minutes(tag)
        return None if value is None else round(value)

    def number(self, tag: str) -> float | None:
        text = self.text(tag)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        self._bad(tag, text, "a number")
        return None

    def integer(self, tag: str) -> int | None:
        """A whole number; ``8.0`` counts as one."""
        value = self.number(tag)
        if value is None or value == int(value):
            return None if value is None else int(value)
        self._bad(tag, f"{value:g}", "a whole number")
        return None

    def money(self, tag: str) -> float | None:
        """MSPDI writes money in hundredths of the currency."""
        value = self.number(tag)
        return None if value is None else value / 100

    def tenths(self, tag: str) -> int | None:
        """MSPDI writes lags, delays and slack in tenths of minutes."""
        value = self.number(tag)
        return None if value is None else round(value / 10)

    def flag(self, tag: str, default: bool = False) -> bool:
        text = self.text(tag)
        if text is None:
            return default
        if text not in _TRUE and text not in _FALSE:
            self._bad(tag, text, "0 or 1")
        return text in _TRUE

    def _bad(self, tag: str, text: str, expected: str, fix: str = "") -> None:
        shown = text if len(text) <= 40 else text[:40] + "..."
        self.reading.error(self.where, f"{tag} is {shown!r}, which is not {expected}.", fix)
