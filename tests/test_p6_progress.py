"""Which rule for work out of sequence a P6 export was scheduled with, and which version of P6 placed its milestones."""
from __future__ import annotations

from copy import deepcopy

import pytest

from tests.p6_cases import PLAN, Table, read

NOTE = "progress override is assumed"


def progressed() -> dict[str, Table]:
    """The first activity is complete and, as under progress override, has no early and late dates; the second has."""
    tables = deepcopy(PLAN)
    first, second = tables["TASK"]
    first |= {"status_code": "TK_Complete", "act_start_date": "2026-02-23 08:00", "act_end_date": "2026-02-27 17:00"}
    second |= {"early_start_date": "2026-03-02 08:00", "early_end_date": "2026-03-04 17:00"}
    tables["TASKPRED"][0]["aref"] = "2026-03-02 08:00"
    return tables


def test_completed_activities_without_dates_tell_of_progress_override() -> None:
    plan = read(progressed())
    assert plan.scheduling.logic == "override"
    assert [note.what for note in plan.notes if NOTE in note.what]


@pytest.mark.parametrize(("table", "row", "change"), [
    ("TASK", 0, {"early_start_date": "2026-03-02 08:00"}),  # logic went on through it
    ("TASK", 0, {"status_code": "TK_Active", "act_end_date": ""}),  # nothing is complete
    ("TASK", 1, {"early_start_date": "", "early_end_date": ""}),  # never scheduled
    ("TASKPRED", 0, {"aref": ""}),  # another program's export: nothing can be told
])  # fmt: skip
def test_otherwise_the_options_of_the_file_hold(table: str, row: int, change: dict[str, str]) -> None:
    tables = progressed()
    tables[table][row] |= change
    plan = read(tables)
    assert plan.scheduling.logic == "retained"
    assert not [note for note in plan.notes if NOTE in note.what]


VERSIONS = [("6.0.0", True), ("6.2", True), ("5.0", False), ("7.0", False), ("23.12", False)]


@pytest.mark.parametrize(("version", "inside"), VERSIONS)
def test_p6_6_keeps_milestones_inside_the_shift(version: str, inside: bool) -> None:
    header = f"ERMHDR\t{version}\t2026-03-01\tProject\tadmin\tAda\tdb\tProject Management\tEUR"
    assert read(PLAN, header=header).scheduling.milestones_inside is inside
