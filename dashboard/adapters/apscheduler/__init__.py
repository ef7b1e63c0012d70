"""Sources of kind `apscheduler`: the Redis job store of APScheduler 3."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.apscheduler.adapter import KIND, APSchedulerAdapter
from dashboard.adapters.apscheduler.store import OPTIONS
from dashboard.adapters.contract import Adapter

__all__ = ["KIND", "OPTIONS", "create"]


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return APSchedulerAdapter(source, url, options)
