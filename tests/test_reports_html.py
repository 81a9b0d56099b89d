"""The HTML report as text; what a browser makes of it is tested in test_browser.py."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import simcore
from simcore.models.files import OutputError
from simcore.reports.html import render_report, script_json, write_report
from tests.report_cases import HOSTILE, completed_plan, hostile_plan, make_plan, run


class Elements(HTMLParser):
    """Tags with attributes, and the visible text (what stands outside of script and style)."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.hidden = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


@pytest.fixture(scope="module")
def report() -> str:
    return render_report(run(30))


def page_data(report: str) -> dict:
    return json.loads(re.search(r'<script id="report-data" type="application/json">(.*?)</script>', report, re.DOTALL)[1])


def test_the_page_stands_alone(report):
    elements = Elements(report)
    attributes = [value for _, attrs in elements.tags for key, value in attrs.items() if key in ("src", "href", "action")]
    assert attributes
    assert all(value.startswith(("#", "data:")) for value in attributes)
    assert "default-src 'none'" in report
    assert [tag for tag, _ in elements.tags if tag in ("link", "img", "iframe", "object")] == ["link"]  # the empty icon
    assert "@import" not in report.split("</style>")[0]


def test_plotly_is_there_once(report):
    assert report.count("plotly.js v") == 1
    assert len(report) < 6_000_000


def test_every_section_is_there(report):
    elements = Elements(report)
    ids = {attrs.get("id") for tag, attrs in elements.tags if tag == "section"}
    assert ids == {
        "finish", "cost", "contingency", "earned-value", "milestones", "drivers", "gantt", "activities", "basis",
    }  # fmt: skip
    drawn = [attrs["data-figure"] for tag, attrs in elements.tags if "data-figure" in attrs]
    divisions = [f"contingency-{name}" for name in ("waterfall", "risk", "wbs", "activity")]
    assert drawn == ["finish", "cost", "joint", *divisions, "earned-value", "milestone-0", "criticality"]
    assert set(page_data(report)["figures"]) == set(drawn)


def test_the_words_are_those_of_the_plain_data(report):
    words = Elements(report).words
    for text in ("Water works renewal", "Permit appeal", "Crew productivity", "rank correlation 0.5", "Seed",
                 "mandatory start 1 Jun 2026", "The key 'colour' is not used.", "29 of 30 open activities agree"):
        assert text in words, text


def test_a_plan_without_cost_has_no_cost_section():
    results = simcore.simulate(make_plan(10, with_cost=False), iterations=200, threads=2)
    report = render_report(results)
    assert 'id="cost"' not in report
    assert set(page_data(report)["figures"]) == {"finish", "milestone-0", "criticality"}


def test_a_finished_plan_has_no_distributions_but_a_sentence():
    report = render_report(simcore.simulate(completed_plan(), iterations=100, threads=2))
    assert set(page_data(report)["figures"]) == {"earned-value"}
    assert "Every iteration gives the same value, 1 May 2026" in Elements(report).words


def test_a_partial_run_has_a_banner():
    words = Elements(render_report(replace(run(10), requested=9999))).words
    assert "stopped after 2,000 of 9,999 iterations" in words


def test_hostile_names_are_shown_and_never_obeyed():
    report = render_report(simcore.simulate(hostile_plan(), iterations=100, threads=2))
    elements = Elements(report)
    allowed = {"script", "style", "meta", "link"}
    assert sum(tag == "script" for tag, _ in elements.tags) == 3
    assert not [tag for tag, attrs in elements.tags if tag not in allowed and any(key.startswith("on") for key in attrs)]
    assert "img" not in {tag for tag, _ in elements.tags}
    for name in HOSTILE[:3]:
        assert re.sub(r"\s+", " ", name) in elements.words
    data = page_data(report)
    assert data["activities"]["columns"]["name"][:2] == list(HOSTILE[:2])
    assert "<script>" not in json.dumps(data["figures"])


def test_half_surrogates_do_not_stop_a_report(tmp_path):
    plan = make_plan(10).with_changes(name="bad \ud800 name")
    write_report(simcore.simulate(plan, iterations=50, threads=2), tmp_path / "report.html")
    assert "bad ? name" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_same_results_give_the_same_bytes(report):
    assert render_report(run(30)) == report


def test_results_write_their_report(tmp_path):
    path = tmp_path / "report.html"
    run(10).report(str(path))
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_not_there_is_one_clear_message(tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        write_report(run(10), tmp_path / "nowhere" / "report.html")


@pytest.mark.parametrize("text", ["</script>", "<!--", "a & b", "\u2028", "\ud83d\ude00"])
def test_json_in_a_script_reads_back_and_closes_nothing(text):
    made = script_json({"name": text})
    assert not set("<>&\u2028\u2029") & set(made)
    assert json.loads(made) == {"name": text}


def test_plotly_is_imported_only_when_a_report_is_made():
    code = (
        "import sys, simcore, simcore.simulation, simcore.reports.figures, simcore.reports.html, simcore.reports.terminal\n"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('plotly', 'jinja2', 'pandas')], 'heavy import'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
