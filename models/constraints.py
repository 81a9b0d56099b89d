"""Constraints that hide risk: which they are, and plans in which they are softened or left out."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simcore.models.errors import Problem
from simcore.models.plan import Activity, Constraint, ConstraintType, Plan, Status

TREATMENTS = ("honour", "soften", "ignore")

_HARD_WHEN_HONOURED = frozenset(
    {
        ConstraintType.START_ON,
        ConstraintType.FINISH_ON,
        ConstraintType.START_NO_LATER_THAN,
        ConstraintType.FINISH_NO_LATER_THAN,
    }
)
"""Microsoft Project lets these override the logic while "tasks will always honor their constraint dates" is on."""

_SOFT = {
    ConstraintType.MANDATORY_START: ConstraintType.START_NO_EARLIER_THAN,
    ConstraintType.START_ON: ConstraintType.START_NO_EARLIER_THAN,
    ConstraintType.MANDATORY_FINISH: ConstraintType.FINISH_NO_EARLIER_THAN,
    ConstraintType.FINISH_ON: ConstraintType.FINISH_NO_EARLIER_THAN,
}


def is_hard(plan: Plan, activity: Activity, constraint: Constraint) -> bool:
    """Whether a constraint holds whatever comes before the activity."""
    if constraint.type.is_hard:
        return True
    options = plan.options(activity.project)
    return options.rules == "msp" and options.honour_constraints and constraint.type in _HARD_WHEN_HONOURED


def open_constraints(plan: Plan) -> Iterator[tuple[Activity, Constraint]]:
    """Constraints of activities that are not yet complete."""
    for activity in plan.activities:
        if activity.status is not Status.COMPLETED and not activity.inactive:
            for constraint in activity.constraints:
                yield activity, constraint


def hard_constraints(plan: Plan) -> list[tuple[Activity, Constraint]]:
    """Hard constraints of activities that are not yet complete."""
    return [(a, c) for a, c in open_constraints(plan) if is_hard(plan, a, c)]


def with_constraints(plan: Plan, treatment: str) -> Plan:
    """The plan with its hard constraints honoured, softened or ignored; what was changed stands in its notes.

    Parameters
    ----------
    plan : Plan
    treatment : {"honour", "soften", "ignore"}
        Softened, a date becomes the earliest one, and logic may push the activity beyond it. Ignored, hard constraints are
        left out, and so is the date a project must finish by.

    Raises
    ------
    ValueError
        For an unknown treatment.
    """
    if treatment not in TREATMENTS:
        raise ValueError(f"unknown treatment of constraints {treatment!r}; write one of {', '.join(TREATMENTS)}")
    held = {a.ref for a, _ in hard_constraints(plan)}
    ended = [p.id for p in plan.projects if p.must_finish_by is not None] if treatment == "ignore" else []
    if treatment == "honour" or not (held or ended):
        return plan
    activities = tuple(_treated(plan, a, treatment) if a.ref in held else a for a in plan.activities)
    done = "softened: logic may push the activity later" if treatment == "soften" else "left out"
    notes = [Problem(f"activity {plan.shown[a.ref]!r}", f"hard constraint {done}", severity="note")
             for a in plan.activities if a.ref in held]
    notes += [Problem(f"project {id!r}", "the date it must finish by is left out", severity="note") for id in ended]
    projects = tuple(replace(p, must_finish_by=None) if p.id in ended else p for p in plan.projects)
    return plan.with_changes(activities=activities, projects=projects, notes=(*plan.notes, *notes))


def _treated(plan: Plan, activity: Activity, treatment: str) -> Activity:
    kept = []
    for constraint in activity.constraints:
        if not is_hard(plan, activity, constraint):
            kept.append(constraint)
        elif treatment == "soften" and constraint.type in _SOFT:
            kept.append(replace(constraint, type=_SOFT[constraint.type]))
    return replace(activity, constraints=tuple(kept))
