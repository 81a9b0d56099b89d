"""Ranges for plans that carry none: by filter, by quick risk, by one common correlation; and risks files."""

from __future__ import annotations

from pathlib import Path

import pytest

import simcore
from simcore.models.distributions import Pert, Triangular
from simcore.models.errors import PlanError
from simcore.models.formats.native import merge_risks
from simcore.models.plan import Plan, Ref
from simcore.models.uncertainty import apply_quick_correlation, apply_quick_risk, may_vary, quick_range
from tests.native_documents import plan_of, problems_of

PLAN = """\
project: {start: 2026-03-02, data_date: 2026-03-16, currency: EUR}
calendars:
  five: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}}
  ten: {week: {mon-thu: [07:00-17:00]}}
wbs: {C: Construction, C.1: Civil, C.10: Roads, D: Design}
activities:
  C100: {wbs: C.1, duration: 10d, codes: {Trade: Civil}, cost: {fixed: 100, per_day: 5}}
  C110: {wbs: C.10, duration: 10d, calendar: ten, codes: {Trade: Roads}, cost: {fixed: {value: 9, uncertainty: "uniform(8, 10)"}}}
  D100: {name: Drawings, wbs: D, duration: 10d}
  own: {duration: 10d, uncertainty: "uniform(9d, 12d)"}
  wait: {duration: 10ed}
  done: {wbs: C.1, duration: 10d, actual_start: 2026-03-02, actual_finish: 2026-03-13}
  half: {duration: 10d, remaining: 4d, actual_start: 2026-03-10}
  off: {duration: 10d, inactive: true}
  zero: {duration: 0d}
  mile: {type: finish milestone}
  loe: {type: hammock, after: [C100 SS]}
  sum: {type: summary, wbs: C}
"""
VARYING = ["C100", "C110", "D100", "own", "wait", "half"]


def ranges(text: str) -> dict[str, str]:
    """Which activities get which mode, in percent, beside the one with a range of its own."""
    plan = plan_of(PLAN + text)
    return {a.id: f"{a.uncertainty.mean:.0%}" for a in plan.activities if a.uncertainty is not None and a.id != "own"}


def only(name: str, text: str) -> object:
    return plan_of(PLAN + text).by_ref[Ref("P1", name)]


class TestRules:
    def test_all_that_may_vary_and_nothing_else(self) -> None:
        plan = plan_of(PLAN + 'uncertainty: {duration: "pert(90%, 100%, 110%)"}\n')
        assert [a.id for a in plan.activities if a.uncertainty is not None] == VARYING
        assert [a.id for a in plan.activities if may_vary(a)] == VARYING
        assert plan.by_ref[Ref("P1", "own")].uncertainty.bounds == (4320.0, 5760.0)

    @pytest.mark.parametrize(
        ("where", "chosen"),
        [
            ("{wbs: C.1}", ["C100"]),
            ("{wbs: C}", ["C100", "C110"]),
            ('{wbs: "C.1*"}', ["C100", "C110"]),
            ("{wbs: [C.10, D]}", ["C110", "D100"]),
            ("{id: C1?0}", ["C100", "C110"]),
            ('{id: ["*100", wait]}', ["C100", "D100", "wait"]),
            ("{id: c100}", []),
            ("{name: Draw*}", ["D100"]),
            ("{calendar: ten}", ["C110"]),
            ("{calendar: five, wbs: C}", ["C100"]),
            ("{code: {Trade: Civil}}", ["C100"]),
            ("{code: {Trade: [Civil, Roads]}, id: C11*}", ["C110"]),
            ("{code: {Colour: red}}", []),
            ("{project: P1, wbs: D}", ["D100"]),
            ("{project: P2}", []),
            ("{}", ["C100", "C110", "D100", "wait", "half"]),
        ],
    )
    def test_filters(self, where: str, chosen: list[str]) -> None:
        assert list(ranges(f'uncertainty: [{{where: {where}, duration: "uniform(90%, 100%)"}}]')) == chosen

    def test_the_last_rule_that_matches_wins(self) -> None:
        text = (
            "uncertainty:\n  - {duration: 95%}\n  - {where: {wbs: C}, duration: 110%}\n  - {where: {id: C10?}, duration: 120%}\n"
        )
        assert ranges(text) == {"C100": "120%", "C110": "110%", "D100": "95%", "wait": "95%", "half": "95%"}

    def test_absolute_ranges_run_on_the_calendar_of_each_activity(self) -> None:
        plan = plan_of(PLAN + 'uncertainty: [{where: {wbs: C}, duration: "uniform(9d, 12d)"}]\n')
        assert plan.by_ref[Ref("P1", "C100")].uncertainty.bounds == (4320.0, 5760.0)
        assert plan.by_ref[Ref("P1", "C110")].uncertainty.bounds == (5400.0, 7200.0)

    def test_costs_get_ranges_where_there_are_costs_without_one(self) -> None:
        plan = plan_of(PLAN + 'uncertainty: [{fixed: "uniform(90%, 110%)", per_day: "uniform(80%, 120%)"}]\n')
        c100, c110, d100 = plan.activities[:3]
        assert c100.cost.fixed.uncertainty.bounds == (0.9, 1.1)
        assert c100.cost.per_day.uncertainty.bounds == (0.8, 1.2)
        assert c110.cost.fixed.uncertainty.bounds == (8.0, 10.0)
        assert (c110.cost.per_day, d100.cost, d100.uncertainty) == (None, None, None)

    def test_a_rule_that_selects_nothing_is_a_warning(self) -> None:
        plan = plan_of(PLAN + 'uncertainty: [{where: {wbs: X}, duration: "uniform(90%, 110%)"}]\n')
        (warning,) = [note for note in plan.notes if note.severity == "warning"]
        assert str(warning) == "plan.yaml:19 uncertainty rule 1: selects no activity that may vary."

    def test_a_wrong_range_is_told_once(self) -> None:
        (found,) = problems_of(PLAN + 'uncertainty: [{duration: 95%}, {where: {wbs: C}, duration: "uniform(9d, 3d)"}]\n')
        assert found.startswith("plan.yaml:19 uncertainty rule 2 duration: uniform: the minimum 9d is above the maximum 3d")

    def test_elapsed_and_working_time_are_not_mixed(self) -> None:
        (found,) = problems_of(PLAN + 'uncertainty: [{where: {id: wait}, duration: "uniform(9d, 13d)"}]\n')
        assert "'9d' is not elapsed time as the duration it belongs to" in found


class TestQuickRisk:
    def test_triangular_on_what_may_vary_and_has_no_range(self) -> None:
        plan = apply_quick_risk(plan_of(PLAN), "90%,100%,130%")
        quick = Triangular(0.9, 1.0, 1.3, relative=True)
        assert [a.id for a in plan.activities if a.uncertainty == quick] == [name for name in VARYING if name != "own"]
        assert plan.by_ref[Ref("P1", "own")].uncertainty.bounds == (4320.0, 5760.0)

    def test_any_distribution_of_percentages_will_do(self) -> None:
        assert quick_range("pert(90%, 100%, 130%)") == Pert(0.9, 1.0, 1.3, relative=True)
        assert quick_range(" 90% , 100%,130% ") == Triangular(0.9, 1.0, 1.3, relative=True)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("90%", "quick risk: '90%' is not a range. Write three percentages, such as 90%,100%,130%."),
            ("130%,100%,90%", "quick risk: triangular: the minimum 130% is above the mode 100%"),
            ("1d,2d,3d", "quick risk: '1d' is not a percentage"),
            ("0.9,1,1.3", "quick risk: '0.9' is not a percentage"),
        ],
    )
    def test_refused(self, text: str, message: str) -> None:
        with pytest.raises(PlanError) as caught:
            quick_range(text)
        assert str(caught.value).startswith(message)


class TestQuickCorrelation:
    def test_one_correlation_of_all_uncertain_durations(self) -> None:
        plan = apply_quick_correlation(apply_quick_risk(plan_of(PLAN), "90%,100%,130%"), 0.5)
        (correlation,) = plan.correlations
        assert correlation.between == tuple(f"duration of {name}" for name in VARYING)
        assert correlation.rank == 0.5

    def test_the_plans_own_correlations_stay_as_they_are(self) -> None:
        text = "correlations: [{between: [duration of D100, duration of own], rank: -0.2}]\n"
        plan = apply_quick_correlation(apply_quick_risk(plan_of(PLAN + text), "90%,100%,130%"), 0.5)
        assert plan.correlations[0].rank == -0.2
        assert plan.correlations[1].between == tuple(f"duration of {name}" for name in ("C100", "C110", "wait", "half"))

    def test_one_uncertain_duration_has_nothing_to_correlate_with(self) -> None:
        plan = plan_of(PLAN)
        assert apply_quick_correlation(plan, 0.5) is plan

    @pytest.mark.parametrize("rank", [-0.1, 1.1, float("nan")])
    def test_refused(self, rank: float) -> None:
        with pytest.raises(PlanError, match=r"quick correlation: .* is not between 0 and 1"):
            apply_quick_correlation(plan_of(PLAN), rank)


RISKS = """\
format: 1
currency: EUR
focus: [mile]
uncertainty: [{where: {wbs: C}, duration: "triangular(90%, 100%, 130%)"}]
risks:
  R1: {probability: 20%, impacts: [{activity: C110, duration: "uniform(1d, 2d)"}]}
factors:
  F: {uncertainty: "uniform(90%, 120%)", applies_to: {code: {Trade: Roads}}}
correlations: [{between: [magnitude of R1, duration of C100], rank: 0.5}]
"""


def merged(plan: str, risks: str) -> Plan:
    return merge_risks(plan_of(plan), risks.encode(), "risks.yaml")


class TestRisksFiles:
    def test_everything_is_added(self) -> None:
        plan = merged(PLAN, RISKS)
        assert [risk.id for risk in plan.risks] == ["R1"]
        assert plan.risks[0].impacts[0].duration.bounds == (600.0, 1200.0)
        assert plan.factors[0].applies_to == ("C110",)
        assert plan.correlations[0].rank == 0.5
        assert plan.focus == (Ref("P1", "mile"),)
        assert [a.id for a in plan.activities if a.uncertainty is not None] == ["C100", "C110", "own"]

    def test_the_risks_of_the_plan_stay(self) -> None:
        own = "risks: {R0: {impacts: [{activity: own, cost: 5}]}}\nfocus: [loe, mile]\n"
        plan = merged(PLAN + own, RISKS.replace("magnitude of R1", "magnitude of R0"))
        assert [risk.id for risk in plan.risks] == ["R0", "R1"]
        assert [ref.id for ref in plan.focus] == ["loe", "mile"]

    def test_ids_must_be_new(self) -> None:
        with pytest.raises(PlanError, match=r"^risks\.yaml:6 risk 'R1': the plan has a risk of this id already\. Rename"):
            merged(PLAN + "risks: {R1: {impacts: [{activity: own, cost: 5}]}}\n", RISKS)

    def test_problems_name_the_risks_file(self) -> None:
        with pytest.raises(PlanError) as caught:
            merged(PLAN, "risks:\n  R1: {impacts: [{activity: C111, cost: 5}]}\nactivities: {}\n")
        assert [str(problem) for problem in caught.value.problems] == [
            "risks.yaml:2 risk 'R1' impacts: there is no activity 'C111'. Did you mean 'C110'?",
            "risks.yaml:3: the key 'activities' is not known. Known are 'format', 'currency', 'focus', 'templates', "
            "'uncertainty', 'scales', 'risks', 'factors', 'correlations', 'branches', 'weather', 'scenarios', 'finance'.",
        ]

    def test_another_currency_is_a_warning(self) -> None:
        plan = merged(PLAN, RISKS.replace("EUR", "USD"))
        assert plan.currency == "EUR"
        assert "risks.yaml:2 currency: the plan is in EUR, the risks are in USD; nothing is converted." in map(str, plan.notes)

    def test_read_takes_a_risks_file(self, tmp_path: Path) -> None:
        (tmp_path / "plan.yaml").write_text(PLAN)
        (tmp_path / "risks.yaml").write_text(RISKS)
        plan = simcore.read(tmp_path / "plan.yaml", risks=tmp_path / "risks.yaml")
        assert len(plan.risks) == 1
        assert plan.source == "plan.yaml"
        with pytest.raises(PlanError, match=r"none\.yaml: there is no such file"):
            simcore.read(tmp_path / "plan.yaml", risks=tmp_path / "none.yaml")
