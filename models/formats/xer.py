"""Reader of Primavera P6's XER: plain tables of tab-separated rows."""
from __future__ import annotations

import re
from collections.abc import Iterator

from simcore.models.errors import PlanError
from simcore.models.formats.codepage import decode
from simcore.models.formats.p6 import build
from simcore.models.formats.p6_calendars import WorkTimes, parse_work_times
from simcore.models.formats.p6_tables import Row, Tables
from simcore.models.plan import Plan

CORE = frozenset({"PROJECT", "SCHEDOPTIONS", "CALENDAR", "PROJWBS", "TASK", "TASKPRED", "TASKRSRC"})
"""Tables in which a damaged row makes the dates or costs unreliable."""
NAMES = frozenset({b"PROJECT", b"CALENDAR", b"PROJWBS", b"TASK", b"RSRC", b"ROLES", b"ACTVCODE", b"ACTVTYPE"})
"""Tables whose texts people write, from which a code page is guessed."""
CURRENCY = re.compile(r"[A-Z]{3}")


def read_xer(data: bytes, name: str) -> Plan:
    """The plan in an XER file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name without folders, for messages.

    Raises
    ------
    PlanError
        When the file is not an XER or is damaged, with the table and line of every problem.
    """
    sample = b"\n".join(_name_tables(data))
    text, encoding = decode(data, sample)
    header, *lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not header.startswith("ERMHDR"):
        raise PlanError(f"{name}: this is not an XER file: it does not begin with ERMHDR.")
    tables = read_tables(lines, name)
    if not encoding.startswith("utf") and not sample.isascii():
        tables.note(f"The file does not name its code page; its texts are read as {encoding}.")
    version = header.split("\t")[1:2]
    source = f"{name}, Primavera P6 {version[0]}" if version else name
    tables.version = version[0] if version else ""
    return build(tables, _work_times(tables), source, _currency(header, tables))


def _name_tables(data: bytes) -> Iterator[bytes]:
    return (part for part in data.split(b"%T\t")[1:] if part.split(None, 1)[:1] and part.split(None, 1)[0] in NAMES)


def read_tables(lines: list[str], name: str, first_line: int = 2) -> Tables:
    """Rows of every table, each with its line number."""
    tables = Tables(name, place=lambda row: f"{name} table {row.table} line {row.mark}")
    table, mark = "", ""
    columns: list[str] = []
    rows: list[Row] = []
    for number, line in _records(lines, first_line):
        mark, _, rest = line.partition("\t")
        if mark == "%R":
            values = rest.split("\t")
            rows.append(Row(table, number, zip(columns, values, strict=False)))
            if len(values) > len(columns) and any(values[len(columns):]) and table in CORE:
                what = f"The row has {len(values)} values for {len(columns)} columns."
                tables.report(rows[-1], what, "Remove tabs inside texts, or export the file again.")
        elif mark == "%F":
            columns = rest.rstrip("\t").split("\t")
        elif mark == "%T":
            table, columns = rest.strip(), []
            rows = tables.rows.setdefault(table, [])
    if mark != "%E":
        whole = mark == "%R" and bool(rows) and len(rows[-1]) == len(columns)
        what = "The file ends without its closing line %E: it may be cut off."
        tables.report(rows[-1] if rows else None, what, "Export it again.", "warning" if whole else "error")
    return tables


def _records(lines: list[str], first_line: int) -> Iterator[tuple[int, str]]:
    """Lines that begin with a mark, with those that follow without one: line breaks inside a text."""
    pending, start = "", first_line
    for number, line in enumerate(lines, first_line):
        if line.startswith("%"):
            if pending:
                yield start, pending
            pending, start = line, number
        elif line.strip():
            pending = f"{pending} {line}" if pending else ""
    if pending:
        yield start, pending


def _work_times(tables: Tables) -> dict[str, WorkTimes]:
    times = {}
    for row in tables.of("CALENDAR"):
        try:
            times[row.get("clndr_id", "")] = parse_work_times(row.get("clndr_data", ""))
        except ValueError as error:
            what = f"The working times of calendar {row.get('clndr_name', '')!r} are damaged: {error}."
            tables.report(row, what, "Export the file again from P6.")
    return times


def _currency(header: str, tables: Tables) -> str:
    """The currency named in the header, else the base currency, which has the id 1."""
    short_names = {row.get("curr_id", ""): row.get("curr_short_name", "") for row in tables.of("CURRTYPE")}
    named = header.split("\t")[8:9]
    if named and (named[0].strip() in short_names.values() or CURRENCY.fullmatch(named[0].strip())):
        return named[0].strip()
    return short_names.get("1", "")
