"""How sharp answers are: variances against plain random sampling, and whether 95 % intervals cover the truth, on the examples.

    python -m benchmarks.precision [--replications 1000] [--iterations 4096]

Every replication is a run with a seed and a pilot of its own. Plain random sampling is not run but worked out: the variance of a
mean is that of one iteration over their number, an order statistic of independent draws has a beta-distributed share below it.
"""
from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import simcore
from simcore.models.plan import Plan
from simcore.results import Results
from simcore.sampled import DateVariable, MoneyVariable, Sampled
from simcore.simulation import LONGEST_RUN

Floats = npt.NDArray[np.float64]
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NAMES = ("pump-station", "software-release", "plant-shutdown")
PERCENTS = (50, 80, 90)
TRUTH_SEEDS = (900_001, 900_002, 900_003, 900_004)
RESAMPLED = 4000  # order statistics drawn for the variance of plain random sampling


def example(name: str) -> Plan:
    """An example with its risk register."""
    return simcore.read(EXAMPLES / name / "plan.yaml", risks=EXAMPLES / name / "risks.yaml")


class Truth(NamedTuple):
    """What four runs of 2^20 iterations find, together."""

    values: dict[str, Floats]  # sorted, of finish and cost in plain numbers
    criticality: Floats

    @classmethod
    def of(cls, plan: Plan, iterations: int = LONGEST_RUN) -> Truth:
        runs = [simcore.simulate(plan, iterations, seed) for seed in TRUTH_SEEDS]
        values = {name: np.sort(np.concatenate([plain(v) for v in both])) for name, both in _by_name(runs)}
        return cls(values, np.mean([run.activities.criticality for run in runs], axis=0))

    def quantile(self, name: str, percent: float) -> float:
        values = self.values[name]
        return float(values[int(np.ceil(percent / 100 * len(values) - 1e-9)) - 1])

    def share(self, name: str, at: float) -> float:
        return float(np.searchsorted(self.values[name], at, side="right")) / len(self.values[name])


def _by_name(runs: list[Results]) -> Iterator[tuple[str, list[DateVariable | MoneyVariable]]]:
    yield "finish", [run.finish for run in runs]
    if runs[0].cost is not None:
        yield "cost", [run.cost for run in runs if run.cost is not None]


def plain(variable: DateVariable | MoneyVariable) -> Floats:
    """Values as plain numbers: minutes, or money."""
    samples = variable.samples
    return (samples.astype("datetime64[m]").astype(float) if isinstance(variable, DateVariable) else samples).astype(float)


def random_variances(values: Floats, iterations: int) -> tuple[float, float]:
    """Variances of the mean and of P80 with plain random sampling; ``values`` are sorted, very many."""
    rng, rank = np.random.default_rng(1), int(np.ceil(0.8 * iterations - 1e-9))
    shares = rng.beta(rank, iterations - rank + 1, RESAMPLED)
    places = np.minimum((shares * len(values)).astype(int), len(values) - 1)
    return float(values.var() / iterations), float(values[places].var())


class Tally:
    """Estimates and covered intervals of the replications of one plan."""

    def __init__(self, plan: Plan, truth: Truth):
        self.plan, self.truth = plan, truth
        self.estimates: dict[str, list[tuple[float, float]]] = {}
        self.covered: dict[str, list[float]] = {}

    def add(self, results: Results) -> None:
        for name, (variable,) in _by_name([results]):
            values = np.sort(plain(variable))
            p80 = float(values[int(np.ceil(0.8 * len(values) - 1e-9)) - 1])
            self.estimates.setdefault(name, []).append((float(values.mean()), p80))
            self._intervals(name, variable)
        low, high = results.activities.criticality_interval()
        asked = (self.truth.criticality > 0.02) & (self.truth.criticality < 0.98)
        inside = (low <= self.truth.criticality) & (self.truth.criticality <= high)
        self._cover("criticality", float(inside[asked].mean()))

    def _intervals(self, name: str, variable: DateVariable | MoneyVariable) -> None:
        truth = self.truth
        shift = float(plain(variable)[0]) - float(variable._values[0])  # plain numbers of results count from the epoch
        for of, exact in (("mean", float(truth.values[name].mean())), *((p, truth.quantile(name, p)) for p in PERCENTS)):
            low, high = (end + shift for end in variable.plain_interval(of))
            self._cover(f"{name} {of if of == 'mean' else f'P{of}'}", low <= exact <= high)
        at = truth.quantile(name, 70)
        low, high = Sampled._share_interval(variable, at - shift, 0.95)
        self._cover(f"{name} probability", low <= truth.share(name, at) <= high)

    def _cover(self, what: str, inside: float) -> None:
        self.covered.setdefault(what, []).append(inside)

    def lines(self, iterations: int) -> Iterator[str]:
        for name, pairs in self.estimates.items():
            mean, p80 = np.var(pairs, axis=0, ddof=1)
            plain_mean, plain_p80 = random_variances(self.truth.values[name], iterations)
            yield f"{name}: variance of the mean {plain_mean / mean:.1f} times smaller, of P80 {plain_p80 / p80:.1f} times"
        for what, inside in self.covered.items():
            yield f"95 % interval of {what} covers {100 * np.mean(inside):.1f} %"


def measure(name: str, replications: int, iterations: int, tell: Callable[[str], None]) -> None:
    """Print everything about one example."""
    plan = example(name)
    tally = Tally(plan, Truth.of(plan))
    for seed in range(replications):
        tally.add(simcore.simulate(plan, iterations, seed=1000 + seed))
    for line in tally.lines(iterations):
        tell(f"{name}, {iterations:,} iterations, {replications} replications: {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--iterations", type=int, nargs="+", default=[4096])
    parser.add_argument("--plans", nargs="+", default=list(NAMES))
    chosen = parser.parse_args()
    for name in chosen.plans:
        for iterations in chosen.iterations:
            measure(name, chosen.replications, iterations, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
