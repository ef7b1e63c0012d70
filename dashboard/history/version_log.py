"""Remembers which versions came into use in each queue, as long as this collector leads."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from dashboard.adapters.contract import Worker
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.history.versions import Deployment, from_stored, learned, stored
from dashboard.history.writing import Write, Writing
from dashboard.store import Fence, Store

KEPT = 30 * 86_400
"""Seconds for which the versions of a queue that is gone are kept, and all of them when nothing changes any more."""

Seen = frozenset[tuple[str, float | None, tuple[str, ...]]]


class VersionLog:
    """Writes the versions of queues; asks the store only when the workers have changed.

    Args:
        store: where they are kept.
        writing: how they are written.
    """

    def __init__(self, store: Store, writing: Writing) -> None:
        self._store = store
        self._writing = writing
        self._seen: dict[str, Seen] = {}

    def note(self, fence: Fence, source: SourceSnapshot, names: Collection[str], now: float) -> None:
        """Learn from the workers that run now.

        Args:
            fence: proof of leading.
            source: with its workers.
            names: queues that have a history; '' is the source as a whole.
            now: unix seconds.

        Raises:
            StaleLeader, StoreUnavailable.
        """
        running = [worker for worker in source.workers if not worker.lost and worker.version]
        seen = frozenset((worker.version, worker.started_at, worker.queues) for worker in running)
        if seen == self._seen.get(source.name):
            return
        news = self._news(source.name, running, names, now)
        self._writing.put(fence, {}, news)
        self._seen[source.name] = seen

    def _news(self, source: str, running: list[Worker], names: Collection[str], now: float) -> list[Write]:
        known = self._known(source)
        news = {name: self._learned(known.pop(name, ()), name, running, now) for name in names}
        gone = {name: "" for name, old in known.items() if not old or now - old[-1].at > KEPT}
        key, expires = self._store.history_versions, int(now) + KEPT
        rows = {name: value for name, value in (news | gone).items() if value is not None}
        return [(key, f"{source}|{name}", value, expires) for name, value in rows.items()]

    @staticmethod
    def _learned(known: tuple[Deployment, ...], queue: str, running: list[Worker], now: float) -> str | None:
        """What to store of one queue, None when that is nothing new."""
        after = learned(known, [worker for worker in running if queue in ("", *worker.queues)], now)
        return None if after == known else stored(after)

    def _known(self, source: str) -> dict[str, tuple[Deployment, ...]]:
        with self._store.errors():
            values = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.history_versions))
        split = ((field.decode(errors="replace").partition("|"), value) for field, value in values.items())
        return {queue: from_stored(value) for (of, _, queue), value in split if of == source}
