"""Which variables matter most: a small pilot of a run, by how strongly its finish and its cost follow each of them."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcore.design import Design
from simcore.kernel_risk import EVENT_MASK
from simcore.kernel_run import NOTHING
from simcore.kernel_sampling import FIXED, KIND, uniform_rows
from simcore.models.plan import Plan
from simcore.passes import run_passes
from simcore.quantiles import FULL
from simcore.runs import Run
from simcore.sobol import DIMENSIONS
from simcore.variables import stream_key
from simcore.weather import lane_weather
from simcore.workspace import counters, samples

Floats = npt.NDArray[np.float64]
ITERATIONS = 1024
SCENARIO = "pre"
"""Whatever is simulated then: so that separate runs of two scenarios share their random numbers."""


def design_of(plan: Plan, seed: int) -> Design:
    """The design of a plan: the most important variables get the Sobol dimensions, the first ones the lowest."""
    found: Design = plan.remembered(("design", seed), lambda: Design(seed=seed, sobol=_dimensions(plan, Design(seed=seed))))
    return found


def _dimensions(plan: Plan, plain: Design) -> dict[str, int]:
    importance = Pilot(Run(plan, plain, SCENARIO, False)).importance()
    order = sorted(importance, key=lambda name: (-importance[name], name))
    return {name: dimension for dimension, name in enumerate(order[:DIMENSIONS])}


class Pilot:
    """Squared correlations of every stream of a run with the ranks of finish and cost, from a few iterations."""

    def __init__(self, run: Run):
        self.run, self.model, self.replicates = run, run.risk.model, run.design.replicates
        self.lanes = max(ITERATIONS // self.replicates, 1)
        self.happened = np.zeros((len(self.model.shared.event_key), self.replicates, self.lanes), np.uint8)

    def importance(self) -> dict[str, float]:
        """By the name of the stream; what does not vary is left out."""
        targets = self._targets()
        found = self._of_uniforms(targets)
        masks = self.happened.reshape(len(self.happened), -1) if targets.size else self.happened[:0]
        for stream, mask in zip(self.run.risk.event_streams, masks, strict=False):
            if np.ptp(mask):
                found[stream] = max(found.get(stream, 0.0), _explained(targets, _standardised(mask)))
        return found

    def _targets(self) -> Floats:
        """Standardised ranks of the finish and of the cost, shape (up to 2, iterations), replicate by replicate."""
        run, masks = self.run, self.model.shared.event_place[:, EVENT_MASK]
        work, weather = run.workspace(self.lanes), lane_weather(run.weather, self.lanes)
        nothing = counters(run.network, self.replicates, run.quantities, 0), samples(run.network, 0, False)
        finish, cost = np.zeros((2, self.replicates, self.lanes))
        for replicate in range(self.replicates):
            run_passes(
                run.network, self.model, (run.seed, replicate, self.replicates), (0, self.lanes), (work, *nothing), NOTHING,
                with_late=False, sampled=True, weather=weather,
            )
            finish[replicate], self.happened[:, replicate] = work.finish[-1], work.risk.masks[masks]
            if run.risk.has_cost:
                cost[replicate] = work.cost
        return np.array([_standardised(_ranks(values.ravel())) for values in (finish, cost) if np.ptp(values)])

    def _of_uniforms(self, targets: Floats) -> dict[str, float]:
        """Of the uniforms behind durations, magnitudes and all other draws."""
        names = self._streams()
        if not (names and targets.size):
            return {}
        keys = np.array([stream_key(name) for name in names], np.uint64)
        bits = np.zeros((len(keys), self.lanes), np.uint32)
        own = np.full(len(keys), -1, np.int32)
        products = np.zeros((len(keys), len(targets)))
        for replicate in range(self.replicates):
            uniform_rows(self.model.tables, keys, own, (self.run.seed, replicate), 0, bits)
            part = slice(replicate * self.lanes, (replicate + 1) * self.lanes)
            products += (bits / FULL - 0.5) @ targets[:, part].T
        correlations = products * np.sqrt(12.0) / targets.shape[1]
        return dict(zip(names, (correlations**2).sum(axis=1).tolist(), strict=True))

    def _streams(self) -> list[str]:
        """Names of the streams of values."""
        risk = self.run.risk
        varies = self.model.variables.place[:, KIND] != FIXED
        names = [name for name, does in zip(risk.variables.names, varies, strict=True) if does]
        return list(dict.fromkeys([*names, *risk.copula.streams]))


def _ranks(values: npt.NDArray[np.generic]) -> Floats:
    """Places in ascending order, from 0; of equal values the mean place."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts + 1) / 2)[place])


def _standardised(values: npt.NDArray[np.generic]) -> Floats:
    """With mean 0 and standard deviation 1."""
    numbers = values.astype(np.float64)
    return np.asarray((numbers - numbers.mean()) / numbers.std())


def _explained(targets: Floats, values: Floats) -> float:
    """Sum of the squared correlations."""
    return float(((targets @ values / len(values)) ** 2).sum())
