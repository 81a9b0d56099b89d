"""Rank correlations between variables, realised by a Gaussian copula.

A Spearman correlation r of two variables corresponds to 2·sin(π·r/6) between their normals (K. Pearson, "On further methods
of determining correlation", 1907). Variables that share one non-negative correlation get one common normal (cheap for any
number of them); anything else gets the Cholesky factor of its block's matrix, moved to the nearest correlation matrix where
it is impossible (N. J. Higham, "Computing the nearest correlation matrix", IMA J. Numer. Anal. 22, 2002).
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.models.plan import Plan
from simcore.models.risks import Correlation

if TYPE_CHECKING:
    from simcore.riskmodel import VariableTable

Floats = npt.NDArray[np.float64]
Group = tuple[int, Correlation, list[int]]
"""A correlation, its number in the plan, and its variables."""
SMALLEST_EIGENVALUE = 1e-10
NOTICEABLE = 1e-6  # what is moved less was moved only so that it factors


@dataclass(frozen=True, kw_only=True)
class Copula:
    """Loadings of every variable on shared normals and on its own; see :class:`simcore.kernel_sampling.Variables`."""

    streams: tuple[str, ...]
    own: npt.NDArray[np.float32]
    at: npt.NDArray[np.int32]
    latent: npt.NDArray[np.int32]
    loading: npt.NDArray[np.float32]
    repaired: float = 0.0

    @classmethod
    def empty(cls, variables: int) -> Copula:
        """Everything independent."""
        return cls(
            streams=(),
            own=np.ones(variables, np.float32),
            at=np.zeros(variables + 1, np.int32),
            latent=np.zeros(0, np.int32),
            loading=np.zeros(0, np.float32),
        )


def pearson_of_rank(rank: float | Floats) -> Floats:
    """Correlation of the normals behind a Spearman correlation.

    >>> round(float(pearson_of_rank(0.5)), 4)
    0.5176
    """
    return 2 * np.sin(np.pi * np.asarray(rank, float) / 6)


def correlate(plan: Plan, variables: VariableTable) -> Copula:
    """The copula of a plan's correlations; variables that do not vary are left out."""
    groups = [
        (number, c, members)
        for number, c in enumerate(plan.correlations, start=1)
        if len(members := _members(plan, c, variables)) > 1
    ]
    if not groups:
        return Copula.empty(len(variables.names))
    streams: list[str] = []
    loads: dict[int, list[tuple[int, float]]] = {}
    own: dict[int, float] = {}
    repaired = 0.0
    for block in _blocks(groups):
        # by name: neither their order in the plan nor what else is in it moves a draw
        members = sorted({m for group in block for m in group[2]}, key=variables.names.__getitem__)
        number, correlation, _ = block[0]
        if len(block) == 1 and correlation.rank >= 0:
            _one_factor(correlation.rank, members, f"correlation/{number}", streams, loads, own)
        else:
            repaired += _dense(block, members, variables, streams, loads, own)
    of_stream = [variables.index[name] for name in variables.names]  # variables of one stream stay together
    entries = [loads.get(v, []) for v in of_stream]
    return Copula(
        streams=tuple(streams),
        own=np.array([own.get(v, 1.0) for v in of_stream], np.float32),
        at=np.cumsum([0, *map(len, entries)]).astype(np.int32),
        latent=np.array([k for row in entries for k, _ in row], np.int32),
        loading=np.array([x for row in entries for _, x in row], np.float32),
        repaired=repaired,
    )


def _members(plan: Plan, correlation: Correlation, variables: VariableTable) -> list[int]:
    """Variables behind the names of a correlation; ``magnitude of R1`` stands for each of its impacts."""
    found: list[int] = []
    for name in correlation.between:
        quantity, _, target = name.partition(" of ")
        if quantity == "magnitude":
            found += [v for stream, v in variables.index.items() if stream.startswith(f"risk/{target}/")]
        else:
            ref = plan.find(target)
            index = variables.index.get(f"activity/{ref.project}/{ref.id}/{quantity}")
            found += [] if index is None else [index]
    return found


def _blocks(groups: list[Group]) -> list[list[Group]]:
    """Groups that share variables, together."""
    blocks: list[tuple[set[int], list[Group]]] = []
    for group in groups:
        members = set(group[2])
        touching = [b for b in blocks if b[0] & members]
        merged = members.union(*(b[0] for b in touching)), [g for b in touching for g in b[1]] + [group]
        blocks = [b for b in blocks if not b[0] & members] + [merged]
    return [groups for _, groups in blocks]


def _one_factor(
    rank: float, members: list[int], stream: str, streams: list[str],
    loads: dict[int, list[tuple[int, float]]], own: dict[int, float],
) -> None:
    """All pairs share one normal."""
    rho = float(pearson_of_rank(rank))
    streams.append(stream)
    for v in members:
        loads[v] = [(len(streams) - 1, rho**0.5)]
        own[v] = (1 - rho) ** 0.5


def _dense(
    block: list[Group], members: list[int], variables: VariableTable, streams: list[str],
    loads: dict[int, list[tuple[int, float]]], own: dict[int, float],
) -> float:
    """A full matrix; later correlations win over earlier ones. Returns how far it was moved to be possible."""
    place = {v: k for k, v in enumerate(members)}
    matrix = np.eye(len(members))
    for _, correlation, names in block:
        for a in names:
            for b in names:
                if a != b:
                    matrix[place[a], place[b]] = pearson_of_rank(correlation.rank)
    possible = nearest_correlation(matrix)
    factor = np.linalg.cholesky(possible)
    first = len(streams)
    streams += ["correlation/" + variables.names[v] for v in members]
    for v in members:
        row = factor[place[v]]
        loads[v] = [(first + k, float(x)) for k, x in enumerate(row[: place[v] + 1]) if x != 0.0]
        own[v] = 0.0
    moved = float(np.linalg.norm(possible - matrix))
    return moved if moved > NOTICEABLE else 0.0


def nearest_correlation(matrix: Floats, tolerance: float = 1e-12, steps: int = 10_000) -> Floats:
    """Nearest correlation matrix in the Frobenius norm, by alternating projections with Dykstra's correction (Higham 2002).

    A matrix that is possible comes back as it is, but for what makes it factor (eigenvalues of at least 1e-10).

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Symmetric; the diagonal need not be 1.
    """
    current = np.array(matrix, float)
    if not (np.allclose(np.diag(current), 1.0) and np.linalg.eigvalsh(current)[0] >= 0):
        correction = np.zeros_like(current)
        for _ in range(steps):
            before = current
            shifted = current - correction
            values, vectors = np.linalg.eigh(shifted)
            projected = (vectors * np.maximum(values, 0)) @ vectors.T
            correction = projected - shifted
            current = projected.copy()
            np.fill_diagonal(current, 1.0)
            if np.linalg.norm(current - before) <= tolerance * np.linalg.norm(current):
                break
    smallest = np.linalg.eigvalsh(current)[0]
    if smallest < SMALLEST_EIGENVALUE:
        lift = SMALLEST_EIGENVALUE - smallest
        current = (current + lift * np.eye(len(current))) / (1 + lift)
    return current
