"""Contingency at a P-value, and how it divides so that the parts add up to the whole."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore.kernel_shares import ESCALATION, EVENTS, SCHEDULE, UNCERTAINTY
from simcore.models.plan import Plan
from simcore.sampled import MoneyVariable, share_of_percent

if TYPE_CHECKING:
    from simcore.allocation import Excess
    from simcore.cost_lines import CostLines
    from simcore.runs import Run

Floats = npt.NDArray[np.float64]
CENTS = 100
NO_WBS, NO_ACCOUNT = "no WBS", "no account"
CAUSE_NAMES = {
    "uncertainty": "Uncertain prices, quantities and amounts",
    "schedule": "Time-dependent cost of longer durations",
    "events": "Risk events",
    "existence": "Work that is there or not",
    "escalation": "Escalation",
    "actions": "Actions of mitigation",
    "durations": "Time-dependent cost of uncertain durations",
}


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the contingency.

    Attributes
    ----------
    amount : float
        Whole cents; the shares of one division add up to its total exactly.
    standard_error : float
    planned : float
        Deterministic cost of the same part; 0 for a risk or a cause.
    """

    id: str
    name: str
    amount: float
    standard_error: float
    planned: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Contingency:
    """What a P-value of the cost asks for beyond the deterministic cost.

    Attributes
    ----------
    percent : float
        The P-value.
    planned, target, total : float
        Deterministic cost, the P-value of the cost, and their difference in whole cents.
    total_error : float
        Standard error of the P-value.
    by_source : tuple of Share
        ``uncertainty`` of prices, quantities and amounts; ``schedule`` (time-dependent cost of longer durations); ``events``
        (impacts of risks on cost, existence, branches); ``escalation``; ``actions`` (of mitigation).
    by_activity, by_wbs, by_account : tuple of Share
        Of the same total; a WBS node has what stands on it itself. The actions of mitigation are nobody's: ``actions``.
    by_risk : tuple of Share
        Of the same total: risks (their impacts on cost, and what the delay they bring costs), factors, and what neither brings.
    explained : float
        Share of the variance of the time-dependent cost that risks and factors account for in a linear regression, by which it
        is divided among them.
    """

    percent: float
    planned: float
    target: float
    total: float
    total_error: float
    by_source: tuple[Share, ...]
    by_activity: tuple[Share, ...]
    by_wbs: tuple[Share, ...]
    by_account: tuple[Share, ...]
    by_risk: tuple[Share, ...]
    explained: float = 0.0


def contingency(run: Run, cost: MoneyVariable, percent: float, threads: int | None = None) -> Contingency | None:
    """The contingency of a run at a P-value of its cost; None where the run has no cost.

    Runs all iterations once more.
    """
    from simcore.allocation import excess, window_weights

    flow = run.cost_flow()
    if flow is None:
        return None
    share = share_of_percent(percent)
    weights = window_weights(cost.samples, cost.p(percent), share)
    found = excess(run, flow, weights, threads or os.cpu_count() or 1)
    return _Divider(run.network.plan, run.risk.costs, found, cost, percent).contingency()


class _Divider:
    """Divides the total in several ways."""

    def __init__(self, plan: Plan, costs: CostLines, found: Excess, cost: MoneyVariable, percent: float):
        self.plan, self.costs, self.found, self.cost, self.percent = plan, costs, found, cost, percent
        self.cents = round((cost.p(percent) - cost.deterministic) * CENTS)

    def contingency(self) -> Contingency:
        by_line = self.found.lines.sum(axis=2)
        by_risk, explained = self._by_risk()
        return Contingency(
            percent=self.percent,
            planned=self.cost.deterministic,
            target=self.cost.p(self.percent),
            total=self.cents / CENTS,
            total_error=self.cost.standard_error(self.percent),
            by_source=self._shares(self._causes(), lambda key: CAUSE_NAMES[key]),
            by_activity=self._by(by_line, self._activity, self._activity_name),
            by_wbs=self._by(by_line, self._wbs, self._wbs_name) if self.plan.wbs else (),
            by_account=self._by_account(by_line),
            by_risk=by_risk,
            explained=explained,
        )

    # -- causes ---------------------------------------------------------------------------------------------------------

    def _causes(self) -> dict[str, Floats]:
        """Every cause by replicate."""
        lines = self.found.lines
        action = np.array([line.activity < 0 for line in self.costs.lines], bool)
        causes = {
            "uncertainty": lines[:, ~action, UNCERTAINTY].sum(axis=1),
            "schedule": lines[..., SCHEDULE].sum(axis=1),
            "events": lines[..., EVENTS].sum(axis=1),
            "escalation": lines[..., ESCALATION].sum(axis=1),
            "actions": lines[:, action, UNCERTAINTY].sum(axis=1),
        }
        return {key: values for key, values in causes.items() if key != "actions" or values.any()}

    def _by_risk(self) -> tuple[tuple[Share, ...], float]:
        """Impacts on cost are the risk's own; time-dependent cost is divided by regression on risks and factors."""
        causes, drivers = self._causes(), self.costs.drivers
        parts: dict[str, Floats] = {}
        names = {f"{d.kind}:{d.id}": d.id for d in drivers}
        for effect, risk in enumerate(self.costs.effect_risk):
            key = f"risk:{risk}"
            parts[key] = parts.get(key, 0.0) + self.found.effects[:, effect]
        direct = sum(parts.values(), np.zeros(len(self.found.weight)))
        on_time = [d for d, driver in enumerate(drivers) if driver.kind != "market"]
        on_price = [d for d, driver in enumerate(drivers) if driver.kind == "market"]
        slopes, explained = regression(self.found.driver_samples[on_time], self.found.cause_samples[SCHEDULE])
        prices, _ = regression(self.found.driver_samples[on_price], self.found.cause_samples[UNCERTAINTY])
        rest = {"durations": causes["schedule"].copy(), "uncertainty": causes["uncertainty"].copy()}
        for group, effects, source in ((on_time, slopes, "durations"), (on_price, prices, "uncertainty")):
            for d, slope in zip(group, effects, strict=True):
                key, brought = f"{drivers[d].kind}:{drivers[d].id}", slope * self.found.drivers[:, d]
                parts[key] = parts.get(key, 0.0) + brought
                rest[source] -= brought
        rest["existence"] = causes["events"] - direct
        rest["escalation"] = causes["escalation"]
        if "actions" in causes:
            rest["actions"] = causes["actions"]
        named = {risk.id: risk.name for risk in self.plan.risks} | {f.id: f.name for f in self.plan.factors}
        for key, values in rest.items():
            if np.abs(values).max(initial=0.0) * CENTS >= 0.5 or key == "durations":
                parts[key] = values

        def name(key: str) -> str:
            return CAUSE_NAMES[key] if key in rest else named.get(names[key], "") or names[key]

        return self._shares(parts, name, lambda key: names.get(key, key)), explained

    # -- owners ---------------------------------------------------------------------------------------------------------

    def _by(
        self, by_line: Floats, key_of: Callable[[int], str], name_of: Callable[[str], str]
    ) -> tuple[Share, ...]:
        parts: dict[str, Floats] = {}
        planned: dict[str, float] = {}
        for n, line in enumerate(self.costs.lines):
            key = "actions" if line.activity < 0 else key_of(n)
            parts[key] = parts.get(key, 0.0) + by_line[:, n]
            planned[key] = planned.get(key, 0.0) + line.deterministic
        return self._shares(parts, lambda key: CAUSE_NAMES["actions"] if key == "actions" else name_of(key), planned=planned)

    def _activity(self, n: int) -> str:
        return self.plan.shown[self.plan.activities[self.costs.lines[n].activity].ref]

    def _activity_name(self, shown_id: str) -> str:
        return self.plan.by_ref[self.plan.find(shown_id)].name

    def _wbs(self, n: int) -> str:
        return self.plan.activities[self.costs.lines[n].activity].wbs or NO_WBS

    def _wbs_name(self, code: str) -> str:
        return {node.code: node.name for node in self.plan.wbs}.get(code, "")

    def _by_account(self, by_line: Floats) -> tuple[Share, ...]:
        if not any(line.spending.account for line in self.costs.lines):
            return ()
        names = {account.code: account.name for account in self.plan.finance.accounts}
        return self._by(by_line, lambda n: self.costs.lines[n].spending.account or NO_ACCOUNT, lambda key: names.get(key, ""))

    # -- shares ---------------------------------------------------------------------------------------------------------

    def _shares(
        self, parts: Mapping[str, Floats], name_of: Callable[[str], str], id_of: Callable[[str], str] = str,
        planned: Mapping[str, float] | None = None,
    ) -> tuple[Share, ...]:  # fmt: skip
        """Shares in whole cents that add up to the total; what is nothing is left out."""
        keys, by_replicate = list(parts), np.array(list(parts.values())).reshape(-1, len(self.found.weight))
        amounts = whole_cents(by_replicate.sum(axis=1) * CENTS, self.cents)
        errors = self._errors(by_replicate)
        return tuple(
            Share(
                id=id_of(key), name=name_of(key), amount=amount / CENTS, standard_error=float(error),
                planned=(planned or {}).get(key, 0.0),
            )
            for key, amount, error in zip(keys, amounts, errors, strict=True)
            if amount or (planned or {}).get(key)
        )

    def _errors(self, by_replicate: Floats) -> Floats:
        """Of every row, from the scatter of the replicates' own answers, each by its weight."""
        weight = self.found.weight
        counted = np.abs(weight) > 1e-12
        r = int(counted.sum())
        if r < 2:
            return np.full(len(by_replicate), np.nan)
        own = by_replicate[:, counted] / weight[counted]
        off = weight[counted] * (own - by_replicate.sum(axis=1, keepdims=True))
        return np.asarray(np.sqrt((off**2).sum(axis=1) * r / (r - 1)))


def regression(drivers: npt.NDArray[np.float32], response: Floats) -> tuple[Floats, float]:
    """Slopes of a linear regression on drivers, and the share of the variance that they explain."""
    if not len(drivers) or response.size < 2:
        return np.zeros(len(drivers)), 0.0
    x = drivers.astype(np.float64)
    x -= x.mean(axis=1, keepdims=True)
    y = response - response.mean()
    if not y.any():
        return np.zeros(len(drivers)), 0.0
    slopes = np.linalg.lstsq(x @ x.T, x @ y, rcond=1e-10)[0]
    left = y - slopes @ x
    return slopes, float(1.0 - (left @ left) / (y @ y))


def whole_cents(values: Sequence[float] | Iterable[float] | Floats, total: int) -> list[int]:
    """Round so that the sum is ``total``: the largest remainders are rounded up.

    >>> whole_cents([33.4, 33.3, 33.3], 100)
    [34, 33, 33]
    """
    exact = np.array(list(values), np.float64)
    if not len(exact):
        return []
    down = np.floor(exact)
    missing = total - int(down.sum())
    order = np.argsort(-(exact - down), kind="stable")
    found = down.astype(np.int64) + missing // len(exact)
    found[order[: missing % len(exact)]] += 1
    return [int(value) for value in found]
