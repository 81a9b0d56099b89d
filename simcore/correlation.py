"""Rank correlations between variables, realised by a Gaussian copula or by Student's t.

A Spearman correlation r of two variables corresponds to 2·sin(π·r/6) between their normals (K. Pearson, "On further methods
of determining correlation", 1907); for Student's t see :mod:`simcore.student`. Variables that share one non-negative
correlation get one common normal (cheap for any number of them); anything else gets the Cholesky factor of its block's
matrix, moved to the nearest correlation matrix where it is impossible (N. J. Higham, "Computing the nearest correlation
matrix", IMA J. Numer. Anal. 22, 2002).
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.kernel_sampling import NORMAL_CELL_BITS
from simcore.models.errors import PlanError, Problem
from simcore.models.plan import Plan
from simcore.models.risks import Correlation, Risk
from simcore.network_chances import link_stream

if TYPE_CHECKING:
    from simcore.variables import VariableTable

Floats = npt.NDArray[np.float64]
SMALLEST_EIGENVALUE = 1e-10
NOTICEABLE = 1e-6  # what is moved less was moved only so that it factors
NORMAL_PLACE = (0, NORMAL_CELL_BITS)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Variables that a correlation names, in its order; those that do not vary are left out.

    ``stream`` names the normal they share where one is enough.
    """

    stream: str
    members: tuple[int, ...]
    ranks: Floats  # Spearman, shape (members, members)
    rank: float | None = None  # of every pair
    degrees: float | None = None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A pair of variables whose correlation was moved to a possible one."""

    first: str  # streams
    second: str
    asked: float  # Spearman
    given: float


@dataclass(frozen=True, kw_only=True)
class Copula:
    """Loadings of every variable on shared normals and on its own; see :class:`simcore.kernel_sampling.Variables`."""

    streams: tuple[str, ...]
    stream_places: tuple[tuple[int, int], ...]
    own: npt.NDArray[np.float32]
    at: npt.NDArray[np.int32]
    latent: npt.NDArray[np.int32]
    loading: npt.NDArray[np.float32]
    mixed_by: npt.NDArray[np.int32]
    table_at: npt.NDArray[np.int32]
    degrees: Floats
    repaired: float = 0.0
    moved: tuple[Moved, ...] = ()  # the pairs that were moved most, at most ten
    groups: tuple[Group, ...] = ()

    @classmethod
    def empty(cls, variables: int) -> Copula:
        """Everything independent."""
        return _Loads().copula([{}] * variables, [1.0] * variables, [None] * variables)


def pearson_of_rank(rank: float | Floats) -> Floats:
    """Correlation of the normals behind a Spearman correlation.

    >>> round(float(pearson_of_rank(0.5)), 4)
    0.5176
    """
    return 2 * np.sin(np.pi * np.asarray(rank, float) / 6)


def rank_of_pearson(rho: float | Floats) -> Floats:
    """Spearman correlation of variables whose normals have a correlation; the inverse of :func:`pearson_of_rank`."""
    return 6 / np.pi * np.arcsin(np.asarray(rho, float) / 2)


def correlate(plan: Plan, variables: VariableTable, risks: Iterable[Risk] | None = None) -> Copula:
    """The copula of a plan's correlations.

    Parameters
    ----------
    plan : Plan
    variables : VariableTable
        Of a scenario; what does not vary in it is left out.
    risks : iterable of Risk, optional
        Those of the scenario, for the correlation among their own magnitudes; by default the plan's.

    Raises
    ------
    PlanError
        When correlations that share variables have different copulas.
    """
    groups = [*_groups(plan, variables), *_magnitudes(plan.risks if risks is None else risks, variables)]
    groups = [group for group in groups if len(group.members) > 1]
    if not groups:
        return Copula.empty(len(variables.names))
    loads = _Loads()
    for block in _blocks(groups):
        loads.add(block, variables)
    of_stream = [variables.index[name] for name in variables.names]  # variables of one stream stay together
    return loads.copula(
        [loads.entries.get(v, {}) for v in of_stream],
        [loads.own.get(v, 1.0) for v in of_stream],
        [loads.student.get(v) for v in of_stream],
        groups,
    )


def _groups(plan: Plan, variables: VariableTable) -> Iterable[Group]:
    """The plan's correlations."""
    for number, correlation in enumerate(plan.correlations, start=1):
        members: list[int] = []
        places: list[int] = []
        for place, name in enumerate(correlation.between):
            found = members_of(plan, name, variables)
            members += found
            places += [place] * len(found)
        ranks = _asked_ranks(correlation)[np.ix_(places, places)] if members else np.zeros((0, 0))
        yield Group(
            stream=f"correlation/{number}", members=tuple(members), ranks=ranks, rank=correlation.rank,
            degrees=correlation.degrees,
        )


def _asked_ranks(correlation: Correlation) -> Floats:
    """Ranks between the names of a correlation; on the diagonal those between variables of one name."""
    count = len(correlation.between)
    if correlation.matrix is not None:
        return np.array(correlation.matrix, float)
    return np.full((count, count), correlation.rank, float)


def _magnitudes(risks: Iterable[Risk], variables: VariableTable) -> Iterable[Group]:
    """Risks whose own magnitudes are correlated."""
    for risk in risks:
        if risk.impact_rank > 0.0 and not risk.shared:
            members = _magnitudes_of(risk.id, variables)
            ranks = np.full((len(members), len(members)), risk.impact_rank)
            yield Group(stream=f"risk/{risk.id}/magnitudes", members=tuple(members), ranks=ranks, rank=risk.impact_rank)


def _magnitudes_of(risk: str, variables: VariableTable) -> list[int]:
    aside = (f"risk/{risk}/strikes/", f"risk/{risk}/probability")
    return [
        v for stream, v in variables.index.items() if stream.startswith(f"risk/{risk}/") and not stream.startswith(aside)
    ]


def members_of(plan: Plan, name: str, variables: VariableTable) -> list[int]:
    """Variables behind a name such as ``duration of A100``; ``magnitude of R1`` stands for each of its impacts."""
    quantity, _, target = name.partition(" of ")
    if quantity == "magnitude":
        return _magnitudes_of(target, variables)
    index = variables.index.get(stream_of(plan, quantity, target))
    return [] if index is None else [index]


def stream_of(plan: Plan, quantity: str, target: str) -> str:
    """The stream of a variable as correlations name it."""
    if quantity == "lag":
        link = plan.relationships[plan.find_link(target)]
        return f"{link_stream((link.predecessor, link.successor, link.type))}/lag"
    if quantity in ("price", "productivity"):
        return f"resource/{target}/{quantity}"
    if quantity == "value":
        return f"factor/{target}/value"
    if quantity == "probability":
        return f"risk/{target}/probability"
    ref = plan.find(target)
    return f"activity/{ref.project}/{ref.id}/{quantity}"


def _blocks(groups: list[Group]) -> list[list[Group]]:
    """Groups that share variables, together."""
    blocks: list[tuple[set[int], list[Group]]] = []
    for group in groups:
        members = set(group.members)
        touching = [b for b in blocks if b[0] & members]
        merged = members.union(*(b[0] for b in touching)), [g for b in touching for g in b[1]] + [group]
        blocks = [b for b in blocks if not b[0] & members] + [merged]
    return [groups for _, groups in blocks]


@dataclass
class _Loads:
    """Loadings, block by block."""

    streams: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    entries: dict[int, dict[int, float]] = field(default_factory=dict)
    own: dict[int, float] = field(default_factory=dict)
    student: dict[int, tuple[int, int, float]] = field(default_factory=dict)  # mixing stream, table, degrees
    repaired: float = 0.0
    moved: list[Moved] = field(default_factory=list)

    def add(self, block: list[Group], variables: VariableTable) -> None:
        """The loadings of variables that are correlated with each other."""
        # by name: neither their order in the plan nor what else is in it moves a draw
        members = sorted({m for group in block for m in group.members}, key=variables.names.__getitem__)
        degrees = _degrees(block)
        to_pearson: Callable[[Floats], Floats] = pearson_of_rank
        to_rank: Callable[[Floats], Floats] = rank_of_pearson
        if degrees is not None:
            from simcore.student import pearson_of_rank_t, rank_of_pearson_t

            def to_pearson(rank: Floats) -> Floats:
                return pearson_of_rank_t(rank, degrees)

            def to_rank(rho: Floats) -> Floats:
                return rank_of_pearson_t(rho, degrees)

        rank = block[0].rank
        if len(block) == 1 and rank is not None and rank >= 0:
            self._one_factor(float(to_pearson(np.array(rank))), members, block[0].stream)
        else:
            self._dense(block, members, variables, to_pearson, to_rank)
        if degrees is not None:
            self._mix(degrees, members, block[0].stream, variables)

    def _stream(self, name: str, place: tuple[int, int] = NORMAL_PLACE) -> int:
        self.streams.append(name)
        self.places.append(place)
        return len(self.streams) - 1

    def _one_factor(self, rho: float, members: list[int], stream: str) -> None:
        """All pairs share one normal."""
        common = self._stream(stream)
        for v in members:
            self.entries[v] = {common: rho**0.5}
            self.own[v] = (1 - rho) ** 0.5

    def _dense(
        self, block: list[Group], members: list[int], variables: VariableTable,
        to_pearson: Callable[[Floats], Floats], to_rank: Callable[[Floats], Floats],
    ) -> None:
        """A full matrix; later correlations win over earlier ones."""
        place = {v: k for k, v in enumerate(members)}
        ranks = np.eye(len(members))
        for group in block:
            at = [place[v] for v in group.members]
            ranks[np.ix_(at, at)] = group.ranks
        np.fill_diagonal(ranks, 0.0)
        matrix = np.asarray(to_pearson(ranks))
        np.fill_diagonal(matrix, 1.0)
        possible = nearest_correlation(matrix)
        factor = np.linalg.cholesky(possible)
        names = [variables.names[v] for v in members]
        streams = [self._stream("correlation/" + name) for name in names]
        for v in members:
            row = factor[place[v]]
            self.entries[v] = {streams[k]: float(x) for k, x in enumerate(row[: place[v] + 1]) if x != 0.0}
            self.own[v] = 0.0
        distance = float(np.linalg.norm(possible - matrix))
        if distance > NOTICEABLE:
            self.repaired += distance
            self.moved += _moved(names, ranks, np.asarray(to_rank(possible - np.eye(len(members)))))

    def _mix(self, degrees: float, members: list[int], stream: str, variables: VariableTable) -> None:
        """One draw of the scale for all normals of a block makes them Student's t together."""
        from simcore.models.distribution_derived import InverseChi

        _, _, first, cell_bits = variables.tables.place(InverseChi(degrees))
        mixing = self._stream(f"{stream}/scale", (first, cell_bits))
        table = variables.tables.student(degrees)
        for v in members:
            self.student[v] = mixing, table, degrees

    def copula(
        self, entries: list[dict[int, float]], own: list[float], student: list[tuple[int, int, float] | None],
        groups: Iterable[Group] = (),
    ) -> Copula:
        """Everything as arrays, one entry a variable."""
        rows = [s or (-1, 0, 0.0) for s in student]
        return Copula(
            streams=tuple(self.streams),
            stream_places=tuple(self.places),
            own=np.array(own, np.float32),
            at=np.cumsum([0, *map(len, entries)]).astype(np.int32),
            latent=np.array([k for row in entries for k in row], np.int32),
            loading=np.array([x for row in entries for x in row.values()], np.float32),
            mixed_by=np.array([mixing for mixing, _, _ in rows], np.int32),
            table_at=np.array([table for _, table, _ in rows], np.int32),
            degrees=np.array([degrees for _, _, degrees in rows], np.float64),
            repaired=self.repaired,
            moved=tuple(sorted(self.moved, key=lambda m: -abs(m.asked - m.given))[:10]),
            groups=tuple(groups),
        )


def _degrees(block: list[Group]) -> float | None:
    """The degrees of freedom that all correlations of a block agree on."""
    found = {group.degrees for group in block}
    if len(found) > 1:
        names = ", ".join(group.stream.replace("correlation/", "correlation ") for group in block)
        what = f"{names} share variables, but not their copula."
        raise PlanError(Problem("correlations", what, "Give them the same copula, or different variables."))
    return found.pop()


def _moved(names: list[str], asked: Floats, given: Floats) -> list[Moved]:
    """The pairs of a matrix that were moved most."""
    pairs = [(abs(asked[a, b] - given[a, b]), a, b) for a in range(len(names)) for b in range(a)]
    return [
        Moved(first=names[b], second=names[a], asked=float(asked[a, b]), given=float(given[a, b]))
        for _, a, b in sorted(pairs, reverse=True)[:10]
    ]


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
