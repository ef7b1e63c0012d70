"""What the application captured of its failures: what their results do not tell, and those that have no result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboard.adapters.celery.access import Access
    from dashboard.adapters.celery.results import Result

SAME_SECONDS = 60.0
"""A captured failure further than that from the result's time is of another run."""

_TOLD = {
    "type": "name", "args": "args", "kwargs": "kwargs", "queue": "queue", "retries": "retries", "worker": "worker",
    "version": "version",
}  # fmt: skip


def completed(access: Access, found: Sequence[Result | None]) -> list[Result | None]:
    """The same results; those that lack name or arguments have the captured ones. One command, where any lacks them."""
    lacking = [each.id for each in found if each is not None and _lacks(each)]
    if not lacking:
        return list(found)
    with access.errors():
        told = dict(zip(lacking, access.captured.of(lacking), strict=True))
    return [each if each is None or each.id not in told else _with(each, told[each.id]) for each in found]


def ignored(access: Access, ids: Sequence[str]) -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Of tasks without a result those that failed, since the application ignores their results: what was captured, as
    it lies there and as a result would tell it."""
    if not ids:
        return {}
    with access.errors():
        found = dict(zip(ids, access.captured.last(ids), strict=True))
    read = {task_id: (raw, _meta(raw)) for task_id, raw in found.items() if raw}
    return {task_id: (raw, meta) for task_id, (raw, meta) in read.items() if meta is not None}


def _meta(raw: bytes) -> dict[str, Any] | None:
    """A captured failure in the form of a result; None when a result tells it, or it is none."""
    try:
        told = json.loads(raw)
        if not told["ignored"] or not told["final"]:
            return None
        at = datetime.fromtimestamp(float(told["failed_at"]), UTC).isoformat()
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None
    module, _, name = str(told.get("error_type") or "").rpartition(".")
    error = {"exc_type": name, "exc_module": module, "exc_message": [str(told.get("message") or "")]}
    said = {ours: told.get(theirs) for theirs, ours in _TOLD.items()}
    return {"status": "FAILURE", "result": error, "date_done": at, "traceback": told.get("traceback"), **said}


def _lacks(result: Result) -> bool:
    return result.failed and not result.unreadable and not result.meta.get("name")


def _with(result: Result, captured: Sequence[dict[str, Any]]) -> Result:
    last = captured[-1] if captured else {}
    at = result.finished_at
    if not last.get("exact") or at is None or abs(float(last["failed_at"]) - at) > SAME_SECONDS:
        return result
    return replace(result, meta={**result.meta, **{ours: last.get(theirs) for theirs, ours in _TOLD.items()}})
