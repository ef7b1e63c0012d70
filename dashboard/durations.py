"""Lengths of time in words."""

from __future__ import annotations

UNKNOWN = "–"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_WORDS = {"d": "d", "h": "h", "m": "min", "s": "s"}


def duration(seconds: float | None) -> str:
    """252 as 4m 12s, 0.84 as 0.8s: for tables and figures."""
    if seconds is None:
        return UNKNOWN
    if seconds < 10:
        return f"{max(seconds, 0):.1f}".removesuffix(".0") + "s"
    return " ".join(_parts(int(seconds))[:2])


def duration_words(seconds: float | None) -> str:
    """252 as 4 min 12 s: for sentences."""
    text = duration(seconds)
    return text if text == UNKNOWN else " ".join(f"{part[:-1]} {_WORDS[part[-1]]}" for part in text.split())


def about(seconds: float) -> str:
    """An estimate in one unit, no more exact than it is: 43 as `about 45 s`, 300 as `about 5 min`."""
    if seconds < 57.5:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    if seconds < 7_200 - 30:
        return f"about {round(seconds / 60)} min"
    return f"about {round(seconds / 3_600):,} h"


def _parts(seconds: int) -> list[str]:
    parts = []
    for size, unit in _UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount}{unit}")
        elif parts:
            break
    return parts
