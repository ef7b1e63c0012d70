"""The sentence and the JSON body in which receivers hear of an alert."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from dashboard.adapters.contract import ErrorGroup
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.metrics.units import span
from dashboard.alerts.records import Alert, AlertState
from dashboard.language import gettext, number
from dashboard.moments import moment
from dashboard.redaction import encodable
from dashboard.settings import Settings


def summary(alert: Alert) -> str:
    """One sentence with value, limit and duration, in the language of who reads it; receivers are told in English."""
    values = {"where": where(alert), "rule": alert.rule, "value": _value(alert), "limit": _limit(alert)}
    if alert.state == AlertState.ERROR and not values["where"]:
        return gettext("%(rule)s cannot be evaluated", **values)
    if alert.state == AlertState.ERROR:
        return gettext("%(where)s: %(rule)s cannot be evaluated", **values)
    if not values["limit"]:
        return _without_limit(alert.state, values)
    if alert.state == AlertState.NO_DATA:
        return gettext("%(where)s: no data for %(rule)s (%(limit)s)", **values)
    if alert.state == AlertState.RESOLVED:
        return gettext("%(where)s: over: %(value)s, %(limit)s", **values)
    return gettext("%(where)s: %(value)s, %(limit)s", **values)


def where(alert: Alert) -> str:
    """`main/mail send_email`: source, queue, and what it is narrowed to."""
    place = f"{alert.source}/{alert.queue}" if alert.queue else alert.source
    return " ".join(part for part in (place, alert.type, alert.group) if part)


def _without_limit(state: AlertState, values: dict[str, str]) -> str:
    if state == AlertState.NO_DATA:
        return gettext("%(where)s: no data for %(rule)s", **values)
    if state == AlertState.RESOLVED:
        return gettext("%(where)s: over: %(value)s", **values)
    return gettext("%(where)s: %(value)s", **values)


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
        "starts_at": moment(alert.starts_at),
        "ends_at": moment(alert.ends_at),
        "summary": alert.summary,
        "fingerprint": alert.fingerprint,
        "url": url,
        "groups": [
            {"fingerprint": g.fingerprint, "error_type": g.error_type, "message": g.message, "count": g.count}
            for g in groups
        ],
    }
    return encodable(json.dumps({"type": kind, "timestamp": moment(now), "data": data}, ensure_ascii=False))


def view_url(settings: Settings, alert: Alert) -> str:
    """Address of the page that shows exactly what the alert is about, as its receivers reach it."""
    about = {"source": alert.source, "queue": alert.queue, "type": alert.type, "fingerprint": alert.group}
    query = urlencode({name: value for name, value in about.items() if value})
    return f"{_base(settings)}/alerts/incidents/{quote(alert.fingerprint)}" + (f"?{query}" if query else "")


def _base(settings: Settings) -> str:
    if settings.alerts.base_url:
        return settings.alerts.base_url.rstrip("/")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}{settings.prefix}"


def _limit(alert: Alert) -> str:
    """The threshold and for how long; empty when there is only yes and no, or nothing is allowed at all."""
    metric = metrics().get(alert.metric)
    amount = metric.limit(alert.threshold) if metric else number(alert.threshold)
    if not amount:
        return ""
    if not alert.for_seconds:
        return gettext("limit %(limit)s", limit=amount)
    return gettext("limit %(limit)s for %(time)s", limit=amount, time=span(alert.for_seconds))


def _value(alert: Alert) -> str:
    if alert.value is None:
        return gettext("too little to judge")
    metric = metrics().get(alert.metric)
    return metric.said(alert.value) if metric else number(alert.value)
