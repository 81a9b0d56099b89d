"""Hard constraints honoured, softened, ignored; and dates pinned to the file's own."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

import simcore
from simcore.importcheck import check_import
from simcore.models.constraints import hard_constraints, with_constraints
from simcore.models.plan import Constraint, ConstraintType, FileDates
from simcore.trust import trust_file_dates

TEXT = """format: 1
project: {name: gates, start: 2026-01-05, calendar: five, must_finish_by: 2026-02-27}
calendars: {five: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}}}
activities:
  work: {duration: 10d}
  gate: {duration: 5d, after: [work], constraint: {mandatory_start: 2026-01-14T08:00}}
  end: {duration: 1d, after: [gate]}
"""


@pytest.fixture
def plan(tmp_path: Path) -> simcore.Plan:
    path = tmp_path / "gates.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return simcore.read(path)


def starts(plan: simcore.Plan) -> dict[str, datetime]:
    schedule = simcore.schedule(plan)
    return dict(zip(schedule.columns["id"], schedule.start.tolist(), strict=True))


def test_honoured_a_mandatory_start_holds_although_its_predecessor_is_late(plan: simcore.Plan) -> None:
    assert with_constraints(plan, "honour") is plan
    assert [a.id for a, _ in hard_constraints(plan)] == ["gate"]
    assert starts(plan)["gate"] == datetime(2026, 1, 14, 8)  # work runs from 5 to 16 January


def test_softened_it_is_the_earliest_date(plan: simcore.Plan) -> None:
    soft = with_constraints(plan, "soften")
    assert starts(soft)["gate"] == datetime(2026, 1, 19, 8)
    short = soft.with_activity("work", duration=480)
    assert starts(short)["gate"] == datetime(2026, 1, 14, 8)
    assert any("gate" in note.where for note in soft.notes)


def test_ignored_it_is_gone_and_so_is_the_must_finish_date(plan: simcore.Plan) -> None:
    free = with_constraints(plan, "ignore")
    assert starts(free.with_activity("work", duration=480))["gate"] == datetime(2026, 1, 6, 8)
    assert free.projects[0].must_finish_by is None
    assert {note.where for note in free.notes} >= {"activity 'gate'", "project 'P1'"}


def test_an_unknown_treatment_is_refused(plan: simcore.Plan) -> None:
    with pytest.raises(ValueError, match="honour, soften, ignore"):
        with_constraints(plan, "bend")


def test_trusted_dates_are_pinned_where_differences_begin_and_the_rest_follows(plan: simcore.Plan) -> None:
    free = with_constraints(plan, "ignore")
    later = Constraint(ConstraintType.START_NO_EARLIER_THAN, datetime(2026, 1, 20, 8))  # the file's tool levelled 'gate'
    columns = simcore.schedule(free.with_activity("gate", constraints=(later,))).columns
    stored = tuple(
        replace(a, file_dates=FileDates(early_start=start.item(), early_finish=finish.item()))
        for a, start, finish in zip(free.activities, columns["early_start"], columns["early_finish"], strict=True)
    )
    filed = free.with_changes(activities=stored)
    assert check_import(filed, simcore.schedule(filed)).agree == 1
    trusted = trust_file_dates(filed)
    assert check_import(trusted, simcore.schedule(trusted)).perfect
    assert [note.where for note in trusted.notes if "pinned" in note.what] == ["activity 'gate'"]
