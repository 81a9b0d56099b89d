"""What holds for the schedule of any plan: floats, relationships kept, longer work never finishes a project earlier."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import simcore
from simcore.models.plan import Activity, LinkType, Plan
from simcore.models.working_time import working_minutes
from tests.network_strategies import networks


def feasible(plan: Plan) -> Plan:
    """The plan without anything that asks for the impossible: no constraints, no must-finish date, no lags or leads."""
    free = {"constraints": (), "external_late_finish": None, "expected_finish": None}
    return plan.with_changes(
        activities=tuple(replace(a, **free) for a in plan.activities),
        relationships=tuple(replace(r, lag=0, percent=None) for r in plan.relationships),
        projects=tuple(replace(p, must_finish_by=None) for p in plan.projects),
    )


def on_one_calendar(plan: Plan) -> Plan:
    """Where calendars differ, a gap of one may be worked on the other, and an instant of the first is a span of the second."""
    return plan.with_changes(activities=tuple(replace(a, calendar=None, elapsed=False) for a in plan.activities))


def finish_to_start(plan: Plan) -> Plan:
    links = tuple(replace(r, type=LinkType.FS) for r in plan.relationships if not plan.by_ref[r.successor].type.is_span)
    return plan.with_changes(relationships=links)


def not_after(plan: Plan, activity: Activity, first: np.datetime64, second: np.datetime64) -> bool:
    """Whether one instant is not after another: 08:00 is not after 17:00 of the working day before."""
    if first <= second:
        return True
    return not activity.elapsed and working_minutes(plan.calendar_of(activity), second.item(), first.item()) == 0


@settings(max_examples=150)
@given(networks(hard=False).map(feasible).map(on_one_calendar))
def test_early_dates_come_before_late_ones_and_floats_agree_with_them(plan: Plan) -> None:
    schedule = simcore.schedule(plan)
    for i, activity in enumerate(plan.activities):
        if activity.type.is_span:
            continue
        assert not_after(plan, activity, schedule.early_start[i], schedule.late_start[i]), activity.id
        assert not_after(plan, activity, schedule.early_finish[i], schedule.late_finish[i]), activity.id
        assert schedule.free_float[i] >= 0, activity.id
        if not activity.elapsed:
            early, late = schedule.early_finish[i].item(), schedule.late_finish[i].item()
            assert working_minutes(plan.calendar_of(activity), early, late) == schedule.total_float[i], activity.id
    ends = schedule.early_finish == np.datetime64(schedule.project_end, "m")
    assert (schedule.longest_path & ends).any()
    assert (schedule.total_float[schedule.longest_path] == 0).any()


@settings(max_examples=150)
@given(networks(hard=False).map(feasible))
def test_no_relationship_is_violated(plan: Plan) -> None:
    schedule = simcore.schedule(plan)
    row = {a.ref: i for i, a in enumerate(plan.activities)}
    for link in plan.relationships:
        if plan.by_ref[link.predecessor].type.is_span or plan.by_ref[link.successor].type.is_span:
            continue
        p, s = row[link.predecessor], row[link.successor]
        before = schedule.early_finish if link.type in (LinkType.FS, LinkType.FF) else schedule.early_start
        after = schedule.early_start if link.type in (LinkType.FS, LinkType.SS) else schedule.early_finish
        assert not_after(plan, plan.by_ref[link.successor], before[p], after[s]), link


@settings(max_examples=100)
@given(networks(hard=False).map(feasible).map(finish_to_start), st.integers(0, 6), st.integers(1, 5_000))
def test_longer_work_moves_nothing_earlier(plan: Plan, which: int, more: int) -> None:
    activity = plan.activities[which % len(plan.activities)]
    if activity.type.is_span or activity.type.is_milestone:
        return
    before, after = simcore.schedule(plan), simcore.schedule(plan.with_activity(activity.ref, duration=activity.duration + more))
    placed = ~np.isnat(before.early_start)  # a hammock on nothing has no dates
    assert (after.early_start >= before.early_start)[placed].all()
    assert (after.early_finish >= before.early_finish)[placed].all()
