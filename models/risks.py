"""Uncertainty beyond single ranges: risk events, factors (risk drivers), correlations, mitigation."""
from __future__ import annotations

from dataclasses import dataclass

from simcore.models.distributions import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a risk does to one activity when it occurs. At least one of ``duration`` and ``cost`` is set.

    ``activity`` is the shown id. A relative distribution refers to the deterministic remaining value of the same quantity.
    """

    activity: str
    duration: Distribution | None = None  # minutes, or relative
    cost: Distribution | None = None  # money, or relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation:
    """The post-mitigated state: what is given replaces the pre-mitigated value; ``cost`` is charged once in scenario ``post``."""

    name: str = ""
    cost: float = 0.0
    probability: float | None = None
    impacts: tuple[Impact, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A risk event (threat or opportunity). One occurrence an iteration; ``shared`` draws one magnitude for all its activities.

    ``combine`` says how its impacts meet those of other risks on the same activity: ``series`` adds, ``parallel`` takes
    the largest.
    """

    id: str
    name: str = ""
    probability: float = 1.0
    impacts: tuple[Impact, ...] = ()
    shared: bool = False
    combine: str = "series"
    mitigation: Mitigation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A risk driver: one multiplicative draw for all activities it touches, occurring with ``probability``.

    ``applies_to`` holds shown ids. ``uncertainty`` is relative (fractions of the duration); ``combine`` as in :class:`Risk`.
    """

    id: str
    name: str = ""
    probability: float = 1.0
    uncertainty: Distribution
    applies_to: tuple[str, ...] = ()
    combine: str = "series"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Spearman rank correlation ``rank`` between every pair of the named variables.

    A variable is written ``duration of A100``, ``rate of A100``, ``cost of A100`` or ``magnitude of R1``.
    """

    between: tuple[str, ...]
    rank: float
