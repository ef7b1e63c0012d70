"""`/metrics`: one collector reads every source at the scrape; counters live in Redis, so any process answers."""

from dashboard.metrics.view import blueprint

__all__ = ["blueprint"]
