"""Weather as plain values of the native format."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from simcore.models.formats.native_weather import MONTHS
from simcore.models.formats.native_yaml import Value
from simcore.models.units import format_percent
from simcore.models.weather import Weather

Document = dict[str, Value]


def write_weather(weather: Weather) -> Document:
    """The weather of a calendar; measured years are numbered, whenever they were."""
    written: Document = {}
    if weather.monthly:
        written["lost"] = dict(_months(weather.monthly)) or {"jan-dec": "0%"}
    if weather.record:
        written["record"] = {str(n): "".join(map(str, year)) for n, year in enumerate(weather.record, start=1)}
    if weather.persistence:
        written["persistence"] = weather.persistence
    if weather.region:
        written["region"] = weather.region
    if weather.correlation != 1.0:
        written["correlation"] = weather.correlation
    return written


def _months(chances: tuple[float, ...]) -> Iterator[tuple[str, str]]:
    """Neighbouring months with the same chance together; those without are not named."""
    for chance, group in groupby(zip(MONTHS, chances, strict=True), key=lambda month: month[1]):
        names = [name for name, _ in group]
        if chance:
            yield names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}", format_percent(chance)
