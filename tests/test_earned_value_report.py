"""Earned value in the answers: report, figure, terminal, JSON; the pump station half way."""
from __future__ import annotations

import json
from dataclasses import replace

import pytest

import simcore
from simcore.answers import json_text
from simcore.earned_forecasts import cost_forecasts, finish_forecasts
from simcore.earned_value import earned_value
from simcore.models.costs import Amount, Cost
from simcore.reports import figures
from simcore.reports.earned_value_content import earned_section
from simcore.reports.html import render_report
from simcore.reports.page import build_page
from simcore.reports.terminal import run_summary
from tests.earned_cases import DATA_DATE, example, statused_results
from tests.report_cases import make_plan
from tests.test_reports_html import Elements, page_data


@pytest.fixture(scope="module")
def results():
    return statused_results()


@pytest.fixture(scope="module")
def without():
    return simcore.simulate(make_plan(10), iterations=100, threads=2)


def test_the_bottom_up_estimate_is_the_deterministic_cost(results):
    assert results.earned_value.total.eac_bottom_up == pytest.approx(results.cost.deterministic)


def test_the_budget_is_the_cost_of_the_plan_before_it_began(results):
    planned = simcore.simulate(example(), iterations=16, threads=2)
    assert results.earned_value.total.bac == pytest.approx(planned.cost.deterministic)
    assert results.earned_value.schedule.finish == planned.finish.deterministic


def test_forecasts_lie_where_the_iterations_say(results):
    earned = results.earned_value
    for forecast in cost_forecasts(results, earned):
        assert forecast.probability == (results.cost.samples <= forecast.amount).mean()
    for forecast in finish_forecasts(results, earned):
        assert forecast.probability == results.finish.probability(forecast.date)


def test_the_section_says_what_the_results_say(results):
    section, total = earned_section(results), results.earned_value.total
    assert f"SPI {total.spi:.2f}" in section.verdict
    assert f"CPI {total.cpi:.2f}" in section.verdict
    assert "BAC/CPI forecasts EUR" in section.verdict
    assert "earned schedule forecasts" in section.verdict
    assert [line.formula for line in section.cost][-2:] == ["P50", "P80"]
    assert section.finish[2].name == "The plan's own schedule"
    assert [line.id for line in section.wbs] == ["D", "P", "C", "C.1", "C.2", "C.3", "T"]
    losses = [line.amounts[4:] for line in section.worst]
    assert all(any(amount.startswith("−") for amount in pair) for pair in losses)


def test_the_report_has_the_section_and_its_figure(results):
    report = render_report(results)
    elements = Elements(report)
    assert "earned-value" in {attrs.get("id") for tag, attrs in elements.tags if tag == "section"}
    assert "earned-value" in page_data(report)["figures"]
    assert "Walls of the wet well" in elements.words
    assert "data date" in elements.words


def test_the_figure_draws_what_is_known(results):
    figure, earned = figures.earned_value(results), results.earned_value
    named = {trace.name: trace for trace in figure.data}
    assert named["Planned value PV"].y[-1] == pytest.approx(earned.total.bac)
    assert named["Earned value EV"].y[-1] == pytest.approx(earned.total.ev)
    assert named["Actual cost AC"].x[-1] == DATA_DATE.isoformat(timespec="minutes")
    assert named["Index forecast"].y[-1] == pytest.approx(earned.total.eac_cpi)
    box = figure.layout.shapes[1]
    assert (box.y0, box.y1) == (results.cost.p(10), results.cost.p(90))


def test_the_terminal_says_it_in_a_few_lines(results, without):
    text = run_summary(results, width=100)
    assert "Earned value at 1 Oct 2026" in text
    assert "SPI(t) 0." in text
    assert "Earned value" not in run_summary(without, width=100)


def test_the_json_has_the_block(results, without):
    block, earned = json.loads(json_text(results.to_dict()))["earned_value"], results.earned_value
    assert block["data_date"] == "2026-10-01T00:00"
    assert block["total"]["ev"] == pytest.approx(earned.total.ev)
    assert block["total"]["cpi"] == pytest.approx(earned.total.cpi)
    assert set(block["eac"]) == {"at_budget", "cpi", "cpi_spi", "bottom_up"}
    assert block["finish"]["spi_t"]["date"] == earned.schedule.forecast.isoformat(timespec="minutes")
    assert block["schedule"]["spi"] == pytest.approx(earned.schedule.spi)
    assert block["curve"]["ev"][-1] is None
    assert sum(a["bac"] for a in block["activities"]) == pytest.approx(earned.total.bac)
    assert without.to_dict()["earned_value"] is None


def test_a_plan_without_progress_has_no_section(without):
    assert build_page(without).earned is None
    with pytest.raises(ValueError, match="no earned value"):
        figures.earned_value(without)


def test_a_simulation_in_which_nothing_varies_places_no_forecast(results):
    plan = results.plan
    certain = plan.with_changes(
        risks=(), factors=(), correlations=(),
        activities=tuple(replace(a, uncertainty=None, cost=_certain(a.cost)) for a in plan.activities),
    )  # fmt: skip
    same = simcore.simulate(certain, iterations=64, threads=2)
    section = earned_section(same)
    assert "simulation" not in section.verdict
    assert {line.place for line in (*section.cost, *section.finish)} == {"–"}
    assert len(figures.earned_value(same).layout.shapes) == 1
    block = same.to_dict()["earned_value"]
    assert block["eac"]["cpi"]["probability"] is None
    assert block["finish"]["spi_t"]["probability"] is None


def _certain(cost):
    return cost and Cost(fixed=cost.fixed and Amount(value=cost.fixed.value), actual=cost.actual)


def test_the_plan_as_a_file_has_the_same_earned_value(results, tmp_path):
    simcore.write(results.plan, tmp_path / "plan.yaml")
    again = simcore.read(tmp_path / "plan.yaml")
    assert earned_value(again).total == results.earned_value.total
    assert earned_value(again).schedule == results.earned_value.schedule
