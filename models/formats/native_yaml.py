"""Documents of plain values as YAML that people like to edit.

What fits on a line stands on it, in flow style; the rest goes one key a line. Texts are quoted only where they must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | Mapping[str, Value] | Sequence[Value]"

WIDTH = 120
_OUTER = 2
"""Indent of the activities and their like, whose keys stand one a line when they do not fit on one."""
_PLAIN = re.compile(r"-?[\w(/.+](?:[\w(/.+)<>=*&!|@%$;?~^'’ -]|:(?=[\w(/.+-]))*(?<! )")
"""Texts that mean themselves without quotes, in flow and in block style."""
_AMBIGUOUS = re.compile(
    r"(?:true|false|yes|no|on|off|null|y|n|[-+]?\.(?:inf|nan)|[-+]?(?:\d[\d_]*)?\.?\d*(?:e[-+]?\d+)?|0[xo][\da-f_]+"
    r"|[-+]?\d+(?::\d+)+(?:\.\d*)?|-.?|---.*|\.\.\.|\.)",
    re.IGNORECASE,
)
"""Plain texts that other YAML readers would take for something else."""
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\xa0\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(value: str | int | float) -> str:
    """One value as YAML.

    >>> scalar("Site survey"), scalar("NO"), scalar("triangular(8d, 10d, 15d)"), scalar(2.0), scalar(True)
    ('Site survey', '"NO"', '"triangular(8d, 10d, 15d)"', '2', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and not _AMBIGUOUS.fullmatch(value):
        return value
    return '"' + _ESCAPED.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # half a character, which no encoding can write
        return "\\uFFFD"
    return _SHORT_ESCAPES.get(character) or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}")


def flow(value: Value) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (str, int, float)):
        return scalar(value)
    return "[" + ", ".join(flow(item) for item in value) + "]"


def document(sections: Mapping[str, Value]) -> str:
    """A whole document: sections that take several lines are set off by a blank line."""
    out: list[str] = []
    for key, value in sections.items():
        lines = list(_section(key, value))
        if out and len(lines) > 1:
            out.append("")
        out += lines
    return "\n".join(out) + "\n"


def _section(key: str, value: Value) -> Iterator[str]:
    """Mappings and lists at the top are always one item a line."""
    if isinstance(value, Mapping) and value:
        yield f"{scalar(key)}:"
        for name, item in value.items():
            yield from _entry(name, item, 2)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        yield f"{scalar(key)}:"
        for item in value:
            yield from _item(item, 2)
    else:
        yield f"{scalar(key)}: {flow(value)}"


def _entry(key: str, value: Value, indent: int) -> Iterator[str]:
    pad = " " * indent
    line = f"{pad}{scalar(key)}: {flow(value)}"
    if len(line) <= WIDTH or isinstance(value, (str, int, float)) or not value:
        yield line
    elif isinstance(value, Mapping) and indent > _OUTER and all(map(_is_scalar, value.values())):
        items = [f"{scalar(name)}: {flow(item)}" for name, item in value.items()]
        yield from _wrapped(f"{pad}{scalar(key)}: {{", items, "}", indent + 2)
    elif isinstance(value, Mapping):
        yield f"{pad}{scalar(key)}:"
        for name, item in value.items():
            yield from _entry(name, item, indent + 2)
    elif all(map(_is_scalar, value)):
        yield from _wrapped(f"{pad}{scalar(key)}: [", [flow(item) for item in value], "]", indent + 2)
    else:
        yield f"{pad}{scalar(key)}:"
        for item in value:
            yield from _item(item, indent + 2)


def _is_scalar(value: Value) -> bool:
    return isinstance(value, (str, int, float))


def _wrapped(start: str, items: list[str], end: str, indent: int) -> Iterator[str]:
    """Scalars in flow style over several lines."""
    line = start
    for position, item in enumerate(items):
        text = item + (end if position == len(items) - 1 else ",")
        if len(line) + len(text) + 1 > WIDTH:
            yield line
            line = " " * indent + text
        else:
            line += text if line is start else f" {text}"
    yield line


def _item(value: Value, indent: int) -> Iterator[str]:
    pad = " " * indent
    line = f"{pad}- {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, Mapping):
        yield line
        return
    inner = (line for key, item in value.items() for line in _entry(key, item, indent + 2))
    yield f"{pad}- {next(inner).lstrip()}"
    yield from inner
