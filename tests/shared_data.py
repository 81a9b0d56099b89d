"""Real plan files that lie beside the checkout; tests that need them are skipped where they are absent."""
from __future__ import annotations

from pathlib import Path

import pytest

SHARED: Path = next(
    (folder / "shared" for folder in Path(__file__).resolve().parents if (folder / "shared" / "plans").is_dir()),
    Path("shared"),
)
needs_shared = pytest.mark.skipif(not (SHARED / "plans").is_dir(), reason="the real plan files are not here")
