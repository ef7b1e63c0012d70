"""Families about the dashboard itself: operations, alerts, deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.alerts.records import Evaluation
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
        yield _single(name, "When rules were last evaluated.", stored.evaluated_at)
    if stored.evaluation is not None:
        yield from _evaluator(stored.evaluation)
    name = "redrive_alert_watchdog_last_success_timestamp_seconds"
    yield _single(name, "When the heartbeat was last taken, 0 if never.", stored.heartbeat_at)
    name = "redrive_alert_watchdog_interval_seconds"
    yield _single(name, "How often the heartbeat is sent.", stored.heartbeat_every)


def _evaluator(last: Evaluation) -> Iterator[Family]:
    run = "redrive_alert_evaluator_last_run"
    yield _single(f"{run}_end_timestamp_seconds", "When the last evaluation of rules ended.", last.at + last.seconds)
    yield _single(f"{run}_duration_seconds", "How long the last evaluation of rules took.", last.seconds)
    broken = Family("gauge", "redrive_alert_evaluator_rules_in_error", "Rules that could not be evaluated.")
    broken.add((), len(last.errors))
    yield broken
    roomless = Family("gauge", "redrive_alert_evaluator_alerts_left_out", "Alerts for which there is no room.")
    roomless.add((), last.left_out)
    yield roomless


def _single(name: str, help: str, seconds: float | None) -> Family:
    family = Family("gauge", name, help, unit="seconds")
    if seconds is not None:
        family.add((), seconds)
    return family


def _counted(family: Family, counts: Mapping[tuple[str, str], int]) -> Family:
    for labels, count in counts.items():
        family.add(labels, count)
    return family
