"""The sheets of a register as one tree in the native format, so that both mean the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from simcore.models.formats.native_finance import FINANCE_FIELDS
from simcore.models.formats.native_tree import Node, Rows, Table
from simcore.models.formats.register_cells import cell_node, rows_of
from simcore.models.formats.register_grid import Grid
from simcore.models.formats.register_matrix import read_matrix
from simcore.models.formats.register_risks import RiskSheets
from simcore.models.formats.register_rows import CellReport, Row, SheetReader, list_in, merge_more
from simcore.models.formats.register_sheets import MATRIX, MONTHS, flat_sheet, plain, sheets
from simcore.models.scales import QUANTITIES

_WHERE = ("id", "name", "wbs", "calendar", "resource", "code", "percent_complete", "project")
_VARIABLE = re.compile(r"\s*[a-z]+ of ")
_RANGES = ("template", "duration", "fixed", "per_day")


def build_tree(grids: Sequence[Grid], report: CellReport, activities: frozenset[str]) -> Table:
    """The tree of a whole register; what is wrong with cells goes into the report."""
    return _Builder(report, activities).build(grids)


class _Builder:
    def __init__(self, report: CellReport, activities: frozenset[str]):
        self.report = report
        self.reader = SheetReader(report, activities)
        self.top = Table(0)
        self._finance = Table(0)
        self.rows: dict[str, list[Row]] = {}
        self.matrices: dict[str, Grid] = {}

    def build(self, grids: Sequence[Grid]) -> Table:
        for grid in grids:
            self._sort(grid, grid.title)
        if not self.rows and not self.matrices:
            self._unnamed(grids)
        self._scales()
        risks = RiskSheets(self.report)
        risks.risks(self._of("Risks"))
        risks.impacts(self._of("Impacts"))
        risks.actions(self._of("Actions"))
        self._section("risks", risks.table)
        self._list("uncertainty", "Uncertainty", self._rule)
        self._mapping("templates", "Templates", self._template)
        self._mapping("factors", "Factors", self._factor)
        self._list("correlations", "Correlations", self._correlation)
        self._unnamed_matrices()
        self._branches()
        self._mapping("weather", "Weather", _weather)
        self._mapping("scenarios", "Scenarios", _keys("name", "base", "mitigate", "leave", "without"))
        self._settings()
        return self.top

    def _unnamed(self, grids: Sequence[Grid]) -> None:
        """A single sheet of any name is the list of risks; several say nothing."""
        if len(grids) == 1:
            self._sort(grids[0], "Risks")
        elif not self.report.problems or all(problem.severity != "error" for problem in self.report.problems):
            self.report.add(0, "", "none of its sheets is one of a register.", "Name them Risks, Impacts, Uncertainty ...")

    def _sort(self, grid: Grid, name: str) -> None:
        """Read a sheet by its title; those of other people are listed, and those that look misspelt are mistakes."""
        title = plain(name)
        known = {plain(name): name for name in sheets()}
        blank = all(cell.blank for row in grid.rows for cell in row)
        if blank and title not in known:
            return
        if title in known or f"{title}s" in known:
            name = known.get(title) or known[f"{title}s"]
            sheet = flat_sheet() if name == "Risks" else sheets()[name]
            if name in self.rows:
                self._at_sheet(grid, f"there are two sheets '{name}'.", "Keep one.")
            self.rows.setdefault(name, []).extend(self.reader.rows(grid, sheet))
        elif title.startswith(plain(MATRIX)):
            self.matrices[title] = grid
        elif alike := get_close_matches(title, [key for key in known if known[key] not in self.rows], n=1, cutoff=0.75):
            self._at_sheet(grid, f"there is no sheet '{grid.title}' in a register.", f"Did you mean '{known[alike[0]]}'?")
        else:
            self._at_sheet(grid, f"Ignored: the sheet '{grid.title}', which is not one of a register.", severity="note")

    def _at_sheet(self, grid: Grid, what: str, fix: str = "", severity: str = "error") -> None:
        self.report.add(self.report.at(f"{grid.file} sheet '{grid.title}'"), "", what, fix, severity)

    def _of(self, title: str) -> list[Row]:
        return self.rows.get(title, [])

    def _section(self, name: str, node: Table | Rows) -> None:
        if node:
            self.top.put(name, node, node.line)

    def _scales(self) -> None:
        """Words and what they mean, by quantity."""
        scales = Table(0)
        for row in self._of("Scales"):
            for key in QUANTITIES:
                if key in row.values:
                    table = scales.get(key)
                    if not isinstance(table, Table):
                        table = Table(row.line)
                        scales.put(key, table, row.line)
                    self._put_new(table, row, row.values[key], row.line_of(key), "word")
        self._section("scales", scales)

    def _put_new(self, table: Table, row: Row, value: Node, line: int, kind: str) -> None:
        name = row.text("id")
        if name in table:
            self.report.add(row.line_of("id"), "", f"the {kind} '{name}' is there already.", "Give every one a name of its own.")
        else:
            table.put(name, value, line)

    def _mapping(self, section: str, title: str, make: Callable[[Row], Node]) -> None:
        """A section whose rows have ids."""
        table = Table(0)
        for row in self._of(title):
            node = make(row)
            if isinstance(node, Table):
                merge_more(node, row, self.report)
            self._put_new(table, row, node, row.line_of("id"), title.lower().removesuffix("s"))
        self._section(section, table)

    def _list(self, section: str, title: str, make: Callable[[Row], Table | None]) -> None:
        rows = Rows(0)
        for row in self._of(title):
            table = make(row)
            if table is not None:
                merge_more(table, row, self.report)
                rows.put(table, row.line)
        self._section(section, rows)

    def _rule(self, row: Row) -> Table | None:
        table, where = Table(row.line), Table(row.line)
        row.copy(where, _WHERE)
        if where:
            table.put("where", where, where.line)
        row.copy(table, _RANGES)
        if not table.keys() & {*_RANGES} and "more" not in row.values:
            fix = "Fill in 'Template', 'Duration', 'Fixed cost' or 'Cost per day'."
            self.report.add(row.line, "", "the row gives no range.", fix)
            return None
        return table

    def _template(self, row: Row) -> Node:
        """A duration alone is written short."""
        if set(row.values) == {"id", "duration"}:
            return row.values["duration"]
        return _keys("duration", "fixed", "per_day")(row)

    def _factor(self, row: Row) -> Node:
        table = _keys("name", "description", "probability", "uncertainty", "applies_to", "combine", "costs")(row)
        for key, header in (("uncertainty", "Range"), ("applies_to", "Applies to")):
            if key not in table:
                self.report.add(row.line, f"factor '{row.text('id')}'", "the row is not complete.", f"Fill in '{header}'.")
                table.put(key, "", row.line)
        return table

    def _correlation(self, row: Row) -> Table | None:
        table = Table(row.line)
        row.copy(table, ("between", "rank", "copula", "matrix"))
        names = row.text("between").split(",")
        if len(names) > 1 and all(_VARIABLE.match(name) for name in names):
            table.put("between", rows_of([name.strip() for name in names], row.line_of("between")), row.line_of("between"))
        if "where" in row.values:
            group = Table(row.line_of("where"))
            row.copy(group, ("where", "quantity"))
            if "quantity" not in group:
                group.put("quantity", "duration", group.line)
            if "between" in table:
                self.report.add(row.line_of("where"), "", "variables and a group are given.", "Keep one of them.")
            table.put("between", group, group.line)
        title = plain(row.text("matrix"))
        if title.startswith(plain(MATRIX)) and "." not in row.text("matrix"):
            grid = self.matrices.pop(title, None)
            if grid is None:
                fix = "Add it, or correct the name."
                self.report.add(row.line_of("matrix"), "", f"there is no sheet '{row.text('matrix')}' with correlations.", fix)
                return None
            return self._with_matrix(table, grid)
        return table

    def _with_matrix(self, table: Table, grid: Grid) -> Table | None:
        matrix = read_matrix(grid, self.report)
        if matrix is None:
            return None
        table.put("between", matrix[0], matrix[0].line)
        table.put("matrix", matrix[1], matrix[1].line)
        return table

    def _unnamed_matrices(self) -> None:
        """Sheets with correlations that no row names are correlations too."""
        for grid in self.matrices.values():
            table = self._with_matrix(Table(self.report.at(f"{grid.file} sheet '{grid.title}'")), grid)
            if table is not None:
                list_in(self.top, "correlations", 0).put(table, table.line)

    def _branches(self) -> None:
        table = Table(0)
        for row in self._of("Branches"):
            name = row.text("id")
            branch = table.get(name)
            if not isinstance(branch, Table):
                branch = Table(row.line)
                row.copy(branch, ("name", "when", "then", "otherwise", "stop"))
                merge_more(branch, row, self.report)
                table.put(name, branch, row.line_of("id"))
            elif row.values.keys() & {"when", "then", "otherwise", "stop", "more"}:
                fix = "Only its paths take rows of their own."
                self.report.add(row.line_of("id"), "", f"the branch '{name}' is there already.", fix)
            if row.values.keys() & {"weight", "activities", "path"}:
                path = Table(row.line)
                row.copy(path, {"weight": "weight", "activities": "activities", "path": "name"})
                list_in(branch, "paths", row.line).put(path, row.line)
        self._section("branches", table)

    def _settings(self) -> None:
        for row in self._of("Settings"):
            key, text = row.text("id"), row.text("value").strip()
            try:
                value = cell_node(text, _setting_kind(key, text), row.line_of("value"))
            except ValueError as error:
                self.report.add(row.line_of("value"), key, f"{error}.")
                continue
            if text:
                self._put_setting(key, value, row)

    def _put_setting(self, key: str, value: Node, row: Row) -> None:
        table = self.top
        if key in FINANCE_FIELDS:
            table = self._finance
            self.top.setdefault("finance", table)
        if key in table:
            self.report.add(row.line_of("id"), "", f"the setting '{key}' is there already.", "Keep one.")
        else:
            table.put(key, value, row.line_of("value"))


def _setting_kind(key: str, text: str) -> str:
    """How the value of a setting is written; a text, or a list or mapping in brackets as it would stand in a risks file."""
    if key == "focus":
        return "list"
    return "yaml" if key in FINANCE_FIELDS and text[:1] in ("{", "[") else "text"


def _keys(*names: str) -> Callable[[Row], Table]:
    """A table of the values under these keys."""

    def make(row: Row) -> Table:
        table = Table(row.line)
        row.copy(table, names)
        return table

    return make


def _weather(row: Row) -> Table:
    table, lost = Table(row.line), Table(row.line)
    row.copy(lost, MONTHS)
    if lost:
        table.put("lost", lost, lost.line_of(next(iter(lost))))
    row.copy(table, ("persistence", "region", "correlation", "record", "date", "column", "above", "below"))
    return table

