"""The pump station example half way: baselined as planned, then gone as one of its own iterations goes, at higher cost."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np

import simcore
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Triangular
from simcore.models.finance import Finance
from simcore.models.plan import Activity, Baseline, Plan, Status
from simcore.models.working_time import working_minutes
from simcore.results import Results

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "pump-station"
DATA_DATE = datetime(2026, 10, 1)
DEARER = 1.08
LEFT = Triangular(0.8, 1.0, 1.35, relative=True)


def example() -> Plan:
    """The example at the prices that it is written in, without the expenses that a baseline of costs leaves out."""
    plan = simcore.read(EXAMPLE / "plan.yaml", risks=EXAMPLE / "risks.yaml")
    return plan.with_changes(
        activities=tuple(replace(activity, expenses=()) for activity in plan.activities),
        finance=Finance(curves=plan.finance.curves, accounts=plan.finance.accounts),
    )


@cache
def statused_pump_station(data_date: datetime = DATA_DATE) -> Plan:
    """Baseline, actual dates and actual cost up to a data date."""
    plan = example()
    planned = simcore.schedule(plan)
    truth = simcore.simulate(plan, iterations=64, threads=2).iteration(5)
    activities = []
    for i, activity in enumerate(plan.activities):
        budget = _cost(plan, activity, planned.duration[i])
        baseline = Baseline(start=_date(planned.start[i]), finish=_date(planned.finish[i]), cost=budget)
        start, finish = _date(truth.start[i]), _date(truth.finish[i])
        activities.append(_statused(plan, replace(activity, baseline=baseline), start, finish, data_date))
    projects = tuple(replace(project, data_date=data_date) for project in plan.projects)
    return plan.with_changes(activities=tuple(activities), projects=projects)


@cache
def statused_results() -> Results:
    """The same, simulated."""
    return simcore.simulate(statused_pump_station(), iterations=2000, seed=1, threads=2)


def _statused(plan: Plan, activity: Activity, start: datetime, finish: datetime, data_date: datetime) -> Activity:
    """What has happened by the data date."""
    if start >= data_date:
        return activity
    calendar = plan.calendar_of(activity)
    worked = working_minutes(calendar, start, min(finish, data_date))
    fixed = activity.cost.fixed.value if activity.cost and activity.cost.fixed else 0.0
    by_day = activity.cost.per_day.value / (60 * calendar.hours_per_day) if activity.cost and activity.cost.per_day else 0.0
    if finish <= data_date:
        spent = Cost(actual=DEARER * (fixed + by_day * worked)) if activity.cost else None
        return replace(
            activity, status=Status.COMPLETED, actual_start=start, actual_finish=finish, cost=spent, remaining=None,
            uncertainty=None, constraints=(),
        )  # fmt: skip
    left = working_minutes(calendar, data_date, finish)
    done = worked / (worked + left)
    cost = activity.cost and replace(
        activity.cost,
        actual=DEARER * (fixed * done + by_day * worked),
        fixed=Amount(value=fixed * (1 - done)) if fixed else None,
    )
    begun = replace(activity, status=Status.IN_PROGRESS, actual_start=start, cost=cost)
    return begun if activity.type.is_span else replace(begun, remaining=left, duration=worked + left, uncertainty=LEFT)


def _cost(plan: Plan, activity: Activity, minutes: float) -> float:
    if activity.cost is None:
        return 0.0
    fixed = activity.cost.fixed.value if activity.cost.fixed else 0.0
    per_day = activity.cost.per_day.value if activity.cost.per_day else 0.0
    return fixed + per_day * float(minutes) / (60 * plan.calendar_of(activity).hours_per_day)


def _date(value: np.datetime64) -> datetime:
    found: datetime = value.astype("datetime64[m]").item()
    return found
