"""The place of a thing in its file, for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcore.models.plan import Activity, Plan


class Places:
    """Writes ``plan.yaml:14 activity 'T7'`` for the parts of a plan; the line only where the reader has kept it.

    A part that came from another file than the plan, such as its register, has the whole place there instead of a line.
    """

    def __init__(self, plan: Plan):
        self._plan = plan

    def of(self, kind: str, name: str | None = None, key: str = "") -> str:
        """Place of a part: its kind, its id as users see it, and the key inside it."""
        line = self._plan.lines.get(kind if name is None else f"{kind} {name}")
        source = self._plan.source
        file = line if isinstance(line, str) else f"{source}:{line}" if source and line else source
        label = kind if name is None else f"{kind} '{name}'"
        return " ".join(part for part in (file, label, key) if part)

    def activity(self, activity: Activity, key: str = "") -> str:
        return self.of("activity", self._plan.shown.get(activity.ref, activity.id), key)
