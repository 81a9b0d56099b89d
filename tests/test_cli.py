"""The command line: exit status, messages, outputs, standard output against standard error."""
from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import simcore
from tests.cli_cases import PLAN, RISKS, answer_of, run

ROOT = Path(__file__).resolve().parents[1]


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


# -- run ---------------------------------------------------------------------------------------------------------------


def test_run_prints_the_answer(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", plan, "-n", 500) == 0
    shown = capsys.readouterr()
    assert "Shed" in shown.out
    assert "P80" in shown.out
    assert "500 iterations" in shown.out


def test_run_json_has_the_documented_shape(plan: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = answer_of(capsysbinary, "run", plan, "-n", 800, "--seed", 7, "--json", "-")
    assert list(answer)[:4] == ["format", "simcore", "plan_sha256", "model_sha256"]
    assert answer["format"] == 1
    assert answer["simcore"] == simcore.__version__
    assert (answer["seed"], answer["iterations"], answer["requested"], answer["scenario"]) == (7, 800, 800, "pre")
    assert answer["partial"] is False
    assert answer["deterministic"] == {"finish": "2026-03-10T17:00", "cost": 5 * 400 + 900}
    for percent in (5, 10, 50, 80, 90, 95):
        assert f"P{percent}" in answer["finish"]["percentiles"]
        assert f"P{percent}" in answer["cost"]["percentiles"]
    assert set(answer["finish"]["standard_error_hours"]) == {"mean", "P10", "P50", "P80", "P90"}
    assert answer["milestones"]["done"]["percentiles"] == answer["finish"]["percentiles"]
    assert [a["id"] for a in answer["activities"]] == ["dig", "pour", "paint", "done"]
    critical = {a["id"]: a["criticality_index"] for a in answer["activities"]}
    assert critical["dig"] == critical["pour"] == 1.0
    assert critical["paint"] == 0.0


def test_the_answer_has_the_hash_of_the_file(plan: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    import hashlib

    answer = answer_of(capsysbinary, "run", plan, "-n", 100, "--json", "-")
    assert answer["plan_sha256"] == hashlib.sha256(plan.read_bytes()).hexdigest()


@pytest.mark.parametrize("threads", [2, 7])
def test_the_same_bytes_for_any_number_of_threads(
    plan: Path, threads: int, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    texts = []
    for used in (1, threads):
        assert run("run", plan, "-n", 3000, "--threads", used, "--json", "-") == 0
        texts.append(capsysbinary.readouterr().out)
    assert texts[0] == texts[1]


def test_the_command_line_and_python_agree(plan: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = answer_of(capsysbinary, "run", plan, "-n", 640, "--seed", 3, "--float", "--json", "-")
    results = simcore.simulate(simcore.read(plan), 640, 3, with_float=True, periods="month")
    assert answer == json.loads(json.dumps(results.to_dict()))
    assert "total_float_hours" in answer["activities"][0]


def test_people_read_standard_error_when_the_answer_goes_to_standard_output(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", plan, "-n", 200, "--json", "-") == 0
    shown = capsys.readouterr()
    json.loads(shown.out)
    assert "P80" in shown.err


def test_run_json_answers_date_and_budget_together(plan: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    asked = ("--jcl", 65, "--target", "2026-03-12", "--budget", 3600)
    answer = answer_of(capsysbinary, "run", plan, "-n", 800, *asked, "--json", "-")
    results = simcore.simulate(simcore.read(plan), iterations=800, periods="month").with_goal(65, "2026-03-12", 3600)
    assert answer == json.loads(json.dumps(results.to_dict()))
    assert (answer["target"], answer["budget"]) == ("2026-03-13T00:00", 3600)
    assert answer["finish"]["probability_of_target"] == round(results.finish.probability("2026-03-12"), 9)
    assert answer["cost"]["probability_of_budget"] == round(results.cost.probability(3600), 9)
    joint = answer["joint"]
    assert list(joint) == ["jcl", "quadrants", "recommended", "given", "correlation", "frontier"]
    assert set(joint["quadrants"]) == {"deterministic", "P80", "target"}
    assert joint["quadrants"]["target"]["both"]["probability"] == round(results.joint.probability("2026-03-12", 3600), 9)
    pairs = {pair["jcl"]: pair for pair in joint["recommended"]}
    assert list(pairs) == [50, 65, 70, 80]
    assert all(pair["probability"] >= level / 100 for level, pair in pairs.items())
    assert len(joint["frontier"]["finish"]) == len(joint["frontier"]["cost"]) == len(joint["frontier"]["cost_error"])


@pytest.mark.parametrize("iterations", [1, 2, 3, 5])
def test_a_handful_of_iterations_is_answered(
    plan: Path, iterations: int, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    answer = answer_of(capsysbinary, "run", plan, "-n", iterations, "--json", "-", "--report", report)
    assert answer["joint"]["recommended"][0]["cost"] > 0
    assert (answer["joint"]["recommended"][0]["cost_error"] is None) == (iterations < 4)
    assert "Recommended pairs" in report.read_text(encoding="utf-8") or iterations == 1


def test_a_plan_without_cost_has_no_joint_answer(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text(PLAN.replace(', cost: {per_day: 400}', "").replace(", cost: 900", ""), encoding="utf-8")
    answer = answer_of(capsysbinary, "run", bare, "-n", 64, "--budget", 10, "--json", "-")
    assert (answer["cost"], answer["joint"], answer["budget"]) == (None, None, 10)


@pytest.mark.parametrize("option", [("--jcl", 100), ("--jcl", "much"), ("--target", "soon"), ("--budget", "much")])
def test_wrong_goals_are_wrong_usage(plan: Path, option: tuple[str, object]) -> None:
    assert run("run", plan, *option) == 2


def test_csv_has_one_row_an_iteration(plan: Path, tmp_path: Path) -> None:
    target = tmp_path / "samples.csv"
    assert run("run", plan, "-n", 64, "--csv", target) == 0
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["iteration"]) for row in rows] == list(range(64))
    results = simcore.simulate(simcore.read(plan), 64)
    assert [row["finish"] for row in rows] == [str(date) for date in results.finish.samples]
    assert results.cost is not None
    assert [float(row["cost"]) for row in rows] == results.cost.samples.tolist()
    assert rows[0]["milestone done"] == rows[0]["finish"]


def test_risks_and_scenarios(plan: Path, risks: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    means = {}
    for scenario in ("pre", "post", "none"):
        answer = answer_of(
            capsysbinary, "run", plan, "--risks", risks, "--scenario", scenario, "-n", 1000, "--json", "-"
        )
        assert answer["scenario"] == scenario
        means[scenario] = answer["finish"]["mean"]
    assert means["pre"] > means["post"] == means["none"]


def test_quick_risk_fills_what_has_no_range(plan: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    options = ("--quick-risk", "200%,200%,200%", "--quick-correlation", "0.5", "-n", 100, "--json", "-")
    answer = answer_of(capsysbinary, "run", plan, *options)
    hours = {a["id"]: a["duration_hours"]["P50"] for a in answer["activities"]}
    assert hours["paint"] == 16  # quick
    assert 32 <= hours["dig"] <= 72  # its own
    assert hours["done"] == 0


def test_the_report_is_written(plan: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert run("run", plan, "-n", 200, "--report", target) == 0
    assert "<html" in target.read_text(encoding="utf-8")[:2000]


# -- what must fail before the run -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-n", "0"], "range"),
        (["-n", "many"], "not a valid integer"),
        (["--seed", "-1"], "range"),
        (["--threads", "0"], "range"),
        (["--scenario", "maybe"], "maybe"),
        (["--quick-risk", "90%,100%"], "three percentages"),
        (["--quick-risk", "130%,100%,90%"], "quick-risk"),
        (["--quick-correlation", "2"], "range"),
        (["--report", "-"], "--report needs a file"),
        (["--json", "-", "--csv", "-"], "standard output"),
        (["--json", "x", "--csv", "x"], "--csv would write over --json"),
        (["--unknown"], "--unknown"),
    ],
)
def test_wrong_usage_is_2(plan: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", plan, *options) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert not shown.out


def test_no_output_may_replace_the_input(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", plan, "--json", plan.parent / "." / plan.name) == 2
    assert "would write over the input" in capsys.readouterr().err
    assert plan.read_text(encoding="utf-8") == PLAN


def test_outputs_are_checked_before_the_plan_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", tmp_path / "missing.yaml", "--json", tmp_path / "no" / "such.json") == 1
    shown = capsys.readouterr().err
    assert "folder does not exist" in shown
    assert "missing.yaml" not in shown


def test_a_folder_is_no_output(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", plan, "--json", tmp_path) == 2
    assert "is a directory" in capsys.readouterr().err


def test_wrong_input_is_1_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(PLAN.replace("[dig]", "[digg]"), encoding="utf-8")
    assert run("run", path) == 1
    shown = capsys.readouterr().err
    assert "bad.yaml:7" in shown
    assert "Did you mean 'dig'?" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("activities", ["{}", "{A: {name: All, type: summary}}", "{A: {duration: 1d, inactive: true}}"])
def test_a_plan_without_activities(activities: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text(f"project: {{name: Empty, start: 2026-03-02}}\nactivities: {activities}\n", encoding="utf-8")
    assert run("run", path) == 1
    assert "empty.yaml" in (shown := capsys.readouterr().err)
    assert "no activity that can be simulated" in shown
    assert run("schedule", path) == 0


def test_a_missing_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schedule", tmp_path / "none.yaml") == 1
    assert "no such file" in capsys.readouterr().err


def test_a_misspelt_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("shedule", "x") == 2
    assert "Did you mean 'schedule'?" in capsys.readouterr().err


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert simcore.__version__ in capsys.readouterr().out
    assert run("--help") == 0
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in ("run", "schedule", "convert", "new"))


# -- the unexpected ----------------------------------------------------------------------------------------------------


@pytest.fixture
def defect(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr("simcore.models.formats.read", broken)


@pytest.mark.usefixtures("defect")
def test_an_unexpected_error_is_one_message(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", plan) == 1
    shown = capsys.readouterr().err
    assert "KeyError: 'a defect'" in shown
    assert "report it" in shown
    assert "Traceback" not in shown


@pytest.mark.usefixtures("defect")
@pytest.mark.parametrize("where", ["before", "after", "environment"])
def test_debug_shows_the_traceback(
    plan: Path, where: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("SIMCORE_DEBUG", "1")
    before, after = (["--debug"] * (where == "before"), ["--debug"] * (where == "after"))
    assert run(*before, "run", plan, *after) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_while_reading(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simcore.models.formats.read", stopped)
    assert run("run", plan) == 130
    assert "Interrupted" in capsys.readouterr().err


def test_an_interrupted_run_reports_what_is_done(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import contextlib

    @contextlib.contextmanager
    def impatient(iterations: int):
        def callback(progress: object) -> None:
            raise KeyboardInterrupt

        yield callback

    monkeypatch.setattr("simcore.cli.progress.watched", impatient)
    assert run("run", plan, "-n", 100_000, "--json", "-") == 130
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert answer["partial"] is True
    assert 0 < answer["iterations"] < answer["requested"] == 100_000
    assert "Stopped early" in shown.err


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_control_c_from_outside(plan: Path, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    code = (
        "import sys\n"
        "import simcore.cli.progress as progress\n"
        "import contextlib\n"
        "@contextlib.contextmanager\n"
        "def announcing(iterations):\n"
        "    yield lambda done: print(done.done, flush=True)\n"
        "progress._bar = announcing\n"
        "from simcore.cli.main import main\n"
        f"sys.exit(main(['run', {str(plan)!r}, '-n', '1048576', '--threads', '1', '--json', {str(answer)!r}]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout is not None
    assert int(process.stdout.readline()) > 0  # the first unit is done, a thousand are to come
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Stopping" in err
    assert "Traceback" not in err
    assert json.loads(answer.read_text())["partial"] is True
    assert "Stopped early" in out


def test_a_closed_pipe_is_quiet(plan: Path) -> None:
    command = f'"{sys.executable}" -m simcore.cli.main schedule "{plan}" --json - | head -c 10'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env=environment(), timeout=120)
    assert done.stdout == '{\n "format'
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_a_terminal_without_unicode(plan: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simcore.cli.main", "run", str(plan), "-n", "200"], capture_output=True, timeout=120,
        env={**environment(), "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("ascii")
