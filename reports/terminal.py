"""The answer of a run as text for a terminal."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from simcore.cost_check import check_costs
from simcore.importcheck import check_import
from simcore.reports import wording
from simcore.reports.content import (
    HEADLINE,
    Row,
    Summary,
    answer,
    cost_summary,
    finish_summary,
    milestone_summaries,
    project_summaries,
    scenario_title,
)
from simcore.reports.curve import curve_lines
from simcore.reports.earned_value_content import brief, verdict
from simcore.reports.joint_content import joint_lines
from simcore.reports.money_terminal import money_blocks
from simcore.reports.ranking import most_critical
from simcore.reports.terminal_parts import NARROW, render, table

if TYPE_CHECKING:
    from simcore.results import Results

SHOWN_PERCENTILES = (10, 50, 80, 90)
TOP_ACTIVITIES = 8
MILESTONES = 12


def run_summary(
    results: Results, width: int | None = None, color: bool | None = None, plain: bool = False
) -> str:
    """What a run answers, in a screenful.

    Parameters
    ----------
    results : Results
    width : int, optional
        Characters a line; default: the terminal's.
    color : bool, optional
        Default: no colour.
    plain : bool
        Only ASCII characters.
    """
    width = width or Console().width
    finish, cost = finish_summary(results), cost_summary(results)
    both = [summary for summary in (finish, cost) if summary]
    blocks: list[RenderableType] = [_head(results), Text(wording.clean(answer(results)), style="bold")]
    blocks += [_percentiles(both)] if width >= NARROW else [_percentiles([summary]) for summary in both]
    blocks += [_contingency(both)] if any(summary.varies for summary in both) else []
    blocks += _lines(joint_lines(results))
    blocks += [_curve(results, min(64, width - 8), plain)] if finish.varies else []
    blocks += money_blocks(results, width)
    blocks += _earned(results)
    blocks += _milestones("Projects", project_summaries(results), width)
    blocks += _milestones("Milestones in focus", milestone_summaries(results), width)
    blocks += _critical(results, width)
    blocks += _remarks(results)
    return render(blocks, width, color, plain)


def _head(results: Results) -> Text:
    plan = results.plan
    parts = [
        wording.clean(plan.name or plan.source),
        f"{results.iterations:,} iterations",
        f"seed {results.design.seed}",
        scenario_title(results),
    ]
    head = Text(" · ".join(part for part in parts if part), style="dim")
    if results.partial:
        note = f"\nStopped early: {results.iterations:,} of {results.requested:,} iterations are done."
        head.append(note, style="bold yellow")
    if results.reached is not None:
        head.append(f"\n{results.reached}", style="" if results.reached.met else "bold yellow")
    return head


def _percentiles(both: Sequence[Summary]) -> Table:
    made = table("")
    for summary in both:
        heading = "Finish" if summary.is_date else f"Cost {summary.currency}".strip()
        for name in (heading, "std. error", "vs plan"):
            made.add_column(name, justify="right", no_wrap=True)
    made.add_row("Deterministic", *(text for s in both for text in (s.deterministic, "", f"{s.probability} kept")))
    if not any(s.varies for s in both):
        return made
    for percent in SHOWN_PERCENTILES:
        style = "bold" if percent == HEADLINE else ""
        made.add_row(f"P{percent}", *_cells(s.row(percent) for s in both), style=style)
    made.add_row("Mean", *_cells(s.mean for s in both))
    return made


def _cells(rows: Iterable[Row]) -> list[str]:
    return [text for row in rows for text in (row.value, row.error, row.difference)]


def _lines(texts: Sequence[str]) -> list[RenderableType]:
    return [Text("\n".join(map(wording.clean, texts)))] if texts else []


def _contingency(both: Sequence[Summary]) -> Text:
    return Text(f"Contingency at P{HEADLINE}: {' and '.join(summary.contingency for summary in both)}")


def _curve(results: Results, width: int, plain: bool) -> Text:
    finish = results.finish

    def label(minutes: float) -> str:
        return wording.date_text(np.datetime64(round(minutes), "m").item())

    marks = [(_minutes(finish.deterministic), "plan"), (_minutes(finish.p(HEADLINE)), f"P{HEADLINE}")]
    samples = finish.exact.samples.astype(np.int64).astype(np.float64)
    lines = curve_lines(samples, marks, label, width=width, plain=plain)
    return Text("\n".join(["Probability of finishing by a date", *lines]))


def _minutes(moment: datetime) -> float:
    return float(np.datetime64(moment, "m").astype(np.int64))


def _earned(results: Results) -> list[RenderableType]:
    earned = results.earned_value
    if earned is None:
        return []
    date = wording.date_text(earned.as_of, is_finish=False)
    return [Group(Text(f"Earned value at {date}", style="bold"), Text(verdict(results, earned)), Text(brief(earned)))]


def _milestones(title: str, summaries: Sequence[Summary], width: int) -> list[RenderableType]:
    if not summaries:
        return []
    cell = 3 + max(len(s.deterministic) for s in summaries)
    percentiles = SHOWN_PERCENTILES if width >= 30 + cell * (1 + len(SHOWN_PERCENTILES)) else (HEADLINE,)
    numbers = 12 + cell * (1 + len(percentiles))
    made = table("", ("Plan", "right"), ("Kept", "right"), *((f"P{p}", "right") for p in percentiles), title=title)
    for s in summaries[:MILESTONES]:
        name = Text(wording.shortened(wording.clean(s.name), max(12, width - numbers)))
        made.add_row(name, s.deterministic, s.probability, *(s.row(p).value for p in percentiles))
    more = len(summaries) - MILESTONES
    return [Group(made, Text(f"and {more:,} more")) if more > 0 else made]


def _critical(results: Results, width: int) -> list[RenderableType]:
    activities = results.activities
    columns = {  # not all of them: percentiles of many activities take their time
        **results.schedule.columns,
        "criticality_index": activities.criticality,
        **{f"duration_hours_p{p}": activities.percentile("duration", p) for p in (10, 90)},
    }
    rows = most_critical(columns, TOP_ACTIVITIES, tasks_only=True)
    if not len(rows):
        return []
    bars = [""] if width >= NARROW else []
    made = table("", "", ("Criticality", "right"), *bars, ("Finish", "right"), (f"P{HEADLINE}", "right"),
                 title="Most critical activities")  # fmt: skip
    finish = activities.percentile("finish", HEADLINE)
    room = max(16, min(60, width - 53 - 11 * len(bars)))
    id_width = min(room // 3, max(len(str(columns["id"][row])) for row in rows))
    for row in rows:
        index = float(columns["criticality_index"][row])
        made.add_row(
            Text(wording.shortened(wording.clean(str(columns["id"][row])), id_width)),
            Text(wording.shortened(wording.clean(str(columns["name"][row])), room - id_width)),
            wording.percent_text(index),
            *("#" * round(index * 8) for _ in bars),
            _date(columns["finish"][row]),
            _date(finish[row]),
        )
    return [made]


def _date(value: Any) -> str:
    return wording.UNKNOWN if np.isnat(value) else wording.date_text(value.astype("datetime64[m]").item())


def _remarks(results: Results) -> list[RenderableType]:
    made = Table.grid(padding=(0, 1))
    for warning in results.warnings:
        made.add_row(Text("!", style="bold yellow"), Text(wording.clean(warning)))
    for check in (check_import(results.plan, results.schedule), check_costs(results.plan)):
        if not check.compared:
            continue
        made.add_row("" if check.perfect else Text("!", style="bold yellow"), Text(wording.clean(str(check))))
    return [made] if made.row_count else []
