"""Sources of kind `celery`: read from messages and results, spoken to by remote control; Celery is not imported."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.celery.first_steps import first_steps
from dashboard.adapters.celery.product import KIND, OPTIONS, CeleryProduct
from dashboard.adapters.contract import Adapter
from dashboard.adapters.mirrored.adapter import MirroredAdapter

__all__ = ["KIND", "OPTIONS", "create", "first_steps"]


def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet."""
    return MirroredAdapter(CeleryProduct(source, url, options), url, options)
