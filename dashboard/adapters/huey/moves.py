"""Moves of Huey's failures: each once for a mark, in one atomic script, and only as it was when it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import State
from dashboard.adapters.huey import names
from dashboard.adapters.huey.access import REACH, Access
from dashboard.adapters.mirrored.moves import digest, first, mark_key, trash_key
from dashboard.adapters.mirrored.product import Kept


class Moves:
    """Moves of one source.

    Args:
        access: where the tasks are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> list[bool]:
        """Failures into the trash."""
        moved = []
        for each, found in zip(letters, self._access.outcomes(queue, [one.id for one in letters]), strict=True):
            stored = digest(found.raw) if found and found.failed else ""
            argv = [*first(each, mark), stored, max(1, round(keep_seconds * 1000))]
            moved.append((self._keys(queue, each, mark), argv))
        return self._run("purge", moved)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Purged failures as they were."""
        return self._run("restore", [(self._keys(queue, each, mark), first(each, mark)) for each in letters])

    def drop(self, queue: str, state: State, raw: bytes) -> bool:
        """Delete a task that waits; whether it was there."""
        key = names.queue(queue) if state == State.PENDING else names.schedule(queue)
        return bool(self._access.server.run("drop", [key], [raw, REACH]))

    def _keys(self, queue: str, letter: Kept, mark: str) -> list[str]:
        own = [names.results(queue), names.result(queue, letter.id)]
        return [mark_key(mark), *own, trash_key(self._access.server.source, queue, letter.id)]

    def _run(self, script: str, moved: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [each == 1 for each in self._access.server.run_many(script, moved)]
