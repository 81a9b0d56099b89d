"""A slow walk through an iteration of a small plan: every activity placed and sampled on its own, against the engine."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from simcore.models.branches import ConditionalBranch
from simcore.models.plan import Activity, LinkType, Plan, Ref, Status
from simcore.network_chances import link_stream
from simcore.scheduling import Schedule
from tests.naive import Worked, moved
from tests.naive_risks import NaiveIteration, Placed, spent

CLOSE = 1e-4
"""Share of a draw by which the kernels' tables may differ from the exact quantile."""


@dataclass
class Walk:
    """Activities in plan order, which comes after their predecessors; relationships from finish or start to start.

    Each is compared with the engine and goes on from the engine's dates, so that differences of a minute do not add up. What
    hangs on a minute (a limit that is all but met) is left in ``twin.nearest``.
    """

    plan: Plan
    twin: NaiveIteration
    found: Schedule
    days: int = 700
    dates: dict[Ref, tuple[int, int]] = field(default_factory=dict)
    minutes: dict[Ref, float] = field(default_factory=dict)
    gone: set[Ref] = field(default_factory=set)

    def __post_init__(self) -> None:
        assert self.plan.projects[0].data_date is not None
        self.first = self.plan.projects[0].data_date - timedelta(days=60)
        self.worked = {name: Worked(c, self.first.date(), self.days) for name, c in self.plan.calendars.items()}
        self.always = Worked(None, self.first.date(), self.days)
        self.now = self.minute(self.plan.projects[0].data_date)
        for i, activity in enumerate(self.plan.activities):
            self.minutes[activity.ref] = float(self.found.duration[i])
            if not activity.type.is_span and activity.status is not Status.COMPLETED:
                self._activity(activity, i)
            self._answer(activity)

    def minute(self, moment: object) -> int:
        """Minutes since the first day walked; a number stays one."""
        if isinstance(moment, np.datetime64):
            moment = moment.item()
        assert isinstance(moment, datetime)
        return int((moment - datetime.combine(self.first.date(), datetime.min.time())).total_seconds() // 60)

    def cost(self, certain: dict[Ref, float]) -> float:
        """Of all activities, of those that exist what remains."""
        return self.twin.cost(self.minutes, certain, self.gone)

    def _calendar(self, activity: Activity) -> Worked:
        return self.always if activity.elapsed else self.worked[self.plan.calendar_name(activity)]

    def _activity(self, activity: Activity, i: int) -> None:
        ref = activity.ref
        exists = ref not in self.twin.absent()
        assert bool(self.found.exists[i]) is exists, activity.id
        asked, room = self._asked(ref, exists)
        if not exists:
            self.gone.add(ref)
            self.dates[ref] = asked, asked
            return
        calendar = self._calendar(activity)
        begin = calendar.place(asked)
        self.twin.placed[ref] = Placed(begin, lambda moment: calendar.place(self.minute(moment)))
        delay, wanted = self.twin.delay(activity), max(self.twin.duration(activity), 0.0)
        start = calendar.place(self.minute(self.found.early_start[i]))
        wanted = self._stopped(activity, start, wanted)
        if self.twin.nearest > 3:
            assert abs(start - begin - delay) <= 1.51 + room + CLOSE * delay, (activity.id, start, begin, delay)
            assert abs(self.minutes[ref] - wanted) <= 1.51 + room + CLOSE * wanted, (activity.id, self.minutes[ref], wanted)
        self.dates[ref] = self.minute(self.found.early_start[i]), self.minute(self.found.early_finish[i])

    def _asked(self, ref: Ref, exists: bool) -> tuple[int, float]:
        """The instant that logic asks for, and by how much it may differ."""
        latest, room = self.now, 0.0
        for link in self.plan.relationships:
            if link.successor != ref or link.predecessor not in self.dates:
                continue
            stream = link_stream((link.predecessor, link.successor, link.type))
            if link.probability < 1 and not self.twin.occurs(f"{stream}/holds", link.probability):
                continue
            instant = self.dates[link.predecessor][1 if link.type is LinkType.FS else 0]
            if exists and link.predecessor not in self.gone:
                lag = self.twin.lag(link, stream)
                if link.type is LinkType.SS and self.plan.by_ref[link.predecessor].status is Status.IN_PROGRESS:
                    lag -= max(link.lag, 0)  # all of it has passed since the start, weeks ago
                room += 1 + CLOSE * abs(lag)
                instant = moved(instant, round(lag), self.always, to_finish=True)
            latest = max(latest, instant)
        return latest, room

    # -- conditions -----------------------------------------------------------------------------------------------------------

    def _asking(self, activity: Activity) -> list[ConditionalBranch]:
        shown = self.plan.shown[activity.ref]
        return [b for b in self.plan.branches if isinstance(b, ConditionalBranch) and b.activity == shown]

    def _stopped(self, activity: Activity, start: int, minutes: float) -> float:
        """Duration after conditions that cut work off."""
        for branch in self._asking(activity):
            if branch.quantity == "duration":
                assert isinstance(branch.limit, int | float)
                self._passes(branch, minutes - branch.limit, CLOSE * minutes)
                minutes = min(minutes, branch.limit) if branch.stop else minutes
            elif branch.quantity in ("start", "finish"):
                limit = self._calendar(activity).place(self.minute(branch.limit))
                left = limit - start
                self._passes(branch, (0 if branch.quantity == "start" else minutes) - left, CLOSE * minutes)
                minutes = min(minutes, max(left, 0)) if branch.stop else minutes
        return minutes

    def _passes(self, branch: ConditionalBranch, above: float, room: float) -> None:
        self.twin.answers[branch.id] = above > 0
        self.twin.nearest = min(self.twin.nearest, abs(above) - room)

    def _answer(self, activity: Activity) -> None:
        """Conditions on cost, and what is said of what does not exist."""
        for branch in self._asking(activity):
            if activity.ref in self.gone:
                self.twin.answers[branch.id] = False
            elif branch.quantity == "cost":
                assert isinstance(branch.limit, int | float)
                if activity.status is Status.COMPLETED:
                    self.twin.answers[branch.id] = spent(activity) > branch.limit
                else:
                    total = self.twin.cost_of(activity, self.minutes[activity.ref], activity.remaining_duration)
                    self._passes(branch, 1000 * (total - branch.limit), 0.2 * abs(total))
