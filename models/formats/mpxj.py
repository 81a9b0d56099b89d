"""Plan files that only MPXJ can read (Microsoft Project MPP and many more), turned into MSPDI in Java.

Java runs in a process of its own: a damaged file that crashes it, or what it prints, cannot reach the user's session.
"""
from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from simcore.models.errors import MissingExtraError, PlanError, Problem
from simcore.models.formats.java import find_java
from simcore.models.formats.mspdi import PROJECT_ID, read_mspdi
from simcore.models.formats.projects import join_projects
from simcore.models.plan import Plan

_OPTIONS = (
    "-XX:TieredStopAtLevel=1",  # a run of a second does not repay the optimising compiler
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
    "-Duser.timezone=UTC",  # the same dates on every machine
    "-Duser.language=en",
    "-Duser.country=US",
    "-Dlog4j2.StatusLogger.level=OFF",
    "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
    "-Dorg.apache.logging.log4j.simplelog.level=OFF",
)
_INSTALL = "Install it with: pip install 'simcore[mpp]'"


def read_with_mpxj(path: Path) -> Plan:
    """Read a plan file of any kind that MPXJ knows.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    MissingExtraError
        When MPXJ or a Java runtime is not installed.
    PlanError
        When MPXJ cannot read the file: damaged, protected by a password, of an unknown kind, without a project.
    """
    with tempfile.TemporaryDirectory(prefix="simcore-") as folder:
        result = _convert(Path(path), Path(folder))
        documents = [(Path(folder) / f"{index}.xml").read_bytes() for index in range(len(result["projects"]))]
    plans = [
        _with_origin(read_mspdi(data, path.name), path.name, project)
        for data, project in zip(documents, result["projects"], strict=True)
    ]
    if len(plans) == 1:
        return plans[0]
    return join_projects(_named(plans, result["projects"]), path.name)


def _convert(path: Path, folder: Path) -> dict[str, Any]:
    """Run the worker; its result has at least one project."""
    order = _order(path, folder)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    command = [sys.executable, "-P", str(Path(__file__).with_name("mpxj_worker.py")), json.dumps(order)]
    run = subprocess.run(command, capture_output=True, env=environment, check=False)
    try:
        result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _stopped(path.name, run) from None
    if "error" in result:
        raise _refused(path.name, result["error"])
    if not result["projects"]:
        what = "is not a plan file that MPXJ can read, or holds no project."
        raise PlanError(Problem(path.name, what, "Save it from its own tool as Microsoft Project XML and read that."))
    return result


def _order(path: Path, folder: Path) -> dict[str, Any]:
    jars = _jars()
    java = find_java()
    if java is None:
        raise MissingExtraError(
            f"{path.name}: reading this kind of file needs a Java runtime (11 or later), and none was found. "
            "Set JAVA_HOME, or install one with: pip install 'simcore[mpp]'"
        )
    return {
        "jvm": str(java.library),
        "options": [*_OPTIONS, *java.options],
        "classpath": jars,
        "path": str(path.resolve()),
        "out": str(folder),
    }


def _jars() -> list[str]:
    """MPXJ's class files; the package itself is not imported because that changes the session's class path."""
    mpxj = importlib.util.find_spec("mpxj")
    if mpxj is None or mpxj.origin is None or importlib.util.find_spec("jpype") is None:
        raise MissingExtraError(f"Reading this kind of file needs MPXJ. {_INSTALL}")
    return sorted(str(jar) for jar in (Path(mpxj.origin).parent / "lib").glob("*.jar"))


def _stopped(name: str, run: subprocess.CompletedProcess[bytes]) -> PlanError:
    lines = run.stderr.decode(errors="replace").strip().splitlines()
    reason = lines[-1] if lines and run.returncode >= 0 else f"exit status {run.returncode}"
    return PlanError(Problem(name, f"the Java process that reads it stopped ({reason})."))


def _refused(name: str, messages: list[str]) -> PlanError:
    """MPXJ's reasons as one message."""
    own = dict.fromkeys(message for message in messages if message)
    text = ": ".join(message for message in own if not any(other != message and other in message for other in own))
    if "password" in text.lower():
        return PlanError(Problem(name, "is protected by a password.", "Save a copy without a password and read that."))
    what = f"cannot be read by MPXJ ({text})."
    return PlanError(Problem(name, what, "Save it as Microsoft Project XML and read that."))


def _with_origin(plan: Plan, name: str, project: dict[str, Any]) -> Plan:
    kind = " ".join(word for word in (project["application"], project["type"]) if word) or "unknown kind"
    warnings = tuple(
        Problem(name, f"MPXJ: {text}", severity="warning") for text in dict.fromkeys(project["warnings"]) if text
    )
    return plan.with_changes(source=f"{name} ({kind}, read by MPXJ)", notes=plan.notes + warnings)


def _named(plans: list[Plan], projects: list[dict[str, Any]]) -> dict[str, Plan]:
    """Plans by an id of their project: the file's own where these are unique, else P1, P2 ..."""
    ids = [project["id"] for project in projects]
    if not all(ids) or len(set(ids)) < len(ids):
        ids = [f"{PROJECT_ID[0]}{number}" for number in range(1, len(plans) + 1)]
    return dict(zip(ids, plans, strict=True))
