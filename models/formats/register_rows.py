"""Rows of a sheet by the keys of its columns; columns may stand in any order, have other names, or be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from simcore.models.errors import Problem
from simcore.models.formats.native_fields import Report
from simcore.models.formats.native_tree import Node, Rows, Table
from simcore.models.formats.register_cells import cell_node, cell_text, rows_of
from simcore.models.formats.register_grid import Grid, letters
from simcore.models.formats.register_sheets import Column, Sheet, plain

_HEADER_WITHIN = 20
"""Titles may stand above the headers; further down nothing is taken for them."""
_ALIKE = 0.85


@dataclass(slots=True)
class CellReport(Report):
    """A report whose lines are cells: ``at`` makes a line of one."""

    cells: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def place(self, line: int) -> str:
        return self.cells[line - 1] if line > 0 else self.file

    def at(self, place: str) -> int:
        """The line that stands for a place; counted from 1, in the order in which cells are read."""
        if place not in self.numbers:
            self.cells.append(place)
            self.numbers[place] = len(self.cells)
        return self.numbers[place]

    def order(self, problem: Problem) -> int:
        """Where a problem stands among the cells."""
        where = problem.where
        while where and where not in self.numbers:
            where = where.rpartition(" ")[0]
        return self.numbers.get(where, 0)


@dataclass(slots=True)
class Row:
    """A row: what stands under each key, and the line of each of its cells; broken cells are empty texts."""

    line: int
    values: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)

    def copy(self, table: Table, names: Iterable[str] | Mapping[str, str]) -> None:
        """Put values into a table, under their own keys or under others."""
        pairs = names.items() if isinstance(names, Mapping) else ((name, name) for name in names)
        for key, name in pairs:
            if key in self.values:
                table.put(name, self.values[key], self.line_of(key))


class SheetReader:
    """Reads the rows of sheets into one report; ``activities`` are the ids that the plan has."""

    def __init__(self, report: CellReport, activities: frozenset[str]):
        self.report, self.activities = report, activities

    def rows(self, grid: Grid, sheet: Sheet) -> list[Row]:
        """All rows that are not blank."""
        if all(cell.blank for row in grid.rows for cell in row):
            return []
        found = self._header(grid, sheet)
        if found is None:
            headers = ", ".join(column.header for column in sheet.columns[:4])
            fix = f"Write the headers into one row: {headers} ..."
            self.report.add(self.report.at(grid.place(0)), "", f"the sheet '{sheet.title}' has no row of headers.", fix)
            return []
        header, columns = found
        self._merged(grid, header, columns)
        rows = [self._row(grid, number, columns) for number in range(header + 1, len(grid.rows))]
        return [row for row in rows if row is not None and self._complete(row, sheet)]

    def _header(self, grid: Grid, sheet: Sheet) -> tuple[int, dict[int, Column]] | None:
        """The row of headers, and which column stands where."""
        best: tuple[int, int] = (0, -1)
        for number, row in enumerate(grid.rows[:_HEADER_WITHIN]):
            texts = [str(cell.value) for cell in row if not cell.blank]
            known = sum(any(plain(text) in _names(column) for column in sheet.columns) for text in texts)
            if known > best[0]:
                best = known, number
        if best[1] < 0:
            return None
        return best[1], self._columns(grid, best[1], sheet)

    def _columns(self, grid: Grid, header: int, sheet: Sheet) -> dict[int, Column]:
        """Headers as they are meant first, other names for columns that are still missing next."""
        texts = {place: str(cell.value) for place, cell in enumerate(grid.rows[header]) if not cell.blank}
        found: dict[int, Column] = {}
        taken: dict[str, int] = {}
        for names_of in (_own_names, _names):
            for place, text in texts.items():
                column = next((c for c in sheet.columns if plain(text) in names_of(c)), None)
                if place in found or column is None or (names_of is _names and column.key in taken):
                    continue
                if column.key in taken:
                    what = f"the column '{text}' is there twice, first as column {letters(taken[column.key])}."
                    self._add(grid, header, place, what, "Remove one of them.")
                else:
                    taken[column.key] = place
                found[place] = column
        for place, text in texts.items():
            if place not in found:
                self._unknown(grid, header, place, text, [c for c in sheet.columns if c.key not in taken])
        for key in sheet.needs:
            if key not in taken:
                name = next(c.header for c in sheet.columns if c.key == key)
                self._add(grid, header, None, f"there is no column '{name}'.", "Add it.")
        return {place: column for place, column in found.items() if taken[column.key] == place}

    def _unknown(self, grid: Grid, header: int, place: int, text: str, missing: list[Column]) -> None:
        """A column that is misspelt is a mistake; any other is somebody's own and ignored."""
        names = {name: column.header for column in missing for name in _names(column)}
        alike = get_close_matches(plain(text), names, n=1, cutoff=_ALIKE)
        if alike:
            what = f"the column '{text.strip()}' is not known."
            self._add(grid, header, place, what, f"Did you mean '{names[alike[0]]}'? Rename it, or remove it.")
        else:
            what = f"Ignored: the column '{text.strip()}', which is not one of a register."
            self._add(grid, header, place, what, severity="note")

    def _merged(self, grid: Grid, header: int, columns: dict[int, Column]) -> None:
        """Of merged cells only the first has a value; what the others were to mean is not guessed."""
        for row, areas in grid.merged.items():
            for area in areas if row > header else ():
                first, last = (_column_of(corner) for corner in area.split(":"))
                if columns.keys() & set(range(first, last + 1)):
                    fix = "Unmerge them and write the value into every row it holds for."
                    self._add(grid, row, first, f"the cells {area} are merged.", fix)

    def _row(self, grid: Grid, number: int, columns: dict[int, Column]) -> Row | None:
        cells = grid.rows[number]
        filled = [place for place in columns if place < len(cells) and not cells[place].blank]
        if not filled:
            return None
        row = Row(self.report.at(grid.place(number)))
        for place in sorted(filled):
            column = columns[place]
            line = self.report.at(grid.place(number, place))
            row.lines[column.key] = line
            try:
                text = cell_text(cells[place], column.kind)
                row.values[column.key] = self._node(text, column, line)
            except ValueError as error:
                what = str(error)
                self.report.add(line, column.header, what if what.endswith(".") else f"{what}.")
                row.values[column.key] = ""
        return row

    def _node(self, text: str, column: Column, line: int) -> Node:
        if column.kind in ("word", "range", "flag") and column.choices:
            text = next((word for word in column.choices if word.casefold() == text.casefold()), text)
            if column.strict and text not in column.choices:
                raise ValueError(f"there is no '{text}'; write one of: {', '.join(column.choices)}")
        if column.kind == "ids" and "," in text and not text.startswith(("[", "{")) and text not in self.activities:
            parts = [part.strip() for part in text.replace(";", ",").split(",")]
            if self.activities.issuperset(parts):
                return rows_of(parts, line)
        return cell_node(text, column.kind, line)

    def _complete(self, row: Row, sheet: Sheet) -> bool:
        """Whether the row says what it is about; a cell there that is broken has been told already."""
        complete = True
        for key in sheet.needs:
            if row.values.get(key, "") == "":
                complete = False
                if key not in row.values:
                    name = next(c.header for c in sheet.columns if c.key == key)
                    self.report.add(row.line, "", f"the row has no {name}.", "Write it, or clear the row.")
        return complete

    def _add(self, grid: Grid, row: int, column: int | None, what: str, fix: str = "", severity: str = "error") -> None:
        self.report.add(self.report.at(grid.place(row, column)), "", what, fix, severity)


def _own_names(column: Column) -> set[str]:
    return {plain(column.header), plain(column.key)}


def _names(column: Column) -> set[str]:
    return _own_names(column).union(map(plain, column.also))


def _column_of(corner: str) -> int:
    """The column, from 0, of a cell such as ``B3``."""
    number = 0
    for letter in filter(str.isalpha, corner):
        number = 26 * number + ord(letter) - 64
    return number - 1


def merge_more(table: Table, row: Row, report: Report) -> None:
    """Add the keys that stand in the column More."""
    more = row.values.get("more")
    if not isinstance(more, Table):
        return
    for key, value in more.items():
        if key in table:
            report.add(row.line_of("more"), f"more '{key}'", "is given in a column of its own too.", "Keep one.")
        else:
            table.put(key, value, row.line_of("more"))


def list_in(table: Table, key: str, line: int) -> Rows:
    """The list under a key, made where there is none yet."""
    found = table.get(key)
    if isinstance(found, Rows):
        return found
    rows = Rows(line)
    table.put(key, rows, line)
    return rows
