"""Which rule for work out of sequence the stored dates of a P6 export were computed with."""
from __future__ import annotations

from simcore.models.formats.p6_tables import Tables

SPANS = ("TT_LOE", "TT_WBS")


def was_overridden(tables: Tables, project: str) -> bool:
    """Whether P6 last scheduled the project without retained logic, whatever the options in the file say.

    The options of an export are those of the user who exported. Under retained logic P6 gives completed activities early and
    late dates, because logic goes on through them; otherwise it gives them none. Only exports that also carry the dates of
    relationships are judged: other programs leave out both.
    """
    tasks = [r for r in tables.of("TASK") if r.get("proj_id") == project and r.get("task_type") not in SPANS]
    done = [row for row in tasks if row.get("status_code") == "TK_Complete"]
    if not done or any(row.get("early_start_date") or row.get("late_end_date") for row in done):
        return False
    is_scheduled = any(row.get("early_start_date") for row in tasks)
    return is_scheduled and any(row.get("aref") for row in tables.of("TASKPRED") if row.get("proj_id") == project)
