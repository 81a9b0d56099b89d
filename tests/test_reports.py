"""What a report says: words, plain data, figures."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

import simcore
from simcore.models.calendars import always
from simcore.models.plan import Constraint, ConstraintType, SchedulingOptions, Wbs
from simcore.reports import figures, wording
from simcore.reports.activity_data import activity_data, wbs_paths
from simcore.reports.basis import build_basis, group_notes, hard_constraints
from simcore.reports.content import answer, cost_summary, date_summary, finish_summary, milestone_summaries
from simcore.reports.joint_content import joint_section
from simcore.reports.page import build_page
from simcore.reports.ranking import most_critical
from simcore.reports.theme import CRITICALITY_CLASSES, DARK, LIGHT
from simcore.sampled import DateVariable, MoneyVariable
from tests.report_cases import completed_plan, five_days, hostile_plan, make_plan, run, with_everything

ORIGIN = datetime(2026, 1, 5)


def dates(hours: list[float], deterministic: float = 0.0) -> DateVariable:
    minutes = np.array([60 * h for h in hours], np.int32)
    return DateVariable(minutes, ORIGIN, 16, ORIGIN + timedelta(hours=deterministic))


def test_a_summary_gives_dates_errors_and_the_difference_to_the_plan():
    variable = dates([24 * day for day in range(1, 1001)], deterministic=24 * 100)
    summary = date_summary(variable, "finish", "Project finish")
    assert summary.deterministic == "14 Apr 2026"  # midnight after the 100th day, which belongs to the day before
    assert summary.probability == "10 %"
    assert summary.headline.value == wording.date_text(ORIGIN + timedelta(days=800))
    assert summary.headline.difference == "+700 d"
    assert summary.headline.error.startswith("±")
    assert [row.percent for row in summary.rows if row.emphasised] == [50, 80, 90]


def test_a_contingency_is_counted_in_working_days_too():
    variable = dates([17.0, 24 * 14 + 17.0, 24 * 14 + 17.0, 24 * 14 + 17.0, 24 * 14 + 17.0], deterministic=17.0)
    assert date_summary(variable, "m", "M", five_days()).contingency == "14 d (10 working days)"
    assert date_summary(variable, "m", "M", replace(five_days(), hours_per_day=5.0)).contingency == "14 d (10 working days)"
    assert date_summary(variable, "m", "M", always()).contingency == "14 d"


def test_a_short_spread_is_shown_with_the_time_of_day():
    variable = dates([8.0, 9.0, 10.0, 11.0] * 10, deterministic=8.0)
    assert date_summary(variable, "m", "M").headline.value == "5 Jan 2026 11:00"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (1e-5, "<0.1 %"), (0.0949, "9 %"), (0.5, "50 %"), (0.9999, ">99.9 %"), (1.0, "100 %")]
)
def test_probabilities_are_never_rounded_to_certainty(share, text):
    assert wording.percent_text(share) == text


def test_the_answer_is_one_sentence_with_date_probability_and_cost():
    results = run(30)
    text = answer(results)
    assert text.count(". ") == 0
    assert text.endswith(".")
    assert wording.date_text(results.finish.p(80)) in text
    assert wording.percent_text(results.finish.probability_of_deterministic) in text
    assert wording.short_money(results.cost.p(80), "EUR") in text


def test_a_plan_without_cost_has_no_cost_anywhere():
    results = simcore.simulate(make_plan(10, with_cost=False), iterations=200, threads=2)
    assert cost_summary(results) is None
    page = build_page(results)
    assert page.cost is None
    assert page.joint is None
    assert "EUR" not in page.answer


def test_a_finished_plan_says_that_nothing_varies():
    results = simcore.simulate(completed_plan(), iterations=100, threads=2)
    summary = finish_summary(results)
    assert not summary.varies
    assert answer(results).startswith("Every iteration finishes on 1 May 2026")
    assert [card.label for card in build_page(results).cards] == ["Deterministic finish", "Deterministic cost EUR"]


def test_a_partial_run_says_so():
    page = build_page(replace(run(10), requested=5000))
    assert "2,000 of 5,000" in page.partial
    assert dict(page.basis.facts)["Iterations"] == "2,000 of 5,000 (stopped early)"


def test_milestones_in_focus_carry_their_names():
    (handover,) = milestone_summaries(run(10))
    assert handover.name == "HANDOVER Handover to operator"


def test_the_basis_lists_the_risk_model():
    basis = build_basis(run(30))
    appeal, steel, productivity = basis.risks
    assert (appeal.kind, appeal.probability) == ("risk event", "30 %")
    assert appeal.effects == ("A1150: duration triangular(10d, 20d, 40d)",)
    assert appeal.mitigation == "Early hearing; costs EUR 15 k; probability 10 %"
    assert steel.effects == ("A1290: cost triangular(5%, 10%, 30%)",)
    assert productivity.effects[0].startswith("duration × triangular(90%, 100%, 115%) on A1000")
    assert productivity.effects[0].endswith("and 7 more")
    assert basis.correlations == ("duration of A1000, duration of A1010: rank correlation 0.5",)
    assert basis.uncertainty == "29 of 29 open activities with a duration range, 2 risk events, 1 factor and 1 correlation."


def test_the_facts_make_a_run_repeatable():
    facts = dict(build_basis(run(30)).facts)
    assert facts["Seed"] == "3"
    assert facts["Iterations"] == "2,000"
    assert facts["Scenario"] == "pre-mitigated"
    assert simcore.__version__ in facts["Made with"]


def test_notes_that_say_the_same_are_one_line_and_warnings_come_first():
    lines = group_notes(hostile_plan().notes + make_plan(10).notes)
    assert [(line.severity, line.count) for line in lines] == [("warning", 1), ("note", 1), ("note", 7)]
    assert len(lines[2].places) == 5


def test_hard_constraints_follow_the_rules_of_the_tool():
    plan = with_everything(make_plan(10))
    assert [line.id for line in hard_constraints(plan)] == ["A1020"]
    late = Constraint(ConstraintType.FINISH_NO_LATER_THAN, datetime(2026, 6, 1, 17))
    plan = plan.with_activity("A1030", constraints=(late,))
    assert [line.id for line in hard_constraints(plan)] == ["A1020"]
    plan = plan.with_changes(scheduling=SchedulingOptions(rules="msp"))
    assert [(line.id, line.text) for line in hard_constraints(plan)][1] == ("A1030", "finish no later than 1 Jun 2026 17:00")


def test_the_most_critical_are_open_tasks_in_order():
    columns = run(60).activities.columns
    rows = most_critical(columns, 10, tasks_only=True)
    index = columns["criticality_index"][rows]
    assert list(index) == sorted(index, reverse=True)
    assert "HANDOVER" not in columns["id"][rows]
    assert set(columns["status"][rows]) <= {"not started", "in progress"}


def test_columns_for_the_page_match_the_table():
    results = run(30)
    data = activity_data(results)
    columns = results.activities.columns
    base = np.datetime64(data["base"], "m")
    assert data["columns"]["id"] == list(columns["id"])
    assert [base + np.timedelta64(m, "m") for m in data["columns"]["finish80"]] == list(columns["finish_p80"])
    assert data["columns"]["criticality"] == [round(v * 10_000) for v in columns["criticality_index"]]
    assert data["columns"]["float"][0] is None  # completed
    assert [data["paths"][k] if k >= 0 else "" for k in data["columns"]["wbs"]][:7] == ["Intake"] * 6 + ["Pump hall"]


def test_the_page_is_told_how_often_an_activity_exists_and_knows_no_remaining_work_of_what_the_schedule_leaves_out():
    plan = make_plan(5).with_activity("A1000", existence=0.3)
    columns = activity_data(simcore.simulate(plan, iterations=512))["columns"]
    row = columns["id"].index("A1000")
    assert 2500 < columns["exists"][row] < 3500
    assert columns["exists"][row - 1] == 10_000
    assert "exists" not in activity_data(run(5))["columns"]
    unplanned = [i for i, start in enumerate(columns["start"]) if start is None]
    assert all(columns["duration"][i] is None for i in unplanned)


def test_wbs_paths_are_in_tree_order_and_leave_the_single_root_out():
    plan = make_plan(5)
    nodes = (*plan.wbs[:1], Wbs(code="P1.9", name="Nested", parent="P1.5"), *plan.wbs[:0:-1])
    paths = wbs_paths(plan.with_changes(wbs=nodes).with_activity("A1000", wbs="P1.9"))
    assert list(paths.values()) == ["Outfall", "Outfall › Nested", "Control room", "Treatment", "Pump hall"]


@pytest.mark.parametrize("name", ["finish_distribution", "cost_distribution", "joint", "gantt", "criticality"])
@pytest.mark.parametrize("plan", [make_plan(10), completed_plan(), hostile_plan()], ids=["plain", "completed", "hostile"])
def test_every_figure_draws_every_plan(name, plan):
    results = simcore.simulate(plan, iterations=64, threads=2)
    figure = getattr(figures, name)(results)
    assert figure.layout.template.layout.font.family
    assert "<script" not in figure.to_json()


def test_the_emblem_figure_has_bars_curve_and_two_flags():
    results = run(60)
    figure = figures.finish_distribution(results)
    bars, curve, marks = figure.data
    assert sum(bars.y) == results.iterations
    assert list(curve.y) == sorted(curve.y)
    assert curve.y[-1] == 1.0
    assert marks.y == (results.finish.probability_of_deterministic, 0.8)
    assert len(figure.layout.shapes) == 2
    assert figure.layout.yaxis2.side == "right"
    planned, wanted = figure.layout.annotations
    assert planned.y != wanted.y  # so labels never meet
    assert "P80" in wanted.text


def test_bars_of_a_long_range_are_whole_weeks():
    bars = figures.finish_distribution(run(60)).data[0]
    assert set(bars.width) == {7 * 86_400_000.0}
    assert {np.datetime64(x, "D").astype(datetime).weekday() for x in bars.x} == {3}  # centres of weeks from Monday


def test_the_shares_of_the_quadrants_count_all_iterations():
    results = run(30)
    figure = figures.joint(results)
    both = results.joint.probability(results.finish.deterministic, results.cost.deterministic)
    texts = [a.text for a in figure.layout.annotations]
    assert f"<b>{wording.percent_text(both)}</b><br>on time<br>within budget" in texts


def test_frontiers_begin_at_their_level_and_pass_by_their_recommended_pair():
    results = run(30).with_goal(jcl=65)
    figure = figures.joint(results)
    curves = [trace for trace in figure.data if trace.mode == "lines"]
    stars = [trace for trace in figure.data if trace.marker.symbol == "star"]
    assert [curve.name for curve in curves] == [f"{level} % joint confidence" for level in (50, 65, 70, 80)]
    assert curves[1].x[0] == results.finish.p(65).isoformat(timespec="minutes")
    assert curves[1].y[-1] == results.cost.p(65)
    pair = results.joint.recommended(65)
    assert (stars[1].x[0], stars[1].y[0]) == (pair.date.isoformat(timespec="minutes"), pair.amount)
    assert len(figure.to_json()) < 200_000


def test_the_joint_section_speaks_of_plan_goal_and_conditions():
    results = run(30).with_goal(jcl=65, target="2027-01-31", budget=900_000)
    section, joint = joint_section(results), results.joint
    assert section is not None
    assert [line.name for line in section.quadrants] == [
        "Deterministic date and cost", "P80 date and P80 cost", "Target and budget"]  # fmt: skip
    assert section.quadrants[2].both == wording.share_text(*joint.quadrants("2027-01-31", 900_000).both)
    assert [(line.level, line.asked) for line in section.recommended] == [
        ("50 %", False), ("65 %", True), ("70 %", False), ("80 %", False)]  # fmt: skip
    pair = joint.recommended(65)
    assert section.recommended[1].date == wording.date_text(pair.date)
    assert section.recommended[1].amount == wording.money_text(pair.amount, whole=True)
    assert wording.money_text(joint.budget_given_date(80, "P80").value, whole=True) in section.given[0]
    assert wording.date_text(joint.date_given_budget(80, "P80").value) in section.given[1]
    cards = {card.label: card.value for card in build_page(results).cards}
    assert cards["Target 31 Jan 2027"] == wording.percent_text(results.finish.probability("2027-01-31"))
    assert cards["Budget EUR 900 k"] == wording.percent_text(results.cost.probability(900_000))
    assert "Target and budget" in cards


def test_a_goal_needs_a_level_between_0_and_100():
    with pytest.raises(ValueError, match="P100 is outside P0 to P100"):
        run(10).with_goal(jcl=100)


def test_cost_figures_refuse_a_plan_without_cost():
    results = replace(run(10), cost=None)
    with pytest.raises(ValueError, match="has no cost"):
        figures.cost_distribution(results)


def test_a_gantt_of_unknown_order_is_refused():
    with pytest.raises(ValueError, match="order 'name' is unknown; use one of criticality, start"):
        figures.gantt(run(10), order="name")


def test_light_and_dark_have_the_same_colours_to_swap():
    assert list(LIGHT) == list(DARK)
    assert len(set(LIGHT.values())) == len(LIGHT)
    assert [limit for limit, _, _ in CRITICALITY_CLASSES] == sorted((limit for limit, _, _ in CRITICALITY_CLASSES), reverse=True)


def test_small_amounts_keep_their_cents_and_large_ones_have_none():
    small = MoneyVariable(np.array([10.0, 12.5, 20.25, 30.0]), 2, 12.5)
    large = MoneyVariable(np.array([10_000.0, 10_000.25, 10_000.75]), 1, 10_000.0)
    assert wording.money_text(small.p(50)) == "12.50"
    assert wording.money_text(large.p(80) - large.deterministic, whole=True) == "1"
