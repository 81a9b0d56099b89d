"""How Primavera P6 schedules, where it differs from plain logic; decided when a plan is compiled."""
from __future__ import annotations

from datetime import datetime

from simcore.models.plan import (
    Activity,
    ActivityType,
    ConstraintType,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Status,
    link_index,
)
from simcore.network import Calendars, Clock, data_date, is_node


def begin(project: Project) -> datetime | None:
    """Nothing is scheduled before the data date, nor before the planned start of a project that has not begun."""
    dates = [d for d in (project.data_date, project.start) if d is not None]
    return max(dates, default=None)


def is_retained(options: SchedulingOptions) -> bool:
    """Whether unfinished predecessors hold back work that began out of sequence."""
    return options.rules == "p6" and options.logic == "retained"


def is_set_aside(link: Relationship, after: Activity, options: SchedulingOptions) -> bool:
    """Progress override: work that has begun no longer waits for what its start was linked to."""
    return (
        options.rules == "p6" and options.logic != "retained" and after.status is Status.IN_PROGRESS
        and link.type in (LinkType.FS, LinkType.SS)
    )  # fmt: skip


def is_as_late(activity: Activity, plan: Plan) -> bool:
    """As late as possible moves what has not begun up to the early dates of its successors."""
    if activity.status is not Status.NOT_STARTED or plan.options(activity.project).rules != "p6":
        return False
    return any(c.type is ConstraintType.AS_LATE_AS_POSSIBLE for c in activity.constraints)


def is_open_end_critical(options: SchedulingOptions) -> bool:
    """By option, what nothing follows has no float: its late finish is its early one."""
    return options.rules == "p6" and options.open_ends_critical


def resource_calendar(activity: Activity, plan: Plan) -> str | None:
    """Calendar on which resource-dependent work runs: of the driving resource with most to do, if it has one."""
    if activity.type is not ActivityType.RESOURCE_DEPENDENT or plan.options(activity.project).rules != "p6":
        return None
    known = (plan.resources.get(a.resource or "") for a in activity.assignments)
    driving = [
        (a.remaining_work / (a.units or 1.0), resource.calendar)
        for a, resource in zip(activity.assignments, known, strict=True)
        if resource is not None and resource.calendar is not None and a.drives and resource.kind != "material"
    ]
    return max(driving, key=lambda pair: pair[0])[1] if driving else None


def is_outside(link: Relationship, plan: Plan) -> bool:
    """Whether a link leaves a project that is scheduled for itself."""
    if link.predecessor.project == link.successor.project:
        return False
    return any(plan.options(ref.project).ignore_other_projects for ref in (link.predecessor, link.successor))


def hangs_on_actual_start(link: Relationship, before: Activity, options: SchedulingOptions) -> bool:
    """By option, a lag runs from an actual start: a fixed date, however late the rest of the work is."""
    by_option = options.rules == "p6" and options.start_to_start_lag_from == "actual start"
    return by_option and link.type is LinkType.SS and before.status is Status.IN_PROGRESS


def carriers(plan: Plan) -> set[Ref]:
    """Completed activities through which the logic of unfinished predecessors goes on (retained logic, out of sequence)."""
    found: set[Ref] = set()
    if not any(_can_carry(activity) for activity in plan.activities):
        return found
    after = link_index(plan.relationships, "predecessor")
    waiting = [a.ref for a in plan.activities if is_node(a)]
    while waiting:
        for link in after.get(waiting.pop(), ()):
            activity = plan.by_ref[link.successor]
            if activity.ref not in found and _can_carry(activity) and is_retained(plan.options(activity.project)):
                found.add(activity.ref)
                waiting.append(activity.ref)
    return found


def _can_carry(activity: Activity) -> bool:
    return activity.status is Status.COMPLETED and not activity.inactive and not activity.type.is_span


def open_lag(link: Relationship, before: Activity, project: Project, clock: Clock, calendars: Calendars, c: int) -> int:
    """What is left of a lag behind work that has begun, on calendar ``c`` (-1: clock time).

    The link hangs on the data date (or the remaining work); what passed since the actual date counts towards the lag.
    """
    actual = before.actual_start if link.type in (LinkType.SS, LinkType.SF) else before.actual_finish
    now = data_date(project)
    if link.lag <= 0 or actual is None or now is None:
        return link.lag
    since, until = clock.minutes(actual), clock.minutes(now)
    passed = until - since if c < 0 else calendars.work(c, until) - calendars.work(c, since)
    return max(link.lag - max(passed, 0), 0)
