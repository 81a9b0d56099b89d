"""What a run points out by itself: narrow curves, loose P-values, mandatory dates, what has no effect."""
from __future__ import annotations

from pathlib import Path

import pytest

import simcore
from simcore.models.uncertainty import apply_quick_correlation, apply_quick_risk

HEAD = """format: 1
project: {name: advice, start: 2026-01-05, calendar: five}
calendars: {five: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}}}
activities:
"""


def plan_of(tmp_path: Path, lines: list[str], more: str = "") -> simcore.Plan:
    path = tmp_path / "plan.yaml"
    path.write_text(HEAD + "".join(f"  {line}\n" for line in lines) + more, encoding="utf-8")
    return simcore.read(path)


def chain(count: int) -> list[str]:
    return [f"A{i}: {{duration: 5d" + (f", after: [A{i - 1}]" if i else "") + "}" for i in range(count)]


def test_nothing_uncertain_is_said(tmp_path: Path) -> None:
    results = simcore.simulate(plan_of(tmp_path, chain(3)), iterations=64)
    assert results.finish.p(10) == results.finish.p(90) == results.finish.deterministic
    assert any("--quick-risk" in w for w in results.warnings)


def test_independent_ranges_give_a_narrow_curve_and_a_common_factor_widens_it(tmp_path: Path) -> None:
    plan = apply_quick_risk(plan_of(tmp_path, chain(400)), "95%,100%,105%")
    narrow = simcore.simulate(plan, iterations=512)
    assert any("--quick-correlation 0.5" in w for w in narrow.warnings)
    wide = simcore.simulate(apply_quick_correlation(plan, 0.5), iterations=512)
    assert not any("--quick-correlation" in w for w in wide.warnings)
    # n equal terms with pairwise Pearson r: variance grows by 1 + (n - 1) r; ranks of 0.5 are Pearson of about 0.5 here
    assert wide.finish.sd / narrow.finish.sd == pytest.approx((1 + 399 * 0.5) ** 0.5, rel=0.1)


def test_more_iterations_are_advised_only_while_they_help(tmp_path: Path) -> None:
    plan = apply_quick_risk(plan_of(tmp_path, chain(3)), "80%,100%,150%")
    assert any("-n " in w for w in simcore.simulate(plan, iterations=48).warnings)
    assert not simcore.simulate(plan, iterations=4096).warnings


def test_mandatory_dates_are_listed_and_the_finish_without_them_is_known(tmp_path: Path) -> None:
    lines = [
        'work: {duration: 10d, uncertainty: "triangular(80%, 100%, 300%)"}',
        "gate: {duration: 5d, after: [work], constraint: {mandatory_start: 2026-01-19T08:00}}",
    ]
    results = simcore.simulate(plan_of(tmp_path, lines), iterations=1024)
    assert any("mandatory" in w and "gate" in w for w in results.warnings)
    gate = results.schedule.columns["id"].tolist().index("gate")
    assert results.activities.percentile("finish", 95)[gate] == results.schedule.finish[gate]  # whatever the work does
    without = results.without_hard_constraints
    assert without is not None
    assert without.p(80) > results.finish.p(80)
    late = results.finish.samples > results.finish.deterministic  # the same draws, only the gate let go
    assert (without.samples[late] > results.finish.samples[late]).all()


def test_without_mandatory_dates_there_is_nothing_to_leave_out(tmp_path: Path) -> None:
    assert simcore.simulate(plan_of(tmp_path, chain(2)), iterations=16).without_hard_constraints is None


def test_impacts_on_completed_work_are_said_to_have_no_effect(tmp_path: Path) -> None:
    lines = [
        "done: {duration: 5d, status: completed, actual_start: 2025-12-29T08:00, actual_finish: 2026-01-02T17:00}",
        "next: {duration: 5d, after: [done]}",
    ]
    risks = 'risks:\n  R1: {name: Late, probability: 50%, impacts: [{activity: done, duration: "fixed(5d)"}]}\n'
    results = simcore.simulate(plan_of(tmp_path, lines, risks), iterations=64)
    assert any("R1" in w and "done" in w for w in results.warnings)
    assert results.finish.sd.total_seconds() == 0


RISKY = """risks:
  N: {probability: 0%, impacts: [{activity: A1, duration: "fixed(5d)"}]}
  T: {probability: 0%, given: {N: 80%}, impacts: [{activity: A1, duration: "fixed(5d)"}]}
  G: {probability: 100%, given: {U: 80%}, impacts: [{activity: A1, duration: "fixed(5d)"}]}
  U: {probability: 40%}
  E: {probability: 40%}
  W: {probability: 40%, window: 2025-01-01..2025-02-01, impacts: [{activity: A1, duration: "fixed(5d)"}]}
  P: {probability: 40%, impacts: [{activity: A1, cost: 10%}]}
correlations: [{between: [duration of A0, duration of A1, magnitude of P], rank: 0.5}]
scenarios: {cheap: {mitigate: [E]}}
"""


def test_what_has_no_effect_is_said_with_its_reason(tmp_path: Path) -> None:
    found = simcore.simulate(plan_of(tmp_path, chain(2), RISKY), iterations=16, scenario="cheap").warnings
    expected = [
        "risk N never occurs: its probability is 0%",
        "risk T never occurs: nothing that triggers it can occur",
        "risk G is certain where U did not occur",
        "risk E has no effect: it has no impacts",
        "risk W has no effect: its window ends before the data date",
        "risk P has no effect on the cost of A1: it is a percentage of zero",
        "scenario cheap mitigates E, for which the register has no mitigation",
        "correlations name what does not vary, which has no effect: duration of A0, duration of A1",
    ]
    for text in expected:
        assert any(text in warning for warning in found), (text, found)
    assert not any("risk U" in warning for warning in found)  # it triggers G


def test_uncertain_prices_and_quantities_without_cost_are_said_to_have_no_effect(tmp_path: Path) -> None:
    line = 'A: {{duration: 5d, resources: [{{resource: crew, quantity: 9, uncertainty: "uniform(90%, 110%)"{}}}]}}'
    more = 'resources: {crew: {uncertainty: "uniform(95%, 110%)"}}\n'
    free = " ".join(simcore.simulate(plan_of(tmp_path, [line.format("")], more), iterations=16).warnings)
    assert "price of crew has no effect: nothing that is left to do costs anything by it" in free
    assert "quantity of crew on A has no effect: the assignment has neither a remaining_cost nor a price" in free
    paid = simcore.simulate(plan_of(tmp_path, [line.format(", remaining_cost: 500")], more), iterations=16)
    assert not any("crew" in warning for warning in paid.warnings)
    assert paid.cost.sd > 0


def test_escalation_that_no_cost_follows_is_said_to_have_no_effect(tmp_path: Path) -> None:
    more = "finance: {escalation: {%s}}\nrisks: {R: {probability: 50%%, impacts: [{activity: A, cost: 5}]}}\n"
    lines = ["A: {duration: 5d, cost: {fixed: 5, per_day: 3, index: mine}, expenses: [{remaining_cost: 5, index: none}]}"]
    ours = "mine: 2%, risky: {rate: 2%, applies_to: risk}, steel: {rate: 2%, applies_to: material}, all: 2%"
    found = " ".join(simcore.simulate(plan_of(tmp_path, lines, more % ours), iterations=16).warnings)
    assert "the escalation by risky, steel, all has no effect: no cost follows it" in found
    used = "all: {rate: 2%, applies_to: [risk, fixed]}, mine: 2%"
    found = " ".join(simcore.simulate(plan_of(tmp_path, lines, more % used), iterations=16).warnings)
    assert "escalation" not in found
