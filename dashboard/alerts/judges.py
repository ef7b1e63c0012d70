"""What every rule makes of one reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import structlog

from dashboard.adapters.contract import AdapterError
from dashboard.alerts import states
from dashboard.alerts.judgement import fingerprint, judged, standing, withdrawn
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Reading, Target
from dashboard.alerts.metrics.discovery import metric_of
from dashboard.alerts.records import Alert, AlertState, Rule
from dashboard.alerts.states import Reason

log = structlog.get_logger("redrive.alerts")


class Judges:
    """One evaluation. A rule that raises leaves its alerts in the state `error`, and the others alone.

    Args:
        reading: what the metrics read.
        before: the alerts as they stood, by fingerprint.
    """

    def __init__(self, reading: Reading, before: Mapping[str, Alert]) -> None:
        self._reading = reading
        self._before = before
        self._now = reading.now
        self._broken: dict[str, str] = {}

    def judged(self, rules: Mapping[str, Rule], unreadable: Mapping[str, str] | None = None) -> list[Alert]:
        """Every alert, inactive ones too.

        Args:
            rules: by name.
            unreadable: why a rule cannot be read, by its name; what is known of its alerts stays, as an error.
        """
        broken = unreadable or {}
        found: dict[str, Alert] = {}
        for rule in rules.values():
            if rule.enabled:
                found |= {alert.fingerprint: alert for alert in self._of_rule(rule)}
        others = [old for name, old in self._before.items() if name not in found]
        left = [self._left_over(old, rules) for old in others if old.rule not in broken]
        return [*found.values(), *left, *self._unread([old for old in others if old.rule in broken], broken)]

    def _unread(self, before: Sequence[Alert], broken: Mapping[str, str]) -> Iterator[Alert]:
        """Alerts of rules that cannot be read, at least one for each; what is over stays so."""
        for name, why in broken.items():
            problem, own = f"the stored rule cannot be read: {why}", [old for old in before if old.rule == name]
            going_on = [old for old in own if old.state != AlertState.RESOLVED]
            yield from (old for old in own if old.state == AlertState.RESOLVED)
            yield from (withdrawn(old, states.failed(standing(old), self._now), problem) for old in going_on)
            if any(old.state != AlertState.ERROR for old in going_on):
                log.warning("a stored rule cannot be read", rule=name, error=why)
            if not going_on:
                yield self._failed(Rule(name, "", 0.0), Target(""), None, problem)

    def _of_rule(self, rule: Rule) -> Iterator[Alert]:
        try:
            about = list(metric_of(rule).targets(rule, self._reading.snapshot))
        except Exception as error:  # noqa: BLE001 - one rule never stops the others; the alert says what is wrong
            about = [Target(rule.source, rule.queue, rule.type, rule.group)]
            self._broken[rule.name] = _words(error)
        for target in about:
            yield self._of_target(rule, target)

    def _of_target(self, rule: Rule, target: Target) -> Alert:
        old = self._before.get(fingerprint(rule.name, target))
        if rule.name in self._broken:
            return self._failed(rule, target, old, self._broken[rule.name])
        try:
            read = metric_of(rule).sample(rule, target, self._reading)
            return judged(rule, target, read, states.evaluate(rule, read, standing(old), self._now), old)
        except AdapterError:
            read = UNREAD
            return judged(rule, target, read, states.evaluate(rule, read, standing(old), self._now), old)
        except Exception as error:  # noqa: BLE001 - the same
            return self._failed(rule, target, old, _words(error))

    def _failed(self, rule: Rule, target: Target, old: Alert | None, problem: str) -> Alert:
        if old is None or old.state != AlertState.ERROR:
            log.warning("a rule cannot be evaluated", rule=rule.name, error=problem)
        return judged(rule, target, UNREAD, states.failed(standing(old), self._now), old, error=problem)

    def _left_over(self, old: Alert, rules: Mapping[str, Rule]) -> Alert:
        """An alert whose queue is gone, or cannot be seen, or whose rule is gone."""
        rule, before = rules.get(old.rule), standing(old)
        if rule is None or not rule.enabled:
            why = Reason.DELETED if rule is None else Reason.TURNED_OFF
            return withdrawn(old, states.withdrawn(before, self._now, why))
        target = Target.of(old)
        if rule.name in self._broken:
            return self._failed(rule, target, old, self._broken[rule.name])
        source = self._reading.snapshot.source(old.source)
        if source is not None and not source.up:
            return judged(rule, target, UNREAD, states.evaluate(rule, UNREAD, before, self._now), old)
        return judged(rule, target, NOT_JUDGED, states.gone(rule, before, self._now), old)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
