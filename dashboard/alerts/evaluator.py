"""Evaluates the rules for the leading collector, and stores changes together with the messages they cause."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ulid import ULID

from dashboard.adapters.contract import AdapterError, ErrorGroup, Selector
from dashboard.adapters.snapshot import Snapshot
from dashboard.adapters.sources import Sources
from dashboard.alerts import messages
from dashboard.alerts.book import AlertBook, alert_to_json
from dashboard.alerts.records import Alert, AlertState, Rule
from dashboard.alerts.rules import Decision, Sample, Standing, evaluate
from dashboard.alerts.samples import Target, sample, targets
from dashboard.settings import Settings
from dashboard.store import Fence, StaleLeader, Store

DELIVERIES_KEPT = 1_000
RESOLVED_SECONDS = 86_400.0
TOP_GROUPS = 5


@dataclass(frozen=True, slots=True)
class _Change:
    alert: Alert
    message: str
    channels: tuple[str, ...]


class Evaluator:
    """Reads the sources, judges every rule, stores the result.

    Args:
        store: where alerts and messages are kept.
        sources: where jobs live.
        settings: rules, channels, and the dashboard's address for links.
        clock: gives unix seconds.
    """

    def __init__(self, store: Store, sources: Sources, settings: Settings, clock: Callable[[], float]) -> None:
        self._store = store
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._book = AlertBook(store, sources, settings, clock)

    def evaluate(self, fence: Fence) -> bool:
        """One evaluation of all rules; returns False, there is never more to do at once.

        Raises:
            StoreUnavailable: nothing is known to be stored; the next evaluation begins where the store stands.
            StaleLeader: another collector leads; nothing was stored.
        """
        now = self._clock()
        before = self._book.stored()
        judged = self._judge(self._sources.snapshot(), before, now)
        changes = [one for one in judged if one.alert.fingerprint in before or one.alert.state != AlertState.INACTIVE]
        self._apply(fence, changes, now)
        return False

    def _judge(self, snapshot: Snapshot, before: dict[str, Alert], now: float) -> Iterator[_Change]:
        seen: set[str] = set()
        for rule in self._book.rules():
            for target in targets(rule, snapshot):
                name = fingerprint(rule.name, target)
                seen.add(name)
                yield self._change(rule, target, sample(rule, target, snapshot), before.get(name), now)
        for name in before.keys() - seen:
            yield self._left_over(before[name], snapshot, now)

    def _left_over(self, old: Alert, snapshot: Snapshot, now: float) -> _Change:
        """An alert whose queue is gone, or cannot be seen, or whose rule is gone."""
        source = snapshot.source(old.source)
        unseen = source is not None and not source.up and any(rule.name == old.rule for rule in self._book.rules())
        rule = next((rule for rule in self._book.rules() if rule.name == old.rule), _rule_of(old))
        return self._change(rule, (old.source, old.queue), Sample(None, enough=unseen), old, now)

    def _change(self, rule: Rule, target: Target, reading: Sample, old: Alert | None, now: float) -> _Change:
        decision = evaluate(rule, reading, _standing(old), now)
        alert = _alert(rule, target, reading, decision, old)
        return _Change(alert, decision.message, self._channels_of(rule) if decision.message else ())

    def _channels_of(self, rule: Rule) -> tuple[str, ...]:
        names = tuple(channel.name for channel in self._settings.channels)
        return names if rule.channels is None else tuple(name for name in names if name in rule.channels)

    def _apply(self, fence: Fence, changes: Sequence[_Change], now: float) -> None:
        store = self._store
        alerts = [part for change in changes for part in (change.alert.fingerprint, _stored(change.alert, now))]
        sends = [row for change in changes for row in self._messages(change, now)]
        keys = [store.lease, store.alerts, store.alerts_run, store.outbox, store.deliveries]
        keys += [store.delivery(row[0]) for row in sends]
        argv = [fence.holder, fence.epoch, repr(now), DELIVERIES_KEPT, store.delivery(""), len(alerts) // 2, *alerts]
        argv += [part for row in sends for part in row]
        if not store.run("alerts", "apply", keys, argv):
            raise StaleLeader("another collector leads by now; nothing was stored")

    def _messages(self, change: _Change, now: float) -> Iterator[tuple[str, str, str, str, str]]:
        """Per channel: id, channel, rule, type, body."""
        if not change.channels:
            return
        alert = change.alert
        groups = self._top_groups(alert) if alert.state == AlertState.FIRING else ()
        body = messages.body(change.message, alert, now, messages.view_url(self._settings, alert), groups)
        for channel in change.channels:
            yield f"msg_{ULID()}", channel, alert.rule, change.message, body

    def _top_groups(self, alert: Alert) -> tuple[ErrorGroup, ...]:
        with contextlib.suppress(AdapterError):
            chosen = Selector(source=alert.source, queue=alert.queue)
            return self._sources.groups(chosen, order="count", limit=TOP_GROUPS).items
        return ()


def fingerprint(rule: str, target: Target) -> str:
    """The alert's id: the same as long as rule, source and queue are the same."""
    return hashlib.sha256("\0".join((rule, *target)).encode()).hexdigest()[:16]


def _standing(old: Alert | None) -> Standing:
    if old is None:
        return Standing()
    return Standing(old.state, old.since, old.starts_at, old.ends_at, old.notified)


def _alert(rule: Rule, target: Target, reading: Sample, decision: Decision, old: Alert | None) -> Alert:
    standing = decision.standing

    def made(text: str) -> Alert:
        return Alert(
            rule.name, rule.severity, rule.metric, standing.state, *target, reading.value, rule.above,
            rule.for_seconds, fingerprint(rule.name, target), standing.since, standing.starts_at, standing.ends_at,
            text, standing.notified,
        )  # fmt: skip

    # A resolved alert goes on saying what it said when it was resolved.
    kept = old.summary if old and standing.state == old.state == AlertState.RESOLVED else ""
    return made(kept or messages.summary(made("")))


def _stored(alert: Alert, now: float) -> str:
    over = alert.state == AlertState.RESOLVED and now - alert.since > RESOLVED_SECONDS
    return "" if over or alert.state == AlertState.INACTIVE else alert_to_json(alert)


def _rule_of(old: Alert) -> Rule:
    return Rule(old.rule, old.metric, old.threshold, old.for_seconds, old.severity, old.source, old.queue)
