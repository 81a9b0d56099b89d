"""Files appear whole or not at all."""
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from simcore.models.files import OutputError, check_writable, replacing, write_text

as_root = pytest.mark.skipif(
    os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="permissions do not hold for root"
)


def fail_half_way(target: Path, error: BaseException) -> None:
    with replacing(target) as part:
        part.write_text("half")
        raise error


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old")
    with pytest.raises(RuntimeError):
        fail_half_way(target, RuntimeError())
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer.json"]


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        fail_half_way(tmp_path / "new", KeyboardInterrupt())
    assert not os.listdir(tmp_path)


def test_checking_leaves_no_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "answer.json")
    assert not os.listdir(tmp_path)


def test_the_usual_permissions(tmp_path: Path) -> None:
    write_text(tmp_path / "new", "x")
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "new").chmod(0o640)
    write_text(tmp_path / "new", "y")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real/file")
    write_text(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").read_text() == "text"


def test_another_missing_file_is_not_blamed_on_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "page.html"):
        (tmp_path / "no-template.html").read_text()


def test_devices_are_written_directly() -> None:
    check_writable(os.devnull)
    write_text(os.devnull, "gone")
    assert not Path(os.devnull).is_file()


def test_line_ends_are_those_of_unix(tmp_path: Path) -> None:
    write_text(tmp_path / "text", "a\nb\n")
    assert (tmp_path / "text").read_bytes() == b"a\nb\n"


def test_long_names(tmp_path: Path) -> None:
    write_text(tmp_path / ("n" * 250), "x")
    with pytest.raises(OutputError, match="too long"):
        check_writable(tmp_path / ("n" * 300))


@pytest.mark.parametrize(
    ("name", "message"), [("no/such/folder", "folder does not exist"), (".", "it is a folder"), ("file/x", "is a file")]
)
def test_the_reason_is_told(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=message):
        check_writable(tmp_path / name)
    with pytest.raises(OutputError, match=message):
        write_text(tmp_path / name, "x")


@as_root
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        check_writable(tmp_path / "x")
