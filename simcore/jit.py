"""How kernels are compiled: nogil, no fast-math, cached beside a hash of all kernel sources.

Numba keys its cache by one file's content, so editing a helper in another file would silently keep old machine code. The
cache directory is therefore named after a hash of every kernel source and the Numba version; it lives in the user's cache
folder, so it also serves read-only installs.
"""
from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

SOURCES = ("kernel_*.py", "jit.py")


def sources_digest() -> str:
    """Hash of all kernel sources and the Numba version."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(p for pattern in SOURCES for p in Path(__file__).parent.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_directory() -> Path:
    """The writable folder of compiled kernels (``SIMCORE_CACHE_DIR``, else the user's cache folder, else a temporary one)."""
    name = f"kernels-{sources_digest()}"
    temporary = Path(tempfile.gettempdir()) / f"simcore-{os.getuid() if hasattr(os, 'getuid') else 0}"
    for place in (*_own_places(), temporary):
        folder = place / name
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(exist_ok=True)
            if os.access(folder, os.W_OK) and not (place == temporary and _is_foreign(place)):
                return folder
        except OSError:
            continue
    raise OSError("no writable folder for compiled kernels; set SIMCORE_CACHE_DIR to one")


def _own_places() -> Iterator[Path]:
    if chosen := os.environ.get("SIMCORE_CACHE_DIR"):
        yield Path(chosen)
    elif shared := os.environ.get("XDG_CACHE_HOME"):
        yield Path(shared) / "simcore"
    else:
        with suppress(RuntimeError):  # a user without a home
            yield Path.home() / ".cache" / "simcore"


def _is_foreign(place: Path) -> bool:
    """Whether somebody else may have put machine code there: among temporary files anybody can make a folder."""
    found = place.stat()
    return hasattr(os, "getuid") and (found.st_uid != os.getuid() or bool(found.st_mode & stat.S_IWOTH))


_CACHE = cache_directory()


def compiled_before(kind: str) -> bool:
    """Whether the kernels of this version have run on this machine for plans of a kind; see :func:`mark_compiled`."""
    return (_CACHE / f"ran-{kind}").exists()


def mark_compiled(kind: str) -> None:
    """Remember that all that plans of a kind need has been compiled."""
    with suppress(OSError):  # a cache that has just been cleared: the next run says once more what it waits for
        (_CACHE / f"ran-{kind}").touch()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel. No fast-math: results must be the same to the last bit for any batch size."""
    return _compile(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small helper that always becomes part of its callers."""
    return _compile(function, forceinline=True)


def kernel_for(name: str) -> Callable[[Callable[..., Any]], Any]:
    """A kernel that only some plans need: those that call it with a first argument of the named tuple ``name``.

    For all others it is compiled as nothing, which returns 0: they pay neither for its compilation nor for its calls.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        if numba.config.DISABLE_JIT:
            return function
        compiled = kernel(function)

        def called(*arguments: Any) -> Any:
            return compiled(*arguments)

        @overload(called, strict=False)
        def choose(*arguments: Any) -> Any:
            kind = arguments[0]
            if isinstance(kind, types.NamedTuple) and kind.instance_class.__name__ == name:
                return lambda *arguments: compiled(*arguments)
            return lambda *arguments: 0

        return called

    return decorate


kernel_by_chance = kernel_for("ChanceLogic")
kernel_with_weather = kernel_for("LaneCalendars")


def phase(function: Callable[..., Any]) -> Any:
    """A part of one kernel, compiled as if written there: half the compile time of a kernel of its own."""
    return _compile(function, inline="always")


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_CACHE)
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        numba.config.CACHE_DIR = before


def instruction(plain: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Let kernels call what a function builds in machine code; ``plain`` does the same in Python where the JIT is off."""

    def choose(build: Callable[..., Any]) -> Any:
        return plain if numba.config.DISABLE_JIT else intrinsic(build)

    return choose


def _without_owners(builder: Any, kind: Any, value: Any) -> Any:
    """The same arrays (in tuples of any depth) without their owners."""
    if isinstance(kind, types.Array):
        for member in (0, 1):  # meminfo and parent, the first two members of Numba's array structure
            value = builder.insert_value(value, ir.Constant(value.type.elements[member], None), member)
        return value
    if isinstance(kind, types.BaseTuple):
        for k, member_kind in enumerate(kind.types):
            value = builder.insert_value(value, _without_owners(builder, member_kind, builder.extract_value(value, k)), k)
    return value


def _as_it_is(arrays: Any) -> Any:
    return arrays


@instruction(_as_it_is)
def borrow(typingctx: Any, arrays: Any) -> Any:
    """Views of arrays that do not count references; the caller keeps the arrays alive.

    Slices of counted arrays cost an atomic increment each, on counters that all threads share: several times the price of
    the arithmetic on a row of lanes.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_owners(builder, arrays, arguments[0])

    return arrays(arrays), generate
