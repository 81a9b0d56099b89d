"""Divides the contingency at a P-value by what causes it: a second pass over the iterations around that P-value.

The expected excess of every part in the iterations whose total is at the P-value (the Euler allocation of a quantile: D.
Tasche, "Capital allocation to business units and sub-portfolios: the Euler principle", 2008) adds up to the whole, because
the parts add up in every iteration. Iterations near the P-value are taken with weights that fall with the distance in rank and
are tilted so that their mean total is the P-value itself.
"""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore import warm
from simcore.flow import dates, flow_rows
from simcore.kernel_run import NOTHING, Workspace
from simcore.kernel_shares import CAUSES, ShareModel, ShareRows, Shares, share_batch
from simcore.lending import lending
from simcore.passes import run_passes
from simcore.weather import LaneWeather, lane_weather
from simcore.workspace import counters, samples, workspace

if TYPE_CHECKING:
    from simcore.flow import CompiledFlow
    from simcore.kernel_calendar import CalendarTables, LaneCalendars
    from simcore.riskmodel import CompiledRisk
    from simcore.runs import Run

Floats = npt.NDArray[np.float64]
WINDOW = 0.025  # share of the iterations to either side of the P-value that count
FEWEST = 100  # iterations to either side, where there are so many
KEPT = 2**17  # iterations whose drivers are kept for the regression
LANES = 320


@dataclass(frozen=True, kw_only=True, eq=False)
class Excess:
    """What the second pass found.

    Attributes
    ----------
    lines : ndarray, shape (replicates, lines, CAUSES)
        Expected excess over the deterministic cost, by replicate.
    effects : ndarray, shape (replicates, cost effects)
        Expected cost of every impact of a risk.
    drivers : ndarray, shape (replicates, drivers)
        Expected size of every driver (0 or 1 for a risk).
    driver_samples, cause_samples : ndarray, shapes (drivers, kept) and (CAUSES, kept)
        Of every iteration kept.
    weight : ndarray, shape (replicates,)
        How much each replicate counts; they add up to 1.
    """

    lines: Floats
    effects: Floats
    drivers: Floats
    driver_samples: npt.NDArray[np.float32]
    cause_samples: Floats
    weight: Floats


def window_weights(total: Floats, target: float, share: float) -> Floats:
    """Weights of the iterations near a P-value: they add up to 1, and the weighted mean of ``total`` is ``target``."""
    n = len(total)
    order = np.argsort(total, kind="stable")
    rank = min(max(int(np.ceil(share * n - 1e-9)), 1), n) - 1
    reach = min(max(int(WINDOW * n), min(FEWEST, n // 4)), rank, n - 1 - rank)
    near = order[rank - reach : rank + reach + 1]
    weights = 1.0 - np.abs(np.arange(-reach, reach + 1)) / (reach + 1)
    weights /= weights.sum()
    mean = weights @ total[near]
    variance = weights @ (total[near] - mean) ** 2
    if variance > 0.0:
        weights *= 1.0 + (target - mean) / variance * (total[near] - mean)
    found = np.zeros(n)
    found[near] = weights / weights.sum()
    return found


def excess(run: Run, flow: CompiledFlow, weights: Floats, threads: int) -> Excess:
    """Run the iterations again and sum their excess with weights."""
    warm.wait(warm.SHARES)
    return _SecondPass(run, flow, weights).go(threads)


class _SecondPass:
    def __init__(self, run: Run, flow: CompiledFlow, weights: Floats):
        self.run, self.flow, self.weights = run, flow, weights
        spans = run.network.activity_of[run.network.nodes :]
        self.ask = share_model(run.risk, run.schedule.duration[spans])
        costs, kept = run.risk.costs, min(len(weights), KEPT)
        self.shares = share_sums(
            run.design.replicates, len(flow.model.lines), len(costs.effect_risk), len(costs.drivers), kept
        )  # fmt: skip

    def go(self, threads: int) -> Excess:
        one = lending([_Worker(self) for _ in range(threads)], _Worker.replicate)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, range(self.run.design.replicates)))
        return self._excess()

    def _excess(self) -> Excess:
        shares, replicates = self.shares, self.run.design.replicates
        weight = np.array([self.weights[r::replicates].sum() for r in range(replicates)])
        kept = self.weights[: shares.drivers.shape[1]]
        by_replicate = [shares.drivers[:, r::replicates] @ kept[r::replicates] for r in range(replicates)]
        return Excess(
            lines=shares.lines, effects=shares.effects, drivers=np.array(by_replicate).reshape(replicates, -1),
            driver_samples=shares.drivers, cause_samples=shares.causes, weight=weight,
        )  # fmt: skip


def share_rows(lanes: int) -> ShareRows:
    """Rows of one worker."""
    return ShareRows(
        parts=np.zeros((CAUSES, lanes)), total=np.zeros((CAUSES, lanes)), at_plan=np.zeros(lanes),
        largest=np.zeros(lanes, np.float32),
    )  # fmt: skip


def share_sums(replicates: int, lines: int, effects: int, drivers: int, kept: int) -> Shares:
    """Empty sums."""
    return Shares(
        lines=np.zeros((replicates, lines, CAUSES)), effects=np.zeros((replicates, effects)),
        drivers=np.zeros((drivers, kept), np.float32), causes=np.zeros((CAUSES, kept)),
    )  # fmt: skip


def share_model(risk: CompiledRisk, span_minutes: npt.NDArray[np.float64]) -> ShareModel:
    """What the second pass asks for beside the flow model."""
    drivers = risk.costs.drivers
    return ShareModel(
        span_planned=span_minutes.astype(np.float64),
        driver_at=np.cumsum([0, *(len(driver.masks) for driver in drivers)]).astype(np.int32),
        driver_mask=np.array([mask for driver in drivers for mask in driver.masks], np.int32),
        driver_draw=np.array([driver.draw for driver in drivers], np.int32),
    )


class _Worker:
    """Rows of one thread at a time."""

    def __init__(self, task: _SecondPass):
        run = task.run
        self.task, self.run = task, run
        lanes = min(LANES, -(-len(task.weights) // run.design.replicates))
        self.work: Workspace = workspace(run.network, run.risk.model, lanes, with_late=False, with_cost=False)
        self.weather: LaneWeather | None = lane_weather(run.weather, lanes)
        self.counters = counters(run.network, run.design.replicates, 1, 0)
        self.nothing = samples(run.network, 0, False)
        self.rows = flow_rows(task.flow.model, lanes)
        self.mine = share_rows(lanes)

    def replicate(self, replicate: int) -> None:
        """All iterations of a replicate, in their order."""
        run, replicates = self.run, self.run.design.replicates
        mine = len(range(replicate, len(self.task.weights), replicates))
        run_passes(
            run.network, run.risk.model, (run.seed, replicate, replicates), (0, mine), (self.work, self.counters, self.nothing),
            NOTHING, with_late=False, sampled=True, weather=self.weather, after=self._after,
        )  # fmt: skip

    def _after(
        self, calendars: CalendarTables | LaneCalendars, stream: tuple[np.uint64, int], k: int, lanes: int, work: Workspace,
        where: tuple[int, int],
    ) -> None:  # fmt: skip
        task, flow = self.task, self.task.flow
        share_batch(
            calendars, flow.risk, flow.model, task.ask, stream, k, lanes, dates(work), work.risk, self.rows, self.mine,
            task.weights, where, task.shares,
        )  # fmt: skip
