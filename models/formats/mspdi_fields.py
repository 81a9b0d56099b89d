"""MSPDI custom fields and outline codes: their names, and the values of a task."""
from __future__ import annotations

from dataclasses import dataclass, field

from simcore.models.formats.mspdi_values import Node


@dataclass
class _Definition:
    name: str
    values: dict[str, str] = field(default_factory=dict)  # by id and by GUID


@dataclass
class FieldBook:
    """Names and lookup values of the file's custom fields and outline codes, by field id."""

    fields: dict[str, _Definition] = field(default_factory=dict)
    codes: dict[str, _Definition] = field(default_factory=dict)

    def fields_of(self, task: Node) -> dict[str, str]:
        """Custom fields of a task by the name users gave them; values as written in the file."""
        found: dict[str, str] = {}
        for node in task.children("ExtendedAttribute", "custom field"):
            definition = _definition(self.fields, self.codes, node)
            value = node.text("Value") or _looked_up(definition, node)
            if value is not None:
                found[definition.name] = value
        return found

    def codes_of(self, task: Node) -> dict[str, str]:
        """Outline codes of a task as full paths."""
        found: dict[str, str] = {}
        for node in task.children("OutlineCode", "outline code"):
            definition = _definition(self.codes, self.fields, node)
            value = _looked_up(definition, node)
            if value is not None:
                found[definition.name] = value
        return found


def read_fields(project: Node) -> FieldBook:
    """Definitions of custom fields and outline codes."""
    book = FieldBook()
    for node in project.children("ExtendedAttributes/ExtendedAttribute", "custom field"):
        definition = _Definition(node.text("Alias") or node.text("FieldName") or f"Field {node.text('FieldID')}")
        for value in node.children("ValueList/Value", "value"):
            definition.values[value.text("ID") or ""] = value.text("Value") or ""
        book.fields[node.text("FieldID") or ""] = definition
    for node in project.children("OutlineCodes/OutlineCode", "outline code"):
        name = node.text("Alias") or node.text("FieldName")
        field_id = node.text("FieldID") or ""
        known = book.fields.get(field_id)
        definition = _Definition(name or (known.name if known else f"Outline code {field_id}"), _paths(node))
        book.codes[field_id] = definition
    return book


def _definition(first: dict[str, _Definition], second: dict[str, _Definition], node: Node) -> _Definition:
    field_id = node.text("FieldID") or ""
    found = first.get(field_id) or second.get(field_id)
    return found or _Definition(f"Field {field_id}")


def _looked_up(definition: _Definition, node: Node) -> str | None:
    for tag in ("ValueGUID", "ValueID"):
        key = node.text(tag)
        if key is not None and key in definition.values:
            return definition.values[key]
    return None


def _paths(code: Node) -> dict[str, str]:
    """Values of an outline code by id and GUID, each as the path from its root."""
    separators = (mask.text("Separator") for mask in code.children("Masks/Mask", "mask"))
    separator = next((text for text in separators if text), ".")
    nodes = {node.text("ValueID") or "": node for node in code.children("Values/Value", "value")}
    paths: dict[str, str] = {}
    for key, node in nodes.items():
        parts: list[str] = []
        seen: set[str] = set()
        step: str | None = key
        while step in nodes and step not in seen:
            seen.add(step)
            parts.append(nodes[step].text("Value") or "")
            step = nodes[step].text("ParentValueID")
        paths[key] = separator.join(reversed(parts))
        guid = node.text("FieldGUID")
        if guid is not None:
            paths[guid] = paths[key]
    return paths
