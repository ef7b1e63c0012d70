"""Jinja filters: numbers, times, durations and text as people read them. A value not known is an en dash."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from jinja2.utils import url_quote
from markupsafe import Markup, escape

from dashboard.appearance import Appearance
from dashboard.durations import duration, duration_words, largest, run_time
from dashboard.language import UNKNOWN, day, gettext, ngettext, number, pgettext

__all__ = [
    "byte_size", "class_name", "clock", "date_time", "exact", "hour", "moment", "number", "percent", "rate",
    "relative", "shortened", "zone_name",
]  # fmt: skip


def rate(value: float | None) -> str:
    """A number per minute: whole from 10 on, one digit below."""
    if value is None:
        return UNKNOWN
    return number(value, 0 if value >= 10 or float(value).is_integer() else 1)


def percent(share: float | None) -> str:
    """0.079 as 7.9 %."""
    if share is None:
        return UNKNOWN
    tenths = round(100 * share, 1)
    return gettext("%(num)s %%", num=number(tenths, 0 if tenths == int(tenths) else 1))


def signed(value: float) -> str:
    """A change: 1930 as +1,930, -210 as −210."""
    return f"{_sign(value)}{number(abs(value))}"


def signed_percent(share: float) -> str:
    """A change by a share: -0.04 as −4 %."""
    return f"{_sign(share)}{percent(round(abs(share), 2))}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else ""


def moment(at: float) -> datetime | None:
    """The time of unix seconds in UTC; None when they are out of range, since they may come from anyone."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def here(at: float | None) -> datetime | None:
    """The time of unix seconds in the viewer's zone; None when there is none."""
    when = None if at is None else moment(at)
    try:
        return when.astimezone(Appearance.from_cookie().zone) if when else None
    except OverflowError:
        return None


def clock(at: float | None, seconds: bool = True) -> str:
    """14:31:40 UTC, in the viewer's zone."""
    when = here(at)
    return f"{when:%H:%M:%S %Z}" if when and seconds else f"{when:%H:%M %Z}" if when else UNKNOWN


def hour(at: float | None) -> str:
    """14:31 in the viewer's zone, which is named elsewhere."""
    when = here(at)
    return f"{when:%H:%M}" if when else UNKNOWN


def date_time(at: float | None) -> str:
    """25 Nov 14:31 UTC, in the viewer's zone."""
    when = here(at)
    if when is None:
        return UNKNOWN
    pattern = pgettext("pattern", "d MMM")
    return f"{day(when.date(), pattern)} {when:%H:%M %Z}"


def exact(at: float | None) -> str:
    """2026-11-25 14:31:40 UTC, in the viewer's zone."""
    when = here(at)
    if when is None:
        return UNKNOWN
    pattern = pgettext("pattern", "yyyy-MM-dd")
    return f"{day(when.date(), pattern)} {when:%H:%M:%S %Z}"


def zone_name() -> str:
    """The zone of exact times, to be named once beside them: `UTC`, `Europe/Berlin`."""
    return Appearance.from_cookie().zone_name


def relative(at: float, now: float) -> str:
    """`4 min ago`, `in 2 h`."""
    amount, unit = largest(abs(now - at))
    past: dict[str, Callable[[], str]] = {
        "d": lambda: ngettext("%(num)s day ago", "%(num)s days ago", amount),
        "h": lambda: gettext("%(num)s h ago", num=amount),
        "m": lambda: gettext("%(num)s min ago", num=amount),
        "s": lambda: gettext("%(num)s s ago", num=amount),
    }
    ahead: dict[str, Callable[[], str]] = {
        "d": lambda: ngettext("in %(num)s day", "in %(num)s days", amount),
        "h": lambda: gettext("in %(num)s h", num=amount),
        "m": lambda: gettext("in %(num)s min", num=amount),
        "s": lambda: gettext("in %(num)s s", num=amount),
    }
    return (past if now >= at else ahead)[unit]()


def time_element(at: float | None, now: float) -> Markup:
    """A `time` element with the exact time in its title; an en dash when there is none."""
    when = None if at is None else moment(at)
    if at is None or when is None:
        return Markup('<span class="zero">–</span>')
    title, words = escape(exact(at)), escape(relative(at, now))
    return Markup(f'<time data-ago datetime="{when:%Y-%m-%dT%H:%M:%S}Z" title="{title}">{words}</time>')  # noqa: S704 - escaped


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


def undecodable_words(reason: str) -> str:
    """Why something cannot be shown: `not JSON: line 1`, of which the words are translated and the detail is not."""
    words, colon, detail = reason.partition(": ")
    return gettext(reason) if not colon else f"{gettext(words)}: {detail}"


def in_address(value: Any) -> str:
    """Jinja's `urlencode` of a name, also of one that is no UTF-8: each has an id of its own."""
    return url_quote(str(value).encode("utf-8", "surrogatepass"))


def byte_size(count: float | None) -> str:
    """1536 as 1.5 KiB."""
    if count is None:
        return UNKNOWN
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return gettext("%(num)s %(unit)s", num=number(count, 0 if unit == "B" else 1), unit=unit)
        count /= 1024
    return UNKNOWN


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "rate": rate,
    "percent": percent,
    "signed": signed,
    "signed_percent": signed_percent,
    "duration": duration,
    "duration_words": duration_words,
    "run_time": run_time,
    "clock": clock,
    "hour": hour,
    "date_time": date_time,
    "exact": exact,
    "pretty": pretty,
    "shortened": shortened,
    "bytes": byte_size,
    "class_name": class_name,
    "urlencode": in_address,
    "undecodable_words": undecodable_words,
}


def register(app: Flask) -> None:
    """Make the filters known to templates, and `time_ago`, which asks the application's clock."""

    def time_ago(at: float | None) -> Markup:
        return time_element(at, app.extensions["redrive"].clock())

    app.jinja_env.globals.update(time_ago=time_ago, zone_name=zone_name)
    app.jinja_env.filters.update(FILTERS)
