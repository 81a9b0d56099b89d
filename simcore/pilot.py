"""Which variables matter most: a small pilot of a run, by how strongly its finish and its cost follow each of them."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcore.design import Design
from simcore.kernel_pilot import covary_rows
from simcore.kernel_risk import DRAW, EVENT, EVENT_MASK, VARIABLE
from simcore.kernel_run import NOTHING
from simcore.kernel_sampling import FIXED, KIND
from simcore.models.plan import Plan
from simcore.passes import run_passes
from simcore.quantiles import FULL
from simcore.runs import Run
from simcore.sobol import DIMENSIONS
from simcore.variables import stream_key
from simcore.weather import lane_weather
from simcore.workspace import counters, samples

Floats = npt.NDArray[np.float64]
FEWEST, MOST = 512, 8192
FEWEST_LANES = 128  # fewer are slow
BUDGET = 2**19
"""Iterations of a pilot times streams: a small part of a run of ten thousand iterations, whatever the size of the plan."""
DECIDES = 6  # decimals of an importance: the last bits of sums differ between processors
SCENARIO = "pre"
"""Whatever is simulated then: so that separate runs of two scenarios share their random numbers."""


def design_of(plan: Plan, seed: int) -> Design:
    """The design of a plan: the most important variables get the Sobol dimensions, the first ones the lowest."""
    found: Design = plan.remembered(("design", seed), lambda: Design(seed=seed, sobol=_dimensions(plan, Design(seed=seed))))
    return found


def _dimensions(plan: Plan, plain: Design) -> dict[str, int]:
    importance = Pilot(Run(plan, plain, SCENARIO, False)).importance()
    order = sorted(importance, key=lambda name: (-round(importance[name], DECIDES), name))
    return {name: dimension for dimension, name in enumerate(order[:DIMENSIONS])}


def pilot_iterations(streams: int) -> int:
    """How many iterations a pilot has: a power of two, fewer the more streams there are.

    >>> pilot_iterations(60), pilot_iterations(500), pilot_iterations(20_000)
    (8192, 1024, 512)
    """
    return min(max(2 ** ((BUDGET // max(streams, 1)).bit_length() - 1), FEWEST), MOST)


class Pilot:
    """How much of the variance of finish and cost, and of their ranks, every stream of a run explains, from a few iterations.

    What a magnitude explains is measured where its risk happened: beside its own correlation that holds its interaction with the
    occurrence, which is most of it where the risk is rare.
    """

    def __init__(self, run: Run):
        self.run, self.model = run, run.risk.model
        self.names = self._streams()
        iterations = pilot_iterations(len(self.names))
        self.lanes = max(iterations // run.design.replicates, FEWEST_LANES)
        self.replicates = iterations // self.lanes
        self.masks = np.zeros((self.model.masks, self.replicates * self.lanes), np.uint8)

    def importance(self) -> dict[str, float]:
        """By the name of the stream; what does not vary is left out."""
        targets = self._targets()
        if not targets.size:
            return {}
        found = self._of_uniforms(targets)
        for stream, place in zip(self.run.risk.event_streams, self.model.shared.event_place, strict=True):
            mask = self.masks[place[EVENT_MASK]]
            if np.ptp(mask):
                explained = float(((targets @ _standardised(mask) / len(mask)) ** 2).sum())
                found[stream] = max(found.get(stream, 0.0), explained)
        return found

    def _targets(self) -> Floats:
        """Finish and cost and the ranks of both, standardised, shape (up to 4, iterations), replicate by replicate."""
        run = self.run
        work, weather = run.workspace(self.lanes), lane_weather(run.weather, self.lanes)
        nothing = counters(run.network, run.design.replicates, run.quantities, 0), samples(run.network, 0, False)
        finish, cost = np.zeros((2, self.replicates * self.lanes))
        for replicate in range(self.replicates):
            run_passes(
                run.network, self.model, (run.seed, replicate, run.design.replicates), (0, self.lanes), (work, *nothing), NOTHING,
                with_late=False, sampled=True, weather=weather,
            )
            part = self._part(replicate)
            finish[part], self.masks[:, part] = work.finish[-1], work.risk.masks
            if run.risk.has_cost:
                cost[part] = work.cost
        varying = [values for values in (finish, cost) if np.ptp(values)]
        return np.array([_standardised(aim) for values in varying for aim in (values, _ranks(values))])

    def _part(self, replicate: int) -> slice:
        return slice(replicate * self.lanes, (replicate + 1) * self.lanes)

    def _of_uniforms(self, targets: Floats) -> dict[str, float]:
        """Of the uniforms behind durations, magnitudes and all other draws."""
        keys = np.array([stream_key(name) for name in self.names], np.uint64)
        where = self._counts(self.names)
        bits = np.zeros(self.lanes, np.uint32)
        products = np.zeros((len(keys), len(targets)))
        for replicate in range(self.replicates):
            stream, begin = (self.run.seed, replicate), self._part(replicate).start
            covary_rows(keys, stream, begin, where, self.masks, targets, bits, products)
        counted, at_times = np.full(len(keys), targets.shape[1]), where >= 0
        counted[at_times] = np.maximum(self.masks[where[at_times]].sum(axis=1, dtype=int), 1)
        explained = ((products / FULL) ** 2).sum(axis=1) * 12.0 / targets.shape[1] / counted
        return dict(zip(self.names, explained.tolist(), strict=True))

    def _streams(self) -> list[str]:
        """Names of the streams of values."""
        risk = self.run.risk
        varies = self.model.variables.place[:, KIND] != FIXED
        names = [name for name, does in zip(risk.variables.names, varies, strict=True) if does]
        return list(dict.fromkeys([*names, *risk.copula.streams]))

    def _counts(self, names: list[str]) -> npt.NDArray[np.int32]:
        """The mask that says where a stream counts at all, or -1 where always; the first one of several."""
        model = self.model
        found: dict[str, int] = {}
        for effects in (model.effects, model.cost_effects, model.lag_effects, model.delay_effects):
            for place in effects.place[effects.place[:, EVENT] >= 0]:
                variable = model.shared.draw_variable[place[DRAW]] if place[DRAW] >= 0 else place[VARIABLE]
                found.setdefault(self.run.risk.variables.names[variable], int(place[EVENT]))
        return np.array([found.get(name, -1) for name in names], np.int32)


def _ranks(values: npt.NDArray[np.generic]) -> Floats:
    """Places in ascending order, from 0; of equal values the mean place."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts + 1) / 2)[place])


def _standardised(values: npt.NDArray[np.generic]) -> Floats:
    """With mean 0 and standard deviation 1."""
    numbers = values.astype(np.float64)
    return np.asarray((numbers - numbers.mean()) / numbers.std())
