"""What pages, API, metrics and commands work with: one frozen bundle made by `create_app` and by the collector."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.adapters.sources import Sources
from dashboard.alerts.book import AlertBook
from dashboard.alerts.channelbook import ChannelBook
from dashboard.alerts.rulebook import RuleBook
from dashboard.alerts.silences import Silences
from dashboard.alerts.windows import Windows
from dashboard.audit.audited import audited
from dashboard.audit.log import AuditLog
from dashboard.auth.authentication import Authentication
from dashboard.group_samples import GroupSamples
from dashboard.history.history import History
from dashboard.operations.operations import Operations
from dashboard.settings import Settings
from dashboard.store import Store

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Services:
    """The application's parts; `clock` gives unix seconds and is injected in tests."""

    settings: Settings
    store: Store
    sources: Sources
    operations: Operations
    alerts: AlertBook
    samples: GroupSamples
    history: History
    audit: AuditLog
    auth: Authentication
    silences: Silences
    windows: Windows
    channels: ChannelBook
    rulebook: RuleBook
    clock: Clock = time.time


def build_services(settings: Settings, clock: Clock = time.time) -> Services:
    """Make every part from the settings; no connection is opened yet, so a Redis that is down is no error here."""
    store = Store(settings.store_url, timeout=settings.limits.redis_timeout)
    audit = AuditLog(store, clock, settings.retention.audit_days)
    sources = Sources.from_settings(settings, clock, wrap=lambda adapter: audited(adapter, audit))
    operations = Operations(store, sources, settings, clock, audit)
    channels = ChannelBook(store, settings, clock, audit)
    rulebook = RuleBook(store, settings, clock, audit, channels.names)
    alerts = AlertBook(store, sources, settings, clock, rulebook)
    samples = GroupSamples(sources, clock)
    history = History(store, clock)
    auth = Authentication(store, settings, clock, audit)
    silences = Silences(store, clock, audit)
    windows = Windows(store, settings.alerts, clock, audit)
    alerts.log = channels.log
    return Services(
        settings,
        store,
        sources,
        operations,
        alerts,
        samples,
        history,
        audit,
        auth,
        silences,
        windows,
        channels,
        rulebook,
        clock,
    )
