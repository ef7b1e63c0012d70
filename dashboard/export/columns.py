"""Columns of a CSV file, named as in the API; a dot leads into an object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

JOBS = (
    "id", "source", "queue", "type", "state", "error.type", "error.message", "error.fingerprint", "error.reason",
    "attempts", "max_retries", "priority", "worker", "version", "created_at", "enqueued_at", "started_at",
    "finished_at", "scheduled_for", "progress", "requeues", "in_trash", "trace_id",
)  # fmt: skip
GROUPS = (
    "fingerprint", "error_type", "message", "source", "queue", "type", "count", "first_seen", "last_seen", "sample_id",
    "trend", "reason", "version",
)  # fmt: skip

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
        "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def cells(item: dict[str, Any], columns: Sequence[str]) -> list[Any]:
    """One row: what is not known is empty."""
    return [harmless(_at(item, column)) for column in columns]


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs: texts that would begin a formula get an apostrophe before them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"))
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value


def _at(item: dict[str, Any], column: str) -> Any:
    value: Any = item
    for name in column.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
