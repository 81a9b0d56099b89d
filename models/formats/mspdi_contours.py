"""Work contours of MSPDI: how an assignment's work, and so its cost, spreads over its duration."""
from __future__ import annotations

from simcore.models.formats.mspdi_values import Node

CONTOURS: dict[str, tuple[float, ...]] = {
    "back loaded": (10, 15, 25, 50, 50, 75, 75, 100, 100, 100),
    "front loaded": (100, 100, 100, 75, 75, 50, 50, 25, 15, 10),
    "double peak": (25, 50, 100, 50, 25, 25, 50, 100, 50, 25),
    "early peak": (25, 50, 100, 100, 75, 50, 50, 25, 15, 10),
    "late peak": (10, 15, 25, 50, 50, 75, 100, 100, 50, 25),
    "bell": (10, 20, 40, 80, 100, 100, 80, 40, 20, 10),
    "turtle": (25, 50, 75, 100, 100, 100, 100, 75, 50, 25),
}
"""Percentages of the assigned units in each tenth of the duration, as Microsoft publishes them; in the order of their codes."""
_FLAT, _BY_HAND = 0, len(CONTOURS) + 1


def contour_of(node: Node) -> str | None:
    """The name of an assignment's contour; None for a flat one, and for one made by hand, whose shape is its own."""
    code = node.integer("WorkContour") or _FLAT
    if not _FLAT <= code <= _BY_HAND:
        node.reading.error(node.where, f"WorkContour is {code}, not 0 to {_BY_HAND}.")
        return None
    if code == _BY_HAND:
        node.reading.note("work contours made by hand taken as flat")
    return None if code in (_FLAT, _BY_HAND) else tuple(CONTOURS)[code - 1]
