"""The page of distributions in headless Chromium: draws all, sticks out nowhere, asks the network for nothing."""
from __future__ import annotations

from pathlib import Path

import pytest

import simcore
from simcore.reports.distribution_content import read_sketches
from simcore.reports.distribution_gallery import EXAMPLES
from simcore.reports.distribution_page import render_distributions, render_fits
from tests.test_browser import CHROMIUM, DESKTOP, PHONE, browser  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")
VALUES = (8.0, 9.5, 9.0, 12.0, 17.0, 11.0, 10.0, 13.0, 9.8, 15.2)
PAGES = {
    "gallery": lambda: render_distributions(read_sketches(EXAMPLES), gallery=True),
    "two": lambda: render_distributions(read_sketches(("pert(1d, 2d, 5d)", "discrete(0d: 70%, 5d: 30%)"))),
    "fits": lambda: render_fits(simcore.fit(VALUES, unit="d", replicates=39), "<b>jobs</b>.csv"),
}


@pytest.mark.parametrize(("view", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
@pytest.mark.parametrize(("name", "figures"), [("gallery", len(EXAMPLES)), ("two", 3), ("fits", 2)])
def test_everything_is_drawn(browser, tmp_path: Path, name, figures, view, scheme):  # noqa: F811
    path = tmp_path / "page.html"
    path.write_text(PAGES[name](), encoding="utf-8")
    page = browser.new_page(viewport={"width": view[0], "height": view[1]}, color_scheme=scheme)
    errors: list[str] = []
    requests: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("request", lambda r: requests.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_function("[...document.querySelectorAll('.figure')].every(figure => figure.querySelector('.main-svg'))")
    assert page.locator(".figure").count() == figures
    assert page.locator(".figure .scatterlayer path.js-line").count() >= figures
    assert page.evaluate("document.documentElement.scrollWidth") <= view[0]
    assert errors == []
    assert [url for url in requests if not url.startswith(("blob:", "data:"))] == [path.as_uri()]
    page.close()
