"""Random variables by the names of their streams, collected for the kernels."""
from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from simcore.kernel_sampling import FIXED, Variables
from simcore.models.distribution_base import Distribution
from simcore.quantiles import TableBuilder

if TYPE_CHECKING:
    from simcore.correlation import Copula


def stream_key(name: str) -> int:
    """Stable 64-bit key of a stream's name, such as ``activity/P1/A100/duration``.

    >>> stream_key("activity/P1/A100/duration") == stream_key("activity/P1/A100/duration")
    True
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


class VariableTable:
    """Collects variables by stream name; several may share a stream, then they rise and fall together."""

    def __init__(self) -> None:
        self.tables = TableBuilder()
        self.names: list[str] = []
        self.index: dict[str, int] = {}
        self._rows: list[tuple[int, float, float, float, int, int]] = []

    def add(self, name: str, distribution: Distribution, base: float, per: float = 1.0) -> int:
        """A variable; relative distributions refer to ``base``; values are divided by ``per``."""
        shape, scale, shift = distribution.canonical()
        factor = (base if distribution.relative else 1.0) / per
        kind, mode, first, last = self.tables.place(shape)
        if kind == FIXED:  # a certain value stands in the shift alone
            shift, scale = shift + scale * float(shape.ppf(0.5)), 0.0
        self.index.setdefault(name, len(self.names))
        self.names.append(name)
        self._rows.append((kind, scale * factor, shift * factor, mode, first, last))
        return len(self.names) - 1

    def build(self, copula: Copula) -> Variables:
        places = [(kind, first, last) for kind, _, _, _, first, last in self._rows]
        numbers = [(scale, shift, mode) for _, scale, shift, mode, _, _ in self._rows]
        count = len(self.names)
        table, in_none = np.array(places, np.int32).reshape(count, 3), np.full(count, -1, np.int32)
        return Variables(
            key=np.array([stream_key(name) for name in self.names], np.uint64),
            place=np.column_stack([table, copula.at[:-1], copula.at[1:], copula.mixed_by, copula.table_at, in_none]),
            number=np.column_stack([np.array(numbers, np.float64).reshape(count, 3), copula.own, copula.degrees]),
            latent=copula.latent,
            loading=copula.loading,
        )
