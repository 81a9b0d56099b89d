"""Samples streamed to a Parquet file while a run goes on: one row an iteration, row groups in iteration order."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.local_work import columns
from simcore.models.errors import MissingExtraError
from simcore.models.files import replacing
from simcore.workspace import samples

if TYPE_CHECKING:
    from simcore.local_work import Sink
    from simcore.runs import Run
    from simcore.tally import Columns

AMOUNTS = ("cost", "cost_base_year", "present_value")


def check_parquet() -> Any:
    """The package that writes Parquet.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    """
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError("Parquet files need pyarrow; install it with: pip install 'simcore[parquet]'") from None
    return pyarrow


@contextmanager
def parquet_file(run: Run, path: str | Path) -> Iterator[Sink]:
    """A file that gets all samples it is given: iteration (from 0), finish, costs, projects and milestones.

    It appears whole when the block ends well. A run that ends early leaves the iterations that it has done.

    Raises
    ------
    MissingExtraError
        Without pyarrow.
    OutputError
        When the file cannot be written.
    """
    arrow = check_parquet()
    origin = np.datetime64(run.network.clock.origin, "s")
    kept = samples(run.network, 0, run.risk.has_cost)
    named = columns(run, kept, None if run.totals is None else run.totals.samples(kept.cost), (0, 0))
    schema = arrow.table(_shown(0, named, origin)).schema
    with replacing(path) as part, arrow.parquet.ParquetWriter(part, schema) as writer:
        yield lambda first, own: writer.write_table(arrow.table(_shown(first, own, origin)), row_group_size=len(own["finish"]))


def _shown(first: int, own: Columns, origin: np.datetime64) -> dict[str, Any]:
    count = len(own["finish"])
    named: dict[str, Any] = {"iteration": np.arange(first, first + count)}
    for name, values in own.items():
        named[name] = values if name in AMOUNTS else origin + values.astype("timedelta64[m]")
    return named
