"""simcore: Monte Carlo schedule and cost risk simulation of real project plans.

The public names are imported on first use, so that ``import simcore`` costs milliseconds.
"""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simcore.comparison import Comparison, compare
    from simcore.fitting import fit
    from simcore.models.errors import MissingExtraError, PlanError, SimcoreError
    from simcore.models.formats import read, write
    from simcore.models.plan import Plan
    from simcore.results import Results
    from simcore.scheduling import Schedule, schedule
    from simcore.simulation import simulate
    from simcore.sweeps import sweep

__version__ = "0.1.0"

_HOME = {
    "Comparison": "simcore.comparison",
    "MissingExtraError": "simcore.models.errors",
    "Plan": "simcore.models.plan",
    "PlanError": "simcore.models.errors",
    "Results": "simcore.results",
    "Schedule": "simcore.scheduling",
    "SimcoreError": "simcore.models.errors",
    "compare": "simcore.comparison",
    "fit": "simcore.fitting",
    "read": "simcore.models.formats",
    "schedule": "simcore.scheduling",
    "simulate": "simcore.simulation",
    "sweep": "simcore.sweeps",
    "write": "simcore.models.formats",
}

__all__ = [
    "Comparison",
    "MissingExtraError",
    "Plan",
    "PlanError",
    "Results",
    "Schedule",
    "SimcoreError",
    "compare",
    "fit",
    "read",
    "schedule",
    "simulate",
    "sweep",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'simcore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
