"""Which alerts are kept when there are more than there is room for. No input or output here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dashboard.alerts.records import BY_URGENCY, Alert, AlertState


def fitted(alerts: Iterable[Alert], before: Mapping[str, Alert], room: int) -> tuple[list[Alert], int]:
    """The alerts that are kept, and the number of those that are left out although they are not fine.

    Alerts that receivers know of stay whatever comes; then those that fire, and those that were kept before. An
    inactive alert needs no room.

    Args:
        alerts: all of this evaluation.
        before: those that were kept, by fingerprint.
        room: how many can be kept.
    """
    everything = list(alerts)
    idle = [alert for alert in everything if alert.state == AlertState.INACTIVE]
    wanted = sorted(
        (alert for alert in everything if alert.state != AlertState.INACTIVE),
        key=lambda alert: (_rank(alert), alert.fingerprint not in before),
    )
    left_out = sum(1 for alert in wanted[room:] if alert.state != AlertState.RESOLVED)
    return [*wanted[:room], *idle], left_out


def _rank(alert: Alert) -> int:
    known = any(told.state != AlertState.RESOLVED for told in alert.told.values())
    return -1 if known or alert.unresolved else BY_URGENCY.index(alert.state)
