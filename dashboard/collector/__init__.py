"""The collector: sampling, alerts, deliveries and operations, in the background."""

from dashboard.collector.collector import Collector

__all__ = ["Collector"]
