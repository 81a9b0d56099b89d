"""The engine against a scheduler that walks the calendar minute by minute, on random networks."""
from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import simcore
from simcore.models.plan import Plan, Ref, Status
from simcore.scheduling import Schedule
from tests.naive import NaiveSchedule
from tests.network_strategies import DATA_DATE, in_progress, networks

FIRST = DATA_DATE.date() - timedelta(days=500)


def outline(plan: Plan) -> str:
    """What is not default in a plan, short enough to read in a failure."""

    def told(thing: Any) -> str:
        named = ((f.name, getattr(thing, f.name), f.default) for f in fields(thing) if f.name not in ("project", "name"))
        return ", ".join(f"{name}={value}" for name, value, default in named if value != default)

    lines = [told(p) for p in plan.projects] + [told(a) for a in plan.activities] + [told(r) for r in plan.relationships]
    return "\n".join(lines + [f"{name}: {c.exceptions}" for name, c in plan.calendars.items()] + [told(plan.scheduling)])


def assert_same(plan: Plan, schedule: Schedule, durations: dict[Ref, int]) -> None:
    note(outline(plan))
    twin = NaiveSchedule(plan, durations, FIRST)
    for i, activity in enumerate(plan.activities):
        dates = twin.dates.get(activity.ref)
        if activity.status is Status.COMPLETED or dates is None:
            continue
        early = schedule.early_start[i], schedule.early_finish[i]
        assert early == (twin.moment(dates.start), twin.moment(dates.finish)), activity.id
        if activity.type.is_span:
            continue
        late = schedule.late_start[i], schedule.late_finish[i]
        assert late == (twin.moment(dates.late_start), twin.moment(dates.late_finish)), activity.id
        assert schedule.total_float[i] == dates.float, activity.id
        assert bool(schedule.longest_path[i]) == dates.longest_path, activity.id
    assert schedule.project_end == twin.moment(twin.finish).item()


def remaining(plan: Plan) -> dict[Ref, int]:
    return {a.ref: a.remaining_duration for a in plan.activities}


@settings(max_examples=300)
@given(networks())
def test_deterministic_schedule(plan):
    assert_same(plan, simcore.schedule(plan), remaining(plan))


@settings(max_examples=150)
@given(networks(hard=False).flatmap(in_progress))
def test_schedule_of_a_plan_in_progress(plan):
    assert_same(plan, simcore.schedule(plan), remaining(plan))


@settings(max_examples=60)
@given(networks(uncertain=True), st.integers(0, 39), st.integers(0, 10))
def test_sampled_iterations(plan, number, seed):
    results = simcore.simulate(plan, iterations=40, seed=seed, threads=1)
    schedule = results.iteration(number)
    durations = {a.ref: round(float(d)) for a, d in zip(plan.activities, schedule.duration, strict=True)}
    assert_same(plan, schedule, durations)
    assert results.finish.samples[number] == np.datetime64(schedule.project_end, "m")
