"""Times of a filter: an age such as `24h`, unix seconds, or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dashboard.adapters.vocabulary import InvalidRequest
from dashboard.language import gettext

_RELATIVE = re.compile(r"(\d{1,6})(s|m|h|d)\Z", re.ASCII)
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SECONDS = re.compile(r"\d{1,11}(\.\d{1,6})?", re.ASCII)


def moment(text: str, now: float, name: str) -> float | None:
    """Unix seconds of `24h` (ago), `1764000000` or `2025-11-24T14:00:00Z`; None for an empty text.

    Raises:
        InvalidRequest: it is none of these.
    """
    if not text:
        return None
    if relative := _RELATIVE.match(text):
        return now - int(relative[1]) * _UNIT_SECONDS[relative[2]]
    try:
        if _SECONDS.fullmatch(text):
            return float(text)
        parsed = datetime.fromisoformat(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            gettext(
                "%(name)s %(text)s: use a time such as 24h, 7d or 2025-11-24T14:00:00Z", name=name, text=repr(text[:60])
            )
        ) from error


def seconds(value: float) -> str:
    """Unix seconds as `moment` reads them, to the microsecond."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def words(value: float) -> str:
    """Unix seconds as a date; the number itself when no calendar has it."""
    try:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return seconds(value)
