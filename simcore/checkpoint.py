"""Checkpoints: the accumulators of a run in a file, from which more iterations continue exactly.

A checkpoint is a NumPy archive (.npz): the arrays of a :class:`simcore.tally.Tally`, and as JSON what they belong to: the
digest of the model, design, scenario, and options.
"""
from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcore.design import SAMPLER_VERSION, Design
from simcore.fine_counts import FineCounts, Grid
from simcore.kernel_flow import FlowSamples
from simcore.kernel_run import Samples
from simcore.models.errors import PlanError, Problem
from simcore.models.files import replacing
from simcore.tally import Tally

if TYPE_CHECKING:
    from simcore.models.plan import Plan
    from simcore.results import Results

FORMAT = 1
COUNTERS = ("counts", "range", "critical")
FINE = ("counts", "largest", "sums")
Options = tuple[str, bool, str | None]
"""Scenario, whether total float is kept, and the unit of periods."""


@dataclass(frozen=True)
class Checkpoint:
    """What a run continues from."""

    design: Design
    tally: Tally


def save_checkpoint(results: Results, path: str | Path) -> None:
    """Write what a run has accumulated; whole or not at all.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    tally, run = results.tally, results.replay
    if tally is None:
        raise ValueError("only results of a run of its own can be continued, not those of a sweep")
    head = {
        "format": FORMAT,
        **_belongs(results.plan, (results.scenario, run.with_float, run.periods)),
        "design": results.design.to_dict(),
        "iterations": tally.last,
        "clamped": tally.clamped,
        "fine": {name: [c.grid.low, c.grid.width, c.grid.bins, c.smallest] for name, c in tally.fine.items()},
    }
    with replacing(path) as part, part.open("wb") as stream:
        arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head).encode(), np.uint8), **dict(_arrays(tally))}
        np.savez(stream, **arrays)


def load_checkpoint(
    path: str | Path, plan: Plan, options: Options, design: Design | None, iterations: int
) -> Checkpoint:
    """Read a checkpoint to continue with a plan up to ``iterations`` in all.

    Raises
    ------
    PlanError
        When the file is no checkpoint, or does not belong to the plan, the options, or the design (None takes its own).
    """
    try:
        with Path(path).open("rb") as stream:
            head, arrays = _content(stream)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _refused(path, f"cannot be read as a checkpoint: {error}.", "Name a file that --resume has written.") from None
    own = Design(**head["design"])
    _check(path, head, _belongs(plan, options), own if design is None else design)
    if head["iterations"] > iterations:
        raise _refused(path, f"holds {head['iterations']:,} iterations already.", f"Ask for more than {iterations:,}.")
    return Checkpoint(own, _tally(head, arrays))


def _belongs(plan: Plan, options: Options) -> dict[str, Any]:
    from simcore.answers import model_digest

    scenario, with_float, periods = options
    return {"model_sha256": model_digest(plan), "scenario": scenario, "total float": with_float, "periods": periods}


def _check(path: str | Path, head: Mapping[str, Any], belongs: Mapping[str, Any], design: Design) -> None:
    if head["model_sha256"] != belongs["model_sha256"]:
        what = "belongs to another plan, or the plan, its risks or its ranges have changed since."
        raise _refused(path, what, "Continue with the same, or begin a new file.")
    for name, value in belongs.items():
        if head[name] != value:
            raise _refused(path, f"was written with {name} {head[name]}, not {value}.", "Continue with the same options.")
    if head["design"] != design.to_dict():
        raise _refused(path, "has another design.", "Leave the design out, or begin a new file.")
    if design.sampler != SAMPLER_VERSION:
        raise _refused(path, "was written by a version with another sampler.", "Begin a new file.")


def _refused(path: str | Path, what: str, fix: str) -> PlanError:
    return PlanError(Problem(Path(path).name, what, fix))


def _arrays(tally: Tally) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    kept = min(tally.last, tally.kept.finish.shape[1])
    yield from ((name, getattr(tally, name)) for name in COUNTERS)
    for kind, values in (("kept", tally.kept), ("spent", tally.spent)):
        if values is not None:
            yield from ((f"{kind} {name}", array[..., :kept]) for name, array in values._asdict().items())
    for variable, counts in tally.fine.items():
        yield from ((f"fine {name} {variable}", getattr(counts, name)) for name in FINE)


def _content(stream: IO[bytes]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    with np.load(stream, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    head: dict[str, Any] = json.loads(arrays.pop("head").tobytes())
    if head["format"] != FORMAT:
        raise ValueError(f"its format is {head['format']}, not {FORMAT}")
    return head, arrays


def _tally(head: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Tally:
    def samples(kind: str, of: type[Any]) -> Any:
        return of(*(arrays[f"{kind} {name}"] for name in of._fields))

    return Tally(
        first=0,
        last=head["iterations"],
        clamped=head["clamped"],
        kept=samples("kept", Samples),
        spent=samples("spent", FlowSamples) if "spent cost" in arrays else None,
        fine={
            variable: FineCounts(
                Grid(low, width, bins), smallest=smallest, **{name: arrays[f"fine {name} {variable}"] for name in FINE}
            )
            for variable, (low, width, bins, smallest) in head["fine"].items()
        },
        counts=arrays["counts"],
        range=arrays["range"],
        critical=arrays["critical"],
    )
