"""Tasks that were revoked from here: workers leave out whatever has their ids, so that these cannot be used again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.names import raw
from dashboard.adapters.mirrored import moves

REMEMBERED_SECONDS = 4 * 3_600
"""Workers remember them for three hours."""


def note(access: Access, task_id: str, now: float) -> None:
    """Remember a task that workers are told to leave out."""
    with access.errors():
        pipeline = access.broker.pipeline(transaction=True)
        pipeline.zremrangebyscore(_key(access), "-inf", now - REMEMBERED_SECONDS)
        pipeline.zadd(_key(access), {raw(task_id): now})
        pipeline.expire(_key(access), REMEMBERED_SECONDS)
        pipeline.execute()


def among(access: Access, ids: Sequence[str]) -> list[str]:
    """Which of some tasks were revoked."""
    if not ids:
        return []
    with access.errors():
        members: Any = [raw(each) for each in ids]
        scores: Any = access.broker.zmscore(_key(access), members)
    return [each for each, score in zip(ids, scores, strict=True) if score is not None]


def _key(access: Access) -> str:
    return f"{moves.PREFIX}revoked:{access.source}"
