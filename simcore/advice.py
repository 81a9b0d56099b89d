"""What a careful analyst would point out about a run, each with the option to use."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simcore.models.constraints import hard_constraints
from simcore.no_effect import without_effect
from simcore.scenarios import resolve

if TYPE_CHECKING:
    from simcore.models.plan import Plan
    from simcore.results import Results
    from simcore.riskmodel import CompiledRisk

NARROW = 0.05  # a P10-P90 spread below this share of the remaining time is not believable
LOOSE = 0.01  # standard error of the share of iterations below P80
MANY_INDEPENDENT = 30


def advise(results: Results, risk: CompiledRisk) -> Results:
    """The results with their warnings."""
    found = [*_spread(results), *_precision(results), *_hard(results), *risk.dropped, *_kept(results)]
    found += without_effect(results.plan, resolve(results.plan, results.scenario), risk.variables)
    found += _repaired(results, risk)
    if results.clamped:
        found.append(f"{results.clamped:,} sampled durations fell below zero and were set to zero; check the opportunities.")
    return replace(results, warnings=tuple(found))


def _repaired(results: Results, risk: CompiledRisk) -> list[str]:
    """Correlations that cannot be: how far they were moved, and which one most."""
    if not risk.repaired:
        return []
    from simcore.achieved import moved_pairs, variable_names

    worst = moved_pairs(risk.copula, variable_names(results.plan, risk.variables), risk.variables)[0]
    return [
        "The correlations contradict each other; they were moved to the nearest possible ones "
        f"(distance {risk.repaired:.3f}), most that of {worst.first} and {worst.second}, "
        f"from {worst.asked:.2f} to {worst.possible:.2f}."
    ]


def _spread(results: Results) -> list[str]:
    """A curve that is absurdly narrow because nothing moves together."""
    plan = results.plan
    ranged = [a for a in plan.activities if a.uncertainty is not None]
    if not ranged and not (plan.risks or plan.factors or plan.branches or plan.weather or _varies_otherwise(plan)):
        return ["Nothing in the plan is uncertain. Give ranges, or use --quick-risk 90%,100%,130%."]
    starts = [start for p in results.plan.projects if (start := p.data_date or p.start)]
    remaining = (results.finish.deterministic - min(starts)).total_seconds() if starts else 0.0
    if remaining <= 0 or results.iterations < 100 or len(ranged) < MANY_INDEPENDENT or results.plan.correlations:
        return []
    spread = (results.finish.p(90) - results.finish.p(10)).total_seconds() / remaining
    if spread >= NARROW:
        return []
    return [
        f"P10 to P90 is only {spread:.1%} of the remaining time: {len(ranged)} independent ranges cancel each other out. "
        "Durations of real projects move together; use --quick-correlation 0.5 or risk factors."
    ]


def _varies_otherwise(plan: Plan) -> bool:
    """Whether something but a duration range is uncertain in the logic, in prices or in quantities."""
    return (
        any(a.existence < 1.0 or any(x.uncertainty is not None for x in a.assignments) for a in plan.activities)
        or any(r.uncertainty is not None or r.probability < 1.0 for r in plan.relationships)
        or any(r.uncertainty is not None or r.productivity is not None for r in plan.resources.values())
    )


def _precision(results: Results) -> list[str]:
    """P80 known too loosely to act on: the share of iterations that keep it is what is uncertain, weekends aside."""
    if results.iterations < 32:
        return []
    share_error = results.finish.probability_error(results.finish.p(80))
    if not share_error > LOOSE:
        return []
    days = 2 * results.finish.standard_error(80).total_seconds() / 86_400
    factor = (2 * share_error / LOOSE) ** 2
    needed = min(2**31 - 1, int(float(f"{results.iterations * factor:.1g}")))
    return [
        f"P80 is known to about ±{days:.1f} d (95 %) after {results.iterations:,} iterations; "
        f"-n {needed} makes it {2 * share_error / LOOSE:.0f} times as sharp."
    ]


def _kept(results: Results) -> list[str]:
    """What a very long run answers from its first iterations alone."""
    kept = results.finish.exact.iterations
    if kept == results.iterations:
        return []
    return [
        f"P-values, means and probabilities of dates and costs are of all {results.iterations:,} iterations; joint confidence, "
        f"contingency, cash flow and curves are of the first {kept:,}, which are kept one by one."
    ]


def _hard(results: Results) -> list[str]:
    """Hard constraints hide risk: what they hide is shown beside."""
    held = [results.plan.shown[a.ref] for a, _ in hard_constraints(results.plan)]
    without = results.without_hard_constraints
    if without is None:
        return []
    listed = ", ".join(held[:5]) + (f" and {len(held) - 5} more" if len(held) > 5 else "")
    dates = "mandatory date holds" if len(held) == 1 else "mandatory dates hold"
    return [
        f"{len(held)} {dates} whatever happens before and may hide risk: {listed}. "
        f"Without, P80 is {without.p(80):%Y-%m-%d %H:%M}; see --constraints."
    ]
