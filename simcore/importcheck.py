"""The import check: do the dates computed here agree with those that the file's own tool stored?

An open activity agrees when every value that the file stores for it (start, finish, late start and finish, total float)
is the same to the minute. Completed, level-of-effort, summary, manually scheduled and inactive activities are left out:
their dates do not come out of the network.
"""
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simcore.models.plan import Activity, ActivityType, ConstraintType, Plan, Ref, Relationship, Status, link_index

if TYPE_CHECKING:
    from simcore.scheduling import Schedule

P6_VALUES = ("early_start", "early_finish", "late_start", "late_finish")
MSP_VALUES = ("start", "finish", "late_start", "late_finish")
FLOAT = "total_float_hours"
LATE_VALUES = frozenset({"late_start", "late_finish", FLOAT})
FIRST_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Difference:
    """An activity whose dates differ from the file's, although those it depends on agree.

    Attributes
    ----------
    id : str
        The shown id.
    values : mapping of column name to (in the file, computed)
        Only what differs: dates as ``datetime``, total float in hours.
    cause : str
        What the activity carries that may explain it: "because of a levelling delay", or "for no visible reason".
    """

    id: str
    name: str
    values: Mapping[str, tuple[Any, Any]]
    cause: str


@dataclass(frozen=True, kw_only=True)
class ImportCheck:
    """How far the computed schedule agrees with the file's own dates.

    Attributes
    ----------
    agree, compared : int
        Open activities that agree in every value, and that the file stores dates for.
    differing : tuple of str
        Shown ids of all that differ, in plan order.
    first_differences : tuple of Difference
        Those that differ first along the logic, earliest first; the others may only inherit their difference.
    """

    agree: int
    compared: int
    differing: tuple[str, ...] = ()
    first_differences: tuple[Difference, ...] = ()

    @property
    def perfect(self) -> bool:
        return self.agree == self.compared

    def __str__(self) -> str:
        if not self.compared:
            return "The file stores no dates of open activities to compare with."
        if self.perfect:
            return f"All {self.compared:,} open activities agree with the file's own dates."
        number = len(self.first_differences)
        first = "the one that differs first is" if number == 1 else f"the {number:,} that differ first are"
        return (
            f"{self.agree:,} of {self.compared:,} open activities agree with the file's own dates; {first} "
            + "; ".join(f"{_listed(ids)} {cause}" for cause, ids in self._by_cause().items())
            + "."
        )

    def _by_cause(self) -> dict[str, list[str]]:
        """Ids of the first differences by their cause, the most frequent cause first."""
        grouped: dict[str, list[str]] = {}
        for difference in self.first_differences:
            grouped.setdefault(difference.cause, []).append(difference.id)
        return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))


def _listed(ids: list[str]) -> str:
    more = len(ids) - FIRST_SHOWN
    return ", ".join(ids[:FIRST_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def check_import(plan: Plan, schedule: Schedule) -> ImportCheck:
    """Compare a schedule with the dates stored in the file it came from.

    Parameters
    ----------
    plan : Plan
    schedule : Schedule
        ``simcore.schedule(plan)``; its columns are in plan order.
    """
    columns = {name: schedule.columns[name] for name in {*P6_VALUES, *MSP_VALUES, FLOAT}}
    compared, wrong = 0, {}
    for row, activity in enumerate(plan.activities):
        if not _is_open(activity):
            continue
        stored = dict(_stored(plan, activity))
        compared += bool(stored)
        differing = {k: (v, _computed(columns, k, row)) for k, v in stored.items() if not _same(columns, k, row, v)}
        if differing:
            wrong[activity.ref] = differing
    return ImportCheck(
        agree=compared - len(wrong),
        compared=compared,
        differing=tuple(plan.shown[ref] for ref in wrong),
        first_differences=tuple(_first(plan, wrong)),
    )


def _is_open(activity: Activity) -> bool:
    return not (
        activity.status is Status.COMPLETED or activity.type.is_span or activity.manual or activity.inactive
    )


def _stored(plan: Plan, activity: Activity) -> Iterator[tuple[str, Any]]:
    """Column names and what the file stores for them."""
    dates = activity.file_dates
    if dates is None:
        return
    options = plan.project(activity.project).scheduling or plan.scheduling
    for name in MSP_VALUES if options.rules == "msp" else P6_VALUES:
        if getattr(dates, name) is not None:
            yield name, getattr(dates, name)
    if dates.total_float is not None:
        yield FLOAT, dates.total_float / 60


def _computed(columns: Mapping[str, Any], name: str, row: int) -> datetime | float:
    value = columns[name][row]
    return float(value) if name == FLOAT else value.astype("datetime64[m]").item()


def _same(columns: Mapping[str, Any], name: str, row: int, stored: Any) -> bool:
    computed = _computed(columns, name, row)
    if name == FLOAT:
        return abs(float(computed) - stored) <= 1 / 60 + 1e-9  # type: ignore[arg-type]
    return bool(computed == stored.replace(second=0, microsecond=0))


def _first(plan: Plan, wrong: Mapping[Ref, Mapping[str, Any]]) -> Iterator[Difference]:
    """Where differences begin: early dates before all their successors, late dates after all their predecessors."""
    if not wrong:
        return
    early = {ref for ref, values in wrong.items() if not LATE_VALUES.issuperset(values)}
    late = set(wrong) - early
    incoming = link_index(plan.relationships, "successor")
    outgoing = link_index(plan.relationships, "predecessor")
    first = [ref for ref in early if not _touches(incoming.get(ref, ()), "predecessor", early)]
    # late dates inherit from successors, and from every early difference that moved the finish
    first += [ref for ref in late if not early and not _touches(outgoing.get(ref, ()), "successor", late)]
    for ref in sorted(first, key=lambda ref: _order(wrong[ref])):
        activity = plan.by_ref[ref]
        links = (*incoming.get(ref, ()), *outgoing.get(ref, ()))
        yield Difference(
            id=plan.shown[ref], name=activity.name, values=wrong[ref], cause=_cause(plan, activity, links)
        )


def _touches(links: Collection[Relationship], end: str, refs: set[Ref]) -> bool:
    return any(getattr(link, end) in refs for link in links)


def _order(values: Mapping[str, tuple[Any, Any]]) -> datetime:
    return min((stored for stored, _ in values.values() if isinstance(stored, datetime)), default=datetime.max)


def _cause(plan: Plan, activity: Activity, links: Collection[Relationship]) -> str:
    """The first thing on the activity that tools are known to treat in ways of their own."""
    kinds = {constraint.type for constraint in activity.constraints}
    resources = [plan.resources[a.resource] for a in activity.assignments if a.resource and a.resource in plan.resources]
    dangling = (link for link in links if link.predecessor.project != link.successor.project)
    guesses = (
        (activity.levelling_delay, "a levelling delay"),
        (activity.segments, "split work"),
        (activity.suspend or activity.resume, "suspended work"),
        (activity.external_early_start or activity.external_late_finish, "dates from another project"),
        (next(dangling, None), "a relationship with another project"),
        (ConstraintType.AS_LATE_AS_POSSIBLE in kinds, "its being as late as possible"),
        (kinds, "a constraint"),
        (activity.expected_finish, "an expected finish"),
        (activity.type is ActivityType.RESOURCE_DEPENDENT, "its resources' calendars"),
        (any(r.calendar for r in resources) and not activity.ignore_resource_calendar, "its resources' calendars"),
        (activity.status is Status.IN_PROGRESS, "work in progress"),
        (activity.elapsed, "an elapsed duration"),
        (any(link.percent is not None for link in links), "a percentage lag"),
        (any(link.lag for link in links), "a lag"),
    )
    return next((f"because of {text}" for found, text in guesses if found), "for no visible reason")
