"""The last hour of a queue's pending jobs, minute by minute: small enough to be read for every queue of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping

MINUTES = 60
Spark = tuple[int | None, ...]


def extended(stored: bytes | None, news: Mapping[int, int | None]) -> str:
    """What to store when minutes have ended.

    Args:
        stored: what this function last gave; None or damaged: nothing.
        news: most pending jobs by unix minute; a minute between them that is not named was not read.
    """
    known = _minutes(stored) | dict(news)
    last = max(known, default=0)
    return json.dumps([last, [known.get(minute) for minute in _hour(last)]], separators=(",", ":"))


def hour_until(stored: bytes | None, minute: int) -> Spark:
    """The 60 minutes that end with the one given (unix minute), oldest first; empty when none of them is known."""
    known = _minutes(stored)
    values = tuple(known.get(each) for each in _hour(minute))
    return values if any(value is not None for value in values) else ()


def last_minute(stored: bytes) -> int:
    """The newest unix minute that is known, 0 when none is."""
    return max(_minutes(stored), default=0)


def _hour(last: int) -> range:
    return range(last - MINUTES + 1, last + 1)


def _minutes(stored: bytes | None) -> dict[int, int | None]:
    try:
        last, values = json.loads(stored or b"[0,[]]")
        first = int(last) - len(values) + 1
        return {first + place: None if value is None else int(value) for place, value in enumerate(values[:MINUTES])}
    except (ValueError, TypeError, OverflowError, RecursionError):
        return {}
