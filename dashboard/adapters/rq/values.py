"""Texts, numbers and times as they lie in RQ's hashes, read with care."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any


def text(value: Any) -> str | None:
    """UTF-8 as text; None for what is none, which RQ cannot have written as a name."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def shown(value: Any) -> str:
    """Any bytes as text that can be shown, empty for none."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """A finite number, None for what is none."""
    try:
        found = float(value) if value not in (None, "", b"") else None
    except (TypeError, ValueError):
        return None
    return found if found is not None and math.isfinite(found) else None


def whole(value: Any) -> int | None:
    """A whole number, None for what is none."""
    found = number(value)
    return None if found is None else int(found)


def moment(value: Any) -> float | None:
    """Unix seconds of `2026-11-24T20:46:48.434945Z`, None for what is no time."""
    written = text(value)
    if not written:
        return None
    try:
        when = datetime.fromisoformat(written)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def written(seconds: float) -> str:
    """Unix seconds as RQ writes them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def pairs(flat: Any) -> dict[str, Any]:
    """A flat list of names and values as a mapping."""
    if not isinstance(flat, list):
        return {}
    return {shown(flat[i]): flat[i + 1] for i in range(0, len(flat) - 1, 2)}
