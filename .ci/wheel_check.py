"""An installed wheel holds the package alone and works outside the checkout: ``wheel_check.py VENV EMPTY_FOLDER``."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

SIGNATURE_OF_MPP = bytes.fromhex("D0CF11E0A1B11AE1")


def installed_names(venv: Path) -> set[str]:
    """Top-level names that the wheel brought into site-packages."""
    (record,) = venv.glob("lib/python*/site-packages/simcore-*.dist-info/RECORD")
    return {line.split("/")[0] for line in record.read_text().splitlines() if not line.startswith("../")}


def run(venv: Path, folder: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """The installed command, with its expected exit status."""
    command = [str(venv / "bin" / "simcore"), *arguments]
    cold = {**os.environ, "SIMCORE_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, env=cold)
    assert done.returncode == status, f"{arguments} ended with {done.returncode}: {done.stderr}"
    return done


def main() -> None:
    """All checks."""
    venv, folder = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    folder.mkdir()
    names = installed_names(venv)
    assert len(names) == 2, names
    assert "simcore" in names, names

    run(venv, folder, "new", "trial", "--template", "pump-station")
    options = ("trial/plan.yaml", "--risks", "trial/risks.yaml", "--report", "report.html", "--json", "answer.json")
    began = time.monotonic()
    first = run(venv, folder, "run", *options)
    assert "Compiling" in first.stderr, "the first run says what it waits for"
    print(f"The first run ever took {time.monotonic() - began:.0f} s.")
    assert json.loads((folder / "answer.json").read_text())["finish"]["percentiles"]["P80"]
    assert (folder / "report.html").stat().st_size > 100_000
    run(venv, folder, "convert", "trial/plan.yaml", "copy.json")
    schedules = [run(venv, folder, "schedule", plan, "--json", "-").stdout for plan in ("trial/plan.yaml", "copy.json")]
    assert len({json.dumps(json.loads(text)["activities"]) for text in schedules}) == 1

    (folder / "plan.mpp").write_bytes(SIGNATURE_OF_MPP + bytes(512))
    refused = run(venv, folder, "schedule", "plan.mpp", status=1)
    assert "simcore[mpp]" in refused.stderr, refused.stderr
    assert "Traceback" not in refused.stderr
    code = "import simcore; simcore.schedule(simcore.read('trial/plan.yaml')).to_pandas()"
    without_pandas = subprocess.run([venv / "bin" / "python", "-c", code], cwd=folder, capture_output=True, text=True)
    assert "simcore[pandas]" in without_pandas.stderr, without_pandas.stderr
    print("The wheel holds", *sorted(names), "and works.")


if __name__ == "__main__":
    main()
