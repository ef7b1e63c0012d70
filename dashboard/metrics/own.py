"""Families about the dashboard itself: operations, alerts, deliveries."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from dashboard.metrics.stored import Stored


def families(stored: Stored) -> Iterator[Metric]:
    """One for each part that could be read."""
    if stored.operations is not None:
        family = GaugeMetricFamily("redrive_operations", "Operations by state.", labels=["action", "state"])
        for labels, count in stored.operations.items():
            family.add_metric(labels, count)
        yield family
    if stored.alerts is not None:
        family = GaugeMetricFamily("redrive_alerts", "Alerts by rule and state.", labels=["rule", "state"])
        for labels, count in stored.alerts.items():
            family.add_metric(labels, count)
        yield family
    if stored.deliveries is not None:
        sent = CounterMetricFamily("redrive_alert_deliveries", "Messages by result.", labels=["channel", "result"])
        for labels, count in stored.deliveries.items():
            sent.add_metric(labels, count)
        yield sent
    if stored.evaluated_at is not None:
        yield GaugeMetricFamily(
            "redrive_alert_evaluator_last_run_timestamp_seconds", "When rules were last evaluated.",
            value=stored.evaluated_at, unit="seconds",
        )  # fmt: skip
    heartbeat = GaugeMetricFamily(
        "redrive_alert_watchdog_last_success_timestamp_seconds", "When the heartbeat was last taken.", unit="seconds"
    )
    if stored.heartbeat_at is not None:
        heartbeat.add_metric([], stored.heartbeat_at)
    yield heartbeat
