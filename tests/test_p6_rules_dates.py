"""Primavera P6's rules for dates: milestones, constraints, float, as late as possible, several projects."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

import simcore
from simcore.models.distributions import Triangular
from simcore.models.plan import ActivityType, ConstraintType, LagCalendar
from tests.p6_plans import DAY, Dates, at, on, plan, started, task

START, FINISH = {"type": ActivityType.START_MILESTONE}, {"type": ActivityType.FINISH_MILESTONE}


def test_milestones_stand_on_the_side_of_a_boundary_that_their_logic_asks_for() -> None:
    # A ends on Monday at 17:00: the finish milestone with it, the start milestone at the next shift's start; nothing asks
    # the finish milestone F for anything but the data date
    dates = Dates(plan(task("A"), task("S", 0, **START), task("E", 0, **FINISH), task("F", 0, **FINISH),
                       links=("A FS S", "A FS E")))  # fmt: skip
    assert dates.early("S") == "03-03 08:00 - 03-03 08:00"
    assert dates.early("E") == "03-02 17:00 - 03-02 17:00"
    assert dates.early("F") == "03-02 08:00 - 03-02 08:00"


def test_late_milestones() -> None:
    # the project ends on Wednesday evening, and so may start and finish milestones that nothing follows; what B (late on
    # Wednesday 08:00) follows is late on Tuesday evening, but for a start milestone
    dates = Dates(plan(task("A", 3), task("B"), task("S", 0, **START), task("O", 0, **START), task("E", 0, **FINISH),
                       links=("S FS B", "E FS B")))  # fmt: skip
    assert dates.late("O") == "03-04 17:00 - 03-04 17:00"
    assert dates.late("S") == "03-04 08:00 - 03-04 08:00"
    assert dates.late("E") == "03-03 17:00 - 03-03 17:00"


def test_p6_up_to_6_keeps_milestones_a_minute_inside_the_shift() -> None:
    activities = (task("A", 3), task("S", 0, **START), task("E", 0, **FINISH))
    dates = Dates(plan(*activities, milestones_inside=True))
    assert dates.early("E") == "03-02 08:01 - 03-02 08:01"
    assert dates.late("S") == "03-04 16:59 - 03-04 16:59"
    assert dates.early("S") == "03-02 08:00 - 03-02 08:00"
    assert dates.late("E") == "03-04 17:00 - 03-04 17:00"


def test_a_finish_between_two_shifts_waits_for_the_next() -> None:
    # A works at weekends and ends on Saturday 7 March at 12:00; B must not end before: on Monday at 08:00, a day of work
    # after Friday 08:00
    first = task("A", 5.5, calendar="every day")
    dates = Dates(plan(first, task("B"), links=("A FF B",)))
    assert dates.early("A") == "03-02 08:00 - 03-07 12:00"
    assert dates.early("B") == "03-06 08:00 - 03-09 08:00"


@pytest.mark.parametrize(("kind", "date", "early", "late"), [
    # A takes a day, Z sets the project finish on Friday 17:00
    (ConstraintType.START_NO_EARLIER_THAN, "03-04 08:00", "03-04 08:00 - 03-04 17:00", "03-06 08:00 - 03-06 17:00"),
    (ConstraintType.START_NO_LATER_THAN, "03-04 08:00", "03-02 08:00 - 03-02 17:00", "03-04 08:00 - 03-04 17:00"),
    (ConstraintType.START_ON, "03-04 08:00", "03-04 08:00 - 03-04 17:00", "03-04 08:00 - 03-04 17:00"),
    (ConstraintType.FINISH_NO_EARLIER_THAN, "03-04 17:00", "03-04 08:00 - 03-04 17:00", "03-06 08:00 - 03-06 17:00"),
    (ConstraintType.FINISH_NO_LATER_THAN, "03-04 17:00", "03-02 08:00 - 03-02 17:00", "03-04 08:00 - 03-04 17:00"),
    (ConstraintType.FINISH_ON, "03-04 17:00", "03-04 08:00 - 03-04 17:00", "03-04 08:00 - 03-04 17:00"),
    (ConstraintType.MANDATORY_START, "03-04 08:00", "03-04 08:00 - 03-04 17:00", "03-04 08:00 - 03-04 17:00"),
    (ConstraintType.MANDATORY_FINISH, "03-04 17:00", "03-04 08:00 - 03-04 17:00", "03-04 08:00 - 03-04 17:00"),
])  # fmt: skip
def test_constraints(kind: ConstraintType, date: str, early: str, late: str) -> None:
    dates = Dates(plan(task("A", constraints=on(kind, date)), task("Z", 5)))
    assert (dates.early("A"), dates.late("A")) == (early, late)


def test_two_constraints_hold_together() -> None:
    both = on(ConstraintType.START_NO_EARLIER_THAN, "03-03 08:00") + on(ConstraintType.FINISH_NO_LATER_THAN, "03-04 17:00")
    dates = Dates(plan(task("A", constraints=both), task("Z", 5)))
    assert (dates.early("A"), dates.late("A")) == ("03-03 08:00 - 03-03 17:00", "03-04 08:00 - 03-04 17:00")


def test_mandatory_dates_break_the_logic_both_ways() -> None:
    # A takes Monday to Wednesday, but B must start on Tuesday: A is two days late
    dates = Dates(plan(task("A", 3), task("B", constraints=on(ConstraintType.MANDATORY_START, "03-03 08:00")), links=("A FS B",)))
    assert dates.early("B") == "03-03 08:00 - 03-03 17:00"
    assert dates.late("A") == "02-26 08:00 - 03-02 17:00"
    assert dates.total_float("A") == -2


def test_a_mandatory_date_in_the_past_is_late_not_early() -> None:
    # a finish milestone that had to be on Friday 27 February stands at the data date
    mark = task("M", 0, constraints=on(ConstraintType.MANDATORY_FINISH, "02-27 12:00"), **FINISH)
    dates = Dates(plan(mark, task("A")))
    assert dates.early("M") == "03-02 08:00 - 03-02 08:00"
    assert dates.late("M") == "02-27 12:00 - 02-27 12:00"
    assert dates.total_float("M") == -0.5


def test_work_in_progress_minds_only_finish_constraints() -> None:
    work = started("A", "02-26 08:00", 1, constraints=on(ConstraintType.START_ON, "03-04 08:00"))
    assert Dates(plan(work)).early("A") == "03-02 08:00 - 03-02 17:00"


def test_external_dates_bound_both_sides_unless_other_projects_are_ignored() -> None:
    work = task("A", external_early_start=at("03-03 08:00"), external_late_finish=at("03-04 17:00"))
    activities = (work, task("Z", 5))
    dates = Dates(plan(*activities))
    assert (dates.early("A"), dates.late("A")) == ("03-03 08:00 - 03-03 17:00", "03-04 08:00 - 03-04 17:00")
    alone = Dates(plan(*activities, ignore_other_projects=True))
    assert (alone.early("A"), alone.late("A")) == ("03-02 08:00 - 03-02 17:00", "03-06 08:00 - 03-06 17:00")


def test_must_finish_by_bounds_late_dates() -> None:
    dates = Dates(plan(task("A", 3), project={"must_finish_by": datetime(2026, 3, 3, 17)}))
    assert dates.late("A") == "02-27 08:00 - 03-03 17:00"
    assert dates.total_float("A") == -1


def test_open_ends_have_no_float_by_option() -> None:
    # nothing follows A and Z; B, two days before Z, may be as late as Z lets it
    activities = (task("A", 1), task("B", 1), task("Z", 1, constraints=on(ConstraintType.START_ON, "03-05 08:00")))
    assert Dates(plan(*activities, links=("B FS Z",))).total_float("A") == 3
    dates = Dates(plan(*activities, links=("B FS Z",), open_ends_critical=True))
    assert (dates.total_float("A"), dates.total_float("B"), dates.total_float("Z")) == (0, 2, 0)


def test_lag_calendars() -> None:
    # A ends on Friday 17:00; a lag of a day on the predecessor's week of seven days ends on Saturday, on the successor's or
    # the project's office week on Monday; by the clock eight hours after Friday 17:00
    first = task("A", 5, calendar="every day")
    expected = {
        LagCalendar.PREDECESSOR: "03-09 08:00 - 03-09 17:00",
        LagCalendar.SUCCESSOR: "03-10 08:00 - 03-10 17:00",
        LagCalendar.PROJECT: "03-10 08:00 - 03-10 17:00",
        LagCalendar.ALWAYS: "03-09 08:00 - 03-09 17:00",
    }
    for kind, early in expected.items():
        assert Dates(plan(first, task("B"), links=("A FS+1 B",), lag_calendar=kind)).early("B") == early


def test_leads() -> None:
    # two days before A's end on Friday evening is Wednesday evening: B starts on Thursday
    dates = Dates(plan(task("A", 5), task("B"), links=("A FS-2 B",)))
    assert dates.early("B") == "03-05 08:00 - 03-05 17:00"


ALAP = {"constraints": on(ConstraintType.AS_LATE_AS_POSSIBLE)}


def late_plan(**values: Any) -> tuple[Any, ...]:
    return task("A", 1, **ALAP), task("B", 1, **ALAP), task("C", 4, **values), task("D", 1)


def test_as_late_as_possible_moves_up_to_the_successors_early_dates() -> None:
    # D waits for C until Friday: B moves to Thursday, A to Wednesday; their late dates stay, so float is gone
    dates = Dates(plan(*late_plan(), links=("A FS B", "B FS D", "C FS D")))
    assert dates.early("A") == "03-04 08:00 - 03-04 17:00"
    assert dates.early("B") == "03-05 08:00 - 03-05 17:00"
    assert dates.early("D") == "03-06 08:00 - 03-06 17:00"
    assert dates.total_float("A") == 0


def test_as_late_as_possible_delays_nothing_in_a_simulation() -> None:
    found = plan(*late_plan(uncertainty=Triangular(DAY, 4 * DAY, 9 * DAY)), links=("A FS B", "B FS D", "C FS D"))
    results = simcore.simulate(found, iterations=128, seed=2)
    plain = simcore.simulate(
        found.with_changes(activities=tuple(replace(a, constraints=()) for a in found.activities)), iterations=128, seed=2
    )
    assert (results.finish.samples == plain.finish.samples).all()
    starts = {results.activities.percentile("start", p)[0].item() for p in (5, 50, 95)}
    assert len(starts) > 1
    for k in (3, 77):
        rows = {row["id"]: row for row in results.iteration(k)}
        assert rows["D"]["early_start"] >= rows["B"]["early_finish"]
        assert rows["B"]["total_float_hours"] == 0


def test_what_has_begun_is_no_longer_as_late_as_possible() -> None:
    work = started("A", "02-26 08:00", 1, **ALAP)
    assert Dates(plan(work, task("Z", 5))).early("A") == "03-02 08:00 - 03-02 17:00"


def test_projects_are_late_by_their_own_finish_or_by_the_last() -> None:
    activities = (task("A", 1), task("Z", 5, project="Q"))
    assert Dates(plan(*activities)).total_float("A") == 0
    assert Dates(plan(*activities, float_to="plan finish")).total_float("A") == 4


def test_links_to_other_projects_count_unless_ignored() -> None:
    activities = (task("A", 2), task("B", 1, project="Q"))
    assert Dates(plan(*activities, links=("A FS Q:B",))).early("B") == "03-04 08:00 - 03-04 17:00"
    assert Dates(plan(*activities, links=("A FS Q:B",), ignore_other_projects=True)).early("B") == "03-02 08:00 - 03-02 17:00"
