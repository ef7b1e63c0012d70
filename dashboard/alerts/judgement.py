"""One alert made of a rule, what it is about, and what was decided of it. No input or output here."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from dashboard.alerts import messages
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.records import Alert, AlertState, Period, Rule
from dashboard.alerts.states import Decision, Standing
from dashboard.redaction import encodable

LONGEST_ERROR = 300


def fingerprint(rule: str, target: Target) -> str:
    """The alert's id: the same as long as the rule's name and what it is about are the same, whatever bytes it has."""
    narrowed = (target.type, target.group) if target.type or target.group else ()
    name = "\0".join((rule, target.source, target.queue, *narrowed))
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def standing(alert: Alert | None) -> Standing:
    """Where an alert stood when it was stored."""
    return Standing(alert.state, alert.since, alert.starts_at, alert.ends_at) if alert else Standing()


def judged(
    rule: Rule, target: Target, sample: Sample, decision: Decision, old: Alert | None, *, error: str = ""
) -> Alert:
    """The alert after a decision; what it told before stays with it."""
    after = decision.standing
    alert = Alert(
        rule.name, rule.severity, rule.metric, after.state, target.source, encodable(target.queue), sample.value,
        rule.above, rule.for_seconds, fingerprint(rule.name, target), after.since, after.starts_at, after.ends_at,
        type=encodable(target.type), group=target.group, reason=decision.reason, error=encodable(error[:LONGEST_ERROR]),
        clear=rule.clear, keep_firing_seconds=rule.keep_firing_seconds,
    )  # fmt: skip
    return _told(_remembering(alert, old, sample.value), old)


def withdrawn(old: Alert, decision: Decision, error: str = "") -> Alert:
    """An alert whose rule is no longer evaluated, or cannot be read."""
    after = decision.standing
    changed = replace(
        old, state=after.state, since=after.since, starts_at=after.starts_at, ends_at=after.ends_at,
        reason=decision.reason, error=encodable(error[:LONGEST_ERROR]),
    )  # fmt: skip
    return _told(changed, old)


def period(alert: Alert, before: Alert | None) -> Period | None:
    """The time that an alert fired, when that is over with this change."""
    if before is None or not before.unresolved or alert.starts_at is None or alert.ends_at is None:
        return None
    return period_of(alert)


def period_of(alert: Alert) -> Period:
    """The time that an alert fires or last fired."""
    return Period(
        alert.rule, alert.severity, alert.metric, alert.source, alert.queue, alert.fingerprint,
        alert.starts_at or alert.since, alert.ends_at, alert.worst, alert.threshold, alert.type, alert.group,
    )  # fmt: skip


def _remembering(alert: Alert, old: Alert | None, value: float | None) -> Alert:
    if not alert.unresolved:
        ended = old is not None and alert.ends_at is not None
        return replace(alert, value_at_start=old.value_at_start, worst=old.worst) if old and ended else alert
    if old is None or not old.unresolved:
        return replace(alert, value_at_start=value, worst=value)
    worst = max((each for each in (old.worst, value) if each is not None), default=None)
    return replace(alert, value_at_start=old.value_at_start, worst=worst)


def _told(alert: Alert, old: Alert | None) -> Alert:
    # A resolved alert goes on saying what it said when it was resolved.
    kept = old.summary if old and alert.state == old.state == AlertState.RESOLVED else ""
    if old is None:
        return replace(alert, summary=messages.summary(alert))
    return replace(alert, summary=kept or messages.summary(alert), told=old.told, notified=old.notified)
