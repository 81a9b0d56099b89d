"""The answer of a run and the schedule as terminal text."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

import simcore
from simcore.importcheck import check_import
from simcore.reports import wording
from simcore.reports.curve import curve_lines
from simcore.reports.schedule_text import schedule_table
from simcore.reports.terminal import run_summary
from tests.report_cases import completed_plan, hostile_plan, make_plan, run, with_everything


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(len, run_summary(run(60), width=width).splitlines())) <= width


@pytest.mark.parametrize("width", [70, 100, 160])
def test_numbers_are_never_cut(width):
    results = run(60)
    text = run_summary(results, width=width)
    for percent in (10, 50, 80, 90):
        assert f"{wording.date_text(results.finish.p(percent))} " in text
        assert wording.money_text(results.cost.p(percent)) in text
    for line in text.split("Most critical activities")[1].splitlines()[3:10]:
        assert "…" not in line[-30:]


def test_the_summary_holds_what_an_analyst_looks_for():
    text = run_summary(run(60), width=120)
    for part in ("Water works renewal", "seed 3", "pre-mitigated", "Contingency at P80", "working days", "Milestones in focus",
                 "HANDOVER", "Most critical activities", "Probability of finishing by a date", "std. error", "A1050"):
        assert part in text, part


def test_the_summary_speaks_of_date_and_budget_together():
    results = run(60)
    text = run_summary(results.with_goal(jcl=65, target="2027-01-31", budget=900_000), width=140)
    pair = results.joint.recommended(65)
    for part in ("Deterministic date and cost are both kept with", f"For 65 % joint confidence: {wording.date_text(pair.date)}",
                 f"EUR {wording.money_text(pair.amount, whole=True)}", "Target 31 Jan 2027: kept with",
                 "Budget EUR 900 k: kept with", "Target and budget: kept with"):
        assert part in text, part
    without_cost = simcore.simulate(make_plan(10, with_cost=False), iterations=64, threads=2)
    text = run_summary(without_cost.with_goal(target="2027-01-31", budget=1.0), width=140)
    assert "Target 31 Jan 2027: kept with" in text
    assert "Budget" not in text
    assert "joint confidence" not in text


def test_colour_only_when_asked_for():
    assert "\x1b" not in run_summary(run(10), width=100)
    assert "\x1b[" in run_summary(run(10), width=100, color=True)


def test_plain_text_is_ascii():
    assert run_summary(run(60), width=100, plain=True).isascii()
    assert run_summary(simcore.simulate(hostile_plan(), iterations=50, threads=2), width=100, plain=True).isascii()
    assert schedule_table(run(60).schedule, width=140, plain=True).isascii()


def test_names_cannot_command_the_terminal():
    plan = make_plan(10).with_activity("A1000", name="\x1b[2Jcleared\x07\u202e").with_changes(name="a\x1b]0;title\x07b")
    results = simcore.simulate(plan, iterations=50, threads=2)
    for text in (run_summary(results, width=120), schedule_table(results.schedule, width=120)):
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert "[2Jcleared" in text


def test_a_partial_run_says_so_first():
    text = run_summary(replace(run(10), requested=9000), width=100)
    assert text.splitlines()[1] == "Stopped early: 2,000 of 9,000 iterations are done."


def test_a_finished_plan_needs_no_curve_and_no_percentiles():
    text = run_summary(simcore.simulate(completed_plan(), iterations=50, threads=2), width=100)
    assert "Every iteration finishes on 1 May 2026" in text
    assert "P80" not in text
    assert "Probability of finishing" not in text


def test_without_cost_there_is_no_cost():
    results = simcore.simulate(make_plan(10, with_cost=False), iterations=50, threads=2)
    assert "Cost" not in run_summary(results, width=120)


def test_few_iterations_have_no_standard_errors():
    for iterations in (1, 3):
        results = simcore.simulate(make_plan(10), iterations=iterations, threads=1)
        assert "nan" not in run_summary(results, width=120).lower()


def test_the_curve_rises_from_bottom_to_top():
    lines = curve_lines(np.arange(1000.0), [(100.0, "plan"), (800.0, "P80")], str, width=40, height=11, plain=True)
    rows = [line[7:] for line in lines[:11]]
    columns = [next(k for k, row in enumerate(rows) if row.ljust(40)[c] == "*") for c in range(40)]
    assert columns == sorted(columns, reverse=True)
    assert (columns[0], columns[-1]) == (10, 0)
    labels = {number: line[:5].strip() for number, line in enumerate(lines[:11]) if line[:5].strip()}
    assert labels == {0: "100 %", 2: "80 %", 5: "50 %", 10: "0 %"}
    assert lines[12].split() == ["plan", "P80"]


def test_marks_that_would_touch_get_lines_of_their_own():
    lines = curve_lines(np.arange(1000.0), [(500.0, "plan"), (510.0, "P80")], str, width=40, plain=True)
    assert [line.strip() for line in lines[-3:-1]] == ["plan", "P80"]


def test_a_curve_of_one_value_is_a_line_of_text():
    assert curve_lines(np.full(5, 3.0), [(3.0, "plan")], str) == ["all at 3.0"]


def test_the_schedule_stands_beside_the_files_dates():
    plan = with_everything(make_plan(60))
    text = schedule_table(simcore.schedule(plan), width=140)
    (line,) = [line for line in text.splitlines() if line.startswith("≠")]
    assert "A1050" in line
    assert "2026-03-27 08:00" in line
    assert "Start in file" in text
    assert "early start 2026-03-27 08:00 in the file, " in text.splitlines()[-1]


def test_the_schedule_shows_a_choice_of_activities():
    plan = with_everything(make_plan(60))
    schedule = simcore.schedule(plan)
    differing = schedule_table(schedule, check_import(plan, schedule), "differing", width=140)
    assert [line.split()[1] for line in differing.splitlines() if line.startswith("≠")] == ["A1050"]
    assert "A1060" not in differing
    critical = schedule_table(schedule, None, "critical", width=140)
    assert sum(line[1:2] == "*" for line in critical.splitlines()) == sum(schedule.columns["critical"])
    assert "A1060" not in critical


def test_a_narrow_terminal_keeps_computed_dates():
    text = schedule_table(run(10).schedule, width=80)
    assert "in file" not in text
    assert max(map(len, text.splitlines()[:14])) <= 80
    assert f"{run(10).finish.deterministic:%Y-%m-%d %H:%M}" in text


def test_completed_activities_have_no_float_and_show_no_early_dates_of_the_file():
    line = next(line for line in schedule_table(run(10).schedule, width=140).splitlines() if "A1000" in line)
    assert line.split("2026-03-20 17:00")[1].strip() == ""


def test_wide_characters_keep_the_columns_in_place():
    plan = make_plan(10).with_activity("A1000", name="基础工程")
    first, second = schedule_table(simcore.schedule(plan), width=140).splitlines()[3:5]
    assert first.index("2026-") + 4 == second.index("2026-")


def test_dates_without_a_value_are_a_dash():
    assert wording.date_text(datetime(2026, 1, 1)) == "31 Dec 2025"
    assert wording.date_error_text(None) == "–"
