"""Weather in the report: tables, figure, section."""
from __future__ import annotations

from dataclasses import replace

import pytest

import simcore
from simcore.models.weather import Weather
from simcore.reports import figures
from simcore.reports.html import render_report
from simcore.reports.page import build_page
from simcore.results import Results
from tests.report_cases import make_plan
from tests.test_reports_html import Elements, page_data

MONTHLY = (0.45, 0.4, 0.25, 0.15, 0.1, 0.05, 0.05, 0.05, 0.1, 0.2, 0.3, 0.4)


@pytest.fixture(scope="module")
def results() -> Results:
    plan = make_plan(30)
    crane = replace(plan.calendars["five"], name="crane <b>")
    lifted = tuple(replace(a, calendar=crane.name) if "Steelwork" in a.name else a for a in plan.activities)
    weather = (
        Weather(calendar="five", monthly=MONTHLY, persistence=0.4, region="coast", correlation=0.6),
        Weather(calendar=crane.name, monthly=(0.3,) * 12, region="coast", correlation=0.6),
    )
    plan = plan.with_changes(calendars={**plan.calendars, crane.name: crane}, activities=lifted, weather=weather)
    return simcore.simulate(plan, iterations=1000, seed=3, threads=2)


def test_the_tables_are_those_of_the_results(results):
    tables = build_page(results).weather
    assert [table.total.name for table in tables] == ["five", "crane <b>"]
    for table, told in zip(tables, results.weather, strict=True):
        assert table.total.working_days == str(told.lost.working_days)
        assert table.total.spread == f"{told.lost.p10}–{told.lost.p90}"
        assert table.months[0].name == "Mar"  # the data date's
        assert len(table.months) == len(told.months)
        assert table.span.startswith("2 Mar 2026 to ")


def test_the_section_stands_in_the_page(results):
    report = render_report(results)
    elements = Elements(report)
    assert "weather" in {attrs.get("id") for tag, attrs in elements.tags if tag == "section"}
    assert "What does the weather take?" in elements.words
    assert "crane <b>, by month" in elements.words
    assert "weather" in page_data(report)["figures"]


def test_the_figure_has_a_bar_a_month_and_calendar(results):
    figure = figures.weather(results)
    five, crane = figure.data
    assert list(five.x)[:2] == ["Mar", "Apr"]
    told = results.weather[0].months
    assert list(five.y) == [told[m].mean for m in sorted(told, key=lambda m: (m - 3) % 12)]
    assert crane.name == "crane &lt;b&gt;"


def test_a_plan_without_weather_has_no_such_section():
    report = render_report(simcore.simulate(make_plan(5), iterations=50, threads=1))
    assert 'id="weather"' not in report
    assert 'href="#weather"' not in report
