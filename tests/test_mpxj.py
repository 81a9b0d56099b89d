"""Files read through Java: what happens when Java, MPXJ or the file is not what it should be, and a few real ones."""
from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from simcore.models.errors import MissingExtraError, PlanError
from simcore.models.formats import java, mpxj
from simcore.models.formats.mspdi import read_mspdi
from simcore.models.formats.projects import join_projects
from simcore.models.plan import Ref
from tests.mspdi_documents import STANDARD, assignment, calendar, document, link, resource, task, week_day

needs_mpxj = pytest.mark.skipif(
    importlib.util.find_spec("mpxj") is None or java.find_java() is None, reason="the extra mpp is not installed"
)

@pytest.fixture
def gantt_project(tmp_path: Path) -> Path:
    """A GanttProject file made by hand: two tasks, five days and three, one after the other."""
    path = tmp_path / "pump.gan"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><project name="Pump station" company=""'
        ' webLink="" view-date="2026-03-02" version="3.0" locale="en">'
        '<calendars><day-types><day-type id="0"/><day-type id="1"/><default-week id="1" name="default" sun="1" mon="0"'
        ' tue="0" wed="0" thu="0" fri="0" sat="1"/></day-types></calendars><tasks><taskproperties/>'
        '<task id="1" name="Survey" start="2026-03-02" duration="5" complete="0">'
        '<depend id="2" type="2" difference="0" hardness="Strong"/></task>'
        '<task id="2" name="Design" start="2026-03-09" duration="3" complete="0"/>'
        "</tasks><resources/><allocations/><vacations/><roles/></project>",
        encoding="utf-8",
    )
    return path


@needs_mpxj
class TestReading:
    def test_gantt_project(self, gantt_project):
        plan = mpxj.read_with_mpxj(gantt_project)
        assert plan.source == "pump.gan (GanttProject GAN, read by MPXJ)"
        assert [activity.name for activity in plan.activities] == ["Survey", "Design"]
        assert [activity.duration for activity in plan.activities] == [5 * 480, 3 * 480]
        assert len(plan.relationships) == 1

    def test_nothing_is_printed(self, gantt_project, capfd):
        mpxj.read_with_mpxj(gantt_project)
        assert capfd.readouterr() == ("", "")

    def test_java_stays_out_of_this_process(self, gantt_project):
        code = "\n".join(
            (
                "import sys",
                "from pathlib import Path",
                "from simcore.models.formats.mpxj import read_with_mpxj",
                f"read_with_mpxj(Path({str(gantt_project)!r}))",
                "sys.exit('jpype' in sys.modules or 'mpxj' in sys.modules)",
            )
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    @pytest.mark.parametrize("content", [b"", b"junk\x00junk", b"\xd0\xcf\x11\xe0" + bytes(600)])
    def test_not_a_plan(self, tmp_path, content):
        path = tmp_path / "junk.mpp"
        path.write_bytes(content)
        with pytest.raises(PlanError, match=r"junk\.mpp: (is not a plan file|cannot be read by MPXJ)"):
            mpxj.read_with_mpxj(path)


class TestMissing:
    def test_mpxj(self, gantt_project, monkeypatch):
        real = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mpxj" else real(name))
        with pytest.raises(MissingExtraError, match=r"pip install 'simcore\[mpp\]'"):
            mpxj.read_with_mpxj(gantt_project)

    @pytest.mark.skipif(importlib.util.find_spec("mpxj") is None, reason="MPXJ is not installed")
    def test_java(self, gantt_project, monkeypatch):
        monkeypatch.setattr(mpxj, "find_java", lambda: None)
        with pytest.raises(MissingExtraError, match=r"needs a Java runtime .* Set JAVA_HOME"):
            mpxj.read_with_mpxj(gantt_project)

    def test_crash(self, gantt_project, monkeypatch):
        crash = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
        real = subprocess.run
        monkeypatch.setattr(mpxj, "_order", lambda path, folder: {})
        monkeypatch.setattr(subprocess, "run", lambda command, **options: real(crash, **options))
        with pytest.raises(PlanError, match=r"pump\.gan: the Java process that reads it stopped"):
            mpxj.read_with_mpxj(gantt_project)


class TestAnswers:
    """What the worker's answers become, without Java."""

    def answered(self, monkeypatch, result, *documents):
        def convert(path, folder):
            for index, data in enumerate(documents):
                (folder / f"{index}.xml").write_bytes(data)
            if "error" in result:
                raise mpxj._refused(path.name, result["error"])
            return result

        monkeypatch.setattr(mpxj, "_convert", convert)
        return mpxj.read_with_mpxj(Path("plan.mpp"))

    def project(self, **values):
        return {"id": "", "type": "MPP", "application": "Microsoft", "warnings": []} | values

    def test_password(self, monkeypatch):
        with pytest.raises(PlanError, match=r"plan\.mpp: is protected by a password\. Save a copy without"):
            self.answered(monkeypatch, {"error": ["Error reading file", "File is password protected"]})

    def test_reasons_in_one_message(self, monkeypatch):
        with pytest.raises(PlanError, match=r"cannot be read by MPXJ \(Error: No such block\)\. Save it as"):
            self.answered(monkeypatch, {"error": ["Error", "Error", "No such block"]})

    def test_warnings_become_notes(self, monkeypatch):
        result = {"projects": [self.project(warnings=["bad calendar", "bad calendar"])]}
        plan = self.answered(monkeypatch, result, document(task(1)))
        assert [(note.what, note.severity) for note in plan.notes] == [("MPXJ: bad calendar", "warning")]
        assert plan.source == "plan.mpp (Microsoft MPP, read by MPXJ)"

    @pytest.mark.parametrize(("ids", "expected"), [(("A", "B"), ["A", "B"]), (("A", "A"), ["P1", "P2"])])
    def test_several_projects(self, monkeypatch, ids, expected):
        result = {"projects": [self.project(id=name) for name in ids]}
        plan = self.answered(monkeypatch, result, document(task(1)), document(task(1) + task(2)))
        assert [project.id for project in plan.projects] == expected
        assert [activity.project for activity in plan.activities] == [expected[0], expected[1], expected[1]]


def test_joined_projects_keep_their_own_calendars_and_resources():
    tasks = task(1, Summary=1, OutlineNumber="1") + task(2, OutlineLevel=2, CalendarUID=1)
    tasks += task(3, OutlineLevel=2, body=link(2, Type=1))
    crew = {"resources": resource(1, CalendarUID=1), "assignments": assignment(2, 1)}
    other = calendar(1, "Standard", week=week_day(2))
    plan = join_projects(
        {
            "A": read_mspdi(document(tasks, STANDARD, **crew), "a.xml"),
            "B": read_mspdi(document(tasks, other, CriticalSlackLimit=1, **crew), "a.xml"),
        },
        "both",
    )
    assert list(plan.calendars) == ["Standard", "Standard (B)"]
    assert plan.calendars["Standard (B)"].name == "Standard (B)"
    assert list(plan.resources) == ["1", "B:1"]
    assert plan.resources["B:1"].calendar == "Standard (B)"
    second = plan.by_ref[Ref("B", "2")]
    assert (second.calendar, second.wbs, second.assignments[0].resource) == ("Standard (B)", "B.1", "B:1")
    assert [node.code for node in plan.wbs] == ["A.1", "B.1"]
    assert plan.relationships[1].predecessor == Ref("B", "2")
    assert plan.project("B").scheduling.critical == "float <= 8h"


class TestJava:
    def runtime(self, folder: Path, release: str = 'JAVA_VERSION="21.0.2"\n') -> Path:
        library = folder / "lib" / "server" / "libjvm.so"
        library.parent.mkdir(parents=True)
        library.touch()
        (folder / "release").write_text(release, encoding="utf-8")
        return folder

    @pytest.fixture(autouse=True)
    def bare(self, monkeypatch):
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setattr(java.shutil, "which", lambda command: None)
        monkeypatch.setattr(java.importlib.util, "find_spec", lambda name: None)

    def test_none(self):
        assert java.find_java() is None

    def test_home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("JAVA_HOME", str(self.runtime(tmp_path)))
        found = java.find_java()
        assert (found.library, found.version, found.options) == (tmp_path / "lib/server/libjvm.so", 21, [])

    def test_path_is_followed_through_links(self, tmp_path, monkeypatch):
        home = self.runtime(tmp_path / "jdk")
        (home / "bin").mkdir()
        (home / "bin" / "java").touch()
        (tmp_path / "java").symlink_to(home / "bin" / "java")
        monkeypatch.setattr(java.shutil, "which", lambda command: str(tmp_path / "java"))
        assert java.find_java().library.is_relative_to(home)

    def test_too_old_or_broken_is_passed_over(self, tmp_path, monkeypatch):
        monkeypatch.setenv("JAVA_HOME", str(self.runtime(tmp_path / "eight", 'JAVA_VERSION="1.8.0_292"')))
        assert java.find_java() is None
        monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
        assert java.find_java() is None

    def test_new_versions_are_kept_quiet(self, tmp_path, monkeypatch):
        monkeypatch.setenv("JAVA_HOME", str(self.runtime(tmp_path, 'JAVA_VERSION="25"')))
        assert "--enable-native-access=ALL-UNNAMED" in java.find_java().options
