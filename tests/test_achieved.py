"""Correlations as they come out: asked, achieved, of the totals, arising by themselves."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import simcore
from simcore.achieved import LANES, MOST_MEMBERS, MOST_PAIRS, Achieved, rank_correlations
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Fixed, Triangular, Uniform
from simcore.models.plan import Plan
from simcore.models.risks import Correlation, Factor, Impact, Risk
from simcore.reports.correlation_content import correlation_section
from simcore.reports.html import render_report
from simcore.results import Results
from tests.oracle_plans import UNIT, activity, plan, run, serial

WIDE = Triangular(5.0 * UNIT, 8.0 * UNIT, 15.0 * UNIT)
REPLICATES = 16


def tasks(count: int, **more: object) -> Plan:
    return plan([activity(f"A{k}", WIDE) for k in range(count)], serial([f"A{k}" for k in range(count)]), **more)


def durations(*names: str) -> tuple[str, ...]:
    return tuple(f"duration of {name}" for name in names)


# -- measuring ------------------------------------------------------------------------------------------------------------


def test_rank_correlations_are_spearmans():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(4, 1600))
    values[1] += values[0]
    values[2] = rng.integers(0, 3, 1600)  # ties
    found, _ = rank_correlations(values, REPLICATES)
    np.testing.assert_allclose(found, stats.spearmanr(values, axis=1).statistic)


def test_standard_errors_of_rank_correlations():
    """Of independent normals 1/sqrt(n); a single error from sixteen replicates is known to 18 %."""
    errors = []
    for seed in range(40):
        _, error = rank_correlations(np.random.default_rng(seed).normal(size=(2, 1600)), REPLICATES)
        errors.append(error[0, 1])
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(1600**-0.5, rel=0.1)


def test_what_does_not_vary_has_no_correlation():
    found, _ = rank_correlations(np.array([np.arange(32.0), np.ones(32)]), 2)
    assert np.isnan(found[0, 1])


# -- asked and achieved -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rank", [-0.7, 0.0, 0.3, 0.9])
def test_what_is_asked_is_achieved(rank):
    """Within four standard errors of a mean over seeds."""
    subject = tasks(2, correlations=(Correlation(between=durations("A0", "A1"), rank=rank),))
    pairs = [run(subject, iterations=64, seed=seed).correlations.groups[0].pairs[0] for seed in range(12)]
    ranks = np.array([pair.rank for pair in pairs])
    error = np.sqrt(np.mean([pair.rank_error**2 for pair in pairs]) / len(pairs))
    assert ranks.mean() == pytest.approx(rank, abs=4 * error + 1e-3)
    assert pairs[0].asked == rank
    assert pairs[0].total_rank == pytest.approx(pairs[0].rank, abs=0.01)  # nothing else moves the durations


def test_draws_are_those_of_the_run():
    """The first iterations of every replicate: recomputed durations have the same correlation."""
    subject = tasks(2, correlations=(Correlation(between=durations("A0", "A1"), rank=0.6),))
    results = run(subject, iterations=REPLICATES * LANES)
    rows = np.array([results.iteration(number).duration for number in range(400)])[:, :2]
    pair = results.correlations.groups[0].pairs[0]
    assert pair.total_pearson == pytest.approx(np.corrcoef(rows.T)[0, 1], abs=4 * 0.64 / 400**0.5)
    assert results.correlations.iterations == REPLICATES * LANES


def test_factors_and_events_move_the_totals_and_not_the_draws():
    factor = Factor(id="F", uncertainty=Uniform(0.5, 2.0, relative=True), applies_to=("A0", "A1"))
    asked = (Correlation(between=durations("A0", "A1"), rank=0.2),)
    first = run(tasks(2, correlations=asked))
    second = simcore.simulate(tasks(2, correlations=asked, factors=(factor,)), first.iterations, design=first.design)
    plain, moved = (results.correlations.groups[0].pairs[0] for results in (first, second))
    assert moved.rank == plain.rank
    assert plain.total_rank == pytest.approx(0.2, abs=0.05)
    assert moved.total_rank > 0.5


def test_of_cost_the_total_is_the_time_dependent_part():
    rate = Cost(per_day=Amount(value=100.0, uncertainty=Uniform(0.5, 1.5, relative=True)))
    fixed = Cost(fixed=Amount(value=100.0, uncertainty=Uniform(0.5, 1.5, relative=True)))
    subject = plan(
        [activity("A", WIDE, cost=rate), activity("B", WIDE, cost=fixed), activity("C", cost=fixed)],
        correlations=(
            Correlation(between=("duration of A", "rate of A"), rank=0.5),
            Correlation(between=("cost of B", "cost of C"), rank=0.5),
        ),
    )
    first, second = (group.pairs[0] for group in run(subject).correlations.groups)
    assert first.total_rank > first.rank + 0.2
    assert (second.total_rank, second.total_pearson) == (None, None)


def test_magnitudes_are_told_by_what_they_strike():
    impacts = tuple(Impact(activity=name, duration=Uniform(UNIT, 2.0 * UNIT)) for name in ("A0", "A1"))
    risk = Risk(id="R", probability=0.5, impacts=impacts)
    subject = tasks(2, risks=(risk,), correlations=(Correlation(between=("magnitude of R", "duration of A0"), rank=0.4),))
    group = run(subject).correlations.groups[0]
    names = {pair.first for pair in group.pairs} | {pair.second for pair in group.pairs}
    assert names == {"magnitude of R (P/A0/duration)", "magnitude of R (P/A1/duration)", "duration of A0"}
    inner = tasks(2, risks=(replace(risk, impact_rank=0.8),))
    group = run(inner).correlations.groups[0]
    assert group.name == "magnitudes of R"
    assert group.pairs[0].rank == pytest.approx(0.8, abs=0.04)


def test_large_groups_are_looked_at_in_part():
    names = [f"A{k}" for k in range(100)]
    subject = tasks(100, correlations=(Correlation(between=durations(*names), rank=0.5),))
    group = run(subject, iterations=64).correlations.groups[0]
    assert group.variables == 100
    assert group.checked == MOST_MEMBERS * (MOST_MEMBERS - 1) // 2
    assert len(group.pairs) == MOST_PAIRS
    assert group.mean_gap < 0.03 < group.largest_gap


# -- impossible, arising, none ------------------------------------------------------------------------------------------------


def impossible() -> Results:
    asked = [("A0", "A1", 0.9), ("A1", "A2", 0.9), ("A0", "A2", -0.9)]
    return run(tasks(3, correlations=tuple(Correlation(between=durations(a, b), rank=r) for a, b, r in asked)), iterations=320)


def test_impossible_correlations_tell_what_was_moved():
    results = impossible()
    achieved = results.correlations
    assert achieved.repaired > 0.5
    worst = achieved.moved[0]
    assert abs(worst.asked - worst.possible) > 0.2
    pairs = {pair.first + pair.second: pair for group in achieved.groups for pair in group.pairs}
    for pair in pairs.values():
        assert pair.possible is not None
        assert pair.rank == pytest.approx(pair.possible, abs=0.05)
        assert abs(pair.rank - pair.asked) > 0.1
    assert any("contradict each other" in text and "most that of duration of A" in text for text in results.warnings)
    section = correlation_section(achieved)
    assert section is not None
    assert "Moved most: duration of A" in section.repaired
    assert "moved to" in section.pairs[0].asked


def test_shared_factors_and_risks_give_correlations_nobody_asked_for():
    factor = Factor(id="F", uncertainty=Uniform(0.5, 2.0, relative=True), applies_to=("A0", "A1"))
    both = tuple(Impact(activity=name, duration=Fixed(20.0 * UNIT)) for name in ("A2", "A3"))
    achieved = run(tasks(5, factors=(factor,), risks=(Risk(id="R", probability=0.5, impacts=both),))).correlations
    assert achieved.groups == ()
    found = {(pair.first, pair.second): pair for pair in achieved.arising}
    assert set(found) == {durations("A0", "A1"), durations("A2", "A3")}
    assert all(pair.asked is None and pair.rank is None for pair in achieved.arising)
    # the sum of a common coin worth 20 units and of spreads with a standard deviation of 2.1 units
    spread = WIDE.sd / UNIT
    assert found[durations("A2", "A3")].total_pearson == pytest.approx(100 / (100 + spread**2), abs=0.02)


def test_what_was_asked_for_does_not_arise():
    factor = Factor(id="F", uncertainty=Uniform(0.5, 2.0, relative=True), applies_to=("A0", "A1"))
    subject = tasks(2, factors=(factor,), correlations=(Correlation(between=durations("A0", "A1"), rank=0.3),))
    assert run(subject).correlations.arising == ()


def test_nothing_correlated():
    results = run(tasks(3), iterations=64)
    assert results.correlations == Achieved()
    assert correlation_section(results.correlations) is None
    assert "Correlations as they come out" not in render_report(results)


# -- shown ---------------------------------------------------------------------------------------------------------------------


def test_the_report_and_the_answer_show_them():
    factor = Factor(id="F", uncertainty=Uniform(0.5, 2.0, relative=True), applies_to=("A1", "A2"))
    results = run(tasks(3, factors=(factor,), correlations=(Correlation(between=durations("A0", "A1"), rank=0.5),)))
    page = render_report(results)
    for text in ("Correlations as they come out", "duration of A0", "nobody asked for them"):
        assert text in page, text
    answer = results.to_dict()
    assert [group["name"] for group in answer["correlations"]] == ["correlation 1"]
    pair = answer["correlations"][0]["pairs"][0]
    assert pair["between"] == list(durations("A0", "A1"))
    assert (pair["asked"], pair["possible"]) == (0.5, None)
    assert answer["correlations_repaired"] == {"distance": 0.0, "moved": []}
    assert answer["correlations_arising"][0]["between"] == list(durations("A1", "A2"))


def test_they_do_not_depend_on_how_long_the_run_was():
    subject = tasks(2, correlations=(Correlation(between=durations("A0", "A1"), rank=0.5),))
    assert run(subject, iterations=1).correlations == run(subject, iterations=500).correlations
