"""Reader of Primavera P6's XER: plain tables of tab-separated rows."""
from __future__ import annotations

from simcore.models.errors import PlanError
from simcore.models.formats.codepage import decode
from simcore.models.formats.p6 import build
from simcore.models.formats.p6_tables import Row, Tables
from simcore.models.plan import Plan


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
    text, _ = decode(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[0].startswith("ERMHDR"):
        raise PlanError(f"{name}: this is not an XER file: it does not begin with ERMHDR.")
    header = lines[0].split("\t")
    tables = read_tables(lines, name)
    source = f"{name}, Primavera P6 {header[1]}" if len(header) > 1 else name
    return build(tables, source, header[8].strip() if len(header) > 8 else "")


def read_tables(lines: list[str], name: str) -> Tables:
    """Rows of every table, each with its line number."""
    tables = Tables(name)
    table, columns, rows = "", [], []
    for number, line in enumerate(lines, 1):
        mark, _, rest = line.partition("\t")
        if mark == "%R":
            values = rest.split("\t")
            rows.append(Row(table, number, zip(columns, values, strict=False)))
        elif mark == "%F":
            columns = rest.split("\t")
        elif mark == "%T":
            table = rest.strip()
            rows = tables.rows.setdefault(table, [])
            columns = []
    return tables
