"""The pages cannot drift: their commands run, their Python runs, every command and option is described."""
from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from simcore.cli.main import COMMANDS, main, simcore_command
from simcore.models.formats.native import read_native

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TUTORIALS = sorted((ROOT / "docs").glob("tutorial-*.md"))
"""Pages whose commands and Python need each other: they are run from top to bottom."""
COMMAND_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SET_UP = "python3 -m venv"


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples in it, as a reader of the pages would have."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simcore_lines(page: Path) -> Iterator[list[str]]:
    """The words of every simcore command in the shell blocks, those behind the set-up included."""
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            last = line.split(" && ")[-1]
            words = shlex.split(last, comments=True)
            if words and Path(words[0]).name == "simcore":
                yield words[1:]


@pytest.mark.parametrize("page", [p for p in PAGES if p not in TUTORIALS and list(simcore_lines(p))], ids=named)
def test_commands_run(page: Path, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in simcore_lines(page):
        run_command(words, capsys)


AROUND_SECTIONS = """
format: 1
project: {name: Around a section, start: 2026-03-02}
activities: {pumps: {duration: 5d, cost: 10}, switchgear: {duration: 5d, cost: 10}}
"""


def run_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """A command that must end well and write what it says; what it printed."""
    assert main(words) == 0, f"{words}: {capsys.readouterr().err}"
    for option, value in pairwise(words):
        if option in ("--report", "--json", "--csv") and value != "-":
            assert Path(value).stat().st_size > 0
    return capsys.readouterr().out


@pytest.mark.parametrize("page", TUTORIALS, ids=named)
def test_tutorials_run_from_top_to_bottom(page: Path, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of a block ``text`` after a command are among what it prints."""
    shutil.rmtree(workplace / "examples")  # a tutorial makes what it needs
    namespace: dict[str, object] = {}
    printed, commands = "", 0
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        if language == "sh":
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                assert words[0] == "simcore"
                printed = run_command(words[1:], capsys)
                commands += 1
        elif language == "python":
            exec(compile(block, named(page), "exec"), namespace)
        elif language == "yaml":  # sections of a plan
            read_native((AROUND_SECTIONS + block).encode(), named(page))
        else:
            for line in block.splitlines():
                assert not line.strip() or line.strip() in printed, f"{line!r} is not in what was printed:\n{printed}"
    assert commands < 10


@pytest.mark.parametrize("page", [p for p in PAGES if p not in TUTORIALS and blocks(p, "python")], ids=named)
def test_python_runs(page: Path, workplace: Path) -> None:
    """Blocks of a page run one after the other in one namespace; those with prompts are compared with their output."""
    assert main(["new", "my-project"]) == 0  # what the page's first command makes
    namespace: dict[str, object] = {}
    for number, block in enumerate(blocks(page, "python")):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, namespace, f"{named(page)}[{number}]", named(page), 0)
            with contextlib.redirect_stdout(io.StringIO()) as shown:
                outcome = doctest.DocTestRunner(verbose=False).run(test, out=shown.write, clear_globs=False)
            assert not outcome.failed, shown.getvalue()
            namespace = test.globs
        else:
            exec(compile(block, named(page), "exec"), namespace)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_described(name: str) -> None:
    command = simcore_command.get_command(click.Context(simcore_command), name)
    assert command is not None
    assert command.help
    section = COMMAND_PAGE.split(f"## simcore {name}", 1)[1].split("\n## ", 1)[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "debug":
            assert parameter.help, parameter.name
            for spelling in (*parameter.opts, *parameter.secondary_opts):
                assert f"`{spelling}" in section, f"{spelling} of {name} is not described"
            if isinstance(parameter.type, click.Choice):
                assert all(choice in section for choice in parameter.type.choices)


def test_no_described_option_is_missing() -> None:
    known = {"--help", "--version", "--debug"}
    for name in COMMANDS:
        command = simcore_command.get_command(click.Context(simcore_command), name)
        assert command is not None
        known.update(spelling for parameter in command.params for spelling in parameter.opts)
    assert set(re.findall(r"`(--[a-z-]+)", COMMAND_PAGE)) <= known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{named(page)} links to {target}"


def test_every_page_can_be_found_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [named(page) for page in PAGES[1:] if f"({named(page)})" not in readme] == []


def test_the_readme_has_two_set_up_commands() -> None:
    """Each makes its own environment; what CI runs as the tests is the second."""
    found = [block.strip() for block in blocks(ROOT / "README.md", "sh") if SET_UP in block]
    assert len(found) == 2
    assert all("\n" not in command for command in found)
    assert "simcore run examples/" in found[0]
    assert "--report report.html" in found[0]
    assert found[1].endswith(" -m pytest -q")


def test_templates_are_named() -> None:
    for folder in (ROOT / "examples").iterdir():
        if folder.is_dir():
            assert f"`{folder.name}`" in COMMAND_PAGE
