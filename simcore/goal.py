"""What a run is asked about besides its curves: a joint confidence level to plan for, a date and a budget to keep."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

JCL = 70.0
"""Per cent; the level at which NASA baselines its projects (NPR 7120.5)."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What the answers of a run say something about.

    Attributes
    ----------
    jcl : float
        Joint confidence level, in per cent, for which a date and a budget are recommended.
    target : datetime or None
        A date whose probability is asked for.
    budget : float or None
        The same for the cost; with both, their joint confidence is answered too.
    """

    jcl: float = JCL
    target: datetime | None = None
    budget: float | None = None
