"""Durations, money, percentages and dates as people write them: parse and print, exactly both ways.

Errors are ``ValueError`` with a sentence that says what is wrong and what to write instead, so a reader only adds the
place.
"""
from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

MAX_MINUTES = 500 * 366 * 1440
"""Longest duration, 500 years: far below int32 minutes, so that sums along a path still fit."""
MAX_MONEY = 1e15
FIRST_YEAR, LAST_YEAR = 1900, 2500

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(r"([+-]?)\s*(\d+\.?\d*|\.\d+)\s*([a-z]*)", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\s*(\d{2}):(\d{2})(?::00(?:\.0+)?)?)?", re.ASCII)
_LONG_UNITS = {
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "wk": "w", "wks": "w", "week": "w", "weeks": "w",
    "mon": "mo", "mons": "mo", "month": "mo", "months": "mo",
    "eday": "ed", "edays": "ed", "ehour": "eh", "ehours": "eh",
}  # fmt: skip
_ELAPSED_MINUTES = {"em": 1, "eh": 60, "ed": 1440, "ew": 7 * 1440, "emo": 30 * 1440}


@lru_cache(maxsize=256)
def _minutes_per(unit: str, hours_per_day: float, hours_per_week: float, hours_per_month: float) -> Fraction | None:
    if unit in _ELAPSED_MINUTES:
        return Fraction(_ELAPSED_MINUTES[unit])
    working = {"m": None, "h": 1.0, "d": hours_per_day, "w": hours_per_week, "mo": hours_per_month}
    if unit not in working:
        return None
    hours = working[unit]
    return Fraction(1) if hours is None else Fraction(repr(hours)) * 60


def parse_exact_duration(
    text: str, hours_per_day: float = 8.0, hours_per_week: float = 40.0, hours_per_month: float = 160.0
) -> tuple[Fraction, bool]:
    """As :func:`parse_duration`, in unrounded minutes: parameters of distributions are not rounded."""
    stripped = text.strip()
    match = _DURATION.fullmatch(stripped)
    if not match:
        raise ValueError(f"'{text}' is not a duration; {_duration_hint(stripped)}")
    sign, number, unit = match.groups()
    unit = unit.lower()
    amount = Fraction(sign + number)
    if not unit:
        if amount == 0:
            return Fraction(0), False
        raise ValueError(f"'{text}' has no unit; write {number}d for days or {number}h for hours")
    per_unit = _minutes_per(unit, hours_per_day, hours_per_week, hours_per_month)
    if per_unit is None:
        meant = _LONG_UNITS.get(unit)
        fix = f"write {sign}{number}{meant}" if meant else "use m, h, d, w, mo, or eh, ed, ew, emo for elapsed time"
        raise ValueError(f"'{text}' has the unknown unit '{unit}'; {fix}")
    minutes = amount * per_unit
    if abs(minutes) > MAX_MINUTES:
        raise ValueError(f"'{text}' is longer than 500 years; correct the number or its unit")
    return minutes, unit in _ELAPSED_MINUTES


def _duration_hint(text: str) -> str:
    if text.endswith("%"):
        return "a percentage is not allowed here, write a time such as 10d"
    if re.fullmatch(r"[+-]?\d+,\d+\s*[a-z]+", text, re.IGNORECASE):
        return f"write {text.replace(',', '.')} with a decimal point"
    return "write a number and a unit, such as 10d, 4h, 1.5w or 3ed (elapsed)"


def parse_duration(
    text: str, hours_per_day: float = 8.0, hours_per_week: float = 40.0, hours_per_month: float = 160.0
) -> tuple[int, bool]:
    """Minutes of a duration text, and whether they are elapsed (clock) time.

    Parameters
    ----------
    text : str
        A signed decimal number and a unit: ``m``, ``h``, ``d``, ``w``, ``mo`` of working time; ``em``, ``eh``, ``ed``,
        ``ew``, ``emo`` (30 days) of elapsed time. A bare ``0`` needs no unit.
    hours_per_day, hours_per_week, hours_per_month : float
        What the working units mean on the calendar the value runs on.

    Returns
    -------
    tuple of int and bool
        Minutes, rounded half-even, and True for elapsed time.

    Raises
    ------
    ValueError
        Not a duration, no or an unknown unit, or longer than 500 years.

    Examples
    --------
    >>> parse_duration("10d"), parse_duration("-1.5h"), parse_duration("2ed")
    ((4800, False), (-90, False), (2880, True))
    """
    minutes, elapsed = parse_exact_duration(text, hours_per_day, hours_per_week, hours_per_month)
    return round(minutes), elapsed


def format_duration(minutes: float, hours_per_day: float = 8.0, elapsed: bool = False) -> str:
    """Text that :func:`parse_duration` (or, for fractions of minutes, the exact one) reads back as the same value.

    Days when that is at least a quarter day and needs at most two decimals, else hours likewise, else minutes.

    >>> format_duration(4800), format_duration(90), format_duration(7), format_duration(2880, elapsed=True)
    ('10d', '1.5h', '7m', '2ed')
    """
    prefix = "e" if elapsed else ""
    exact = Fraction(repr(float(minutes)))
    for unit in ("d", "h"):
        amount = exact / (_minutes_per(prefix + unit, hours_per_day, 0.0, 0.0) or 1)
        if (amount * 100).denominator == 1 and (abs(amount) >= Fraction(1, 4) or not amount):
            return f"{_plain(Decimal(amount.numerator) / Decimal(amount.denominator))}{prefix}{unit}"
    return f"{_plain(Decimal(repr(float(minutes))))}{prefix}m"


def _plain(number: Decimal) -> str:
    """Without exponent, trailing zeros or a minus before zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _plain_number(text: str, what: str, example: str) -> str:
    """The text of a number, without blanks around it."""
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return stripped
    if re.fullmatch(r"[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?", stripped):
        raise ValueError(f"'{text}' has thousands separators; write {re.sub(r'[, ]|' + chr(39), '', stripped)}")
    raise ValueError(f"'{text}' is not {what}; write it like {example}")


def parse_number(text: str) -> float:
    """A plain finite number.

    >>> parse_number("2.5")
    2.5
    """
    return _finite(text, float(_plain_number(text, "a number", "4 or 2.5")), MAX_MONEY)


def _finite(text: str, value: float, limit: float) -> float:
    if not math.isfinite(value) or abs(value) > limit:
        raise ValueError(f"'{text}' is beyond {limit:g}; correct the number")
    return value


def parse_money(text: str) -> float:
    """An amount of money, in the plan's one currency, which is not written with it.

    >>> parse_money("180000"), parse_money("-12.50"), parse_money("2.4e6")
    (180000.0, -12.5, 2400000.0)
    """
    if text.strip().endswith("%"):
        raise ValueError(f"'{text}' is a percentage, which is not allowed here; write an amount such as 180000")
    number = _plain_number(text, "an amount of money", "180000 (no currency, no separators)")
    return _finite(text, float(number), MAX_MONEY)


def format_money(value: float) -> str:
    """Shortest text that :func:`parse_money` reads back as the same number.

    >>> format_money(180000.0), format_money(0.1)
    ('180000', '0.1')
    """
    return _plain(Decimal(repr(float(value))))


def parse_percent(text: str) -> float:
    """The fraction a percentage stands for.

    >>> parse_percent("30%"), parse_percent("-2.5 %")
    (0.3, -0.025)
    """
    stripped = text.strip()
    if not stripped.endswith("%"):
        raise ValueError(f"'{text}' is not a percentage; write it with a % sign, such as 30%")
    return _finite(text, float(Decimal(_plain_number(stripped[:-1], "a percentage", "30%")) / 100), 1e6)


def format_percent(fraction: float) -> str:
    """Text that :func:`parse_percent` reads back as the same number.

    >>> format_percent(0.3), format_percent(1.055)
    ('30%', '105.5%')
    """
    return _plain(Decimal(repr(float(fraction))) * 100) + "%"


def parse_probability(text: str) -> float:
    """A probability, as a percentage or a number from 0 to 1.

    >>> parse_probability("30%"), parse_probability("0.3")
    (0.3, 0.3)
    """
    percent = text.strip().endswith("%")
    value = parse_percent(text) if percent else parse_number(text)
    if not 0.0 <= value <= 1.0:
        meant = f"; write {text.strip()}% for a percentage" if not percent and 1.0 < value <= 100.0 else ""
        raise ValueError(f"the probability {text} is not between 0% and 100%{meant}")
    return value


def parse_date(text: str) -> date:
    """A calendar date without a time.

    >>> parse_date("2026-03-02")
    datetime.date(2026, 3, 2)
    """
    match = _match_date(text)
    if match[4] is not None:
        raise ValueError(f"'{text}' has a time; write the date alone, {match[1]}-{match[2]}-{match[3]}")
    return _date_of(text, match)


def parse_datetime(text: str, end_of_day: bool = False) -> datetime:
    """A local date and time to the minute.

    Parameters
    ----------
    text : str
        ``2026-03-02``, ``2026-03-02T08:00`` or with a blank instead of the ``T``; 24:00 is midnight at the day's end.
    end_of_day : bool
        What a date without a time means: False, its first moment (starts, the data date); True, its last (finishes,
        deadlines, probabilities), which is midnight of the next day.

    Examples
    --------
    >>> parse_datetime("2026-03-02T08:00").isoformat(timespec="minutes")
    '2026-03-02T08:00'
    >>> parse_datetime("2026-03-02", end_of_day=True).isoformat(timespec="minutes")
    '2026-03-03T00:00'
    """
    match = _match_date(text)
    midnight = datetime.combine(_date_of(text, match), time())
    if match[4] is None:
        return midnight + timedelta(days=1) if end_of_day else midnight
    hour, minute = int(match[4]), int(match[5])
    if hour * 60 + minute > 1440 or minute > 59:
        raise ValueError(f"'{text}' has the impossible time {match[4]}:{match[5]}; write 00:00 to 24:00")
    return midnight + timedelta(hours=hour, minutes=minute)


def _match_date(text: str) -> re.Match[str]:
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not a date; write 2026-03-31 or 2026-03-31T17:00 (no zone, no seconds)")
    return match


def _date_of(text: str, match: re.Match[str]) -> date:
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"'{text}' is out of range; dates run from {FIRST_YEAR} to {LAST_YEAR}")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"'{text}' does not exist in the calendar; correct the month or the day") from None


def format_datetime(moment: datetime, end_of_day: bool = False) -> str:
    """Text that :func:`parse_datetime` with the same ``end_of_day`` reads back; the date alone where that says it all.

    >>> format_datetime(datetime(2026, 3, 3), end_of_day=True), format_datetime(datetime(2026, 3, 3, 8))
    ('2026-03-02', '2026-03-03T08:00')
    """
    if moment.time() != time():
        return moment.isoformat(timespec="minutes")
    return (moment - timedelta(days=int(end_of_day))).date().isoformat()


def parse_date_range(text: str) -> tuple[date, date]:
    """First and last date, both included, of ``a..b`` or of a single date.

    >>> parse_date_range("2026-12-24..2027-01-02")
    (datetime.date(2026, 12, 24), datetime.date(2027, 1, 2))
    """
    first_text, dots, last_text = text.partition("..")
    first = parse_date(first_text)
    last = parse_date(last_text) if dots else first
    if last < first:
        raise ValueError(f"the range {text} ends before it begins; write {last}..{first}")
    return first, last
