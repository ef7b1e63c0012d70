"""Writes of the leading collector into the history, each as long as it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.history.places import Place
from dashboard.store import Fence, StaleLeader, Store

WRITES = 200

Write = tuple[str, str, str, int]
"""Key of a hash, field, value ('' removes it), and when the hash is no longer needed (unix seconds)."""


class Writing:
    """Sends what is to be written in few scripts.

    Args:
        store: where it is kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, fence: Fence, marks: Mapping[Place, str], writes: Sequence[Write]) -> None:
        """Write last readings ('' forgets one) and fields of hashes.

        Raises:
            StaleLeader: another collector leads by now; nothing more was written.
            StoreUnavailable: the store does not answer.
        """
        rows = [part for (source, queue), mark in marks.items() for part in (f"{source}|{queue}", mark)]
        for start in range(0, max(1, len(writes)), WRITES):
            part = writes[start : start + WRITES]
            if not part and not rows:
                return
            keys = [self._store.lease, self._store.history_readings, *(each[0] for each in part)]
            argv: list[Any] = [fence.holder, fence.epoch, len(rows) // 2, *rows]
            argv += [value for each in part for value in each[1:]]
            if not self._store.run("history", "write", keys, argv):
                raise StaleLeader("another collector leads by now; nothing was written")
            rows = []
