"""Sources of kind `dramatiq`: Dramatiq's Redis broker, read and moved by raw commands and scripts, without Dramatiq."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.dramatiq.product import KIND, DramatiqProduct
from dashboard.adapters.mirrored.adapter import MirroredAdapter

__all__ = ["KIND", "OPTIONS", "create"]

OPTIONS = ("queues",)


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(DramatiqProduct(source, url, options), url, options)
