"""The deterministic schedule: the simulation's own passes, with one lane and certain durations."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore import rules_msp
from simcore.kernel_columns import (
    EARLIEST,
    EXISTS,
    FLOAT_CALENDAR,
    FROM_FINISH,
    HOLDS,
    LAG,
    LAG_CALENDAR,
    LAG_ROW,
    LINKS_AT,
    LINKS_END,
    LINKS_MIDDLE,
    PROJECT,
    ROW_DURATION,
    ROW_FINISH,
    ROW_START,
    SHARE,
    SOURCE,
    TARGET,
    ChanceRows,
)
from simcore.kernel_run import COMPLETED, NOTHING, SPAN_CALENDAR, SPAN_NOW
from simcore.models.plan import Plan, Status
from simcore.msp_calendars import is_msp
from simcore.network import Network, compile_network, data_date
from simcore.passes import run_passes
from simcore.workspace import counters, samples, workspace

if TYPE_CHECKING:
    import pandas

    from simcore.kernel_risk import RiskModel
    from simcore.kernel_run import Workspace
    from simcore.weather import LaneWeather

UNKNOWN = np.datetime64("NaT", "m")


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """Dates of every activity, in plan order. All arrays have shape (activities,), dates are datetime64[m].

    Attributes
    ----------
    start, finish
        What a scheduling tool shows: actual where there is one, else early.
    early_start, early_finish, late_start, late_finish
        Of the remaining work; NaT where an activity has none to place.
    total_float, free_float : ndarray of float
        Minutes of work on the activity's calendar; NaN for completed activities.
    critical, longest_path : ndarray of bool
        By the plan's own definition; on a driving path to the finish.
    """

    network: Network
    start: npt.NDArray[np.datetime64]
    finish: npt.NDArray[np.datetime64]
    early_start: npt.NDArray[np.datetime64]
    early_finish: npt.NDArray[np.datetime64]
    late_start: npt.NDArray[np.datetime64]
    late_finish: npt.NDArray[np.datetime64]
    total_float: npt.NDArray[np.float64]
    free_float: npt.NDArray[np.float64]
    critical: npt.NDArray[np.bool_]
    longest_path: npt.NDArray[np.bool_]
    duration: npt.NDArray[np.float64]  # minutes of remaining work
    exists: npt.NDArray[np.bool_]  # False for what is on a branch that is not taken
    project_finish: dict[str, datetime]

    @property
    def plan(self) -> Plan:
        return self.network.plan

    @property
    def project_end(self) -> datetime:
        """Finish of all projects together."""
        return max(self.project_finish.values())

    @cached_property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The schedule as named columns."""
        activities = self.plan.activities

        def text(values: Iterator[str | None]) -> npt.NDArray[Any]:
            return np.array(["" if v is None else v for v in values], dtype=object)

        return {
            "id": text(self.plan.shown[a.ref] for a in activities),
            "project": text(a.project for a in activities),
            "name": text(a.name for a in activities),
            "type": text(a.type.value for a in activities),
            "status": text(a.status.value for a in activities),
            "wbs": text(a.wbs for a in activities),
            "start": self.start,
            "finish": self.finish,
            "early_start": self.early_start,
            "early_finish": self.early_finish,
            "late_start": self.late_start,
            "late_finish": self.late_finish,
            "total_float_hours": self.total_float / 60,
            "free_float_hours": self.free_float / 60,
            "duration_hours": self.duration / 60,
            "critical": self.critical,
            "longest_path": self.longest_path,
        }

    def __iter__(self) -> Iterator[dict[str, Any]]:
        from simcore.tables import rows

        return rows(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The schedule as a DataFrame (pandas is an optional extra)."""
        from simcore.tables import to_pandas

        return to_pandas(self)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable answer, as ``simcore schedule --json`` writes it."""
        from simcore.answers import schedule_answer

        return schedule_answer(self)


def schedule(plan: Plan) -> Schedule:
    """The deterministic schedule of a plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Schedule
        Early and late dates, floats, critical and longest path.
    """
    found: Schedule = plan.remembered("schedule", lambda: _schedule(compile_network(plan)))
    return found


def _schedule(network: Network) -> Schedule:
    work = run_deterministic(network)
    return read_schedule(network, work, longest_path=work.critical[:, 0] != 0)


def run_deterministic(network: Network) -> Workspace:
    """One iteration with the deterministic durations; the rows hold its dates."""
    from simcore.riskmodel import certain_model

    model = certain_model(network)
    work = workspace(network, model, 1, with_late=True, with_cost=False)
    work.rows.of[:, ROW_DURATION, 0] = network.durations
    chances = network.chances
    if isinstance(work.rows, ChanceRows):
        work.rows.masks[: chances.masks, 0] = chances.expected
        work.rows.lags[:, 0] = [lag.remaining for lag in chances.lags]
    run_single(network, model, work, sampled=False)
    return work


def run_single(
    network: Network, model: RiskModel, work: Workspace, *, sampled: bool, seed: int = 0, k: int = 0, replicate: int = 0,
    weather: LaneWeather | None = None,
) -> None:
    """One iteration in a one-lane workspace, late pass included; its dates stay in the rows."""
    memory = work, counters(network, replicate + 1, 1, 0), samples(network, 0, False)
    run_passes(
        network, model, (np.uint64(seed), replicate, 1), (k, k + 1), memory, NOTHING, with_late=True, sampled=sampled,
        weather=weather,
    )


def read_schedule(network: Network, work: Workspace, longest_path: npt.NDArray[np.bool_]) -> Schedule:
    """The dates in the rows of a one-lane workspace, brought into plan order."""
    return _Reader(network, work).schedule(longest_path)


class _Reader:
    """Turns rows of nodes and spans into columns of activities."""

    def __init__(self, network: Network, work: Workspace):
        self.network, self.work, self.plan = network, work, network.plan
        self.start, self.finish = work.rows.of[:, ROW_START, 0], work.rows.of[:, ROW_FINISH, 0]  # of nodes
        count = len(self.plan.activities)
        self.dates = {
            name: np.full(count, UNKNOWN)
            for name in ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")
        }
        self.total_float = np.full(count, np.nan)
        self.free_float = np.full(count, np.nan)
        self.duration = np.zeros(count)
        self.exists = np.ones(count, bool)

    def schedule(self, longest_path: npt.NDArray[np.bool_]) -> Schedule:
        network = self.network
        self._nodes()
        self._spans()
        for i, activity in enumerate(self.plan.activities):
            if activity.status is Status.COMPLETED or activity.inactive:
                self._certain(i)
            if activity.actual_start is not None:
                self.dates["start"][i] = np.datetime64(activity.actual_start, "m")
        self._absent()
        on_path = np.zeros(len(self.plan.activities), bool)
        shown = network.shown[: network.nodes]
        on_path[network.activity_of[: network.nodes][shown]] = longest_path[shown]
        on_path &= self.exists
        return Schedule(
            network=network,
            **self.dates,
            total_float=self.total_float,
            free_float=self.free_float,
            critical=self._critical(on_path),
            longest_path=on_path,
            duration=self.duration,
            exists=self.exists,
            project_finish={
                p.id: network.clock.date(self._project_finish(k)) for k, p in enumerate(self.plan.projects)
            },
        )

    def _absent(self) -> None:
        """What does not exist has no dates."""
        for i, mask in self.network.chances.exists.items():
            self.exists[i] = self.work.risk.masks[mask, 0] != 0
        for dates in self.dates.values():
            dates[~self.exists] = UNKNOWN
        self.total_float[~self.exists] = self.free_float[~self.exists] = np.nan

    def _project_finish(self, k: int) -> int:
        """Latest early finish of a project's activities; its data date when it has none."""
        network = self.network
        mine = (network.logic.nodes[:, PROJECT] == k) & (network.aims.finishes != 0)
        latest = max(self.finish[mine], default=-(2**31))
        latest = max(int(latest), int(network.aims.projects[k, COMPLETED]))
        begin = data_date(self.plan.projects[k]) or network.clock.origin
        return latest if latest > -(2**30) else network.clock.minutes(begin)

    def _nodes(self) -> None:
        network, work = self.network, self.work
        shown = np.flatnonzero(network.shown[: network.nodes])
        where = network.activity_of[shown]
        to_date = network.clock.to_datetime64
        late_start, late_finish = work.late_start[:, 0], work.late_finish[:, 0]
        for name, row in (("early_start", self.start), ("early_finish", self.finish), ("start", self.start),
                          ("finish", self.finish), ("late_start", late_start), ("late_finish", late_finish)):
            self.dates[name][where] = to_date(row[shown])
        self.duration[where] = work.rows.of[shown, ROW_DURATION, 0]
        for node, i in zip(shown, where, strict=True):
            activity = self.plan.activities[i]
            c = int(network.logic.nodes[node, FLOAT_CALENDAR])
            kind = rules_msp.float_kind(activity) if is_msp(self.plan, activity) else self.plan.options(activity.project).float
            self.total_float[i] = self._float(
                c, kind, (self.start[node], self.finish[node], late_start[node], late_finish[node])
            )
            self.free_float[i] = self._free_float(int(node), c)
            if is_msp(self.plan, activity) and activity.status is Status.IN_PROGRESS:
                self._begun(i)
        self._at_manual_finishes()
        self._at_first_resources()

    def _at_first_resources(self) -> None:
        """Work of several resources is shown from the first of them, on that one's calendar."""
        network = self.network
        for number, (gate, c) in network.begins_on.items():
            instant = max(int(self.finish[gate]), int(network.logic.nodes[number, EARLIEST]))
            first = network.calendars.start(c, network.calendars.work(c, instant))
            shown = network.clock.to_datetime64(np.array(min(first, int(self.start[number]))))
            i = network.activity_of[number]
            self.dates["start"][i] = self.dates["early_start"][i] = shown

    def _at_manual_finishes(self) -> None:
        """A milestone as late as the manual summary above it finishes is shown there, not where the next shift begins."""
        network, late = self.network, self.dates["late_finish"]
        for i, finish in rules_msp.manual_finishes(self.plan).items():
            node = network.node_of.get(i)
            if node is None or np.isnat(late[i]):
                continue
            c, at = int(network.logic.nodes[node, FLOAT_CALENDAR]), network.clock.minutes(finish)
            if network.calendars.work(c, at) == network.calendars.work(c, int(self.work.late_finish[node, 0])):
                self.dates["late_start"][i] = late[i] = np.datetime64(finish, "m")

    def _begun(self, i: int) -> None:
        """Microsoft Project shows the actual start as the late one too, and no late finish before the finish."""
        dates, activity = self.dates, self.plan.activities[i]
        if activity.actual_start is not None:
            dates["early_start"][i] = dates["late_start"][i] = np.datetime64(activity.actual_start, "m")
        dates["late_finish"][i] = max(dates["late_finish"][i], dates["early_finish"][i])

    def _float(self, c: int, kind: str, dates: tuple[int, int, int, int]) -> float:
        """Total float in minutes of work, as the plan defines it."""
        early_start, early_finish, late_start, late_finish = dates
        work = self.network.calendars.work
        at_start = work(c, int(late_start)) - work(c, int(early_start))
        at_finish = work(c, int(late_finish)) - work(c, int(early_finish))
        return float({"start": at_start, "finish": at_finish, "smallest": min(at_start, at_finish)}[kind])

    def _free_float(self, node: int, c: int) -> float:
        """How far the node can slip without moving a successor, minutes of work on its calendar.

        Without successors: up to the project's finish.
        """
        network, start, finish = self.network, self.start, self.finish
        aims, logic, work = network.aims, network.logic, network.calendars.work
        duration = int(self.work.rows.of[node, ROW_DURATION, 0])
        room = []
        for e, s in aims.successors[aims.successor_at[node] : aims.successor_at[node + 1]]:
            if not logic.nodes[s, LINKS_AT] <= e < logic.nodes[s, LINKS_END]:
                continue  # bounds late dates only
            link = logic.links[e]
            own = int(finish[node] if link[FROM_FINISH] else start[node])
            theirs = int(finish[s] if e >= logic.nodes[s, LINKS_MIDDLE] else start[s])
            if link[HOLDS] >= 0 and not self.work.risk.masks[link[HOLDS], 0]:
                continue
            lag = self._lag(link, duration)
            room.append(work(c, self._before(int(link[LAG_CALENDAR]), theirs, lag)) - work(c, own))
        if not room:
            end = self.work.finish[logic.nodes[node, PROJECT], 0]
            room.append(work(c, int(end)) - work(c, int(finish[node])))
        return float(max(min(room), 0))  # delays are never negative, however late the activity is

    def _lag(self, link: npt.NDArray[np.int32], duration: int) -> int:
        """Minutes of lag of a link; none where one of its ends does not exist."""
        masks, nodes = self.work.risk.masks, self.network.logic.nodes
        exist = [nodes[link[end], EXISTS] for end in (SOURCE, TARGET)]
        if any(mask >= 0 and not masks[mask, 0] for mask in exist):
            return 0
        lag = int(link[LAG])
        if link[LAG_ROW] >= 0 and isinstance(self.work.rows, ChanceRows):
            lag = int(self.work.rows.lags[link[LAG_ROW], 0])
        return lag + round(1e-6 * int(link[SHARE]) * duration)

    def _before(self, c: int, at: int, lag: int) -> int:
        if c < 0 or lag == 0:
            return at - lag
        calendars = self.network.calendars
        return calendars.start(c, calendars.work(c, at) - lag)

    def _spans(self) -> None:
        network, work = self.network, self.work
        to_date = network.clock.to_datetime64
        for k, i in enumerate(network.activity_of[network.nodes:]):
            start, finish = int(work.span_start[k, 0]), int(work.span_finish[k, 0])
            if start >= 2**30 or finish <= -(2**30):
                continue
            c = int(network.aims.spans[k, SPAN_CALENDAR])
            for name in ("start", "early_start", "late_start"):
                self.dates[name][i] = to_date(np.array(start))
            for name in ("finish", "early_finish", "late_finish"):
                self.dates[name][i] = to_date(np.array(finish))
            remains = max(start, int(network.aims.spans[k, SPAN_NOW]))
            self.duration[i] = max(network.calendars.base.work(c, finish) - network.calendars.base.work(c, remains), 0)

    def _certain(self, i: int) -> None:
        """What is complete shows its actual dates; its early and late dates sit at the data date, as P6 shows them."""
        activity = self.plan.activities[i]
        self.total_float[i] = self.free_float[i] = np.nan
        if activity.actual_finish is not None:
            self.dates["finish"][i] = np.datetime64(activity.actual_finish, "m")
        if is_msp(self.plan, activity):
            for name in ("early_start", "late_start"):
                self.dates[name][i] = np.datetime64("NaT" if activity.actual_start is None else activity.actual_start, "m")
            for name in ("early_finish", "late_finish"):
                self.dates[name][i] = np.datetime64("NaT" if activity.actual_finish is None else activity.actual_finish, "m")
            return
        begin = data_date(self.plan.project(activity.project))
        if begin is not None and not activity.inactive:
            for name in ("early_start", "early_finish", "late_start", "late_finish"):
                self.dates[name][i] = np.datetime64(begin, "m")

    def _critical(self, on_path: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """By the plan's own definition: total float at most a limit, or the longest path."""
        critical = np.zeros(len(on_path), bool)
        for i, activity in enumerate(self.plan.activities):
            rule = self.plan.options(activity.project).critical
            critical[i] = on_path[i] if rule == "longest path" else self.total_float[i] <= critical_limit(rule)
        return critical


def critical_limit(rule: str) -> float:
    """Minutes of total float up to which an activity is critical, from ``float <= 8h`` (hours when no unit is written).

    >>> critical_limit("float <= 1h")
    60.0
    """
    return float(rule.split("<=")[1].strip().removesuffix("h") or 0) * 60
