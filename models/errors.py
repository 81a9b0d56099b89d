"""Problems found in input: where, what is wrong, what to write instead."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or noteworthy) in an input.

    Attributes
    ----------
    where : str
        The place a person can find: ``plan.yaml:14 activity 'T7'``, ``plan.xer table TASK line 203``.
    what : str
        What is wrong, one sentence.
    fix : str
        What to write instead; may be empty.
    severity : {"error", "warning", "note"}
        Errors refuse the file, warnings are shown, notes are listed as *read, assumed, ignored*.
    """

    where: str
    what: str
    fix: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:" if self.where else "", self.what, self.fix) if part)


class SimcoreError(Exception):
    """Base class of every error a user can cause; the command line prints it and exits with 1."""


class PlanError(SimcoreError):
    """The input is wrong. Carries every problem found, not only the first."""

    SHOWN = 100

    def __init__(self, problems: Problem | str | Iterable[Problem]):
        if isinstance(problems, str):
            problems = Problem("", problems)
        self.problems: Sequence[Problem] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        lines = [str(p) for p in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            lines.append(f"... and {len(self.problems) - self.SHOWN} more problems")
        super().__init__("\n".join(lines))


class MissingExtraError(SimcoreError):
    """An optional dependency is needed and not installed; the message says what to install."""
