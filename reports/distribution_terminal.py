"""Distributions in a terminal: their shapes in block characters, their numbers, and what fits observed values."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from simcore.reports import wording
from simcore.reports.curve import below, ends
from simcore.reports.distribution_content import Sketch, masses, plotted_range, unit_of
from simcore.reports.distribution_gallery import BY_PERCENTILES
from simcore.reports.terminal_parts import render, table

if TYPE_CHECKING:
    from simcore.fitting import Fit, Fits
    from simcore.models.distributions import Distribution

BLOCKS, PLAIN_BLOCKS = "▁▂▃▄▅▆▇█", ".:-=+*#@"
TINY, BIG, ROWS = 24, 64, 7
MARKS = (5, 50, 95)
NARROW = 110  # characters below which the numbers take two lines
DOUBTFUL = 0.05
FEW = 20


def gallery_text(sketches: Sequence[Sketch], width: int, color: bool, plain: bool) -> str:
    """One line for every distribution, with its shape."""
    made = table("", "For example", ("Mean", "right"), ("P10", "right"), ("P90", "right"))
    for s in sketches:
        d, unit = s.distribution, s.unit
        numbers = (unit.text(d.mean), *(unit.text(float(q)) for q in d.ppf([0.1, 0.9])))
        made.add_row(tiny_shape(d, plain), Text(s.expression), *numbers)
    more = "\n".join(
        [
            "Most families can be given by percentiles instead, such as", *(f"  {text}" for text in BY_PERCENTILES),
            'simcore distributions "pert(1d, 2d, 5d)" shows one or several, --html FILE draws them, --fit FILE.csv finds them.',
        ]
    )  # fmt: skip
    return render([made, Text(more)], width, color, plain)


def sketches_text(sketches: Sequence[Sketch], width: int, color: bool, plain: bool) -> str:
    """The shape and the numbers of each distribution."""
    return render([block for sketch in sketches for block in _blocks(sketch, width, plain)], width, color, plain)


def _blocks(sketch: Sketch, width: int, plain: bool) -> list[RenderableType]:
    d, unit = sketch.distribution, sketch.unit
    head = Text(sketch.expression, style="bold")
    if sketch.equivalent:
        head.append(f"\nthe same as {sketch.equivalent}", style="dim")
    lines = shape_lines(d, unit.text, min(BIG, width - 8), plain)
    figures = sketch.figures[:-2]
    parts = [figures] if width >= NARROW else [figures[:5], figures[5:]]
    moments = Text(f"Mean {unit.text(d.mean)}, standard deviation {unit.text(d.sd)}")
    return [Group(head, Text("\n".join(lines))), *map(_numbers, parts), moments]


def _numbers(figures: Sequence[tuple[str, str]]) -> Table:
    made = table(*((name, "right") for name, _ in figures))
    made.add_row(*(text for _, text in figures))
    return made


def tiny_shape(distribution: Distribution, plain: bool = False, width: int = TINY) -> str:
    """Where the probability lies, a character for each part of the range.

    >>> from simcore.models.distributions import Triangular, Discrete
    >>> tiny_shape(Triangular(0, 2, 8), width=8), tiny_shape(Discrete((0, 9), (1, 3)), plain=True, width=8)
    ('▃▇█▇▆▄▃▁', '-      @')
    """
    heights = _heights(distribution, width)
    blocks = PLAIN_BLOCKS if plain else BLOCKS
    return "".join(blocks[min(int(h * len(blocks)), len(blocks) - 1)] if h > 0.0 else " " for h in heights)


def shape_lines(
    distribution: Distribution, label: Callable[[float], str], width: int, plain: bool = False, rows: int = ROWS
) -> list[str]:
    """The density as a chart of ``rows`` lines on an axis with P5, P50 and P95."""
    low, high = plotted_range(distribution)
    filled = np.rint(_heights(distribution, width) * rows * len(BLOCKS)).astype(int)
    filled = np.where((filled == 0) & (_heights(distribution, width) > 0.0), 1, filled)
    lines = []
    for row in range(rows - 1, -1, -1):
        cells = np.clip(filled - row * len(BLOCKS), 0, len(BLOCKS))
        lines.append("".join(_block(int(cell), plain) for cell in cells).rstrip())
    axis = ["-" if plain else "─"] * width
    marks = []
    for percent in MARKS:
        share = (float(distribution.ppf(percent / 100)) - low) / (high - low)
        place = int(np.clip(share * width, 0, width - 1))
        axis[place] = "+" if plain else "┬"
        marks.append((place, f"P{percent}"))
    return [" " * 7 + line for line in (*lines, "".join(axis))] + below(marks, width) + [ends(label(low), label(high), width)]


def _block(eighths: int, plain: bool) -> str:
    if plain:
        return "#" if eighths > 4 else "." if eighths > 0 else " "
    return BLOCKS[eighths - 1] if eighths else " "


def _heights(distribution: Distribution, cells: int) -> npt.NDArray[np.float64]:
    """Shares of the highest cell; smooth shapes that shoot up at an end are cut so that the rest can be seen."""
    low, high = plotted_range(distribution)
    found = masses(distribution, np.linspace(low, high, cells + 1))
    top = float(found.max())
    return np.where(found > 1e-6 * top, np.maximum(found / top, 0.01), 0.0)


def fits_text(fits: Fits, name: str, width: int, color: bool, plain: bool) -> str:
    """What fits observed values, the best first, with the expression to paste."""
    unit = unit_of(fits.observed, fits.how)
    percents = (10, 50, 80, 90)
    made = table("", "", ("AICc", "right"), ("K-S p", "right"), ("A-D p", "right"), *((f"P{p}", "right") for p in percents))
    made.add_row(
        tiny_shape(fits.observed, plain), f"observed, {wording.counted(len(fits.values), 'value')}", "", "", "",
        *(unit.text(float(q)) for q in fits.observed.ppf([p / 100 for p in percents])),
    )  # fmt: skip
    for fit in fits.ranked:
        made.add_row(
            tiny_shape(fit.distribution, plain), fit.expression, difference_text(fit, fits.best),
            p_text(fit.ks_p), p_text(fit.ad_p),
            *(unit.text(float(q)) for q in fit.distribution.ppf([p / 100 for p in percents])),
            style="bold" if fit is fits.best else "",
        )  # fmt: skip
    blocks: list[RenderableType] = [
        Text(wording.clean(name), style="dim"), made,
        Text(f"To paste into a plan: {fits.best.expression}"),
        Text("\n".join(fit_remarks(fits))),
    ]  # fmt: skip
    return render(blocks, width, color, plain)


def difference_text(fit: Fit, best: Fit) -> str:
    """How much worse a fit is than the best, in AICc.

    Differences up to 2 say little, beyond 10 they are clear (Burnham and Anderson, 2002).
    """
    return f"+{fit.aicc - best.aicc:.1f}" if fit is not best else "best"


def p_text(p: float) -> str:
    """A p-value, with one digit more where it decides."""
    return f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def fit_remarks(fits: Fits) -> list[str]:
    """What a careful analyst would point out."""
    best, n = fits.best, len(fits.values)
    remarks = [
        f"p-values are the share of {fits.replicates} samples from the fitted distribution itself, fitted anew, that lie farther "
        f"off; below {DOUBTFUL:g} the description is doubtful."
    ]
    if min(best.ks_p, best.ad_p) < DOUBTFUL:
        remarks.append(
            "Not even the best agrees with the values. Different kinds of work may be mixed in them: fit each alone, or draw "
            "the values themselves with empirical(FILE.csv)."
        )
    if n < FEW:
        remarks.append(f"{n} values cannot tell these distributions apart. Prefer the kind that the work suggests.")
    if best.distribution.label in ("uniform", "triangular", "pert"):
        kind = best.distribution.label
        remarks.append(f"The ends of the {kind} follow from the outermost values; ask whether worse can happen.")
    remarks += [f"Not fitted: {name}, {reason}." for name, reason in fits.left_out.items()]
    return remarks
