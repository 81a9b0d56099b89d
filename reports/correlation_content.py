"""What a report says about correlations, as plain data: asked for, achieved, arising."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcore.reports import wording

if TYPE_CHECKING:
    from simcore.achieved import Achieved, GroupCorrelation, PairCorrelation

PAIRS_SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class PairLine:
    """Two variables and their correlations, as text; empty where there is none."""

    first: str
    second: str
    asked: str
    rank: str
    total: str
    pearson: str


@dataclass(frozen=True, kw_only=True)
class CorrelationSection:
    """Everything that is said about correlations.

    Attributes
    ----------
    repaired : str
        How far impossible correlations were moved, and which; empty when none were.
    groups : tuple of str
        One sentence for each correlation of which not every pair is shown.
    """

    iterations: int
    repaired: str
    groups: tuple[str, ...]
    pairs: tuple[PairLine, ...]
    arising: tuple[PairLine, ...]


def correlation_section(achieved: Achieved) -> CorrelationSection | None:
    """The section of the report; None where nothing is correlated."""
    if not achieved.groups and not achieved.arising:
        return None
    pairs = [pair for group in achieved.groups for pair in group.pairs][:PAIRS_SHOWN]
    whole = [group for group in achieved.groups if len(group.pairs) < group.variables * (group.variables - 1) // 2]
    return CorrelationSection(
        iterations=achieved.iterations,
        repaired=_repaired(achieved),
        groups=tuple(_group_text(group) for group in whole),
        pairs=tuple(_line(pair) for pair in pairs),
        arising=tuple(_line(pair) for pair in achieved.arising),
    )


def _repaired(achieved: Achieved) -> str:
    if not achieved.repaired:
        return ""
    moved = "; ".join(
        f"{pair.first} and {pair.second} from {_number(pair.asked)} to {_number(pair.possible)}" for pair in achieved.moved[:3]
    )
    return (
        "The correlations contradict each other and were moved to the nearest possible ones "
        f"(distance {achieved.repaired:.3f}). Moved most: {moved}."
    )


def _group_text(group: GroupCorrelation) -> str:
    asked = "a matrix" if group.asked is None else f"rank {_number(group.asked)}"
    return (
        f"{group.name}: {asked} between {wording.counted(group.variables, 'variable')}; of "
        f"{wording.counted(group.checked, 'pair')} looked at the achieved ranks are off by {group.mean_gap:.3f} on average "
        f"and {group.largest_gap:.3f} at most. Those that are off most are shown."
    )


def _line(pair: PairCorrelation) -> PairLine:
    asked = "" if pair.asked is None else _number(pair.asked)
    if pair.possible is not None:
        asked += f", moved to {_number(pair.possible)}"
    return PairLine(
        first=pair.first, second=pair.second, asked=asked, rank=with_error(pair.rank, pair.rank_error),
        total=with_error(pair.total_rank, pair.total_rank_error), pearson=_number(pair.total_pearson),
    )  # fmt: skip


def with_error(value: float | None, error: float | None) -> str:
    """A correlation with its standard error, where that is known; a third decimal where it means something.

    >>> with_error(0.5, 0.012), with_error(0.66102, 0.0041), with_error(0.5, None)
    ('0.50 ±0.01', '0.661 ±0.004', '0.50')
    """
    if error is None:
        return _number(value)
    return f"{_number(value, 3)} ±{error:.3f}" if 0 < error < 0.005 else f"{_number(value)} ±{error:.2f}"


def _number(value: float | None, decimals: int = 2) -> str:
    """Two decimals, or as many as asked for.

    >>> _number(0.5), _number(-0.123), _number(None)
    ('0.50', '−0.12', '')
    """
    return "" if value is None else f"{value:.{decimals}f}".replace("-", wording.MINUS)
