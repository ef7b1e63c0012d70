"""Sources of kind `rq`: RQ 1.16 to 3.0, read and moved by raw commands and scripts; RQ itself is never imported."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.rq.product import KIND, RQProduct

__all__ = ["KIND", "create"]


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(RQProduct(source, url, options), url, options)
