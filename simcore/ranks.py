"""Ranks of sampled values."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def average_ranks(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Ranks from 1 on within every row; equal values share the mean of theirs.

    SciPy has the same, in a package whose import takes longer than most runs.

    >>> average_ranks(np.array([[30, 10, 30, 20]]))
    array([[3.5, 1. , 3.5, 2. ]])
    """
    return np.array([_of_row(row) for row in values])


def _of_row(row: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    order = np.argsort(row, kind="stable")
    ordered = row[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    ends = np.append(begins[1:], len(row))
    ranks = np.empty(len(row))
    ranks[order] = np.repeat((begins + ends + 1) / 2, ends - begins)
    return ranks
