"""Risk drivers and branching against exact answers (oracles, o11, o16)."""
from __future__ import annotations

import math
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import simcore
from simcore.models.calendars import Calendar, always
from simcore.models.distributions import Discrete, Fixed
from simcore.models.plan import Activity, LinkType, Plan, Project, Ref, Relationship
from simcore.models.risks import Factor, Impact, Risk
from simcore.results import Results
from tests.oracle_plans import (
    ITERATIONS,
    UNIT,
    activity,
    assert_moments,
    assert_near,
    assert_percentile,
    assert_share,
    oracle,
    plan,
    replicate_error,
    run,
    serial,
    triangle,
    units,
)


def driver(name: str, prob: float, factor: list[float], applies_to: tuple[str, ...], combine: str = "series") -> Factor:
    return Factor(id=name, probability=prob, uncertainty=triangle(factor, True), applies_to=applies_to, combine=combine)


# -- risk drivers -------------------------------------------------------------------------------------------------------


def drivers_of(case: dict[str, Any]) -> tuple[list[Activity], tuple[Factor, ...]]:
    activities = [
        activity(name, None if a["uncertainty"] is None else triangle(a["uncertainty"], True), a["base"])
        for name, a in case["activities"].items()
    ]
    factors = tuple(
        driver(name, d["prob"], d["factor"], tuple(key for key, a in case["activities"].items() if name in a["drivers"]))
        for name, d in case["drivers"].items()
    )
    return activities, factors


@pytest.mark.parametrize("number", range(4))
def test_correlation_emerges_from_shared_drivers(number):
    case = oracle("o11_risk_drivers")["moment_cases"][number]
    activities, factors = drivers_of(case)
    results = run(plan(activities, factors=factors))
    for name, mean in case["mean"].items():
        assert_moments(results.milestones[name], mean, case["sd"][name])
    samples = {name: units(variable) for name, variable in results.milestones.items()}
    for a, b in combinations(samples, 2):
        found = float(np.corrcoef(samples[a], samples[b])[0, 1])
        error = replicate_error(lambda x, y: np.corrcoef(x, y)[0, 1], samples[a], samples[b])
        assert_near(found, case["correlation"][f"{a}-{b}"], float(error), what=f"correlation of {a} and {b}")


@pytest.mark.parametrize("number", range(4))
def test_serial_sum_under_shared_drivers(number):
    case = oracle("o11_risk_drivers")["moment_cases"][number]
    activities, factors = drivers_of(case)
    results = run(plan(activities, serial([a.id for a in activities]), factors=factors))
    assert_moments(results.finish, case["serial_sum_mean"], case["serial_sum_sd"])


def cdf_case(number: int) -> dict[str, Any]:
    return oracle("o11_risk_drivers")["cdf_cases"][number]


def assert_curve(results: Results, exact: dict[str, Any]) -> None:
    assert_moments(results.finish, exact["mean"], exact["sd"])
    for percent, value in exact["percentiles"].items():
        assert_percentile(results.finish, float(percent.removeprefix("P")), value)
    for value, share in exact["cdf"].items():
        assert_share(results.finish, float(value), share)


def test_shared_driver_in_series():
    case = cdf_case(0)
    inputs, d = case["inputs"], case["inputs"]["driver"]
    tasks = [activity(name, triangle(inputs[name]), inputs[name][1]) for name in "AB"]
    results = run(plan(tasks, serial("AB"), factors=(driver("R", d["prob"], d["factor"], ("A", "B")),)))
    assert_curve(results, case["results"])


@pytest.mark.parametrize("shared", [True, False])
def test_driver_of_parallel_activities_shared_or_separate(shared):
    case = cdf_case(1)
    inputs, d = case["inputs"], case["inputs"]["driver"]
    tasks = [activity(name, triangle(inputs[name]), inputs[name][1]) for name in "AB"]
    touched = [("A", "B")] if shared else [("A",), ("B",)]
    factors = tuple(driver(f"R{k}", d["prob"], d["factor"], names) for k, names in enumerate(touched))
    exact = case["results"]["shared_driver" if shared else "two_independent_copies_of_driver"]
    assert_curve(run(plan(tasks, factors=factors)), exact)


@pytest.mark.parametrize(("combine", "name"), [("series", "multiply"), ("parallel", "max")])
def test_two_drivers_multiply_or_the_largest_counts(combine, name):
    case = cdf_case(2)
    inputs, exact = case["inputs"], case["results"][name]
    factors = tuple(
        driver(f"R{k}", inputs[f"driver{k}"]["p"], inputs[f"driver{k}"]["factor"], ("A",), combine) for k in (1, 2)
    )
    finish = run(plan([activity("A", units=inputs["base"])], factors=factors)).finish
    assert_moments(finish, exact["mean"], math.sqrt(exact["second_moment"] - exact["mean"] ** 2))
    assert_share(finish, 100, inputs["atom_at_100"])
    assert_share(finish, 120, exact["P_le_120"])
    assert_share(finish, 140, exact["P_le_140"])


# -- branching and calendars ----------------------------------------------------------------------------------------------


def test_a_test_that_fails_once():
    """The work again is a risk event on the test."""
    case = oracle("o16_branching_calendars")["test_fail_once"]
    again = Risk(id="fails", probability=0.3, impacts=(Impact(activity="test", duration=Fixed(15 * UNIT)),))
    tasks = [activity("build", units=20), activity("test", units=5)]
    finish = run(plan(tasks, serial(["build", "test"]), risks=(again,))).finish
    assert set(units(finish)) == {float(value) for value in case["pmf"]}
    assert_share(finish, 25, case["pmf"]["25"]["value"])
    assert_moments(finish, case["mean"]["value"], math.sqrt(case["variance"]["value"]))


def test_dates_on_a_calendar_with_holidays():
    case = oracle("o16_branching_calendars")["finish_date_distribution"]
    office = Calendar(
        name="office",
        week=(((480, 720), (780, 1020)),) * 5 + ((), ()),
        exceptions={datetime(2026, month, d).date(): () for month, d in ((4, 3), (4, 6), (5, 1))},
    )
    work = {"A": ((3, 5, 9), (0.3, 0.5, 0.2)), "B": ((4, 6, 10), (0.4, 0.4, 0.2))}
    tasks = tuple(
        Activity(project="P", id=name, duration=480 * values[1],
                 uncertainty=Discrete(tuple(480.0 * v for v in values), weights))
        for name, (values, weights) in work.items()
    )  # fmt: skip
    dated = Plan(
        projects=(Project(id="P", start=datetime(2026, 3, 30, 8)),),
        activities=tasks,
        relationships=(Relationship(Ref("P", "A"), Ref("P", "B"), LinkType.FS),),
        calendars={"office": office},
    )
    finish = simcore.simulate(dated, iterations=ITERATIONS, threads=2).finish
    assert {str(d)[11:] for d in np.unique(finish.samples)} == {"17:00"}
    reached = 0.0
    for date, share in case["pmf_dates"].items():
        reached += share
        error = max(finish.probability_error(date), 1 / ITERATIONS)
        assert_near(finish.probability(date), reached, error, rounding=1e-12, what=date)
    for percent, date in case["quantile_dates"].items():
        assert finish.p(float(percent.removeprefix("P"))).date().isoformat() == date


def test_round_the_clock_is_the_oracles_clock():
    """The plans of the exact answers run without a calendar: a unit of work is a unit of time."""
    assert always().always_works
    finish = run(plan([activity("A", units=3)]), iterations=16).finish
    assert set(units(finish)) == {3.0}
