"""Drives the compiled passes over a range of iterations."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from simcore import warm
from simcore.kernel_calendar import CalendarTables, LaneCalendars
from simcore.kernel_columns import AS_LATE, ChanceLogic, Logic
from simcore.kernel_risk import RiskModel
from simcore.kernel_run import Counters, Samples, Workspace, close_batch, late_batch, place_batch
from simcore.network import Network

if TYPE_CHECKING:
    from simcore.weather import LaneWeather

After = Callable[
    [CalendarTables | LaneCalendars, tuple[np.uint64, int], int, int, Workspace, tuple[int, int]], None
]


def run_passes(
    network: Network, model: RiskModel, stream: tuple[np.uint64, int, int], span: tuple[int, int],
    memory: tuple[Workspace, Counters, Samples], mode: int, *, with_late: bool, sampled: bool,
    weather: LaneWeather | None = None, after: After | None = None,
) -> None:
    """Iterations ``first <= k < last`` of one replicate; batch by batch; see :mod:`simcore.kernel_run`.

    Parameters
    ----------
    network : Network
    model : RiskModel
    stream : tuple
        Seed, replicate, number of replicates.
    span : tuple
        First and last index k of the iterations in the replicate.
    memory : tuple
        Rows, counters and samples to fill.
    mode : int
        NOTHING, EXTREMES or COUNT.
    with_late : bool
        Also the late pass.
    sampled : bool
        Draw durations; else those that stand in the rows are taken.
    weather : LaneWeather, optional
        What weather takes, of as many lanes as the rows have.
    after : callable, optional
        Called with every placed batch: the calendars of its lanes, (seed, replicate), first iteration, lanes, rows, and
        (first iteration, step) in the samples.
    """
    work, counters, samples = memory
    seed, replicate, replicates = stream
    draws = seed, replicate
    logic: Logic | ChanceLogic = network.chance_logic if network.chances.any else network.logic
    logic = logic._replace(calendars=kernel_calendars(network, weather))
    aims, moves = network.aims, network.logic.nodes[:, AS_LATE].any()
    width = work.work.shape[1]
    for k in range(*span, width):
        lanes = min(width, span[1] - k)
        if weather is not None:
            weather.sample(stream, k, k + lanes)
        place_batch(logic, model, aims, draws, k, lanes, work, counters, mode, sampled)
        if moves:
            from simcore.kernel_alap import move_late

            move_late(logic, aims, lanes, work, counters, mode)
        warm.wait(warm.DATES)
        where = (k * replicates + replicate, replicates)
        close_batch(logic, model, aims, draws, k, lanes, work, counters, where, samples, mode, sampled)
        if after is not None:
            after(logic.calendars, draws, k, lanes, work, where)
        if with_late:
            late_batch(logic, aims, lanes, work, counters, mode)


def kernel_calendars(network: Network, weather: LaneWeather | None = None) -> CalendarTables | LaneCalendars:
    """The calendars as the kernels of a plan take them: always of the type that its iterations have."""
    if weather is not None:
        return weather.tables
    calendars = network.logic.calendars
    return LaneCalendars(*calendars) if network.calendars.weather else calendars
