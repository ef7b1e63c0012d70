"""Moves of Dramatiq's dead messages: each job once for a mark, in one atomic script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis

from dashboard.adapters.dramatiq import messages
from dashboard.adapters.dramatiq.names import Names
from dashboard.adapters.mirrored.moves import digest, first, mark_key, trash_key
from dashboard.adapters.mirrored.product import Kept
from dashboard.adapters.server import Server

REACH = 20_000
"""Ids from either end of a long list among which one is looked for: the server spends about 2 ms on that."""


class Moves:
    """Moves of one source.

    Args:
        server: where the messages are.
        names: of the keys.
    """

    def __init__(self, server: Server, names: Names) -> None:
        self._server = server
        self._names = names

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Dead messages to the end of their queue, with new retries."""
        names = self._names
        stored = self._stored(names.dead_messages(queue), letters)
        keys = [
            mark_key(mark),
            names.dead(queue),
            names.dead_messages(queue),
            names.queue(queue),
            names.messages(queue),
        ]
        return self._run("requeue", [
            (keys, [*first(letter, mark), digest(raw), messages.with_retries(raw, None)])
            for letter, raw in zip(letters, stored, strict=True)
        ])  # fmt: skip

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> list[bool]:
        """Dead messages into the trash."""
        keys = [mark_key(mark), self._names.dead(queue), self._names.dead_messages(queue)]
        milliseconds = max(1, round(keep_seconds * 1000))
        return self._run("purge", [
            ([*keys, trash_key(self._server.source, queue, letter.id)], [*first(letter, mark), milliseconds])
            for letter in letters
        ])  # fmt: skip

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Purged messages among the dead ones again."""
        keys = [mark_key(mark), self._names.dead(queue), self._names.dead_messages(queue)]
        return self._run("restore", [
            ([*keys, trash_key(self._server.source, queue, letter.id)], first(letter, mark)) for letter in letters
        ])  # fmt: skip

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Requeued messages that nobody has fetched among the dead ones again."""
        names = self._names
        stored = self._stored(names.messages(queue), letters)
        keys = [
            mark_key(mark),
            names.dead(queue),
            names.dead_messages(queue),
            names.queue(queue),
            names.messages(queue),
        ]
        return self._run("take_back", [
            (keys, [
                *first(letter, mark), digest(raw if letter.memo else b""),
                messages.with_retries(raw, letter.memo.get("retries")), letter.memo.get("score", 0), REACH,
            ])
            for letter, raw in zip(letters, stored, strict=True)
        ])  # fmt: skip

    def discard(self, queue: str, job_id: str) -> bool:
        """Delete a message that waits; whether it was there."""
        keys = [self._names.queue(queue), self._names.messages(queue)]
        return bool(self._server.run("discard", keys, [job_id, REACH]))

    def _stored(self, key: str, letters: Sequence[Kept]) -> list[bytes]:
        """The messages; empty for those that are not there."""
        with self._server.errors():
            try:
                found: Any = self._server.client.hmget(key, [letter.id for letter in letters])
            except redis.ResponseError as error:
                if "WRONGTYPE" not in str(error):
                    raise
                found = [None] * len(letters)
        return [raw or b"" for raw in found]

    def _run(self, script: str, calls: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [moved == 1 for moved in self._server.run_many(script, calls)]
