"""Families about the dashboard itself: operations, alerts, deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.metrics.families import Family
from dashboard.metrics.stored import Stored


def families(stored: Stored) -> Iterator[Family]:
    """One for each part that could be read."""
    if stored.operations is not None:
        yield _counted(
            Family("gauge", "redrive_operations", "Operations by state.", ("action", "state")), stored.operations
        )
    if stored.alerts is not None:
        yield _counted(Family("gauge", "redrive_alerts", "Alerts by rule and state.", ("rule", "state")), stored.alerts)
    if stored.deliveries is not None:
        sent = Family("counter", "redrive_alert_deliveries", "Messages by result.", ("channel", "result"))
        yield _counted(sent, stored.deliveries)
    if stored.evaluated_at is not None:
        name = "redrive_alert_evaluator_last_run_timestamp_seconds"
        last_run = Family("gauge", name, "When rules were last evaluated.", unit="seconds")
        last_run.add((), stored.evaluated_at)
        yield last_run
    name = "redrive_alert_watchdog_last_success_timestamp_seconds"
    heartbeat = Family("gauge", name, "When the heartbeat was last taken.", unit="seconds")
    if stored.heartbeat_at is not None:
        heartbeat.add((), stored.heartbeat_at)
    yield heartbeat


def _counted(family: Family, counts: Mapping[tuple[str, str], int]) -> Family:
    for labels, count in counts.items():
        family.add(labels, count)
    return family
