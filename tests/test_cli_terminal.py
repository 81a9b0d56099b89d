"""What a person at a terminal sees: a moving bar, colours; tested on a pseudo-terminal."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are a matter of Unix")
ROOT = Path(__file__).resolve().parents[1]
SLOW = """
import sys, time
import simcore.cli.progress as progress
progress.P80_EVERY = 0.0
from simcore.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def at_a_terminal(*arguments: str, **variables: str) -> tuple[int, str]:
    """Exit status and everything shown by the command line on a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100", **variables}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(timeout=120), shown.decode("utf-8", "replace")


EXAMPLE = str(ROOT / "examples" / "pump-station" / "plan.yaml")


def test_the_bar_shows_speed_and_a_running_p80() -> None:
    status, shown = at_a_terminal("run", EXAMPLE, "-n", "60000", "--threads", "1")
    assert status == 0, shown
    assert "Simulating" in shown
    assert "/s" in shown
    assert "P80 " in shown
    assert "\x1b[" in shown


def test_no_color_is_respected() -> None:
    status, shown = at_a_terminal("schedule", EXAMPLE, NO_COLOR="1")
    assert status == 0
    assert "\x1b[" not in shown
    assert "Site survey" in shown
