"""How dates, spans, money and shares are written for people, the same on every page and in every terminal."""
from __future__ import annotations

import math
from datetime import datetime, time, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNKNOWN = "–"
MINUS = "−"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_SCENARIOS = {
    "pre": "pre-mitigated",
    "post": "post-mitigated",
    "none": "uncertainty only, without risk events and factors",
}


def date_text(moment: datetime, clock: bool = False, is_finish: bool = True) -> str:
    """A date; without its time a finish at midnight belongs to the day that ends.

    >>> date_text(datetime(2026, 12, 18, 17)), date_text(datetime(2026, 12, 18, 17), clock=True)
    ('18 Dec 2026', '18 Dec 2026 17:00')
    >>> date_text(datetime(2026, 12, 19)), date_text(datetime(2026, 12, 19), is_finish=False)
    ('18 Dec 2026', '19 Dec 2026')
    """
    if clock:
        return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M}"
    if is_finish and moment.time() == time():
        moment -= DAY
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def span_text(span: timedelta, signed: bool = False) -> str:
    """An elapsed time in the unit that fits it.

    >>> span_text(timedelta(days=75.2)), span_text(timedelta(hours=5)), span_text(timedelta(days=-3.4), signed=True)
    ('75 d', '5 h', '−3.4 d')
    """
    size = abs(span)
    sign = (MINUS if span < timedelta(0) else "+") if signed and size else ""
    if size < timedelta(minutes=30):
        text = f"{round(size.total_seconds() / 60)} min" if size else "0 d"
    elif size < DAY:
        text = f"{size / HOUR:.0f} h"
    elif size < 10 * DAY:
        text = f"{size / DAY:.1f}".removesuffix(".0") + " d"
    else:
        text = f"{round(size / DAY):,} d"
    return sign + text


def days_text(span: timedelta) -> str:
    """An elapsed time in words, for sentences.

    >>> days_text(timedelta(days=1)), days_text(timedelta(days=-75)), days_text(timedelta(hours=7))
    ('1 day', '75 days', '7 hours')
    """
    size = abs(span)
    if size < DAY:
        return _counted(round(size / HOUR), "hour")
    return _counted(round(size / DAY), "day")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "risk"), counted(1200, "activity")
    ('1 risk', '1,200 activities')
    """
    if number != 1 and noun.endswith("y"):
        return f"{number:,} {noun[:-1]}ies"
    return _counted(number, noun)


def date_error_text(error: timedelta | None) -> str:
    """A standard error of a date.

    >>> date_error_text(timedelta(hours=9.5)), date_error_text(timedelta(hours=2)), date_error_text(timedelta(0))
    ('±0.4 d', '±2 h', '±0 d')
    """
    if error is None:
        return UNKNOWN
    if timedelta(0) < error < HOUR / 2:
        return "±<1 h"
    if HOUR / 2 <= error < DAY / 4:
        return f"±{error / HOUR:.0f} h"
    days = error / DAY
    return f"±{days:.1f} d" if 0 < days < 10 else f"±{days:.0f} d"


def money_text(value: float, signed: bool = False, whole: bool = False) -> str:
    """An amount with thousands separators; cents only where amounts are small, and never when ``whole``.

    >>> money_text(1234567.8), money_text(-12.5), money_text(2000.0, signed=True)
    ('1,234,568', '−12.50', '+2,000')
    """
    size = abs(value)
    digits = f"{size:,.0f}" if whole or size >= 1000 or size == round(size) else f"{size:,.2f}"
    sign = MINUS if value < 0 and digits.strip("0.,") else "+" if signed and digits.strip("0.,") else ""
    return sign + digits


def short_money(value: float, currency: str = "") -> str:
    """An amount for a headline.

    >>> short_money(1_414_200, "EUR"), short_money(85_300, "USD"), short_money(950)
    ('EUR 1.41 M', 'USD 85.3 k', '950')
    """
    size = abs(value)
    for unit, name in ((1e9, " bn"), (1e6, " M"), (1e4, " k")):
        if size >= unit:
            scale = 1e3 if unit == 1e4 else unit
            text = _three_digits(size / scale) + name
            break
    else:
        text = money_text(size)
    return (MINUS if value < 0 else "") + (f"{currency} {text}" if currency else text)


def _three_digits(number: float) -> str:
    if number >= 100:
        return f"{number:,.0f}"
    return (f"{number:.1f}" if number >= 10 else f"{number:.2f}").rstrip("0").rstrip(".")


def money_error_text(error: float) -> str:
    """A standard error of an amount, to two digits that mean something.

    >>> money_error_text(1234.0), money_error_text(0.0), money_error_text(float("nan"))
    ('±1,200', '±0', '–')
    """
    if not math.isfinite(error):
        return UNKNOWN
    if error >= 10:
        step = 10 ** (math.floor(math.log10(error)) - 1)
        return f"±{round(error / step) * step:,.0f}"
    return f"±{error:.2f}" if error else "±0"


def percent_text(share: float) -> str:
    """A probability; never rounded to certainty or impossibility.

    >>> percent_text(0.123), percent_text(0.004), percent_text(0.99996), percent_text(0.0), percent_text(1.0)
    ('12 %', '0.4 %', '>99.9 %', '0 %', '100 %')
    """
    if not math.isfinite(share):
        return UNKNOWN
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    if 0 < share < 0.0095 or 0.9905 < share < 1:
        return f"{share * 100:.1f} %"
    return f"{share * 100:.0f} %"


def relative_text(part: float, whole: float) -> str:
    """A signed share of a whole, empty where the whole is nothing.

    >>> relative_text(210.0, 1200.0), relative_text(-3.0, 100.0), relative_text(1.0, 0.0)
    ('+18 %', '−3.0 %', '')
    """
    if not whole:
        return ""
    percent = 100 * part / abs(whole)
    digits = f"{abs(percent):.0f}" if abs(percent) >= 10 else f"{abs(percent):.1f}"
    return f"{MINUS if percent < 0 else '+'}{digits} %"


def points_text(error: float) -> str:
    """Standard error of a probability, in percentage points.

    >>> points_text(0.0123), points_text(0.0002), points_text(0.0), points_text(float("nan"))
    ('±1.2 %', '±<0.1 %', '±0 %', '–')
    """
    if not math.isfinite(error):
        return UNKNOWN
    points = 100 * error
    if 0 < points < 0.05:
        return "±<0.1 %"
    return f"±{points:.1f} %" if 0 < points < 10 else f"±{points:.0f} %"


def share_text(share: float, error: float) -> str:
    """A probability with its standard error.

    >>> share_text(0.7, 0.0123)
    '70 % ±1.2 %'
    """
    return f"{percent_text(share)} {points_text(error)}"


def scenario_text(name: str) -> str:
    """What a scenario is called on a page.

    >>> scenario_text("pre"), scenario_text("crash the permit")
    ('pre-mitigated', 'scenario “crash the permit”')
    """
    return _SCENARIOS.get(name, f"scenario “{name}”")


def clean(text: str) -> str:
    """Without control and direction characters, which would command a terminal instead of being read.

    >>> clean("Pump\\x1b[31m house\\u202e")
    'Pump[31m house'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)


def shortened(text: str, width: int) -> str:
    """The text, cut with an ellipsis where it is longer than ``width``.

    >>> shortened("Detailed design of pumps", 12)
    'Detailed de…'
    """
    return text if len(text) <= width else text[: max(1, width - 1)].rstrip() + "…"
