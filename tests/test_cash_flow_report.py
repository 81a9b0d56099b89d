"""Spending over time and its funding in the report, on the terminal, in JSON and CSV."""
from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

import simcore
from simcore.answers import json_text, run_answer
from simcore.answers_money import write_cash_flow
from simcore.models.errors import PlanError
from simcore.models.finance import Finance
from simcore.reports import figures
from simcore.reports.cash_flow_content import cash_flow_section, price_levels
from simcore.reports.html import render_report
from simcore.reports.money_parts import shown_parts
from simcore.reports.page import build_page
from simcore.reports.terminal import run_summary
from simcore.results import Results
from tests.cli_cases import PLAN, run
from tests.money_cases import flow_of, money_run
from tests.report_cases import HOSTILE, completed_plan, make_plan
from tests.test_reports_html import Elements, page_data

COLUMNS = ("deterministic", "mean", "P10", "P50", "P80", "P90")


def amount(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-")) if text else 0.0


@pytest.fixture(scope="module")
def answer() -> dict:
    return json.loads(json_text(run_answer(money_run())))


@pytest.fixture(scope="module")
def hostile() -> Results:
    """Labels, limits and a currency that break a careless page."""
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    limits = tuple(replace(limit, name=HOSTILE[2]) for limit in flow.limits)
    plan = results.plan.with_changes(currency="<b>€</b>")
    return replace(results, plan=plan, cash_flow=replace(flow, labels=(HOSTILE[0],) * flow.periods, limits=limits))


# -- plain data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [None, 8, 3])
@pytest.mark.parametrize("column", ["actual", "deterministic", "mean"])
def test_printed_periods_add_up_to_the_printed_total(column: str, most: int | None) -> None:
    section = cash_flow_section(money_run(), most)
    assert section is not None
    assert len(section.lines) <= (most or 12)
    assert sum(amount(getattr(line, column)) for line in section.lines) == amount(getattr(section.total, column))
    cost = money_run().cost
    assert cost is not None
    assert section.total.mean == f"{cost.mean:,.0f}"
    assert section.total.deterministic == f"{cost.deterministic:,.0f}"


@pytest.mark.parametrize("whole", [True, False])
def test_shown_parts_add_up_and_are_never_a_unit_off(whole: bool) -> None:
    rng = np.random.default_rng(5)
    unit = 1.0 if whole else 0.01
    for size in (1, 2, 7, 60):
        parts = rng.normal(10.0, 30.0, size).tolist()
        shown = shown_parts(parts, round(sum(parts) / unit) * unit, whole)
        assert sum(round(part / unit) for part in shown) == round(sum(parts) / unit)
        assert all(abs(a - b) < unit * (1 + 1e-6) for a, b in zip(parts, shown, strict=True))
    assert shown_parts([], 0.0, whole) == []


def test_percentiles_are_those_of_the_cash_flow() -> None:
    results = money_run()
    section, flow = cash_flow_section(results), results.cash_flow
    assert section is not None
    assert flow is not None
    for number, line in enumerate(section.lines):
        assert line.spread == tuple(f"{flow.period(number).p(percent):,.0f}" for percent in (10, 50, 80, 90))
        assert line.cumulative_spread[2] == f"{flow.cumulative(number).p(80):,.0f}"


def test_longer_periods_show_the_worst_of_theirs() -> None:
    """A tranche that ends inside of a quarter must not vanish from it."""
    months, quarters = cash_flow_section(money_run()), cash_flow_section(money_run(), 8)
    assert months is not None
    assert quarters is not None
    assert [line.label for line in quarters.lines] == ["FY2026 Q4", "FY2027 Q1", "FY2027 Q2", "FY2027 Q3", "FY2027 Q4"]
    summer = {line.label: line.over for line in months.lines}
    assert quarters.lines[2].over == summer["2026-08"]  # not that of September, when the second limit holds
    assert [line.short for line in quarters.lines] == [False, True, True, True, True]


def test_the_sentence_says_when_funding_first_runs_short() -> None:
    section = cash_flow_section(money_run())
    assert section is not None
    first = next(line for line in section.lines if line.short)
    assert first.label in section.sentence
    assert "Tranche 1" in section.sentence
    assert first.over in section.sentence
    assert f"EUR {first.cumulative_spread[2]}" in section.sentence


def test_ample_funding_is_said_too() -> None:
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    ample = tuple(replace(limit, amount=1e9) for limit in flow.limits)
    section = cash_flow_section(replace(results, cash_flow=replace(flow, limits=ample)))
    assert section is not None
    assert section.sentence == "The funding limits are exceeded at any time with 0 % probability."
    assert not any(line.short for line in section.limits)


def test_without_limits_nothing_is_said_about_funding() -> None:
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    section = cash_flow_section(replace(results, cash_flow=replace(flow, limits=())))
    assert section is not None
    assert (section.sentence, section.limits) == ("", ())
    assert {line.over for line in section.lines} == {""}


def test_nothing_spent_is_no_section() -> None:
    results = replace(money_run(), cash_flow=flow_of(np.zeros((3, 8))))
    assert cash_flow_section(results) is None
    assert cash_flow_section(replace(results, cash_flow=None)) is None


def test_kinds_of_money_are_named() -> None:
    levels = price_levels(money_run())
    assert [level.name for level in levels] == ["Then-year money", "Base-year money", "Present value"]
    assert price_levels(replace(money_run(), cost_base_year=None))[0].name == "Cost"
    assert price_levels(replace(money_run(), cost_base_year=None, present_value=None)) == ()


# -- page, figures, terminal -------------------------------------------------------------------------------------------


def test_the_section_stands_in_the_page_with_its_figures() -> None:
    report = render_report(money_run())
    elements = Elements(report)
    sections = [attrs.get("id") for tag, attrs in elements.tags if tag == "section"]
    assert sections[:4] == ["finish", "cost", "cash-flow", "contingency"]
    drawn = [attrs["data-figure"] for tag, attrs in elements.tags if "data-figure" in attrs]
    assert set(page_data(report)["figures"]) == set(drawn)
    assert "Tranche 1" in elements.words
    assert "Base-year money" in elements.words


def test_names_on_the_page_are_only_text(hostile: Results) -> None:
    elements = Elements(render_report(hostile))
    assert "img" not in {tag for tag, _ in elements.tags}
    assert HOSTILE[2] in elements.words
    for figure in (figures.cash_flow(hostile), figures.cash_flow_cumulative(hostile)):
        text = figure.to_json()
        assert "<img" not in text
        assert "<script" not in text
        assert "<b>€" not in text
    assert "\u202e" not in run_summary(hostile, 100)


def test_a_run_without_a_cash_flow_has_no_such_section() -> None:
    results = simcore.simulate(completed_plan(), iterations=20, threads=1)
    plain = replace(results, cash_flow=None)
    page = build_page(plain)
    assert page.cash_flow is None
    report = render_report(plain)
    assert 'id="cash-flow"' not in report
    assert 'href="#cash-flow"' not in report
    with pytest.raises(ValueError, match="no cash flow"):
        figures.cash_flow(plain)


def test_bars_are_means_and_whiskers_reach_from_p10_to_p90() -> None:
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    bars, spent, whiskers, ticks = figures.cash_flow(results).data
    assert list(bars.y) == pytest.approx(flow.mean, abs=0.01)
    assert list(spent.y) == pytest.approx(flow.actual, abs=0.01)
    p10, p90 = list(whiskers.y)[::3], list(whiskers.y)[1::3]
    assert p10 == pytest.approx([flow.period(k).p(10) for k in range(12)], abs=0.01)
    assert p90 == pytest.approx([flow.period(k).p(90) for k in range(12)], abs=0.01)
    assert list(ticks.y)[::3] == pytest.approx(flow.deterministic, abs=0.01)


def test_many_periods_are_lines() -> None:
    figure = figures.cash_flow(money_run(200, "week"))
    assert {trace.type for trace in figure.data} == {"scatter"}
    assert len(figure.data[2].x) == 200
    assert figures.cash_flow(money_run()).data[0].type == "bar"


def test_the_fan_begins_with_nothing_and_ends_with_the_total() -> None:
    results = money_run()
    cost, flow = results.cost, results.cash_flow
    assert cost is not None
    assert flow is not None
    traces = {trace.name: trace for trace in figures.cash_flow_cumulative(results).data if trace.name}
    assert list(traces) == [
        "P10–P90", "P25–P75", "P50", "Mean", "Deterministic", "Spent", "Funding limit", "Budget", "Approved in all",
    ]  # fmt: skip
    for name, total in (("P50", cost.p(50)), ("Mean", cost.mean), ("Deterministic", cost.deterministic)):
        assert traces[name].y[0] == 0
        assert traces[name].y[-1] == pytest.approx(total, abs=0.02)
        assert len(traces[name].x) == flow.periods + 1
    assert traces["Spent"].y[-1] == pytest.approx(flow.actual.sum(), abs=0.01)
    assert traces["Spent"].x[-1] == "2026-03-23T08:00"
    first, second = flow.limits
    assert list(traces["Funding limit"].y) == [first.amount] * 2 + [second.amount] * 2
    assert list(traces["Funding limit"].x)[1:3] == ["2026-09-01T00:00"] * 2


def test_a_plan_without_finance_has_a_plain_fan() -> None:
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    plan = results.plan.with_changes(finance=Finance())
    plain = replace(results, plan=plan, cash_flow=replace(flow, limits=(), actual=np.zeros(12)))
    names = [trace.name for trace in figures.cash_flow_cumulative(plain).data if trace.name]
    assert names == ["P10–P90", "P25–P75", "P50", "Mean", "Deterministic"]


def test_base_year_money_is_a_second_curve() -> None:
    results = money_run()
    assert results.cost_base_year is not None
    figure = figures.cost_distribution(results)
    shown = [trace.name for trace in figure.data if trace.showlegend]
    assert shown == ["Then-year money", "Base-year money"]
    assert figure.layout.xaxis.range[0] < results.cost_base_year.samples.min()
    assert [trace.name for trace in figures.cost_distribution(replace(results, cost_base_year=None)).data][1] == "Cumulative"


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_terminal_shows_few_periods_and_cuts_no_numbers(width: int) -> None:
    text = run_summary(money_run(), width)
    assert max(len(line) for line in text.splitlines()) <= width
    block = text.split("Spending, EUR\n", 1)[1].split("\n\n", 1)[0].splitlines()
    assert len(block) == 2 + 5 + 1
    assert not any("…" in line for line in block)
    assert "Funding may run short in 2026-06" in text
    levels = text.split("Cost, EUR\n", 1)[1].split("\n\n", 1)[0]
    assert "…" not in levels
    assert "Base-year money" in levels


# -- answers for machines ----------------------------------------------------------------------------------------------


def test_json_periods_hold_what_is_documented(answer: dict) -> None:
    flow = money_run().cash_flow
    assert flow is not None
    assert answer["cash_flow"]["unit"] == "month"
    periods = answer["cash_flow"]["periods"]
    assert [period["label"] for period in periods] == list(flow.labels)
    assert [period["end"] for period in periods[:-1]] == [period["start"] for period in periods[1:]]
    for number, period in enumerate(periods):
        assert set(period) == {
            "label", "start", "end", "actual", "deterministic", "mean", "percentiles", "standard_error", "cumulative",
        }  # fmt: skip
        assert list(period["percentiles"]) == ["P10", "P25", "P50", "P75", "P80", "P90"]
        for of, variable in ((period, flow.period(number)), (period["cumulative"], flow.cumulative(number))):
            assert of["percentiles"]["P80"] == pytest.approx(variable.p(80), abs=1e-6)
            assert of["standard_error"]["mean"] == pytest.approx(variable.standard_error("mean"), rel=1e-6)
    total = answer["cost"]
    assert periods[-1]["cumulative"]["mean"] == pytest.approx(total["mean"])
    assert periods[-1]["cumulative"]["percentiles"]["P80"] == pytest.approx(total["percentiles"]["P80"])


def test_json_funding_holds_limits_and_periods(answer: dict) -> None:
    funding = answer["funding"]
    assert set(funding) == {"probability_over_any", "probability_over_any_error", "first_short", "limits", "periods"}
    assert [limit["limit"] for limit in funding["limits"]] == ["Tranche 1", "Grant"]
    assert [limit["until"] for limit in funding["limits"]] == ["2026-09-01T00:00", None]
    assert funding["first_short"] == "2026-06"
    assert len(funding["periods"]) == 12
    assert funding["probability_over_any"] >= max(limit["probability_over"] for limit in funding["limits"])
    assert all(0 <= period["probability_over"] <= 1 for period in funding["periods"])


def test_json_has_base_year_and_present_value(answer: dict) -> None:
    assert answer["cost_base_year"]["mean"] == pytest.approx(0.97 * answer["cost"]["mean"])
    assert answer["present_value"]["percentiles"]["P80"] == pytest.approx(0.9 * answer["cost"]["percentiles"]["P80"])


def test_json_is_null_where_a_run_has_nothing() -> None:
    results = simcore.simulate(make_plan(4, with_cost=False, with_ranges=False), iterations=20, threads=1)
    answer = run_answer(results)
    for block in ("cost_base_year", "present_value", "cash_flow", "funding", "contingency"):
        assert answer[block] is None


def test_csv_has_a_row_a_period() -> None:
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    stream = StringIO(newline="")
    write_cash_flow(results, stream)
    rows = list(csv.DictReader(StringIO(stream.getvalue())))
    assert list(rows[0]) == [
        "start", "end", "label", "actual", *COLUMNS, *(f"cumulative_{name}" for name in COLUMNS), "funding_limit",
        "probability_over_funding",
    ]  # fmt: skip
    assert [row["label"] for row in rows] == list(flow.labels)
    assert float(rows[-1]["cumulative_mean"]) == pytest.approx(flow.mean.sum(), abs=0.01)
    assert sum(float(row["mean"]) for row in rows) == pytest.approx(flow.mean.sum(), abs=0.01 * len(rows))
    assert [float(row["P90"]) for row in rows] == pytest.approx([flow.period(k).p(90) for k in range(12)], abs=0.01)
    assert float(rows[5]["funding_limit"]) == flow.limits[0].amount
    assert 0.99 < float(rows[5]["probability_over_funding"]) <= 1


def test_csv_leaves_empty_what_no_limit_holds() -> None:
    results = money_run()
    flow = results.cash_flow
    assert flow is not None
    stream = StringIO(newline="")
    write_cash_flow(replace(results, cash_flow=replace(flow, limits=flow.limits[:1])), stream)
    rows = list(csv.DictReader(StringIO(stream.getvalue())))
    assert [row["funding_limit"] != "" for row in rows] == [True] * 6 + [False] * 6
    with pytest.raises(PlanError, match="no cash flow to write"):
        write_cash_flow(replace(results, cash_flow=None), stream)


# -- command line ------------------------------------------------------------------------------------------------------


def test_the_cash_flow_goes_to_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("simcore.simulation.simulate", lambda *args, **options: money_run())
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    out = tmp_path / "flow.csv"
    assert run("run", tmp_path / "plan.yaml", "--cash-flow", out) == 0
    with open(out, encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 12


def test_a_cash_flow_without_periods_is_refused_before_the_run(tmp_path, capsys) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    assert run("run", tmp_path / "plan.yaml", "--periods", "none", "--cash-flow", tmp_path / "flow.csv") == 2
    assert "leave out --periods none" in capsys.readouterr().err


def test_a_plan_without_cost_has_no_cash_flow_to_write(tmp_path, capsys) -> None:
    plan = PLAN.replace(", cost: {per_day: 400}", "").replace(", cost: 900", "")
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    assert run("run", tmp_path / "plan.yaml", "-n", 20, "--cash-flow", tmp_path / "flow.csv") == 1
    assert "no cash flow" in capsys.readouterr().err
    assert not (tmp_path / "flow.csv").exists()
