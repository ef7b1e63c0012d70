"""The sentence and the JSON body in which receivers hear of an alert."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from dashboard.adapters.contract import ErrorGroup
from dashboard.alerts.records import Alert, AlertState
from dashboard.durations import duration_words
from dashboard.language import gettext, ngettext, number
from dashboard.names_in_addresses import written
from dashboard.settings import Settings


def summary(alert: Alert) -> str:
    """One sentence with value, limit and duration, in the language of who reads it; receivers are told in English."""
    values = {
        "where": f"{alert.source}/{alert.queue}" if alert.queue else alert.source,
        "rule": alert.rule,
        "value": gettext("too little to judge") if alert.value is None else _reading(alert.metric, alert.value),
        "limit": _limit(alert),
    }
    if alert.state == AlertState.ERROR:
        return gettext("%(where)s: %(rule)s cannot be evaluated", **values)
    if alert.state == AlertState.NO_DATA:
        return gettext("%(where)s: no data for %(rule)s (%(limit)s)", **values)
    if alert.state == AlertState.RESOLVED:
        return gettext("%(where)s: over: %(value)s, %(limit)s", **values)
    return gettext("%(where)s: %(value)s, %(limit)s", **values)


def body(kind: str, alert: Alert, now: float, url: str, groups: Sequence[ErrorGroup]) -> str:
    """The message as JSON text; `kind` is `alert.firing`, `.resolved`, `.nodata` or `.error`."""
    data = {
        "rule": alert.rule,
        "severity": alert.severity,
        "source": alert.source,
        "queue": alert.queue,
        "value": alert.value,
        "threshold": alert.threshold,
        "for_seconds": alert.for_seconds,
        "starts_at": _time(alert.starts_at),
        "ends_at": _time(alert.ends_at),
        "summary": alert.summary,
        "fingerprint": alert.fingerprint,
        "url": url,
        "groups": [
            {"fingerprint": g.fingerprint, "error_type": g.error_type, "message": g.message, "count": g.count}
            for g in groups
        ],
    }
    return json.dumps({"type": kind, "timestamp": _time(now), "data": data}, ensure_ascii=False)


def view_url(settings: Settings, alert: Alert) -> str:
    """Address of the view that shows exactly what the alert is about, as its receivers reach it."""
    if alert.metric == "oldest_pending_seconds" and alert.queue:
        return f"{_base(settings)}/queues/{quote(alert.source)}/{quote(written(alert.queue))}"
    narrowed = {"source": alert.source} | ({"queue": alert.queue} if alert.queue else {})
    return f"{_base(settings)}/dead?{urlencode(narrowed)}"


def _base(settings: Settings) -> str:
    if settings.alerts.base_url:
        return settings.alerts.base_url.rstrip("/")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}{settings.prefix}"


def _limit(alert: Alert) -> str:
    amount = _amount(alert.metric, alert.threshold)
    if not alert.for_seconds:
        return gettext("limit %(limit)s", limit=amount)
    return gettext("limit %(limit)s for %(time)s", limit=amount, time=_span(alert.for_seconds))


def _reading(metric: str, value: float) -> str:
    if metric == "failed":
        return ngettext("%(num)s failed jobs", "%(num)s failed jobs", int(value))
    if metric == "failure_rate":
        return gettext("%(num)s %% of attempts failed", num=number(value, 1))
    return gettext("longest wait %(time)s", time=_span(value))


def _amount(metric: str, value: float) -> str:
    whole = number(value, 0 if float(value).is_integer() else 1)
    if metric == "failed":
        return whole
    return gettext("%(num)s %%", num=whole) if metric == "failure_rate" else _span(value)


def _span(seconds: float) -> str:
    """A duration in its two largest units, such as `4 min 12 s`."""
    return duration_words(round(seconds) if seconds >= 1 else seconds)


def _time(at: float | None) -> str | None:
    return (
        None
        if at is None
        else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
