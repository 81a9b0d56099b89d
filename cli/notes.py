"""What was read with a question mark: warnings and notes of a plan, for people, on standard error."""
from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simcore.models.plan import Plan
    from simcore.reports.basis import NoteLine


def show_notes(plan: Plan, everything: bool = True) -> None:
    """Print what was assumed or ignored on reading; without ``everything`` the warnings alone, counting notes."""
    from simcore.reports.basis import group_notes

    lines = group_notes(plan.notes)
    shown = [line for line in lines if everything or line.severity == "warning"]
    for line in shown:
        click.echo(note_text(line), err=True)
    hidden = len(lines) - len(shown)
    if hidden:
        noun = "note" if hidden == 1 else "notes"
        click.echo(f"{hidden} {noun} on what was assumed or ignored: see the report, or simcore convert.", err=True)


def note_text(line: NoteLine) -> str:
    """A grouped note as one line: what, how often, where first, what to do.

    >>> from simcore.reports.basis import NoteLine
    >>> note_text(NoteLine(severity="warning", what="A lag is ignored.", fix="Check it.", places=("a", "b"), count=3))
    'Warning: A lag is ignored. Check it. (3 times: a, b ...)'
    """
    start = "Warning: " if line.severity == "warning" else "Note: "
    places = ", ".join(place for place in line.places if place)
    more = " ..." if line.count > len(line.places) else ""
    often = f"{line.count:,} times: " if line.count > 1 else ""
    where = f"({often}{places}{more})" if places else ""
    return " ".join(part for part in (start + line.what, line.fix, where) if part)
