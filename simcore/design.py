"""The design of a run: everything that fixes its random numbers, written into the results."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SAMPLER_VERSION = 2
REPLICATES = 16


@dataclass(frozen=True, kw_only=True)
class Design:
    """What fixes every random number of a run; scenarios that are compared share one.

    Attributes
    ----------
    seed : int
    replicates : int
        Iteration i belongs to replicate i mod replicates; replicates are independent randomisations.
    sampler : int
        Version of the sampler; numbers change only with it.
    sobol : mapping of stream name to dimension
        The variables that mattered most when the design was made; all others use the one-dimensional sequence.
    """

    seed: int
    replicates: int = REPLICATES
    sampler: int = SAMPLER_VERSION
    sobol: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"seed": self.seed, "replicates": self.replicates, "sampler": self.sampler, "sobol": dict(self.sobol)}
