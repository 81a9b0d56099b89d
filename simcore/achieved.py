"""Correlations as they come out: what was asked for, what the draws have, what the sampled totals have, what arises by itself.

Measured over a few thousand iterations of the run's own design, drawn again: nothing of a run has to be kept for it. A rank
correlation is Spearman's, with ties at their middle rank; its standard error comes from the scatter between replicates.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.correlation import Copula, Group, members_of
from simcore.kernel_columns import ROW_DURATION, ChanceRows
from simcore.kernel_run import EXTREMES
from simcore.kernel_sampling import SCALE, SHIFT, quantile_row
from simcore.models.plan import Plan
from simcore.passes import run_passes
from simcore.ranks import average_ranks
from simcore.weather import lane_weather
from simcore.workspace import counters, samples

if TYPE_CHECKING:
    from simcore.results import Results
    from simcore.runs import Run
    from simcore.variables import VariableTable

Floats = npt.NDArray[np.float64]
LANES = 256
"""Iterations of every replicate: 4,096 with sixteen of them."""
MOST_MEMBERS = 60
"""Variables of one correlation that are looked at, evenly through the group."""
MOST_PAIRS = 20
MOST_ACTIVITIES = 300
"""Activities among which arising correlations are looked for: the most critical of those that anything shared touches."""
MOST_ARISING = 10
NOTEWORTHY = 0.1
CERTAIN = 4.0  # standard errors from nothing at which a correlation that nobody asked for is shown


@dataclass(frozen=True, kw_only=True)
class PairCorrelation:
    """Two variables, by the names that correlations have for them.

    Attributes
    ----------
    asked : float or None
        Rank correlation of the plan; None where it arises from shared factors and risks.
    possible : float or None
        What is left of it where the correlations contradicted each other and this pair was moved.
    rank, rank_error : float or None
        Rank correlation of the uncertainty draws, before factors and events.
    total_rank, total_rank_error, total_pearson : float or None
        Of what comes out: sampled durations and lags, and the rate times the sampled duration. None where a variable has no
        other total than its draw.
    """

    first: str
    second: str
    asked: float | None
    possible: float | None = None
    rank: float | None = None
    rank_error: float | None = None
    total_rank: float | None = None
    total_rank_error: float | None = None
    total_pearson: float | None = None


@dataclass(frozen=True, kw_only=True)
class GroupCorrelation:
    """One correlation of the plan.

    Attributes
    ----------
    name : str
        ``correlation 1``, or the risk whose magnitudes it holds together.
    asked : float or None
        The rank of every pair; None for a matrix.
    variables : int
        That vary in the scenario.
    checked : int
        Pairs that were looked at.
    mean_gap, largest_gap : float
        Of achieved less possible rank correlations, in size.
    pairs : tuple of PairCorrelation
        Those that are off most, at most ``MOST_PAIRS``.
    """

    name: str
    asked: float | None
    variables: int
    checked: int
    mean_gap: float
    largest_gap: float
    pairs: tuple[PairCorrelation, ...]


@dataclass(frozen=True, kw_only=True)
class Achieved:
    """All correlations of a run.

    Attributes
    ----------
    arising : tuple of PairCorrelation
        The strongest between sampled durations that nobody asked for.
    repaired : float
        Frobenius distance by which impossible correlations were moved; 0 when none were.
    moved : tuple of PairCorrelation
        Those that were moved most.
    """

    iterations: int = 0
    groups: tuple[GroupCorrelation, ...] = ()
    arising: tuple[PairCorrelation, ...] = ()
    repaired: float = 0.0
    moved: tuple[PairCorrelation, ...] = ()


def achieved_correlations(results: Results) -> Achieved:
    """Measure the correlations of a run."""
    run: Run = results.replay
    copula, effects = run.risk.copula, run.risk.model.effects
    touched = np.flatnonzero(np.diff(effects.at))
    if not copula.groups and len(touched) < 2:
        return Achieved()
    names = variable_names(results.plan, run.risk.variables)
    order = np.argsort(-results.activities.node_criticality[touched], kind="stable")
    sampled = _Sampled(run, copula.groups, touched[np.sort(order[:MOST_ACTIVITIES])])
    return Achieved(
        iterations=sampled.iterations,
        groups=tuple(_group(group, sampled, copula, names, run.risk.variables) for group in copula.groups),
        arising=tuple(_arising(sampled, run, copula)),
        repaired=copula.repaired,
        moved=moved_pairs(copula, names, run.risk.variables),
    )


def variable_names(plan: Plan, variables: VariableTable) -> dict[int, str]:
    """What correlations call their variables; a magnitude among several of a risk is told by what it strikes."""
    found: dict[int, str] = {}
    asked = [name for correlation in plan.correlations for name in correlation.between]
    for name in (*asked, *(f"magnitude of {risk.id}" for risk in plan.risks if risk.impact_rank > 0.0)):
        members = members_of(plan, name, variables)
        for v in members:
            place = variables.names[v].removeprefix(f"risk/{name.partition(' of ')[2]}/")
            found[v] = name if len(members) == 1 else f"{name} ({place})"
    return found


def moved_pairs(copula: Copula, names: dict[int, str], variables: VariableTable) -> tuple[PairCorrelation, ...]:
    """The pairs that were moved most to make the correlations possible."""

    def shown(stream: str) -> str:
        return names.get(variables.index[stream], stream)

    return tuple(
        PairCorrelation(first=shown(m.first), second=shown(m.second), asked=m.asked, possible=m.given) for m in copula.moved
    )


@dataclass
class _Sampled:
    """Draws and totals of chosen variables and nodes; replicates one after the other."""

    run: Run
    groups: Sequence[Group]
    nodes: npt.NDArray[np.int64]
    draws: dict[int, Floats] = field(default_factory=dict)
    totals: dict[int, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chosen = {id(group): _evenly(group.members, MOST_MEMBERS) for group in self.groups}
        wanted = sorted({group.members[k] for group in self.groups for k in self.chosen[id(group)]})
        node_of, lag_of = _places(self.run)
        stream_names = self.run.risk.variables.names
        mine = {v: node_of[stream_names[v]] for v in wanted if stream_names[v] in node_of}
        lags = {v: lag_of[stream_names[v]] for v in wanted if stream_names[v] in lag_of}
        rows = sorted({*self.nodes.tolist(), *mine.values()})
        draws, durations, lagged = self._sample(wanted, rows, sorted(set(lags.values())))
        self.draws = dict(zip(wanted, draws, strict=True))
        by_node = dict(zip(rows, durations, strict=True))
        by_lag = dict(zip(sorted(set(lags.values())), lagged, strict=True))
        for v, node in mine.items():
            by_rate = stream_names[v].endswith("/rate")
            self.totals[v] = self.draws[v] * by_node[node] if by_rate else by_node[node]
        self.totals |= {v: by_lag[row] for v, row in lags.items()}
        self.durations = np.array([by_node[node] for node in self.nodes.tolist()])

    @property
    def replicates(self) -> int:
        return self.run.design.replicates

    @property
    def iterations(self) -> int:
        return LANES * self.replicates

    def _sample(self, variables: list[int], nodes: list[int], lags: list[int]) -> tuple[Floats, Floats, Floats]:
        """Run through the project again; keep what is asked for."""
        run, model = self.run, self.run.risk.model
        work, weather = run.workspace(LANES), lane_weather(run.weather, LANES)
        nothing = counters(run.network, self.replicates, run.quantities, 0), samples(run.network, 0, False)
        row = np.zeros(LANES, np.float32)
        draws, durations, lagged = (np.zeros((len(chosen), self.iterations)) for chosen in (variables, nodes, lags))
        for replicate in range(self.replicates):
            stream = (run.seed, replicate, self.replicates)
            run_passes(
                run.network, model, stream, (0, LANES), (work, *nothing), EXTREMES, with_late=run.with_float, sampled=True,
                weather=weather,
            )
            part = slice(replicate * LANES, (replicate + 1) * LANES)
            for place, v in enumerate(variables):
                quantile_row(model.variables, model.tables, work.risk.latents, v, stream[:2], 0, work.risk.bits, row)
                draws[place, part] = model.variables.number[v, SHIFT] + model.variables.number[v, SCALE] * row
            durations[:, part] = work.rows.of[nodes, ROW_DURATION]
            if isinstance(work.rows, ChanceRows):
                lagged[:, part] = work.rows.lags[lags]
        return draws, durations, lagged


def _places(run: Run) -> tuple[dict[str, int], dict[str, int]]:
    """Streams of durations and rates to their node, of lags to their row."""
    nodes: dict[str, int] = {}
    for i, activity in enumerate(run.network.plan.activities):
        node = run.network.node_of.get(i)
        if node is not None:
            nodes |= {f"activity/{activity.project}/{activity.id}/{quantity}": node for quantity in ("duration", "rate")}
    return nodes, {lag.stream: row for row, lag in enumerate(run.network.chances.lags)}


def _evenly(members: Sequence[int], most: int) -> list[int]:
    """Places of at most so many members."""
    return np.unique(np.linspace(0, len(members) - 1, min(len(members), most)).round().astype(int)).tolist()


def _group(
    group: Group, sampled: _Sampled, copula: Copula, names: dict[int, str], variables: VariableTable
) -> GroupCorrelation:
    """One correlation of the plan: asked, possible, achieved."""
    places = sampled.chosen[id(group)]
    members = [group.members[k] for k in places]
    rank, error = rank_correlations(np.array([sampled.draws[v] for v in members]), sampled.replicates)
    has_totals = any(v in sampled.totals for v in members)
    totals = np.array([sampled.totals.get(v, sampled.draws[v]) for v in members])
    total_rank, total_error = rank_correlations(totals, sampled.replicates)
    pearson = linear_correlations(totals)
    moved = {frozenset((m.first, m.second)): m.given for m in copula.moved}
    found = []
    for a, b in zip(*np.triu_indices(len(members), 1), strict=True):
        streams = frozenset(variables.names[members[k]] for k in (a, b))
        found.append(
            PairCorrelation(
                first=names.get(members[a], variables.names[members[a]]),
                second=names.get(members[b], variables.names[members[b]]),
                asked=float(group.ranks[places[a], places[b]]),
                possible=moved.get(streams),
                rank=_known(rank[a, b]),
                rank_error=_known(error[a, b]),
                total_rank=_known(total_rank[a, b]) if has_totals else None,
                total_rank_error=_known(total_error[a, b]) if has_totals else None,
                total_pearson=_known(pearson[a, b]) if has_totals else None,
            )
        )
    gaps = [gap_of(pair) for pair in found]
    worst = sorted(range(len(found)), key=lambda k: -gaps[k])[:MOST_PAIRS]
    return GroupCorrelation(
        name=_group_name(group.stream), asked=group.rank, variables=len(group.members), checked=len(found),
        mean_gap=float(np.mean(gaps)), largest_gap=float(np.max(gaps)), pairs=tuple(found[k] for k in sorted(worst)),
    )  # fmt: skip


def _group_name(stream: str) -> str:
    kind, _, rest = stream.partition("/")
    return f"correlation {rest}" if kind == "correlation" else f"magnitudes of {rest.removesuffix('/magnitudes')}"


def gap_of(pair: PairCorrelation) -> float:
    """How far the draws of a pair are from what was asked, or from what was left of it."""
    wanted = pair.asked if pair.possible is None else pair.possible
    return 0.0 if pair.rank is None or wanted is None else abs(pair.rank - wanted)


def _arising(sampled: _Sampled, run: Run, copula: Copula) -> Iterable[PairCorrelation]:
    """The strongest correlations between durations that nobody asked for."""
    if len(sampled.nodes) < 2:
        return
    rank, error = rank_correlations(sampled.durations, sampled.replicates)
    pearson = linear_correlations(sampled.durations)
    group_of = _asked_together(run, copula)
    strength = np.abs(np.nan_to_num(rank))
    strength[(strength < NOTEWORTHY) | (strength < CERTAIN * np.nan_to_num(error))] = 0.0
    plan, network = run.network.plan, run.network
    shown = [plan.shown[plan.activities[int(network.activity_of[node])].ref] for node in sampled.nodes]
    first, second = np.triu_indices(len(sampled.nodes), 1)
    count = 0
    for k in np.argsort(-strength[first, second], kind="stable"):
        a, b = int(first[k]), int(second[k])
        if strength[a, b] == 0.0 or count == MOST_ARISING:
            return
        nodes = int(sampled.nodes[a]), int(sampled.nodes[b])
        if group_of.get(nodes[0], set()) & group_of.get(nodes[1], set()):
            continue
        count += 1
        yield PairCorrelation(
            first=f"duration of {shown[a]}", second=f"duration of {shown[b]}", asked=None, total_rank=float(rank[a, b]),
            total_rank_error=_known(error[a, b]), total_pearson=_known(pearson[a, b]),
        )  # fmt: skip


def _asked_together(run: Run, copula: Copula) -> dict[int, set[str]]:
    """Nodes whose durations stand in correlations of the plan."""
    node_of, _ = _places(run)
    found: dict[int, set[str]] = {}
    for group in copula.groups:
        for v in group.members:
            name = run.risk.variables.names[v]
            if name.endswith("/duration") and name in node_of:
                found.setdefault(node_of[name], set()).add(group.stream)
    return found


def rank_correlations(values: Floats, replicates: int) -> tuple[Floats, Floats]:
    """Spearman correlations between rows and their standard errors; NaN where a row does not vary.

    Parameters
    ----------
    values : ndarray, shape (variables, replicates * iterations)
        One replicate after the other.
    replicates : int
    """
    parts = np.split(values, replicates, axis=1)
    each = np.array([linear_correlations(average_ranks(part)) for part in parts])
    error = each.std(axis=0, ddof=1) / np.sqrt(replicates) if replicates > 1 else np.full(each.shape[1:], np.nan)
    return linear_correlations(average_ranks(values)), error


def linear_correlations(values: Floats) -> Floats:
    """Correlations between rows; NaN where a row does not vary."""
    centred = values - values.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    size[size == 0.0] = np.nan
    scaled = centred / size[:, None]
    return scaled @ scaled.T


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
