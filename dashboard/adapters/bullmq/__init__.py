"""Sources of kind `bullmq`: BullMQ 5 and 6, read and moved by scripts of our own; older versions are shown only."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.bullmq.product import KIND, BullmqProduct
from dashboard.adapters.contract import Adapter
from dashboard.adapters.mirrored.adapter import MirroredAdapter

__all__ = ["KIND", "OPTIONS", "create"]

OPTIONS = ("queues",)


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(BullmqProduct(source, url, options), url, options)
