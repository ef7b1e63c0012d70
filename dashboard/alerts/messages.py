"""The sentence and the JSON body in which receivers hear of an alert."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from dashboard.adapters.contract import ErrorGroup
from dashboard.alerts.records import Alert, AlertState
from dashboard.settings import Settings


def summary(alert: Alert) -> str:
    """One sentence with value, limit and duration."""
    where = f"{alert.source}/{alert.queue}" if alert.queue else alert.source
    lasting = f" for {_span(alert.for_seconds)}" if alert.for_seconds else ""
    limit = f"limit {_amount(alert.metric, alert.threshold)}{lasting}"
    if alert.state == AlertState.NO_DATA:
        return f"{where}: no data for {alert.rule} ({limit})"
    value = "too little to judge" if alert.value is None else _reading(alert.metric, alert.value)
    over = "over: " if alert.state == AlertState.RESOLVED else ""
    return f"{where}: {over}{value}, {limit}"


def body(kind: str, alert: Alert, now: float, url: str, groups: Sequence[ErrorGroup]) -> str:
    """The message as JSON text; `kind` is `alert.firing`, `alert.resolved` or `alert.nodata`."""
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
        return f"{_base(settings)}/queues/{quote(alert.source)}/{quote(alert.queue)}"
    narrowed = {"source": alert.source} | ({"queue": alert.queue} if alert.queue else {})
    return f"{_base(settings)}/dead?{urlencode(narrowed)}"


def _base(settings: Settings) -> str:
    if settings.alerts.base_url:
        return settings.alerts.base_url.rstrip("/")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}{settings.prefix}"


def _reading(metric: str, value: float) -> str:
    if metric == "failed":
        return f"{value:,.0f} failed jobs"
    if metric == "failure_rate":
        return f"{value:.1f} % of attempts failed"
    return f"longest wait {_span(value)}"


def _amount(metric: str, value: float) -> str:
    if metric == "failed":
        return f"{value:,g}"
    return f"{value:g} %" if metric == "failure_rate" else _span(value)


def _span(seconds: float) -> str:
    """A duration in its two largest units, such as `4 min 12 s`."""
    rest = round(seconds)
    if rest < 1:
        return f"{seconds:g} s"
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        if rest >= size:
            parts.append(f"{rest // size} {unit}")
            rest %= size
    return " ".join(parts[:2])


def _time(at: float | None) -> str | None:
    return (
        None
        if at is None
        else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
