"""Sources of kind `taskiq`: queues of taskiq-redis, read and moved by commands and scripts; it is never imported."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.taskiq.product import KIND, TaskiqProduct

__all__ = ["KIND", "OPTIONS", "create"]

OPTIONS = ("queues", "group", "result_prefix", "schedule_prefix")


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(TaskiqProduct(source, url, options), url, options)
