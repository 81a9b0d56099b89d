"""Values and distributions as risk add-ins of other tools write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

DAYS_ASSUMED = "numbers without a unit are days"
_UNITS = {
    "": "d", "d": "d", "dy": "d", "dys": "d", "day": "d", "days": "d", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "w": "w", "wk": "w", "wks": "w", "week": "w", "weeks": "w",
    "mo": "mo", "mon": "mo", "mons": "mo", "month": "mo", "months": "mo", "%": "%",
    "ed": "d", "eday": "d", "edays": "d", "eh": "h", "ehr": "h", "ehrs": "h",
}  # fmt: skip
_VALUE = re.compile(r"([+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+)\s*([a-z%]*)\s*\??", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_CALL = re.compile(r"(?:[a-z ]*duration\s*=\s*)?=?\s*([a-z][a-z0-9_ -]*?)\s*\(([^()]*)\)", re.IGNORECASE)
_KINDS = {
    "triangular": "triangular", "triangle": "triangular", "triang": "triangular", "tri": "triangular", "t": "triangular",
    "trigen": "trigen", "pert": "pert", "betapert": "pert", "beta": "pert", "b": "pert", "betadistribution": "pert",
    "uniform": "uniform", "u": "uniform", "flat": "uniform", "normal": "normal", "n": "normal", "gaussian": "normal",
    "lognormal": "lognormal", "lognorm": "lognormal", "fixed": "fixed",
}  # fmt: skip
"""What other tools call the distributions; ``Risk`` before a name is a habit of one of them."""
_COUNTS = {"triangular": (3,), "trigen": (3, 5), "pert": (3,), "uniform": (2,), "normal": (2,), "lognormal": (2,), "fixed": (1,)}


class Value(NamedTuple):
    """A number with its unit; ``bare`` ones had none."""

    number: str
    unit: str
    bare: bool = False

    @property
    def percent(self) -> bool:
        return self.unit == "%"

    @property
    def zero(self) -> bool:
        return float(self.number) == 0.0

    def text(self, elapsed: bool) -> str:
        """As the native format writes it."""
        return f"{self.number}{self.unit if self.percent or not elapsed else f'e{self.unit}'}"


class Shape(NamedTuple):
    """A distribution by its native name; ``plain`` are parameters that are no durations, such as percentiles."""

    kind: str
    values: tuple[Value, ...]
    plain: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def text(self, elapsed: bool) -> str:
        """The expression in the native format.

        >>> legacy_expression("Triangular(5;7,5;15)").text(elapsed=False)
        'triangular(5d, 7.5d, 15d)'
        """
        return f"{self.kind}({', '.join([*(value.text(elapsed) for value in self.values), *self.plain])})"


def legacy_value(text: str, hours: bool = False) -> Value:
    """A duration as Microsoft Project, P6 and people write it; ``hours`` is the unit of bare numbers.

    >>> [legacy_value(text).text(elapsed=False) for text in ("PT40H0M0S", "5 days?", "7,5")]
    ['2400m', '5d', '7.5d']

    Raises
    ------
    ValueError
        Not a duration.
    """
    stripped = text.strip()
    iso = _ISO.fullmatch(stripped)
    if iso and any(iso.groups()):
        days, h, m, s = (float(part or 0) for part in iso.groups())
        minutes = days * 1440 + h * 60 + m + s / 60
        return Value(f"{minutes:g}" if minutes < 1e5 else str(round(minutes)), "m")
    match = _VALUE.fullmatch(stripped)
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"'{text}' is not a duration; write a number and a unit, such as 5d")
    if not match[2] and hours:
        return Value(match[1].replace(",", "."), "h")
    return Value(match[1].replace(",", "."), unit, bare=not match[2])


def legacy_expression(text: str) -> Shape | None:
    """A distribution such as ``Triangular(5;10;15)``, ``BetaPert(3d, 5d, 9d)`` or ``Duration=RiskUniform(5,10)``.

    None where a text is nothing of the kind, or a distribution with the wrong number of values.
    """
    match = _CALL.fullmatch(text.strip())
    kind = _kind(match[1]) if match else None
    if match is None or kind is None:
        return None
    separator = ";" if ";" in match[2] else ","
    parts = [part.strip() for part in match[2].split(separator)]
    if len(parts) not in _COUNTS[kind]:
        return None
    try:
        values = tuple(legacy_value(part) for part in parts[:3])
    except ValueError:
        return None
    plain = tuple(f"{part.rstrip('%').replace(',', '.')}%" for part in parts[3:])
    return Shape(kind, values, plain)


def legacy_shape(name: str, values: Sequence[Value]) -> Shape:
    """Three values with the distribution a field names; triangular where it names none that three values make."""
    kind = _kind(name) if name else "triangular"
    if kind == "uniform":
        return Shape("uniform", (values[0], values[2]))
    if kind in ("triangular", "trigen", "pert"):
        return Shape("pert" if kind == "pert" else "triangular", tuple(values))
    return Shape("triangular", tuple(values), assumed=(f"the distribution '{name}' is triangular",))


def _kind(name: str) -> str | None:
    bare = re.sub(r"[^a-z]", "", name.lower())
    return _KINDS.get(bare) or _KINDS.get(bare.removeprefix("risk"))
