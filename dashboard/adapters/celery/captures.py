"""Failures whose results do not tell what was called, completed with what the application captured of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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


def _lacks(result: Result) -> bool:
    return result.failed and not result.unreadable and not result.meta.get("name")


def _with(result: Result, captured: Sequence[dict[str, Any]]) -> Result:
    last = captured[-1] if captured else {}
    at = result.finished_at
    if not last.get("exact") or at is None or abs(float(last["failed_at"]) - at) > SAME_SECONDS:
        return result
    return replace(result, meta={**result.meta, **{ours: last.get(theirs) for theirs, ours in _TOLD.items()}})
