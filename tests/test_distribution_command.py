"""``simcore distributions``: gallery, shapes, fitting, files, and what is refused."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli_cases import answer_of, run
from tests.test_layers import loaded_after

DATA = "job,duration (d),cost (EUR)\n" + "".join(
    f"j{k},{d},{100 * d}\n" for k, d in enumerate((8, 9.5, 9, 12, 17, 11, 10, 13, 9.8, 15.2))
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jobs.csv").write_text(DATA)
    return "jobs.csv"


def test_a_gallery(capsys):
    assert run("distributions") == 0
    shown = capsys.readouterr().out
    assert "pert(8d, 10d, 15d)" in shown
    assert "▁▄▅▇██" in shown
    assert "normal(P10=8d, P90=20d)" in shown


def test_shapes_of_expressions(capsys):
    assert run("distributions", "pert(1d, 2d, 5d)", "normal(P10=80%, P90=130%)", "uniform(1000, 3000)") == 0
    shown = capsys.readouterr().out
    assert "Mean 2.33 d, standard deviation 0.71 d" in shown
    assert "the same as normal(105%, 19.51%)" in shown
    assert "Mean 2,000, standard deviation 577" in shown
    assert "P50" in shown


def test_numbers_for_machines(capsysbinary):
    answer = answer_of(capsysbinary, "distributions", "uniform(1d, 3d)", "lognormal(P10=50%, P90=200%)", "--json", "-")
    assert list(answer)[:2] == ["format", "simcore"]
    uniform, lognormal = answer["distributions"]
    assert uniform["quantity"] == "duration"
    assert uniform["equivalent"] is None
    assert (uniform["minimum"], uniform["maximum"], uniform["mean"]) == (8, 24, 16)
    assert uniform["percentiles"]["P25"] == 12
    assert lognormal["quantity"] == "fraction"
    assert lognormal["equivalent"].startswith("lognormal(")
    assert lognormal["maximum"] is None
    assert lognormal["percentiles"]["P50"] == pytest.approx(1.0)


def test_fitting(data, capsysbinary, tmp_path):
    answer = answer_of(capsysbinary, "distributions", "--fit", data, "--column", "duration", "--json", "-", "--html", "fit.html")
    assert answer["quantity"] == "duration"
    assert (answer["values"], answer["replicates"], answer["left_out"]) == (10, 199, {})
    assert answer["observed"]["percentiles"]["P50"] == 80
    best = answer["fits"][0]
    assert best["expression"] == "lognormal(11.44d, 2.63d)"
    assert best["aicc"] == min(fit["aicc"] for fit in answer["fits"])
    assert best["ks_p"] > 0.05
    assert "lognormal(11.44d, 2.63d)" in (tmp_path / "fit.html").read_text(encoding="utf-8")


def test_fitting_for_people(data, capsys):
    assert run("distributions", "--fit", data, "--column", "cost") == 0
    shown = capsys.readouterr().out
    assert "To paste into a plan: lognormal(" in shown
    assert "observed, 10 values" in shown
    assert "10 values cannot tell these distributions apart." in shown


def test_values_of_a_file_in_an_expression(data, capsysbinary):
    answer = answer_of(capsysbinary, "distributions", "empirical(jobs.csv, duration)", "--json", "-")
    assert answer["distributions"][0]["expression"].startswith("empirical(8d, 9.5d, 9d")


def test_the_same_data_give_the_same_bytes(data, tmp_path):
    for name in ("a.json", "b.json"):
        assert run("distributions", "--fit", data, "--column", "duration", "--json", name) == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    json.loads((tmp_path / "a.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["pret(1d, 2d)"], 1, "pret(1d, 2d): there is no distribution 'pret'; did you mean pert(min, mode, max[, lambda])?"),
        (["pert(1d, 2d)", "normal(-1d)"], 1, "normal(-1d): normal does not go with 1 value"),
        (["empirical(gone.csv)"], 1, "empirical(gone.csv): there is no file gone.csv"),
        (["--fit", "jobs.csv"], 1, "jobs.csv has several columns ('job', 'duration (d)', 'cost (EUR)'); name the one to read"),
        (["--fit", "gone.csv"], 1, "there is no file gone.csv"),
        (["--fit", "jobs.csv", "--column", "job"], 1, "jobs.csv line 2: 'j0' is not a value"),
        (["--fit", "jobs.csv", "pert(1d, 2d, 5d)"], 2, "--fit finds the expressions itself"),
        (["--column", "duration"], 2, "--column says which column to fit. Add --fit FILE.csv."),
        (["--fit", "jobs.csv", "--html", "jobs.csv"], 2, "--html would write over the input, jobs.csv"),
        (["--html", "-", "--json", "-"], 2, "--json would write over --html"),
    ],
)
def test_what_is_refused(data, capsys, arguments, status, message):
    assert run("distributions", *arguments) == status
    assert message in capsys.readouterr().err


def test_all_wrong_expressions_are_told_together(capsys):
    assert run("distributions", "pert(1d)", "foo(3d)") == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_it_starts_fast():
    """Without the engine: no compiler is loaded."""
    assert loaded_after("from simcore.cli.main import main\nmain(['distributions', '--help'])") == set()
    for arguments in (["distributions"], ["distributions", "pert(1d, 2d, 5d)"]):
        assert not loaded_after(f"from simcore.cli.main import main\nmain({arguments})") & {"numba", "plotly", "pandas"}
