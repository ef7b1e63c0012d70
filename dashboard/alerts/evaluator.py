"""Evaluates the rules for the leading collector, and stores changes together with the messages they cause."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from dashboard.adapters.occasional import Occasional
from dashboard.adapters.sources import Sources
from dashboard.alerts.book import MOST_ALERTS, AlertBook
from dashboard.alerts.channels.discovery import habits as of_kinds
from dashboard.alerts.courses import Courses, worst
from dashboard.alerts.events import Events
from dashboard.alerts.hearing import Hearing, hearing
from dashboard.alerts.judgement import period
from dashboard.alerts.judges import Judges
from dashboard.alerts.looks import Readings
from dashboard.alerts.muting import Muted
from dashboard.alerts.notices import Habits, Listener, listeners, notified, plan
from dashboard.alerts.records import Alert, AlertState, Evaluation, Notice, Rule
from dashboard.alerts.room import fitted
from dashboard.alerts.storing import store
from dashboard.history.history import History
from dashboard.settings import ChannelSettings, Settings
from dashboard.store import Fence, Store

RESOLVED_SECONDS = 86_400.0

log = structlog.get_logger("redrive.alerts")


class Evaluator:
    """Reads the sources, judges every rule, stores the result.

    Args:
        store: where alerts and messages are kept.
        sources: where jobs live.
        settings: the dashboard's address for links, and what the following give when they are left out.
        clock: gives unix seconds.
        book: reads how alerts stood, and the rules made on pages with them.
        rules: gives the rules, once for each evaluation; those of the book when it is left out.
        channels: gives the channels, once for each evaluation.
        unreadable: gives the names of channels that are stored and cannot be read; what they heard stays known.
        habits: by kind of channel, what it does when its settings leave it open; as the kinds say by default.
        muted_at: gives for a time (unix seconds) what tells which alerts are silenced.
        occasional: what sources are asked more rarely, when it is shared with others.
    """

    def __init__(
        self,
        store: Store,
        sources: Sources,
        settings: Settings,
        clock: Callable[[], float],
        *,
        book: AlertBook | None = None,
        rules: Callable[[], Iterable[Rule]] | None = None,
        channels: Callable[[], Iterable[ChannelSettings]] | None = None,
        habits: Mapping[str, Habits] | None = None,
        unreadable: Callable[[], Iterable[str]] = tuple,
        muted_at: Callable[[float], Muted] = lambda _: lambda _: "",
        occasional: Occasional | None = None,
    ) -> None:
        self._store = store
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._book = book or AlertBook(store, sources, settings, clock)
        self._rules = rules or self._book.rules
        self._channels = channels or (lambda: settings.channels)
        self._unreadable = unreadable
        self._habits = of_kinds() if habits is None else habits
        self._muted_at = muted_at
        self._left_out = 0
        self._courses = Courses(self._book.stored_courses)
        self._readings = Readings(sources, History(store, clock), settings.history.queues, occasional)

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
        broken = {each.name: each.english for each in self._book.unreadable() if each.name not in rules}
        reading = self._readings.of(self._sources.snapshot(), now)
        every = Judges(reading, before).judged(rules, broken)
        on = {name: rule for name, rule in rules.items() if rule.enabled}
        values = worst(on, every)
        alerts, left_out = fitted(every, before, MOST_ALERTS)
        muted = self._muted_at(now)
        alerts = [replace(alert, silenced_by=muted(alert)) for alert in alerts]
        channels = list(self._channels())
        heard = hearing(self._store, [channel.name for channel in channels])
        everyone = listeners(channels, self._habits, heard.deaf)
        everyone += [Listener(name, deaf=True, unread=True) for name in self._unreadable()]
        alerts, notices = self._planned(alerts, rules, everyone, heard, now)
        ended = [each for alert in alerts if (each := period(alert, before.get(alert.fingerprint)))]
        self._say(left_out)
        went = _went(alerts, left_out, values, now, time.monotonic() - started)
        courses = self._courses.note(on, values, fence.epoch, now)
        store(self._store, fence, now, _changed(before, alerts, now), notices=notices, periods=ended, evaluation=went,
              courses=courses, unheard=heard.unheard.keys())  # fmt: skip
        return False

    def _say(self, left_out: int) -> None:
        if left_out and not self._left_out:
            log.warning("there is no room for all alerts; nobody is told of the others", left_out=left_out)
        self._left_out = left_out

    def _planned(
        self, alerts: Sequence[Alert], rules: Mapping[str, Rule], everyone: Sequence[Listener], heard: Hearing,
        now: float,
    ) -> tuple[list[Alert], list[Notice]]:  # fmt: skip
        names = {channel.name for channel in everyone if not channel.unread}
        events, after, notices = Events(self._sources, self._settings, now), [], []
        for each in alerts:
            alert, rule = replace(each, told=heard.of(each)), rules.get(each.rule)
            planned = plan(
                alert, everyone, now, chosen=_chosen(rule, names), silenced=bool(alert.silenced_by),
                no_data_seconds=rule.no_data_seconds if rule else 60.0,
            )  # fmt: skip
            notices += [events.notice(alert, listener, kind) for listener, kind in planned.messages]
            after.append(replace(alert, told=planned.told, notified=notified(planned.told)))
        return after, notices


def _chosen(rule: Rule | None, names: Collection[str]) -> tuple[str, ...] | None:
    """The rule's channels, None: all; when none that it names is there to read, all are told rather than nobody."""
    if rule is None or not rule.channels:
        return rule.channels if rule else None
    return rule.channels if any(name in names for name in rule.channels) else None


def _went(alerts: Sequence[Alert], left_out: int, values: dict[str, float], now: float, seconds: float) -> Evaluation:
    kept = sum(1 for alert in alerts if alert.state != AlertState.INACTIVE)
    errors = tuple(sorted({alert.rule for alert in alerts if alert.state == AlertState.ERROR}))
    return Evaluation(now, seconds, kept, left_out, errors, values)


def _changed(before: Mapping[str, Alert], alerts: Iterable[Alert], now: float) -> dict[str, Alert | None]:
    """What is to be written: alerts that changed, and None for those no longer kept."""
    kept = {alert.fingerprint: alert for alert in alerts if not _over(alert, now)}
    gone: dict[str, Alert | None] = {name: None for name in before if name not in kept}
    return gone | {name: alert for name, alert in kept.items() if before.get(name) != alert}


def _over(alert: Alert, now: float) -> bool:
    if alert.state == AlertState.INACTIVE:
        return True
    return alert.state == AlertState.RESOLVED and now - (alert.ends_at or alert.since) > RESOLVED_SECONDS
