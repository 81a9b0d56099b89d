"""Uncertainty beyond single ranges: risk events, factors (risk drivers), correlations, mitigation, scenarios."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simcore.models.distributions import Distribution

Chance = float | Distribution
"""A probability, 0-1, or a relative distribution of it (fractions; clipped to 0-1 where drawn)."""

SCENARIOS = ("pre", "post", "none")
"""Scenarios every plan has: before mitigation, after all of it, uncertainty alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a risk does when it occurs, to one activity or to one relationship's lag.

    Either ``activity`` with a ``duration``, a ``cost`` or both, or ``link`` with a ``lag``. A relative distribution refers to
    the deterministic remaining value of the same quantity.

    Attributes
    ----------
    activity : str
        Shown id.
    link : str
        A relationship as :meth:`simcore.models.plan.Plan.find_link` knows it: ``A -> B``, or ``A -> B SS`` where two
        activities have several.
    """

    activity: str = ""
    link: str = ""
    duration: Distribution | None = None  # minutes, or relative
    cost: Distribution | None = None  # money, or relative
    lag: Distribution | None = None  # minutes, or relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done about a risk; its cost is charged once where the risk is mitigated."""

    name: str = ""
    cost: float = 0.0
    date: datetime | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation:
    """The post-mitigated state: what is given replaces the pre-mitigated value; the actions say what it takes."""

    actions: tuple[Action, ...] = ()
    probability: Chance | None = None
    impacts: tuple[Impact, ...] | None = None

    @property
    def cost(self) -> float:
        """Of all actions."""
        return sum(action.cost for action in self.actions)

    @property
    def name(self) -> str:
        """Names of the actions."""
        return ", ".join(action.name for action in self.actions if action.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A risk event (threat or opportunity).

    Attributes
    ----------
    probability : float or Distribution
        Of an occurrence; for a recurring risk, of there being any.
    shared : bool
        One magnitude for all its impacts of a quantity (by the same share of each range); else they are independent, or
        correlated by rank where ``impact_rank`` is set.
    combine : {"series", "parallel"}
        How its impacts meet those of other risks on the same activity: added, or the largest counts.
    exclusive : str
        Name of a group of risks of which at most one occurs; their probabilities add up to at most 1.
    given : mapping of risk id to probability
        Replaces ``probability`` in iterations in which that risk occurred (the largest, where several did).
    window : pair of datetime, optional
        It counts only on an activity that it strikes from the first to the second (inclusive).
    strikes : {"start", "end"} or Distribution, optional
        Where in an activity: before its first work (which delays its start), at its end, or at a share of its work. None:
        anywhere; then a window only needs the activity to be under way at some time in it.
    occurrence : {"once", "per activity", "recurring"}
        One occurrence for all its activities, one of its own for every activity, or again and again: a Poisson number in every
        activity, one for each ``every`` minutes of its deterministic remaining work on average.
    status : {"open", "closed"}
        A closed risk stays in the register and takes no part.
    words : mapping
        Words of a qualitative scale that values came from, such as ``{"probability": "high"}``; kept for the register.
    """

    id: str
    name: str = ""
    description: str = ""
    category: str = ""
    owner: str = ""
    status: str = "open"
    probability: Chance = 1.0
    impacts: tuple[Impact, ...] = ()
    shared: bool = False
    impact_rank: float = 0.0
    combine: str = "series"
    exclusive: str = ""
    given: Mapping[str, float] = field(default_factory=dict)
    window: tuple[datetime, datetime] | None = None
    strikes: str | Distribution | None = None
    occurrence: str = "once"
    every: int | None = None
    mitigation: Mitigation | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A risk driver: one multiplicative draw for all activities it touches, occurring with ``probability``.

    ``applies_to`` holds shown ids. ``uncertainty`` is relative (fractions of the duration); ``combine`` as in :class:`Risk`.
    With ``costs``, kinds of cost (:data:`simcore.models.finance.COST_KINDS`), it multiplies those instead of durations: the
    state of a market.
    """

    id: str
    name: str = ""
    description: str = ""
    probability: Chance = 1.0
    uncertainty: Distribution
    applies_to: tuple[str, ...] = ()
    combine: str = "series"
    costs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Spearman rank correlations between named variables: one ``rank`` for every pair, or a ``matrix``.

    A variable is written ``QUANTITY of NAME``: ``duration``, ``rate`` (cost a day) and ``cost`` (fixed cost) of an activity,
    ``lag`` of a relationship, ``magnitude`` and ``probability`` of a risk, ``value`` of a factor, ``price`` and
    ``productivity`` of a resource. ``degrees`` of freedom make the copula Student's t, in which extremes come together; None
    is the Gaussian one.
    """

    between: tuple[str, ...]
    rank: float | None = None
    matrix: tuple[tuple[float, ...], ...] | None = None
    degrees: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named choice of what is done about the risks, compared with others on the same random numbers.

    Attributes
    ----------
    base : {"pre", "post", "none"}
        What it starts from.
    mitigate : tuple of str
        Risks that are mitigated although the base is not.
    leave : tuple of str
        Risks that stay unmitigated although the base mitigates.
    without : tuple of str
        Ids of risks and factors that take no part.
    """

    id: str
    name: str = ""
    base: str = "pre"
    mitigate: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
