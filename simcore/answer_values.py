"""How dates and numbers stand in machine-readable answers."""
from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

import numpy as np
import numpy.typing as npt


def date_value(moment: datetime | None) -> str | None:
    """Local time to the minute.

    >>> date_value(datetime(2026, 12, 18, 17))
    '2026-12-18T17:00'
    """
    return None if moment is None else moment.isoformat(timespec="minutes")


def number(value: float | None) -> float | None:
    """Nine decimals: beyond the accuracy of anything here, and without the noise of binary fractions."""
    return None if value is None or not math.isfinite(value) else round(float(value), 9) + 0.0


def date_values(moments: npt.NDArray[np.datetime64]) -> list[str]:
    """Local times to the minute, of an array without gaps."""
    texts: list[str] = np.datetime_as_string(moments, unit="m").tolist()
    return texts


def write_columns(named: Mapping[str, npt.NDArray[Any]], stream: IO[str]) -> None:
    """Columns of equal length as CSV, their names first."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(named)
    writer.writerows(zip(*(values.tolist() for values in named.values()), strict=True))
