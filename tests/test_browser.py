"""The HTML report in headless Chromium: draws, searches, sorts, prints, asks the network for nothing."""
from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import simcore
from simcore.comparison import compare
from tests.money_cases import money_run
from tests.report_cases import HOSTILE, completed_plan, hostile_plan, make_plan, run

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = os.environ.get("SIMCORE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP, PHONE = (1360, 900), (390, 844)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("reports")


@dataclass
class Seen:
    """An open report with all that went wrong in it, and all that it asked for."""

    page: object
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def count(self, selector: str) -> int:
        return self.page.locator(selector).count()

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_text_contents()


def written(folder: Path, name: str, make) -> Path:
    path = folder / f"{name}.html"
    if not path.exists():
        make().report(str(path))
    return path


@pytest.fixture
def opened(browser, folder):
    """A function that opens a report; afterwards no error and no request but the file itself may have happened."""
    seen: list[Seen] = []

    def open_report(name: str, make, view: tuple[int, int] = DESKTOP, scheme: str = "light") -> Seen:
        page = browser.new_page(viewport={"width": view[0], "height": view[1]}, color_scheme=scheme)
        sight = Seen(page)
        page.on("console", lambda m: sight.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: sight.errors.append(str(e)))
        page.on("dialog", lambda d: (sight.errors.append("dialog " + d.message), d.dismiss()))
        page.on("request", lambda r: sight.requests.append(r.url))
        page.goto(written(folder, name, make).as_uri())
        drawn = "figure.closest('details:not([open])') || figure.querySelector('.main-svg')"
        page.wait_for_function(f"[...document.querySelectorAll('.figure')].every(figure => {drawn})")
        seen.append(sight)
        return sight

    yield open_report
    for sight in seen:
        sight.page.close()
        assert sight.errors == []
        assert [url for url in sight.requests if not url.startswith(("file:", "blob:", "data:"))] == []
        assert len([url for url in sight.requests if url.startswith("file:")]) == 1


@pytest.fixture
def sized(opened):
    return lambda size, **options: opened(f"plan-{size}", lambda: run(size, 500 if size > 1000 else 2000), **options)


@pytest.mark.parametrize(("view", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
@pytest.mark.parametrize("size", [10, 300, 10_000])
def test_everything_is_drawn_and_nothing_sticks_out(sized, size, view, scheme):
    sight = sized(size, view=view, scheme=scheme)
    assert sight.count(".figure .main-svg") > 0
    assert sight.count(".figure[data-figure=finish] .barlayer path") >= 5
    assert sight.count(".figure[data-figure=joint] .scatterlayer path.point") >= 300
    assert sight.count("#gantt-chart svg rect") >= 10
    assert sight.count("#activity-table tbody tr") == min(25, len(open_rows(size)))
    assert sight.page.evaluate("document.documentElement.scrollWidth") <= view[0]


@pytest.mark.parametrize(("view", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_compared_scenarios_are_drawn_over_each_other(opened, view, scheme):
    sight = opened("compared", lambda: compare(make_plan(30), ("pre", "post", "none"), 500), view=view, scheme=scheme)
    assert sight.count(".figure[data-figure=finish] .scatterlayer path.js-line") == 3
    assert sight.count(".figure[data-figure=cost] .scatterlayer path.js-line") == 3
    assert sight.texts(".figure[data-figure=finish] .legendtext") == ["pre-mitigated", "post-mitigated", "uncertainty only"]
    assert sight.page.evaluate("document.documentElement.scrollWidth") <= view[0]


@pytest.mark.parametrize(("view", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_money_over_time_is_drawn(opened, view, scheme):
    sight = opened("money", money_run, view=view, scheme=scheme)
    assert sight.count(".figure[data-figure=cash-flow] .barlayer path") >= 12
    assert sight.count(".figure[data-figure=cash-flow-cumulative] .scatterlayer path.js-line") >= 6
    assert sight.count(".figure[data-figure=contingency-waterfall] .barlayer path") == 11
    assert sight.count(".figure[data-figure=contingency-drawdown] .scatterlayer path.js-line") == 2
    by_activity = sight.page.locator("#contingency details").nth(2)
    by_activity.locator("summary").click()
    by_activity.locator(".main-svg").first.wait_for(state="visible")
    assert sight.page.evaluate("document.documentElement.scrollWidth") <= view[0]


def open_rows(size: int) -> list[str]:
    columns = run(size, 500 if size > 1000 else 2000).activities.columns
    return [i for i, status in zip(columns["id"], columns["status"], strict=True) if status != "completed"]


@pytest.mark.parametrize("view", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_flag_labels_do_not_overlap(sized, view):
    page = sized(300, view=view).page
    for figure in ("finish", "cost"):
        boxes = page.evaluate(
            f"[...document.querySelectorAll('[data-figure={figure}] .annotation .annotation-text-g')]"
            ".map(e => { const b = e.getBoundingClientRect(); return [b.top, b.bottom, b.left, b.right]; })"
        )
        upper, lower = sorted(boxes)
        assert upper[1] <= lower[0] + 1
        assert all(left >= 0 and right <= view[0] for _, _, left, right in boxes)


def test_search_narrows_the_table_and_the_gantt(sized):
    sight = sized(10_000)
    for name, rows in (("activities", "#activity-table tbody tr"), ("gantt", "#gantt-chart .row:not(.share):not(.group)")):
        box = sight.page.locator(f"[data-tools={name}] input[type=search]")
        box.fill("STEELWORK outfall")  # any case, every word, wherever it stands
        texts = sight.texts(rows)
        assert texts
        assert all("Steelwork outfall" in text for text in texts)
        box.fill("a10110")
        assert len(sight.texts(rows)) == 1
        box.fill("no such activity")
        assert sight.texts(rows) == []
        assert "No activity matches" in sight.page.locator(f"[data-pager={name}]").inner_text()
        box.fill("")
        assert len(sight.texts(rows)) > 20


def shown(sight: Seen, heading: str) -> list[str]:
    heads = [text.strip() for text in sight.texts("#activity-table thead th")]
    return sight.texts(f"#activity-table tbody tr > :nth-child({heads.index(heading) + 1})")


def test_the_table_sorts_by_any_column_both_ways(sized):
    sight = sized(300)
    columns = run(300).activities.columns
    state = dict(zip(columns["id"], columns["status"], strict=True))
    still_open = [i for i, status in state.items() if status != "completed"]
    assert shown(sight, "Criticality index")[0] in ("100\u202f%", ">99.9\u202f%")

    sight.page.get_by_role("button", name="Id", exact=True).click()
    assert shown(sight, "Id") == still_open[:25]
    assert sight.page.locator("#activity-table th").first.get_attribute("aria-sort") == "ascending"
    sight.page.get_by_role("button", name="Id", exact=True).click()
    assert shown(sight, "Id") == ["HANDOVER", *still_open[::-1][1:25]]

    sight.page.get_by_role("button", name="Finish P80", exact=True).click()
    by_date = sorted(still_open, key=lambda i: columns["finish_p80"][list(columns["id"]).index(i)])
    assert shown(sight, "Id") == by_date[:25]


def test_pages_cover_all_activities_once(sized):
    sight = sized(300)
    sight.page.locator("[data-tools=activities] select").first.select_option("all")
    sight.page.locator("[data-pager=activities] select").select_option("100")
    seen = []
    for _ in range(4):
        seen += shown(sight, "Id")
        following = sight.page.locator("[data-pager=activities] button").nth(1)
        if following.is_enabled():
            following.click()
    assert sorted(seen) == sorted(run(300).activities.columns["id"])
    assert not sight.page.locator("[data-pager=activities] button").nth(1).is_enabled()


def test_the_gantt_groups_by_wbs_and_explains_a_row(sized):
    sight = sized(10)
    groups = ["Intake", "Pump hall", "Treatment", "Control room", "Outfall", "Without WBS"]
    assert sight.texts("#gantt-chart .row.group:not(.share)") == groups
    chart = sight.page.locator("#gantt-chart svg")
    chart.scroll_into_view_if_needed()
    chart.hover(position={"x": 200, "y": 34 + 26 * 1.5})
    tip = sight.page.locator("#tip")
    assert tip.is_visible()
    assert "Criticality index" in tip.inner_text()
    assert "Groundworks intake 2" in tip.inner_text()


def test_the_gantt_of_many_activities_begins_with_the_most_critical(sized):
    sight = sized(10_000)
    shares = [text for text in sight.texts("#gantt-chart .row.share") if text]
    assert len(shares) == 30
    assert shares[0] in ("100\u202f%", ">99.9\u202f%")
    sight.page.locator("[data-tools=gantt] select").nth(1).select_option(label="by WBS")
    assert sight.texts("#gantt-chart .row.group:not(.share)") == ["Intake"]


def test_the_table_can_be_saved_for_a_spreadsheet(sized, tmp_path):
    sight = sized(300)
    sight.page.locator("[data-tools=activities] input").fill("outfall")
    with sight.page.expect_download() as download:
        sight.page.get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "activities.csv")
    with open(tmp_path / "activities.csv", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 60
    columns = run(300).activities.columns
    row = list(columns["id"]).index(rows[0]["Id"])
    assert rows[0]["Finish P80"] == str(columns["finish_p80"][row])
    assert float(rows[0]["Criticality index"]) == pytest.approx(columns["criticality_index"][row], abs=1e-4)


def test_milestones_are_drawn_when_opened(sized):
    sight = sized(10)
    details = sight.page.locator("#milestones details").first
    drawing = details.locator(".main-svg").first
    drawing.wait_for(state="visible")
    details.locator("summary").click()
    drawing.wait_for(state="hidden")
    details.locator("summary").click()
    drawing.wait_for(state="visible")


def test_dark_readers_get_dark_figures(sized):
    colours = {}
    for scheme in ("light", "dark"):
        page = sized(10, scheme=scheme).page
        fill = page.evaluate("getComputedStyle(document.querySelector('[data-figure=finish] .main-svg')).backgroundColor")
        assert fill == page.evaluate("getComputedStyle(document.body).backgroundColor")
        colours[scheme] = fill
    assert colours["light"] != colours["dark"]


def test_a_change_of_the_readers_scheme_redraws(sized):
    sight = sized(10)
    background = "getComputedStyle(document.querySelector('[data-figure=finish] .main-svg')).backgroundColor"
    before = sight.page.evaluate(background)
    sight.page.emulate_media(color_scheme="dark")
    sight.page.wait_for_function(f"before => {background} !== before", arg=before)


def test_it_prints_on_few_pages(sized):
    page = sized(300, scheme="dark").page
    pdf = page.pdf(format="A4")
    pages = pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type/Page/")
    assert 4 <= pages <= 10  # with three about money over time, joint confidence and contingency
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.querySelector('[data-figure=joint] .main-svg').clientWidth") == 690
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelector('[data-figure=joint] .main-svg').clientWidth") > 1000


def test_hostile_names_are_only_text(opened):
    sight = opened("hostile", lambda: simcore.simulate(hostile_plan(), iterations=500, threads=2))
    assert sight.count("img") == 0
    assert sight.page.locator("h1").inner_text() == HOSTILE[0]
    assert sight.page.title().startswith(HOSTILE[0])
    names = shown(sight, "Name")
    assert HOSTILE[2] in names
    ticks = sight.texts("[data-figure=criticality] .ytick text")
    assert any(HOSTILE[2] in text for text in ticks)
    assert any("<b>€</b>" in text for text in sight.texts("[data-figure=cost] .xtitle"))


def test_hostile_names_are_no_formulas_in_a_spreadsheet(opened, tmp_path):
    sight = opened("hostile", lambda: simcore.simulate(hostile_plan(), iterations=500, threads=2))
    with sight.page.expect_download() as download:
        sight.page.get_by_role("button", name="Save as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "\"'=HYPERLINK(" in text
    assert ',"=' not in text


def test_a_finished_plan_shows_its_activities(opened):
    sight = opened("completed", lambda: simcore.simulate(completed_plan(), iterations=100, threads=2))
    assert sight.count(".figure") == 1  # that of earned value
    assert sight.count("#activity-table tbody tr") == 5
    assert sight.count("#gantt-chart svg rect, #gantt-chart svg path") >= 4


def test_a_plan_without_cost_draws_the_rest(opened):
    sight = opened("no-cost", lambda: simcore.simulate(make_plan(10, with_cost=False), iterations=500, threads=2))
    assert sight.count("#cost") == 0
    assert sight.count(".figure[data-figure=finish] .barlayer path") >= 5
