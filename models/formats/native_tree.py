"""YAML and JSON as trees of texts that know their lines.

Every scalar stays the text it was written as; what it means is decided by the field it stands in. Tables refuse
duplicate keys, aliases and merge keys work, tags do not, and aliases that multiply without end are refused before they
are walked.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias

import yaml
from yaml.cyaml import CParser
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from simcore.models.errors import PlanError, Problem

Node: TypeAlias = "str | Table | Rows"

_MOST_VALUES = 5_000_000
"""How many values a file may stand for once its aliases are followed."""
_DEEPEST = 50
_NO_KEY = object()
_MERGE = str(b"<<", "ascii")
"""The merge key, told from a quoted text by being this very object."""
_JSON_STRING = r'("[^"\\]*(?:\\.[^"\\]*)*")'
_JSON_TOKENS = re.compile(rf'(?:{_JSON_STRING}\s*:\s*)?(?:{_JSON_STRING}|([^\s"\[\]{{}}:,]+)|([\[\]{{}}]))')
"""A value or a bracket, on request with its key when both stand on one line: key, text, word, bracket."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_JSON_WORDS = {"null": ""}
_PLAIN_WORDS = {"~": "", "<<": _MERGE}


class Table(dict[str, Node]):
    """A mapping with the line it begins on, and the lines of its keys."""

    __slots__ = ("_lines", "line")

    def __init__(self, line: int):
        super().__init__()
        self.line = line
        self._lines: dict[str, int] = {}

    def put(self, key: str, value: Node, line: int) -> None:
        self[key] = value
        if line != self.line:
            self._lines[key] = line

    def line_of(self, key: str) -> int:
        return self._lines.get(key, self.line)

    def take(self, other: Table) -> None:
        """Merge another table: own keys win."""
        for key, value in other.items():
            if key not in self:
                self.put(key, value, other.line_of(key))


class Rows(list[Node]):
    """A sequence with the line it begins on, and the lines of its items."""

    __slots__ = ("_lines", "line")

    def __init__(self, line: int):
        super().__init__()
        self.line = line
        self._lines: list[int] = []

    def put(self, value: Node, line: int) -> None:
        self.append(value)
        self._lines.append(line)

    def line_of(self, index: int) -> int:
        return self._lines[index]


def parse_tree(text: str, name: str) -> Node:
    """The tree of a YAML or JSON text.

    Parameters
    ----------
    text : str
        The document. One that begins with a brace is JSON, unless its name ends in ``.yaml`` or ``.yml``, or it is not
        sound JSON and its name does not end in ``.json`` either.
    name : str
        File name for messages.

    Raises
    ------
    PlanError
        Not YAML or JSON, with line and column; duplicate keys, all of them.
    """
    builder = _Builder(name)
    if _is_json(text, name):
        _feed_json(text, name, builder)
    else:
        _feed_yaml(text, name, builder)
    if builder.problems:
        raise PlanError(builder.problems)
    return builder.root


def _is_json(text: str, name: str) -> bool:
    if text.lstrip()[:1] not in ("{", "[") or name.lower().endswith((".yaml", ".yml")):
        return False
    if name.lower().endswith(".json"):
        return True
    try:
        _check_json(text, name)
    except PlanError:
        return False
    return True


class _Builder:
    """Puts values into the table or sequence that is open."""

    __slots__ = ("key", "key_line", "merges", "name", "node", "outer", "problems", "root", "values")

    def __init__(self, name: str):
        self.name = name
        self.problems: list[Problem] = []
        self.root: Node = ""
        self.node: Table | Rows | None = None  # that is open
        self.key: object = _NO_KEY  # that waits for its value, in an open table
        self.key_line = 0
        self.merges: list[Table] = []  # what the merge keys of the open table name
        self.outer: list[tuple[Table | Rows | None, object, int, list[Table]]] = []  # the same of those around it
        self.values = 0

    def refuse(self, line: int, what: str, fix: str = "") -> PlanError:
        return PlanError([*self.problems, Problem(f"{self.name}:{line}", what, fix)])

    def scalar(self, text: str, line: int) -> None:
        if self.key is _NO_KEY and type(self.node) is Table:
            self.key = text
            self.key_line = line
        else:
            self.put(text, line)

    def start(self, node: Table | Rows) -> None:
        if len(self.outer) >= _DEEPEST:
            raise self.refuse(
                node.line, f"values are nested more than {_DEEPEST} deep.", "Check the brackets and the indentation."
            )
        if self.key is not _MERGE:
            self.put(node, node.line)
        self.outer.append((self.node, self.key, self.key_line, self.merges))
        self.node, self.key, self.merges = node, _NO_KEY, []

    def end(self) -> Table | Rows:
        node, merges = self.node, self.merges
        assert node is not None
        self.node, self.key, self.key_line, self.merges = self.outer.pop()
        if isinstance(node, Table):
            for part in merges:
                node.take(part)
        if self.key is _MERGE:  # only now it is complete
            self.put(node, node.line)
        return node

    def put(self, value: Node, line: int, size: int = 1) -> None:
        self.values += size
        if self.values > _MOST_VALUES:
            raise self.refuse(line, f"the file stands for more than {_MOST_VALUES} values.", "Do not nest aliases in aliases.")
        node = self.node
        if type(node) is Table:
            self.put_at_key(node, value, line)
        elif isinstance(node, Rows):
            node.put(value, line)
        else:
            self.root = value

    def put_at_key(self, table: Table, value: Node, line: int) -> None:
        key, self.key = self.key, _NO_KEY
        if not isinstance(key, str):
            raise self.refuse(
                line,
                "a list or a mapping stands where a key is expected.",
                "Put texts that begin with a bracket in quotes.",
            )
        if key is _MERGE:
            self.merge(value, line)
        elif key in table:
            what = f"the key '{key}' is there twice, first in line {table.line_of(key)}."
            self.problems.append(Problem(f"{self.name}:{self.key_line}", what, "Rename or remove one of them."))
        else:
            table.put(key, value, self.key_line)

    def merge(self, value: Node, line: int) -> None:
        for part in value if isinstance(value, Rows) else [value]:
            if not isinstance(part, Table):
                raise self.refuse(line, "'<<' takes the keys of another mapping.", "Write '<<: *its_anchor'.")
            self.merges.append(part)


def _feed_yaml(text: str, name: str, builder: _Builder) -> None:
    anchors: dict[str, tuple[Node, int]] = {}
    unfinished: list[tuple[str | None, int]] = []
    documents = 0
    try:
        parser = CParser(text)
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            kind = type(event)
            line = event.start_mark.line + 1
            if kind is ScalarEvent:
                _check_tag(event, line, builder)
                value = event.value
                if not event.style:  # plain
                    value = _PLAIN_WORDS.get(value, value)
                builder.scalar(value, line)
                if event.anchor is not None:
                    anchors[event.anchor] = value, 1
            elif kind in (MappingStartEvent, SequenceStartEvent):
                _check_tag(event, line, builder)
                unfinished.append((event.anchor, builder.values))
                builder.start(Table(line) if kind is MappingStartEvent else Rows(line))
            elif kind in (MappingEndEvent, SequenceEndEvent):
                anchor, before = unfinished.pop()
                node = builder.end()
                if anchor is not None:
                    anchors[anchor] = node, builder.values - before
            elif kind is AliasEvent:
                if event.anchor not in anchors:
                    raise builder.refuse(
                        line, f"the alias '*{event.anchor}' stands before its anchor '&{event.anchor}' is complete."
                    )
                builder.put(anchors[event.anchor][0], line, anchors[event.anchor][1])
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise builder.refuse(line, "a second document begins here.", "Keep one plan in a file; remove the '---'.")
    except yaml.YAMLError as error:
        raise PlanError(_yaml_problem(error, text, name)) from None


def _check_tag(event: Event, line: int, builder: _Builder) -> None:
    if event.tag is not None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        raise builder.refuse(
            line, f"the tag '{tag}' is not understood.", "Values need no tags; put texts that begin with ! in quotes."
        )


def _yaml_problem(error: yaml.YAMLError, text: str, name: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.encode().count(b"\n", 0, error.position) + 1  # libyaml counts bytes
        what = f"a character that no text holds (U+{error.character:04X})."
        return Problem(f"{name}:{line}", what, "Is this a plan file?")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark is not None else name
    what = getattr(error, "problem", None) or str(error)
    begun = getattr(error, "context_mark", None)
    since = (
        f" (in what began in line {begun.line + 1})" if begun is not None and mark is not None and begun.line != mark.line else ""
    )
    if "tab" in what or ("cannot start any token" in what and _has_tab(text, mark)):
        return Problem(place, "a tab stands where YAML wants blanks.", "Indent with blanks.")
    return Problem(place, f"not readable as YAML: {what}{since}.", "Check brackets, quotes and indentation here and just before.")


def _has_tab(text: str, mark: yaml.Mark | None) -> bool:
    if mark is None:
        return False
    lines = text.splitlines()
    return mark.line < len(lines) and "\t" in lines[mark.line]


def _feed_json(text: str, name: str, builder: _Builder) -> None:
    """Grammar is checked by the standard library; the tokens of a sound text then need no grammar, and none spans lines."""
    _check_json(text, name)
    tokens = _JSON_TOKENS.findall
    for line, row in enumerate(text.split("\n"), start=1):
        for key, string, word, bracket in tokens(row):
            if key:
                builder.key = key[1:-1] if "\\" not in key else _json_string(key, line, builder)
                builder.key_line = line
            if string:
                builder.scalar(string[1:-1] if "\\" not in string else _json_string(string, line, builder), line)
            elif word:
                builder.scalar(_JSON_WORDS.get(word, word), line)
            elif bracket == "{":
                builder.start(Table(line))
            elif bracket == "[":
                builder.start(Rows(line))
            else:
                builder.end()


def _json_string(token: str, line: int, builder: _Builder) -> str:
    """What a string with escapes stands for."""
    value: str = json.loads(token)
    if _HALF_CHARACTER.search(value):
        raise builder.refuse(line, "a text holds half a character (a lone \\ud8.. escape).", "Write the character.")
    return value


def _check_json(text: str, name: str) -> None:
    def refuse(word: str) -> None:
        line = text[: text.find(word)].count("\n") + 1
        raise PlanError(
            Problem(f"{name}:{line}", f"{word} is not a number JSON knows.", "Write the number, or leave the key out.")
        )

    try:
        json.loads(text, parse_int=len, parse_float=len, parse_constant=refuse)
    except json.JSONDecodeError as error:
        what = f"not readable as JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        raise PlanError(Problem(f"{name}:{error.lineno}:{error.colno}", what)) from None
    except RecursionError:
        raise PlanError(Problem(name, f"values are nested more than {_DEEPEST} deep.", "Check the brackets.")) from None
