"""A comparison of scenarios as text for a terminal."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from simcore.reports import wording
from simcore.reports.comparison_content import ComparisonPage, DifferenceCell, ScenarioLine, build_comparison
from simcore.reports.content import HEADLINE, Summary
from simcore.reports.terminal import SHOWN_PERCENTILES
from simcore.reports.terminal_parts import NARROW, render, table

if TYPE_CHECKING:
    from simcore.comparison import Comparison


def comparison_summary(
    comparison: Comparison, width: int | None = None, color: bool | None = None, plain: bool = False
) -> str:
    """What a comparison answers; parameters as in :func:`simcore.reports.terminal.run_summary`."""
    width = width or Console().width
    page = build_comparison(comparison)
    blocks: list[RenderableType] = [_head(page), _curves(page, page.scenarios, "Finish", width)]
    if page.with_cost:
        blocks.append(_curves(page, page.scenarios, "Cost", width))
    if page.differences:
        blocks.append(_differences(page, "Finish", width))
        blocks += [_differences(page, "Cost", width)] if page.with_cost else []
    blocks += [Text(wording.clean(f"{line.name}: {line.benefit}")) for line in page.differences if line.benefit]
    blocks += _warnings(page)
    return render(blocks, width, color, plain)


def _head(page: ComparisonPage) -> Text:
    head = Text(wording.clean(" · ".join((page.title, *page.subtitle))), style="dim")
    if page.partial:
        head.append("\n" + page.partial, style="bold yellow")
    return head


def _curves(page: ComparisonPage, scenarios: Sequence[ScenarioLine], what: str, width: int) -> Table:
    """One line a scenario: P-values of the finish or of the cost."""
    is_finish = what == "Finish"
    asked = page.target if is_finish else page.budget
    actions = not is_finish and page.with_actions
    wide = width >= NARROW
    percentiles = SHOWN_PERCENTILES if wide else (50, HEADLINE)
    title = what if is_finish else f"Cost {page.currency}".strip()
    columns = [(f"P{percent}", "right") for percent in percentiles]
    columns += [("Mean", "right"), ("plan kept", "right")] if wide else []
    columns += [(f"by {asked}" if is_finish else f"within {asked}", "right")] if asked else []
    columns += [("actions", "right")] if actions else []
    made = table("", *columns, title=title)
    for line in scenarios:
        summary: Summary | None = line.finish if is_finish else line.cost
        if summary is None:
            continue
        values = [summary.row(percent).value for percent in percentiles]
        values += [summary.mean.value, summary.probability] if wide else []
        values += [line.target if is_finish else line.budget] if asked else []
        values += [line.action_cost] if actions else []
        made.add_row(_name(line.name, width), *values)
    return made


def _differences(page: ComparisonPage, what: str, width: int) -> Table:
    """One line a scenario: what it changes against the first, with the difference's own error."""
    is_finish = what == "Finish"
    chosen = [cell.label for cell in page.differences[0].finish if width >= NARROW or cell.headline]
    unit = "" if is_finish else f" {page.currency}".rstrip()
    title = f"{what}{unit}: difference to {page.first}, ± its own standard error"
    made = table("", *((label, "right") for label in chosen), title=wording.clean(title))
    made.add_column("earlier / same" if is_finish else "cheaper / same", justify="right", no_wrap=True)
    for line in page.differences:
        cells = line.finish if is_finish else line.cost
        better = line.finish_better if is_finish else line.cost_better
        made.add_row(_name(line.name, width), *_values(cells, chosen), _shares(better))
    return made


def _values(cells: Sequence[DifferenceCell], chosen: Sequence[str]) -> list[str]:
    return [f"{cell.value} {cell.error}" for cell in cells if cell.label in chosen]


def _shares(better: str) -> str:
    """``earlier in 41 %, the same in 59 %`` as figures alone."""
    first, _, second = better.partition(", the same in ")
    return f"{first.partition(' in ')[2]} / {second or '0 %'}"


def _name(name: str, width: int) -> Text:
    return Text(wording.shortened(wording.clean(name), max(14, width // 5)))


def _warnings(page: ComparisonPage) -> list[RenderableType]:
    made = Table.grid(padding=(0, 1))
    for warning in page.warnings:
        made.add_row(Text("!", style="bold yellow"), Text(wording.clean(warning)))
    return [made] if made.row_count else []
