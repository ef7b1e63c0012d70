"""Who keeps an alert from telling anybody at a moment: a silence, or a maintenance window."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.alerts import silences, windows
from dashboard.alerts.records import Alert
from dashboard.alerts.silences import Silences
from dashboard.alerts.windows import Windows

Muted = Callable[[Alert], str]
"""The id of the silence, or `window:` and the name of the window, that means an alert; empty when nothing does."""


def muted_at(known: Silences, recurring: Windows, now: float) -> Muted:
    """Reads what holds at a time (unix seconds), once for all alerts. Raises StoreUnavailable."""
    active, opened = known.active(now), recurring.open(now)
    return lambda alert: silences.match(active, alert) or windows.match(opened, alert)
