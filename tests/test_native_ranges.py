"""Ranges by filter and template: read on the calendar of each activity."""
from __future__ import annotations

import pytest

from simcore.models.distributions import Triangular
from simcore.models.errors import PlanError
from simcore.models.formats.native import read_native

PLAN = """
project: {{name: Quay, start: 2026-03-02, calendar: clock}}
calendars: {{clock: {{week: {{mon-sun: [00:00-24:00]}}}}}}
activities: {{A: {{duration: 2d}}}}
uncertainty: [{{duration: "{0}"}}]
"""


def test_a_rule_may_be_right_on_long_days_only():
    """A day of 24 hours is longer than 23 hours, one of eight is not."""
    plan = read_native(PLAN.format("triangular(23h, 1.25d, 2d)").encode(), "plan.yaml")
    assert plan.activities[0].uncertainty == Triangular(23 * 60, 30 * 60, 48 * 60)


def test_a_rule_that_is_wrong_on_every_calendar():
    with pytest.raises(PlanError, match="uncertainty rule 1 duration: triangular: the minimum"):
        read_native(PLAN.format("triangular(3d, 2d, 1d)").encode(), "plan.yaml")
