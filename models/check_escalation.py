"""Escalation indices that contradict themselves, or that nothing can be computed with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from simcore.models.check_costs import lowest
from simcore.models.check_risks import activities_exist
from simcore.models.check_values import out_of_range
from simcore.models.distributions import Distribution
from simcore.models.errors import Problem
from simcore.models.finance import COST_KINDS, NO_INDEX
from simcore.models.suggestions import did_you_mean
from simcore.models.units import FIRST_YEAR, LAST_YEAR, format_money, format_percent

if TYPE_CHECKING:
    from simcore.models.finance import EscalationIndex
    from simcore.models.places import Places
    from simcore.models.plan import Plan


def escalation_problems(plan: Plan, places: Places) -> Iterator[Problem]:
    """What is wrong with the indices of a plan."""
    for name, times in Counter(index.id for index in plan.finance.escalation).items():
        where = places.of("escalation", name)
        if times > 1:
            yield Problem(where, f"is there {times} times; every index needs a name of its own.")
        if name == NO_INDEX:
            yield Problem(where, f"costs that say '{NO_INDEX}' are not escalated.", "Name the index otherwise.")
    for index in plan.finance.escalation:
        where = places.of("escalation", index.id)
        yield from _rate(index, where)
        yield from _points(index, f"{where} index")
        yield from _uncertainty(index, f"{where} uncertainty")
        for kind in index.kinds:
            if kind not in COST_KINDS:
                what = f"there is no kind of cost '{kind}'."
                yield Problem(f"{where} applies_to", what, did_you_mean(kind, COST_KINDS))
        yield from activities_exist(plan, index.activities or (), f"{where} applies_to")


def _rate(index: EscalationIndex, where: str) -> Iterator[Problem]:
    rate = index.rate
    if rate is None and not index.points:
        what = "has neither a rate nor an index."
        yield Problem(where, what, "Write 'rate: 2.5%', or 'index: {2026-01: 100, 2027-01: 103.5}'.")
    if isinstance(rate, Distribution):
        if not rate.relative:
            fix = "Write percentages a year, such as 'triangular(1.5%, 2.5%, 4%)'."
            yield Problem(f"{where} rate", "it is no growth a year.", fix)
        elif lowest(rate) <= -1.0:
            yield Problem(f"{where} rate", "it may be -100% a year or less.", "Keep it above -100%.")
        return
    if rate is not None and not isfinite(rate):
        yield Problem(f"{where} rate", "is not a finite rate.")
    elif rate is not None and rate <= -1.0:
        yield Problem(f"{where} rate", f"{format_percent(rate)} a year leaves no price.", "Write a rate above -100%.")
    if index.each_year:
        what = "every year draws a rate of its own, but the rate is certain."
        yield Problem(f"{where} each_year", what, "Write a range, such as 'rate: \"triangular(1.5%, 2.5%, 4%)\"', or remove it.")


def _points(index: EscalationIndex, where: str) -> Iterator[Problem]:
    for moment, value in index.points:
        if out_of_range(moment):
            what = f"{moment.date()} is out of range; dates run from {FIRST_YEAR} to {LAST_YEAR}."
            yield Problem(f"{where} {_month(moment)}", what)
        if not isfinite(value) or value <= 0.0:
            shown = format_money(value) if isfinite(value) else str(value)
            yield Problem(f"{where} {_month(moment)}", f"the value {shown} is not above 0.", "Write e.g. 103.5.")
    for (before, _), (moment, _) in pairwise(index.points):
        if moment <= before:
            what = f"{_month(moment)} does not come after {_month(before)}."
            yield Problem(where, what, "Put the values in the order of their dates, one for each date.")


def _month(moment: datetime) -> str:
    return f"{moment:%Y-%m}" if moment.day == 1 else f"{moment:%Y-%m-%d}"


def _uncertainty(index: EscalationIndex, where: str) -> Iterator[Problem]:
    if index.uncertainty is None:
        return
    if not index.points:
        what = "it multiplies the growth that an index table tells, and there is none."
        yield Problem(where, what, "Give it an index, or write the range as its rate.")
    if not index.uncertainty.relative:
        yield Problem(where, "it multiplies the growth of an index.", "Write percentages, such as 'triangular(70%, 100%, 160%)'.")
