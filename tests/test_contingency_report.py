"""Contingency in the report, on the terminal and in JSON: parts add up wherever they are printed."""
from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import simcore
from simcore.answers import json_text, run_answer
from simcore.contingency import CAUSE_NAMES, Contingency, Share
from simcore.models.finance import Budget, Finance
from simcore.reports import figures
from simcore.reports.cash_flow_content import cash_flow_section
from simcore.reports.content import cost_summary
from simcore.reports.contingency_content import (
    MOST_SHARES,
    SHORT_CAUSES,
    ContingencySection,
    contingency_section,
    contingency_steps,
    largest_shares,
    share_name,
    short_name,
)
from simcore.reports.html import render_report
from simcore.reports.terminal import run_summary
from simcore.results import Results
from simcore.sampled import MoneyVariable
from tests.money_cases import money_run, with_money
from tests.report_cases import HOSTILE, make_plan
from tests.test_cash_flow_report import amount
from tests.test_reports_html import Elements, page_data


def known(results: Results) -> Contingency:
    contingency = results.contingency(80)
    assert contingency is not None
    return contingency


@pytest.fixture(scope="module")
def section() -> ContingencySection:
    section = contingency_section(money_run())
    assert section is not None
    return section


def with_contingency(contingency: Contingency, **changes: object) -> Results:
    results = money_run()
    assert results.cash_flow is not None
    return with_money(replace(results, **changes), results.cash_flow, contingency)  # type: ignore[arg-type]


def test_printed_parts_add_up_to_the_printed_contingency(section: ContingencySection) -> None:
    steps = section.steps
    assert sum(amount(line.amount) for line in steps.sources) == amount(steps.total)
    assert amount(steps.planned) + amount(steps.total) == amount(steps.target)
    assert [division.key for division in section.divisions] == ["risk", "wbs", "activity"]
    for division in section.divisions:
        assert sum(amount(line.amount) for line in division.lines) == amount(steps.total)


def test_the_contingency_is_the_same_wherever_it_stands(section: ContingencySection) -> None:
    summary = cost_summary(money_run())
    assert summary is not None
    assert summary.contingency.startswith(f"EUR {section.steps.total} ")
    assert summary.row(80).value == section.steps.target
    assert summary.row(80).difference == f"+{section.steps.total}"
    assert summary.deterministic == section.steps.planned


@pytest.mark.parametrize(("planned", "target"), [(1000.5, 2000.49), (1000.4, 2001.6), (10.004, 12.016), (1999.5, 2100.5)])
def test_rounding_leaves_no_unit_over(planned: float, target: float) -> None:
    total = round(target - planned, 2)
    third = round(total / 3, 2)
    parts = (third, third, round(total - 2 * third, 2))
    by_source = tuple(Share(id=str(k), name=str(k), amount=part, standard_error=0.1) for k, part in enumerate(parts))
    contingency = Contingency(
        percent=80, planned=planned, target=target, total=total, total_error=0.2, by_source=by_source, by_activity=(),
        by_wbs=(), by_account=(), by_risk=(),
    )  # fmt: skip
    steps = contingency_steps(contingency)
    assert round(amount(steps.planned) + amount(steps.total), 2) == amount(steps.target)
    assert round(sum(amount(line.amount) for line in steps.sources), 2) == amount(steps.total)
    values = np.array([planned] * 3 + [target] * 7)
    results = replace(money_run(), cost=MoneyVariable(values, 2, planned))
    summary = cost_summary(results)
    assert summary is not None
    assert summary.contingency.startswith(f"EUR {steps.total} ")


def test_the_largest_parts_come_first_and_the_others_together(section: ContingencySection) -> None:
    (activities,) = (division for division in section.divisions if division.key == "activity")
    assert len(activities.lines) == MOST_SHARES
    assert activities.lines[-1].name == "19 others"  # of 30 activities
    assert activities.lines[-1].error == ""
    shown = [amount(line.amount) for line in activities.lines[:-1]]
    assert shown == sorted(shown, reverse=True)
    few = [Share(id=str(k), name="", amount=float(k - 1), standard_error=0.0) for k in range(3)]
    assert [[share.id for share in part] for part in largest_shares(few)] == [["0", "2"], []]  # 1 carries nothing


def test_parts_are_named_once() -> None:
    named = {
        ("A1", "Dig"): "A1 Dig", ("A1", ""): "A1", ("Dig", "Dig"): "Dig", ("events", "Risk events"): "Risk events",
        ("events", "Shows"): "events Shows", ("", "Rest"): "Rest",
    }  # fmt: skip
    for (key, name), text in named.items():
        assert share_name(Share(id=key, name=name, amount=1.0, standard_error=0.0)) == text


def test_every_cause_has_a_short_name() -> None:
    assert list(SHORT_CAUSES) == list(CAUSE_NAMES)
    cause = Share(id="durations", name=CAUSE_NAMES["durations"], amount=1.0, standard_error=0.0)
    assert short_name(cause) == "Uncertain durations"
    assert short_name(replace(cause, name="Show times")) == "durations Show times"


def test_the_budget_says_how_probably_each_step_suffices(section: ContingencySection) -> None:
    cost, budget = money_run().cost, money_run().plan.finance.budget
    assert cost is not None
    assert budget is not None
    assert [line.name for line in section.budget] == ["Budget for the work", "Approved contingency", "Management reserve"]
    sums = np.cumsum([budget.amount, budget.contingency, budget.management_reserve])
    assert [amount(line.sum) for line in section.budget] == sums.tolist()
    assert section.budget[1].probability == f"{100 * cost.probability(sums[1]):.0f} %"
    assert sum(amount(line.amount) for line in section.budget) == amount(section.budget[-1].sum)


def test_the_waterfall_goes_from_the_plan_to_the_p_value() -> None:
    results = money_run()
    contingency = known(results)
    bars, connectors = figures.contingency_waterfall(results).data
    ends = [base + x for base, x in zip(bars.base, bars.x, strict=True)]
    assert list(bars.customdata) == [
        "Deterministic cost", "Uncertain amounts", "Longer durations", "Risk events", "Escalation", "Mitigation actions",
        "P80 cost", "Budget for the work", "Approved contingency", "Management reserve", "Approved in all",
    ]  # fmt: skip
    assert ends[0] == pytest.approx(contingency.planned)
    assert ends[5] == pytest.approx(contingency.target, abs=0.01)
    assert ends[6] == pytest.approx(contingency.target)
    assert list(bars.base)[1:6] == pytest.approx(ends[0:5])  # every step begins where the one before ends
    assert len([x for x in connectors.x if x is None]) == 9  # none between what is needed and what is approved
    low = figures.contingency_waterfall(results).layout.xaxis.range[0]
    assert 0 < low < contingency.planned
    assert "from 1.2 M on" in figures.contingency_waterfall(results).layout.xaxis.title.text


def test_a_large_contingency_is_drawn_from_nothing() -> None:
    contingency = known(money_run())
    large = replace(contingency, planned=50_000.0, target=50_000.0 + contingency.total)
    plan = money_run().plan.with_changes(finance=Finance())
    figure = figures.contingency_waterfall(with_contingency(large, plan=plan))
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.title.text == "Cost, EUR"
    assert len(figure.data[0].x) == 7


@pytest.mark.parametrize("by", ["risk", "wbs", "activity"])
def test_bars_of_the_parts_add_up(by: str) -> None:
    results = money_run()
    (bars,) = figures.contingency_shares(results, by).data
    assert sum(bars.x) == pytest.approx(known(results).total, abs=1e-6)
    assert len(bars.error_x.array) == len(bars.x)


def test_the_drawdown_is_drawn_from_the_data_date() -> None:
    expected, planned = figures.contingency_drawdown(money_run()).data
    assert expected.x[0] == planned.x[0] == "2026-03-23T08:00"
    assert expected.y[-1] == planned.y[-1] == 0


def test_the_section_stands_in_the_page(section: ContingencySection) -> None:
    report = render_report(money_run())
    words = Elements(report).words
    for line in (*section.steps.sources, *section.budget, *section.divisions[0].lines, *section.drawdown):
        text = line.name if hasattr(line, "name") else line.label
        assert text in words
    assert f"P80 asks for EUR {section.steps.total} beyond the deterministic cost" in words
    assert {"contingency-waterfall", "contingency-risk", "contingency-drawdown"} <= set(page_data(report)["figures"])


def test_a_run_without_a_contingency_has_no_such_section() -> None:
    results = replace(money_run())  # a copy answers as the class does; take the contingency away as well
    object.__setattr__(results, "contingency", lambda percent=80: None)
    assert contingency_section(results) is None
    report = render_report(results)
    assert 'id="contingency"' not in report
    assert "Contingency at P80, EUR" not in run_summary(results, 100)
    with pytest.raises(ValueError, match="no contingency"):
        figures.contingency_waterfall(results)


def test_a_cost_that_does_not_vary_needs_no_contingency() -> None:
    fixed = MoneyVariable(np.full(8, 500.0), 2, 500.0)
    assert contingency_section(with_contingency(known(money_run()), cost=fixed)) is None


def test_names_are_only_text() -> None:
    contingency = known(money_run())
    by_risk = tuple(replace(share, id=HOSTILE[0], name=HOSTILE[2]) for share in contingency.by_risk)
    results = with_contingency(replace(contingency, by_risk=by_risk))
    elements = Elements(render_report(results))
    assert "img" not in {tag for tag, _ in elements.tags}
    assert f"{HOSTILE[0]} {HOSTILE[2]}" in elements.words
    assert "<script" not in figures.contingency_shares(results, "risk").to_json()


def test_the_terminal_has_one_small_table_by_source(section: ContingencySection) -> None:
    block = run_summary(money_run(), 100).split("Contingency at P80, EUR\n", 1)[1].split("\n\n", 1)[0].splitlines()
    assert len(block) == 2 + len(section.steps.sources) + 1 + 1
    assert block[-1] == f"The approved {section.budget[-1].sum} in all suffice with {section.budget[-1].probability} probability."
    assert section.steps.total in block[-2]


def test_json_divisions_add_up_to_the_cent() -> None:
    contingency = json.loads(json_text(run_answer(money_run())))["contingency"]
    assert contingency["percent"] == 80
    for name in ("by_source", "by_activity", "by_wbs", "by_risk"):
        assert sum(round(100 * share["amount"]) for share in contingency[name]) == round(100 * contingency["total"])
        assert set(contingency[name][0]) == {"id", "name", "amount", "standard_error", "planned"}
    assert contingency["by_account"] == []
    drawdown = contingency["drawdown"]
    assert drawdown[0]["at"] == "2026-03-23T08:00"
    assert set(drawdown[0]) == {"at", "planned", "expected", "cost_to_go"}


def test_without_periods_there_is_a_contingency_but_no_drawdown() -> None:
    contingency = known(money_run())
    results = replace(money_run(), cash_flow=None)
    object.__setattr__(results, "contingency", lambda percent=80: contingency)
    section = contingency_section(results)
    assert section is not None
    assert section.drawdown == ()
    answer = run_answer(results)
    assert answer["cash_flow"] is None
    assert answer["contingency"]["drawdown"] is None
    assert 'data-figure="contingency-drawdown"' not in render_report(results)


def test_a_small_cost_keeps_its_cents() -> None:
    contingency = replace(known(money_run()), planned=10.0, target=12.34, total=2.34,
                          by_source=(Share(id="uncertainty", name="Uncertainty", amount=2.34, standard_error=0.1),))  # fmt: skip
    steps = contingency_steps(contingency)
    assert (steps.planned, steps.total, steps.target, steps.sources[0].amount) == ("10", "2.34", "12.34", "+2.34")


def test_a_budget_for_the_work_alone_is_one_step() -> None:
    plan = money_run().plan.with_changes(finance=Finance(budget=Budget(amount=1_400_000.0)))
    results = with_contingency(known(money_run()), plan=plan)
    section = contingency_section(results)
    assert section is not None
    assert [line.name for line in section.budget] == ["Budget for the work"]
    assert list(figures.contingency_waterfall(results).data[0].customdata)[-2:] == ["P80 cost", "Budget for the work"]


def test_what_a_run_finds_itself_adds_up_on_every_page() -> None:
    """Without anything made by hand: cash flow and contingency of the engine."""
    results = simcore.simulate(make_plan(10), iterations=400, seed=2, threads=2, periods="month")
    section, flow = contingency_section(results), cash_flow_section(results)
    assert section is not None
    assert flow is not None
    for lines in (section.steps.sources, *(division.lines for division in section.divisions)):
        assert sum(amount(line.amount) for line in lines) == amount(section.steps.total)
    assert amount(section.steps.planned) + amount(section.steps.total) == amount(section.steps.target)
    assert sum(amount(line.mean) for line in flow.lines) == amount(flow.total.mean)
    assert flow.total.deterministic == section.steps.planned
    assert flow.lines[-1].cumulative_spread[2] == section.steps.target
    assert section.drawdown[0].planned == section.steps.total  # all work is still to be done
    assert section.drawdown[-1].planned == section.drawdown[-1].expected == "0"
    words = Elements(render_report(results)).words
    assert "What is the contingency for?" in words
    assert "When is the money spent?" in words
