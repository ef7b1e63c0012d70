"""Jinja filters: numbers, times, durations and text as people read them. A value not known is an en dash."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup

from dashboard.durations import UNKNOWN, duration, duration_words

_AGES = ((86_400, "day", "days"), (3_600, "h", "h"), (60, "min", "min"))


def number(value: float | None, digits: int = 0) -> str:
    """3209 as 3,209."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def rate(value: float | None) -> str:
    """A number per minute: whole from 10 on, one digit below."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if value >= 10 or float(value).is_integer() else f"{value:.1f}"


def percent(share: float | None) -> str:
    """0.079 as 7.9 %."""
    if share is None:
        return UNKNOWN
    value = f"{100 * share:.1f}".removesuffix(".0")
    return f"{value} %"


def moment(at: float) -> datetime | None:
    """The time of unix seconds; None when they are out of range, since they may come from anyone."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def relative(at: float, now: float) -> str:
    """`4 min ago`, `in 2 h`."""
    seconds = abs(now - at)
    for size, one, many in _AGES:
        if seconds >= size:
            amount = int(seconds // size)
            words = f"{amount} {one if amount == 1 else many}"
            break
    else:
        words = f"{int(seconds)} s"
    return f"{words} ago" if now >= at else f"in {words}"


def time_element(at: float | None, now: float) -> Markup:
    """A `time` element with the exact UTC time in its title; an en dash when there is none."""
    when = None if at is None else moment(at)
    if at is None or when is None:
        return Markup('<span class="zero">–</span>')
    iso = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    exact = when.strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso, exact, relative(at, now))


def clock_time(at: float | None) -> str:
    """14:31:40 UTC."""
    when = None if at is None else moment(at)
    return when.strftime("%H:%M:%S UTC") if when else UNKNOWN


def pretty(value: Any) -> str:
    """JSON over several lines; escaped by the template as any text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def shortened(text: object, limit: int = 200) -> str:
    """At most `limit` characters, cut with an ellipsis."""
    whole = "" if text is None else str(text)
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def class_name(error_type: str) -> str:
    """`smtplib.SMTPRecipientsRefused` as SMTPRecipientsRefused; the whole name stays on the job’s page."""
    return error_type.rpartition(".")[2] or error_type


def byte_size(count: float | None) -> str:
    """1536 as 1.5 KiB."""
    if count is None:
        return UNKNOWN
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1024
    return UNKNOWN


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "rate": rate,
    "percent": percent,
    "duration": duration,
    "duration_words": duration_words,
    "clock_time": clock_time,
    "pretty": pretty,
    "shortened": shortened,
    "bytes": byte_size,
    "class_name": class_name,
}


def register(app: Flask) -> None:
    """Make the filters known to templates, and `time_ago`, which asks the application's clock."""

    def time_ago(at: float | None) -> Markup:
        return time_element(at, app.extensions["redrive"].clock())

    app.jinja_env.globals["time_ago"] = time_ago
    app.jinja_env.filters.update(FILTERS)
