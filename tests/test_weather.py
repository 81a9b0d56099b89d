"""Weather against exact answers: counts of lost days, persistence, regions, measured records."""
from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

import simcore
from simcore.answers import json_text
from simcore.design import Design
from simcore.models.calendars import Calendar, always
from simcore.models.costs import Amount, Cost
from simcore.models.distributions import Triangular
from simcore.models.plan import Activity, ActivityType, LinkType, Plan, Relationship
from simcore.models.risks import Impact, Risk
from simcore.models.weather import DAYS, Weather
from tests.network_strategies import WEEKS
from tests.oracle_plans import ITERATIONS, assert_near, oracle, replicate_error
from tests.weather_cases import START, compiled, lost_days, plan_on

OFFICE = Calendar(name="office", week=WEEKS["five days"])  # type: ignore[arg-type]
SITE = Calendar(name="site", week=WEEKS["six long days"])  # type: ignore[arg-type]
EVERY = always("every")


def share_error(p: float, n: int) -> float:
    return math.sqrt(p * (1 - p) / n)


def both_below(chance: float, other: float, correlation: float) -> float:
    """Probability that two normals of a correlation lie below the quantiles of two chances."""
    covariance = [[1, correlation], [correlation, 1]]
    return float(multivariate_normal(cov=covariance).cdf([norm.ppf(chance), norm.ppf(other)]))


def assert_share(found: np.ndarray, exact: float, what: str) -> None:
    assert_near(float(found.mean()), exact, share_error(exact, found.size), rounding=3e-5, what=what)


# -- how long work takes ------------------------------------------------------------------------------------------------------


def test_days_of_ten_working_days_are_negative_binomial():
    exact = oracle("o16_branching_calendars")["weather_negative_binomial"]
    plan = plan_on([EVERY], [Weather(calendar="every", monthly=(0.2,) * 12)], minutes=10 * 1440)
    results = simcore.simulate(plan, iterations=ITERATIONS, seed=1, threads=2)
    days = (results.finish.samples - np.datetime64(START, "m")).astype(float) / 1440
    half_a_minute = 0.5 / 1440
    assert_near(float(days.mean()), exact["mean"], replicate_error(np.mean, days), half_a_minute, "mean")
    assert_near(float(days.var()), exact["variance"], replicate_error(np.var, days), half_a_minute, "variance")
    for count, probability in exact["pmf"].items():
        assert_near(float((days == int(count)).mean()), probability, share_error(probability, ITERATIONS), 0.0, count)
    for name, value in exact["quantiles_inf"].items():
        # a quantile of a discrete result is off only where its probability is as near to the curve's step as the error
        p = float(name[1:]) / 100
        below = sum(v for k, v in exact["pmf"].items() if int(k) < value)
        assert below + 4 * share_error(below, ITERATIONS) < p < below + exact["pmf"][str(value)] - 4 * share_error(p, ITERATIONS)
        assert results.finish.p(float(name[1:])) == START + timedelta(days=value)
    assert results.finish.deterministic == START + timedelta(days=10)


def test_every_month_has_its_chance():
    monthly = tuple(0.05 + 0.07 * month for month in range(12))
    plan = plan_on([OFFICE], [Weather(calendar="office", monthly=monthly)])
    lost = lost_days(plan)[0]
    first, worked = compiled(plan).first, compiled(plan).worked(0)
    for month in range(12):
        chosen = [n for n in range(364) if worked[n] and (first + timedelta(days=n)).month == month + 1]
        assert_share(lost[chosen], monthly[month], f"month {month + 1}")
    assert not lost[~worked].any()


# -- persistence and regions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persistence", [0.0, 0.3, 0.8])
def test_persistence_is_the_correlation_of_the_normals_behind_days_in_a_row(persistence):
    chance = 0.3
    plan = plan_on([EVERY], [Weather(calendar="every", monthly=(chance,) * 12, persistence=persistence)])
    lost = lost_days(plan)[0]
    for n, apart in product((0, 1, 200), (1, 4)):
        assert_share(lost[n], chance, f"day {n}")
        assert_share(lost[n] & lost[n + apart], both_below(chance, chance, persistence**apart), f"{n}, {apart} apart")


@pytest.mark.parametrize(("one", "other"), [(1.0, 1.0), (0.8, 0.5), (0.0, 1.0)])
def test_calendars_of_a_region_have_their_weather_together(one, other):
    chances = 0.2, 0.5
    weather = [
        Weather(calendar="every", monthly=(chances[0],) * 12, persistence=0.4, region="coast", correlation=one),
        Weather(calendar="site", monthly=(chances[1],) * 12, persistence=0.4, region="coast", correlation=other),
    ]
    every, site = lost_days(plan_on([EVERY, SITE], weather))
    for n in (0, 1, 100):
        assert_share(every[n] & site[n], both_below(*chances, math.sqrt(one * other)) if one * other < 1 else 0.2, f"day {n}")
    apart = [replace(weather[0], region=""), weather[1]]
    every, site = lost_days(plan_on([EVERY, SITE], apart))
    assert_share(every[1] & site[1], 0.1, "without a region")


def test_iterations_have_weather_of_their_own():
    """No iteration repeats another one's, in no replicate."""
    lost = lost_days(plan_on([EVERY], [Weather(calendar="every", monthly=(0.5,) * 12)]), lanes=64)[0][:200]
    assert len({column.tobytes() for column in lost.T}) == 16 * 64
    agreement = np.corrcoef(lost.T.astype(float))[np.triu_indices(16 * 64, 1)]
    assert abs(agreement.std() * math.sqrt(200) - 1) < 0.02


# -- measured records ---------------------------------------------------------------------------------------------------------


def measured(*lost: tuple[int, int]) -> bytes:
    """A year in which the days (month, day) are lost."""
    taken = bytearray(DAYS)
    for month, day in lost:
        taken[date(2000, month, day).timetuple().tm_yday - 1] = 1
    return bytes(taken)


RECORD = (measured((1, 5), (2, 28)), measured((1, 5), (1, 6), (2, 29), (12, 31)), measured((1, 6)))


def on(lost: np.ndarray, first: date, *days: date) -> np.ndarray:
    return np.array([lost[(day - first).days] for day in days])


def test_every_year_is_one_of_the_measured_ones():
    first = date(2026, 1, 5)
    lost = lost_days(plan_on([EVERY], [Weather(calendar="every", record=RECORD)]))[0]
    january = on(lost, first, date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 28), date(2026, 12, 31))
    expected = {(1, 0, 1, 0), (1, 1, 0, 1), (0, 1, 0, 0)}  # years stay whole
    found, counts = np.unique(january, axis=1, return_counts=True)
    assert {tuple(int(x) for x in column) for column in found.T} == expected
    for count in counts:
        assert_near(count / lost.shape[1], 1 / 3, share_error(1 / 3, lost.shape[1]), 0.0, "a measured year")
    next_year = on(lost, first, date(2027, 1, 6), date(2027, 12, 31))[0]
    assert_share(january[1] & next_year, (2 / 3) ** 2, "years are independent")


def test_a_leap_day_is_measured_or_repeats_the_day_before():
    start = datetime(2028, 1, 3)
    lost = lost_days(plan_on([EVERY], [Weather(calendar="every", record=RECORD)], start))[0]
    first = start.date()
    leap, new_year = on(lost, first, date(2028, 2, 29), date(2028, 12, 31))
    np.testing.assert_array_equal(leap, new_year)  # both are lost in the second measured year alone
    assert not on(lost, first, date(2028, 3, 1)).any()


def test_a_region_draws_the_same_years():
    mirrored = tuple(bytes(1 - day for day in year) for year in RECORD)
    together = [
        Weather(calendar="every", record=RECORD, region="coast"),
        Weather(calendar="site", record=mirrored, region="coast"),
    ]
    site_daily = replace(EVERY, name="site")
    every, site = lost_days(plan_on([EVERY, site_daily], together))
    np.testing.assert_array_equal(every, ~site)
    every, site = lost_days(plan_on([EVERY, site_daily], [together[0], replace(together[1], correlation=0.0)]))
    assert_share(every[0] & ~site[0], 4 / 9, "on their own")


# -- what else it changes: nothing --------------------------------------------------------------------------------------------


def works(weather: tuple[Weather, ...], start: datetime = START, **more: object) -> Plan:
    plan = plan_on([OFFICE, SITE], weather, start, minutes=9600)
    ranged = tuple(replace(a, uncertainty=Triangular(0.8, 1.0, 1.5, relative=True)) for a in plan.activities)
    return plan.with_changes(activities=ranged, **more)


ROUGH = Weather(calendar="site", monthly=(0.4,) * 12, persistence=0.5, region="coast", correlation=0.5)
PLAIN = Design(seed=1)
MILD = Weather(calendar="office", monthly=(0.1,) * 12, region="coast", correlation=0.9)


def test_weather_on_one_calendar_moves_nothing_on_another():
    without, with_site = (simcore.simulate(works(w), iterations=400, design=PLAIN) for w in ((), (ROUGH,)))
    np.testing.assert_array_equal(without.milestones["office"].samples, with_site.milestones["office"].samples)
    for quantity in ("counts", "smallest", "largest"):
        np.testing.assert_array_equal(*(getattr(r.activities.histograms["duration"], quantity) for r in (without, with_site)))
    assert (with_site.milestones["site"].samples > without.milestones["site"].samples).mean() > 0.9
    more = simcore.simulate(works((MILD, ROUGH)), iterations=400, design=PLAIN)
    np.testing.assert_array_equal(more.milestones["site"].samples, with_site.milestones["site"].samples)
    assert without.finish.deterministic == with_site.finish.deterministic == more.finish.deterministic
    np.testing.assert_array_equal(without.schedule.late_finish, more.schedule.late_finish)


@pytest.mark.parametrize(("threads", "lanes"), [(2, 33), (7, 320), (1, 1000)])
def test_threads_and_batches_change_nothing(threads, lanes):
    plan = works((MILD, ROUGH))
    one = simcore.simulate(plan, iterations=700, threads=1, lanes=64, with_float=True)
    other = simcore.simulate(plan, iterations=700, threads=threads, lanes=lanes, with_float=True)
    np.testing.assert_array_equal(one.finish.samples, other.finish.samples)
    assert json_text(one.to_dict()) == json_text(other.to_dict())
    for quantity, histograms in one.activities.histograms.items():
        np.testing.assert_array_equal(histograms.counts, other.activities.histograms[quantity].counts)


def test_more_iterations_begin_with_the_same():
    plan = works((MILD, ROUGH))
    few, many = (simcore.simulate(plan, iterations=n).finish.samples for n in (300, 500))
    np.testing.assert_array_equal(few, many[:300])


def test_single_iterations_are_recomputed_with_their_weather():
    results = simcore.simulate(works((MILD, ROUGH)), iterations=200)
    for number in (0, 1, 17, 199):
        schedule = results.iteration(number)
        assert schedule.project_end == results.finish.samples[number].item()
        for i, a in enumerate(results.plan.activities):
            assert schedule.finish[i] == results.milestones[a.id].samples[number]


def test_every_scenario_has_the_same_weather():
    """It is uncertainty, no risk event."""
    late = Risk(id="R", probability=0.5, impacts=(Impact(activity="office", duration=Triangular(480, 960, 1440)),))
    plan = works((MILD, ROUGH), risks=(late,))
    pre, none = (simcore.simulate(plan, iterations=200, scenario=name) for name in ("pre", "none"))
    np.testing.assert_array_equal(pre.milestones["site"].samples, none.milestones["site"].samples)
    moved = pre.milestones["office"].samples != none.milestones["office"].samples
    assert 0.3 < moved.mean() < 0.7


@pytest.mark.parametrize("weather", [ROUGH, MILD, Weather(calendar="site", record=RECORD * 5)])
def test_a_date_keeps_its_weather_when_the_data_date_moves_on(weather):
    weeks = 5
    calendars = [OFFICE, SITE]
    before, after = (lost_days(plan_on(calendars, [weather], START + timedelta(weeks=w)), lanes=50)[0] for w in (0, weeks))
    np.testing.assert_array_equal(before[7 * weeks : 700], after[: 700 - 7 * weeks])


def test_weather_of_a_calendar_that_nothing_runs_on_is_left_out():
    plan = plan_on([OFFICE], [])
    idle = plan.with_changes(calendars={**plan.calendars, "site": SITE}, weather=(ROUGH,))
    assert simcore.simulate(idle, iterations=50).weather == ()


def test_standing_time_counts_in_hammocks():
    """What spans other work lasts through lost days: overheads run on."""
    plan = plan_on([OFFICE], [Weather(calendar="office", monthly=(0.5,) * 12)], minutes=10 * 480)
    hammock = Activity(project="P", id="overheads", type=ActivityType.HAMMOCK, calendar="office",
                       cost=Cost(per_day=Amount(value=1.0)))  # fmt: skip
    work = plan.activities[0].ref
    links = Relationship(work, hammock.ref, LinkType.SS), Relationship(work, hammock.ref, LinkType.FF)
    results = simcore.simulate(plan.with_changes(activities=(*plan.activities, hammock), relationships=links), iterations=200)
    assert results.cost is not None
    for number in (0, 1, 2, 150):
        schedule = results.iteration(number)
        begin, end = schedule.start[1].astype("datetime64[D]"), schedule.finish[1].astype("datetime64[D]")
        days = int(np.busday_count(begin, end)) + 1
        assert results.cost.samples[number] == pytest.approx(days)
        assert schedule.duration[1] == days * 480
        assert schedule.duration[0] == 10 * 480
    assert results.cost.deterministic == pytest.approx(10)
    assert results.cost.samples.mean() > 15


# -- what is told ------------------------------------------------------------------------------------


def test_what_weather_took_is_told():
    monthly = (0.4, 0.4, 0.2, 0.1, *(0.0,) * 8)
    plan = plan_on([OFFICE], [Weather(calendar="office", monthly=monthly)], minutes=60 * 480)
    results = simcore.simulate(plan, iterations=2000)
    (told,) = results.weather
    assert (told.calendar, told.first) == ("office", START.date())
    assert told.last == results.finish.p(80).date()
    days = [told.first + timedelta(days=n) for n in range((told.last - told.first).days + 1)]
    for month, lost in told.months.items():
        working = sum(day.weekday() < 5 and day.month == month for day in days)
        assert lost.working_days == working
        assert lost.expected == pytest.approx(working * monthly[month - 1])
        sd = math.sqrt(working * monthly[month - 1] * (1 - monthly[month - 1]) / 512)
        assert abs(lost.mean - lost.expected) <= 4 * sd
        assert lost.p10 <= lost.mean <= lost.p90
    assert told.lost.working_days == sum(lost.working_days for lost in told.months.values())
    assert told.lost.mean == pytest.approx(sum(lost.mean for lost in told.months.values()))
    assert 1 < told.longest_mean < 10
    assert told.longest_p90 >= 3
    answer = results.to_dict()["weather"][0]
    assert answer["calendar"] == "office"
    assert answer["lost"]["P90"] == told.lost.p90
    assert set(answer["months"]) == {str(month) for month in told.months}


def test_a_record_is_told_by_its_mean():
    results = simcore.simulate(plan_on([EVERY], [Weather(calendar="every", record=RECORD)]), iterations=500)
    (told,) = results.weather
    assert told.lost.expected == pytest.approx(4 / 3)  # 5 and 6 January, two of three years each


def test_weather_alone_is_uncertainty():
    warnings = simcore.simulate(plan_on([OFFICE], [MILD]), iterations=50).warnings
    assert not [text for text in warnings if "Nothing in the plan is uncertain" in text]


def test_a_plan_without_weather_tells_nothing():
    results = simcore.simulate(works(()), iterations=100)
    assert results.weather == ()
    assert results.to_dict()["weather"] == []


def test_the_model_has_another_digest_with_weather():
    calm, rough = (simcore.schedule(works(w)).to_dict() for w in ((), (ROUGH,)))
    assert calm["model_sha256"] != rough["model_sha256"]
    assert calm["activities"] == rough["activities"]
