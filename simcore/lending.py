"""Lends the memory of workers to the threads of a pool: a job takes whichever is free."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import TypeVar

Worker = TypeVar("Worker")
Job = TypeVar("Job")
Answer = TypeVar("Answer")


def lending(workers: Iterable[Worker], do: Callable[[Worker, Job], Answer]) -> Callable[[Job], Answer]:
    """A function of a job alone, which lends it a worker for as long as it takes.

    >>> lending(["a"], lambda worker, job: worker * job)(3)
    'aaa'
    """
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def one(job: Job) -> Answer:
        worker = free.get()
        try:
            return do(worker, job)
        finally:
            free.put(worker)

    return one
