"""Moves of taskiq's tasks: each once for a mark, in one atomic script, and only as it was when it was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.adapters.mirrored import portions, values
from dashboard.adapters.mirrored.moves import digest, first, mark_key, trash_key
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.mirrored.single_values import SingleValues
from dashboard.adapters.taskiq import messages
from dashboard.adapters.taskiq.access import REACH, Access, Found, Line
from dashboard.adapters.taskiq.messages import LARGEST

UNDO_MILLISECONDS = 86_400_000
GONE_SECONDS = 60.0
"""A task whose message was acknowledged so long ago and that has no result will have none."""

_FATES = {"waits": Fate.WAITING, "runs": Fate.RUNNING}


class Moves:
    """Moves of one source.

    Args:
        access: where the tasks are.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float]) -> None:
        self._access = access
        self._clock = clock
        self._fetched: dict[str, float] = {}
        self.values = SingleValues(access.server, self._key, lambda raw: messages.result(raw).failed)

    def fates(self, line: Line, ids: Sequence[str]) -> list[Fate]:
        """What requeued tasks do now."""
        keys = [key for each in ids for key in (self._access.result_key(each), self._aside(line.name, each))]
        argv = [LARGEST, line.group, line.last, portions.MOST_BYTES]
        found = portions.every(
            lambda start: self._access.server.run("statuses", [line.name, *keys[2 * start :]], argv), len(ids)
        )
        return [self._fate(each, values.text(state), told) for each, (state, told) in zip(ids, found, strict=True)]

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Failures to the end of their streams, as they were sent at first."""
        sent = self._access.entries([(queue, str(each.memo.get("entry") or "0-0")) for each in letters])
        moved = []
        for (letter, raw), message in zip(self.values.stored(queue, letters), sent, strict=True):
            able = message is not None and message.id == letter.id and messages.result(raw).failed
            new = message.again() if message is not None and able else b""
            argv = [*first(letter, mark), digest(raw) if able else "", new, UNDO_MILLISECONDS]
            moved.append((self._keys(queue, letter, mark), argv))
        return self._run("requeue", moved)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Requeued tasks that wait as the failures that they were."""
        return self._run("take_back", [(self._keys(queue, each, mark), first(each, mark)) for each in letters])

    def drop(self, line: Line, found: Found) -> bool:
        """Delete a message that waits; whether it was there."""
        argv = [found.message.raw, found.entry, line.group, REACH]
        return bool(self._access.server.run("drop", [line.name], argv))

    def _fate(self, task_id: str, state: str, told: bytes) -> Fate:
        if state in ("anew", "ended"):
            self._fetched.pop(task_id, None)
            result = messages.result(told) if told else None
            if result is None or not result.fields:
                return Fate.UNKNOWN
            if not result.failed:
                return Fate.SUCCEEDED
            return Fate.FAILED if state == "anew" else Fate.UNKNOWN
        if state != "fetched":
            self._fetched.pop(task_id, None)
            return _FATES.get(state, Fate.GONE)
        since = self._fetched.setdefault(task_id, self._clock())
        if self._clock() - since <= GONE_SECONDS:
            return Fate.UNKNOWN
        self._fetched.pop(task_id)
        return Fate.GONE

    def _key(self, _: str, letter: Kept) -> str:
        return self._access.result_key(letter.id)

    def _aside(self, queue: str, task_id: str) -> str:
        return trash_key(self._access.server.source, queue, task_id, "before")

    def _keys(self, queue: str, letter: Kept, mark: str) -> list[str]:
        return [mark_key(mark), self._access.result_key(letter.id), queue, self._aside(queue, letter.id)]

    def _run(self, script: str, moved: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [each == 1 for each in self._access.server.run_many(script, moved)]
