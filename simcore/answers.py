"""Machine-readable answers: the same input gives the same bytes, without timings, paths or thread counts.

All begin with ``format`` and ``simcore``. Dates are ``YYYY-MM-DDTHH:MM`` (local), probabilities 0-1, spreads of dates
in elapsed hours, floats in hours of work. What is not known is null.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

import simcore
from simcore.activities import SHOWN_PERCENTILES
from simcore.answer_values import date_value as _date
from simcore.answer_values import number as _number
from simcore.answer_values import write_columns as _write_columns
from simcore.answers_earned_value import earned_value_answer
from simcore.answers_joint import aimed, joint_answer
from simcore.answers_money import money_answer
from simcore.importcheck import check_import
from simcore.models.plan import Plan, Project
from simcore.sampled import PERCENTILES, DateVariable, MoneyVariable
from simcore.scenarios import resolve

if TYPE_CHECKING:
    from simcore.achieved import Achieved, PairCorrelation
    from simcore.comparison import Comparison, ScenarioDifference, ScenarioRun
    from simcore.paired import Difference
    from simcore.results import Results
    from simcore.scheduling import Schedule
    from simcore.weather_summary import CalendarWeather, LostDays

FORMAT = 1
ERRORS = (10, 50, 80, 90)
HOUR = timedelta(hours=1)
PAIR_NUMBERS = ("asked", "possible", "rank", "rank_error", "total_rank", "total_rank_error", "total_pearson")
SCHEDULE_COLUMNS = (
    "name", "type", "status", "start", "finish", "early_start", "early_finish", "late_start", "late_finish",
    "total_float_hours", "free_float_hours", "critical", "longest_path",
)  # fmt: skip


def schedule_answer(schedule: Schedule) -> dict[str, Any]:
    """The deterministic schedule, as ``simcore schedule --json`` writes it.

    ``id`` is the source tool's own identifier; with ``project`` it is unique.
    """
    plan = schedule.plan
    check = check_import(plan, schedule)
    columns = [_plain(schedule.columns[name]) for name in SCHEDULE_COLUMNS]
    return {
        **_head(plan),
        "projects": [_project(project, schedule) for project in plan.projects],
        "import_check": {"agree": check.agree, "compared": check.compared, "differing": list(check.differing)},
        "activities": [
            {"id": a.id, "project": a.project, **dict(zip(SCHEDULE_COLUMNS, values, strict=True))}
            for a, *values in zip(plan.activities, *columns, strict=True)
        ],
    }


def run_answer(results: Results) -> dict[str, Any]:
    """The answer of a simulation, as ``simcore run --json`` writes it."""
    plan, goal = results.plan, results.goal
    return {
        **_head(plan),
        "seed": results.design.seed,
        "iterations": results.iterations,
        "requested": results.requested,
        "partial": results.partial,
        "until": None if results.reached is None else results.reached.to_dict(),
        "scenario": results.scenario,
        "scenario_name": resolve(plan, results.scenario).name,
        "design": results.design.to_dict(),
        "name": plan.name,
        "currency": plan.currency,
        "deterministic": {
            "finish": _date(results.finish.deterministic),
            "cost": None if results.cost is None else _number(results.cost.deterministic),
        },
        "target": _date(goal.target),
        "budget": None if goal.budget is None else _number(goal.budget),
        "finish": aimed(_date_variable(results.finish), results.finish, "target", goal.target),
        "cost": None if results.cost is None else aimed(_money_variable(results.cost), results.cost, "budget", goal.budget),
        "joint": joint_answer(results),
        **money_answer(results, _money_variable),
        "projects": {key: _date_variable(variable) for key, variable in results.projects.items()},
        "milestones": {key: _date_variable(variable) for key, variable in results.milestones.items()},
        **_correlations(results.correlations),
        "weather": [_weather(of_calendar) for of_calendar in results.weather],
        "earned_value": earned_value_answer(results),
        "activities": list(_activities(results)),
        "clamped": results.clamped,
        "warnings": list(results.warnings),
    }


def _correlations(achieved: Achieved) -> dict[str, Any]:
    return {
        "correlations": [
            {
                "name": group.name, "asked": group.asked, "variables": group.variables, "checked": group.checked,
                "mean_gap": _number(group.mean_gap), "largest_gap": _number(group.largest_gap),
                "pairs": [_pair(pair) for pair in group.pairs],
            }
            for group in achieved.groups
        ],
        "correlations_repaired": {
            "distance": _number(achieved.repaired),
            "moved": [_pair(pair, ("asked", "possible")) for pair in achieved.moved],
        },
        "correlations_arising": [
            _pair(pair, ("total_rank", "total_rank_error", "total_pearson")) for pair in achieved.arising
        ],
    }  # fmt: skip


def _pair(pair: PairCorrelation, numbers: Iterable[str] = PAIR_NUMBERS) -> dict[str, Any]:
    values = {name: getattr(pair, name) for name in numbers}
    return {
        "between": [pair.first, pair.second],
        **{name: None if value is None else _number(value) for name, value in values.items()},
    }


def compare_answer(comparison: Comparison) -> dict[str, Any]:
    """The answer of a comparison, as ``simcore compare --json`` writes it."""
    plan = comparison.plan
    return {
        **_head(plan),
        "seed": comparison.design.seed,
        "iterations": comparison.iterations,
        "requested": comparison.requested,
        "partial": comparison.partial,
        "design": comparison.design.to_dict(),
        "name": plan.name,
        "currency": plan.currency,
        "target": _date(comparison.target),
        "budget": comparison.budget,
        "scenarios": [_scenario(comparison, run) for run in comparison.scenarios],
        "differences": [_difference(difference, comparison.iterations) for difference in comparison.differences],
        "left_out": list(comparison.left_out),
        "warnings": list(comparison.warnings),
    }


def _scenario(comparison: Comparison, run: ScenarioRun) -> dict[str, Any]:
    cost = run.cost
    return {
        "id": run.id, "name": run.name, "action_cost": _number(run.action_cost), "mitigated": list(run.mitigated),
        "finish": aimed(_date_variable(run.finish), run.finish, "target", comparison.target),
        "cost": None if cost is None else aimed(_money_variable(cost), cost, "budget", comparison.budget),
    }  # fmt: skip


def _difference(difference: ScenarioDifference, iterations: int) -> dict[str, Any]:
    """The later scenario less the first: negative is earlier, or cheaper."""
    benefit = difference.benefit()
    cost = difference.cost
    return {
        "from": difference.first.id,
        "to": difference.second.id,
        "finish": {
            **_paired(difference.finish, "_hours", lambda span: span / HOUR, iterations),
            "probability_earlier": _number(difference.finish.probability_less),
            "probability_same": _number(difference.finish.probability_same),
        },
        "cost": None if cost is None else {
            **_paired(cost, "", float, iterations),
            "probability_lower": _number(cost.probability_less),
            "probability_same": _number(cost.probability_same),
        },
        "benefit_at_P80": {
            "gain_hours": _number(benefit.gain / HOUR), "action_cost": _number(benefit.action_cost),
            "saved": _number(benefit.saved), "net": _number(benefit.net),
        },
    }  # fmt: skip


def _paired(
    difference: Difference[Any], unit: str, number: Callable[[Any], float], iterations: int
) -> dict[str, Any]:
    named: dict[str, Any] = {"mean": difference.mean, **{f"P{percent}": difference.p(percent) for percent in ERRORS}}
    return {
        f"difference{unit}": {name: _number(number(value)) for name, value in named.items()},
        f"standard_error{unit}": _errors(lambda of: _number(number(difference.standard_error(of))), iterations),
    }


def write_compared(comparison: Comparison, stream: IO[str]) -> None:
    """The samples of all scenarios as CSV: one row an iteration, numbered from 0; the same row has the same draws."""
    named: dict[str, npt.NDArray[Any]] = {"iteration": np.arange(comparison.iterations)}
    for run in comparison.scenarios:
        named[f"finish {run.id}"] = np.datetime_as_string(run.finish.samples, unit="m")
        if run.cost is not None:
            named[f"cost {run.id}"] = run.cost.samples
    _write_columns(named, stream)


def json_text(answer: Mapping[str, Any]) -> str:
    """An answer as JSON, one activity a line so that versions can be compared line by line.

    >>> print(json_text({"format": 1, "activities": [{"id": "A"}, {"id": "B"}]}), end="")
    {
     "format": 1,
     "activities": [
      {"id": "A"},
      {"id": "B"}
     ]
    }
    """
    parts = [f" {_compact(key)}: {_value_text(value)}" for key, value in answer.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_samples(results: Results, stream: IO[str]) -> None:
    """The samples as CSV: one row an iteration, numbered from 0; finish, cost, projects and milestones as columns."""
    named: dict[str, npt.NDArray[Any]] = {
        "iteration": np.arange(results.iterations),
        "finish": np.datetime_as_string(results.finish.samples, unit="m"),
    }
    if results.cost is not None:
        named["cost"] = results.cost.samples
    for kind, variables in (("project", results.projects), ("milestone", results.milestones)):
        for key, variable in variables.items():
            named[f"{kind} {key}"] = np.datetime_as_string(variable.samples, unit="m")
    _write_columns(named, stream)


def model_digest(plan: Plan) -> str:
    """SHA-256 of all that is scheduled and simulated: risks, quick ranges and changes made in Python included."""
    content = (
        plan.projects, plan.activities, plan.relationships, dict(plan.calendars), plan.wbs, dict(plan.resources),
        plan.risks, plan.factors, plan.correlations, plan.branches, plan.weather, plan.scenarios,
        plan.focus, plan.scheduling, plan.currency, plan.finance,
    )  # fmt: skip
    return hashlib.sha256(repr(content).encode()).hexdigest()


def _head(plan: Plan) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "simcore": simcore.__version__,
        "plan_sha256": plan.sha256 or None,
        "model_sha256": model_digest(plan),
    }


def _project(project: Project, schedule: Schedule) -> dict[str, Any]:
    mine = np.array([a.project == project.id for a in schedule.plan.activities], dtype=bool)
    starts = schedule.start[mine]
    starts = starts[~np.isnat(starts)]
    return {
        "id": project.id,
        "name": project.name,
        "data_date": _date(project.data_date),
        "start": _date(starts.min().item() if len(starts) else project.start),
        "finish": _date(schedule.project_finish[project.id]),
    }


def _activities(results: Results) -> Iterator[dict[str, Any]]:
    table = results.activities
    columns: dict[str, list[Any]] = {
        "criticality_index": _plain(table.criticality),
        "criticality_error": _plain(table.criticality_error),
        "criticality_interval_95": [list(ends) for ends in zip(*map(_plain, table.criticality_interval()), strict=True)],
        "existence": _plain(table.existence),
    }
    for quantity in table.histograms:
        unit = "" if quantity in ("start", "finish") else "_hours"
        by_percent = [_plain(table.percentile(quantity, percent)) for percent in SHOWN_PERCENTILES]
        columns[quantity + unit] = [
            {f"P{percent}": value for percent, value in zip(SHOWN_PERCENTILES, values, strict=True)}
            for values in zip(*by_percent, strict=True)
        ]
    for activity, *values in zip(results.plan.activities, *columns.values(), strict=True):
        yield {
            "id": activity.id, "project": activity.project, "name": activity.name,
            **dict(zip(columns, values, strict=True)),
        }  # fmt: skip


def _date_variable(variable: DateVariable) -> dict[str, Any]:
    return {
        "deterministic": _date(variable.deterministic),
        "mean": _date(variable.mean),
        "sd_hours": _number(variable.sd / HOUR),
        "probability_of_deterministic": _number(variable.probability_of_deterministic),
        "percentiles": {f"P{percent}": _date(variable.p(percent)) for percent in PERCENTILES},
        "standard_error_hours": _errors(lambda of: _number(variable.standard_error(of) / HOUR), variable.iterations),
        "interval_95": _errors(lambda of: [_date(end) for end in variable.interval(of)], variable.iterations),
        **_resolution("resolution_hours", variable.resolution / HOUR),
    }


def _money_variable(variable: MoneyVariable) -> dict[str, Any]:
    return {
        "deterministic": _number(variable.deterministic),
        "mean": _number(variable.mean),
        "sd": _number(variable.sd),
        "probability_of_deterministic": _number(variable.probability_of_deterministic),
        "percentiles": {f"P{percent}": _number(variable.p(percent)) for percent in PERCENTILES},
        "standard_error": _errors(lambda of: _number(variable.standard_error(of)), variable.iterations),
        "interval_95": _errors(lambda of: [_number(end) for end in variable.interval(of)], variable.iterations),
        **_resolution("resolution", variable.resolution),
    }


def _resolution(name: str, width: float) -> dict[str, float | None]:
    """How far P-values may lie beyond the exact ones; only where they come from histograms."""
    return {name: _number(width)} if width else {}


def _weather(weather: CalendarWeather) -> dict[str, Any]:
    return {
        "calendar": weather.calendar,
        "first": weather.first.isoformat(),
        "last": weather.last.isoformat(),
        **_lost_days(weather.lost),
        "longest_spell": {"mean": _number(weather.longest_mean), "P90": weather.longest_p90},
        "months": {str(month): _lost_days(lost) for month, lost in weather.months.items()},
    }


def _lost_days(lost: LostDays) -> dict[str, Any]:
    expected = None if lost.expected is None else _number(lost.expected)
    sampled = {"expected": expected, "mean": _number(lost.mean), "P10": lost.p10, "P90": lost.p90}
    return {"working_days": lost.working_days, "lost": sampled}


def _errors(told: Callable[[float | str], Any], iterations: int) -> dict[str, Any]:
    """Standard errors or intervals; null where two replicates of two iterations are not there yet."""
    known = iterations >= 4
    named: dict[str, float | str] = {"mean": "mean", **{f"P{percent}": percent for percent in ERRORS}}
    return {name: told(of) if known else None for name, of in named.items()}


def _plain(column: npt.NDArray[Any]) -> list[Any]:
    """A column as values that JSON knows."""
    if column.dtype.kind == "M":
        return [None if text == "NaT" else text for text in np.datetime_as_string(column, unit="m").tolist()]
    if column.dtype.kind == "f":
        return [_number(value) for value in column.tolist()]
    return column.tolist()


def _value_text(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"  {_compact(item)}" for item in value) + "\n ]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
