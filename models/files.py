"""Writing files so that they appear whole or not at all, and finding out early when they cannot be written."""
from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simcore.models.errors import SimcoreError


class OutputError(SimcoreError):
    """A file cannot be written; the message names it and the reason."""


def check_writable(path: str | Path) -> None:
    """Find out before a long run whether ``path`` can be written at its end; leaves no trace.

    Raises
    ------
    OutputError
        The folder does not exist or is not writable, or the path is a folder.
    """
    with _told(path):
        target = _target(path)
        if _is_device(target):
            return
        part = _temporary_name(target)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        part.unlink()


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that takes its place when the block ends well, and vanishes when it fails.

    A reader of ``path`` sees the old file or the new one, never half of one. Devices and pipes are written directly.

    Raises
    ------
    OutputError
        When the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     target = Path(folder, "answer.txt")
    ...     with replacing(target) as part:
    ...         _ = part.write_text("42")
    ...     target.read_text(), len(os.listdir(folder))
    ('42', 1)
    """
    with _told(path):
        target = _target(path)
        if _is_device(target):
            yield target
            return
        part = _temporary_name(target)
        try:
            yield part
            if target.exists():
                shutil.copymode(target, part)
            os.replace(part, target)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all, with ``\\n`` line ends on every system."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a binary file whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(data)


def _target(path: str | Path) -> Path:
    """Where the bytes really go: a symbolic link stays one, the file behind it is replaced."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError
    return target


def _temporary_name(target: Path) -> Path:
    return target.with_name(f".{target.name[:100]}-{secrets.token_hex(4)}.part")


def _is_device(target: Path) -> bool:
    try:
        return not stat.S_ISREG(target.stat().st_mode)
    except FileNotFoundError:
        return False


@contextmanager
def _told(path: str | Path) -> Iterator[None]:
    try:
        yield
    except IsADirectoryError:
        reason = "it is a folder. Name a file in it."
    except NotADirectoryError:
        reason = "a part of its path is a file. Name a folder that exists."
    except FileNotFoundError:
        if Path(path).absolute().parent.is_dir():
            raise  # not this file is missing, but one that is needed to write it
        reason = "its folder does not exist. Create it first."
    except OSError as error:
        reason = f"{error.strerror or error}."
    else:
        return
    raise OutputError(f"cannot write {path}: {reason}")
