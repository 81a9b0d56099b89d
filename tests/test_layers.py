"""The import contract holds, its checker notices breaches, and start-up stays light."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.layers import violations

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("numpy", "numba", "scipy", "plotly", "rich", "pandas", "jinja2", "yaml", "jpype")


def test_imports_point_one_way() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("file", "code", "reason"),
    [
        ("models/plan.py", "from simcore.network import Network", "simcore lies above models"),
        ("models/plan.py", "def f():\n    import simcore", "simcore lies above models"),
        ("models/plan.py", "import numba", "must not need"),
        ("models/formats/xer.py", "from simcore.reports import wording", "reports lies above models"),
        ("simcore/a.py", "import plotly.graph_objects as go", "must not need"),
        ("simcore/a.py", "from simcore.reports.html import write_report", "reports lies above simcore"),
        ("simcore/a.py", "from simcore import cli", "cli lies above simcore"),
        ("simcore/a.py", "import importlib\nimportlib.import_module('simcore.cli.main')", "cli lies above simcore"),
        ("simcore/kernel_a.py", "from simcore.models.plan import Plan", "nothing but kernels"),
        ("reports/a.py", "from simcore.cli.main import main", "cli lies above reports"),
        ("reports/a.py", "from . import wording", "not relative"),
        ("cli/a.py", "from models.plan import Plan", "write simcore.models.plan"),
    ],
)
def test_a_breach_is_noticed(tmp_path: Path, file: str, code: str, reason: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(code)
    (found,) = violations(tmp_path)
    assert found.startswith(f"{file}:")
    assert reason in found


def test_what_is_allowed_is_not_reported(tmp_path: Path) -> None:
    allowed = {
        "cli/run.py": "import click\nfrom simcore.reports import terminal\nimport simcore.models.plan",
        "simcore/kernel_a.py": "import numpy\nfrom simcore.jit import kernel\nimport simcore.kernel_b",
    }
    for file, code in allowed.items():
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text(code)
    assert violations(tmp_path) == []


def loaded_after(code: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after running some code."""
    watch = f"\nimport sys\nprint('loaded', *[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code + watch], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_importing_simcore_loads_nothing_heavy() -> None:
    assert loaded_after("import simcore") == set()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["schedule", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_after(f"from simcore.cli.main import main\nmain({arguments})") == set()


def test_reading_and_scheduling_load_neither_plotly_nor_scipy_stats() -> None:
    loaded = loaded_after("import simcore\nsimcore.read, simcore.schedule, simcore.simulate")
    assert not loaded & {"plotly", "rich", "pandas", "jpype"}
