"""Which reader a file is for is told by its content; the suffix counts only where nothing else tells formats apart."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import simcore
from tests.plan_equality import differences

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
OLE2 = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(100)
READERS = {"xer": "read_xer", "mspdi": "read_mspdi", "p6xml": "read_p6xml", "native": "read_native", "mpxj": "read_with_mpxj"}

CONTENTS = [
    ("plan.xer", b"ERMHDR\t20.12", "xer"),
    ("plan.txt", b"ERMHDR\t20.12", "xer"),
    ("plan.yaml", b"\xef\xbb\xbfERMHDR\t20.12", "xer"),
    ("plan.xer", "ERMHDR\t20.12".encode("utf-16"), "xer"),
    ("plan.xml", f"{XML}<Project xmlns='http://schemas.microsoft.com/project'>".encode(), "mspdi"),
    ("plan.xml", f"{XML}<Project>".encode(), "mspdi"),
    ("plan.dat", f"\ufeff{XML}<!-- <APIBusinessObjects> -->\n<Project xmlns='x'>".encode(), "mspdi"),
    ("plan.xml", f"{XML}<Project>".encode("utf-16"), "mspdi"),
    ("plan.xml", f"{XML}<Project>".encode("utf-16-le"), "mspdi"),
    ("plan.xml", f"{XML}<APIBusinessObjects xmlns='x'>".encode(), "p6xml"),
    ("plan.xml", f"{XML}<p:APIBusinessObjects xmlns:p='x'>".encode(), "p6xml"),
    ("plan.pmxml", f"{XML}<APIBusinessObjects>".encode(), "p6xml"),
    ("plan.xml", f"{XML}<project name='' company=''>".encode(), "mpxj"),
    ("plan.gan", f"{XML}<project name=''>".encode(), "mpxj"),
    ("plan.mpp", OLE2, "mpxj"),
    ("plan.yaml", OLE2, "mpxj"),
    ("plan.mpx", b"MPX,Microsoft Project,4.0", "mpxj"),
    ("plan.pod", b"\x00\x01binary", "mpxj"),
    ("plan.yaml", b"project: {}", "native"),
    ("plan.yml", b"{project: {}}", "native"),
    ("plan.json", b'{"project": {}}', "native"),
    ("plan", b"project: {}", "native"),
    ("plan.txt", "project: {}".encode("utf-16"), "native"),
]


@pytest.mark.parametrize(("name", "content", "kind"), CONTENTS, ids=range(len(CONTENTS)))
def test_content_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, kind: str) -> None:
    called = []
    plan = simcore.Plan(name="read")
    for module, function in READERS.items():
        reader = importlib.import_module(f"simcore.models.formats.{module}")
        monkeypatch.setattr(reader, function, lambda *arguments, kind=module: called.append((kind, arguments)) or plan)
    (tmp_path / name).write_bytes(content)
    assert simcore.read(str(tmp_path / name)).name == "read"
    ((found, arguments),) = called
    assert found == kind
    expected = {"mpxj": (tmp_path / name,), "native": (content, name, tmp_path)}
    assert arguments == expected.get(kind, (content, name))


def test_yaml_in_braces_is_yaml_and_json_is_json_whatever_their_names(tmp_path: Path) -> None:
    braces = "{project: {start: 2026-03-02}, activities: {A: {duration: 1d}}}"
    (tmp_path / "plan.yaml").write_text(braces)
    (tmp_path / "plan.json").write_text('{"project": {"start": "2026-03-02"}, "activities": {"A": {"duration": "1d"}}}')
    (tmp_path / "plan.txt").write_text(braces)
    plans = [simcore.read(tmp_path / name) for name in ("plan.yaml", "plan.json", "plan.txt")]
    assert differences(plans[0], plans[1]) == []
    assert differences(plans[0], plans[2]) == []


def test_a_plan_that_is_read_carries_warnings(tmp_path: Path) -> None:
    text = """\
project: {start: 2026-03-02, data_date: 2026-03-09}
activities:
  A: {duration: 5d, remaining: 1d, actual_start: 2026-03-02, actual_finish: 2026-03-20}
  B: {duration: 5d, status: in progress}
  C: {duration: 5d, status: in progress, suspend: 2026-04-02, resume: 2026-04-01}
  D: {duration: 5d, uncertainty: "uniform(-1d, 3d)"}
  E: {type: milestone, uncertainty: "uniform(1d, 3d)"}
  F: {duration: 5d, status: completed, uncertainty: "uniform(1d, 3d)", percent_complete: 120%}
  G: {duration: 5d, actual_start: 2026-03-02, status: not started}
"""
    (tmp_path / "plan.yaml").write_text(text)
    warnings = [str(note) for note in simcore.read(tmp_path / "plan.yaml").notes if note.severity == "warning"]
    assert warnings == [
        "plan.yaml:3 activity 'A': an actual date lies after the data date.",
        "plan.yaml:3 activity 'A': completed, yet it has remaining duration, which is ignored.",
        "plan.yaml plan: in progress without an actual start (B, C).",
        "plan.yaml:5 activity 'C': resumes before it is suspended.",
        "plan.yaml:6 activity 'D': its remaining duration lies outside its range.",
        "plan.yaml:6 activity 'D': its range reaches below zero, where durations are cut off.",
        "plan.yaml:7 activity 'E': has an uncertainty that is ignored, because it is a finish milestone.",
        "plan.yaml:8 activity 'F': completed without an actual finish.",
        "plan.yaml:8 activity 'F': its percent complete is not between 0% and 100%.",
        "plan.yaml:8 activity 'F': has an uncertainty that is ignored, because it is completed.",
        "plan.yaml:9 activity 'G': has an actual start, yet its status is 'not started'.",
    ]
