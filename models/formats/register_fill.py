"""A risk model as rows of the sheets of a register: the inverse of reading one, for everything a risks file can say.

What no column holds goes into the column More, as it would stand in a risks file: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simcore.models.formats.native_yaml import Value, flow
from simcore.models.formats.register_cells import Cell, cell_text, node_text
from simcore.models.formats.register_sheets import MATRIX, MONTHS, Sheet, sheets

Filled = dict[str, str]
_TREES = frozenset({"ids", "list", "yaml", "codes", "shares"})
_SHORT_ACTION = {"name": "action", "cost": "action_cost", "date": "action_date", "owner": "action_owner"}


class Content:
    """Rows by sheet, and matrices by the names of their sheets."""

    def __init__(self, sections: Mapping[str, Value]):
        self.rows: dict[str, list[Filled]] = {title: [] for title in sheets()}
        self.matrices: dict[str, list[list[str]]] = {}
        mappings: dict[str, Callable[[str, Any], None]] = {
            "risks": self._risk, "templates": self._template, "factors": self._factor, "branches": self._branch,
            "weather": self._weather, "scenarios": self._scenario,
        }  # fmt: skip
        for section, value in sections.items():
            if section in mappings and isinstance(value, Mapping):
                for name, item in value.items():
                    mappings[section](name, item)
            elif section == "scales" and isinstance(value, Mapping):
                self._scales(value)
            elif section in ("uncertainty", "correlations"):
                make = self._rule if section == "uncertainty" else self._correlation
                for item in _listed(value):
                    make(item)
            elif section == "finance" and isinstance(value, Mapping):
                self.rows["Settings"] += [{"id": key, "value": node_text(item, "text")} for key, item in value.items()]
            elif section in ("currency", "focus", "format"):
                text = node_text(value, "list") if section == "focus" else str(value)
                self.rows["Settings"].append({"id": section, "value": text})

    def _add(self, title: str, row: Filled) -> None:
        self.rows[title].append(row)

    def _risk(self, name: str, item: Any) -> None:
        left = dict(item) if isinstance(item, Mapping) else {}
        row = {"id": name}
        impacts = _take(left, "impacts", _are_impacts)
        window = _take(left, "window", lambda value: isinstance(value, str) and value.count("..") == 1)
        if window is not None:
            row["from"], row["to"] = (part.strip() for part in window.split(".."))
        mitigation = _take(left, "mitigation", _is_mitigation)
        post = None
        if mitigation is not None:
            post = mitigation.get("impacts")
            actions = mitigation.get("actions", [mitigation])
            if len(actions) == 1:
                row |= {column: actions[0][key] for key, column in _SHORT_ACTION.items() if key in actions[0]}
            else:
                for action in actions:
                    self._put("Actions", {"risk": name}, action)
            if "probability" in mitigation:
                row["post_probability"] = mitigation["probability"]
        if post is not None:
            row["post_impacts"] = "see Impacts" if post else "none"
        self._put("Risks", row, left)
        for when, found in (("", impacts), ("post", post)):
            for impact in _listed(found or []):
                self._put("Impacts", {"risk": name, **({"when": when} if when else {})}, impact)

    def _put(self, title: str, row: Filled, item: Mapping[str, Any]) -> None:
        """A row of what columns hold; the rest goes into More."""
        sheet = sheets()[title]
        more = {}
        for key, value in item.items():
            text = _cell(sheet, key, value)
            if text is None:
                more[key] = value
            else:
                row[key] = text
        if more:
            row["more"] = flow(more)
        self._add(title, row)

    def _template(self, name: str, item: Any) -> None:
        self._put("Templates", {"id": name}, {"duration": item} if isinstance(item, str) else item)

    def _factor(self, name: str, item: Any) -> None:
        self._put("Factors", {"id": name}, item)

    def _scenario(self, name: str, item: Any) -> None:
        self._put("Scenarios", {"id": name}, item or {})

    def _rule(self, item: Any) -> None:
        sheet = sheets()["Uncertainty"]
        left, row = dict(item), {}
        where = left.get("where")
        if isinstance(where, Mapping):
            texts = {key: _cell(sheet, key, value) for key, value in where.items()}
            if where and all(texts.values()):
                row = {key: text for key, text in texts.items() if text}
                del left["where"]
        self._put("Uncertainty", row, left)

    def _correlation(self, item: Any) -> None:
        left, row = dict(item), {}
        group = left.get("between")
        if isinstance(group, Mapping) and group.keys() == {"where", "quantity"}:
            row["where"], row["quantity"] = flow(group["where"]), str(group["quantity"])
            del left["between"]
        matrix = left.get("matrix")
        names = left.get("between")
        if isinstance(matrix, list) and isinstance(names, list) and all(isinstance(line, list) for line in matrix):
            title = MATRIX if not self.matrices else f"{MATRIX} {len(self.matrices) + 1}"
            self.matrices[title] = [["", *names], *([name, *line] for name, line in zip(names, matrix, strict=False))]
            row["matrix"] = title
            del left["matrix"], left["between"]
        self._put("Correlations", row, left)

    def _branch(self, name: str, item: Any) -> None:
        left = dict(item)
        paths = _take(left, "paths", _are_paths)
        sheet = sheets()["Branches"]
        rows = [{key: _cell(sheet, key, value) or "" for key, value in _path(path)} for path in _listed(paths or [])]
        self._put("Branches", {"id": name, **(rows[0] if rows else {})}, left)
        for row in rows[1:]:
            self._add("Branches", {"id": name, **row})

    def _weather(self, name: str, item: Any) -> None:
        left = dict(item)
        months = _months(left.get("lost"))
        if months:
            del left["lost"]
        self._put("Weather", {"id": name, **months}, left)

    def _scales(self, scales: Mapping[str, Any]) -> None:
        rows: dict[str, Filled] = {}
        for quantity, words in scales.items():
            for word, meaning in words.items():
                rows.setdefault(word, {"id": word})[quantity] = meaning
        for row in rows.values():
            self._add("Scales", row)


def _cell(sheet: Sheet, key: str, value: Any) -> str | None:
    """A value as the text of a cell; None where the sheet has no such column, or the cell would say something else."""
    column = next((c for c in sheet.columns if c.key == key), None)
    if column is None or key == "more":
        return None
    if column.kind in _TREES:
        if column.kind == "list" and isinstance(value, Mapping):
            return None
        return node_text(value, column.kind) or None
    if not isinstance(value, str):
        return None
    try:
        text = cell_text(Cell(value), column.kind)
    except ValueError:
        return None
    return text if text == value or column.kind == "flag" else None


def _take(item: dict[str, Any], key: str, fits: Callable[[Any], bool]) -> Any:
    """Remove and return a value that columns can hold; None otherwise."""
    return item.pop(key) if key in item and fits(item[key]) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _are_impacts(value: Any) -> bool:
    return all(
        isinstance(item, Mapping) and item.keys() & {"activity", "link"} and item.keys() & {"duration", "cost", "lag"}
        for item in _listed(value)
    )


def _is_mitigation(value: Any) -> bool:
    if not isinstance(value, Mapping) or not value:
        return False
    if "actions" in value:
        whole = value.keys() <= {"actions", "probability", "impacts"} and _listed(value["actions"]) != []
        actions = _listed(value["actions"])
    else:
        whole, actions = value.keys() <= {*_SHORT_ACTION, "probability", "impacts"}, [value]
    fits = all(isinstance(action, Mapping) and action for action in actions) and isinstance(value.get("actions", []), list)
    short = len(actions) != 1 or actions[0].keys() <= {*_SHORT_ACTION, "probability", "impacts"}
    return whole and fits and short and ("impacts" not in value or _are_impacts(value["impacts"]))


def _are_paths(value: Any) -> bool:
    return _listed(value) != [] and all(
        isinstance(path, Mapping) and path and path.keys() <= {"weight", "activities", "name"} and all(path.values())
        for path in _listed(value)
    )


def _path(path: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return (("path" if key == "name" else key, value) for key, value in path.items())


def _months(lost: Any) -> Filled:
    """Chances by month; nothing where they are written in a way that is not understood."""
    found: Filled = {}
    for span, chance in lost.items() if isinstance(lost, Mapping) else ():
        for part in span.lower().split(","):
            ends = [end.strip()[:3] for end in part.split("-")]
            if not set(ends) <= set(MONTHS) or not isinstance(chance, str):
                return {}
            first, last = MONTHS.index(ends[0]), MONTHS.index(ends[-1])
            found |= {MONTHS[n % 12]: chance for n in range(first, last + 1 + 12 * (last < first))}
    return found
