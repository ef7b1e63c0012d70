"""Evaluates the rules for the leading collector, and stores changes together with the messages they cause."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import structlog

from dashboard.adapters.contract import AdapterError, ErrorGroup, Selector
from dashboard.adapters.sources import Sources
from dashboard.alerts import messages, states
from dashboard.alerts.book import MOST_ALERTS, AlertBook
from dashboard.alerts.channels.discovery import habits as of_kinds
from dashboard.alerts.judgement import fingerprint, judged, period, standing, withdrawn
from dashboard.alerts.looks import Readings
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Reading, Target
from dashboard.alerts.metrics.discovery import metric_of
from dashboard.alerts.muting import Muted
from dashboard.alerts.notices import Habits, Listener, listeners, notified, plan
from dashboard.alerts.records import Alert, AlertState, Evaluation, Notice, Rule
from dashboard.alerts.room import fitted
from dashboard.alerts.states import Reason
from dashboard.alerts.storing import store
from dashboard.history.history import History
from dashboard.settings import ChannelSettings, Settings
from dashboard.store import Fence, Store

RESOLVED_SECONDS = 86_400.0
TOP_GROUPS = 5
MOST_LOOKS = 50
"""Reads of error groups in one evaluation: a message beyond them names none."""

log = structlog.get_logger("redrive.alerts")


class Evaluator:
    """Reads the sources, judges every rule, stores the result.

    Args:
        store: where alerts and messages are kept.
        sources: where jobs live.
        settings: the dashboard's address for links, and what the following give when they are left out.
        clock: gives unix seconds.
        rules: gives the rules, once for each evaluation.
        channels: gives the channels, once for each evaluation.
        habits: by kind of channel, what it does when its settings leave it open; as the kinds say by default.
        muted_at: gives for a time (unix seconds) what tells which alerts are silenced.
    """

    def __init__(
        self,
        store: Store,
        sources: Sources,
        settings: Settings,
        clock: Callable[[], float],
        *,
        rules: Callable[[], Iterable[Rule]] | None = None,
        channels: Callable[[], Iterable[ChannelSettings]] | None = None,
        habits: Mapping[str, Habits] | None = None,
        muted_at: Callable[[float], Muted] = lambda _: lambda _: "",
    ) -> None:
        self._store = store
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._book = AlertBook(store, sources, settings, clock)
        self._rules = rules or self._book.rules
        self._channels = channels or (lambda: settings.channels)
        self._habits = of_kinds() if habits is None else habits
        self._muted_at = muted_at
        self._readings = Readings(sources, History(store, clock), settings.history.queues)

    def evaluate(self, fence: Fence) -> bool:
        """One evaluation of all rules; returns False, there is never more to do at once.

        A rule that cannot be evaluated leaves its alerts in the state `error`, and the others alone.

        Raises:
            StoreUnavailable: nothing is known to be stored; the next evaluation begins where the store stands.
            StaleLeader: another collector leads; nothing was stored.
        """
        started, now = time.monotonic(), self._clock()
        before = self._book.stored()
        rules = {rule.name: rule for rule in self._rules()}
        reading = self._readings.of(self._sources.snapshot(), now)
        alerts, left_out = fitted(_Judges(reading, before).judged(rules), before, MOST_ALERTS)
        muted = self._muted_at(now)
        alerts = [replace(alert, silenced_by=muted(alert)) for alert in alerts]
        alerts, notices = self._planned(alerts, rules, now)
        ended = [each for alert in alerts if (each := period(alert, before.get(alert.fingerprint)))]
        went = _went(alerts, left_out, now, time.monotonic() - started)
        store(self._store, fence, now, _changed(before, alerts, now), notices=notices, periods=ended, evaluation=went)
        return False

    def _planned(
        self, alerts: Sequence[Alert], rules: Mapping[str, Rule], now: float
    ) -> tuple[list[Alert], list[Notice]]:
        everyone = listeners(self._channels(), self._habits)
        events, after, notices = _Events(self._sources, self._settings, now), [], []
        for alert in alerts:
            rule = rules.get(alert.rule)
            planned = plan(
                alert, everyone, now, chosen=rule.channels if rule else None, silenced=bool(alert.silenced_by),
                no_data_seconds=rule.no_data_seconds if rule else 0.0,
            )  # fmt: skip
            notices += [events.notice(alert, listener, kind) for listener, kind in planned.messages]
            after.append(replace(alert, told=planned.told, notified=notified(planned.told)))
        return after, notices


class _Judges:
    """One evaluation: what every rule makes of one reading."""

    def __init__(self, reading: Reading, before: Mapping[str, Alert]) -> None:
        self._reading = reading
        self._before = before
        self._now = reading.now
        self._broken: dict[str, str] = {}

    def judged(self, rules: Mapping[str, Rule]) -> list[Alert]:
        """Every alert, inactive ones too."""
        found: dict[str, Alert] = {}
        for rule in rules.values():
            if rule.enabled:
                found |= {alert.fingerprint: alert for alert in self._of_rule(rule)}
        left = (self._left_over(old, rules) for name, old in self._before.items() if name not in found)
        return [*found.values(), *left]

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


class _Events:
    """The messages of one evaluation; error groups are read once for each place, and not for too many."""

    def __init__(self, sources: Sources, settings: Settings, now: float) -> None:
        self._sources = sources
        self._settings = settings
        self._now = now
        self._groups: dict[Selector, tuple[ErrorGroup, ...]] = {}

    def notice(self, alert: Alert, listener: Listener, kind: str) -> Notice:
        """What one channel is to be told."""
        groups = self._top_groups(alert) if kind == "alert.firing" else ()
        event = messages.body(kind, alert, self._now, messages.view_url(self._settings, alert), groups)
        return Notice(listener.name, alert.rule, kind, listener.key(alert), alert.fingerprint, event, listener.wait)

    def _top_groups(self, alert: Alert) -> tuple[ErrorGroup, ...]:
        chosen = Selector(source=alert.source, queue=alert.queue, type=alert.type, fingerprint=alert.group)
        if chosen not in self._groups and len(self._groups) < MOST_LOOKS:
            self._groups[chosen] = ()
            with contextlib.suppress(AdapterError):
                self._groups[chosen] = self._sources.groups(chosen, order="count", limit=TOP_GROUPS).items
        return self._groups.get(chosen, ())


def _went(alerts: Sequence[Alert], left_out: int, now: float, seconds: float) -> Evaluation:
    kept = sum(1 for alert in alerts if alert.state != AlertState.INACTIVE)
    errors = tuple(sorted({alert.rule for alert in alerts if alert.state == AlertState.ERROR}))
    if left_out:
        log.warning("there is no room for all alerts; they are not told", kept=kept, left_out=left_out)
    return Evaluation(now, seconds, kept, left_out, errors)


def _changed(before: Mapping[str, Alert], alerts: Iterable[Alert], now: float) -> dict[str, Alert | None]:
    """What is to be written: alerts that changed, and None for those no longer kept."""
    kept = {alert.fingerprint: alert for alert in alerts if not _over(alert, now)}
    gone: dict[str, Alert | None] = {name: None for name in before if name not in kept}
    return gone | {name: alert for name, alert in kept.items() if before.get(name) != alert}


def _over(alert: Alert, now: float) -> bool:
    if alert.state == AlertState.INACTIVE:
        return True
    return alert.state == AlertState.RESOLVED and now - (alert.ends_at or alert.since) > RESOLVED_SECONDS


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
