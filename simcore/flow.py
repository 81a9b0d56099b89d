"""Cost lines of a compiled risk model -> money over time: which periods, which prices, and the memory of a worker."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simcore import kernel_flow as kf
from simcore import warm
from simcore.escalation import prices
from simcore.kernel_columns import CALENDAR, GAP
from simcore.kernel_flow import FlowModel, FlowRows, FlowSamples, flow_batch, line_prices
from simcore.kernel_risk import ONCE, PER_NODE, PER_SPAN, RiskModel
from simcore.kernel_run import SPAN_CALENDAR, Workspace
from simcore.network import Network, data_date, first_data_date
from simcore.passes import kernel_calendars
from simcore.scheduling import run_deterministic
from simcore.timeline import Timeline, build_timeline
from simcore.workspace import aligned

if TYPE_CHECKING:
    from simcore.cost_lines import CostLines, SpentLine
    from simcore.kernel_calendar import CalendarTables, LaneCalendars
    from simcore.riskmodel import CompiledRisk

Floats = npt.NDArray[np.float64]
MOST_VALUES = 2**27  # amounts by period and iteration that are kept: a gigabyte
ACCRUALS = {"start": kf.AT_START, "uniform": kf.OVER_WORK, "end": kf.AT_END}


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledFlow:
    """Money over time, ready to run.

    Attributes
    ----------
    model : FlowModel
    risk : RiskModel
        With the rates of costs brought to the first price of what they buy.
    timeline : Timeline
    spent : ndarray, shape (periods,)
        Actual cost by period; part of no line.
    deterministic : FlowSamples
        Of the schedule without uncertainty, one "iteration".
    present_spent : float
        Present value of the actual cost.
    """

    network: Network
    model: FlowModel
    risk: RiskModel
    timeline: Timeline
    spent: Floats
    present_spent: float
    deterministic: FlowSamples

    @property
    def periods(self) -> int:
        return len(self.timeline.labels)

    @property
    def discounted(self) -> bool:
        return self.network.plan.finance.discount is not None

    @property
    def most_iterations(self) -> int:
        """As many as :meth:`samples` has room for."""
        return MOST_VALUES // max(self.periods, 1)

    def worker(self, lanes: int, samples: FlowSamples) -> FlowWorker:
        """The memory of one worker."""
        return FlowWorker(self, flow_rows(self.model, lanes), samples)

    def samples(self, cost: Floats) -> FlowSamples:
        """Room for one value an iteration of everything that is kept; ``cost`` is that of the total.

        What has been spent stands in the periods already.

        Raises
        ------
        ValueError
            When that would be more than a gigabyte.
        """
        iterations = len(cost)
        if iterations > self.most_iterations:
            raise ValueError(
                f"a cash flow of {self.periods} periods and {iterations:,} iterations does not fit into memory; "
                "choose longer periods or fewer iterations"
            )
        return FlowSamples(
            by_period=np.repeat(self.spent[:, None], iterations, axis=1),
            cost=cost,
            base=np.zeros(iterations if self.model.priced else 0),
            present=np.zeros(iterations if self.discounted else 0),
        )

    def without_periods(self) -> CompiledFlow:
        """The same for iterations of which only the totals are kept."""
        model = self.model._replace(period=np.full_like(self.model.period, -1))
        return replace(self, model=model, timeline=replace(self.timeline, labels=()), spent=self.spent[:0])


@dataclass(frozen=True)
class FlowWorker:
    """Spends the money of the batches of one worker."""

    flow: CompiledFlow
    rows: FlowRows
    samples: FlowSamples

    def after(
        self, calendars: CalendarTables | LaneCalendars, stream: tuple[np.uint64, int], k: int, lanes: int, work: Workspace,
        where: tuple[int, int],
    ) -> None:  # fmt: skip
        """What follows a placed batch; see :func:`simcore.passes.run_passes`."""
        flow = self.flow
        flow_batch(calendars, flow.risk, flow.model, stream, k, lanes, dates(work), work.risk, self.rows, where, self.samples)


def dates(work: Workspace) -> tuple[npt.NDArray[np.int32], ...]:
    """The rows of a placed batch that tell when work is done."""
    return work.rows.of, work.rows.scratch, work.span_start, work.span_finish, work.span_minutes


def flow_rows(model: FlowModel, lanes: int) -> FlowRows:
    groups, steps = model.prices.ratio.shape
    years = int(model.prices.index[:, kf.INDEX].max(initial=0)) + 1

    def floats(*shape: int) -> Floats:
        return aligned((*shape, lanes), np.float64)

    def minutes() -> npt.NDArray[np.int32]:
        return aligned((lanes,), np.int32)

    return FlowRows(
        begin=minutes(), end=minutes(), from_=minutes(), width=minutes(),
        amount=floats(), rate=floats(), before=floats(), grown=floats(), spread=floats(),
        level=floats(years), growth=floats(years), spent=floats(groups, steps),
        factor=floats(groups if model.priced else 0, steps),
    )  # fmt: skip


def compile_flow(network: Network, risk: CompiledRisk, unit: str | None, last: datetime) -> CompiledFlow:
    """Money over time of a compiled risk model, up to about ``last``; later money belongs to the last period."""
    warm.wait(warm.SPENDING)
    return FlowBuilder(network, risk, unit, last).build()


class FlowBuilder:
    """Turns the cost lines of a risk model into arrays."""

    def __init__(self, network: Network, risk: CompiledRisk, unit: str | None, last: datetime):
        self.network, self.plan, self.risk = network, network.plan, risk
        self.costs: CostLines = risk.costs
        self.groups: dict[tuple[str, tuple[tuple[datetime, float], ...]], int] = {}
        self.curves: list[float] = []
        self.curve_at: dict[str, tuple[int, int]] = {}
        cuts = {since for line in self.costs.lines for since, _ in line.spending.steps}
        self.priced = self.costs.moved_by_time
        monthly = self.priced or self.plan.finance.discount is not None
        self.timeline = build_timeline(self.plan, unit, first_date(network), last, cuts, monthly=monthly)
        self.edges = self._edges()

    def build(self) -> CompiledFlow:
        return self._with_deterministic(*self.models())

    def models(self) -> tuple[FlowModel, FlowModel]:
        """The lines at drawn prices, and at deterministic ones."""
        rows = np.array([self._row(line) for line in self.costs.lines], np.int32).reshape(-1, kf.LINE_COLUMNS)
        lines = self.costs.lines
        money = np.array([(x.fixed, x.planned, x.deterministic, x.deterministic) for x in lines]).reshape(-1, 4)
        listed = list(self.groups) or [("", ())]
        model = FlowModel(
            lines=rows,
            money=money,
            curves=np.array(self.curves or [0.0]),
            edges=self.edges,
            period=np.array(self.timeline.period, np.int32),
            discount=self.timeline.discount(self.plan, begins(self.network)),
            prices=prices(self.plan, self.costs.indices, listed, self.timeline, deterministic=False),
            priced=self.priced,
            certain=self.costs.spent if self.priced else self.risk.model.costs.certain,
        )
        planned = prices(self.plan, self.costs.indices, listed, self.timeline, deterministic=True)
        return model, model._replace(prices=planned)

    def _with_deterministic(self, model: FlowModel, planned: FlowModel) -> CompiledFlow:
        """Run the schedule without uncertainty, and bring stored costs to the first prices of what they buy."""
        work = run_deterministic(self.network)
        lines = planned.lines.copy()
        lines[:, kf.TERMS_UPTO] = lines[:, kf.TERMS_FROM]
        lines[:, kf.OWNER] = -1
        money = planned.money.copy()
        money[:, kf.FIXED_MONEY] = money[:, kf.DETERMINISTIC_MONEY]
        planned = planned._replace(lines=lines, money=money, certain=self.costs.spent)
        risk = self.risk.model
        if self.priced:
            stored = np.array([line.spending.stored for line in self.costs.lines])
            paid = self._mean_ratios(planned, work)
            scale = np.where(stored, 1.0 / paid, 1.0)
            model.money[:] *= scale[:, None]
            planned.money[:] *= scale[:, None]
            rate = risk.costs.rate.copy()
            for line, factor in zip(self.costs.lines, scale, strict=True):
                rate[line.first : line.last] *= factor
            risk = risk._replace(costs=risk.costs._replace(rate=rate))
            grown = money_grown(self.network, self.risk, planned, work)
            model.money[:, kf.DETERMINISTIC_GROWN] = grown
        samples = self._deterministic_samples(planned, work)
        by_step = actual_by_step(self.network, self.timeline, self.edges)
        spent = np.zeros(len(self.timeline.labels))
        if self.timeline.labels:
            np.add.at(spent, np.array(self.timeline.period), by_step)
        return CompiledFlow(
            network=self.network, model=model, risk=risk, timeline=self.timeline, spent=spent,
            present_spent=float(by_step @ model.discount), deterministic=samples,
        )  # fmt: skip

    def _mean_ratios(self, planned: FlowModel, work: Workspace) -> Floats:
        """Mean price of every line as a ratio to the first, by known changes of its price alone."""
        prices = planned.prices._replace(group_index=np.full_like(planned.prices.group_index, -1))
        one = planned.money.copy()
        one[:, kf.FIXED_MONEY] = 1.0
        return money_grown(self.network, self.risk, planned._replace(prices=prices, money=one), work)

    def _deterministic_samples(self, planned: FlowModel, work: Workspace) -> FlowSamples:
        samples = FlowSamples(
            by_period=np.zeros((len(self.timeline.labels), 1)), cost=np.zeros(1), base=np.zeros(1), present=np.zeros(1)
        )
        stream = np.uint64(0), 0
        flow_batch(
            kernel_calendars(self.network), self.risk.model, planned, stream, 0, 1, dates(work), work.risk,
            flow_rows(planned, 1), (0, 1), samples,
        )  # fmt: skip
        return samples

    def _edges(self) -> npt.NDArray[np.int32]:
        """Work coordinates of the ends of all steps, on every calendar."""
        calendars, clock = self.network.calendars, self.network.clock
        at = [clock.minutes(moment) for moment in self.timeline.edges]
        return np.array([[calendars.base.work(c, t) for t in at] for c in range(len(calendars.listed))], np.int32)

    def _row(self, line: SpentLine) -> tuple[int, ...]:
        node, span = self.network.node_of.get(line.activity), self.network.span_of.get(line.activity)
        per, row, calendar, gap = ONCE, 0, self.network.calendars.always, 0
        if node is not None:
            columns = self.network.logic.nodes[node]
            per, row, calendar, gap = PER_NODE, node, int(columns[CALENDAR]), int(columns[GAP])
        elif span is not None:
            per, row, calendar = PER_SPAN, span, int(self.network.aims.spans[span, SPAN_CALENDAR])
        spent, curve, parts = self._spent(line.spending.accrual)
        key = line.spending.index, line.spending.steps
        group = self.groups.setdefault(key, len(self.groups))
        opens = self.network.clock.minutes(line.date or self._opens(line))
        return (
            per, row, calendar, gap, opens, spent, curve, parts, group, line.first, line.last, line.owner, line.where
        )  # fmt: skip

    def _opens(self, line: SpentLine) -> datetime:
        """Data date of a line's project."""
        if line.activity >= 0:
            found = data_date(self.plan.project(self.plan.activities[line.activity].project))
            if found is not None:
                return found
        return begins(self.network)

    def _spent(self, accrual: str) -> tuple[int, int, int]:
        if accrual in ACCRUALS:
            return ACCRUALS[accrual], 0, 1
        if accrual not in self.curve_at:
            weights = np.array(self.plan.finance.curves[accrual])
            self.curve_at[accrual] = len(self.curves), len(weights)
            self.curves += [0.0, *(np.cumsum(weights) / weights.sum()).tolist()]
        at, parts = self.curve_at[accrual]
        return kf.BY_CURVE, at, parts


def money_grown(network: Network, risk: CompiledRisk, model: FlowModel, work: Workspace) -> Floats:
    """Money of every line at the prices of its dates, in a one-lane workspace."""
    out = np.zeros(len(model.lines))
    stream = np.uint64(0), 0
    line_prices(
        kernel_calendars(network), risk.model, model, stream, dates(work), work.risk, flow_rows(model, 1), out
    )  # fmt: skip
    return out


def begins(network: Network) -> datetime:
    """The first data date of a plan, or about where a plan without one begins."""
    return first_data_date(network.plan) or network.clock.origin + timedelta(days=731)


def first_date(network: Network) -> datetime:
    """The first date on which money may have been spent."""
    starts = [a.actual_start for a in network.plan.activities if a.actual_start is not None]
    return min([begins(network), *starts])


def actual_by_step(network: Network, timeline: Timeline, edges: npt.NDArray[np.int32]) -> Floats:
    """Actual cost by step of time: over the work between actual start and finish, or the data date."""
    from simcore.models.pricing import spent_on

    plan, calendars, clock = network.plan, network.calendars, network.clock
    found = np.zeros(len(timeline.period))
    for activity in plan.activities:
        spent = 0.0 if activity.inactive else spent_on(plan, activity)
        if spent == 0.0:
            continue
        now = data_date(plan.project(activity.project)) or begins(network)
        start = activity.actual_start or now
        end = min(activity.actual_finish or now, max(now, start))
        c = calendars.index[plan.calendar_name(activity)]
        first, last = calendars.base.work(c, clock.minutes(start)), calendars.base.work(c, clock.minutes(end))
        if last <= first:
            last, first = last, last - 1
        shares = np.clip((edges[c] - first) / (last - first), 0.0, 1.0)
        shares[0], shares[-1] = 0.0, 1.0
        found += spent * np.diff(shares)
    return found
