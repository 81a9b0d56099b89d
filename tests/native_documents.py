"""Native plans as short texts, and the problems they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcore.models.errors import PlanError
from simcore.models.formats.native import read_native
from simcore.models.plan import Activity, Plan

HEAD = "project: {name: Test, start: 2026-03-02}\n"


def plan_of(text: str, name: str = "plan.yaml", folder: Path | None = None) -> Plan:
    """A plan from a text; one without a project gets one."""
    return read_native(with_project(text).encode(), name, folder)


def with_project(text: str) -> str:
    lines = text.splitlines()
    return text if any(line.startswith(("project:", "projects:")) for line in lines) else HEAD + text


def activity_of(text: str, more: str = "") -> Activity:
    """The activity ``A`` of a plan in which it is written like ``text``."""
    plan = plan_of(f"{more}\nactivities:\n  A: {text}\n")
    return plan.by_ref[plan.find("A")]


def problems_of(text: str, name: str = "plan.yaml") -> list[str]:
    """The messages a text is refused with."""
    with pytest.raises(PlanError) as caught:
        plan_of(text, name)
    return [str(problem) for problem in caught.value.problems]
