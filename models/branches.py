"""Logic risk: branches of which one path is taken, by chance or on a condition."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way a branch may go: its activities exist when it is taken, and only then. A path may be empty."""

    weight: float  # probability, 0-1
    activities: tuple[str, ...] = ()  # shown ids
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Probabilistic branching: exactly one of the paths is taken; their weights sum to one."""

    id: str
    name: str = ""
    paths: tuple[Path, ...] = ()


CONDITIONS = ("start", "finish", "duration", "cost")
"""What a conditional branch may ask of its activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalBranch:
    """Conditional branching: when a quantity of an activity passes a limit, ``then`` exists, else ``otherwise``.

    Attributes
    ----------
    quantity : {"start", "finish", "duration", "cost"}
        Of ``activity``: its dates, its remaining duration, or its total cost.
    limit : datetime, int or float
        Date, minutes of work, or money; the condition holds above it.
    stop : bool
        The activity is abandoned at the limit where it would pass it (``finish`` and ``duration`` only).
    """

    id: str
    name: str = ""
    quantity: str
    activity: str
    limit: datetime | float
    then: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    stop: bool = False


AnyBranch = Branch | ConditionalBranch
