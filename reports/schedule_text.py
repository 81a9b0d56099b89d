"""The deterministic schedule as text: dates as computed, those stored in the file beside them, and what differs."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.cells import set_cell_size

from simcore.importcheck import Difference, ImportCheck, check_import
from simcore.models.plan import Activity, Plan, Status
from simcore.reports.terminal_parts import PLAIN
from simcore.reports.wording import UNKNOWN, clean, shortened

if TYPE_CHECKING:
    from simcore.scheduling import Schedule

STYLES = {"bold": "1", "faint": "2", "differs": "31"}
DATE_WIDTH = 16
NAME_WIDTH = 34
DIFFERENCES = 10
EARLY_IS_SHOWN = {"start": {Status.NOT_STARTED}, "finish": {Status.NOT_STARTED, Status.IN_PROGRESS}}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One activity of the table, as text."""

    id: str
    name: str
    start: str
    finish: str
    total_float: str
    critical: bool
    file_start: str
    file_finish: str
    differs: bool

    def is_shown(self, only: str | None) -> bool:
        """Whether a choice of ``"critical"`` or ``"differing"`` activities includes this one."""
        return {None: True, "critical": self.critical, "differing": self.differs}[only]


def schedule_table(
    schedule: Schedule,
    check: ImportCheck | None = None,
    only: str | None = None,
    width: int | None = None,
    color: bool | None = None,
    plain: bool = False,
) -> str:
    """The schedule in plan order, the file's own dates beside it, and where differences begin.

    Parameters
    ----------
    schedule : Schedule
    check : ImportCheck, optional
        The comparison of this schedule with the file's dates, when it is at hand.
    only : {"critical", "differing"}, optional
        Which activities to show; default all.
    width : int, optional
        Characters a line; default: the terminal's. Names give way first, then the stored dates.
    color : bool, optional
        Highlight differences in colour; they are marked ``≠`` in any case. Default: no colour.
    plain : bool
        Only ASCII characters.
    """
    check = check or check_import(schedule.plan, schedule)
    lines = [line for line in schedule_lines(schedule, check) if line.is_shown(only)]
    shown = _table(lines, width or _terminal_width(), bool(color), with_file=bool(check.compared))
    parts = [_heading(schedule, bool(color)), shown if lines else ["No activity to show."], _begin(check)]
    text = "\n\n".join("\n".join(part) for part in map(list, parts) if part)
    return text.translate({**PLAIN, ord("≠"): "!"}).encode("ascii", "replace").decode() if plain else text


def _terminal_width() -> int:
    from rich.console import Console

    return Console().width


def schedule_lines(schedule: Schedule, check: ImportCheck) -> list[Line]:
    """The rows of the table."""
    plan, columns = schedule.plan, schedule.columns
    differing = set(check.differing)
    rows = zip(
        plan.activities,
        columns["id"], columns["start"], columns["finish"], columns["total_float_hours"], columns["critical"],
        strict=True,
    )  # fmt: skip
    return [
        Line(
            id=clean(str(ident)),
            name=clean(activity.name),
            start=_date(start),
            finish=_date(finish),
            total_float=_float(plan, activity, float(hours)),
            critical=bool(critical),
            file_start=_stored(activity, "start"),
            file_finish=_stored(activity, "finish"),
            differs=str(ident) in differing,
        )
        for activity, ident, start, finish, hours, critical in rows
    ]


def _date(value: Any) -> str:
    return UNKNOWN if np.isnat(value) else _moment(value.astype("datetime64[m]").item())


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


def _stored(activity: Activity, end: str) -> str:
    """What the tool shows; its early dates say that only while the work is not begun (or, for the finish, not done)."""
    dates = activity.file_dates
    if dates is None:
        return ""
    value = getattr(dates, end) or (getattr(dates, f"early_{end}") if activity.status in EARLY_IS_SHOWN[end] else None)
    return _moment(value) if value else ""


def _float(plan: Plan, activity: Activity, hours: float) -> str:
    if not np.isfinite(hours):
        return ""
    return f"{hours / plan.calendar_of(activity).hours_per_day:.1f}".removesuffix(".0") + " d"


def _heading(schedule: Schedule, color: bool) -> Iterator[str]:
    for project in schedule.plan.projects:
        when = project.data_date or project.start
        finish = schedule.project_finish.get(project.id)
        parts = [
            _styled(clean(f"{project.id} {project.name}" if project.name != project.id else project.id), "bold", color),
            f"data date {_moment(when)}" if when else "",
            f"finish {_moment(finish)}" if finish else "",
            f"must finish by {_moment(project.must_finish_by)}" if project.must_finish_by else "",
        ]
        yield " · ".join(part for part in parts if part)


def _table(lines: Sequence[Line], width: int, color: bool, with_file: bool) -> Iterator[str]:
    id_width = min(24, max((len(line.id) for line in lines), default=2))
    fixed = id_width + 2 * (DATE_WIDTH + 2) + 14
    both = 2 * (DATE_WIDTH + 2)
    with_file = with_file and width >= fixed + both + 14
    longest = max((len(line.name) for line in lines), default=4)
    room = max(8, min(NAME_WIDTH if with_file else 60, longest, width - fixed - (both if with_file else 0)))
    head = f"  {'ID':<{id_width}}  {'Name':<{room}}  {'Start':<{DATE_WIDTH}}  {'Finish':<{DATE_WIDTH}}  {'Float':>8}"
    if with_file:
        head += f"  {'Start in file':<{DATE_WIDTH}}  {'Finish in file':<{DATE_WIDTH}}"
    yield _styled(head.rstrip(), "bold", color)
    for line in lines:
        mark = _styled("≠", "differs", color) if line.differs else " "
        text = (
            f"{mark}{'*' if line.critical else ' '}{_fitted(line.id, id_width)}  "
            f"{_fitted(line.name, room)}  {line.start:<{DATE_WIDTH}}  {line.finish:<{DATE_WIDTH}}  "
            f"{line.total_float:>8}"
        )
        if with_file:
            text += f"  {_beside(line.file_start, line.start, color)}  {_beside(line.file_finish, line.finish, color)}"
        yield text.rstrip()
    legend = "* critical" + ("   ≠ differs from the file" if any(line.differs for line in lines) else "")
    yield _styled(legend, "faint", color)


def _fitted(text: str, width: int) -> str:
    """Cut or padded to a width in terminal cells, of which Chinese characters take two."""
    return set_cell_size(shortened(text, width), width)


def _beside(stored: str, computed: str, color: bool) -> str:
    return _styled(f"{stored:<{DATE_WIDTH}}", "faint" if stored == computed else "differs", color)


def _begin(check: ImportCheck) -> Iterator[str]:
    if check.first_differences:
        yield "Differences begin at:"
    for difference in check.first_differences[:DIFFERENCES]:
        yield clean(f"  {difference.id} {difference.name}: ") + "; ".join(_values(difference))


def _values(difference: Difference) -> Iterator[str]:
    for name, (stored, computed) in difference.values.items():
        if isinstance(stored, datetime):
            found = _moment(computed) if computed else UNKNOWN
            yield f"{name.replace('_', ' ')} {_moment(stored)} in the file, {found} computed"
        else:
            yield f"total float {stored:g} h in the file, {computed:g} h computed"


def _styled(text: str, style: str, color: bool) -> str:
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if color else text
