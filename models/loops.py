"""Loops in a graph of links, found in linear time without recursion."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def find_loops(count: int, tails: Sequence[int], heads: Sequence[int], most: int = 5) -> list[list[int]]:
    """Short loops of a directed graph, at most ``most`` of them, no two through the same node.

    Parameters
    ----------
    count : int
        Number of nodes, numbered from 0.
    tails, heads : sequence of int
        Where each link starts and ends.

    Returns
    -------
    list of list of int
        Each loop as its nodes in the direction of the links, without repeating the first.

    Examples
    --------
    >>> find_loops(4, [0, 1, 2, 3], [1, 2, 1, 3])
    [[1, 2], [3]]
    """
    successors: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for tail, head in zip(tails, heads, strict=True):
        successors[tail].append(head)
        waiting[head] += 1
    _release([node for node in range(count) if not waiting[node]], successors, waiting)
    loops: list[list[int]] = []
    start = 0
    while len(loops) < most:
        start = next((node for node in range(start, count) if waiting[node] > 0), count)
        if start == count:
            break
        loop = _shortest_through(_node_on_a_loop(start, successors, waiting), successors, waiting)
        loops.append(loop)
        for node in loop:  # cut the loop open by releasing its nodes, so that the next one found is another
            waiting[node] = 0
        _release(loop, successors, waiting)
    return loops


def _release(ready: list[int], successors: list[list[int]], waiting: list[int]) -> None:
    """Kahn's algorithm: take out what waits for nothing, as far as it goes."""
    stack = list(ready)
    while stack:
        for head in successors[stack.pop()]:
            waiting[head] -= 1
            if waiting[head] == 0:
                stack.append(head)


def _node_on_a_loop(start: int, successors: list[list[int]], waiting: list[int]) -> int:
    """Every node left has a predecessor left: walking backward must meet a node again."""
    predecessor: dict[int, int] = {}
    for tail in range(len(successors)):
        if waiting[tail] > 0:
            for head in successors[tail]:
                if waiting[head] > 0:
                    predecessor.setdefault(head, tail)
    seen: set[int] = set()
    node = start
    while node not in seen:
        seen.add(node)
        node = predecessor[node]
    return node


def _shortest_through(start: int, successors: list[list[int]], waiting: list[int]) -> list[int]:
    """The shortest loop through a node that lies on one, breadth first."""
    came_from: dict[int, int] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for head in successors[node]:
            if head == start:
                path = [node]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if waiting[head] > 0 and head not in came_from:
                came_from[head] = node
                queue.append(head)
    raise AssertionError("the node does not lie on a loop")
