"""Where compiled kernels are kept."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import simcore
from simcore.jit import cache_directory

PACKAGE = Path(simcore.__file__).parent


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files; the user has no cache folder of their own."""
    for name in ("SIMCORE_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(Path, "home", classmethod(_no_home))
    return folder


def _no_home(cls: type[Path]) -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_the_folder_that_is_asked_for(tmp_path, temporary, monkeypatch):
    monkeypatch.setenv("SIMCORE_CACHE_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    assert cache_directory().parent == tmp_path / "mine"
    monkeypatch.delenv("SIMCORE_CACHE_DIR")
    assert cache_directory().parent == tmp_path / "shared" / "simcore"


def test_a_user_without_a_home_gets_a_temporary_folder(temporary):
    assert cache_directory().is_relative_to(temporary)


def test_a_folder_that_cannot_be_made_is_replaced_by_a_temporary_one(tmp_path, temporary, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SIMCORE_CACHE_DIR", str(tmp_path / "file"))
    assert cache_directory().is_relative_to(temporary)


def test_machine_code_is_not_loaded_from_where_others_may_write(temporary):
    """In a folder for temporary files anybody could have prepared one under this name."""
    folder = cache_directory()
    folder.parent.chmod(0o777)
    if os.name == "posix":
        with pytest.raises(OSError, match="set SIMCORE_CACHE_DIR"):
            cache_directory()


def test_an_installation_that_cannot_be_written_to(tmp_path):
    """Kernels are compiled, kept in the user's folder, and found there by the next process."""
    site, cache = tmp_path / "site", tmp_path / "cache"
    shutil.copytree(PACKAGE, site / "simcore", ignore=shutil.ignore_patterns("__pycache__", "examples"))
    for path in [site, *site.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(site.rglob("*"))
    environment = {
        **os.environ, "PYTHONPATH": str(site), "SIMCORE_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    environment.pop("NUMBA_DISABLE_JIT", None)
    code = (
        "import datetime, simcore.calendar_tables as c; from simcore.kernel_calendar import work_one; "
        "from simcore.models.calendars import always; day = datetime.date(2026, 1, 5); "
        "print(work_one(c.build_tables([always()], day, day), 0, 7), sum(work_one.stats.cache_hits.values()), c.__file__)"
    )
    try:
        said = [
            subprocess.check_output([sys.executable, "-c", code], env=environment, cwd=tmp_path, text=True).split()
            for _ in range(2)
        ]
        assert [words[:2] for words in said] == [["7", "0"], ["7", "1"]]
        assert Path(said[0][2]).is_relative_to(site)
        assert sorted(site.rglob("*")) == before
        assert list(cache.rglob("*.nbi"))
    finally:
        for path in [site, *site.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
