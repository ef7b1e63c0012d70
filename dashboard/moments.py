"""Moments as they are written for machines."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(seconds: float | None) -> str | None:
    """Unix seconds as RFC 3339 in UTC with milliseconds; None outside the years 1970 to 9999."""
    if seconds is None or not 0 <= seconds < 253_402_300_799:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
