"""Where an alert stands after each reading. No input or output here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from dashboard.alerts.metrics.contract import Sample
from dashboard.alerts.records import AlertState, Rule

DARK = (AlertState.NO_DATA, AlertState.ERROR)
"""There is no reading: what was read last may be over, or worse."""
BURNING = (AlertState.FIRING, AlertState.RECOVERING)
"""Receivers take both for firing."""


class Reason(StrEnum):
    """Why an alert is in its state; `dashboard.alert_reasons` says it in words."""

    BELOW = "below"
    TOO_LITTLE = "too little"
    WAITING = "waiting"
    ABOVE = "above"
    BETWEEN = "between"
    GONE = "gone"
    DELETED = "deleted"
    TURNED_OFF = "turned off"
    NO_READING = "no reading"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands; times in unix seconds.

    since: when it came into this state; no data and error share it: since when there is no reading.
    starts_at, ends_at: of the last time it fired; without an end it has not been resolved since.
    """

    state: AlertState = AlertState.INACTIVE
    since: float = 0.0
    starts_at: float | None = None
    ends_at: float | None = None

    @property
    def unresolved(self) -> bool:
        """Whether it fires, or fired when it was last read."""
        return self.starts_at is not None and self.ends_at is None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reading makes of an alert, and why."""

    standing: Standing
    reason: Reason


def evaluate(rule: Rule, sample: Sample, before: Standing, now: float) -> Decision:
    """Where an alert stands after a reading.

    Above the threshold it is pending until that has lasted `for_seconds`, then it fires. It recovers at or below
    `clear` (the threshold, when there is none), and once that has lasted `keep_firing_seconds` it is resolved; in
    between it goes on firing. Without a value it is `no data`, whatever it was, and goes on from there when values
    come back. Too little to judge counts as below.

    Args:
        rule: what is watched.
        sample: the reading.
        before: where it stood.
        now: unix seconds.
    """
    if not sample.enough:
        return _calm(rule, before, now, Reason.TOO_LITTLE)
    if sample.value is None:
        return Decision(_entered(before, AlertState.NO_DATA, now), Reason.NO_READING)
    if sample.value > rule.above:
        return _above(rule, before, now)
    if before.unresolved and rule.clear is not None and sample.value > rule.clear:
        return Decision(_entered(before, AlertState.FIRING, now), Reason.BETWEEN)
    return _calm(rule, before, now, Reason.BELOW)


def failed(before: Standing, now: float) -> Decision:
    """The rule could not be evaluated; a firing alert goes on from there when it can be again."""
    return Decision(_entered(before, AlertState.ERROR, now), Reason.FAILED)


def gone(rule: Rule, before: Standing, now: float) -> Decision:
    """What the alert is about is no longer there, such as its queue; that counts as below."""
    return _calm(rule, before, now, Reason.GONE)


def withdrawn(before: Standing, now: float, reason: Reason) -> Decision:
    """The rule was deleted or turned off: what fires is resolved at once."""
    return Decision(_resolved(before, now) if before.unresolved else _quiet(before, now), reason)


def _above(rule: Rule, before: Standing, now: float) -> Decision:
    if before.unresolved:
        return Decision(_entered(before, AlertState.FIRING, now), Reason.ABOVE)
    waiting = _entered(before, AlertState.PENDING, now)
    if now - waiting.since >= rule.for_seconds:
        return Decision(Standing(AlertState.FIRING, now, now), Reason.ABOVE)
    return Decision(waiting, Reason.WAITING)


def _calm(rule: Rule, before: Standing, now: float, reason: Reason) -> Decision:
    if before.unresolved:
        recovering = _entered(before, AlertState.RECOVERING, now)
        over = now - recovering.since >= rule.keep_firing_seconds
        return Decision(_resolved(before, now) if over else recovering, reason)
    return Decision(_quiet(before, now), reason)


def _quiet(before: Standing, now: float) -> Standing:
    return _entered(before, AlertState.INACTIVE if before.ends_at is None else AlertState.RESOLVED, now)


def _resolved(before: Standing, now: float) -> Standing:
    return Standing(AlertState.RESOLVED, now, before.starts_at, max(now, before.starts_at or now))


def _entered(before: Standing, state: AlertState, now: float) -> Standing:
    """The same alert in a state; it has been in it since now unless it was in it before."""
    same = before.state == state or (before.state in DARK and state in DARK)
    return replace(before, state=state, since=before.since if same else now)
