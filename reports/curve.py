"""A cumulative curve in characters, for terminals."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

BRAILLE = 0x2800
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bits of the dots of a braille character, by column and row."""


def curve_lines(
    values: npt.NDArray[np.float64],
    marks: Sequence[tuple[float, str]],
    label: Callable[[float], str],
    width: int = 56,
    height: int = 11,
    plain: bool = False,
) -> list[str]:
    """The share of values at or below x, from the smallest to the largest value or mark.

    Parameters
    ----------
    values : ndarray
        Any order.
    marks : sequence of (value, text)
        Vertical lines; the text stands below the axis.
    label : callable
        Text of a value, for the two ends of the axis.
    width, height : int
        Of the plot in characters, without its axis.
    plain : bool
        Only ASCII characters.
    """
    ordered = np.sort(values)
    low = min(ordered[0], *(value for value, _ in marks))
    high = max(ordered[-1], *(value for value, _ in marks))
    if high <= low:
        return [f"all at {label(low)}"]
    columns, rows = (width, height) if plain else (2 * width, 4 * height)
    at = low + (high - low) * (np.arange(columns) + 0.5) / columns
    share = np.searchsorted(ordered, at, side="right") / len(ordered)
    top = np.rint((1 - share) * (rows - 1)).astype(np.int64)
    cells = [[" "] * width for _ in range(height)]
    places = [min(width - 1, int((value - low) / (high - low) * width)) for value, _ in marks]
    for place in places:
        for row in cells:
            row[place] = ":" if plain else "┊"
    (_draw_plain if plain else _draw_braille)(cells, top)
    named = [(place, mark) for place, (_, mark) in zip(places, marks, strict=True)]
    return [*_with_axis(cells, plain), *below(named, width), ends(label(low), label(high), width)]


def _draw_plain(cells: list[list[str]], top: npt.NDArray[np.int64]) -> None:
    for column, row in enumerate(top):
        cells[row][column] = "*"


def _draw_braille(cells: list[list[str]], top: npt.NDArray[np.int64]) -> None:
    """Each column joined to the one before, so that steep parts have no gaps."""
    before = top[0]
    for column, row in enumerate(top):
        for dot in range(row, max(row, before - 1) + 1):
            cell = cells[dot // 4]
            old = ord(cell[column // 2])
            code = old - BRAILLE if BRAILLE <= old < BRAILLE + 256 else 0
            cell[column // 2] = chr(BRAILLE + (code | DOTS[column % 2][dot % 4]))
        before = row


def _with_axis(cells: list[list[str]], plain: bool) -> list[str]:
    bar, corner, floor = ("|", "+", "-") if plain else ("┤", "└", "─")
    last = len(cells) - 1
    named = {0: "100 %", round(last * 0.2): " 80 %", round(last * 0.5): " 50 %", last: "  0 %"}
    lines = [f"{named.get(number, ''):>5} {bar}{''.join(row).rstrip()}" for number, row in enumerate(cells)]
    return [*lines, f"      {corner}{floor * len(cells[0])}"]


def below(marks: list[tuple[int, str]], width: int) -> list[str]:
    """The texts centred under their lines; a second line for one that would touch another."""
    lines: list[str] = []
    for place, mark in sorted(marks, key=itemgetter(0)):
        at = max(0, min(place - len(mark) // 2, width - len(mark)))
        free = next((number for number, line in enumerate(lines) if len(line) < at), len(lines))
        lines[free:free + 1] = [(lines[free] if free < len(lines) else "").ljust(at) + mark]
    return [" " * 7 + line for line in lines]


def ends(left: str, right: str, width: int) -> str:
    """The line under an axis that names where it begins and ends."""
    return " " * 7 + left + right.rjust(max(width - len(left), len(right) + 1))
