"""Real Microsoft Project files: everything their tool stored is read, whichever way the file comes."""
from __future__ import annotations

import gzip
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

import simcore
from simcore.models.formats.java import find_java
from simcore.models.formats.mpxj import read_with_mpxj
from simcore.models.formats.mspdi import read_mspdi
from simcore.models.plan import Activity, ActivityType, FileDates, Plan
from tests.shared_data import SHARED, needs_shared

pytestmark = [
    needs_shared,
    pytest.mark.skipif(
        importlib.util.find_spec("mpxj") is None or find_java() is None, reason="the extra mpp is not installed"
    ),
]
PLANS = SHARED / "plans"
MPP = sorted((PLANS / "msp").glob("*.mpp"))
KINDS = {"task": "task", "milestone": "finish milestone", "summary": "summary", "project-summary": "summary"}
STATUS = {"notstarted": "not started", "started": "in progress", "complete": "completed", "inactive": "not started"}
DATES = ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")


@pytest.fixture(scope="module", params=MPP, ids=lambda path: path.stem)
def mpp(request) -> Path:
    return request.param


@pytest.fixture(scope="module")
def plan(mpp) -> Plan:
    return read_with_mpxj(mpp)


def text(moment) -> str | None:
    return None if moment is None else moment.isoformat()[:16]


def stored(activity: Activity) -> dict[str, object]:
    dates = activity.file_dates
    constraint = activity.constraints[0] if activity.constraints else None
    return {
        **{name: text(getattr(dates, name)) for name in DATES},
        "actual_start": text(activity.actual_start),
        "actual_finish": text(activity.actual_finish),
        "total_slack_h": dates.total_float,
        "free_slack_h": dates.free_float,
        "critical": dates.critical,
        "duration_h": activity.duration,
        "elapsed": activity.elapsed,
        "status": activity.status.value,
        "pct": round(activity.percent_complete * 100, 6),
        "mode": "manual" if activity.manual else "auto",
        "constraint_date": text(constraint and constraint.date),
        "deadline": text(activity.deadline),
        "calendar": activity.calendar,
        "type": (activity.work_type or "").replace(" ", "_").upper(),
        "effort_driven": activity.effort_driven,
        "leveling_delay_h": activity.levelling_delay,
    }


def wanted(row: dict) -> dict[str, object]:
    values = {key: row[key] for key in ("critical", "elapsed", "pct", "mode", "calendar", "type", "effort_driven")}
    for key in (*DATES, "actual_start", "actual_finish", "constraint_date", "deadline"):
        values[key] = row[key] and row[key][:16]
    for key in ("total_slack_h", "free_slack_h", "duration_h", "leveling_delay_h"):
        values[key] = round(row[key] * 60)
    values["status"] = STATUS[row["status"]]
    if row["kind"] in ("summary", "project-summary", "milestone"):
        values["elapsed"] = False
    if row["constraint"] in ("AS_SOON_AS_POSSIBLE", "AS_LATE_AS_POSSIBLE"):
        values["constraint_date"] = None
    return values


def test_stored_values(mpp, plan):
    expected = json.loads(mpp.with_name(f"{mpp.stem}.expected.json").read_text(encoding="utf-8"))
    rows = {str(row[0]): dict(zip(expected["columns"], row, strict=True)) for row in expected["rows"]}
    activities = {activity.id: activity for activity in plan.activities}
    assert activities.keys() == rows.keys()
    for ident, row in rows.items():
        assert stored(activities[ident]) == wanted(row), f"task {ident}"
        if row["duration_h"] and row["kind"] == "task":
            assert activities[ident].type.value == KINDS[row["kind"]]


def test_counts(mpp, plan):
    entry = next(e for e in json.loads((PLANS / "index.json").read_text()) if e["plan"] == f"msp/{mpp.name}")
    facts = entry["facts"]
    leaves = [activity for activity in plan.activities if activity.type is not ActivityType.SUMMARY]
    assert len(leaves) == entry["activities"]
    types: dict[str, int] = {}
    for link in plan.relationships:
        types[link.type.value] = types.get(link.type.value, 0) + 1
    assert types == facts["relations"]
    constrained = [a.constraints[0] for a in leaves if a.constraints]
    assert len(constrained) == sum(facts["constraints"].values())
    (project,) = plan.projects
    assert (text(project.start), text(project.finish)) == (facts["project_start"][:16], facts["project_finish"][:16])
    assert text(project.data_date) == (facts["status_date"] and facts["status_date"][:16])
    assert project.calendar == facts["default_calendar"]
    assert plan.scheduling.minutes_per_day == facts["minutes_per_day"]
    assert plan.scheduling.schedule_from_finish == (facts["schedule_from"] == "FINISH")
    kinds = {"WORK": "labour", "MATERIAL": "material", "COST": "cost"}
    counts = {kind: sum(r.kind == name for r in plan.resources.values()) for kind, name in kinds.items()}
    assert {kind: n for kind, n in counts.items() if n} == facts["resources"]
    cost = sum(assignment.budgeted_cost for activity in plan.activities for assignment in activity.assignments)
    assert cost == pytest.approx(facts["assignment_cost"], abs=0.05)


def comparable(activity: Activity) -> Activity:
    """Without what the derived copies lost: where a task is split, and slack counted in short days."""
    dates = activity.file_dates
    if activity.type is ActivityType.SUMMARY:
        dates = replace(dates or FileDates(), total_float=None, free_float=None)
    return replace(activity, segments=(), file_dates=dates)


def test_derived_copy_gives_the_same_plan(mpp, plan):
    copy = PLANS / "derived" / f"{mpp.stem}.mspdi.xml.gz"
    derived = read_mspdi(gzip.decompress(copy.read_bytes()), copy.name)
    for one, other in zip(plan.activities, derived.activities, strict=True):
        assert comparable(one) == comparable(other)
    for name in ("name", "projects", "relationships", "calendars", "wbs", "resources", "scheduling", "currency"):
        assert getattr(plan, name) == getattr(derived, name), name
    schedules = [simcore.schedule(one).to_dict()["activities"] for one in (plan, derived)]
    assert schedules[0] == schedules[1]


@pytest.mark.parametrize("path", sorted((PLANS / "not_oracle").glob("*.mpp")), ids=lambda path: path.stem)
def test_files_that_were_edited_open(path):
    assert read_with_mpxj(path).activities


@pytest.mark.parametrize("path", sorted((PLANS / "other_formats").glob("msp-*-mspdi.xml")), ids=lambda path: path.stem)
def test_versions_of_project(path):
    assert read_mspdi(path.read_bytes(), path.name).projects


@pytest.mark.parametrize("path", sorted((PLANS / "other_formats").glob("msp-*-mpp14.mpp")), ids=lambda path: path.stem)
def test_twins_of_two_formats(path):
    twin = path.with_name(path.name.replace("mpp14.mpp", "mspdi.xml"))
    one, other = read_with_mpxj(path), read_mspdi(twin.read_bytes(), twin.name)
    assert one.relationships == other.relationships
    assert one.calendars == other.calendars
    for mine, theirs in zip(one.activities, other.activities, strict=True):
        for name in ("duration", "type", "manual", "constraints", "actual_start", "actual_finish", "calendar"):
            assert getattr(mine, name) == getattr(theirs, name), name
        assert (mine.file_dates.start, mine.file_dates.finish) == (theirs.file_dates.start, theirs.file_dates.finish)


@pytest.mark.parametrize(
    "name", ["calligra.gan", "house-building.gan", "calligra.pod", "project1.planner", "sample.mpx"]
)
def test_formats_of_other_tools(name):
    assert len(read_with_mpxj(PLANS / "other_formats" / name).activities) > 5
