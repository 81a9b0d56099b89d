"""Runs in a process of its own: starts Java, lets MPXJ read a plan file, writes each of its projects as MSPDI text.

Called as a script with one argument, a JSON object: ``jvm``, ``options``, ``classpath``, ``path`` and ``out``, a
directory that receives ``0.xml``, ``1.xml`` ... and ``result.json``. It imports nothing of simcore, to start quickly.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_USUAL_DAY = 480  # minutes

def main() -> None:
    """Convert the file and say in ``result.json`` what came of it."""
    order = json.loads(sys.argv[1])
    out = Path(order["out"])
    result = _convert(order, out)
    (out / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _convert(order: dict[str, Any], out: Path) -> dict[str, Any]:
    import jpype

    jpype.startJVM(*order["options"], jvmpath=order["jvm"], classpath=order["classpath"], interrupt=True)
    try:
        projects = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().readAll(order["path"])
        found = [_write(jpype, project, out / f"{index}.xml") for index, project in enumerate(projects or ())]
    except jpype.JException as error:
        return {"error": _messages(error)}
    return {"projects": found}


def _write(jpype: Any, project: Any, target: Path) -> dict[str, Any]:
    """Write one project, and tell what MSPDI has no place for."""
    stream = jpype.JClass("java.io.ByteArrayOutputStream")()
    writer = jpype.JClass("org.mpxj.mspdi.MSPDIWriter")()
    writer.setWriteTimephasedData(True)
    properties = project.getProjectProperties()
    if int(properties.getMinutesPerDay()) != _USUAL_DAY:
        _write_out_slack(jpype, project)
    writer.write(project, stream)
    target.write_bytes(bytes(stream.toByteArray()))
    return {
        "id": _text(properties.getProjectID()),
        "type": _text(properties.getFileType()),
        "application": _text(properties.getFileApplication()),
        "warnings": [_text(error) for error in project.getIgnoredErrors()],
    }


def _write_out_slack(jpype: Any, project: Any) -> None:
    """Turn slack into minutes: the MSPDI writer takes every day of slack for eight hours."""
    minutes = jpype.JClass("org.mpxj.TimeUnit").MINUTES
    properties = project.getProjectProperties()
    for task in project.getTasks():
        total, free = task.getTotalSlack(), task.getFreeSlack()
        if total is not None:
            task.setTotalSlack(total.convertUnits(minutes, properties))
        if free is not None:
            task.setFreeSlack(free.convertUnits(minutes, properties))


def _messages(error: Any) -> list[str]:
    """What an exception and those it was caused by say, outermost first."""
    messages: list[str] = []
    while error is not None and len(messages) < 10:
        messages.append(_text(error.getMessage()) or _text(error.getClass().getSimpleName()))
        error = error.getCause()
    return messages


def _text(value: Any) -> str:
    return "" if value is None else str(value)


if __name__ == "__main__":
    main()
