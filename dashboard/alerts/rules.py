"""Alert rules: those of the settings and the built-in one, and what one reading means. No input or output here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dashboard.alerts.records import AlertState, Origin, Rule
from dashboard.settings import AlertSettings, RuleSettings

BUILT_IN = Rule("too-many-failed", "failed", above=100, severity="page", built_in=True, origin=Origin.BUILT_IN)
NO_DATA_SECONDS = 60.0
"""A firing alert's receivers hear of missing data once it lasts this long; one failed reading is not worth a call."""
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a rule's metric.

    value: None when it could not be read, or when there is too little to judge (`enough` is False then).
    enough: whether there was enough to judge, see `Rule.minimum`.
    """

    value: float | None
    enough: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands; times in unix seconds.

    since: when it came into this state. starts_at: when it last began to fire. ends_at: when that was over.
    notified: the state its receivers last heard of.
    """

    state: AlertState = AlertState.INACTIVE
    since: float = 0.0
    starts_at: float | None = None
    ends_at: float | None = None
    notified: AlertState = AlertState.INACTIVE


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reading makes of an alert. message: the event its receivers are told of, empty when none."""

    standing: Standing
    reason: str
    message: str = ""


def seconds(duration: str) -> float:
    """Seconds of a duration such as `90s`, `5m` or `1.5h`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", duration)
    if not match:
        raise ValueError(f"duration {duration!r}: write a number and ms, s, m, h or d, such as 5m")
    return float(match[1]) * _UNITS[match[2]]


def rules_of(settings: AlertSettings) -> tuple[Rule, ...]:
    """The built-in rule, unless the settings define one of its name, then those of the settings."""
    own = tuple(_rule(rule) for rule in settings.rules)
    return own if any(rule.name == BUILT_IN.name for rule in own) else (BUILT_IN, *own)


def evaluate(rule: Rule, sample: Sample, before: Standing, now: float) -> Decision:
    """Where an alert stands after a reading.

    Above the threshold it is pending until that has lasted `for_seconds`, then it fires. At or below, a firing one
    is resolved and a pending one inactive. Without a value it is `no data`, whatever it was; receivers who were told
    that it fires are told so after a minute. When values come back it goes on from there.

    Args:
        rule: what is watched.
        sample: the reading.
        before: where it stood.
        now: unix seconds.
    """
    if not sample.enough:
        return _calm(before, now, "too little to judge")
    if sample.value is None:
        return _no_data(before, now)
    if sample.value > rule.above:
        return _above(rule, before, now)
    return _calm(before, now, "at or below the threshold")


def _above(rule: Rule, before: Standing, now: float) -> Decision:
    if before.state == AlertState.FIRING:
        return Decision(before, "still above the threshold")
    if before.state == AlertState.NO_DATA and before.notified in (AlertState.FIRING, AlertState.NO_DATA):
        return _firing(Standing(starts_at=before.starts_at), now, notified=before.notified)
    began = before.since if before.state == AlertState.PENDING else now
    if now - began >= rule.for_seconds:
        return _firing(Standing(starts_at=now), now, notified=before.notified)
    return Decision(Standing(AlertState.PENDING, began, None, None, before.notified), "above, not long enough yet")


def _firing(begun: Standing, now: float, *, notified: AlertState) -> Decision:
    told = "" if notified == AlertState.FIRING else "alert.firing"
    after = Standing(AlertState.FIRING, now, begun.starts_at or now, None, AlertState.FIRING)
    return Decision(after, "above the threshold", told)


def _calm(before: Standing, now: float, reason: str) -> Decision:
    if before.notified in (AlertState.FIRING, AlertState.NO_DATA):
        after = Standing(AlertState.RESOLVED, now, before.starts_at, now, AlertState.RESOLVED)
        return Decision(after, reason, "alert.resolved")
    if before.state in (AlertState.INACTIVE, AlertState.RESOLVED):
        return Decision(before, reason)
    back = AlertState.RESOLVED if before.notified == AlertState.RESOLVED else AlertState.INACTIVE
    return Decision(Standing(back, now, before.starts_at, before.ends_at, before.notified), reason)


def _no_data(before: Standing, now: float) -> Decision:
    since = before.since if before.state == AlertState.NO_DATA else now
    told = "alert.nodata" if before.notified == AlertState.FIRING and now - since >= NO_DATA_SECONDS else ""
    notified = AlertState.NO_DATA if told else before.notified
    return Decision(Standing(AlertState.NO_DATA, since, before.starts_at, None, notified), "no data", told)


def _rule(given: RuleSettings) -> Rule:
    return Rule(
        given.name, given.metric, given.above, seconds(given.for_), given.severity, given.source, given.queue,
        given.channels, given.minimum, clear=given.clear, keep_firing_seconds=seconds(given.keep_firing_for),
        window_seconds=seconds(given.window), type=given.type, group=given.fingerprint, objective=given.objective,
        no_data_seconds=seconds(given.no_data_for), enabled=given.enabled,
    )  # fmt: skip
