"""The real XER files that lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simcore.models.errors import PlanError
from simcore.models.formats.xer import read_xer
from simcore.models.plan import LinkType
from tests.shared_data import SHARED, needs_shared


@needs_shared
@pytest.mark.parametrize("path", sorted(SHARED.glob("plans/*/*.xer")), ids=lambda path: path.stem)
def test_real_files_open_or_give_one_clear_message(path: Path) -> None:
    if path.stem in ("corrupt", "malformed", "mixed-endings"):
        with pytest.raises(PlanError, match="there is no project in the file"):
            read_xer(path.read_bytes(), path.name)
        return
    assert read_xer(path.read_bytes(), path.name).projects


def indexed() -> list[dict]:
    index = SHARED / "plans" / "index.json"
    entries = json.loads(index.read_text(encoding="utf-8")) if index.exists() else []
    return [entry for entry in entries if entry["plan"].endswith(".xer")]


@needs_shared
@pytest.mark.parametrize("entry", indexed(), ids=lambda entry: entry["plan"])
def test_real_files_hold_what_the_index_counts(entry: dict) -> None:
    path = SHARED / "plans" / entry["plan"]
    real = read_xer(path.read_bytes(), path.name)
    assert len(real.activities) == entry["activities"]
    assert len(real.relationships) == entry["relations"]
    filled = [facts for facts in entry["facts"]["projects"] if facts["activities"]]
    for facts, project in zip(filled, real.projects, strict=True):
        own = [a for a in real.activities if a.project == project.id]
        assert len(own) == facts["activities"]
        assert sum(len(a.assignments) for a in own) == facts["resource_assignments"]
        links = [link.type for link in real.relationships if link.successor.project == project.id]
        found = {kind: links.count(kind) for kind in LinkType}
        assert {kind: n for kind, n in found.items() if n} == facts["relations"]
        assert sum(len(a.constraints) for a in own) == sum(facts["constraints"].values())
        assert str(project.data_date or "").replace(" ", "T")[:16] == (facts["data_date"] or "")


@needs_shared
@pytest.mark.parametrize("entry", indexed(), ids=lambda entry: entry["plan"])
def test_real_files_keep_the_dates_that_p6_stored(entry: dict) -> None:
    path = SHARED / "plans" / entry["plan"]
    real = read_xer(path.read_bytes(), path.name)
    expected = json.loads((SHARED / "plans" / entry["expected"]).read_text(encoding="utf-8"))
    rows = [dict(zip(expected["columns"], row, strict=True)) for row in expected["rows"]]
    for activity, row in zip(real.activities, rows, strict=True):
        dates = activity.file_dates
        stored = (dates.early_start, dates.early_finish, dates.late_start, dates.late_finish)
        wanted = [row[key] or row[f"rem_{key}"] for key in ("es", "ef", "ls", "lf")]
        assert [date and date.isoformat(timespec="minutes") for date in stored] == wanted
        assert dates.total_float == (None if row["tf_h"] is None else round(row["tf_h"] * 60))
        assert activity.remaining_duration == (0 if activity.type.is_milestone else round(row["rd_h"] * 60))
