"""Weather together with logic by chance: every iteration is the naive schedule of what exists, without the days lost."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import simcore
from simcore.models.branches import ConditionalBranch
from simcore.models.calendars import always
from simcore.models.distributions import Uniform
from simcore.models.plan import Plan, Relationship
from simcore.models.weather import Weather
from simcore.weather import LaneWeather
from tests.naive import NaiveSchedule
from tests.naive_risks import NaiveIteration
from tests.test_logic_risk import absent, chancy_networks, reduced
from tests.test_naive_twin import FIRST
from tests.test_weather_calendar import weathered
from tests.weather_cases import START, plan_on

HALF = (0.5,) * 12


@settings(max_examples=80, deadline=None)
@given(chancy_networks(), st.integers(0, 39), st.integers(0, 5))
def test_an_iteration_is_the_schedule_without_what_is_absent_or_lost(plan: Plan, number: int, seed: int) -> None:
    chances = (0.3,) * 12
    plan = plan.with_changes(weather=tuple(Weather(calendar=name, monthly=chances, persistence=0.3) for name in plan.calendars))
    results = simcore.simulate(plan, iterations=40, seed=seed, threads=1)
    found, twin = results.iteration(number), NaiveIteration(plan, results.design, number)
    gone = absent(plan, twin)
    if all(a.ref in gone or a.type.is_span for a in plan.activities):
        return
    durations = {a.ref: round(float(d)) for a, d in zip(plan.activities, found.duration, strict=True)}
    naive = NaiveSchedule(reduced(plan, twin, gone, durations), durations, FIRST, 2600, instead=weathered(results, number))
    for i, a in enumerate(plan.activities):
        if a.ref in gone or a.type.is_span:
            continue
        dates = naive.dates[a.ref]
        assert found.early_start[i] == naive.moment(dates.start), a.id
        assert found.early_finish[i] == naive.moment(dates.finish), a.id
        assert found.late_finish[i] == naive.moment(dates.late_finish), a.id
        assert found.total_float[i] == dates.float, a.id
        assert bool(found.longest_path[i]) == dates.longest_path, a.id
    assert results.finish.samples[number] == np.datetime64(naive.moment(naive.finish).item(), "m")


def test_work_stopped_at_a_date_has_done_what_the_weather_let_it():
    """An activity abandoned at the end of a day has worked on the days until then that were not lost."""
    site = always("site")
    plan = plan_on([site], [Weather(calendar="site", monthly=HALF)], minutes=20 * 1440)
    limit = START.replace(day=25)
    branch = ConditionalBranch(id="B", quantity="finish", activity="site", limit=limit, stop=True)
    results = simcore.simulate(plan.with_changes(branches=(branch,)), iterations=60, threads=1)
    for number in range(0, 60, 7):
        found = results.iteration(number)
        lost = weathered_days(results, number, 20)
        assert found.finish[0] <= np.datetime64(limit, "m")
        assert found.duration[0] == 1440 * (20 - lost)


def weathered_days(results: simcore.Results, number: int, days: int) -> int:
    """Lost days of the first so many, in an iteration."""
    run = results.replay
    k, replicate = divmod(number, results.design.replicates)
    memory = LaneWeather(run.weather, 1)
    memory.sample((run.seed, replicate, results.design.replicates), k, k + 1)
    return int(memory.lost(0)[:days, 0].sum())


def test_uncertain_lags_lose_days_too():
    site = always("site")
    plan = plan_on([site], [Weather(calendar="site", monthly=HALF)], minutes=1440)
    first = plan.activities[0]
    second = replace(first, id="second")
    link = Relationship(first.ref, second.ref, lag=2880, uncertainty=Uniform(2879.9, 2880.1))
    plan = plan.with_changes(activities=(first, second), relationships=(link,), focus=(second.ref,))
    certain = plan.with_changes(relationships=(replace(link, uncertainty=None),))
    one, other = (simcore.simulate(p, iterations=200, threads=1).finish.samples for p in (plan, certain))
    np.testing.assert_array_equal(one, other)
    assert (one > np.datetime64(START, "m") + np.timedelta64(4 * 1440, "m")).mean() > 0.8
