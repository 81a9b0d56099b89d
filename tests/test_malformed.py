"""Every malformed file is refused with one clear message that names the file and the place, never with a traceback."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import simcore
from simcore.cli.main import main
from simcore.models.formats.native import read_native
from tests.malformed import documents, foreign, model, money, risk, values
from tests.malformed.snippets import HEAD

CASES = documents.CASES + values.CASES + risk.CASES + model.CASES + money.CASES + foreign.CASES


@pytest.mark.parametrize(("name", "content", "message"), CASES, ids=[case[0] for case in CASES])
def test_one_clear_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(simcore.PlanError, match=message) as caught:
        simcore.read(path)
    assert len(caught.value.problems) == 1
    text = str(caught.value)
    assert text.startswith(name)
    assert re.search(r"[.?!]$", text), text
    assert len(text) < 400
    assert main(["convert", str(path), str(tmp_path / "out.yaml")]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert not (tmp_path / "out.yaml").exists()


def test_names_are_told_apart() -> None:
    assert len({case[0] for case in CASES}) == len(CASES)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(simcore.PlanError, match=r"is a folder, not a file\. Name the plan file in it\.$"):
        simcore.read(tmp_path)


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "station.yaml").write_text("x")
    with pytest.raises(simcore.PlanError, match=r"staton\.yaml: there is no such file\. Did you mean 'station\.yaml'\?$"):
        simcore.read(tmp_path / "staton.yaml")
    with pytest.raises(simcore.PlanError, match=r"there is no such file\.$"):
        simcore.read(tmp_path / "nowhere" / "plan.yaml")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(simcore.PlanError, match=r"may not be read"):
        simcore.read(path)


def test_a_path_that_goes_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("x")
    with pytest.raises(simcore.PlanError, match=r"cannot be read|no such file"):
        simcore.read(path / "plan.yaml")


def test_many_problems_are_told_together_but_not_all_printed() -> None:
    text = HEAD + "activities:\n" + "".join(f"  A{i}: {{duration: {i}}}\n" for i in range(1, 121))
    with pytest.raises(simcore.PlanError) as caught:
        read_native(text.encode(), "plan.yaml")
    assert len(caught.value.problems) == 120
    assert str(caught.value).splitlines()[-1] == "... and 20 more problems"
