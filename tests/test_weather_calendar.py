"""Work in the lanes of a calendar that loses days, against lists of single minutes; whole iterations against the naive twin."""
from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simcore
from simcore.kernel_calendar import (
    constant_row,
    finish_row,
    planned_row,
    start_in_lane,
    start_row,
    work_in_lane,
    work_one,
    work_row,
)
from simcore.models.calendars import DAY, Calendar, always
from simcore.models.plan import Plan
from simcore.models.weather import Weather
from simcore.network import compile_network
from simcore.weather import LaneWeather
from tests.naive import NaiveSchedule
from tests.network_strategies import WEEKS, calendars, networks
from tests.test_naive_twin import FIRST, outline
from tests.weather_cases import Weathered, compiled, plan_on

LANES = 5
EVERY_CALENDAR = st.sampled_from(sorted(WEEKS)).flatmap(calendars)
SEVERE = st.sampled_from([0.05, 0.4, 0.8, 0.97])


def lanes_of(calendar: Calendar, chance: float, persistence: float, seed: int) -> tuple[Plan, LaneWeather]:
    plan = plan_on([calendar], [Weather(calendar=calendar.name, monthly=(chance,) * 12, persistence=persistence)], minutes=900)
    memory = LaneWeather(compiled(plan), LANES)
    memory.sample((np.uint64(seed), 3, 16), 0, LANES)
    return plan, memory


def asked(kernel: object, tables: object, values: np.ndarray) -> np.ndarray:
    out, scratch = np.zeros_like(values), np.zeros_like(values)
    kernel(tables, 0, values, out, scratch)  # type: ignore[operator]
    return out


@settings(max_examples=60, deadline=None)
@given(EVERY_CALENDAR, SEVERE, st.sampled_from([0.0, 0.7]), st.integers(0, 2**32 - 1))
def test_rows_and_single_values_against_the_list_of_minutes(calendar, chance, persistence, seed):
    """Inside the table, before it, and beyond, where the pattern of lost work repeats."""
    plan, memory = lanes_of(calendar, chance, persistence, seed)
    network = compile_network(plan)
    origin, weather = network.clock.origin.date(), memory.weather
    walked = (weather.first - origin).days + int(2.4 * weather.days)
    lost = memory.lost(0)
    twins = [Weathered(calendar, origin, walked, weather.first, lost[:, j]) for j in range(LANES)]
    rng = np.random.default_rng(seed)
    begin = (weather.first - origin).days * DAY
    for upto in (begin + 90 * DAY, begin + weather.days * DAY, (walked - 1) * DAY):
        clock = rng.integers(begin, upto, (20, LANES)).astype(np.int32)
        clock[0] -= np.int32(30 * DAY)
        for row in clock:
            work = asked(work_row, memory.tables, row)
            assert work.tolist() == [twins[j].place(int(t)) for j, t in enumerate(row)]
            assert work.tolist() == [work_in_lane(memory.tables, 0, int(t), j) for j, t in enumerate(row)]
        last = min(twin.place(upto) for twin in twins)
        for row in rng.integers(twins[0].place(begin) - 500, last, (20, LANES)).astype(np.int32):
            starts = asked(start_row, memory.tables, row)
            assert starts.tolist() == [twins[j].start(int(w)) for j, w in enumerate(row)]
            assert starts.tolist() == [start_in_lane(memory.tables, 0, int(w), j) for j, w in enumerate(row)]
            assert asked(finish_row, memory.tables, row).tolist() == [twins[j].finish(int(w)) for j, w in enumerate(row)]


@given(EVERY_CALENDAR, SEVERE, st.lists(st.integers(-3_000_000, 30_000_000), min_size=LANES, max_size=LANES))
@settings(deadline=None)
def test_there_and_back_anywhere(calendar, chance, minutes):
    """Before the origin and decades beyond the table."""
    _, memory = lanes_of(calendar, chance, 0.5, 1)
    clock = np.array(minutes, np.int32)
    work = asked(work_row, memory.tables, clock)
    start, finish = asked(start_row, memory.tables, work), asked(finish_row, memory.tables, work)
    assert (finish <= clock).all()
    assert (clock <= start).all()
    np.testing.assert_array_equal(asked(work_row, memory.tables, start), work)
    np.testing.assert_array_equal(asked(work_row, memory.tables, finish), work)
    same = np.zeros_like(clock)
    constant_row(memory.tables, 0, minutes[0], same)
    np.testing.assert_array_equal(same, asked(work_row, memory.tables, np.full_like(clock, minutes[0])))
    planned = np.zeros_like(clock)
    planned_row(memory.tables, 0, work, planned)
    assert planned.tolist() == [work_one(memory.tables, 0, int(t)) for t in start]


def test_a_night_belongs_to_the_day_it_begins_in():
    nights = Calendar(name="nights", week=(((1320, 1800),),) * 5 + ((), ()))
    _, memory = lanes_of(nights, 0.5, 0.0, 4)
    lost = memory.lost(0)
    monday = (memory.weather.first_day) * DAY
    for j in range(LANES):
        for day in range(5):
            evening, morning = monday + day * DAY + 1320, monday + day * DAY + 1800
            done = work_in_lane(memory.tables, 0, morning, j) - work_in_lane(memory.tables, 0, evening, j)
            assert done == (0 if lost[day, j] else 480)
    assert lost[:5].any()
    assert not lost[:5].all()


def test_round_the_clock_loses_whole_days():
    _, memory = lanes_of(always("always"), 0.5, 0.0, 9)
    begin = memory.weather.first_day * DAY
    done = [work_in_lane(memory.tables, 0, begin + (n + 1) * DAY, 0) - work_in_lane(memory.tables, 0, begin + n * DAY, 0)
            for n in range(60)]  # fmt: skip
    assert done == [0 if lost else DAY for lost in memory.lost(0)[:60, 0]]


def test_nothing_is_lost_before_the_data_date():
    _, memory = lanes_of(Calendar(name="c", week=WEEKS["five days"]), 0.97, 0.9, 2)  # type: ignore[arg-type]
    begin = memory.weather.first_day * DAY
    for t in range(0, begin, 977):
        assert work_in_lane(memory.tables, 0, t, 1) == work_one(memory.tables, 0, t)


@pytest.mark.parametrize("record", [False, True])
def test_one_working_day_is_left_where_all_are_lost(record):
    """So every iteration ends at some time."""
    calendar = Calendar(name="c", week=WEEKS["five days"])  # type: ignore[arg-type]
    takes = {"record": (b"\1" * 366,)} if record else {"monthly": (1.0,) * 12}
    plan = plan_on([calendar], [Weather(calendar="c", **takes)], minutes=960)  # type: ignore[arg-type]
    memory = LaneWeather(compiled(plan), LANES)
    memory.sample((np.uint64(1), 0, 16), 0, LANES)
    worked = memory.weather.worked(0)
    assert (memory.lost(0).sum(axis=0) == worked.sum() - 1).all()
    results = simcore.simulate(plan, iterations=20, threads=1)
    assert results.finish.p(50) > datetime(2026, 1, 5) + timedelta(days=2 * memory.weather.days - 10)


# -- whole iterations ---------------------------------------------------------------------------------------------------------


@st.composite
def with_weather(draw: st.DrawFn) -> Plan:
    """Weather on some of the calendars; nights a week apart would walk out of the days that the twin knows."""
    plan = draw(networks(uncertain=True))
    weather = []
    for name in plan.calendars:
        if draw(st.booleans()):
            monthly = tuple(draw(st.lists(st.sampled_from([0.0, 0.2, 0.6]), min_size=12, max_size=12)))
            region = draw(st.sampled_from(["", "coast"]))
            weather.append(
                Weather(calendar=name, monthly=monthly, persistence=draw(st.sampled_from([0.0, 0.6])), region=region,
                        correlation=draw(st.sampled_from([0.0, 0.7, 1.0])))
            )  # fmt: skip
    return plan.with_changes(weather=tuple(weather))


@settings(max_examples=80, deadline=None)
@given(with_weather(), st.integers(0, 39), st.integers(0, 10))
def test_sampled_iterations_against_the_naive_twin(plan, number, seed):
    results = simcore.simulate(plan, iterations=40, seed=seed, threads=1, with_float=True)
    schedule = results.iteration(number)
    durations = {a.ref: round(float(d)) for a, d in zip(plan.activities, schedule.duration, strict=True)}
    twin = NaiveSchedule(plan, durations, FIRST, 2600, instead=weathered(results, number))
    for i, activity in enumerate(plan.activities):
        dates = twin.dates.get(activity.ref)
        if dates is None:
            continue
        where = f"{activity.id}\n{outline(plan)}\n{plan.weather}"
        assert schedule.early_start[i] == twin.moment(dates.start), where
        assert schedule.early_finish[i] == twin.moment(dates.finish), where
        if activity.type.is_span:
            continue
        assert schedule.late_start[i] == twin.moment(dates.late_start), where
        assert schedule.late_finish[i] == twin.moment(dates.late_finish), where
        assert schedule.total_float[i] == dates.float, where
        assert bool(schedule.longest_path[i]) == dates.longest_path, where
    assert schedule.project_end == twin.moment(twin.finish).item()
    assert results.finish.samples[number] == np.datetime64(schedule.project_end, "m")


def weathered(results: simcore.Results, number: int) -> dict[str, Weathered]:
    """Calendars as they are in an iteration."""
    run, plan = results.replay, results.plan
    if run.weather is None:
        return {}
    k, replicate = divmod(number, results.design.replicates)
    memory = LaneWeather(run.weather, 1)
    memory.sample((run.seed, replicate, results.design.replicates), k, k + 1)
    names = list(run.network.calendars.index)
    return {
        names[c]: Weathered(plan.calendars[names[c]], FIRST, 2600, memory.weather.first, memory.lost(place)[:, 0])
        for place, c in enumerate(run.weather.calendars)
    }


def test_histograms_tell_dates_of_the_base_calendar():
    """P-values of starts and finishes are those of the iterations' dates, to the resolution of the bins."""
    office = Calendar(name="c", week=WEEKS["five days"])  # type: ignore[arg-type]
    plan = plan_on([office], [Weather(calendar="c", monthly=(0.5,) * 12)], minutes=9600)
    results = simcore.simulate(plan, iterations=2000, threads=1)
    samples = np.sort(results.milestones["c"].samples)
    for percent in (10, 50, 80):
        found = results.activities.percentile("finish", percent)[0]
        exact = samples[percent * 20 - 1]
        width = int(results.activities.histograms["finish"].width[0])
        assert abs((found - exact).astype(int)) <= max(width, 1440) * 3
    assert results.activities.percentile("start", 50)[0] >= np.datetime64(plan.projects[0].start, "m")
