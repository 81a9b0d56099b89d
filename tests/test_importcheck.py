"""Do the computed dates agree with those that the file stores, and where do differences begin?"""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

import simcore
from simcore.importcheck import Difference, ImportCheck, check_import
from simcore.models.plan import (
    Activity,
    ActivityType,
    Constraint,
    ConstraintType,
    FileDates,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
    Status,
)
from tests.report_cases import START, five_days


def chain(rules: str = "p6") -> Plan:
    """A - B - C, a day each, with the dates that follow stored as the file's own."""
    activities = tuple(Activity(project="P", id=name, duration=480) for name in "ABC")
    plan = Plan(
        projects=(Project(id="P", start=START, calendar="five"),),
        activities=activities,
        relationships=(Relationship(Ref("P", "A"), Ref("P", "B")), Relationship(Ref("P", "B"), Ref("P", "C"))),
        calendars={"five": five_days()},
        scheduling=SchedulingOptions(rules=rules),
    )
    computed = simcore.schedule(plan).columns
    return plan.with_changes(
        activities=tuple(
            replace(
                a,
                file_dates=FileDates(
                    **{
                        name: computed[name][row].item()
                        for name in ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")
                    },
                    total_float=round(computed["total_float_hours"][row] * 60),
                ),
            )
            for row, a in enumerate(activities)
        )
    )


def changed(plan: Plan, ident: str, **dates) -> Plan:
    stored = plan.by_ref[plan.find(ident)].file_dates
    return plan.with_activity(ident, file_dates=replace(stored, **dates))


def checked(plan: Plan) -> ImportCheck:
    return check_import(plan, simcore.schedule(plan))


@pytest.mark.parametrize("rules", ["p6", "msp"])
def test_a_schedule_agrees_with_itself(rules):
    check = checked(chain(rules))
    assert (check.agree, check.compared, check.differing) == (3, 3, ())
    assert check.perfect
    assert str(check) == "All 3 open activities agree with the file's own dates."


@pytest.mark.parametrize(
    "dates",
    [
        {"early_start": datetime(2026, 3, 3, 9)},
        {"early_finish": datetime(2026, 3, 3, 16, 59)},
        {"late_start": datetime(2026, 3, 4, 8)},
        {"late_finish": datetime(2026, 3, 4, 17)},
        {"total_float": 2},
    ],
)
def test_each_of_the_five_values_counts_to_the_minute(dates):
    check = checked(changed(chain(), "B", **dates))
    assert (check.agree, check.differing) == (2, ("B",))


def test_a_minute_of_float_is_rounding():
    assert checked(changed(chain(), "B", total_float=1)).perfect


def test_each_tool_is_compared_in_the_values_it_shows():
    moved = {"early_start": datetime(2026, 5, 1, 8)}
    assert not checked(changed(chain("p6"), "B", **moved)).perfect
    assert checked(changed(chain("msp"), "B", **moved)).perfect
    assert not checked(changed(chain("msp"), "B", start=datetime(2026, 5, 1, 8))).perfect


def test_values_that_the_file_does_not_store_are_not_compared():
    plan = chain().with_activity("B", file_dates=FileDates(early_start=datetime(2026, 3, 3, 8)))
    plan = plan.with_activity("C", file_dates=None)
    assert (checked(plan).agree, checked(plan).compared) == (2, 2)
    without = plan.with_changes(activities=tuple(replace(a, file_dates=None) for a in plan.activities))
    assert str(checked(without)) == "The file stores no dates of open activities to compare with."


@pytest.mark.parametrize(
    "closed",
    [
        {"status": Status.COMPLETED, "actual_start": START, "actual_finish": datetime(2026, 3, 2, 17)},
        {"type": ActivityType.HAMMOCK},
        {"manual": True},
        {"inactive": True},
    ],
)
def test_dates_that_do_not_come_out_of_the_network_are_left_out(closed):
    assert checked(chain().with_activity("A", **closed)).compared == 2


def test_early_differences_begin_before_their_successors():
    plan = changed(chain(), "A", early_finish=datetime(2026, 3, 5, 17))
    plan = changed(plan, "B", early_start=datetime(2026, 3, 6, 8), early_finish=datetime(2026, 3, 6, 17))
    check = checked(plan)
    assert check.differing == ("A", "B")
    assert [d.id for d in check.first_differences] == ["A"]
    stored, computed = check.first_differences[0].values["early_finish"]
    assert (stored, computed) == (datetime(2026, 3, 5, 17), datetime(2026, 3, 2, 17))


def test_late_differences_begin_after_their_predecessors():
    plan = changed(chain(), "B", late_finish=datetime(2026, 3, 9, 17))
    plan = changed(plan, "C", late_finish=datetime(2026, 3, 10, 17))
    assert [d.id for d in checked(plan).first_differences] == ["C"]


def test_an_early_difference_explains_late_ones():
    plan = changed(chain(), "C", late_finish=datetime(2026, 3, 10, 17))
    plan = changed(plan, "A", early_start=datetime(2026, 3, 2, 9))
    assert [d.id for d in checked(plan).first_differences] == ["A"]


@pytest.mark.parametrize(
    ("carried", "cause"),
    [
        ({"levelling_delay": 60}, "because of a levelling delay"),
        ({"constraints": (Constraint(ConstraintType.AS_LATE_AS_POSSIBLE),)}, "because of its being as late as possible"),
        ({"constraints": (Constraint(ConstraintType.START_ON, START),)}, "because of a constraint"),
        ({"type": ActivityType.RESOURCE_DEPENDENT}, "because of its resources' calendars"),
        ({}, "for no visible reason"),
    ],
)
def test_the_cause_is_guessed_from_what_the_activity_carries(carried, cause):
    plan = changed(chain(), "A", early_start=datetime(2026, 2, 2, 8)).with_activity("A", **carried)
    check = checked(plan)
    assert check.first_differences[0].cause == cause
    assert f"A {cause}" in str(check)


def test_the_sentence_counts_and_names_those_that_differ_first():
    plan = changed(chain(), "B", early_start=datetime(2026, 2, 2, 8))
    assert str(checked(plan)) == (
        "2 of 3 open activities agree with the file's own dates; "
        "the one that differs first is B for no visible reason."
    )


def test_those_that_differ_for_the_same_reason_are_named_together():
    causes = ["for no visible reason", *["because of a lag"] * 6]
    first = tuple(Difference(id=f"A{k}", name="", values={}, cause=cause) for k, cause in enumerate(causes))
    text = str(ImportCheck(agree=1, compared=9, first_differences=first))
    assert "the 7 that differ first are A1, A2, A3, A4 and 2 more because of a lag; A0 for no visible reason." in text
