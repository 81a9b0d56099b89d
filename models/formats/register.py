"""Risk registers that people keep in Excel workbooks or CSV files, laid over a plan.

Sheets become the same tree that a risks file in YAML is, and the same readers read it: meaning is one, only the places in
messages are cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from simcore.models.errors import PlanError, Problem
from simcore.models.formats.native import merge_risk_table
from simcore.models.formats.native_tree import Table
from simcore.models.formats.register_grid import Grid, is_workbook, read_csv, read_workbook
from simcore.models.formats.register_rows import CellReport
from simcore.models.formats.register_tree import build_tree
from simcore.models.plan import Plan

__all__ = ["is_register", "merge_register", "register_tree"]

_SECTIONS = {"branch": "branches", "weather": "weather"}
_OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1")


def is_register(data: bytes, name: str) -> bool:
    """Whether a risks file is a workbook or a CSV file; what it is, its first bytes decide, but for CSV."""
    return is_workbook(data) or data.startswith(_OLD_EXCEL) or name.lower().endswith((".csv", ".tsv"))


def merge_register(plan: Plan, data: bytes, name: str) -> Plan:
    """The plan with the risks, ranges, factors, correlations, branches, weather and scenarios of a register.

    Parameters
    ----------
    plan : Plan
        The plan whose activities the register names.
    data : bytes
        A workbook (``.xlsx``), or a CSV file with one row a risk or an impact.
    name : str
        Its name without folders, for messages.

    Raises
    ------
    PlanError
        With every problem of the register, each with sheet, cell and remedy; then nothing of it is taken.
    """
    report = CellReport(name)
    tree = _tree(plan, data, name, report)
    try:
        merged = merge_risk_table(plan, tree, report)
    except PlanError as error:
        problems = [_placed(problem, tree, report, plan) for problem in error.problems]
        raise PlanError(sorted(problems, key=report.order)) from None
    return merged


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
    return read_workbook(data, name) if is_workbook(data) else [read_csv(data, name)]


def _placed(problem: Problem, tree: Table, report: CellReport, plan: Plan) -> Problem:
    """A problem that only the whole plan shows, at the cell of the risk, factor, branch or scenario it is about."""
    label = problem.where.removeprefix(plan.source).lstrip()
    match = re.match(r"(risk|factor|branch|scenario|weather) '(.*?)'", label)
    if match is None:
        return problem
    section = tree.get(_SECTIONS.get(match[1], f"{match[1]}s"))
    if not isinstance(section, Table) or match[2] not in section:
        return problem
    return Problem(f"{report.place(section.line_of(match[2]))} {label}", problem.what, problem.fix, problem.severity)
