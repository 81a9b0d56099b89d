"""A sheet of correlations: variables in the first row and the first column, which name the same in the same order."""

from __future__ import annotations

from simcore.models.formats.native_tree import Rows
from simcore.models.formats.register_cells import cell_text
from simcore.models.formats.register_grid import Grid
from simcore.models.formats.register_rows import CellReport


def read_matrix(grid: Grid, report: CellReport) -> tuple[Rows, Rows] | None:
    """Variables and rows of a matrix; where one triangle is empty the other holds for both. None where it is wrong."""
    return _MatrixReader(grid, report).read()


class _MatrixReader:
    def __init__(self, grid: Grid, report: CellReport):
        self.grid, self.report = grid, report
        self.before = len(report.problems)

    def read(self) -> tuple[Rows, Rows] | None:
        rows = [number for number, row in enumerate(self.grid.rows) if any(not cell.blank for cell in row)]
        top = rows[0] if rows else 0
        columns = [place for place, cell in enumerate(self.grid.rows[top]) if place and not cell.blank] if rows else []
        across = [self._text(top, place, "text") for place in columns]
        down = [self._text(number, 0, "text") for number in rows[1:]]
        if not across or across != down:
            what = "the first row and the first column do not name the same variables in the same order."
            self.report.add(self.report.at(self.grid.place(top, 0)), "", what, "Write e.g. 'duration of A1000' in both.")
            return None
        values = [[self._text(number, place, "number") for place in columns] for number in rows[1:]]
        if len(self.report.problems) > self.before:
            return None
        between = Rows(self.report.at(self.grid.place(top)))
        for name, place in zip(across, columns, strict=True):
            between.put(name, self.report.at(self.grid.place(top, place)))
        matrix = Rows(between.line)
        for i, number in enumerate(rows[1:]):
            line = Rows(self.report.at(self.grid.place(number)))
            for j, place in enumerate(columns):
                text = values[i][j] or values[j][i] or ("1" if i == j else "0")
                line.put(text, self.report.at(self.grid.place(number, place)))
            matrix.put(line, line.line)
        return between, matrix

    def _text(self, row: int, column: int, kind: str) -> str:
        cells = self.grid.rows[row]
        if column >= len(cells):
            return ""
        try:
            return cell_text(cells[column], kind).strip()
        except ValueError as error:
            self.report.add(self.report.at(self.grid.place(row, column)), "", f"{error}.")
            return ""
