"""Cash flows and contingencies made by hand, and runs that carry them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

import numpy as np

from simcore.cash_flow import CashFlow
from simcore.contingency import CAUSE_NAMES, Contingency, Share
from simcore.models.finance import Budget, Finance, FundingLimit
from simcore.results import Results
from simcore.sampled import MoneyVariable
from tests.report_cases import run

SOURCES = {"uncertainty": 0.41, "schedule": 0.3, "events": 0.27, "escalation": 0.07, "actions": -0.05}


def flow_of(
    by_period: Sequence[Sequence[float]], limits: Sequence[FundingLimit] = (), first: str = "2026-01", replicates: int = 2
) -> CashFlow:
    """A monthly cash flow with given spending, one row a period; its plan is the first iteration."""
    spent = np.array(by_period, np.float64)
    months = np.datetime64(first, "M") + np.arange(len(spent) + 1)
    return CashFlow(
        unit="month",
        edges=months.astype("datetime64[m]"),
        labels=tuple(str(month) for month in months[:-1]),
        actual=np.zeros(len(spent)),
        deterministic=spent[:, 0].copy(),
        by_period=spent,
        replicates=replicates,
        limits=tuple(limits),
    )


def spread_flow(cost: MoneyVariable, finish_share: np.ndarray, periods: int, unit: str, limits=()) -> CashFlow:
    """The cost of every iteration over an S-curve that ends where its own finish does (0-1 of the periods)."""
    at = np.arange(periods + 1) / periods

    def curve(share):
        x = np.clip(at[:, None] / share, 0, 1)
        return np.diff(x * x * (3 - 2 * x), axis=0)

    step = {"week": np.timedelta64(7, "D"), "month": np.timedelta64(1, "M"), "quarter": np.timedelta64(3, "M")}[unit]
    start = np.datetime64("2026-03-02") if unit == "week" else np.datetime64("2026-03", "M")
    edges = start + np.arange(periods + 1) * step
    planned = curve(np.array([np.quantile(finish_share, 0.2)]))[:, 0] * cost.deterministic
    actual = np.zeros(periods)
    actual[0] = 0.6 * planned[0]
    samples = curve(finish_share) * (cost.samples - actual[0])
    samples[0] += actual[0]
    return CashFlow(
        unit=unit,
        edges=edges.astype("datetime64[m]"),
        labels=tuple(str(e) for e in edges[:-1]),
        actual=actual,
        deterministic=planned,
        by_period=samples,
        replicates=16,
        limits=limits,
    )


def shares(total: float, weights: dict[str, float], names: dict[str, str], planned: float = 0.0) -> tuple[Share, ...]:
    """Whole cents in proportion to weights; the last takes what rounding leaves."""
    whole = sum(weights.values())
    cents = [round(100 * total * weight / whole) for weight in weights.values()]
    cents[-1] += round(100 * total) - sum(cents)
    return tuple(
        Share(id=key, name=names.get(key, key), amount=c / 100, standard_error=abs(c) / 2000, planned=planned)
        for key, c in zip(weights, cents, strict=True)
    )


def contingency_of(results: Results) -> Contingency:
    """Parts in made-up proportions that add up to what P80 asks for."""
    plan, cost = results.plan, results.cost
    assert cost is not None
    total = round(cost.p(80) - cost.deterministic, 2)
    rng = np.random.default_rng(1)
    ids = {plan.shown[a.ref]: a for a in plan.activities if a.cost}
    wbs = {node.code: node.name for node in plan.wbs if node.parent}
    risks = {**{r.id: r.name for r in plan.risks}, **{key: CAUSE_NAMES[key] for key in ("durations", "uncertainty")}}
    return Contingency(
        percent=80,
        planned=cost.deterministic,
        target=cost.p(80),
        total=total,
        total_error=cost.standard_error(80),
        by_source=shares(total, SOURCES, CAUSE_NAMES),
        by_activity=shares(total, {k: float(rng.random()) for k in ids}, {k: a.name for k, a in ids.items()}, 5000.0),
        by_wbs=shares(total, {k: float(rng.random()) for k in wbs}, wbs, 90_000.0),
        by_account=(),
        by_risk=shares(total, {k: float(rng.random()) for k in risks}, risks),
    )


def with_money(results: Results, flow: CashFlow, contingency: Contingency) -> Results:
    """A run that answers with a given cash flow and contingency."""
    made = replace(results, cash_flow=flow)
    object.__setattr__(made, "contingency", lambda percent=80: contingency)
    return made


@cache
def money_run(periods: int = 12, unit: str = "month", size: int = 30) -> Results:
    """A run with everything about money; the same object every time."""
    plain = run(size)
    cost = plain.cost
    assert cost is not None
    budget = Budget(
        amount=round(cost.deterministic, -3), contingency=round(cost.p(80) - cost.deterministic, -3), management_reserve=50_000
    )
    days = plain.finish.samples.astype(np.int64)
    share = 0.45 + 0.55 * (days - days.min()) / (days.max() - days.min())
    limits = (
        FundingLimit(amount=round(0.55 * cost.p(50), -3), until=datetime(2026, 9, 1), name="Tranche 1"),
        FundingLimit(amount=round(cost.p(70), -3), name="Grant"),
    )
    flow = spread_flow(cost, share, periods, unit, limits)
    plan = plain.plan.with_changes(finance=Finance(budget=budget, funding=limits, fiscal_year_start=4))
    base = MoneyVariable(cost.samples * 0.97, 16, cost.deterministic * 0.97)
    present = MoneyVariable(cost.samples * 0.9, 16, cost.deterministic * 0.9)
    results = replace(plain, plan=plan, cost_base_year=base, present_value=present)
    return with_money(results, flow, contingency_of(results))
