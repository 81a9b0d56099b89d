"""Confidence intervals: exact quantiles of Student's t, shares between 0 and 1, and truths that they cover."""
from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy import stats

import simcore
from simcore.intervals import share_interval, t_quantile
from simcore.sampled import DateVariable, MoneyVariable
from tests.oracle_plans import UNIT, activity, plan, serial

ORIGIN = datetime(2026, 3, 2)


def money(seed: int, n: int = 1600, replicates: int = 16) -> MoneyVariable:
    return MoneyVariable(np.random.default_rng(seed).exponential(100.0, n), replicates, 100.0)


@pytest.mark.parametrize("replicates", [2, 16, 64])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_half_widths_are_quantiles_of_students_t(replicates, level):
    assert t_quantile(level, replicates) == pytest.approx(stats.t(replicates - 1).ppf((1 + level) / 2), rel=1e-9)


def test_a_single_replicate_tells_nothing_of_its_error():
    assert np.isnan(t_quantile(0.95, 1))


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_levels_lie_between_0_and_1(level):
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        money(1).interval(80, level)


def test_the_interval_of_a_mean():
    variable = money(3)
    low, high = variable.interval("mean", 0.9)
    assert (low + high) / 2 == pytest.approx(variable.mean)
    assert (high - low) / 2 == pytest.approx(stats.t(15).ppf(0.95) * variable.standard_error("mean"))


def test_intervals_of_p_values_are_real_iterations_around_them():
    variable = money(4)
    for percent in (1, 10, 50, 80, 99):
        low, high = variable.interval(percent)
        assert low <= variable.p(percent) <= high
        assert {low, high} <= set(variable.samples.tolist())
        wide = variable.interval(percent, 0.99)
        assert wide[0] <= low
        assert high <= wide[1]


def test_intervals_of_dates_are_dates():
    minutes = np.random.default_rng(5).integers(0, 500_000, 1600).astype(np.int32)
    variable = DateVariable(minutes, ORIGIN, 16, ORIGIN)
    low, high = variable.interval(80)
    assert low <= variable.p(80) <= high
    assert high - low < timedelta(days=60)
    mean = variable.interval("mean")
    assert mean[0] < variable.mean < mean[1]
    assert variable.probability_interval("2026-06-01")[0] < variable.probability("2026-06-01")


def test_shares_stay_between_0_and_1():
    low, high = share_interval(np.array([0.0, 0.001, 0.999, 1.0]), np.array([0.0, 0.01, 0.01, 0.0]), 1000, 16)
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert high[0] == pytest.approx(1 - 0.025 ** (1 / 1000))  # of independent iterations none would happen in one run of 40
    assert low[3] == pytest.approx(1 - high[0])


@pytest.mark.parametrize("of", ["mean", 20, 50, 80, 95])
def test_independent_samples_are_covered(of):
    """A thousand samples: 95 % of the intervals hold the truth, give or take 4 standard errors, and a point of conservatism."""
    exact = 100.0 if of == "mean" else -100.0 * np.log1p(-of / 100)
    inside = [low <= exact <= high for low, high in (money(seed).interval(of) for seed in range(1000))]
    error = 4 * np.sqrt(0.95 * 0.05 / 1000)
    assert 0.95 - error <= np.mean(inside) <= 0.96 + error


def test_probabilities_are_covered():
    exact = 1 - np.exp(-1.5)
    inside = [low <= exact <= high for low, high in (money(seed).probability_interval(150.0) for seed in range(1000))]
    error = 4 * np.sqrt(0.95 * 0.05 / 1000)
    assert 0.95 - error <= np.mean(inside) <= 0.96 + error


def test_criticality_has_intervals():
    from simcore.models.distributions import Uniform

    wide = Uniform(5.0 * UNIT, 9.0 * UNIT)
    tasks = [activity(name, wide) for name in ("A", "B", "C")]
    end = activity("Z", units=1.0)
    results = simcore.simulate(plan([*tasks, end], [("A", "Z"), ("B", "Z"), ("C", "Z")]), 1600)
    low, high = results.activities.criticality_interval()
    assert (low <= results.activities.criticality).all()
    assert (results.activities.criticality <= high).all()
    assert low[:3] == pytest.approx(1 / 3, abs=0.05)
    assert 1 > low[3] > 0.99  # always critical in 1,600 iterations
    assert high[3] == 1


def test_the_json_holds_intervals():
    from simcore.models.distributions import Uniform

    subject = plan([activity("A", Uniform(5.0 * UNIT, 9.0 * UNIT))], serial(["A"]))
    answer = simcore.simulate(subject, 320).to_dict()
    interval = answer["finish"]["interval_95"]
    assert interval.keys() == answer["finish"]["standard_error_hours"].keys()
    assert interval["P80"][0] <= answer["finish"]["percentiles"]["P80"] <= interval["P80"][1]
    assert answer["activities"][0]["criticality_interval_95"][1] == 1.0
    assert simcore.simulate(subject, 3).to_dict()["finish"]["interval_95"]["P80"] is None
