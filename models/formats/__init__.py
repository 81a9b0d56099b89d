"""Readers and writers, one module a format family: ``read(path) -> Plan`` and ``write(plan, path)``.

What a file is, its first bytes decide; its suffix only where nothing else tells formats apart.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from simcore.models.collector import collector_paused
from simcore.models.errors import PlanError, Problem

if TYPE_CHECKING:
    from simcore.models.plan import Plan

__all__ = ["read", "write"]

_OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
_JAVA_SUFFIXES = frozenset({
    ".mpp", ".mpt", ".mpx", ".mpd", ".gan", ".pod", ".planner", ".pp", ".ppx", ".pep", ".mdb", ".db", ".fts", ".sp",
    ".stx", ".cdpx", ".cdpz", ".pc", ".schedule_grid", ".sdef", ".pmxml", ".sqlite", ".ntp",
})  # fmt: skip
"""Formats that only MPXJ reads; those that are text or XML too are told by their suffix."""
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an Excel file"),
    (b"\x89PNG", "a PNG picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"{\\rtf", "a rich text document"),
)
_READABLE = "Readable are P6 (.xer, .xml), Microsoft Project (.mpp, .xml) and simcore's own .yaml and .json."


@collector_paused()
def read(
    path: str | os.PathLike[str], risks: str | os.PathLike[str] | None = None, ranges_from_fields: str | None = None
) -> Plan:
    """Read a plan in any format simcore knows.

    Parameters
    ----------
    path : str or path-like
        Primavera P6 (``.xer``, ``.xml``), Microsoft Project (``.xml``; ``.mpp`` with the extra ``mpp``), the native
        YAML or JSON, and with the extra ``mpp`` what else MPXJ reads.
    risks : str or path-like, optional
        A risks file to add: native YAML or JSON with ``risks``, ``factors``, ``correlations``, ``uncertainty``, or a
        register in an Excel workbook or a CSV file.
    ranges_from_fields : str, optional
        Take ranges from custom fields of the plan, see :func:`simcore.models.legacy_ranges.ranges_from_fields`: ``auto``,
        or names of fields. When left out, a note says where there are some.

    Raises
    ------
    PlanError
        The file is missing, is not a plan, or has problems: all of them.
    MissingExtraError
        The format needs the extra ``mpp``.
    """
    from simcore.models.legacy_ranges import field_ranges_noted
    from simcore.models.legacy_ranges import ranges_from_fields as with_ranges
    from simcore.models.plan_warnings import with_warnings

    path = Path(path)
    data = read_bytes(path)
    plan = _read_plan(data, path)
    plan = field_ranges_noted(plan) if ranges_from_fields is None else with_ranges(plan, ranges_from_fields)
    if risks is not None:
        plan = _with_risks(plan, Path(risks))
    # a freshly read plan: building it again to set one field would check it again, which is slow for large ones
    object.__setattr__(plan, "sha256", hashlib.sha256(data).hexdigest())
    return with_warnings(plan)


def _read_plan(data: bytes, path: Path) -> Plan:
    kind = _kind(data, path)
    if kind == "xer":
        from simcore.models.formats.xer import read_xer

        return read_xer(data, path.name)
    if kind == "mspdi":
        from simcore.models.formats.mspdi import read_mspdi

        return read_mspdi(data, path.name)
    if kind == "p6xml":
        from simcore.models.formats.p6xml import read_p6xml

        return read_p6xml(data, path.name)
    if kind == "mpxj":
        from simcore.models.formats.mpxj import read_with_mpxj

        return read_with_mpxj(path)
    from simcore.models.formats.native import read_native

    return read_native(data, path.name, path.parent)


def _with_risks(plan: Plan, file: Path) -> Plan:
    from simcore.models.formats.register import is_register, merge_register

    data = read_bytes(file)
    if is_register(data, file.name):
        return merge_register(plan, data, file.name, file.parent)
    from simcore.models.formats.native import merge_risks

    return merge_risks(plan, data, file.name, file.parent)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or one sentence why there are none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise PlanError(Problem(str(path), "there is no such file.", _similar(path))) from None
    except IsADirectoryError:
        raise PlanError(Problem(str(path), "is a folder, not a file.", "Name the plan file in it.")) from None
    except PermissionError:
        raise PlanError(Problem(str(path), "may not be read.", "Change its permissions.")) from None
    except OSError as error:
        raise PlanError(Problem(str(path), f"cannot be read ({error.strerror or error}).")) from None
    if not data.strip(b" \t\r\n\x00"):
        raise PlanError(Problem(path.name, "is empty.", "Export or copy the plan again."))
    return data


def _similar(path: Path) -> str:
    from simcore.models.suggestions import closest

    try:
        match = closest(path.name, (entry.name for entry in path.parent.iterdir()))
    except OSError:
        return ""
    return f"Did you mean '{match}'?" if match else ""


def _kind(data: bytes, path: Path) -> str:
    """Which reader a file is for."""
    from simcore.models.formats.register_grid import is_workbook

    suffix = path.suffix.lower()
    if data.startswith(b"ERMHDR") or data.startswith(b"\xef\xbb\xbfERMHDR"):
        return "xer"
    if data.startswith(_OLE2) or suffix in _JAVA_SUFFIXES - {".pmxml"}:
        return "mpxj"
    if is_workbook(data):
        fix = f"A register goes with its plan: simcore run PLAN --risks {path.name}."
        raise PlanError(Problem(path.name, "is a workbook, not a plan.", fix))
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise PlanError(Problem(path.name, f"is {what}, not a plan.", _READABLE))
    head = _head(data)
    if head.startswith("ERMHDR"):
        return "xer"
    if head.startswith("<"):
        return _xml_kind(head, path.name)
    if suffix == ".xer":
        raise PlanError(
            Problem(path.name, "is not an XER file: it does not begin with ERMHDR.", "Export it from P6 again.")
        )
    if suffix == ".xml":
        raise PlanError(Problem(path.name, "is not XML: it does not begin with '<'.", "Export it again."))
    if "\x00" in head:
        raise PlanError(Problem(path.name, "is a binary file of an unknown kind.", _READABLE))
    return "native"


def _head(data: bytes) -> str:
    """The beginning of a file as text, as far as its kind shows there."""
    start = data[:65536]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start[: len(start) // 2 * 2].decode("utf-16", "replace").lstrip("\ufeff \t\r\n")
    if start[:4] == b"<\x00?\x00" or start[:4] == b"\x00<\x00?":
        return start.replace(b"\x00", b"").decode("latin-1")
    return start.decode("utf-8-sig", "replace").lstrip("\ufeff \t\r\n")


def _xml_kind(head: str, name: str) -> str:
    """Told by the root element: its name, its namespace, and for <Project> what lies in it."""
    bare = re.sub(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?[^>]*>", "", head, flags=re.DOTALL)
    match = re.search(r"<([A-Za-z_][\w.:-]*)([^>]*)>?", bare)
    root = match[1].rpartition(":")[2] if match else ""
    if root == "APIBusinessObjects":
        return "p6xml"
    if root == "Project" and "planner" not in (match[2] if match else ""):
        return "mspdi"
    if root in ("project", "ganttproject", "Project"):
        return "mpxj"
    what = f"is XML of an unknown kind (<{root}>)." if root else "is XML without any element."
    raise PlanError(Problem(name, what, _READABLE))


def write(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan in the native format: YAML, or JSON when the name ends in ``.json``.

    Nothing that changes a date, a cost or a risk is lost. The file appears whole or not at all.

    Parameters
    ----------
    plan : Plan
        Any plan.
    path : str or path-like
        Where to; an existing file is replaced.

    Raises
    ------
    OutputError
        The file cannot be written there.
    """
    from simcore.models.files import write_text
    from simcore.models.formats.native_write import to_json, to_yaml

    target = Path(path)
    write_text(target, to_json(plan) if target.suffix.lower() == ".json" else to_yaml(plan))
