"""Alerts, rules and deliveries in words, for pages; receivers are written to by `dashboard.alerts.messages`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.alerts import messages
from dashboard.alerts.records import Alert, AlertState, Delivery, Rule
from dashboard.durations import duration
from dashboard.filters import percent
from dashboard.language import N_, UNKNOWN, gettext, number

_STATES: dict[str, tuple[str, str]] = {
    AlertState.INACTIVE: (N_("OK"), "good"),
    AlertState.RESOLVED: (N_("OK"), "good"),
    AlertState.PENDING: (N_("Pending"), "warn"),
    AlertState.RECOVERING: (N_("Recovering"), "warn"),
    AlertState.NO_DATA: (N_("No data"), "off"),
    AlertState.ERROR: (N_("Error"), "bad"),
}
_METRICS = {
    "failed": N_("dead letters"),
    "failure_rate": N_("share of attempts that fail"),
    "oldest_pending_seconds": N_("longest wait"),
}
_SEVERITIES = {"page": N_("page"), "ticket": N_("ticket"), "info": N_("info")}
_RESULTS = {
    "waiting": (N_("Waiting"), "off"), "sent": (N_("Sent"), "good"), "retrying": (N_("Retrying"), "warn"),
    "gave up": (N_("Gave up"), "bad"),
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
    if metric == "failure_rate":
        return percent(value / 100)
    return duration(value) if metric == "oldest_pending_seconds" else number(value)


def condition(rule: Rule) -> str:
    """`any queue: dead letters above 100 for 5 min`."""
    where = rule.queue or gettext("any queue")
    if rule.source and not rule.queue:
        where = gettext("any queue of %(source)s", source=rule.source)
    metric = gettext(_METRICS[rule.metric]) if rule.metric in _METRICS else rule.metric
    values = {"where": where, "metric": metric, "limit": amount(rule.metric, rule.above)}
    if not rule.for_seconds:
        return gettext("%(where)s: %(metric)s above %(limit)s", **values)
    return gettext("%(where)s: %(metric)s above %(limit)s for %(time)s", **values, time=duration(rule.for_seconds))


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


def result_kind(delivery: Delivery) -> str:
    """The look of a delivery's result."""
    return _RESULTS[delivery.result][1] if delivery.result in _RESULTS else "off"


FILTERS: dict[str, Callable[..., Any]] = {
    "alert_summary": summary,
    "delivery_type": delivery_type,
    "delivery_result": delivery_result,
}
