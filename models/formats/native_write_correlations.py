"""Correlations as plain values of the native format."""

from __future__ import annotations

from simcore.models.formats.native_yaml import Value
from simcore.models.risks import Correlation
from simcore.models.units import format_money

Document = dict[str, Value]


def write_correlation(correlation: Correlation) -> Document:
    """A correlation with all its variables; matrices are written out."""
    written: Document = {"between": list(correlation.between)}
    if correlation.rank is not None:
        written["rank"] = correlation.rank
    if correlation.matrix is not None:
        written["matrix"] = [list(row) for row in correlation.matrix]
    if correlation.degrees is not None:
        written["copula"] = f"t({format_money(correlation.degrees)})"
    return written
