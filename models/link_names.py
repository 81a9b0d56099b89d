"""Relationships as users write them: ``A -> B``, or ``A -> B SS`` where two activities have several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcore.models.plan import Ref, Relationship


class LinkNames:
    """Finds and names the relationships of a plan; ``shown`` has the ids of its activities as users see them."""

    def __init__(self, relationships: Sequence[Relationship], shown: Mapping[Ref, str]):
        self._names: list[tuple[str, str]] = []
        self._places: dict[str, list[int]] = {}
        for i, link in enumerate(relationships):
            text = f"{shown.get(link.predecessor, '')} -> {shown.get(link.successor, '')}"
            names = (text, f"{text} {link.type.value}")
            self._names.append(names)
            for name in names:
                self._places.setdefault(name, []).append(i)

    def find(self, text: str) -> int:
        """Position of the relationship; KeyError, with a sentence that says why, where not exactly one is meant."""
        places = self._places.get(text, ())
        if len(places) > 1:
            kinds = dict.fromkeys(f"'{self._names[i][1]}'" for i in places)
            fix = f"Write one of {', '.join(kinds)}." if len(kinds) > 1 else "They cannot be told apart; remove all but one."
            raise KeyError(f"there are {len(places)} relationships '{text}'. {fix}")
        if not places:
            raise KeyError(f"there is no relationship '{text}'.")
        return places[0]

    def name(self, position: int) -> str:
        """The shortest text that :meth:`find` knows a relationship by."""
        short, long = self._names[position]
        return short if len(self._places[short]) == 1 else long

    def all(self) -> list[str]:
        """The names of all relationships, for suggestions."""
        return [self.name(i) for i in range(len(self._names))]
