"""Beginnings of native plans."""

from __future__ import annotations

HEAD = "project: {start: 2026-03-02}\n"
ONE = HEAD + "activities:\n  A: {duration: 5d}\n"


def activity(text: str) -> str:
    return f"{HEAD}activities:\n  T7: {text}\n"


def calendar(text: str) -> str:
    return f"{HEAD}calendars:\n  c: {text}\n"
