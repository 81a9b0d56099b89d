"""Distributions as users write them: ``triangular(8d, 10d, 15d)``, read and printed exactly both ways."""
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field
from operator import itemgetter
from typing import Any

from simcore.models.distribution_base import Distribution, ParameterError
from simcore.models.distribution_families import FAMILIES
from simcore.models.distribution_kinds import Lognormal, LognormalP, Pert, PertGen, Triangular, Trigen
from simcore.models.distribution_names import DISTRIBUTIONS, FIELD_NAMES, parameters_of, signature, text_name
from simcore.models.distribution_percentiles import ByPercentiles, percentile_name
from simcore.models.distribution_shapes import Fixed
from simcore.models.distribution_tables import Cumulative, Discrete, Empirical, Histogram, Shift, Truncate
from simcore.models.distribution_values import Values
from simcore.models.suggestions import closest
from simcore.models.units import format_money, format_percent, parse_number, parse_percent, parse_probability

Load = Callable[[str, str], Sequence[str]]
"""Texts of the values in a column of a file: from its name and the column's, which may be empty."""

MAX_NESTING = 8
_CALL = re.compile(r"\s*([A-Za-z_][\w-]*)\s*\((.*)\)\s*", re.DOTALL)
_PERCENTILE = re.compile(r"P(\d+(?:\.\d+)?)", re.IGNORECASE | re.ASCII)
_FILE = re.compile(r"(?P<quote>[\"']).*(?P=quote)|.*\.(csv|tsv|txt)", re.IGNORECASE | re.DOTALL)
_BY_PERCENTILES: dict[type[Distribution], type[Distribution]] = {Trigen: Triangular, PertGen: Pert, LognormalP: Lognormal}
"""Kinds with percentiles of their own, and those that take any."""


def parse_distribution(text: str, values: Values, load: Load | None = None) -> Distribution:
    """The distribution a text describes; a bare value is a fixed one.

    Parameters
    ----------
    text : str
        ``name(parameters)`` as in ``docs/distributions.md``. Values are all percentages or all absolute.
    values : Values
        From :func:`duration_values`, :func:`money_values` or :func:`factor_values`.
    load : callable, optional
        Reads the values of ``empirical(file.csv, column)``, such as :class:`FilesBeside`; without it files are refused.

    Raises
    ------
    ValueError
        One sentence: what is wrong, and what to write instead.

    Examples
    --------
    >>> from simcore.models.distribution_values import factor_values
    >>> parse_distribution("triangular(90%, 100%, 130%)", factor_values())
    Triangular(relative=True, min=0.9, mode=1.0, max=1.3)
    """
    return _Reader(values, load).read(text)


class _Reader:
    """Reads one text; remembers whether its values are percentages."""

    def __init__(self, values: Values, load: Load | None):
        self.values, self.load = values, load
        self.absolute_text = self.percent_text = ""

    def read(self, text: str, depth: int = 0) -> Distribution:
        match = _CALL.fullmatch(text)
        if not match:
            if "(" in text or ")" in text:
                raise ValueError(f"'{_short(text)}' is not complete; write it like {signature(Triangular)}")
            if (name := text.strip().lower()) in DISTRIBUTIONS:
                raise ValueError(f"'{name}' needs values; write {signature(DISTRIBUTIONS[name])}")
            return self.build(Fixed, value=self.value(text.strip()))
        kind = _kind(match[1])
        if depth > MAX_NESTING:
            raise ValueError(f"{kind.label} is nested more than {MAX_NESTING} deep; write fewer")
        arguments = _split(match[2])
        if kind in (Discrete, Cumulative):
            return self.pairs(kind, arguments)
        if kind is Histogram:
            return self.histogram(arguments)
        if kind is Empirical:
            is_file = bool(arguments) and _FILE.fullmatch(arguments[0]) is not None
            found = self.file(arguments) if is_file else tuple(self.value(argument) for argument in arguments)
            return self.build(Empirical, values=found)
        if kind is Truncate or kind is Shift:
            return self.changed(kind, arguments, depth)
        if any(_percentile(kind, argument) for argument in arguments):
            return self.by_percentiles(kind, arguments)
        return self.parameters(kind, arguments)

    def build(self, make: type[Distribution], /, **parameters: Any) -> Distribution:
        label = parameters.get("kind", make).label
        if self.percent_text and self.absolute_text:
            raise ValueError(
                f"{label} mixes percentages ({self.percent_text}) and absolute values ({self.absolute_text}); "
                "write all of them one way"
            )
        relative = bool(self.percent_text)
        try:
            return make(relative=relative, **parameters)
        except ParameterError as error:
            what = error.text(lambda value: self.values.format(value, relative))
            raise ValueError(f"{label}: {what}") from None

    def value(self, text: str) -> float:
        if not text:
            raise ValueError("a value is missing between the commas; write it or remove a comma")
        number, percent = self.values(text)
        if percent:
            self.percent_text = self.percent_text or text
        else:
            self.absolute_text = self.absolute_text or text
        return number

    def file(self, arguments: list[str]) -> tuple[float, ...]:
        """Values of a column of a file."""
        name, *columns = (_unquoted(argument) for argument in arguments)
        if len(columns) > 1:
            raise ValueError(f"empirical takes one file and one column; write empirical({name}, column)")
        if self.load is None:
            raise ValueError("values cannot be read from a file here; write them, such as empirical(8d, 9d, 12d)")
        found = []
        for text in self.load(name, columns[0] if columns else ""):
            try:
                found.append(self.value(text))
            except ValueError as error:
                hint = "" if text[-1:].isalpha() else ", or the unit into the heading, such as duration (d) or overrun (%)"
                raise ValueError(f"{name}: {error}{hint}") from None
        return tuple(found)

    def by_percentiles(self, kind: type[Distribution], arguments: list[str]) -> Distribution:
        """``P10=8d, mode=10d, P90=20d``: everything by name."""
        family = FAMILIES.get(kind)
        if family is None:
            other = f"{_BY_PERCENTILES[kind].label}(P10=...)" if kind in _BY_PERCENTILES else signature(kind)
            raise ValueError(f"{kind.label} does not take percentiles by name; write {other}")
        names = {FIELD_NAMES.get(name, name): name for name in family.all_names}
        percentiles, given = [], {}
        for argument in arguments:
            name, equals, text = (part.strip() for part in argument.partition("="))
            if percentile := _percentile(kind, argument):
                percentiles.append((parse_percent(percentile + "%"), self.value(text)))
            elif not equals or name not in names:
                raise ValueError(
                    f"{kind.label} with percentiles takes {', '.join(names)} by name, not '{_short(argument)}'; "
                    f"write {family.advice}"
                )
            elif names[name] in given:
                raise ValueError(f"{kind.label} has {name} twice; write it once")
            else:
                given[names[name]] = parse_number(text) if names[name] in family.numbers else self.value(text)
        return self.build(
            ByPercentiles, kind=kind, percentiles=tuple(percentiles), given=tuple(given.items())
        )

    def parameters(self, kind: type[Distribution], arguments: list[str]) -> Distribution:
        """Scalar parameters by position, or by name after those."""
        known = parameters_of(kind)
        by_name = {text_name(f): f for f in known} | {f.name: f for f in known}
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
                raise ValueError(f"{kind.label} has {text_name(parameter)} twice; write {signature(kind)}")
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

    def changed(self, kind: type[Distribution], arguments: list[str], depth: int) -> Distribution:
        """Another distribution, shifted or truncated."""
        if len(arguments) != len(parameters_of(kind)):
            raise ValueError(_count_message(kind, len(arguments)))
        base = self.read(arguments[0], depth + 1)
        if kind is Shift:
            return self.build(Shift, base=base, by=self.value(arguments[1]))
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


def _percentile(kind: type[Distribution], argument: str) -> str:
    """The number of a percentile given by name; empty for anything else."""
    name, equals, _ = argument.partition("=")
    match = _PERCENTILE.fullmatch(name.strip()) if equals else None
    own = kind is LognormalP and name.strip() in ("p10", "p90")
    return match[1] if match and not own else ""


def _unquoted(text: str) -> str:
    name = text.removeprefix("column=").strip()
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name


def _short(text: str) -> str:
    """Enough of a text to recognise it in a message."""
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:57]}..."


def _split(text: str) -> list[str]:
    """Arguments between the commas that are neither inside parentheses nor quoted."""
    parts, depth, start, quote = [], 0, 0, ""
    for place, character in enumerate(text):
        if quote or character in "\"'":
            quote = "" if character == quote else quote or character
            continue
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    if depth or quote:
        what = "quotes" if quote else "parentheses"
        raise ValueError(f"the {what} of '({_short(text)})' do not match; close each one")
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

    >>> from simcore.models.distribution_values import duration_values
    >>> format_distribution(Triangular(3840.0, 4800.0, 7200.0), duration_values())
    'triangular(8d, 10d, 15d)'
    """
    label = distribution.kind.label if isinstance(distribution, ByPercentiles) else distribution.label
    return f"{label}({', '.join(_arguments(distribution, values))})"


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
        case Shift():
            return [format_distribution(d.base, values), show(d.by)]
        case Truncate():
            return [format_distribution(d.base, values), show(d.low), show(d.high)]
        case ByPercentiles():
            return _by_name(d, show)
    shown = {"number": format_money, "percent": format_percent, None: show}
    given = [(f, getattr(d, f.name)) for f in parameters_of(type(d))]
    while given and given[-1][0].default == given[-1][1]:
        given.pop()
    return [shown[f.metadata.get("role")](value) for f, value in given]


def _by_name(d: ByPercentiles, show: Callable[[float], str]) -> list[str]:
    """Percentiles in ascending order, the mode among them, the maximum and what changes all behind them."""
    numbers = FAMILIES[d.kind].numbers
    places = {"mode": 0.5, "max": 2.0, "shift": 3.0, "lam": 4.0}
    texts = [(p, f"{percentile_name(p)}={show(value)}") for p, value in d.percentiles]
    for name, value in d.given:
        text = format_money(value) if name in numbers else show(value)
        texts.append((places.get(name, -1.0), f"{FIELD_NAMES.get(name, name)}={text}"))
    return [text for _, text in sorted(texts, key=itemgetter(0))]


def _weight_texts(weights: Sequence[float]) -> list[str]:
    percent = abs(sum(weights) - 1.0) < 1e-9
    return [format_percent(w) if percent else format_money(w) for w in weights]
