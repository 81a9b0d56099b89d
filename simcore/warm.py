"""Compiles parts of the kernels in a process of its own, beside the first run on a machine: ``python -m simcore.warm KIND``.

Compiling takes one processor; the run itself compiles what places activities, this process what comes after, into the same
cache, and says when each part is there. A run waits for a part where it needs it; should this process fail, the run compiles
that itself.
"""
from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simcore.kernel_columns import ChanceLogic, Logic
    from simcore.kernel_flow import FlowModel
    from simcore.models.plan import Plan
    from simcore.models.risks import Impact
    from simcore.network import Network
    from simcore.riskmodel import CompiledRisk

DATES, SPENDING, SHARES = "dates", "spending", "shares"
"""Parts, in the order in which they are compiled: what follows from the dates of activities, money over time, its division."""

_process: subprocess.Popen[str] | None = None
_done: set[str] = set()


def kernel_kind(plan: Plan, *, money: bool = True) -> str:
    """Which kernels a plan needs: ``plain``, or those for what it has (each kind is compiled when first met).

    ``money`` says whether costs are spent over time and divided.

    >>> from simcore.models.plan import Plan
    >>> kernel_kind(Plan())
    'plain'
    """
    has = (
        ("logic by chance", _has_chance(plan)),
        ("weather", bool(plan.weather)),
        ("cost", money and _has_cost(plan)),
    )
    return " and ".join(name for name, present in has if present) or "plain"


def _impacts(plan: Plan) -> list[Impact]:
    return [i for r in plan.risks for i in (*r.impacts, *((r.mitigation.impacts or ()) if r.mitigation else ()))]


def _has_cost(plan: Plan) -> bool:
    return (
        any(a.cost or a.assignments or a.expenses for a in plan.activities)
        or any(impact.cost is not None for impact in _impacts(plan))
        or any(r.mitigation is not None and r.mitigation.cost for r in plan.risks)
    )


def _has_chance(plan: Plan) -> bool:
    return (
        bool(plan.branches)
        or any(a.existence < 1.0 for a in plan.activities)
        or any(r.uncertainty is not None or r.probability < 1.0 for r in plan.relationships)
        or any(r.window is not None or r.strikes == "start" for r in plan.risks)
        or any(impact.link for impact in _impacts(plan))
    )


def start(kind: str) -> None:
    """Start compiling beside this process what plans of a kind need."""
    global _process
    quiet = subprocess.DEVNULL
    _done.clear()
    try:
        _process = subprocess.Popen(
            [sys.executable, "-m", "simcore.warm", kind], stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True
        )
    except OSError:
        _process = None  # no second process to be had: everything is compiled here


def wait(part: str) -> None:
    """Wait for a part of what was started, if anything was."""
    while _process is not None and part not in _done:
        assert _process.stdout is not None
        line = _process.stdout.readline()
        if line:
            _done.add(line.strip())
        else:
            stop()


def stop() -> None:
    """End what was started, unless it has ended by itself; what it has compiled stays."""
    global _process
    if _process is not None:
        assert _process.stdout is not None
        _process.stdout.close()
        _process.terminate()
        _process.wait()
        _process = None


def compile_later_parts(kind: str = "plain") -> None:
    """Compile everything that comes after placing, on the smallest plan, with the types that runs of a kind have."""
    network = _smallest(kind)
    compile_dates(network, kind)
    print(DATES, flush=True)
    if "cost" in kind:
        risk, model = _money(network)
        compile_spending(network, risk, model)
        print(SPENDING, flush=True)
        compile_shares(network, risk, model)
        print(SHARES, flush=True)


def _smallest(kind: str) -> Network:
    from simcore.models.calendars import always
    from simcore.models.costs import Amount, Cost
    from simcore.models.finance import EscalationIndex, Finance
    from simcore.models.plan import Activity, Plan, Project
    from simcore.models.weather import Weather
    from simcore.network import compile_network

    begin = datetime(2026, 1, 5)
    cost = Cost(fixed=Amount(value=1.0))
    task = Activity(project="P", id="A", duration=60, existence=0.5 if "chance" in kind else 1.0, cost=cost)
    weather = (Weather(calendar="always", monthly=(0.1,) * 12),) if "weather" in kind else ()
    plan = Plan(
        projects=(Project(id="P", start=begin),), activities=(task,), calendars={"always": always()}, weather=weather,
        finance=Finance(escalation=(EscalationIndex(id="all", rate=0.01),)),
    )  # fmt: skip
    return compile_network(plan)


def compile_dates(network: Network, kind: str) -> None:
    """What follows from the dates of activities: spans, cost, samples, late dates."""
    from simcore.kernel_run import NOTHING, close_batch, late_batch
    from simcore.passes import kernel_calendars
    from simcore.riskmodel import certain_model
    from simcore.workspace import counters, samples, workspace

    model = certain_model(network)
    work = workspace(network, model, 1, with_late=True, with_cost=False)
    counts, kept = counters(network, 1, 1, 0), samples(network, 0, False)
    stream = np.uint64(1), 0
    logic: Logic | ChanceLogic = network.chance_logic if "chance" in kind else network.logic
    logic = logic._replace(calendars=kernel_calendars(network))
    close_batch(logic, model, network.aims, stream, 0, 1, work, counts, (0, 1), kept, NOTHING, False)
    late_batch(logic, network.aims, 1, work, counts, NOTHING)


def compile_spending(network: Network, risk: CompiledRisk, model: FlowModel) -> None:
    """Money over time."""
    from simcore.flow import dates, flow_rows
    from simcore.kernel_flow import FlowSamples, flow_batch, line_prices
    from simcore.passes import kernel_calendars
    from simcore.workspace import workspace

    work, rows = workspace(network, risk.model, 1, with_late=False, with_cost=False), flow_rows(model, 1)
    calendars = kernel_calendars(network)
    stream = np.uint64(1), 0
    line_prices(calendars, risk.model, model, stream, dates(work), work.risk, rows, np.zeros(len(model.lines)))
    kept = FlowSamples(by_period=np.zeros((0, 1)), cost=np.zeros(1), base=np.zeros(1), present=np.zeros(1))
    flow_batch(calendars, risk.model, model, stream, 0, 1, dates(work), work.risk, rows, (0, 1), kept)


def compile_shares(network: Network, risk: CompiledRisk, model: FlowModel) -> None:
    """The division of the contingency."""
    from simcore.allocation import share_model, share_rows, share_sums
    from simcore.flow import dates, flow_rows
    from simcore.kernel_shares import share_batch
    from simcore.passes import kernel_calendars
    from simcore.workspace import workspace

    work = workspace(network, risk.model, 1, with_late=False, with_cost=False)
    share_batch(
        kernel_calendars(network), risk.model, model, share_model(risk, np.zeros(0)), (np.uint64(1), 0), 0, 1, dates(work),
        work.risk, flow_rows(model, 1), share_rows(1), np.zeros(1), (0, 1), share_sums(1, len(model.lines), 0, 0, 1),
    )  # fmt: skip


def _money(network: Network) -> tuple[CompiledRisk, FlowModel]:
    from simcore.flow import FlowBuilder
    from simcore.riskmodel import compile_risk
    from simcore.scenarios import resolve

    risk = compile_risk(network, resolve(network.plan, "none"), np.zeros(0), np.ones(1, bool))
    return risk, FlowBuilder(network, risk, None, datetime(2026, 3, 1)).models()[0]


if __name__ == "__main__":
    compile_later_parts(sys.argv[1])
