"""The commands that do not simulate: schedule, convert, new."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli_cases import PLAN, RISKS, answer_of, run


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


def test_schedule_prints_a_table(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schedule", plan) == 0
    shown = capsys.readouterr().out
    assert "dig" in shown
    assert "2026-03-10 17:00" in shown
    assert "no dates" in shown


def test_schedule_beside_the_files_own_dates(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dated = PLAN.replace(
        "after: [dig]}", "after: [dig], file_dates: {early_start: 2026-03-09T08:00, early_finish: 2026-03-11T17:00}}"
    )
    plan.write_text(dated, encoding="utf-8")
    assert run("schedule", plan, "--only", "differing") == 0
    shown = capsys.readouterr().out
    assert "0 of 1 open activities agree" in shown
    assert "paint" in shown
    assert "pour" not in shown


def test_schedule_only_critical(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schedule", plan, "--only", "critical") == 0
    shown = capsys.readouterr().out
    assert "pour" in shown
    assert "Paint" not in shown


def test_schedule_json(plan: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = answer_of(capsysbinary, "schedule", plan, "--json", "-")
    (project,) = answer["projects"]
    assert project["name"] == "Shed"
    assert (project["start"], project["finish"]) == ("2026-03-02T08:00", "2026-03-10T17:00")
    paint = next(a for a in answer["activities"] if a["id"] == "paint")
    assert (paint["early_start"], paint["early_finish"]) == ("2026-03-09T08:00", "2026-03-09T17:00")
    assert (paint["late_start"], paint["late_finish"]) == ("2026-03-10T08:00", "2026-03-10T17:00")
    assert paint["total_float_hours"] == 8
    assert paint["critical"] is False
    assert (paint["type"], paint["status"]) == ("task", "not started")


def test_schedule_into_a_file_prints_no_table(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "dates.json"
    assert run("schedule", plan, "--json", target) == 0
    assert "dig" not in capsys.readouterr().out
    assert json.loads(target.read_text(encoding="utf-8"))["activities"]


@pytest.mark.parametrize("name", ["copy.yaml", "copy.json"])
def test_convert_keeps_the_schedule(
    plan: Path, risks: Path, name: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("convert", plan, tmp_path / name, "--risks", risks) == 0
    assert b"4 activities" in capsysbinary.readouterr().out
    first = answer_of(capsysbinary, "run", plan, "--risks", risks, "-n", 300, "--json", "-")
    second = answer_of(capsysbinary, "run", tmp_path / name, "-n", 300, "--json", "-")
    for answer in (first, second):
        del answer["plan_sha256"]
    assert first == second


def test_convert_to_standard_output(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("convert", plan, "-") == 0
    assert capsys.readouterr().out.startswith("format: 1")


def test_convert_refuses_its_input(plan: Path) -> None:
    assert run("convert", plan, plan) == 2


@pytest.mark.parametrize("template", ["starter", "pump-station", "software-release", "plant-shutdown"])
def test_every_template_runs(template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a folder" / template
    assert run("new", folder, "--template", template) == 0
    assert "simcore run" in capsys.readouterr().out
    assert run("run", folder / "plan.yaml", "--risks", folder / "risks.yaml", "-n", 400) == 0
    shown = capsys.readouterr()
    assert "% confidence" in shown.out
    assert not [line for line in shown.err.splitlines() if not line.startswith("Compiling ")]  # said on a new machine


def test_new_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "risks.yaml").write_text("mine")
    assert run("new", tmp_path) == 1
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "risks.yaml").read_text() == "mine"
    assert not (tmp_path / "plan.yaml").exists()


def test_new_names_the_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", tmp_path / "x", "--template", "castle") == 2
    shown = capsys.readouterr().err
    assert "starter" in shown
    assert "plant-shutdown" in shown
