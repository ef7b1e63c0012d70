"""Values as they lie in Redis, written by anybody: read leniently, never raising."""

from __future__ import annotations

import json
import math
from typing import Any

from dashboard.adapters.job_records import Payload
from dashboard.language import N_

SHOWN = 65_536
"""Bytes of arguments that are read."""

TOO_LARGE = N_("larger than 64 kB; it is not read")
NOT_JSON = N_("it is not JSON")


def text(raw: Any) -> str:
    """Bytes as text; empty for what is none."""
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    return raw if isinstance(raw, str) else ""


def number(raw: Any) -> float | None:
    """A finite number; None for what is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | bytes | str):
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def whole(raw: Any) -> int:
    """A whole number, 0 for what is none."""
    return int(number(raw) or 0)


def told(raw: Any) -> int | None:
    """A whole number, None for what is none."""
    value = number(raw)
    return None if value is None else int(value)


def seconds(raw: Any) -> float | None:
    """Unix seconds of milliseconds; None for what is none, or 0."""
    value = number(raw)
    return value / 1000 if value and 0 < value < 1e14 else None


def decoded(raw: Any) -> Any:
    """The value of JSON; None for what is not JSON."""
    try:
        return json.loads(raw)
    except (ValueError, TypeError, RecursionError):
        return None


def record(raw: Any) -> dict[str, Any]:
    """An object of JSON; empty for what is none."""
    value = decoded(raw)
    return value if isinstance(value, dict) else {}


def payload(raw: Any, size: int | None = None) -> Payload:
    """Arguments in JSON; `size` in bytes when not all of them were read."""
    if not isinstance(raw, bytes):
        return Payload(size=size or 0, undecodable=TOO_LARGE if size else "", truncated=bool(size))
    try:
        return Payload(json.loads(raw), len(raw))
    except (ValueError, RecursionError):
        return Payload(size=len(raw), undecodable=NOT_JSON, raw=text(raw[:SHOWN]), truncated=len(raw) > SHOWN)
