"""How dates and numbers stand in machine-readable answers."""
from __future__ import annotations

import math
from datetime import datetime


def date_value(moment: datetime | None) -> str | None:
    """Local time to the minute.

    >>> date_value(datetime(2026, 12, 18, 17))
    '2026-12-18T17:00'
    """
    return None if moment is None else moment.isoformat(timespec="minutes")


def number(value: float | None) -> float | None:
    """Nine decimals: beyond the accuracy of anything here, and without the noise of binary fractions."""
    return None if value is None or not math.isfinite(value) else round(float(value), 9) + 0.0
