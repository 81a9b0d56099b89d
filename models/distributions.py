"""Probability distributions as users write them: parameters, quantiles, moments, how they read and print.

A distribution's values are minutes (durations), money, or, when ``relative``, fractions of the deterministic value
(0.9 for 90 %). Nothing here draws random numbers: the engine samples through :meth:`Distribution.canonical` and ``ppf``.
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distribution(ABC):
    """Base of all distributions: immutable, hashable, compared by value."""

    relative: bool

    @abstractmethod
    def ppf(self, u: npt.ArrayLike) -> Floats:
        """Quantiles at probabilities ``u`` in (0, 1), same shape as ``u``."""

    @property
    @abstractmethod
    def mean(self) -> float: ...

    @property
    @abstractmethod
    def sd(self) -> float: ...

    @property
    @abstractmethod
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest possible value, infinite where unbounded."""

    @abstractmethod
    def canonical(self) -> tuple[Distribution, float, float]:
        """``(shape, scale, shift)`` with ``ppf(u) = shift + scale * shape.ppf(u)``; equal shapes share one kernel table."""
