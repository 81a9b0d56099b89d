"""Where answers go: files that are checked before a long run, or standard output written as ``-``."""
from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from io import StringIO
from typing import IO, Any

import click

from simcore.models.files import check_writable, write_text

STDOUT = "-"
PIPE_WIDTH = 160


class Outputs:
    """The files a command is to write, checked when built: nothing is found out after the long run.

    Parameters
    ----------
    named : mapping of option to path or None
        In the order of the help page.
    inputs : iterable of path or None
        Files that are read and must not be written over.
    """

    def __init__(self, named: dict[str, str | None], inputs: Iterable[str | None] = ()):
        taken = {_key(path): "the input" for path in inputs if path}
        for option, path in named.items():
            if path is None:
                continue
            if _key(path) in taken:
                place = "standard output" if path == STDOUT else path
                raise click.UsageError(f"{option} would write over {taken[_key(path)]}, {place}. Give it another file.")
            taken[_key(path)] = option
            if path != STDOUT:
                check_writable(path)
        self.to_stdout = STDOUT in named.values()

    @property
    def people(self) -> IO[str]:
        """The stream for what people read: standard output, unless an answer for machines goes there."""
        return sys.stderr if self.to_stdout else sys.stdout


def emit(path: str | None, text: Callable[[], str]) -> None:
    """Write a text to a file, or to standard output as UTF-8 bytes; nothing when the path is None."""
    if path is None:
        return
    if path == STDOUT:
        sys.stdout.buffer.write(text().encode())
        sys.stdout.buffer.flush()
    else:
        write_text(path, text())


def csv_text(write: Callable[[IO[str]], None]) -> str:
    """What a writer of CSV writes, as one text."""
    stream = StringIO(newline="")
    write(stream)
    return stream.getvalue()


def terminal_style(stream: IO[str]) -> dict[str, Any]:
    """Width, colour and characters that a stream can show: a pipe gets wide lines without colour."""
    watched = stream.isatty()
    return {
        "width": shutil.get_terminal_size().columns if watched else PIPE_WIDTH,
        "color": watched and "NO_COLOR" not in os.environ,
        "plain": not (getattr(stream, "encoding", None) or "ascii").lower().startswith("utf"),
    }


def _key(path: str) -> str:
    return path if path == STDOUT else os.path.realpath(path)
