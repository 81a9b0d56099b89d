"""Every distribution through the whole engine, as one activity, against closed forms (oracles, o01)."""
from __future__ import annotations

import pytest

from tests.oracle_plans import activity, assert_moments, assert_percentile, distribution, plan, run
from tests.shared_data import oracle_cases


@pytest.mark.parametrize("case", oracle_cases("o01_distributions"))
def test_moments_and_quantiles(case):
    finish = run(plan([activity("A", distribution(case["spec"]))])).finish
    assert_moments(finish, case["mean"], case["sd"])
    for percent, exact in case["quantiles"].items():
        assert_percentile(finish, float(percent.removeprefix("P")), exact)
