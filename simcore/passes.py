"""Drives the compiled passes over a range of iterations."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcore.kernel_passes import AS_LATE
from simcore.kernel_risk import RiskModel
from simcore.kernel_run import AFTER_MOVES, BEFORE_MOVES, WHOLE, Counters, Samples, Workspace, run_unit
from simcore.network import Network

if TYPE_CHECKING:
    from simcore.weather import LaneWeather


def run_passes(
    network: Network, model: RiskModel, stream: tuple[np.uint64, int, int], span: tuple[int, int],
    memory: tuple[Workspace, Counters, Samples], mode: int, *, with_late: bool, sampled: bool,
    weather: LaneWeather | None = None,
) -> None:
    """Iterations ``first <= k < last`` of one replicate; see :func:`simcore.kernel_run.run_unit`.

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
    """
    work, counters, samples = memory
    first, last = span
    logic = network.logic
    if weather is not None:
        logic = logic._replace(calendars=weather.tables)

    def run(begin: int, end: int, part: int) -> None:
        run_unit(
            logic, model, network.aims, *stream, begin, end, work, counters, samples, mode, with_late, sampled, part
        )

    moves = bool(logic.nodes[:, AS_LATE].any())
    if weather is None and not moves:
        run(first, last, WHOLE)
        return
    width = work.work.shape[1]
    for begin in range(first, last, width):
        end = min(begin + width, last)
        if weather is not None:
            weather.sample(stream, begin, end)
        if not moves:
            run(begin, end, WHOLE)
            continue
        from simcore.kernel_alap import move_late

        run(begin, end, BEFORE_MOVES)
        move_late(logic, network.aims, end - begin, work, counters, mode)
        run(begin, end, AFTER_MOVES)
