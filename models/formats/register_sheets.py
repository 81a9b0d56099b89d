"""The sheets of a register workbook: their columns, what stands in them, and how that is called in the native format."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from simcore.models.formats.native_tree import Node, Table, parse_tree

MATRIX = "Matrix"
"""Beginning of the names of sheets that hold a matrix of correlations."""
GUIDE, ACTIVITIES, EXAMPLES, HEAT_MAP = "Guide", "Activities", "Examples", "Heat map"
NOT_READ = (GUIDE, ACTIVITIES, EXAMPLES, HEAT_MAP)
"""Sheets for people, which are written and not read."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Column(NamedTuple):
    """A column of a sheet.

    Attributes
    ----------
    header : str
        As written in new workbooks; upper and lower case, blanks and punctuation do not matter on reading.
    key : str
        What the value is called where rows are turned into the native format.
    kind : str
        How cells are understood: one of the kinds of :mod:`simcore.models.formats.register_cells`.
    help : str
        The comment on the header.
    example : str
        A value for the sheet of examples.
    choices : tuple of str
        Words of a drop-down.
    source : str
        Where its words stand instead: ``activities``, ``risks``, ``templates``, ``scale:probability`` ...
    strict : bool
        Whether nothing but the choices is meant.
    also : tuple of str
        Other headers that people use.
    """

    header: str
    key: str
    kind: str
    help: str
    example: str = ""
    choices: tuple[str, ...] = ()
    source: str = ""
    strict: bool = False
    also: tuple[str, ...] = ()
    width: int = 16


class Sheet(NamedTuple):
    """A sheet; a row says nothing without the columns it ``needs``."""

    title: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]
    about: str


@lru_cache(maxsize=1)
def sheets() -> dict[str, Sheet]:
    """The sheets that are read, by title, in the order of the workbook."""
    text = (files(__package__) / "register.yaml").read_text(encoding="utf-8")
    tree: Any = parse_tree(text, "register.yaml")
    return {title: _sheet(title, node) for title, node in tree.items()}


@lru_cache(maxsize=1)
def flat_sheet() -> Sheet:
    """The columns of a CSV register, and of a sheet Risks whose rows carry an impact each."""
    risks, impacts = sheets()["Risks"], sheets()["Impacts"]
    own = {column.key for column in risks.columns}
    return risks._replace(columns=risks.columns + tuple(c for c in impacts.columns if c.key not in own | {"risk", "when"}))


def _sheet(title: str, node: Any) -> Sheet:
    columns = tuple(_column(key, entry) for key, entry in node["columns"].items())
    return Sheet(title, columns, tuple(node.get("needs", ())), node["about"])


def _column(key: str, entry: Table) -> Column:
    values: dict[str, Node | tuple[str, ...]] = dict(entry)
    choices = values.pop("choices", ())
    more: Any = {
        **values,
        "key": key,
        "choices": () if isinstance(choices, str) else tuple(map(str, choices)),
        "source": choices if isinstance(choices, str) else "",
        "strict": "strict" in values,
        "also": tuple(map(str, values.get("also", ()))),
        "width": int(str(values.get("width", 16))),
    }
    return Column(**more)


def plain(header: str) -> str:
    """A header without what people vary: case, blanks, punctuation, units and currencies in brackets.

    >>> plain("Post-mitigated  Probability (%)")
    'postmitigatedprobability'
    """
    bare = header.casefold().split("(")[0] or header.casefold()
    return "".join(character for character in bare if character.isalnum())
