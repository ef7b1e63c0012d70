"""Sources of kind `huey`: Huey's Redis queues, read and moved by raw commands and scripts; Huey is never imported."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.huey.product import KIND, HueyProduct
from dashboard.adapters.mirrored.adapter import MirroredAdapter

__all__ = ["KIND", "OPTIONS", "create"]

OPTIONS = ("queues",)


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(HueyProduct(source, url, options), url, options)
