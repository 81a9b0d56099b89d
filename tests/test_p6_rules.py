"""Primavera P6's rules for progress: data date, lags behind what has begun, logic out of sequence."""
from __future__ import annotations

import math
from datetime import datetime

import pytest

import simcore
from simcore.models.costs import Assignment, Resource
from simcore.models.distributions import Triangular
from simcore.models.plan import Activity, ActivityType
from tests.p6_plans import DAY, Dates, at, done, plan, started, task


def test_nothing_starts_before_the_planned_start_of_the_project() -> None:
    # data date Monday 2 March, planned start Thursday 5 March
    dates = Dates(plan(task("A"), project={"start": datetime(2026, 3, 5)}))
    assert dates.early("A") == "03-05 08:00 - 03-05 17:00"


def test_a_planned_start_in_the_past_does_not_matter() -> None:
    dates = Dates(plan(task("A"), project={"start": datetime(2026, 1, 5)}))
    assert dates.early("A") == "03-02 08:00 - 03-02 17:00"


def test_the_lag_behind_work_in_progress_is_partly_over() -> None:
    # A began on Thursday 26 February: Thursday and Friday count, one of three days is left; A's own rest starts on Monday
    dates = Dates(plan(started("A", "02-26 08:00", 3), task("B"), links=("A SS+3 B",)))
    assert dates.early("B") == "03-03 08:00 - 03-03 17:00"


def test_a_lag_that_is_over_still_waits_for_the_rest_of_the_work() -> None:
    # A rests until Wednesday; the lag of one day was over long ago
    dates = Dates(plan(started("A", "02-16 08:00", 3, resume=at("03-04 08:00")), task("B"), links=("A SS+1 B",)))
    assert dates.early("B") == "03-04 08:00 - 03-04 17:00"


def test_by_option_the_lag_runs_from_the_actual_start() -> None:
    # as above, but three days from Thursday 26 February end on Monday evening whatever A's rest does
    work = started("A", "02-26 08:00", 3, resume=at("03-04 08:00"))
    dates = Dates(plan(work, task("B"), links=("A SS+3 B",), start_to_start_lag_from="actual start"))
    assert dates.early("B") == "03-03 08:00 - 03-03 17:00"


def test_the_lag_behind_completed_work_counts_from_its_finish() -> None:
    # A finished on Friday at noon; half of the day's lag is over at the data date
    dates = Dates(plan(done("A", "02-26 08:00", "02-27 12:00"), task("B"), links=("A FS+1 B",)))
    assert dates.early("B") == "03-02 13:00 - 03-03 12:00"


CREW = {"crew": Resource(id="crew", calendar="early")}


def crew_work(days: float) -> Activity:
    """Resource-dependent work A of one crew."""
    work = Assignment(resource="crew", remaining_work=days * DAY)
    return task("A", days, type=ActivityType.RESOURCE_DEPENDENT, assignments=(work,))


OUT_OF_SEQUENCE = (task("A", 2), done("B", "02-25 08:00", "02-26 17:00"), task("C"), task("D", 5))
LINKS = ("A FS B", "B FS C")


def test_retained_logic_goes_on_through_completed_activities() -> None:
    # A takes Monday and Tuesday, B is complete and takes nothing, C waits for A: Wednesday. D sets the finish on Friday
    # evening, so that C may be on Friday and A on Wednesday and Thursday.
    dates = Dates(plan(*OUT_OF_SEQUENCE, links=LINKS))
    assert dates.early("C") == "03-04 08:00 - 03-04 17:00"
    assert dates.late("A") == "03-04 08:00 - 03-05 17:00"
    assert dates.total_float("A") == 2


def test_progress_override_does_not() -> None:
    dates = Dates(plan(*OUT_OF_SEQUENCE, links=LINKS, logic="override"))
    assert dates.early("C") == "03-02 08:00 - 03-02 17:00"
    assert dates.late("A") == "03-05 08:00 - 03-06 17:00"


def test_completed_activities_stay_at_the_data_date_without_float() -> None:
    dates = Dates(plan(*OUT_OF_SEQUENCE, links=LINKS))
    assert dates.early("B") == "03-02 08:00 - 03-02 08:00"
    assert math.isnan(dates.total_float("B"))
    assert dates.rows["B"]["start"].item() == at("02-25 08:00")
    assert dates.rows["B"]["finish"].item() == at("02-26 17:00")


def test_what_logic_goes_through_never_varies_in_a_simulation() -> None:
    activities = list(OUT_OF_SEQUENCE)
    activities[0] = task("A", 2, uncertainty=Triangular(DAY, 2 * DAY, 12 * DAY))
    activities[1] = done("B", "02-25 08:00", "02-26 17:00", uncertainty=Triangular(0, DAY, 12 * DAY))
    results = simcore.simulate(plan(*activities, links=LINKS), iterations=64, seed=1)
    table = results.activities
    assert table.criticality[1] == 0
    assert table.percentile("finish", 90)[1].item() == at("02-26 17:00")
    for k in (0, 40):
        one = results.iteration(k)
        moved = {row["id"]: row for row in one}
        assert moved["C"]["early_start"] >= moved["A"]["early_finish"]


@pytest.mark.parametrize(("logic", "expected"), [
    ("retained", "03-04 08:00 - 03-04 17:00"),  # after A
    ("override", "03-02 08:00 - 03-02 17:00"),  # from the data date
])  # fmt: skip
def test_work_in_progress_out_of_sequence(logic: str, expected: str) -> None:
    dates = Dates(plan(task("A", 2), started("B", "02-25 08:00", 1), links=("A FS B",), logic=logic))
    assert dates.early("B") == expected


def test_override_keeps_what_finishes_are_linked_to() -> None:
    # the finish of B has not happened: it still waits for A's, so a day of work begins on Tuesday
    dates = Dates(plan(task("A", 2), started("B", "02-25 08:00", 1), links=("A FF B",), logic="override"))
    assert dates.early("B") == "03-03 08:00 - 03-03 17:00"


def test_suspended_work_restarts_when_it_is_resumed() -> None:
    work = started("A", "02-25 08:00", 2, suspend=at("02-26 17:00"), resume=at("03-05 08:00"))
    assert Dates(plan(work)).early("A") == "03-05 08:00 - 03-06 17:00"


def test_an_expected_finish_sets_the_remaining_duration() -> None:
    work = task("A", 1, expected_finish=at("03-04 17:00"))
    assert Dates(plan(work)).early("A") == "03-02 08:00 - 03-04 17:00"
    assert Dates(plan(work, use_expected_finish=False)).early("A") == "03-02 08:00 - 03-02 17:00"


def test_a_level_of_effort_spans_what_it_hangs_on() -> None:
    activities = (task("A", 2), task("B", 3), task("L", 1, type=ActivityType.HAMMOCK))
    dates = Dates(plan(*activities, links=("A FS B", "A SS L", "L FF B")))
    assert dates.early("L") == "03-02 08:00 - 03-06 17:00"


def test_resource_dependent_work_runs_on_its_resource_calendar() -> None:
    # the crew works 06:00 - 14:00: six hours on Monday from the data date on, eight on Tuesday, two on Wednesday
    dates = Dates(plan(crew_work(2), task("B"), links=("A FS B",), resources=CREW))
    assert dates.early("A") == "03-02 08:00 - 03-04 08:00"
    assert dates.early("B") == "03-04 08:00 - 03-04 17:00"


@pytest.mark.parametrize(("kind", "days"), [("start", 2.0), ("finish", 1.625), ("smallest", 1.625)])
def test_total_float_by_start_finish_or_smallest(kind: str, days: float) -> None:
    # the crew's day ends on Tuesday 08:00 and may end on Wednesday 14:00, beginning at 06:00; counted on the activity's own
    # calendar, starts are 16 hours apart, finishes 13
    dates = Dates(plan(crew_work(1), task("Z", 3), float=kind, resources=CREW))
    assert dates.early("A") == "03-02 08:00 - 03-03 08:00"
    assert dates.late("A") == "03-04 06:00 - 03-04 14:00"
    assert dates.total_float("A") == days


def test_what_has_not_begun_has_no_part_of_a_lag_behind_it() -> None:
    dates = Dates(plan(task("A", 3), task("B"), links=("A SS+2 B",)))
    assert dates.early("B") == "03-04 08:00 - 03-04 17:00"
