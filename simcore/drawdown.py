"""How a contingency is drawn down: what is still needed at the end of every period, as the work that carries it gets done."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from simcore.contingency import Contingency
    from simcore.models.plan import Plan, Ref
    from simcore.results import Results

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
FIFTHS = (10, 30, 50, 70, 90)
"""Simulated dates enter by the middles of five equally likely parts of their distributions."""


@dataclass(frozen=True, kw_only=True)
class Drawdown:
    """Contingency that the remaining work still needs: first where that begins, then at the end of every later period.

    Attributes
    ----------
    total : float
        The whole contingency.
    moments : ndarray of datetime64[m], shape (n,)
        The first is the data date, or the beginning of the cash flow of a plan without one.
    labels : tuple of str
        Of the periods that end there; the first is empty.
    planned, expected : ndarray, shape (n,)
        With the work at its deterministic and at its simulated dates.
    cost_to_go : ndarray, shape (n,)
        Mean of what is still to be spent.
    """

    total: float
    moments: Dates
    labels: tuple[str, ...]
    planned: Floats
    expected: Floats
    cost_to_go: Floats

    @property
    def of_cost_to_go(self) -> Floats:
        """Expected remaining contingency as a share of the cost to go; NaN where nothing is left to spend."""
        cents = np.round(self.cost_to_go, 2)
        return np.divide(self.expected, cents, out=np.full(len(cents), np.nan), where=cents > 0)


def drawdown(results: Results, contingency: Contingency) -> Drawdown | None:
    """Release every activity's share of a contingency evenly from the start of its remaining work to its finish.

    What no activity carries is held until the project finishes. None without a cash flow.
    """
    flow = results.cash_flow
    if flow is None:
        return None
    data_date = first_data_date(results.plan)
    began = flow.edges[0].astype("datetime64[m]") if data_date is None else data_date
    ends = flow.edges[1:].astype("datetime64[m]")
    later = ends > began
    moments = np.append(began, ends[later])
    spent = np.append(flow.actual.sum(), np.cumsum(flow.mean)[later])
    rows, amounts, unowned = _carriers(results, contingency)
    schedule, table, finish = results.schedule, results.activities, results.finish
    planned = [(schedule.start, schedule.finish, np.datetime64(finish.deterministic, "m"))]
    simulated = [
        (table.percentile("start", p), table.percentile("finish", p), np.datetime64(finish.p(p), "m")) for p in FIFTHS
    ]
    remaining = {
        name: np.mean(
            [
                _left(start[rows], end[rows], moments) @ amounts + unowned * (moments < last)
                for start, end, last in dates
            ],
            axis=0,
        )
        for name, dates in (("planned", planned), ("expected", simulated))
    }
    return Drawdown(
        total=contingency.total,
        moments=moments,
        labels=("", *(label for label, shown in zip(flow.labels, later, strict=True) if shown)),
        cost_to_go=float(flow.mean.sum()) - spent,
        **remaining,
    )


def first_data_date(plan: Plan) -> np.datetime64 | None:
    """The first data date of a plan's projects; None where none has one."""
    dates = [p.data_date for p in plan.projects if p.data_date is not None]
    return np.datetime64(min(dates), "m") if dates else None


def _carriers(results: Results, contingency: Contingency) -> tuple[npt.NDArray[np.int64], Floats, float]:
    """Rows of the activities that carry a part, their amounts, and what no activity carries."""
    plan = results.plan
    row_of: dict[Ref, int] = {a.ref: row for row, a in enumerate(plan.activities)}
    undated = np.isnat(results.schedule.finish) | (results.activities.existence == 0)
    rows, amounts = [], []
    for share in contingency.by_activity:
        row = row_of[plan.find(share.id)] if plan.has(share.id) else None
        if row is not None and not undated[row]:
            rows.append(row)
            amounts.append(share.amount)
    return np.array(rows, np.int64), np.array(amounts, np.float64), contingency.total - sum(amounts)


def _left(start: Dates, finish: Dates, moments: Dates) -> Floats:
    """Which part of every activity is still to be done, shape (moments, activities); none of it is before the first moment."""
    begin = np.maximum(start.astype("datetime64[m]"), moments[0]).astype(np.int64)
    end = np.maximum(finish.astype("datetime64[m]").astype(np.int64), begin)
    at = moments.astype("datetime64[m]").astype(np.int64)[:, None]
    return np.where(at >= end, 0.0, np.clip((end - at) / np.maximum(end - begin, 1), 0.0, 1.0))
