"""Real plan files that lie beside the checkout; tests that need them are skipped where they are absent."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SHARED: Path = next(
    (folder / "shared" for folder in Path(__file__).resolve().parents if (folder / "shared" / "plans").is_dir()),
    Path("shared"),
)
needs_shared = pytest.mark.skipif(not (SHARED / "plans").is_dir(), reason="the real plan files are not here")


def oracle_cases(name: str) -> list[Any]:
    """The cases of one file of exact answers as pytest parameters; one skipped case where the file is absent."""
    path = SHARED / "oracles" / f"{name}.json"
    if not path.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"the exact answers {name}.json are not here"))]
    return [pytest.param(case, id=case["name"]) for case in json.loads(path.read_text())["cases"]]
