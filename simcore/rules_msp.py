"""How Microsoft Project schedules, where it differs from plain logic; decided when a plan is compiled."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simcore.models.plan import Activity, ActivityType, ConstraintType, LinkType, Plan, Project, Ref, Relationship, Status
from simcore.msp_calendars import WorkCalendars, is_msp
from simcore.summary_links import Gates, Outline

if TYPE_CHECKING:
    from simcore.network_logic import LogicBuilder

_ROUNDING = 2  # minutes by which a percentage may miss the minutes it stands for


def waits_no_more(plan: Plan, after: Activity) -> bool:
    """Whether only the late dates of a successor, not its early ones, have to do with its predecessors.

    Work that has begun no longer waits for what it is linked to; a manual summary, and so what lies below it, does not move
    (manual tasks keep their place by their pin).
    """
    is_fixed = after.manual and after.file_dates is None  # the gate of a manual summary
    return (after.status is Status.IN_PROGRESS or is_fixed) and is_msp(plan, after)


def hangs_on_actual_start(plan: Plan, link: Relationship, before: Activity) -> bool:
    """A link from the start of work that has begun asks for a fixed date and bounds no late dates."""
    begun = before.status is Status.IN_PROGRESS and before.actual_start is not None
    return begun and link.type in (LinkType.SS, LinkType.SF) and is_msp(plan, before)


def must_finish_by(plan: Plan, project: Project) -> datetime | None:
    """Date from which late dates count back: that of a project scheduled from its finish, or what the project asks for."""
    options = plan.options(project.id)
    if project.must_finish_by is None and options.rules == "msp" and options.schedule_from_finish:
        return project.finish
    return project.must_finish_by


def is_as_late(activity: Activity, plan: Plan) -> bool:
    """As late as possible takes all of the total slack: what has not begun moves to its late dates, and others may follow."""
    if activity.status is not Status.NOT_STARTED or activity.manual or not is_msp(plan, activity):
        return False
    return any(c.type is ConstraintType.AS_LATE_AS_POSSIBLE for c in activity.constraints)


def manual_dates(activity: Activity) -> tuple[datetime, datetime] | None:
    """Where a manually scheduled activity was put; None for others."""
    dates = activity.file_dates
    if not activity.manual or dates is None or dates.start is None or dates.finish is None:
        return None
    return dates.start, dates.finish


def manual_finishes(plan: Plan) -> dict[int, datetime]:
    """By position in the plan: finish of the nearest manually scheduled summary above each milestone that has one."""
    found: dict[int, datetime] = {}
    if not any(a.manual and a.type is ActivityType.SUMMARY for a in plan.activities):
        return found
    outline = Outline(plan)
    for i, a in enumerate(plan.activities):
        if a.type.is_milestone and is_msp(plan, a):
            finishes = (s.file_dates.finish for s in outline.above(a) if s.manual and s.file_dates is not None)
            finish = next((f for f in finishes if f is not None), None)
            if finish is not None:
                found[i] = finish
    return found


def latest_by_stop(plan: Plan, link: Relationship, after: Activity) -> datetime | None:
    """Without a status date, what precedes work that has begun may end as late as that work stopped."""
    begun = waits_no_more(plan, after) and link.type is LinkType.FS
    return after.suspend if begun and plan.project(after.project).data_date is None else None


def unworked(after: Activity) -> int:
    """Minutes that remain of work that has begun beyond what its percentage says; they do not make its predecessors late."""
    if after.percent_complete is None:
        return 0
    more = after.remaining_duration - round(after.duration * (1 - after.percent_complete))
    return more if more > _ROUNDING else 0


def ends_on_time(plan: Plan, activity: Activity, followed: bool) -> bool:
    """Whether an activity's late finish is its finish: open ends if asked for, and what had to start when it did."""
    must_start = any(k.type is ConstraintType.MANDATORY_START for k in activity.constraints)
    if must_start and activity.status is Status.IN_PROGRESS and is_msp(plan, activity):
        return True
    return plan.options(activity.project).multiple_critical_paths and not followed


def gate_ref(activity: Ref) -> Ref:
    """The gate that takes what bounds an activity's start."""
    return Ref(activity.project, f"{activity.id}\0start")


def with_start_gates(plan: Plan, gates: Gates, work: WorkCalendars) -> Gates:
    """Gates before the starts that are not simply the next working time after what bounds them.

    A levelling delay in clock time passes between the gate and the activity; work of several resources begins with the
    first of them, not on the calendar that the activity runs on.
    """
    found = {}
    for a in plan.activities:
        delayed = a.levelling_delay and a.levelling_delay_elapsed and is_msp(plan, a) and a.status is Status.NOT_STARTED
        if delayed or a.ref in work.begins_on:
            found[a.ref] = Activity(
                project=a.project, id=gate_ref(a.ref).id, name=a.name, type=ActivityType.FINISH_MILESTONE,
                calendar=a.calendar, elapsed=True, wbs=a.wbs,
            )  # fmt: skip
    if not found:
        return gates
    links = [
        replace(r, successor=found[r.successor].ref) if r.successor in found and r.type in (LinkType.FS, LinkType.SS) else r
        for r in gates.relationships
    ]
    for ref, gate in found.items():
        a = plan.by_ref[ref]
        links.append(Relationship(gate.ref, ref, lag=a.levelling_delay if a.levelling_delay_elapsed else 0, elapsed=True))
    return Gates(
        tuple(links),
        {**gates.gates, **{gate.ref: gate for gate in found.values()}},
        {**gates.owner_of, **{gate.ref: ref for ref, gate in found.items()}},
        gates.first_of,
    )


def float_kind(activity: Activity) -> str:
    """Total slack is the smaller of start and finish slack; of work that has begun, its finish slack."""
    return "finish" if activity.status is Status.IN_PROGRESS else "smallest"


def gap(activity: Activity, logic: LogicBuilder) -> int:
    """Minutes of work that pass inside what remains of a split task."""
    if not activity.segments:
        return 0
    last = activity.segments[-1]
    length = last.offset + last.work
    if activity.status is Status.IN_PROGRESS:
        length -= _work_to_resume(activity, logic)
    return max(length - activity.remaining_duration, 0)


def _work_to_resume(activity: Activity, logic: LogicBuilder) -> int:
    c = logic.work_calendar(activity)
    resume, start = activity.resume, activity.actual_start
    if resume is None or start is None:
        return activity.duration - activity.remaining_duration
    return logic.calendars.work(c, logic.clock.minutes(resume)) - logic.calendars.work(c, logic.clock.minutes(start))
