"""Moves of failed jobs: each is one script for each job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.adapters.mirrored.moves import MARK_SECONDS, mark_key, trash_key
from dashboard.adapters.server import Server

UNDO_SECONDS = 86_400
"""How long a requeued job can be taken back."""

SEARCHED = 10_000
"""Of the jobs that came last, how many are searched for one that is taken back."""

_PARTS = {"requeue": "before", "take_back": "before", "purge": "job", "restore": "job"}


class Moves:
    """Moves of one source.

    Args:
        source: the source's name.
        server: where the jobs are.
        base: gives the start of a queue's keys.
    """

    def __init__(self, source: str, server: Server, base: Callable[[str], str]) -> None:
        self._source = source
        self._server = server
        self._base = base

    def requeue(self, queue: str, ids: Sequence[str], mark: str, *, lists: bool, data: bytes = b"") -> Sequence[bool]:
        """See `Product.requeue`; `lists` where a paused queue has a list of its own; `data`: other arguments."""
        more = [1 if lists else "", UNDO_SECONDS, data]
        return self._all("requeue", queue, ids, mark, more)

    def purge(self, queue: str, ids: Sequence[str], mark: str, keep_seconds: float) -> Sequence[bool]:
        """See `Product.purge`."""
        return self._all("purge", queue, ids, mark, [max(1, round(keep_seconds * 1000))])

    def restore(self, queue: str, ids: Sequence[str], mark: str) -> Sequence[bool]:
        """See `Product.restore`."""
        return self._all("restore", queue, ids, mark, [])

    def take_back(self, queue: str, ids: Sequence[str], mark: str) -> Sequence[bool]:
        """See `Product.take_back`."""
        return self._all("take_back", queue, ids, mark, [SEARCHED])

    def _all(self, script: str, queue: str, ids: Sequence[str], mark: str, more: list[Any]) -> list[bool]:
        calls = [
            (
                [mark_key(mark), self._base(queue), trash_key(self._source, queue, each, _PARTS[script])],
                [each, MARK_SECONDS if mark else "", *more],
            )
            for each in ids
        ]
        return [reply == 1 for reply in self._server.run_many(script, calls)]
