"""Values in words by their unit: as tables show them, and as sentences do."""

from __future__ import annotations

from dashboard.durations import duration, duration_words
from dashboard.language import gettext, number


def amount(unit: str, value: float) -> str:
    """As tables show it: `4m 12s`, `7.9 %`, `1,930`."""
    return duration(value) if unit == "seconds" else amount_in_words(unit, value)


def amount_in_words(unit: str, value: float) -> str:
    """As sentences say it: `4 min 12 s`."""
    if unit == "seconds":
        return span(value)
    whole = few_digits(value)
    return gettext("%(num)s %%", num=whole) if unit == "percent" else whole


def few_digits(value: float) -> str:
    """A number with at most one digit after the point."""
    tenths = round(value, 1)
    return number(tenths, 0 if tenths % 1 == 0 else 1)


def span(seconds: float) -> str:
    """A duration in its two largest units, such as `4 min 12 s`."""
    return duration_words(round(seconds) if seconds >= 1 else seconds)
