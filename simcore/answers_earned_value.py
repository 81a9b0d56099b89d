"""The machine-readable answer about earned value."""
from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.answer_values import date_value, number
from simcore.earned_forecasts import cost_forecasts, finish_forecasts

if TYPE_CHECKING:
    from simcore.earned_measures import Measures
    from simcore.earned_schedule import EarnedSchedule
    from simcore.earned_value import EarnedValue, ValueCurve
    from simcore.results import Results

MEASURES = ("bac", "pv", "ev", "ac", "etc")
INDICES = ("cv", "sv", "cpi", "spi", "tcpi_bac", "tcpi_eac", "vac")


def earned_value_answer(results: Results) -> dict[str, Any] | None:
    """The block ``earned_value`` of ``simcore run --json``; None where there is nothing to measure."""
    earned = results.earned_value
    if earned is None:
        return None
    return {
        "data_date": date_value(earned.as_of),
        "total": _measures(earned.total, (*MEASURES, *INDICES)),
        "eac": {
            f.id: {"amount": number(f.amount), "probability": number(f.probability)} for f in cost_forecasts(results, earned)
        },
        "schedule": _schedule(earned.schedule),
        "finish": {
            f.id: {"date": date_value(f.date), "probability": number(f.probability)}
            for f in finish_forecasts(results, earned)
        },
        "curve": _curve(earned.curve),
        "wbs": [{"code": node.code, "name": node.name, **_measures(node.measures)} for node in earned.wbs],
        "activities": _activities(earned),
        "notes": list(earned.notes),
    }


def _measures(measures: Measures, names: tuple[str, ...] = MEASURES) -> dict[str, Any]:
    return {name: number(getattr(measures, name)) for name in names}


def _schedule(schedule: EarnedSchedule) -> dict[str, Any]:
    hours = {"planned_hours": schedule.planned, "earned_hours": schedule.earned, "actual_hours": schedule.actual}
    return {
        "calendar": schedule.calendar,
        "start": date_value(schedule.start),
        "finish": date_value(schedule.finish),
        "earned": date_value(schedule.moment),
        "at": date_value(schedule.at),
        **{name: number(minutes / 60) for name, minutes in hours.items()},
        "sv_hours": number(schedule.sv / 60),
        "sv_elapsed_hours": number(schedule.sv_elapsed / timedelta(hours=1)),
        "spi": number(schedule.spi),
        "tspi": number(schedule.tspi),
    }


def _curve(curve: ValueCurve) -> dict[str, Any]:
    columns = {name: [number(value) for value in getattr(curve, name).tolist()] for name in ("pv", "ev", "ac")}
    return {"dates": np.datetime_as_string(curve.dates, unit="m").tolist(), **columns}


def _activities(earned: EarnedValue) -> list[dict[str, Any]]:
    return [
        {
            "id": a.ref.id, "project": a.ref.project, "planned_start": date_value(a.start),
            "planned_finish": date_value(a.finish), **_measures(a.measures),
        }
        for a in earned.activities
    ]  # fmt: skip
