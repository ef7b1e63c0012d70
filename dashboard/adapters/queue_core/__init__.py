"""Sources of kind `queue_core`."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.queue_core.adapter import KIND, QueueCoreAdapter
from dashboard.adapters.queue_core.first_steps import first_steps

__all__ = ["KIND", "create", "first_steps"]


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return QueueCoreAdapter(source, url, options)
