"""What a result stands on, as plain data: the risk model, what was read and assumed, constraints, facts of the run."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import simcore
from simcore.models import constraints
from simcore.models.plan import Activity, Plan, Status
from simcore.reports import wording
from simcore.reports.model_text import ModelPart, model_parts
from simcore.reports.risk_text import RiskText, chance_text, correlation_text, factor_effect

if TYPE_CHECKING:
    from simcore.models.errors import Problem
    from simcore.models.risks import Factor, Risk
    from simcore.results import Results

PLACES_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class RiskLine:
    """A risk event or a factor of the plan."""

    id: str
    name: str
    kind: str
    probability: str
    effects: tuple[str, ...]
    mitigation: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    """Something that was read, assumed or ignored, with all places it concerns."""

    severity: str
    what: str
    fix: str
    places: tuple[str, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class ConstraintLine:
    """A hard constraint: it holds its date against the logic in every iteration."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a result stands on."""

    facts: tuple[tuple[str, str], ...]
    uncertainty: str
    risks: tuple[RiskLine, ...]
    correlations: tuple[str, ...]
    model: tuple[ModelPart, ...]
    hard_constraints: tuple[ConstraintLine, ...]
    other_constraints: str
    notes: tuple[NoteLine, ...]


def build_basis(results: Results) -> Basis:
    """Everything a reader needs to judge where the numbers come from."""
    plan = results.plan
    text = RiskText(plan)
    return Basis(
        facts=tuple(_facts(results)),
        uncertainty=uncertainty_text(plan),
        risks=(*(_risk_line(text, risk) for risk in plan.risks), *(_factor_line(factor) for factor in plan.factors)),
        correlations=tuple(correlation_text(correlation) for correlation in plan.correlations),
        model=model_parts(plan),
        hard_constraints=tuple(hard_constraints(plan)),
        other_constraints=_other_constraints(plan),
        notes=group_notes(plan.notes),
    )


def _facts(results: Results) -> Iterator[tuple[str, str]]:
    plan, design = results.plan, results.design
    yield "Plan", plan.source or plan.name
    if plan.sha256:
        yield "SHA-256 of the plan file", plan.sha256
    dates = {p.data_date or p.start for p in plan.projects} - {None}
    if dates:
        first, last = min(dates), max(dates)  # type: ignore[type-var]
        text = wording.date_text(first, is_finish=False)  # type: ignore[arg-type]
        yield "Data date", text if first == last else f"{text} to {wording.date_text(last, is_finish=False)}"  # type: ignore[arg-type]
    yield "Size", ", ".join(
        (
            wording.counted(len(plan.activities), "activity"),
            wording.counted(len(plan.relationships), "relationship"),
            wording.counted(len(plan.calendars), "calendar"),
        )
    )
    done = f"{results.iterations:,}"
    if results.reached is not None:
        yield "Precision", str(results.reached)
    yield "Iterations", f"{done} of {results.requested:,} (stopped early)" if results.partial else done
    yield "Scenario", wording.scenario_text(results.scenario)
    yield "Seed", str(design.seed)
    yield "Design", f"{design.replicates} replicates, sampler version {design.sampler}"
    if results.clamped:
        yield "Clamped at zero", f"{results.clamped:,} sampled durations fell below zero and were set to zero"
    yield "Made with", f"simcore {simcore.__version__}"


def uncertainty_text(plan: Plan) -> str:
    """One sentence on how much of the plan varies."""
    tasks = [a for a in plan.activities if _carries_work(a)]
    ranged = sum(a.uncertainty is not None for a in tasks)
    parts = [
        f"{ranged:,} of {wording.counted(len(tasks), 'open activity')} with a duration range",
        wording.counted(len(plan.risks), "risk event"),
        wording.counted(len(plan.factors), "factor"),
        wording.counted(len(plan.correlations), "correlation"),
    ]
    return ", ".join(parts[:-1]) + " and " + parts[-1] + "."


def _carries_work(activity: Activity) -> bool:
    fixed = activity.type.is_milestone or activity.type.is_span or activity.inactive
    return not fixed and activity.status is not Status.COMPLETED


def _risk_line(text: RiskText, risk: Risk) -> RiskLine:
    return RiskLine(
        id=risk.id,
        name=risk.name,
        kind="risk event" if risk.status == "open" else f"{risk.status} risk event",
        probability=chance_text(risk.probability),
        effects=text.effects(risk),
        mitigation=text.mitigation(risk.mitigation) if risk.mitigation else "",
        details=text.details(risk),
    )


def _factor_line(factor: Factor) -> RiskLine:
    return RiskLine(
        id=factor.id,
        name=factor.name,
        kind="factor",
        probability=chance_text(factor.probability),
        effects=(factor_effect(factor),),
        details=(factor.description,) if factor.description else (),
    )


def hard_constraints(plan: Plan) -> Iterator[ConstraintLine]:
    """Constraints of open activities that override the logic, in plan order."""
    for activity, constraint in constraints.hard_constraints(plan):
        text = constraint.type.value.replace("_", " ")
        date = f" {wording.date_text(constraint.date, clock=True)}" if constraint.date else ""
        yield ConstraintLine(id=plan.shown[activity.ref], name=activity.name, text=text + date)


def _other_constraints(plan: Plan) -> str:
    """How many constraints of each kind there are beside the hard ones."""
    soft = (c for a, c in constraints.open_constraints(plan) if not constraints.is_hard(plan, a, c))
    kinds = Counter(c.type.value.replace("_", " ") for c in soft)
    return ", ".join(f"{count:,} × {kind}" for kind, count in kinds.most_common())


def group_notes(notes: Iterable[Problem]) -> tuple[NoteLine, ...]:
    """Notes that say the same about several places become one line."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for note in notes:
        grouped.setdefault((note.severity, note.what, note.fix), []).append(note.where)
    lines = (
        NoteLine(severity=severity, what=what, fix=fix, places=tuple(places[:PLACES_SHOWN]), count=len(places))
        for (severity, what, fix), places in grouped.items()
    )
    return tuple(sorted(lines, key=lambda line: line.severity != "warning"))
