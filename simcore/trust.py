"""Plans whose dates are pinned to what the file's own tool stored, where simcore computes others."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from simcore.importcheck import Difference, check_import
from simcore.models.errors import Problem
from simcore.models.plan import Activity, Constraint, ConstraintType, Plan, Status
from simcore.models.working_time import working_minutes
from simcore.scheduling import schedule

ROUNDS = 12  # differences begin at few activities; what they pull along agrees again once they are pinned


def trust_file_dates(plan: Plan) -> Plan:
    """The plan with activities pinned whose early dates cannot be reproduced; every pin stands in its notes.

    Only where differences begin is pinned: what follows agrees by itself. A pinned activity starts where the file says, whatever
    comes before it, and its duration is what the file's dates leave for it; one in progress finishes where the file says.
    """
    for _ in range(ROUNDS):
        first = [d for d in check_import(plan, schedule(plan)).first_differences if _moved(d)]
        if not first:
            break
        pinned = {plan.find(d.id) for d in first}
        activities = tuple(_pinned(plan, a) if a.ref in pinned else a for a in plan.activities)
        if activities == plan.activities:
            break
        notes = [Problem(f"activity {d.id!r}", f"pinned to the file's own dates ({d.cause})", severity="note") for d in first]
        plan = plan.with_changes(activities=activities, notes=(*plan.notes, *notes))
    return plan


def _moved(difference: Difference) -> bool:
    """Whether early dates differ; late dates alone move nothing."""
    return not {"start", "finish", "early_start", "early_finish"}.isdisjoint(difference.values)


def _pinned(plan: Plan, activity: Activity) -> Activity:
    start, finish = _stored(activity)
    others = tuple(c for c in activity.constraints if not c.type.is_hard)
    if activity.status is Status.IN_PROGRESS:
        if finish is None:
            return activity
        return replace(activity, constraints=(*others, Constraint(ConstraintType.MANDATORY_FINISH, finish)))
    if start is None:
        return activity
    changed = replace(activity, constraints=(*others, Constraint(ConstraintType.MANDATORY_START, start)), levelling_delay=0)
    if finish is None or finish < start or activity.type.is_milestone:
        return changed
    return replace(changed, duration=_minutes(plan, activity, start, finish), segments=(), remaining=None)


def _stored(activity: Activity) -> tuple[datetime | None, datetime | None]:
    dates = activity.file_dates
    if dates is None:
        return None, None
    return dates.early_start or dates.start, dates.early_finish or dates.finish


def _minutes(plan: Plan, activity: Activity, start: datetime, finish: datetime) -> int:
    if activity.elapsed:
        return round((finish - start).total_seconds() / 60)
    return working_minutes(plan.calendar_of(activity), start, finish)
