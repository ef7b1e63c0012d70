"""Moves of arq's jobs: each once for a mark, in one atomic script, and only as it was when it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.arq import calls, names
from dashboard.adapters.arq.access import Access
from dashboard.adapters.arq.calls import LARGEST
from dashboard.adapters.contract import State
from dashboard.adapters.mirrored import portions, values
from dashboard.adapters.mirrored.moves import digest, first, mark_key, trash_key
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.mirrored.single_values import SingleValues

KEPT_MILLISECONDS = 86_400_000
"""For how long arq keeps a job that was not begun."""

_FATES = {"well": Fate.SUCCEEDED, "runs": Fate.RUNNING, "waits": Fate.WAITING}
_ENDED = {State.FAILED: Fate.FAILED, State.CANCELLED: Fate.CANCELLED, State.SUCCEEDED: Fate.SUCCEEDED}


class Moves:
    """Moves of one source.

    Args:
        access: where the jobs are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self.values = SingleValues(access.server, _result, _failed, lambda _, letter: names.job(letter.id))

    def fates(self, queue: str, ids: Sequence[str]) -> list[Fate]:
        """What jobs do now."""

        def read(start: int) -> Any:
            some = ids[start:]
            keys = [key for each in some for key in (names.result(each), names.running(each))]
            return self._access.server.run("statuses", [queue, *keys], [LARGEST, portions.MOST_BYTES, *some])

        found = portions.every(read, len(ids))
        return [_fate(values.text(state), told) for state, told in found]

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str, now: float) -> list[bool]:
        """Failures to the end of their queue."""
        moved = []
        for letter, raw in self.values.stored(queue, letters):
            call = calls.read(raw)
            new = call.again(now) if call.state == State.FAILED else b""
            argv = [*first(letter, mark), digest(raw) if new else "", new, round(now * 1000), KEPT_MILLISECONDS]
            moved.append((self._keys(queue, letter, mark), argv))
        return self._run("requeue", moved)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Requeued jobs that wait as the failures that they were."""
        return self._run("take_back", [(self._keys(queue, each, mark), first(each, mark)) for each in letters])

    def drop(self, queue: str, job_id: str) -> bool:
        """Delete a job that waits; whether it was there."""
        keys = [queue, names.job(job_id), names.tries(job_id), names.running(job_id)]
        return bool(self._access.server.run("drop", keys, [job_id]))

    def abort(self, job_id: str, now: float) -> None:
        """Ask the worker that runs a job to stop it."""
        with self._access.server.errors():
            self._access.server.client.zadd(names.ABORT, {job_id: round(now * 1000)})

    def _keys(self, queue: str, letter: Kept, mark: str) -> list[str]:
        source, job_id = self._access.server.source, letter.id
        aside = [trash_key(source, queue, job_id, part) for part in ("before", "for ever")]
        own = [names.result(job_id), names.job(job_id), queue, names.tries(job_id), names.running(job_id)]
        return [mark_key(mark), *own, *aside]

    def _run(self, script: str, moved: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [each == 1 for each in self._access.server.run_many(script, moved)]


def _result(_: str, letter: Kept) -> str:
    return names.result(letter.id)


def _failed(raw: bytes) -> bool:
    return calls.read(raw).state == State.FAILED


def _fate(state: str, told: bytes) -> Fate:
    if state == "ended":
        call = calls.read(told)
        return Fate.UNKNOWN if call.undecodable else _ENDED[call.state]
    return _FATES.get(state, Fate.GONE)
