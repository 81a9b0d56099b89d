"""What all terminal summaries are made of: tables in one style, and text of them."""
from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

NARROW = 92  # characters below which finish and cost stand below each other
PLAIN = str.maketrans(
    {"−": "-", "±": "~", "–": "-", "…": ".", "“": '"', "”": '"', "≤": "<=", "×": "x", "·": "-", "─": "-"}
)
"""For terminals that cannot show more than ASCII."""
RULED = box.Box("    \n    \n ── \n    \n    \n    \n    \n    \n")  # a line under the headings, nothing else


def render(blocks: Iterable[RenderableType], width: int, color: bool | None, plain: bool) -> str:
    """Blocks with a blank line between, as text without trailing blanks."""
    target = StringIO()
    console = Console(
        file=target, width=width, force_terminal=bool(color), color_system="standard" if color else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    for number, block in enumerate(blocks):
        if number:
            console.print()
        console.print(block)
    text = "\n".join(line.rstrip() for line in target.getvalue().splitlines())
    return text.translate(PLAIN).encode("ascii", "replace").decode() if plain else text


def table(*columns: str | tuple[str, str], title: str | None = None) -> Table:
    """An empty table in the house style; a column is its heading, or heading and justification."""
    made = Table(box=RULED, show_edge=False, pad_edge=False, title=title, title_justify="left", title_style="bold")
    for column in columns:
        heading, justify = (column, "left") if isinstance(column, str) else column
        made.add_column(heading, justify=justify, no_wrap=True, overflow="ellipsis")  # type: ignore[arg-type]
    return made
