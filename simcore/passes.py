"""Drives the compiled passes over a range of iterations."""
from __future__ import annotations

import numpy as np

from simcore.kernel_columns import AS_LATE, ChanceLogic, Logic
from simcore.kernel_risk import RiskModel
from simcore.kernel_run import AFTER_MOVES, BEFORE_MOVES, WHOLE, Counters, Samples, Workspace, run_unit
from simcore.network import Network


def run_passes(
    network: Network, model: RiskModel, stream: tuple[np.uint64, int, int], span: tuple[int, int],
    memory: tuple[Workspace, Counters, Samples], mode: int, *, with_late: bool, sampled: bool,
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
    """
    work, counters, samples = memory
    first, last = span

    logic: Logic | ChanceLogic = network.logic
    if network.chances.any or model.dated.shape[0]:
        logic = ChanceLogic(*logic)

    def run(begin: int, end: int, part: int) -> None:
        run_unit(
            logic, model, network.aims, *stream, begin, end, work, counters, samples, mode, with_late, sampled, part
        )

    if not network.logic.nodes[:, AS_LATE].any():
        run(first, last, WHOLE)
        return
    from simcore.kernel_alap import move_late

    width = work.work.shape[1]
    for begin in range(first, last, width):
        end = min(begin + width, last)
        run(begin, end, BEFORE_MOVES)
        move_late(logic, network.aims, end - begin, work, counters, mode)
        run(begin, end, AFTER_MOVES)
