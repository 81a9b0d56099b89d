"""The command ``simcore compare``: usage, outputs, and that it says what Python says; named scenarios of ``simcore run``."""
from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import simcore
from tests.cli_cases import PLAN, answer_of, run

RISKS = """
format: 1
risks:
  R1: {name: Rock, probability: 50%, impacts: [{activity: dig, duration: "fixed(10d)", cost: "fixed(800)"}],
       mitigation: {name: Boreholes, cost: 300, probability: 5%}}
  R2: {name: Rain, probability: 30%, impacts: [{activity: pour, duration: "uniform(1d, 3d)"}],
       mitigation: {name: Tent, cost: 100, probability: 10%}}
"""
NAMED = RISKS + """
scenarios:
  tent: {name: Tent only, mitigate: [R2]}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "shed.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def risks(tmp_path: Path) -> Path:
    path = tmp_path / "register.yaml"
    path.write_text(RISKS, encoding="utf-8")
    return path


@pytest.fixture
def named(tmp_path: Path) -> Path:
    path = tmp_path / "named.yaml"
    path.write_text(NAMED, encoding="utf-8")
    return path


def test_the_comparison_is_printed(plan: Path, risks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", plan, "--risks", risks, "-n", 800, "--target", "2026-03-20", "--budget", 4000) == 0
    shown = capsys.readouterr().out
    for text in ("Shed", "pre-mitigated", "post-mitigated", "by 20 Mar 2026", "within EUR 4,000",
                 "difference to pre-mitigated", "its actions cost EUR 400 more", "earlier / same"):  # fmt: skip
        assert text in shown, text


def test_the_command_line_and_python_agree(plan: Path, risks: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    options = ("--scenario", "none", "--scenario", "post", "-n", 480, "--seed", 5, "--target", "2026-03-20", "--json", "-")
    answer = answer_of(capsysbinary, "compare", plan, "--risks", risks, *options)
    comparison = simcore.compare(simcore.read(plan, risks=risks), ("none", "post"), 480, 5, target="2026-03-20")
    assert answer == json.loads(json.dumps(comparison.to_dict()))
    assert [entry["id"] for entry in answer["scenarios"]] == ["none", "post"]


def test_csv_has_the_scenarios_side_by_side(plan: Path, risks: Path, tmp_path: Path) -> None:
    target = tmp_path / "samples.csv"
    assert run("compare", plan, "--risks", risks, "-n", 64, "--csv", target) == 0
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["iteration", "finish pre", "cost pre", "finish post", "cost post"]
    post = simcore.simulate(simcore.read(plan, risks=risks), 64, scenario="post")
    assert [row["finish post"] for row in rows] == [str(date) for date in post.finish.samples]


def test_the_page_is_written(plan: Path, risks: Path, tmp_path: Path) -> None:
    target = tmp_path / "compared.html"
    assert run("compare", plan, "--risks", risks, "-n", 200, "--report", target) == 0
    assert "scenarios compared" in target.read_text(encoding="utf-8")[:2000]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scenario", "pre"], "at least twice"),
        (["--scenario", "pre", "--scenario", "pre"], "another name"),
        (["--scenario", "pre", "--scenario", "pots"], "The plan has no scenario 'pots'. Did you mean 'post'?"),
        (["--target", "soon"], "'soon'"),
        (["--budget", "much"], "not a valid float"),
        (["--report", "-"], "--report needs a file"),
        (["--json", "x", "--csv", "x"], "--csv would write over --json"),
        (["-n", "0"], "range"),
    ],
)
def test_wrong_usage_is_2(plan: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", plan, *options) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert not shown.out


def test_named_scenarios_are_compared(plan: Path, named: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = answer_of(capsysbinary, "compare", plan, "--risks", named, "-n", 320, "--json", "-")
    assert [(entry["id"], entry["name"], entry["action_cost"]) for entry in answer["scenarios"]] == [
        ("pre", "pre-mitigated", 0.0), ("post", "post-mitigated", 400.0), ("tent", "Tent only", 100.0),
    ]  # fmt: skip


def test_a_named_scenario_is_run(plan: Path, named: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = answer_of(capsysbinary, "run", plan, "--risks", named, "--scenario", "tent", "-n", 320, "--json", "-")
    assert (answer["scenario"], answer["scenario_name"]) == ("tent", "Tent only")


def test_a_misspelt_scenario_is_asked_back(plan: Path, named: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", plan, "--risks", named, "--scenario", "tant", "-n", 10) == 2
    assert "The plan has no scenario 'tant'. Did you mean 'tent'?" in capsys.readouterr().err
