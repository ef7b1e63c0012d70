"""Moves of failures, many at a time: each job once for a mark, in one atomic script."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dashboard.adapters.mirrored import moves as names
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import number, shown, written

AT_ONCE = 64
REACH = 20_000
"""Ids from either end of a long list among which one is looked for: the server spends about 2 ms on that."""

ORPHAN = "orphan"
"""Of a memo: the member of the registry of running jobs, of a job whose worker is lost."""

_FATES = {
    "queued": Fate.WAITING, "scheduled": Fate.WAITING, "deferred": Fate.WAITING, "rate_limited": Fate.WAITING,
    "ready_to_enqueue": Fate.WAITING, "created": Fate.WAITING, "started": Fate.RUNNING, "finished": Fate.SUCCEEDED,
    "failed": Fate.FAILED, "stopped": Fate.FAILED, "canceled": Fate.CANCELLED, "": Fate.GONE,
}  # fmt: skip


class Moves:
    """Puts failures back, takes them away, and tells what became of them.

    Args:
        access: the source's server.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float] = time.time) -> None:
        self.access = access
        self.clock = clock

    def still_failed(self, queue: str, ids: Sequence[str]) -> list[bool]:
        """Which jobs are failures that RQ still keeps."""
        now = self.clock()
        return [
            status in ("failed", "stopped") and score is not None and (score < 0 or score > now)
            for status, score in self._statuses(queue, ids)
        ]

    def fates(self, queue: str, letters: Sequence[Kept]) -> list[Fate]:
        """What jobs do now; of one that is gone RQ does not tell whether it succeeded."""
        found = self._statuses(queue, [letter.id for letter in letters])
        return [_FATES.get(status, Fate.UNKNOWN) for status, _ in found]

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Put failures back to the end of their queue, and running jobs whose worker is lost."""
        now = self.clock()
        jobs = [(letter.id, str(letter.memo.get(ORPHAN, ""))) for letter in letters]
        return self._run("requeue", mark, (queue, written(now), now), jobs)

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> list[bool]:
        """Take failures away, to keys of Redrive's own that expire."""
        return self._run("purge", mark, (queue, int(keep_seconds * 1000)), self._with_trash(queue, letters))

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Put purged failures back as they were."""
        return self._run("restore", mark, (queue,), self._with_trash(queue, letters))

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Make requeued jobs that have not started failures again; each by a script of its own, as it has to search."""
        now = self.clock()
        jobs = [(letter.id, *_before(letter)) for letter in letters]
        return self._run("take_back", mark, (queue, written(now), now, REACH), jobs, at_once=1)

    def _with_trash(self, queue: str, letters: Sequence[Kept]) -> list[tuple[str, str]]:
        return [(each.id, names.trash_key(self.access.source, queue, each.id)) for each in letters]

    def _run(
        self, script: str, mark: str, first: tuple[Any, ...], jobs: Sequence[tuple[Any, ...]], *, at_once: int = AT_ONCE
    ) -> list[bool]:
        key = names.mark_key(mark) if mark else ""
        calls = [(key, names.MARK_SECONDS, *first, *_flat(chunk)) for chunk in _chunks(jobs, at_once)]
        return [moved == 1 for reply in self.access.run_many(script, calls) for moved in reply]

    def _statuses(self, queue: str, ids: Sequence[str]) -> Iterator[tuple[str, float | None]]:
        calls = [(queue, *chunk) for chunk in _chunks(ids, AT_ONCE)]
        for reply in self.access.run_many("statuses", calls):
            for status, score in reply:
                yield shown(status), number(score)


def _before(letter: Kept) -> tuple[str, str, str, str, str]:
    """What a failure's record held before it was requeued."""
    memo = letter.memo
    score, status = str(memo.get("score", "")), str(memo.get("status") or "failed")
    return score, status, *(str(memo.get(name, "")) for name in ("enqueued_at", "started_at", "ended_at"))  # type: ignore[return-value]


def _chunks(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _flat(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
