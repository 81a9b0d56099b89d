"""A small plan, and the command line called in this process."""
from __future__ import annotations

import json

import pytest

from simcore.cli.main import main

PLAN = """
format: 1
project: {name: Shed, start: 2026-03-02, currency: EUR, focus: [done]}
calendars: {standard: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}}}
activities:
  dig: {name: Dig, duration: 5d, uncertainty: "triangular(4d, 5d, 9d)", cost: {per_day: 400}}
  pour: {name: Pour, duration: 2d, after: [dig], uncertainty: "uniform(2d, 4d)", cost: 900}
  paint: {name: Paint, duration: 1d, after: [dig]}
  done: {name: Done, type: finish milestone, after: [pour, paint]}
"""
RISKS = """
format: 1
risks:
  R1: {name: Rock, probability: 50%, impacts: [{activity: dig, duration: "fixed(10d)"}], mitigation: {probability: 0%}}
"""


def run(*arguments: object) -> int:
    return main([str(a) for a in arguments])


def answer_of(capsysbinary: pytest.CaptureFixture[bytes], *arguments: object) -> dict:
    assert run(*arguments) == 0
    return json.loads(capsysbinary.readouterr().out)
