"""Distributions as users write them: ``triangular(8d, 10d, 15d)``, read and printed exactly both ways."""
from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any

from simcore.models.distribution_base import Distribution, ParameterError
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
from simcore.models.distribution_tables import Cumulative, Discrete, Empirical, Histogram, Truncate
from simcore.models.suggestions import closest
from simcore.models.units import (
    format_duration,
    format_money,
    format_percent,
    parse_exact_duration,
    parse_money,
    parse_number,
    parse_percent,
    parse_probability,
)

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    kind.label: kind
    for kind in (
        Fixed, Uniform, Triangular, Trigen, Pert, PertGen, Beta, Normal, Lognormal, LognormalP, Exponential, Weibull,
        Gamma, Discrete, Histogram, Cumulative, Empirical, Truncate,
    )
}  # fmt: skip
"""Every distribution by the name users write."""

MAX_NESTING = 8
_CALL = re.compile(r"\s*([A-Za-z_][\w-]*)\s*\((.*)\)\s*", re.DOTALL)
_FIELD_NAMES = {"mean_value": "mean", "sd_value": "sd", "lam": "lambda", "p_low": "low%", "p_high": "high%"}
_LIST_SIGNATURES = {
    Discrete: "value: weight, ...",
    Histogram: "from..to: weight, ...",
    Cumulative: "value: probability, ...",
    Empirical: "value, ...",
    Truncate: "distribution, low, high",
}


@dataclass(frozen=True)
class Values:
    """How the values of one quantity (durations, money, factors) are read and printed.

    Attributes
    ----------
    absolute : callable
        Text without a per cent sign to a number; ``ValueError`` says what to write instead.
    show : callable
        The inverse.
    """

    absolute: Callable[[str], float]
    show: Callable[[float], str]

    def __call__(self, text: str) -> tuple[float, bool]:
        """The number, and whether it is a percentage (then a fraction of the deterministic value)."""
        if text.rstrip().endswith("%"):
            return parse_percent(text), True
        return self.absolute(text), False

    def format(self, value: float, relative: bool) -> str:
        """Text that reads back as the same number."""
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return format_percent(value) if relative else self.show(value)


def duration_values(
    hours_per_day: float = 8.0, hours_per_week: float = 40.0, hours_per_month: float = 160.0, elapsed: bool = False
) -> Values:
    """Values in minutes: of working time, or of clock time when the activity's duration is ``elapsed``.

    >>> duration_values()("1.5d"), duration_values()("90%"), duration_values(elapsed=True)("2ed")
    ((720.0, False), (0.9, True), (2880.0, False))
    """

    def read(text: str) -> float:
        minutes, clock = parse_exact_duration(text, hours_per_day, hours_per_week, hours_per_month)
        if clock != elapsed and minutes:
            kind, example = ("elapsed", "3ed") if elapsed else ("working", "3d")
            raise ValueError(f"'{text}' is not {kind} time as the duration it belongs to; write e.g. {example}")
        return float(minutes)

    return Values(read, lambda minutes: format_duration(minutes, hours_per_day, elapsed))


def money_values() -> Values:
    """Values in the plan's currency.

    >>> money_values()("180000"), money_values()("5%")
    ((180000.0, False), (0.05, True))
    """
    return Values(parse_money, format_money)


def factor_values() -> Values:
    """Percentages only: multipliers of durations and prices.

    >>> factor_values()("102%")
    (1.02, True)
    """

    def refuse(text: str) -> float:
        raise ValueError(f"'{text}' is not a percentage; a factor is written like 105%")

    return Values(refuse, format_money)


def signature(kind: type[Distribution]) -> str:
    """How a distribution is written, optional parameters in brackets.

    >>> signature(Pert)
    'pert(min, mode, max[, lambda])'
    """
    if kind in _LIST_SIGNATURES:
        return f"{kind.label}({_LIST_SIGNATURES[kind]})"
    required = ", ".join(_text_name(f) for f in _parameters(kind) if f.default is MISSING)
    optional = "".join(f"[, {_text_name(f)}]" for f in _parameters(kind) if f.default is not MISSING)
    return f"{kind.label}({required}{optional})"


def _parameters(kind: type[Distribution]) -> list[Field[Any]]:
    return [f for f in fields(kind) if f.name != "relative"]


def _text_name(parameter: Field[Any]) -> str:
    return _FIELD_NAMES.get(parameter.name, parameter.name)


def parse_distribution(text: str, values: Values) -> Distribution:
    """The distribution a text describes; a bare value is a fixed one.

    Parameters
    ----------
    text : str
        ``name(parameters)`` as in ``docs/distributions.md``. Values are all percentages or all absolute.
    values : Values
        From :func:`duration_values`, :func:`money_values` or :func:`factor_values`.

    Raises
    ------
    ValueError
        One sentence: what is wrong, and what to write instead.

    Examples
    --------
    >>> parse_distribution("triangular(90%, 100%, 130%)", factor_values())
    Triangular(relative=True, min=0.9, mode=1.0, max=1.3)
    """
    return _Reader(values).read(text)


class _Reader:
    """Reads one text; remembers whether its values are percentages."""

    def __init__(self, values: Values):
        self.values = values
        self.absolute_text = self.percent_text = ""

    def read(self, text: str, depth: int = 0) -> Distribution:
        match = _CALL.fullmatch(text)
        if not match:
            if "(" in text or ")" in text:
                raise ValueError(f"'{_short(text)}' is not complete; write it like {signature(Triangular)}")
            if (name := text.strip().lower()) in DISTRIBUTIONS:
                raise ValueError(f"'{name}' needs values; write {signature(DISTRIBUTIONS[name])}")
            return self.build(Fixed, value=self.value(text.strip()))
        if depth > MAX_NESTING:
            raise ValueError(f"truncate is nested more than {MAX_NESTING} deep; write fewer")
        kind = _kind(match[1])
        arguments = _split(match[2])
        if kind in (Discrete, Cumulative):
            return self.pairs(kind, arguments)
        if kind is Histogram:
            return self.histogram(arguments)
        if kind is Empirical:
            return self.build(Empirical, values=tuple(self.value(argument) for argument in arguments))
        if kind is Truncate:
            return self.truncate(arguments, depth)
        return self.parameters(kind, arguments)

    def build(self, kind: type[Distribution], **parameters: Any) -> Distribution:
        if self.percent_text and self.absolute_text:
            raise ValueError(
                f"{kind.label} mixes percentages ({self.percent_text}) and absolute values ({self.absolute_text}); "
                "write all of them one way"
            )
        relative = bool(self.percent_text)
        try:
            return kind(relative=relative, **parameters)
        except ParameterError as error:
            what = error.text(lambda value: self.values.format(value, relative))
            raise ValueError(f"{kind.label}: {what}") from None

    def value(self, text: str) -> float:
        if not text:
            raise ValueError("a value is missing between the commas; write it or remove a comma")
        number, percent = self.values(text)
        if percent:
            self.percent_text = self.percent_text or text
        else:
            self.absolute_text = self.absolute_text or text
        return number

    def parameters(self, kind: type[Distribution], arguments: list[str]) -> Distribution:
        """Scalar parameters by position, or by name after those."""
        known = _parameters(kind)
        by_name = {_text_name(f): f for f in known} | {f.name: f for f in known}
        texts: dict[str, str] = {}
        for place, argument in enumerate(arguments):
            name, equals, rest = argument.partition("=")
            if equals:
                parameter = by_name.get(name.strip())
                if parameter is None:
                    raise ValueError(f"{kind.label} has no parameter '{name.strip()}'; write {signature(kind)}")
            elif any("=" in earlier for earlier in arguments[:place]):
                raise ValueError(f"{kind.label} has '{argument}' after a named parameter; write named ones last")
            elif place < len(known):
                parameter, rest = known[place], argument
            else:
                raise ValueError(_count_message(kind, len(arguments)))
            if parameter.name in texts:
                raise ValueError(f"{kind.label} has {_text_name(parameter)} twice; write {signature(kind)}")
            texts[parameter.name] = rest.strip()
        if any(f.default is MISSING and f.name not in texts for f in known):
            raise ValueError(_count_message(kind, len(arguments)))
        return self.build(kind, **{f.name: self.parameter(f, texts[f.name]) for f in known if f.name in texts})

    def parameter(self, parameter: Field[Any], text: str) -> float:
        role = parameter.metadata.get("role")
        if role == "number":
            return parse_number(text)
        return parse_probability(text) if role == "percent" else self.value(text)

    def pairs(self, kind: type[Distribution], arguments: list[str]) -> Distribution:
        """``value: weight`` or ``value: probability``."""
        parts = [_pair(kind, argument) for argument in arguments]
        numbers = tuple(self.value(value) for value, _ in parts)
        if kind is Cumulative:
            return self.build(kind, values=numbers, probabilities=tuple(parse_probability(p) for _, p in parts))
        return self.build(kind, values=numbers, weights=_weights([w for _, w in parts]))

    def histogram(self, arguments: list[str]) -> Distribution:
        parts = [_pair(Histogram, argument) for argument in arguments]
        edges: list[float] = []
        for span, _ in parts:
            first, dots, last = span.partition("..")
            if not dots:
                raise ValueError(f"'{span}' is not a class of a histogram; write {signature(Histogram)}")
            start = self.value(first.strip())
            if edges and start != edges[-1]:
                raise ValueError(
                    f"the class {span} does not begin where the one before ends; give a gap the weight 0"
                )
            edges += [self.value(last.strip())] if edges else [start, self.value(last.strip())]
        return self.build(Histogram, edges=tuple(edges), weights=_weights([w for _, w in parts]))

    def truncate(self, arguments: list[str], depth: int) -> Distribution:
        if len(arguments) != 3:
            raise ValueError(_count_message(Truncate, len(arguments)))
        base = self.read(arguments[0], depth + 1)
        return self.build(Truncate, base=base, low=self.limit(arguments[1]), high=self.limit(arguments[2]))

    def limit(self, text: str) -> float:
        word = text.lower()
        return float(word) if word in ("inf", "-inf", "+inf") else self.value(text)


def _kind(name: str) -> type[Distribution]:
    kind = DISTRIBUTIONS.get(name.lower().replace("-", "_"))
    if kind is None:
        meant = closest(name, DISTRIBUTIONS)
        fix = f"did you mean {signature(DISTRIBUTIONS[meant])}?" if meant else f"write {', '.join(DISTRIBUTIONS)}"
        raise ValueError(f"there is no distribution '{_short(name)}'; {fix}")
    return kind


def _short(text: str) -> str:
    """Enough of a text to recognise it in a message."""
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:57]}..."


def _split(text: str) -> list[str]:
    """Arguments between the commas that are not inside parentheses."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    if depth:
        raise ValueError(f"the parentheses of '({_short(text)})' do not match; close each one")
    return [*parts, text[start:].strip()] if text.strip() else []


def _pair(kind: type[Distribution], argument: str) -> tuple[str, str]:
    left, colon, right = argument.rpartition(":")
    if not colon:
        raise ValueError(f"'{argument}' has no colon; write {signature(kind)}")
    return left.strip(), right.strip()


def _weights(texts: Sequence[str]) -> tuple[float, ...]:
    """All percentages, which add up to 100 %, or all plain numbers."""
    percent = [text.endswith("%") for text in texts]
    if not any(percent):
        return tuple(parse_number(text) for text in texts)
    if not all(percent):
        raise ValueError("the weights mix percentages and numbers; write all of them one way")
    weights = tuple(parse_percent(text) for text in texts)
    if abs(sum(weights) - 1.0) > 0.01:
        raise ValueError(f"the percentages add up to {format_percent(round(sum(weights), 6))}, not 100%; correct them")
    return weights


def _count_message(kind: type[Distribution], count: int) -> str:
    values = "1 value" if count == 1 else f"{count} values"
    return f"{kind.label} does not go with {values}; write {signature(kind)}"


def format_distribution(distribution: Distribution, values: Values) -> str:
    """Text that :func:`parse_distribution` reads back as an equal distribution.

    >>> format_distribution(Triangular(3840.0, 4800.0, 7200.0), duration_values())
    'triangular(8d, 10d, 15d)'
    """
    return f"{distribution.label}({', '.join(_arguments(distribution, values))})"


def _arguments(d: Distribution, values: Values) -> list[str]:
    def show(value: float) -> str:
        return values.format(value, d.relative)

    match d:
        case Discrete():
            return [f"{show(v)}: {w}" for v, w in zip(d.values, _weight_texts(d.weights), strict=True)]
        case Histogram():
            spans = zip(d.edges, d.edges[1:], _weight_texts(d.weights), strict=False)
            return [f"{show(a)}..{show(b)}: {w}" for a, b, w in spans]
        case Cumulative():
            return [f"{show(v)}: {format_percent(p)}" for v, p in zip(d.values, d.probabilities, strict=True)]
        case Empirical():
            return [show(v) for v in d.values]
        case Truncate():
            return [format_distribution(d.base, values), show(d.low), show(d.high)]
    shown = {"number": format_money, "percent": format_percent, None: show}
    given = [(f, getattr(d, f.name)) for f in _parameters(type(d))]
    while given and given[-1][0].default == given[-1][1]:
        given.pop()
    return [shown[f.metadata.get("role")](value) for f, value in given]


def _weight_texts(weights: Sequence[float]) -> list[str]:
    percent = abs(sum(weights) - 1.0) < 1e-9
    return [format_percent(w) if percent else format_money(w) for w in weights]
