"""Contingency at a P-value, and how it divides so that the parts add up to the whole."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the contingency.

    Attributes
    ----------
    amount : float
        Whole cents; the shares of one division add up to its total exactly.
    standard_error : float
    planned : float
        Deterministic cost of the same part; 0 for a risk.
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
    by_activity, by_wbs, by_account, by_risk : tuple of Share
        Of the same total. ``by_risk`` also has what no risk brings: ``uncertainty``, ``escalation`` ...
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
