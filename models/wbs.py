"""Walking up the work breakdown structure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simcore.models.plan import Wbs


class WbsTree:
    """Parents of WBS codes: as declared, and by cutting at the last dot where a code is not declared.

    >>> list(WbsTree([]).upward("A.1.2"))
    ['A.1.2', 'A.1', 'A']
    """

    def __init__(self, nodes: Iterable[Wbs]):
        self._parents = {node.code: node.parent for node in nodes}
        self._chains: dict[str, tuple[str, ...]] = {}

    def parent(self, code: str) -> str | None:
        if code in self._parents:
            return self._parents[code]
        above, dot, _ = code.rpartition(".")
        return above if dot else None

    def chain(self, code: str) -> tuple[str, ...]:
        """The code itself and every node above it, once each even where parents form a loop."""
        if code not in self._chains:
            self._chains[code] = tuple(self.upward(code))
        return self._chains[code]

    def upward(self, code: str) -> Iterator[str]:
        seen: set[str] = set()
        node: str | None = code
        while node is not None and node not in seen:
            seen.add(node)
            yield node
            node = self.parent(node)
