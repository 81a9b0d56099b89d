"""A second driver of the same kernels: ranges of iterations as tasks of a Dask cluster, merged in a tree of fixed order.

The compiled run is sent once, as the argument of one task, so that the scheduler can give it to new workers when old ones are
lost; workers compile no tables of their own and get their kernels from their own cache. Waves of tasks are asked for ahead of
the one that is waited for, and added to the tally in order: what has been added is complete from the first iteration on.
"""
from __future__ import annotations

import hashlib
import logging
import math
import pickle
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from simcore.fine_counts import FineCounts, Grid
from simcore.jit import sources_digest
from simcore.local_work import LocalWork
from simcore.models.errors import MissingExtraError, SimcoreError
from simcore.tally import Tally, joined

if TYPE_CHECKING:
    from distributed import Client, Future

    from simcore.local_work import Sink, Watch
    from simcore.runs import Run

Item = TypeVar("Item")
AHEAD = 3  # waves in work at a time
A_THREAD = 2  # tasks of a wave, for every thread of the cluster
LARGE_TASK = 10**8  # activity-iterations of a task, at most: a second or more; longer on many threads, to spare the scheduler
MANY_THREADS = 50
TASK_PRICE = 1.6e5
"""Activity-iterations that a thread does in the time in which the scheduler deals with a task and its merging, about 1 ms."""
FAN_IN = 4
START_TIMEOUT = 120  # seconds to wait for the first worker
ANSWER_TIMEOUT = 10  # seconds to wait for a scheduler


@contextmanager
def cluster(address: str = "dask") -> Iterator[Client]:
    """A client of a Dask cluster: ``dask://host:port`` of its scheduler, or ``dask`` for one on this machine.

    Raises
    ------
    MissingExtraError
        Without the package ``distributed``.
    SimcoreError
        When no cluster answers.
    """
    client_of, local = _distributed("Client", "LocalCluster")
    if address == "dask":
        quiet = {"dashboard_address": ":0", "silence_logs": logging.ERROR}
        with local(threads_per_worker=1, **quiet) as machines, client_of(machines) as client:
            yield client
        return
    try:
        client = client_of(address.replace("dask://", "tcp://", 1), timeout=ANSWER_TIMEOUT)
    except (OSError, ValueError) as error:
        raise SimcoreError(f"no Dask scheduler answers at {address}: {error}. Start one with: dask scheduler") from None
    with client:
        yield client


def _distributed(*names: str) -> list[Any]:
    try:
        import distributed
    except ImportError:
        raise MissingExtraError("a cluster needs Dask; install it with: pip install 'simcore[dask]'") from None
    return [getattr(distributed, name) for name in names]


@cache
def sources() -> str:
    """Hash of all that a run consists of, Numba's version included: what one machine packs the other must unpack as it was."""
    digest = hashlib.sha256(sources_digest().encode())
    package = Path(__file__).parent
    for folder in (package, package / "models"):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def threads_of(client: Client) -> int:
    """Threads of all workers; waits for the first of them."""
    client.wait_for_workers(1, timeout=START_TIMEOUT)
    return max(sum(client.ncores().values()), 1)


def answer_of(future: Future) -> Any:
    """What a task answers, with a clear word where its workers were lost."""
    (killed,) = _distributed("KilledWorker")
    try:
        return future.result()
    except killed as error:
        raise SimcoreError(
            f"workers of the cluster were lost again and again ({error}). Most often their memory is too small: give a "
            "worker more, or fewer threads."
        ) from None


class ClusterWork:
    """The workers of a Dask cluster; ``lanes`` is how many iterations a task does side by side."""

    def __init__(self, client: Client, lanes: int):
        self.client, self.lanes = client, lanes
        self._sent: dict[int, Future] = {}

    def extend(self, run: Run, tally: Tally, last: int, watch: Watch | None = None, sink: Sink | None = None) -> bool:
        """Add the iterations up to ``last``; False when interrupted before. See :class:`simcore.local_work.LocalWork`."""
        if not tally.fine:
            tally.make_room(run, last)
        waves = _Waves(self, run, tally, sink is not None)
        ranges = deque(_batches(list(pairwise(self._cuts(run, tally.last, last))), A_THREAD * threads_of(self.client)))
        pending: deque[_Wave] = deque()
        complete = tally.last
        try:
            while ranges or pending:
                while ranges and len(pending) < AHEAD:
                    pending.append(waves.submit(ranges.popleft()))
                self._wait(pending[0], watch, complete)
                complete = self._collect(pending.popleft(), tally, sink)
        except KeyboardInterrupt:
            if pending and tally.last == tally.first:  # nothing to show yet: finish the wave in work
                self._collect(pending.popleft(), tally, sink)
            return False
        finally:
            for wave in pending:
                self.client.cancel([wave.root, *wave.leaves])
        return True

    def sent(self, run: Run) -> Future:
        """A compiled run as the answer of a task."""
        if id(run) not in self._sent:
            packed = zlib.compress(pickle.dumps(run), 1)
            self._sent = {id(run): self.client.submit(_unpacked, packed, sources(), pure=False)}
        return self._sent[id(run)]

    def _cuts(self, run: Run, first: int, last: int) -> list[int]:
        """Iterations where tasks begin, and the end: several tasks a thread, none too long or too short."""
        replicates, nodes, threads = run.design.replicates, max(run.network.nodes, 1), threads_of(self.client)
        work = (last - first) * nodes
        tasks = min(2 * A_THREAD * threads, math.ceil(math.sqrt(work / TASK_PRICE)))  # more take longer to deal with than to do
        tasks -= tasks % threads if tasks > threads else 0
        wanted = min(work / tasks, LARGE_TASK * max(1, threads / MANY_THREADS)) / nodes
        step = math.ceil(wanted / replicates) * replicates
        return [*range(first, last, step), last]

    def _wait(self, wave: _Wave, watch: Watch | None, complete: int) -> None:
        """Wait for the tasks of a wave one after the other, and let each go."""
        (wait,) = _distributed("wait")
        while wave.leaves:
            wait(wave.leaves[0])
            wave.leaves.popleft()
            if watch is not None:
                watch(wave.ends.popleft(), complete)

    def _collect(self, wave: _Wave, tally: Tally, sink: Sink | None) -> int:
        tally.take(answer_of(wave.root))
        for first, columns in tally.columns:
            if sink is not None:
                sink(first, columns)
        tally.columns.clear()
        return tally.last


@dataclass(frozen=True)
class _Wave:
    """Tasks of consecutive ranges, and the task that merges them."""

    leaves: deque[Future]
    ends: deque[int]
    root: Future


class _Waves:
    """Submits waves of one run."""

    def __init__(self, work: ClusterWork, run: Run, tally: Tally, keep: bool):
        self.client, self.lanes, self.keep = work.client, work.lanes, keep
        self.grids = {name: counts.grid for name, counts in tally.fine.items()}
        self.run = work.sent(run)

    def submit(self, ranges: Sequence[tuple[int, int]]) -> _Wave:
        leaves = [
            self.client.submit(work_through, self.run, span, self.grids, self.keep, self.lanes, pure=False) for span in ranges
        ]
        level = list(leaves)
        while len(level) > 1:
            level = [
                self.client.submit(joined, parts, pure=False) if len(parts) > 1 else parts[0]
                for parts in _batches(level, FAN_IN)
            ]
        return _Wave(deque(leaves), deque(last for _, last in ranges), level[0])


def work_through(run: Run, span: tuple[int, int], grids: Mapping[str, Grid], keep: bool, lanes: int) -> Tally:
    """A task: the iterations of a span on one thread, counted finely if there are grids; ``keep`` sends all samples too."""
    tally = Tally.empty(run, span[0])
    tally.fine = {name: FineCounts.empty(grid, run.design.replicates) for name, grid in grids.items()}
    sink = (lambda first, columns: tally.columns.append((first, columns))) if keep else None
    LocalWork(1, lanes).extend(run, tally, span[1], None, sink)
    return tally


def _unpacked(packed: bytes, of: str) -> Run:
    if sources() != of:
        raise SimcoreError("a worker of the cluster has another version of simcore or Numba; install the same on all machines")
    run: Run = pickle.loads(zlib.decompress(packed))
    return run


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[at : at + size] for at in range(0, len(items), size)]
