"""Sources of kind `sidekiq`: Sidekiq 6 to 8, its dead jobs put back as its own web page does it."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.sidekiq.product import KIND, SidekiqProduct

__all__ = ["KIND", "create"]


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(SidekiqProduct(source, url, options), url, options)
