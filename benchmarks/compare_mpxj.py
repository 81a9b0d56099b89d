"""simcore beside MPXJ's own schedulers, on the same real files, by the same rule.

    python -m benchmarks.compare_mpxj [--family p6|msp|all] [--each] [--control] [--plans FOLDER]

Both sides schedule every plan of the folder whose stored dates are those of a schedule run (verdict A or B), and the
dates and total float of its open activities are compared to the minute with those that P6 or Microsoft Project stored;
the rule is that of the shared check ``fidelity.py``, whose functions are used. Prints a table in Markdown, the one in
docs/fidelity.md. Needs the extra ``mpp`` and the shared folder beside the checkout; takes a minute or two.

MPXJ is used as its documentation says: the file is read by its own reader for the kind, each of its projects is given
to ``PrimaveraScheduler`` or ``MicrosoftScheduler`` with the project's (P6: planned) start, the dates are read back from
the tasks. ``--control`` leaves that scheduling out, and simcore too: what is read back are then the stored dates, which
must agree in every file that MPXJ opens.
"""
from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import simcore
from simcore.models.errors import PlanError
from simcore.models.formats.mpxj import _order

SHARED = Path(__file__).resolve().parents[2] / "shared"
FAMILIES = {"p6": "Primavera P6", "msp": "Microsoft Project"}
SCHEDULERS = {"p6": "PrimaveraScheduler", "msp": "MicrosoftScheduler"}
GETTERS = {
    "p6": ("getEarlyStart", "getEarlyFinish", "getLateStart", "getLateFinish"),
    "msp": ("getStart", "getFinish", "getLateStart", "getLateFinish"),
}
FLOAT = "total_float_hours"

Row = Mapping[str, Any]
Answer = Mapping[str, Row]
"""Dates and total float of activities by the id that users see."""
Scheduler = Callable[[Path, str], Answer]


class NoAnswerError(Exception):
    """A file that could not be read or scheduled; the text says why."""


@dataclass
class Score:
    """What agrees over some files: activities in all five values, and in each value."""

    activities: int = 0
    exact: int = 0
    files: int = 0
    perfect: int = 0
    unanswered: int = 0
    values: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        for name in ("activities", "exact", "files", "perfect", "unanswered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.values.update(other.values)

    def share(self, number: int) -> str:
        return f"{number / self.activities:.2%}" if self.activities else "-"


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=(*FAMILIES, "all"), default="all")
    parser.add_argument("--each", action="store_true", help="also a line for every file")
    parser.add_argument("--control", action="store_true", help="read MPXJ's dates back without scheduling")
    parser.add_argument("--plans", type=Path, default=SHARED / "plans")
    args = parser.parse_args()
    sys.path.insert(0, str(SHARED / "checks"))
    rule = importlib.import_module("fidelity")
    schedulers: dict[str, Scheduler] = {"MPXJ": partial(by_mpxj, start_java(), control=args.control)}
    if not args.control:
        schedulers = {"simcore": by_simcore, **schedulers}
    families = [family for family in FAMILIES if args.family in (family, "all")]
    totals: dict[tuple[str, str, str], Score] = {}
    for family in families:
        for path, verdict, want in plans(args.plans, family, rule):
            for name, scheduler in schedulers.items():
                score, reason = measure(scheduler, path, family, want, rule)
                totals.setdefault((family, name, verdict), Score()).add(score)
                if args.each:
                    share = f"{score.exact:5} of {score.activities:5}"
                    print(f"{family} {verdict} {name:8}{share}  {path.name}  {reason}".rstrip())
    print(table(families, tuple(schedulers), totals, rule))


def plans(folder: Path, family: str, rule: ModuleType) -> Iterator[tuple[Path, str, Answer]]:
    """The files that count, with their verdict and what their own tool stored for the open activities."""
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        if entry["plan"].startswith(family + "/") and entry["verdict"] != "C":
            want = rule.expected_rows(folder / entry["expected"], family)
            if want:
                yield folder / entry["plan"], entry["verdict"], want


def measure(scheduler: Scheduler, path: Path, family: str, want: Answer, rule: ModuleType) -> tuple[Score, str]:
    """How one scheduler does on one file, and why it has no answer where it has none."""
    score = Score(activities=len(want), files=1)
    try:
        got = scheduler(path, family)
    except NoAnswerError as error:
        score.unanswered = 1
        return score, str(error)
    for ident, values in want.items():
        row = got.get(ident, {})
        stored = {key: value for key, value in values.items() if value is not None}
        agreeing = [key for key, value in stored.items() if rule.same(key, value, row.get(key))]
        score.exact += len(agreeing) == len(stored)
        score.values.update(agreeing)
    score.perfect = int(score.exact == score.activities)
    return score, ""


def by_simcore(path: Path, family: str) -> Answer:
    """What ``simcore schedule --json`` answers."""
    try:
        answer = simcore.schedule(simcore.read(path)).to_dict()
    except PlanError as error:
        raise NoAnswerError(str(error)) from error
    return {str(row["id"]): row for row in answer["activities"]}


def start_java() -> Any:
    """One Java machine for all files, started as simcore's reader starts its own."""
    import jpype

    order = _order(Path("the plans"), Path())
    jpype.startJVM(*order["options"], jvmpath=order["jvm"], classpath=order["classpath"])
    return jpype


def by_mpxj(jpype: Any, path: Path, family: str, control: bool) -> Answer:
    """What MPXJ's scheduler for the family leaves in the tasks."""
    try:
        projects = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().readAll(str(path))
        for project in () if control else projects:
            properties = project.getProjectProperties()
            start = (properties.getPlannedStart() if family == "p6" else None) or properties.getStartDate()
            jpype.JClass(f"org.mpxj.cpm.{SCHEDULERS[family]}")().schedule(project, start)
    except jpype.JException as error:
        raise NoAnswerError(str(error.getCause() or error.getMessage())) from error
    hours = jpype.JClass("org.mpxj.TimeUnit").HOURS
    return {ident: row for project in projects for ident, row in mpxj_rows(project, family, hours)}


def mpxj_rows(project: Any, family: str, hours: Any) -> Iterator[tuple[str, Row]]:
    """Id, dates and total float of every activity."""
    keys = ("early_start", "early_finish") if family == "p6" else ("start", "finish")
    properties = project.getProjectProperties()
    for task in project.getTasks():
        ident = task.getActivityID() if family == "p6" else task.getUniqueID()
        dates = (getattr(task, getter)() for getter in GETTERS[family])
        row: dict[str, Any] = dict(zip((*keys, "late_start", "late_finish"), dates, strict=True))
        slack = task.getTotalSlack()
        row[FLOAT] = None if slack is None else float(slack.convertUnits(hours, properties).getDuration())
        yield str(ident), row


def table(
    families: list[str], names: tuple[str, ...], totals: Mapping[tuple[str, str, str], Score], rule: ModuleType
) -> str:
    """The totals side by side in Markdown."""
    columns = [(family, name) for family in families for name in names]
    scores = {column: Score() for column in columns}
    for (family, name, _), score in totals.items():
        scores[family, name].add(score)

    def line(title: str, cell: Callable[[tuple[str, str]], str]) -> str:
        return f"| {title} | " + " | ".join(cell(column) for column in columns) + " |"

    def part(verdict: str) -> Callable[[tuple[str, str]], str]:
        def cell(column: tuple[str, str]) -> str:
            score = totals.get((*column, verdict), Score())
            return score.share(score.exact)

        return cell

    def value(place: int) -> Callable[[tuple[str, str]], str]:
        def cell(column: tuple[str, str]) -> str:
            key = tuple(rule.P6 if column[0] == "p6" else rule.MSP)[place]
            return scores[column].share(scores[column].values[key])

        return cell

    return "\n".join((
        line("", lambda column: f"{FAMILIES[column[0]]}: {column[1]}"),
        line("---", lambda column: "---:"),
        line("open activities", lambda column: f"{scores[column].activities:,}"),
        line("**exact in all five values**", lambda column: f"**{scores[column].share(scores[column].exact)}**"),
        *(line(f"in verdict {verdict} files", part(verdict)) for verdict in "AB"),
        *(line(title, value(place)) for place, title in enumerate(
            ("(early) start", "(early) finish", "late start", "late finish", "total float")
        )),
        line("files perfect", lambda column: f"{scores[column].perfect} of {scores[column].files}"),
        line("files without an answer", lambda column: str(scores[column].unanswered)),
    ))


if __name__ == "__main__":
    main()
