"""The messages of one evaluation."""

from __future__ import annotations

import contextlib

from dashboard.adapters.contract import AdapterError, ErrorGroup, Selector
from dashboard.adapters.sources import Sources
from dashboard.alerts import messages
from dashboard.alerts.notices import Listener, known
from dashboard.alerts.records import Alert, Notice
from dashboard.settings import Settings

TOP_GROUPS = 5
MOST_LOOKS = 50
"""Reads of error groups in one evaluation: a message beyond them names none."""


class Events:
    """Makes notices; error groups are read once for each place, and not for too many.

    Args:
        sources: where the groups are.
        settings: the dashboard's address for links.
        now: unix seconds.
    """

    def __init__(self, sources: Sources, settings: Settings, now: float) -> None:
        self._sources = sources
        self._settings = settings
        self._now = now
        self._groups: dict[Selector, tuple[ErrorGroup, ...]] = {}

    def notice(self, alert: Alert, listener: Listener, kind: str) -> Notice:
        """What one channel is to be told."""
        groups = self._top_groups(alert) if kind == "alert.firing" else ()
        event = messages.body(kind, alert, self._now, messages.view_url(self._settings, alert), groups)
        return Notice(listener.name, alert.rule, kind, listener.key(alert), alert.fingerprint, event, listener.wait,
                      known(alert, listener.name))  # fmt: skip

    def _top_groups(self, alert: Alert) -> tuple[ErrorGroup, ...]:
        chosen = Selector(source=alert.source, queue=alert.queue, type=alert.type, fingerprint=alert.group)
        if chosen not in self._groups and len(self._groups) < MOST_LOOKS:
            self._groups[chosen] = ()
            with contextlib.suppress(AdapterError):
                self._groups[chosen] = self._sources.groups(chosen, order="count", limit=TOP_GROUPS).items
        return self._groups.get(chosen, ())
