"""Alerts as pages, API and metrics read them: what the leading collector stored, and the rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import cast

import structlog
from pydantic import ValidationError

from dashboard.adapters.sources import Sources
from dashboard.alerts.courses import Hour, hour_until
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.alerts.page_channels import shown_address
from dashboard.alerts.periods import Periods, overlapping
from dashboard.alerts.records import (
    BY_URGENCY,
    Alert,
    ChannelInfo,
    Delivery,
    Evaluation,
    Heartbeat,
    Period,
    Rule,
)
from dashboard.alerts.rulebook import RuleBook, UnknownRule
from dashboard.alerts.rules import rules_of
from dashboard.alerts.states import BURNING
from dashboard.alerts.storing import alert_from, evaluation_from
from dashboard.alerts.unreadable import Unreadable
from dashboard.alerts.validation import check_alerts
from dashboard.language import N_
from dashboard.settings import Settings
from dashboard.store import Store

_SEVERITY = ("page", "ticket", "info")
MOST_ALERTS = 1_000
WRITTEN_WITHIN = 15.0
"""Seconds after its end within which a minute is stored."""

log = structlog.get_logger("redrive.alerts")


class AlertBook:
    """Reads alerts, rules and deliveries.

    Args:
        store: the dashboard's own data, where the leading collector writes.
        sources: where jobs live; kept for what narrows by source.
        settings: rules and channels.
        clock: gives unix seconds.
        rulebook: the rules; those of the settings when it is left out.

    Raises:
        SettingsError: a rule names a channel or source that is not there. Methods that read the store raise
            StoreUnavailable when it does not answer.
    """

    def __init__(
        self,
        store: Store,
        sources: Sources,
        settings: Settings,
        clock: Callable[[], float],
        rulebook: RuleBook | None = None,
    ) -> None:
        check_alerts(settings)
        self._rulebook = rulebook
        self._store = store
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self.log = DeliveryLog(store, clock)

    def alerts(self) -> list[Alert]:
        """All alerts (at most 1000): firing, no data, pending, then resolved; the gravest and newest first."""
        return _ordered(self.stored().values())

    def standing(self, since: float) -> tuple[list[Alert], list[Period]]:
        """All alerts, and when alerts fired since then (unix seconds), in one command; see `alerts` and `periods`."""
        store = self._store
        argv = (round(since * 1000), MOST_ALERTS)
        flat, ended, rules = store.run("alerts", "standing", (store.alerts, store.periods, store.page_rules), argv)
        if self._rulebook:
            self._rulebook.take(rules)
        found: dict[str, Alert] = {}
        for name, text in zip(flat[::2], flat[1::2], strict=True):
            found |= _read(name, text)
        return _ordered(found.values()), overlapping(ended, found.values())

    def firing(self) -> list[Alert]:
        """Alerts that fire now, those that recover among them, the gravest first."""
        return [alert for alert in self.alerts() if alert.state in BURNING]

    def periods(
        self, since: float, until: float = math.inf, *, source: str = "", queue: str | None = None, rule: str = "",
        alerts: Iterable[Alert] | None = None,
    ) -> list[Period]:  # fmt: skip
        """When alerts fired, see `Periods.between`; those that fire now have no end.

        Args:
            alerts: as they stand, when they were read already.
        """
        firing = self.stored().values() if alerts is None else alerts
        return Periods(self._store).between(since, until, firing=firing, source=source, queue=queue, rule=rule)

    def stored(self) -> dict[str, Alert]:
        """Alerts by fingerprint, as the last evaluation left them."""
        keys = (self._store.alerts, self._store.page_rules)
        alerts, rules = self._store.run("alerts", "known", keys, (MOST_ALERTS,))
        if self._rulebook:
            self._rulebook.take(rules)
        found: dict[str, Alert] = {}
        for name, text in zip(alerts[::2], alerts[1::2], strict=True):
            found |= _read(name, text)
        return found

    def rules(self) -> list[Rule]:
        """The built-in rules, those of the settings, and those made on pages."""
        return self._rulebook.rules() if self._rulebook else list(rules_of(self._settings.alerts))

    def unreadable(self) -> list[Unreadable]:
        """Rules made on pages that are stored and cannot be read."""
        return self._rulebook.unreadable() if self._rulebook else []

    def rule(self, name: str) -> Rule:
        """One rule. Raises UnknownRule, ActionRefused when it cannot be read."""
        rules = self.rules()
        found = next((rule for rule in rules if rule.name == name), None)
        if found is None and self._rulebook:
            self._rulebook.check_readable(name)
        if found is None:
            known = ", ".join(rule.name for rule in rules)
            raise UnknownRule(N_("no rule is called %(name)s; there are %(known)s"), name=name, known=known)
        return found

    def channels(self) -> list[ChannelInfo]:
        """Where messages go, without secrets."""
        return [ChannelInfo(c.name, c.kind, shown_address(c)) for c in self._settings.channels]

    def deliveries(self, limit: int = 50) -> list[Delivery]:
        """The newest messages first."""
        return list(self.log.page(limit=limit).items)

    def delivery_totals(self) -> dict[tuple[str, str], int]:
        """How many messages ended as (channel, `sent`, `gave up` or `dropped`), ever."""
        return self.log.totals()

    def last_run(self) -> float | None:
        """When the rules were last evaluated (unix seconds); None when never."""
        with self._store.errors():
            value = cast("bytes | None", self._store.client.get(self._store.alerts_run))
        return _moment(value)

    def evaluation(self) -> Evaluation | None:
        """How the last evaluation went; None when there was none."""
        with self._store.errors():
            value = cast("bytes | None", self._store.client.get(self._store.evaluation))
        return _went(value)

    def stored_courses(self, names: Sequence[str]) -> Sequence[bytes | None]:
        """What is stored of the last hour of some rules, in their order; see `courses.hour_until`."""
        with self._store.errors():
            return cast("list[bytes | None]", self._store.client.hmget(self._store.courses, list(names)))

    def courses(self, rules: Sequence[Rule]) -> dict[str, Hour]:
        """The worst value of some rules in each of the last 60 whole minutes, the oldest first; those of which none is
        known are left out."""
        minute = int(self._clock() - WRITTEN_WITHIN) // 60 - 1
        stored = self.stored_courses([rule.name for rule in rules]) if rules else ()
        found = {rule.name: hour_until(rule, text, minute) for rule, text in zip(rules, stored, strict=True)}
        return {name: hour for name, hour in found.items() if hour}

    def heartbeat(self) -> Heartbeat | None:
        """How the last heartbeat went; None when none is to be sent, or none was due yet."""
        if not self._settings.alerts.heartbeat_url:
            return None
        with self._store.errors():
            fields = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.heartbeat))
        at, succeeded, status = (fields.get(name, b"") for name in (b"at", b"succeeded_at", b"status"))
        if not at:
            return None
        error = fields.get(b"error", b"").decode()
        return Heartbeat(float(at), float(succeeded) if succeeded else None, error, int(status) if status else None)

    def evaluating(self, now: float | None = None) -> bool:
        """Whether a collector evaluated the rules lately; when not, what is shown may be old.

        Args:
            now: unix seconds, the clock's when left out.
        """
        return self._lately(self.last_run(), now)

    def going(self, now: float | None = None) -> tuple[bool, Evaluation | None]:
        """Whether a collector evaluated the rules lately, and how that went, in one command; see `evaluating`."""
        with self._store.errors():
            last, went = cast(
                "list[bytes | None]", self._store.client.mget(self._store.alerts_run, self._store.evaluation)
            )
        return self._lately(_moment(last), now), _went(went)

    def _lately(self, last: float | None, now: float | None) -> bool:
        longest = max(30.0, 3 * self._settings.alerts.every)
        return last is not None and (self._clock() if now is None else now) - last < longest


def _read(name: bytes, text: bytes) -> dict[str, Alert]:
    try:
        return {name.decode(): alert_from(text)}
    except (ValidationError, UnicodeDecodeError):
        log.warning("a stored alert is not readable", fingerprint=name.decode(errors="replace"))
        return {}


def _moment(text: bytes | None) -> float | None:
    try:
        found = float(text or "nan")
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _went(text: bytes | None) -> Evaluation | None:
    """How an evaluation went; None when there was none, or what is stored of it is not readable."""
    try:
        return evaluation_from(text) if text else None
    except ValidationError:
        log.warning("what is stored of the last evaluation is not readable")
        return None


def _ordered(alerts: Iterable[Alert]) -> list[Alert]:
    return sorted(alerts, key=lambda a: (BY_URGENCY.index(a.state), _grade(a.severity), -a.since, a.fingerprint))


def _grade(severity: str) -> int:
    return _SEVERITY.index(severity) if severity in _SEVERITY else len(_SEVERITY)
