"""Baselines of a P6 export: copies of a project that hang on it, taken over activity by activity."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from simcore.models.formats.p6_tables import Row, Tables, count
from simcore.models.plan import Baseline


@dataclass
class Baselines:
    """What the chosen baselines say, by the original project's ``proj_id`` and the Activity ID."""

    projects: set[str] = field(default_factory=set)  # proj_id of every baseline, chosen or not
    activities: set[str] = field(default_factory=set)  # task_id of everything in them
    found: dict[tuple[str, str], Baseline] = field(default_factory=dict)

    def of(self, row: Row) -> Baseline | None:
        """The baseline of a TASK row."""
        return self.found.get((row.get("proj_id", ""), row.get("task_code", "")))


def read_baselines(tables: Tables, projects: Mapping[str, str]) -> Baselines:
    """Baselines of the projects: of several the one that the project names as its own, else the last in the file."""
    rows = tables.by_id("PROJECT", "proj_id")
    of_project = {
        key: row["orig_proj_id"]
        for key, row in rows.items()
        if row.get("orig_proj_id") and row["orig_proj_id"] in projects
    }
    chosen: dict[str, str] = {}
    for key, original in of_project.items():
        if original not in chosen or chosen[original] != rows[original].get("sum_base_proj_id"):
            chosen[original] = key
    result = Baselines(projects=set(of_project))
    if not of_project:
        return result
    if len(of_project) > len(chosen):
        tables.note(f"Ignored: {count(len(of_project) - len(chosen), 'further baseline')}.")
    work, cost = _totals(tables)
    for row in tables.of("TASK"):
        project = row.get("proj_id", "")
        if project in of_project:
            key = row.get("task_id", "")
            result.activities.add(key)
            if chosen[of_project[project]] == project:
                baseline = _baseline(tables, row, work.get(key), cost.get(key))
                result.found[of_project[project], row.get("task_code", "")] = baseline
    return result


def _baseline(tables: Tables, row: Row, work: float | None, cost: float | None) -> Baseline:
    """P6 compares with the baseline's current dates: actual ones, else those of the remaining work."""
    moment = tables.moment
    return Baseline(
        start=moment(row, "act_start_date") or moment(row, "restart_date") or moment(row, "target_start_date"),
        finish=moment(row, "act_end_date") or moment(row, "reend_date") or moment(row, "target_end_date"),
        duration=tables.minutes(row, "target_drtn_hr_cnt"),
        work=work,
        cost=cost,
    )


def _totals(tables: Tables) -> tuple[dict[str, float], dict[str, float]]:
    """Budgeted work in minutes and budgeted cost by ``task_id``."""
    work: dict[str, float] = defaultdict(float)
    cost: dict[str, float] = defaultdict(float)
    for row in tables.of("TASKRSRC"):
        cost[row.get("task_id", "")] += tables.amount(row, "target_cost")
        if row.get("rsrc_type") != "RT_Mat":
            work[row.get("task_id", "")] += tables.amount(row, "target_qty") * 60
    for row in tables.of("PROJCOST"):
        cost[row.get("task_id", "")] += tables.amount(row, "target_cost")
    return work, cost
