"""Ranges for plans that carry none: by filter, or one quick range and one common correlation for all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf

from simcore.models.distributions import Distribution, factor_values, parse_distribution
from simcore.models.errors import PlanError, Problem
from simcore.models.plan import Activity, Plan, Status
from simcore.models.risks import Correlation
from simcore.models.wbs import WbsTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A span of percent complete, 0-1, with its ends unless they are left out."""

    low: float = -inf
    high: float = inf
    without_low: bool = False
    without_high: bool = False

    def __contains__(self, share: float) -> bool:
        above = share > self.low if self.without_low else share >= self.low
        return above and (share < self.high if self.without_high else share <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A filter on activities: every key that is given must match, one of its patterns suffices.

    ``*`` in a pattern stands for any text and ``?`` for any character; one between slashes is a regular expression, which
    must match the whole text. A WBS pattern also takes everything below the nodes it names; a resource is the id of one
    that is assigned; ``progress`` is as :func:`progress_of` has it.
    """

    id: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    wbs: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    progress: Progress | None = None
    code: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def matches(self, activity: Activity, calendar: str, tree: WbsTree) -> bool:
        """Whether an activity, which runs on ``calendar``, is selected."""
        if self.wbs and not any(_fits(code, self.wbs) for code in tree.chain(activity.wbs or "")):
            return False
        pairs = (
            (activity.id, self.id),
            (activity.name, self.name),
            (activity.project, self.project),
            (calendar, self.calendar),
        )
        if any(patterns and not _fits(value, patterns) for value, patterns in pairs):
            return False
        if self.resource and not any(_fits(a.resource or "", self.resource) for a in activity.assignments):
            return False
        if self.progress is not None and progress_of(activity) not in self.progress:
            return False
        return all(key in activity.codes and _fits(activity.codes[key], values) for key, values in self.code.items())


def progress_of(activity: Activity) -> float:
    """How much of an activity is done, 0-1: as its tool has it, else from what remains of its duration."""
    if activity.status is Status.NOT_STARTED:
        return 0.0
    if activity.status is Status.COMPLETED:
        return 1.0
    if activity.percent_complete is not None:
        return activity.percent_complete
    return 1.0 - activity.remaining_duration / activity.duration if activity.duration else 0.0


@lru_cache(maxsize=1024)
def expression(pattern: str) -> re.Pattern[str]:
    """The regular expression that a pattern stands for; ``re.error`` where one between slashes is not sound.

    >>> bool(expression("A1*").fullmatch("A100")), bool(expression(r"/A1\\d/").fullmatch("A100"))
    (True, False)
    """
    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        return re.compile(pattern[1:-1], re.DOTALL)
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _fits(value: str, patterns: tuple[str, ...]) -> bool:
    return any(expression(pattern).fullmatch(value) for pattern in patterns)


def may_vary(activity: Activity) -> bool:
    """Whether a range by filter or by quick risk makes sense: not for milestones, spans, completed or inactive work."""
    return not activity.type.is_span and not activity.inactive and activity.remaining_duration > 0


def apply_quick_risk(plan: Plan, text: str) -> Plan:
    """The plan with one range on the remaining duration of every activity that has none of its own.

    Milestones, hammocks, summaries, completed and inactive activities are left alone.

    Parameters
    ----------
    plan : Plan
        Any plan.
    text : str
        Three percentages, ``90%,100%,130%``, for a triangular range, or any distribution of percentages.

    Raises
    ------
    PlanError
        When the text is no such range.
    """
    spread = quick_range(text)
    return plan.with_changes(
        activities=tuple(
            replace(a, uncertainty=spread) if a.uncertainty is None and may_vary(a) else a for a in plan.activities
        )
    )


def quick_range(text: str) -> Distribution:
    """The distribution that a quick risk stands for.

    >>> quick_range("90%,100%,130%")
    Triangular(relative=True, min=0.9, mode=1.0, max=1.3)
    """
    if "(" not in text and text.count(",") != 2:
        raise PlanError(
            Problem("quick risk", f"'{text}' is not a range.", "Write three percentages, such as 90%,100%,130%.")
        )
    try:
        return parse_distribution(text if "(" in text else f"triangular({text})", factor_values())
    except ValueError as error:
        raise PlanError(Problem("quick risk", f"{error}.")) from None


def apply_quick_correlation(plan: Plan, rank: float) -> Plan:
    """The plan with one rank correlation between all uncertain durations.

    Durations that the plan's own correlations name keep those and are left out.

    Raises
    ------
    PlanError
        When ``rank`` is not between 0 and 1: among many, nothing below 0 is possible.
    """
    if not 0.0 <= rank <= 1.0:
        raise PlanError(Problem("quick correlation", f"{rank:g} is not between 0 and 1."))
    named = {name for correlation in plan.correlations for name in correlation.between}
    uncertain = (a for a in plan.activities if a.uncertainty is not None and may_vary(a))
    names = tuple(name for a in uncertain if (name := f"duration of {plan.shown[a.ref]}") not in named)
    if len(names) < 2:
        return plan
    return plan.with_changes(correlations=(*plan.correlations, Correlation(between=names, rank=rank)))
