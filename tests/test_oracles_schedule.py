"""Deterministic schedules against exact answers: linear programming, and a clock walked minute by minute."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

import simcore
from simcore.models.calendars import Calendar, Shifts, always
from simcore.models.plan import (
    Activity,
    ActivityType,
    Constraint,
    ConstraintType,
    LagCalendar,
    LinkType,
    Plan,
    Project,
    Ref,
    Relationship,
    SchedulingOptions,
)
from tests.oracle_plans import START, oracle
from tests.shared_data import oracle_cases

HOURS = 60
DAY = 1440


def in_days(moment: np.datetime64) -> float:
    return float((moment - np.datetime64(START, "m")).astype(int)) / DAY


def lp_plan(case: dict) -> Plan:
    """The plan of a linear program; one unit is a day round the clock."""
    limits = {
        ConstraintType.START_NO_EARLIER_THAN: case["earliest_start_constraints"],
        ConstraintType.START_NO_LATER_THAN: case["latest_start_constraints"],
    }
    required = case["required_finish"]
    return Plan(
        projects=(
            Project(id="P", start=START, must_finish_by=None if required is None else START + timedelta(days=required)),
        ),
        activities=tuple(
            Activity(
                project="P",
                id=name,
                duration=round(duration * DAY),
                constraints=tuple(
                    Constraint(kind, START + timedelta(days=days[name])) for kind, days in limits.items() if name in days
                ),
            )
            for name, duration in case["activities"]
        ),
        relationships=tuple(
            Relationship(Ref("P", a), Ref("P", b), LinkType(kind), round(lag * DAY)) for a, b, kind, lag in case["links"]
        ),
        calendars={"always": always()},
    )


@pytest.mark.parametrize("case", oracle_cases("o02_cpm_lp"))
def test_critical_path_method_by_linear_programming(case):
    schedule = simcore.schedule(lp_plan(case))
    found = [
        {
            "id": row["id"],
            "duration": row["duration_hours"] / 24,
            "ES": in_days(row["early_start"]),
            "EF": in_days(row["early_finish"]),
            "LS": in_days(row["late_start"]),
            "LF": in_days(row["late_finish"]),
            "TF": row["total_float_hours"] / 24,
            "FF": row["free_float_hours"] / 24,
        }
        for row in schedule
    ]
    assert found == case["table"]
    assert schedule.project_end == START + timedelta(days=case["project_finish"])
    least = min(row["total_float_hours"] for row in schedule)
    assert [row["id"] for row in schedule if row["total_float_hours"] == least] == case["critical"]
    assert all(row["critical"] == (row["total_float_hours"] <= 0) for row in schedule)


MORNING_AND_AFTERNOON: Shifts = ((8 * HOURS, 12 * HOURS), (13 * HOURS, 17 * HOURS))
TEN_HOURS: Shifts = ((7 * HOURS, 12 * HOURS), (13 * HOURS, 18 * HOURS))
EASTER = {date(2026, 4, 3): (), date(2026, 4, 6): (), date(2026, 5, 1): ()}
CALENDARS = {
    "5d8h": Calendar(name="5d8h", week=(MORNING_AND_AFTERNOON,) * 5 + ((), ()), exceptions=EASTER),
    "6d10h": Calendar(name="6d10h", week=(TEN_HOURS,) * 6 + ((),), exceptions={date(2026, 4, 3): ()}),
    "7d24h": always("7d24h"),
    "night": Calendar(name="night", week=(((0, 4 * HOURS), (20 * HOURS, 24 * HOURS)),) * 5 + ((), ())),
    "4d_mon_thu": Calendar(
        name="4d_mon_thu",
        week=(((8 * HOURS, 13 * HOURS), (14 * HOURS, 19 * HOURS)),) * 4 + ((), (), ()),
        exceptions={date(2026, 4, 10): ((8 * HOURS, 12 * HOURS),)},
    ),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pred", LagCalendar.PREDECESSOR),
        ("succ", LagCalendar.SUCCESSOR),
        ("project", LagCalendar.PROJECT),
        ("24h", LagCalendar.ALWAYS),
    ],
)
def test_lags_on_all_calendars(name, kind):
    case = oracle("o16_branching_calendars")["calendars"]
    plan = Plan(
        projects=(Project(id="P", start=datetime.fromisoformat(case["start"]), calendar="5d8h"),),
        activities=tuple(
            Activity(
                project="P",
                id=key,
                duration=hours * HOURS,
                calendar=calendar,
                type=ActivityType.FINISH_MILESTONE if hours == 0 else ActivityType.TASK,
            )
            for key, (hours, calendar) in case["durations_hours"].items()
        ),
        relationships=tuple(
            Relationship(Ref("P", a), Ref("P", b), LinkType(link), lag * HOURS) for a, b, link, lag in case["links_lag_hours"]
        ),
        calendars=CALENDARS,
        scheduling=SchedulingOptions(lag_calendar=kind),
    )
    schedule = simcore.schedule(plan)
    dates = {row["id"]: [_instant(row["early_start"]), _instant(row["early_finish"])] for row in schedule}
    wanted = dict(case["schedule"][name])
    # The clock walker leaves a milestone where its logic asks for it; on its own calendar the night of 20 April begins work at 8.
    milestone, walked = dates.pop("M"), wanted.pop("M")
    assert dates == wanted
    assert milestone[0] >= walked[0]


def _instant(moment: np.datetime64) -> str:
    return str(moment).replace("T", " ")
