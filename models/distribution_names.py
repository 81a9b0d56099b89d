"""The names of distributions and of their parameters, as users write them."""
from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any

from simcore.models.distribution_base import Distribution
from simcore.models.distribution_kinds import (
    Beta,
    Exponential,
    Gamma,
    Lognormal,
    LognormalP,
    Normal,
    Pert,
    PertGen,
    Triangular,
    Trigen,
    Uniform,
    Weibull,
)
from simcore.models.distribution_shapes import Fixed
from simcore.models.distribution_tables import Cumulative, Discrete, Empirical, Histogram, Shift, Truncate

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    kind.label: kind
    for kind in (
        Fixed, Uniform, Triangular, Trigen, Pert, PertGen, Beta, Normal, Lognormal, LognormalP, Exponential, Weibull,
        Gamma, Discrete, Histogram, Cumulative, Empirical, Shift, Truncate,
    )
}  # fmt: skip
"""Every distribution by the name users write."""

FIELD_NAMES = {"mean_value": "mean", "sd_value": "sd", "lam": "lambda", "p_low": "low%", "p_high": "high%"}
_LIST_SIGNATURES = {
    Discrete: "value: weight, ...",
    Histogram: "from..to: weight, ...",
    Cumulative: "value: probability, ...",
    Empirical: "value, ...",
    Shift: "distribution, by",
    Truncate: "distribution, low, high",
}


def signature(kind: type[Distribution]) -> str:
    """How a distribution is written, optional parameters in brackets.

    >>> signature(Pert)
    'pert(min, mode, max[, lambda])'
    """
    if kind in _LIST_SIGNATURES:
        return f"{kind.label}({_LIST_SIGNATURES[kind]})"
    required = ", ".join(text_name(f) for f in parameters_of(kind) if f.default is MISSING)
    optional = "".join(f"[, {text_name(f)}]" for f in parameters_of(kind) if f.default is not MISSING)
    return f"{kind.label}({required}{optional})"


def parameters_of(kind: type[Distribution]) -> list[Field[Any]]:
    """The fields that users write."""
    return [f for f in fields(kind) if f.name != "relative"]


def text_name(parameter: Field[Any]) -> str:
    """How a parameter is called in expressions."""
    return FIELD_NAMES.get(parameter.name, parameter.name)
