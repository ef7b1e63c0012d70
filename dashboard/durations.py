"""Lengths of time in words, in the language of who reads them."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.language import UNKNOWN, gettext, ngettext, number, pgettext

_SIZES = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def duration(seconds: float | None) -> str:
    """252 as 4m 12s, 0.84 as 0.8s: for tables and figures."""
    if seconds is None:
        return UNKNOWN
    return " ".join(_short(amount, unit) for amount, unit in _parts(seconds))


def duration_words(seconds: float | None) -> str:
    """252 as 4 min 12 s: for sentences."""
    if seconds is None:
        return UNKNOWN
    return " ".join(_word(amount, unit) for amount, unit in _parts(seconds))


def run_time(seconds: float | None, short: bool = True) -> str:
    """How long something ran or waited, milliseconds below a second: 0.84 as 840 ms."""
    if seconds is not None and seconds < 1:
        return gettext("%(num)s ms", num=number(seconds * 1_000))
    return duration(seconds) if short else duration_words(seconds)


def about(seconds: float) -> str:
    """An estimate in one unit, no more exact than it is: 43 as `about 45 s`, 300 as `about 5 min`."""
    if seconds < 57.5:
        return gettext("about %(num)s s", num=max(5, 5 * round(seconds / 5)))
    if seconds < 7_200 - 30:
        return gettext("about %(num)s min", num=round(seconds / 60))
    return gettext("about %(num)s h", num=number(round(seconds / 3_600)))


def length(seconds: float) -> str:
    """A time in its largest whole unit: `26 min`, `3 h`, `2 days`."""
    amount, unit = largest(seconds)
    return ngettext("%(num)s day", "%(num)s days", amount) if unit == "d" else _word(str(amount), unit)


def largest(seconds: float) -> tuple[int, str]:
    """A time in its largest whole unit, which is `d`, `h`, `m` or `s`."""
    whole = max(0, int(seconds))
    return next(((whole // size, unit) for size, unit in _SIZES if whole >= size), (0, "s"))


def _parts(seconds: float) -> Iterator[tuple[str, str]]:
    """At most two units without a gap, such as 4 `m` and 12 `s`."""
    if seconds < 10:
        tenths = round(max(seconds, 0), 1)
        yield number(tenths, 0 if tenths == int(tenths) else 1), "s"
        return
    left, found = int(seconds), 0
    for size, unit in _SIZES:
        amount, left = divmod(left, size)
        if amount and found < 2:
            yield number(amount), unit
        found += bool(amount or found)


def _short(amount: str, unit: str) -> str:
    words = {
        "d": lambda: pgettext("short", "%(num)sd", num=amount),
        "h": lambda: pgettext("short", "%(num)sh", num=amount),
        "m": lambda: pgettext("short", "%(num)sm", num=amount),
        "s": lambda: pgettext("short", "%(num)ss", num=amount),
    }
    return words[unit]()


def _word(amount: str, unit: str) -> str:
    words = {
        "d": lambda: gettext("%(num)s d", num=amount),
        "h": lambda: gettext("%(num)s h", num=amount),
        "m": lambda: gettext("%(num)s min", num=amount),
        "s": lambda: gettext("%(num)s s", num=amount),
    }
    return words[unit]()
