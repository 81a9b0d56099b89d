"""Costs read from real files beside the totals that these store, as the table of docs/fidelity.md.

    python -m benchmarks.cost_fidelity [--each] [--plans FOLDER]

Reads every plan of the folder that needs no Java, compares the costs of its activities with the file's own totals, computes
them again from prices, and prints both by tool, with the causes of what differs. Needs the shared folder beside the checkout.
"""
from __future__ import annotations

import argparse
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from simcore.cost_check import CostCheck, causes_of, check_costs
from simcore.models.errors import PlanError
from simcore.models.formats.mspdi import read_mspdi
from simcore.models.formats.p6xml import read_p6xml
from simcore.models.formats.xer import read_xer
from simcore.models.plan import Plan

SHARED = Path(__file__).resolve().parents[2] / "shared"
READERS = {".xer": ("Primavera P6 (XER)", read_xer), ".pmxml.xml": ("Primavera P6 (XML)", read_p6xml),
           "mspdi.xml": ("Microsoft Project", read_mspdi)}  # fmt: skip
FOLDERS = ("p6", "derived", "other_formats")


@dataclass
class Score:
    """Sums over the files of a tool."""

    files: int = 0
    compared: int = 0
    agree: int = 0
    priced: int = 0
    priced_agree: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    repriced: Counter[str] = field(default_factory=Counter)

    def add(self, check: CostCheck) -> None:
        self.files += bool(check.compared)
        for name in ("compared", "agree", "priced", "priced_agree"):
            setattr(self, name, getattr(self, name) + getattr(check, name))
        self.differing.update(causes_of(check.differing))
        self.repriced.update(causes_of(check.repriced))


def read_plans(folder: Path) -> Iterator[tuple[str, str, Plan]]:
    """Tool, file name and plan of every file that can be read without Java."""
    for path in sorted(path for name in FOLDERS for path in (folder / name).glob("*")):
        name = path.name.removesuffix(".gz")
        tool, reader = next((found for tail, found in READERS.items() if name.endswith(tail)), ("", None))
        if reader is None:
            continue
        data = path.read_bytes()
        try:
            plan = reader(gzip.decompress(data) if path.suffix == ".gz" else data, name)
        except PlanError:
            continue  # a broken file, there to be refused
        yield tool, name, plan


def measure(folder: Path, each: bool = False) -> dict[str, Score]:
    """The scores by tool."""
    scores: dict[str, Score] = {}
    for tool, name, plan in read_plans(folder):
        check = check_costs(plan)
        scores.setdefault(tool, Score()).add(check)
        if each and check.compared:
            print(f"{name}: {check}")
    return scores


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", action="store_true", help="also a line for every file")
    parser.add_argument("--plans", type=Path, default=SHARED / "plans")
    args = parser.parse_args()
    scores = measure(args.plans, args.each)
    print("|  | files | activities with cost | totals agree | priced | follow from prices |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for tool, score in scores.items():
        shares = (score.agree / score.compared, score.priced_agree / score.priced)
        print(f"| {tool} | {score.files} | {score.compared:,} | {score.agree:,} ({shares[0]:.2%}) "
              f"| {score.priced:,} | {score.priced_agree:,} ({shares[1]:.2%}) |")  # fmt: skip
    for tool, score in scores.items():
        for cause, number in (score.differing + score.repriced).most_common():
            print(f"| {tool} | {number} | {cause} |")


if __name__ == "__main__":
    main()
