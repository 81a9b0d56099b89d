"""Risk registers that people keep in Excel workbooks or CSV files, laid over a plan.

Sheets become the same tree that a risks file in YAML is, and the same readers read it: meaning is one, only the places in
messages are cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simcore.models.errors import PlanError, Problem
from simcore.models.formats.native import merge_risk_table
from simcore.models.formats.native_tree import Table
from simcore.models.formats.register_grid import Grid, is_workbook, read_csv, read_workbook
from simcore.models.formats.register_rows import CellReport
from simcore.models.formats.register_tree import build_tree
from simcore.models.plan import Plan

__all__ = ["is_register", "merge_register", "register_tree"]

_ARCHIVE = b"PK\x03\x04"
_OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1")


def is_register(data: bytes, name: str) -> bool:
    """Whether a risks file is a workbook or a CSV file; what it is, its first bytes decide, but for CSV."""
    return data.startswith((_ARCHIVE, _OLD_EXCEL)) or name.lower().endswith((".csv", ".tsv"))


def merge_register(plan: Plan, data: bytes, name: str, folder: Path | None = None) -> Plan:
    """The plan with the risks, ranges, factors, correlations, branches, weather and scenarios of a register.

    Parameters
    ----------
    plan : Plan
        The plan whose activities the register names.
    data : bytes
        A workbook (``.xlsx``), or a CSV file with one row a risk or an impact.
    name : str
        Its name without folders, for messages.
    folder : Path, optional
        Where it lies, and the files that it names.

    Raises
    ------
    PlanError
        With every problem of the register, each with sheet, cell and remedy; then nothing of it is taken.
    """
    report = CellReport(name, folder=folder)
    tree = _tree(plan, data, name, report)
    try:
        return merge_risk_table(plan, tree, report)
    except PlanError as error:
        raise PlanError(sorted(error.problems, key=report.order)) from None


def register_tree(plan: Plan, data: bytes, name: str) -> Table:
    """A register as the tree of a risks file, words and templates and rules as they were written.

    Raises
    ------
    PlanError
        With every problem of its cells.
    """
    report = CellReport(name)
    tree = _tree(plan, data, name, report)
    errors = [problem for problem in report.problems if problem.severity == "error"]
    if errors:
        raise PlanError(sorted(errors, key=report.order))
    return tree


def _tree(plan: Plan, data: bytes, name: str, report: CellReport) -> Table:
    return build_tree(_grids(data, name), report, frozenset(plan.shown.values()))


def _grids(data: bytes, name: str) -> Sequence[Grid]:
    if data.startswith(_OLD_EXCEL):
        raise PlanError(Problem(name, "is a workbook of an old or an encrypted kind.", "Save it as .xlsx without a password."))
    if is_workbook(data):
        return read_workbook(data, name)
    if data.startswith(_ARCHIVE):
        raise PlanError(Problem(name, "is no workbook that can be read.", "Save it as .xlsx, in Excel or LibreOffice."))
    return [read_csv(data, name)]
