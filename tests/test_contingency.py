"""The division of a contingency: exact conditional expectations, sums to the cent, and independence of threads and lanes."""
from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simcore
import simcore.allocation
from simcore.allocation import window_weights
from simcore.contingency import Contingency, Share, regression, whole_cents
from simcore.models.plan import Plan
from simcore.results import Results
from tests.risky_plans import risky_plans
from tests.test_cash_flow import GROWS, plan_of

ITERATIONS = 60_000


def divided(
    plan: Plan, percent: float = 80, *, scenario: str = "pre", iterations: int = ITERATIONS
) -> tuple[Results, Contingency]:
    results = simcore.simulate(plan, iterations, scenario=scenario)
    found = results.contingency(percent)
    assert found is not None
    return results, found


def part(shares: tuple[Share, ...], key: str) -> Share:
    return next(share for share in shares if share.id == key)


def assert_agrees(share: Share, exact: float, slack: float = 0.01) -> None:
    """Within four standard errors, and a cent of rounding."""
    assert abs(share.amount - exact) <= 4 * share.standard_error + slack


class TestExact:
    def test_normal_costs_divide_by_their_covariances(self) -> None:
        """E[X - m | C = c] = cov(X, C) / var(C) * (c - E[C])."""
        plan = plan_of(
            'a: {duration: 10d, cost: {fixed: {value: 1000, uncertainty: "normal(1000, 100)"}}},'
            'b: {duration: 10d, cost: {fixed: {value: 2000, uncertainty: "normal(2000, 300)"}}},'
            'c: {duration: 100d, uncertainty: "normal(100d, 10d)", cost: {per_day: 50}}'
        )
        results, found = divided(plan)
        assert results.cost is not None
        above = found.target - 8000
        variances = {"a": 100.0**2, "b": 300.0**2, "c": 500.0**2}
        total = sum(variances.values())
        exact = NormalDist(8000, total**0.5).inv_cdf(0.8)
        assert abs(found.target - exact) <= 4 * results.cost.standard_error(80)
        for name, variance in variances.items():
            assert_agrees(part(found.by_activity, name), variance / total * above)
        assert_agrees(part(found.by_source, "schedule"), variances["c"] / total * above)
        assert_agrees(part(found.by_source, "uncertainty"), (variances["a"] + variances["b"]) / total * above)
        assert {share.id: share.planned for share in found.by_activity} == pytest.approx({"a": 1000, "b": 2000, "c": 5000})

    def test_a_risk_counts_as_often_as_it_occurs_at_the_p_value(self) -> None:
        """P(occurs | C = c) by Bayes' rule from the two normal densities."""
        plan = plan_of(
            'a: {duration: 10d, cost: {fixed: {value: 1000, uncertainty: "normal(1000, 100)"}}}',
            risks="{R: {probability: 30%, impacts: [{activity: a, cost: 200}]}}",
        )
        _, found = divided(plan)
        with_it, without = (NormalDist(mean, 100).pdf(found.target) for mean in (1200, 1000))
        occurs = 0.3 * with_it / (0.3 * with_it + 0.7 * without)
        assert_agrees(part(found.by_source, "events"), 200 * occurs)
        assert_agrees(part(found.by_risk, "R"), 200 * occurs)

    def test_delay_that_a_risk_brings_is_its_own(self) -> None:
        plan = plan_of(
            "a: {duration: 20d}, site: {type: hammock, after: [a SS, a FF], cost: {per_day: 100}}",
            risks="{R: {probability: 30%, impacts: [{activity: a, duration: 10d}]}}",
        )
        _, found = divided(plan, iterations=2000)
        assert found.total == 1000.0
        assert [(s.id, s.amount) for s in found.by_risk] == [("R", 1000.0)]
        assert [(s.id, s.amount) for s in found.by_source] == [("schedule", 1000.0)]
        assert found.explained == pytest.approx(1.0)

    def test_of_parallel_impacts_the_largest_counts(self) -> None:
        plan = plan_of(
            "a: {duration: 20d, cost: 50}",
            risks="{R: {probability: 100%, combine: parallel, impacts: [{activity: a, cost: 300}]},"
            "S: {probability: 100%, combine: parallel, impacts: [{activity: a, cost: 200}]},"
            "T: {probability: 100%, impacts: [{activity: a, cost: 70}]}}",
        )
        _, found = divided(plan, iterations=160)
        assert [(s.id, s.amount) for s in found.by_risk] == [("R", 300.0), ("T", 70.0)]

    def test_escalation_and_actions_are_causes_of_their_own(self) -> None:
        plan = plan_of(
            "a: {duration: 375d, cost: {fixed: 1000, accrual: end}}",
            finance='{escalation: {all: {rate: "uniform(0%, 10%)", applies_to: fixed}}}',
            risks="{R: {probability: 10%, impacts: [{activity: a, cost: 1}], mitigation: {cost: 80, probability: 0%}}}",
        )
        results, found = divided(plan, scenario="post", iterations=4096)
        assert part(found.by_source, "actions").amount == 80.0
        assert results.cost is not None
        assert part(found.by_source, "escalation").amount == pytest.approx(found.total - 80, abs=0.011)
        assert part(found.by_activity, "actions").amount == 80.0

    def test_work_that_may_not_be_there(self) -> None:
        plan = plan_of("a: {duration: 10d, cost: 100}, b: {duration: 1d, existence: 30%, cost: 40}")
        _, found = divided(plan, iterations=1600)
        assert (found.planned, found.target, found.total) == (140.0, 140.0, 0.0)
        _, lower = divided(plan, 50, iterations=1600)
        assert lower.total == -40.0
        assert [(s.id, s.amount) for s in lower.by_source] == [("events", -40.0)]


class TestSums:
    @settings(max_examples=40, deadline=None)
    @given(risky_plans(), st.sampled_from(["pre", "post", "some"]), st.sampled_from([10, 50, 80]), st.booleans())
    def test_every_division_adds_up_to_the_cent(self, plan: Plan, scenario: str, percent: float, grows: bool) -> None:
        if grows:
            plan = plan.with_changes(finance=GROWS)
        results = simcore.simulate(plan, 64, scenario=scenario)
        found = results.contingency(percent)
        if results.cost is None:
            assert found is None
            return
        assert found is not None
        assert found.total == pytest.approx(results.cost.p(percent) - results.cost.deterministic, abs=0.006)
        for shares in (found.by_source, found.by_activity, found.by_risk):
            assert sum(round(share.amount * 100) for share in shares) == round(found.total * 100)
            raw = sum(share.amount for share in shares)
            assert raw == pytest.approx(found.total, abs=1e-6)

    def test_parts_before_rounding_add_up_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Rounding would hide a part that is missing."""
        plan = plan_of(
            'a: {duration: 30d, uncertainty: "uniform(20d, 60d)", cost: {fixed: 100, per_day: 7}},'
            'b: {duration: 9d, after: [a], existence: 60%, cost: {per_day: {value: 9, uncertainty: "uniform(50%, 200%)"}}},'
            "h: {type: hammock, after: [a SS, b FF], cost: {per_day: 3}}",
            finance='{escalation: {all: {rate: "uniform(0%, 10%)"}}}',
            risks='{R: {probability: 40%, impacts: [{activity: a, cost: "uniform(10, 90)", duration: 5d}]}}',
        )
        seen = []

        def kept(values, total):  # type: ignore[no-untyped-def]
            seen.append((sum(values), total))
            return whole_cents(values, total)

        monkeypatch.setattr("simcore.contingency.whole_cents", kept)
        divided(plan, iterations=4000)
        assert len(seen) >= 3
        for values, total in seen:
            assert values == pytest.approx(total, abs=0.51)

    def test_threads_and_lanes_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plan = plan_of(
            'a: {duration: 30d, uncertainty: "uniform(20d, 60d)", cost: {fixed: 100, per_day: 7}}',
            risks='{R: {probability: 40%, impacts: [{activity: a, cost: "uniform(10, 90)", duration: 5d}]}}',
        )
        _, first = divided(plan, iterations=1000)
        monkeypatch.setattr(simcore.allocation, "LANES", 7)
        monkeypatch.setattr("os.cpu_count", lambda: 1)
        _, second = divided(plan.with_changes(), iterations=1000)
        assert first == second


class TestParts:
    def test_weights_have_the_mean_asked_for(self) -> None:
        total = np.random.default_rng(1).normal(100, 10, 4000)
        target = float(np.sort(total)[3199])
        weights = window_weights(total, target, 0.8)
        assert weights.sum() == pytest.approx(1.0)
        assert weights @ total == pytest.approx(target, rel=1e-12)
        assert (weights > 0).sum() == 201
        assert np.abs(total[weights > 0] - target).max() < 2.5

    def test_few_iterations(self) -> None:
        assert window_weights(np.array([5.0]), 5.0, 0.8).tolist() == [1.0]
        assert window_weights(np.array([1.0, 2.0, 3.0]), 3.0, 0.8).tolist() == [0.0, 0.0, 1.0]

    def test_cents(self) -> None:
        assert whole_cents([], 0) == []
        assert whole_cents([0.4, 0.4, 0.2], 1) == [1, 0, 0]
        assert whole_cents([-1.5, 2.5], 1) == [-1, 2]
        assert sum(whole_cents([1 / 3] * 7, 9)) == 9

    def test_regression(self) -> None:
        x = np.array([[0, 1, 0, 1], [0, 0, 1, 1]], np.float32)
        slopes, explained = regression(x, np.array([1.0, 3.0, 6.0, 8.0]))
        assert slopes == pytest.approx([2, 5])
        assert explained == pytest.approx(1.0)
        slopes, _ = regression(np.ones((1, 4), np.float32), np.array([1.0, 2, 3, 4]))  # a risk that always occurs
        assert slopes == pytest.approx([0.0])

    def test_no_cost(self) -> None:
        assert simcore.simulate(plan_of("a: {duration: 3d}"), 16).contingency(80) is None
        with pytest.raises(ValueError, match="outside P0 to P100"):
            simcore.simulate(plan_of("a: {duration: 3d, cost: 3}"), 16).contingency(100)
