"""Makes the picture of the README from an example: ``python docs/make_images.py`` (needs the extra ``test`` and Chromium)."""
from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

import simcore

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "pump-station"
SIZE = {"width": 1200, "height": 960}


def main() -> None:
    """Run the example and take a picture of the top of its report."""
    results = simcore.simulate(simcore.read(EXAMPLE / "plan.yaml", risks=EXAMPLE / "risks.yaml"))
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        results.report(str(page_file))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        page.goto(page_file.as_uri())
        page.wait_for_selector(".main-svg")
        page.screenshot(path=ROOT / "docs" / "images" / "pump-station.png")
        browser.close()


if __name__ == "__main__":
    main()
