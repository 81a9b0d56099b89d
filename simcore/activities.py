"""The activity table of a run: one row an activity, in plan order, columns as arrays."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.calendar_tables import clock_minutes
from simcore.intervals import LEVEL, share_interval
from simcore.kernel_columns import CALENDAR, SNAP, SNAP_FINISH

if TYPE_CHECKING:
    import pandas

    from simcore.network import Network
    from simcore.scheduling import Schedule

QUANTITIES = ("start", "finish", "duration")
SHOWN_PERCENTILES = (10, 50, 80, 90)


@dataclass(frozen=True, kw_only=True)
class Histograms:
    """Counts of one quantity of every activity over equal bins; the first and last bin hold what fell outside.

    Attributes
    ----------
    counts : ndarray of unsigned integers, shape (activities, bins)
    low : ndarray of int32, shape (activities,)
        Lower edge of the first bin, minutes.
    width : ndarray of int32, shape (activities,)
        Width of a bin, whole minutes; the resolution of a percentile.
    smallest, largest : ndarray of int32, shape (activities,)
        Exact extremes.
    """

    counts: npt.NDArray[np.unsignedinteger]
    low: npt.NDArray[np.int32]
    width: npt.NDArray[np.int32]
    smallest: npt.NDArray[np.int32]
    largest: npt.NDArray[np.int32]

    def percentile(self, percent: float) -> npt.NDArray[np.float64]:
        """Value below which ``percent`` % of the iterations lie, interpolated inside the bin; shape (activities,).

        The first and the last bin reach to the extremes.
        """
        cumulative = self.cumulative
        n = cumulative[:, -1]
        rank = np.maximum(np.ceil(percent / 100 * n - 1e-9), 1)
        last = cumulative.shape[1] - 1
        bin_ = np.minimum((cumulative < rank[:, None]).sum(axis=1), last)  # beyond it: nothing was counted
        rows = np.arange(len(bin_))
        before = np.where(bin_ > 0, cumulative[rows, np.maximum(bin_ - 1, 0)], 0)
        inside = np.maximum(self.counts[rows, bin_], 1)
        begin, end = self.low + bin_ * self.width, self.low + (bin_ + 1) * self.width
        begin = np.where(bin_ == 0, np.minimum(begin, self.smallest), begin)
        end = np.where(bin_ == last, np.maximum(end, self.largest), end)
        # a bin of one minute holds one value; wider ones are interpolated between the ranks' midpoints
        share = np.where(end - begin == 1, 0.0, (rank - before - 0.5) / inside)
        return np.clip(begin + share * (end - begin), self.smallest, self.largest)

    @cached_property
    def cumulative(self) -> npt.NDArray[np.int64]:
        return np.cumsum(self.counts, axis=1, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class ActivityTable:
    """One row an activity. ``columns`` has the ready ones; :meth:`percentile` gives any other P-value.

    Start and finish percentiles are working instants of the activity's calendar, known to ``resolution`` minutes of work.
    """

    network: Network
    schedule: Schedule
    iterations: int
    replicates: int
    node_criticality: npt.NDArray[np.float64]
    node_criticality_error: npt.NDArray[np.float64]
    histograms: Mapping[str, Histograms]  # by node, then by span

    def __len__(self) -> int:
        return len(self.network.plan.activities)

    @cached_property
    def criticality(self) -> npt.NDArray[np.float64]:
        """Share of iterations on a driving path to the finish, 0-1; shape (activities,)."""
        return self._spread(self.node_criticality, np.zeros(len(self)))

    @cached_property
    def criticality_error(self) -> npt.NDArray[np.float64]:
        """Standard error of the criticality index; shape (activities,)."""
        return self._spread(self.node_criticality_error, np.zeros(len(self)))

    def criticality_interval(self, level: float = LEVEL) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Confidence interval of the criticality index: lower and upper ends, each of shape (activities,)."""
        low, high = share_interval(
            self.node_criticality, self.node_criticality_error, self.iterations, self.replicates, level
        )
        return self._spread(low, np.zeros(len(self))), self._spread(high, np.zeros(len(self)))

    @cached_property
    def existence(self) -> npt.NDArray[np.float64]:
        """Share of iterations in which the activity exists, 0-1; shape (activities,)."""
        by_node = self.histograms["duration"].cumulative[: self.network.nodes, -1] / max(self.iterations, 1)
        return self._spread(by_node, np.ones(len(self)))

    def _spread(self, by_node: npt.NDArray[Any], certain: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of nodes (and spans) put at their activities; the rest keeps what is certain."""
        where, shown = self.network.activity_of[: len(by_node)], self.network.shown[: len(by_node)]
        certain[where[shown]] = by_node[shown]
        return certain

    def percentile(self, quantity: str, percent: float) -> npt.NDArray[Any]:
        """P-values of the iterations in which the activities exist, shape (activities,).

        ``"start"`` and ``"finish"`` are datetime64[m], ``"duration"`` and ``"total_float"`` hours; NaT or NaN for what never
        exists.
        """
        found = self._percentile(quantity, percent)
        found[self.existence == 0.0] = np.datetime64("NaT") if found.dtype.kind == "M" else np.nan
        return found

    def _percentile(self, quantity: str, percent: float) -> npt.NDArray[Any]:
        minutes = np.rint(self.histograms[quantity].percentile(percent)).astype(np.int64)
        if quantity == "duration":
            return self._spread(minutes / 60, self.schedule.duration / 60)
        if quantity == "total_float":
            return self._spread(minutes[: self.network.nodes] / 60, np.full(len(self), np.nan))
        dates = self.network.clock.to_datetime64(self._clock(minutes, quantity))
        certain = self.schedule.start if quantity == "start" else self.schedule.finish
        return self._spread(dates, certain.copy())

    def _clock(self, minutes: npt.NDArray[np.int64], quantity: str) -> npt.NDArray[np.int64]:
        """Clock minutes of work coordinates of nodes (spans are kept in clock minutes)."""
        network = self.network
        out = minutes.copy()
        calendars, snaps = network.logic.nodes[:, (CALENDAR, SNAP)].T
        at_finish = (snaps >= SNAP_FINISH) & (network.durations == 0) | (quantity == "finish")
        out[: network.nodes] = clock_minutes(network.calendars.tables, calendars, minutes[: network.nodes], at_finish)
        return out

    @cached_property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Column name to values: identity, deterministic dates, criticality index, P-values of start, finish, duration."""
        table = dict(self.schedule.columns)
        table["criticality_index"] = self.criticality
        table["criticality_error"] = self.criticality_error
        table["existence"] = self.existence
        for quantity in self.histograms:
            unit = "" if quantity in ("start", "finish") else "_hours"
            for percent in SHOWN_PERCENTILES:
                table[f"{quantity}{unit}_p{percent}"] = self.percentile(quantity, percent)
        return table

    def __iter__(self) -> Iterator[dict[str, Any]]:
        from simcore.tables import rows

        return rows(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a DataFrame (pandas is an optional extra)."""
        from simcore.tables import to_pandas

        return to_pandas(self)
