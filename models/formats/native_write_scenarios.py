"""Scenarios as plain values of the native format."""

from __future__ import annotations

from simcore.models.formats.native_yaml import Value
from simcore.models.risks import Scenario

Document = dict[str, Value]


def write_scenario(scenario: Scenario) -> Document:
    """What differs from the state before mitigation."""
    written: Document = {"name": scenario.name} if scenario.name else {}
    if scenario.base != "pre":
        written["base"] = scenario.base
    for key in ("mitigate", "leave", "without"):
        if getattr(scenario, key):
            written[key] = list(getattr(scenario, key))
    return written
