"""Alerts, rules and deliveries in words, for pages; receivers are written to by `dashboard.alerts.messages`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.alerts import messages
from dashboard.alerts.metrics.contract import Metric
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Alert, AlertState, Delivery, Rule, Try
from dashboard.durations import duration
from dashboard.language import N_, UNKNOWN, gettext, number

_STATES: dict[str, tuple[str, str]] = {
    AlertState.INACTIVE: (N_("OK"), "good"),
    AlertState.RESOLVED: (N_("OK"), "good"),
    AlertState.PENDING: (N_("Pending"), "warn"),
    AlertState.RECOVERING: (N_("Recovering"), "warn"),
    AlertState.NO_DATA: (N_("No data"), "off"),
    AlertState.ERROR: (N_("Error"), "bad"),
}
_SEVERITIES = {"page": N_("page"), "ticket": N_("ticket"), "info": N_("info")}
_RESULTS = {
    "waiting": (N_("Waiting"), "off"), "sent": (N_("Sent"), "good"), "retrying": (N_("Retrying"), "warn"),
    "gave up": (N_("Gave up"), "bad"), "failed": (N_("Failed"), "bad"),
}  # fmt: skip
_TYPES = {
    "alert.firing": N_("firing"), "alert.resolved": N_("resolved"), "alert.nodata": N_("no data"),
    "alert.error": N_("error"), "alert.test": N_("test"),
}  # fmt: skip


def state_words(state: AlertState | None, severity: str) -> tuple[str, str]:
    """Look and word of a state; a rule without any instance was never evaluated, which is not fine."""
    if state is None:
        return "off", gettext("Not checked")
    if state == AlertState.FIRING:
        return ("bad" if severity == "page" else "warn"), gettext("Firing")
    words, look = _STATES[state]
    return look, gettext(words)


def amount(metric: str, value: float | None) -> str:
    """A value of a metric, with its unit."""
    if value is None:
        return UNKNOWN
    known = metrics().get(metric)
    return known.amount(value) if known else number(value)


def condition(rule: Rule) -> str:
    """`any queue: dead letters above 100 for 5 min`; without the limit where there is only yes and no."""
    metric = metrics().get(rule.metric)
    time = duration(rule.for_seconds)
    values = {"where": _where(rule, metric), "metric": metric.words() if metric else rule.metric}
    if metric and metric.unit == "yes":
        if not rule.for_seconds:
            return gettext("%(where)s: %(metric)s", **values)
        return gettext("%(where)s: %(metric)s for %(time)s", **values, time=time)
    values["limit"] = amount(rule.metric, rule.above)
    if not rule.for_seconds:
        return gettext("%(where)s: %(metric)s above %(limit)s", **values)
    return gettext("%(where)s: %(metric)s above %(limit)s for %(time)s", **values, time=time)


def _where(rule: Rule, metric: Metric | None) -> str:
    """`any queue of main, send_email`."""
    if rule.queue:
        place = rule.queue
    elif metric and not metric.by_queue:
        place = rule.source or gettext("any source")
    else:
        place = gettext("any queue of %(source)s", source=rule.source) if rule.source else gettext("any queue")
    return ", ".join(part for part in (place, rule.type, rule.group) if part)


def as_sentence(rule: Rule) -> str:
    """The condition as the begin of a paragraph."""
    words = condition(rule)
    return gettext(
        "%(condition)s. Severity %(severity)s.",
        condition=words[:1].upper() + words[1:],
        severity=severity(rule.severity),
    )


def severity(name: str) -> str:
    """How grave, in a word."""
    return gettext(_SEVERITIES[name]) if name in _SEVERITIES else name


def summary(alert: Alert) -> str:
    """The alert in one sentence, in the language of who reads it; as it was stored when it cannot be made anew."""
    return messages.summary(alert)


def delivery_type(kind: str) -> str:
    """What a message is about."""
    return gettext(_TYPES[kind]) if kind in _TYPES else kind.removeprefix("alert.")


def delivery_result(result: str) -> str:
    """How a delivery ended."""
    return gettext(_RESULTS[result][0]) if result in _RESULTS else result.capitalize()


def result_kind(delivery: Delivery | Try) -> str:
    """The look of a delivery's result."""
    return _RESULTS[delivery.result][1] if delivery.result in _RESULTS else "off"


FILTERS: dict[str, Callable[..., Any]] = {
    "alert_summary": summary,
    "delivery_type": delivery_type,
    "delivery_result": delivery_result,
}
