"""The sheets Risks, Impacts and Actions as the section ``risks`` of the native format."""

from __future__ import annotations

from collections.abc import Iterable

from simcore.models.formats.native_tree import Rows, Table
from simcore.models.formats.register_rows import CellReport, Row, list_in, merge_more
from simcore.models.suggestions import did_you_mean
from simcore.models.units import parse_datetime

_OWN = (
    "name", "description", "category", "owner", "status", "probability", "exclusive", "given", "strikes", "occurrence",
    "combine", "shared", "impact_rank",
)  # fmt: skip
_FIRST_ACTION = {"action": "name", "action_cost": "cost", "action_date": "date", "action_owner": "owner"}
_IMPACT = ("activity", "link", "duration", "cost", "lag")
_EFFECTS = ("duration", "cost", "lag")
_NONE, _LISTED = "none", "see Impacts"


class RiskSheets:
    """Builds the risks row by row: first themselves, then what other sheets say about them."""

    def __init__(self, report: CellReport):
        self.report = report
        self.table = Table(0)
        self.first: dict[str, Row] = {}

    def risks(self, rows: Iterable[Row]) -> None:
        """Rows of the sheet Risks, or of a CSV register, in which a risk may go on over several rows."""
        for row in rows:
            name = row.text("id")
            hits = any(key in row.values for key in _IMPACT)
            if name in self.table:
                if not (hits and self._goes_on(name, row)):
                    self._twice(name, row)
                    continue
            else:
                self.first[name] = row
                self.table.put(name, self._risk(row), row.line_of("id"))
            if hits:
                self._impact(name, row, post=False)

    def _goes_on(self, name: str, row: Row) -> bool:
        """Whether a row adds an impact and otherwise says what the first row of the risk said, or nothing."""
        first = self.first[name].values
        return all(key in _IMPACT or first.get(key) == value for key, value in row.values.items())

    def _twice(self, name: str, row: Row) -> None:
        first = self.report.place(self.first[name].line_of("id"))
        what = f"the risk '{name}' is there already, in {first}."
        self.report.add(row.line_of("id"), "", what, "Give every risk an id of its own.")

    def _risk(self, row: Row) -> Table:
        table = Table(row.line)
        row.copy(table, _OWN)
        self._window(table, row)
        mitigation = Table(row.line)
        row.copy(mitigation, {**_FIRST_ACTION, "post_probability": "probability"})
        if row.text("post_impacts") in (_NONE, _LISTED):
            mitigation.put("impacts", Rows(row.line_of("post_impacts")), row.line_of("post_impacts"))
        if mitigation:
            table.put("mitigation", mitigation, min(mitigation.line_of(key) for key in mitigation))
        merge_more(table, row, self.report)
        return table

    def _window(self, table: Table, row: Row) -> None:
        given = [key for key in ("from", "to") if key in row.values]
        if len(given) == 1:
            other = "Window to" if given == ["from"] else "Window from"
            self.report.add(row.line_of(given[0]), "", "the window has only one end.", f"Fill in '{other}' too.")
        elif given:
            ends = [self._date(row, key) for key in given]
            table.put("window", "..".join(ends) if all(ends) else "", row.line_of("from"))

    def _date(self, row: Row, key: str) -> str:
        """A date of its own cell, so that its mistake is told there."""
        text = row.text(key)
        try:
            parse_datetime(text or "2026-01-01")
        except ValueError as error:
            self.report.add(row.line_of(key), f"risk '{row.text('id')}' window", f"{error}.")
            return ""
        return text

    def impacts(self, rows: Iterable[Row]) -> None:
        """Rows of the sheet Impacts."""
        for row in rows:
            name = row.text("risk")
            if self._known(name, row):
                self._impact(name, row, post=row.text("when") == "post")
        for name, first in self.first.items():
            if first.text("post_impacts") == _LISTED and not self._has_post_impacts(name):
                fix = "Add them with 'post' in the column 'When', or write 'none'."
                what = "the sheet Impacts has no post impacts of it."
                self.report.add(first.line_of("post_impacts"), f"risk '{name}'", what, fix)

    def _has_post_impacts(self, name: str) -> bool:
        risk = self.table[name]
        mitigation = risk.get("mitigation") if isinstance(risk, Table) else None
        return isinstance(mitigation, Table) and bool(mitigation.get("impacts"))

    def _impact(self, name: str, row: Row, post: bool) -> None:
        impact = Table(row.line)
        row.copy(impact, _IMPACT)
        flat = "risk" not in row.values  # the column More of such a row is the risk's
        if not flat:
            merge_more(impact, row, self.report)
        label = f"risk '{name}'"
        if not impact.keys() & {"activity", "link"}:
            self.report.add(row.line, label, "the impact does not say what it hits.", "Fill in 'Activity' or 'Link'.")
        elif not impact.keys() & set(_EFFECTS):
            fix = "Fill in 'Duration', 'Cost' or, for a link, 'Lag'."
            self.report.add(row.line, label, "the impact does not say what it does.", fix)
        else:
            owner = self.table[name]
            if post and isinstance(owner, Table):
                owner = self._mitigation(owner, row.line)
                if self.first[name].text("post_impacts") == _NONE:
                    fix = "Write 'see Impacts' there, or remove this row."
                    self.report.add(row.line_of("when"), label, "the sheet Risks says that there are no post impacts.", fix)
            if isinstance(owner, Table):
                list_in(owner, "impacts", row.line).put(impact, row.line)

    def actions(self, rows: Iterable[Row]) -> None:
        """Rows of the sheet Actions; what stands in the columns of the sheet Risks comes first."""
        for row in rows:
            risk = self.table.get(row.text("risk"))
            if not self._known(row.text("risk"), row) or not isinstance(risk, Table):
                continue
            mitigation = self._mitigation(risk, row.line)
            actions = list_in(mitigation, "actions", row.line)
            short = [key for key in _FIRST_ACTION.values() if key in mitigation]
            if short:
                first = Table(mitigation.line_of(short[0]))
                for key in short:
                    first.put(key, mitigation.pop(key), mitigation.line_of(key))
                actions.put(first, first.line)
            action = Table(row.line)
            row.copy(action, ("name", "cost", "date", "owner"))
            merge_more(action, row, self.report)
            actions.put(action, row.line)

    def _mitigation(self, risk: Table, line: int) -> Table:
        found = risk.get("mitigation")
        if isinstance(found, Table):
            return found
        table = Table(line)
        risk.put("mitigation", table, line)
        return table

    def _known(self, name: str, row: Row) -> bool:
        if name in self.table:
            return True
        fix = did_you_mean(name, self.table) or "Add it there, or correct the id."
        self.report.add(row.line_of("risk"), "", f"there is no risk '{name}' on the sheet Risks.", fix)
        return False
