"""Failures that are one value under a key of its own each: read, put into the trash and back, once for a mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.adapters.mirrored import portions
from dashboard.adapters.mirrored.moves import digest, first, mark_key, trash_key
from dashboard.adapters.mirrored.product import Kept
from dashboard.adapters.server import Server

LARGEST = 262_144
"""Bytes of a value that is moved: of larger ones it is not known whether they are failures."""

_OWN = "dashboard.adapters.mirrored"


class SingleValues:
    """Those of one source.

    Args:
        server: where they are.
        key: of a job's value, by queue and job.
        failed: whether a value is a failure.
        instead: a key that is there while the job is no failure, by its queue and job; None when there is none.
    """

    def __init__(
        self, server: Server, key: Callable[[str, Kept], str], failed: Callable[[bytes], bool],
        instead: Callable[[str, Kept], str] | None = None,
    ) -> None:  # fmt: skip
        self._server = server
        self._key = key
        self._failed = failed
        self._instead = instead

    def stored(self, queue: str, letters: Sequence[Kept]) -> list[tuple[Kept, bytes]]:
        """Values as they are; empty for those that are gone, too large, or none."""
        keys = [self._key(queue, each) for each in letters]
        return list(zip(letters, portions.stored(self._server, keys, LARGEST), strict=True))

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> list[bool]:
        """Failures into the trash."""
        keep = max(1, round(keep_seconds * 1000))
        return self._run("purge", [
            (self._keys(queue, each, mark), [*first(each, mark), digest(raw) if self._failed(raw) else "", keep])
            for each, raw in self.stored(queue, letters)
        ])  # fmt: skip

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Purged failures as they were."""
        return self._run("restore", [
            ([*self._keys(queue, each, mark), *([self._instead(queue, each)] if self._instead else ())],
             first(each, mark))
            for each in letters
        ])  # fmt: skip

    def _keys(self, queue: str, letter: Kept, mark: str) -> list[str]:
        return [mark_key(mark), self._key(queue, letter), trash_key(self._server.source, queue, letter.id)]

    def _run(self, script: str, moved: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [each == 1 for each in self._server.run_many(script, moved, package=_OWN)]
