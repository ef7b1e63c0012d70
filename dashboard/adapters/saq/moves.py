"""Moves of SAQ's jobs: each once for a mark, in one atomic script, and only as it was when it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.mirrored import portions, values
from dashboard.adapters.mirrored.moves import digest, first, mark_key
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.mirrored.single_values import SingleValues
from dashboard.adapters.saq import messages
from dashboard.adapters.saq.access import Access
from dashboard.adapters.saq.messages import LARGEST

REACH = 20_000
"""Ids from either end of a long list among which one is looked for: the server spends about 2 ms on that."""

ABORT_SECONDS = 5


class Moves:
    """Moves of one source.

    Args:
        access: where the jobs are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self.values = SingleValues(access.server, self._key, messages.failed)

    def fates(self, queue: str, ids: Sequence[str]) -> list[Fate]:
        """What jobs do now."""
        keys = [self._access.names.job(queue, each) for each in ids]
        found = portions.every(
            lambda start: self._access.server.run("statuses", keys[start:], [LARGEST, portions.MOST_BYTES]), len(keys)
        )
        return [messages.fate(values.text(status), values.text(swept)) for status, swept in found]

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str, now: float) -> list[bool]:
        """Failures to the end of their queue."""
        names = self._access.names
        calls = []
        for letter, raw in self.values.stored(queue, letters):
            new = messages.requeued(raw, now)
            keys = [mark_key(mark), names.job(queue, letter.id), names.queued(queue), names.incomplete(queue)]
            argv = [*first(letter, mark), digest(raw) if new else "", new]
            calls.append(([*keys, names.abort(letter.id)], argv))
        return self._run("requeue", calls)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Requeued jobs that wait as the failures that they were."""
        names = self._access.names
        calls = []
        for letter, raw in self.values.stored(queue, letters):
            old, keeps = messages.failed_again(raw, letter.memo)
            keys = [mark_key(mark), names.job(queue, letter.id), names.queued(queue), names.incomplete(queue)]
            calls.append((keys, [*first(letter, mark), digest(raw) if old else "", old, keeps, REACH]))
        return self._run("take_back", calls)

    def cancel(self, queue: str, job_id: str, now: float) -> bool:
        """End a job that waits as an aborted one; whether it was there."""
        raw = self._one(queue, job_id)
        return self._end(queue, job_id, raw, *messages.ended(raw, now))

    def discard(self, queue: str, job_id: str) -> bool:
        """Delete a job that waits or has ended; whether it was there."""
        return self._end(queue, job_id, self._one(queue, job_id), b"", -1)

    def abort(self, queue: str, job_id: str) -> bool:
        """Ask the worker that runs a job to stop it; whether it was there."""
        names, raw = self._access.names, self._one(queue, job_id)
        keys = [names.job(queue, job_id), names.active(queue), names.incomplete(queue), names.abort(job_id)]
        return bool(self._access.server.run("abort", keys, [digest(raw), messages.aborting(raw), ABORT_SECONDS]))

    def _end(self, queue: str, job_id: str, raw: bytes, new: bytes, keeps: int) -> bool:
        names = self._access.names
        keys = [names.job(queue, job_id), names.queued(queue), names.incomplete(queue)]
        return bool(self._access.server.run("end", keys, [digest(raw), new, keeps, REACH]))

    def _key(self, queue: str, letter: Kept) -> str:
        return self._access.names.job(queue, letter.id)

    def _one(self, queue: str, job_id: str) -> bytes:
        ((_, raw),) = self.values.stored(queue, [Kept(job_id, "", 0.0, None, {})])
        return raw

    def _run(self, script: str, calls: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [moved == 1 for moved in self._access.server.run_many(script, calls)]
