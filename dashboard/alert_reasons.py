"""Why an alert is in its state, in a sentence, in the language of who reads it."""

from __future__ import annotations

from dashboard.alert_words import amount
from dashboard.alerts.records import Alert, AlertState
from dashboard.alerts.states import Reason
from dashboard.durations import duration_words
from dashboard.language import N_, gettext

_RECOVERING = {
    Reason.BELOW: N_("At or below %(clear)s; resolved once that has lasted %(keep)s"),
    Reason.TOO_LITTLE: N_("Too little to judge; resolved once that has lasted %(keep)s"),
    Reason.GONE: N_("What it is about is gone; resolved once that has lasted %(keep)s"),
}
_OTHERWISE = {
    Reason.BELOW: N_("At or below %(clear)s"),
    Reason.TOO_LITTLE: N_("Too little to judge"),
    Reason.WAITING: N_("Above %(limit)s; fires once that has lasted %(time)s"),
    Reason.ABOVE: N_("Above %(limit)s"),
    Reason.BETWEEN: N_("No longer above %(limit)s; fires until it is at or below %(clear)s"),
    Reason.GONE: N_("What it is about is gone"),
    Reason.DELETED: N_("Its rule was deleted"),
    Reason.TURNED_OFF: N_("Its rule is turned off"),
    Reason.NO_READING: N_("The value cannot be read"),
    Reason.FAILED: N_("The rule cannot be evaluated: %(error)s"),
}
_FIRED = N_("The value cannot be read; it fired when it was last read")


def reason(alert: Alert) -> str:
    """`Above 100; fires once that has lasted 5 min`; empty when it is not known."""
    if alert.reason not in _OTHERWISE:
        return ""
    return gettext(_sentence(alert, Reason(alert.reason)), **_values(alert))


def _sentence(alert: Alert, why: Reason) -> str:
    if alert.state == AlertState.RECOVERING and why in _RECOVERING:
        return _RECOVERING[why]
    return _FIRED if why == Reason.NO_READING and alert.unresolved else _OTHERWISE[why]


def _values(alert: Alert) -> dict[str, str]:
    fired = alert.starts_at is not None
    clear = alert.clear if fired and alert.clear is not None else alert.threshold
    return {
        "limit": amount(alert.metric, alert.threshold),
        "clear": amount(alert.metric, clear),
        "time": duration_words(alert.for_seconds),
        "keep": duration_words(alert.keep_firing_seconds),
        "error": alert.error,
    }
