"""Keeps the history of every queue: the leading collector calls it every second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.adapters.sources import Sources
from dashboard.history.bucket import Bucket, decoded, joined, together
from dashboard.history.readings import Reading, between, from_stored, reading
from dashboard.history.resolutions import ALL, CHUNK, TEN_SECONDS, Resolution, by_seconds
from dashboard.store import Fence, StaleLeader, Store

LONGEST_GAP = 60.0
"""Seconds over which counters may be compared; what happened over a longer silence belongs to no bucket."""

MOST_ROLLED = 12
"""Buckets of a coarser resolution that one call makes up for after a change of leader."""

WRITES = 200
FORGOTTEN_AFTER = 30 * 86_400

Place = tuple[str, str]
"""Source and queue; an empty queue is all queues of the source together."""

Write = tuple[str, int, str, int]
"""Key of a hash, field, bucket, and when the hash is no longer needed (unix seconds)."""


class Recorder:
    """Writes buckets of all queues.

    Args:
        store: where they are kept.
        sources: what is read, through the snapshot that all viewers share.
        clock: gives unix seconds.
        most_queues: of a source; further ones are kept in the sum of the source alone.
    """

    def __init__(self, store: Store, sources: Sources, clock: Callable[[], float], most_queues: int = 200) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock
        self._most_queues = most_queues
        self._taken = 0

    def record(self, fence: Fence) -> bool:
        """Take one reading of every source that answers, when ten seconds have begun since the last one.

        Raises:
            StaleLeader: another collector leads by now.
            StoreUnavailable: the store does not answer.
        """
        now = self._clock()
        if TEN_SECONDS.start(now) == self._taken:
            return False
        snapshot = self._sources.snapshot()
        last = self._last()
        for source in snapshot.sources:
            if source.up:
                self._source(fence, source, last, now)
        self._forget(fence, last, now)
        self._taken = TEN_SECONDS.start(now)
        return False

    def _source(self, fence: Fence, found: SourceSnapshot, last: dict[Place, Reading], now: float) -> None:
        source, whole = found.name, last.get((found.name, ""))
        if whole is not None and TEN_SECONDS.start(now) == TEN_SECONDS.start(whole.at):
            return
        readings = {each.name: reading(each, now) for each in found.queues}
        news = {
            each.name: between(last.get((source, each.name)), readings[each.name], each, LONGEST_GAP)
            for each in found.queues
        }
        news[""] = together(list(news.values()))
        kept = ("", *sorted(readings)[: self._most_queues])
        start = TEN_SECONDS.start(now) - TEN_SECONDS.seconds
        marks = {(source, name): each.stored() for name, each in readings.items()}
        marks[source, ""] = Reading(now, ()).stored()
        self._put(fence, marks, [self._write(TEN_SECONDS, (source, name), start, news[name]) for name in kept])
        for resolution in (each for each in ALL if each.finer):
            for place in ((source, name) for name in kept) if whole is not None else ():
                self._put(fence, {}, self._rolled(place, resolution, whole.at if whole else now, now))

    def _rolled(self, place: Place, resolution: Resolution, since: float, now: float) -> list[Write]:
        """The buckets that ended between two readings, made out of finer ones; made twice, they are the same."""
        first, end = resolution.start(since), resolution.start(now)
        starts = range(max(first, end - MOST_ROLLED * resolution.seconds), end, resolution.seconds)
        parts = {start: self._parts(place, resolution, start) for start in starts}
        return [self._write(resolution, place, start, joined(known)) for start, known in parts.items() if known]

    def _parts(self, place: Place, resolution: Resolution, start: int) -> list[Bucket]:
        """The finer buckets of one bucket; they lie in one hash, since its length is a multiple of both."""
        finer = by_seconds(resolution.finer or 0)
        fields = [str(_field(finer, each)) for each in range(start, start + resolution.seconds, finer.seconds)]
        with self._store.errors():
            stored = self._store.client.hmget(self._key(finer, place, start), fields)
        return [decoded(each) for each in cast("list[bytes | None]", stored) if each is not None]

    def _write(self, resolution: Resolution, place: Place, start: int, bucket: Bucket) -> Write:
        expires = resolution.expires(resolution.chunk(start))
        return self._key(resolution, place, start), _field(resolution, start), bucket.encoded(), expires

    def _key(self, resolution: Resolution, place: Place, start: int) -> str:
        return self._store.history(resolution.seconds, resolution.chunk(start), *place)

    def _last(self) -> dict[Place, Reading]:
        with self._store.errors():
            stored = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.history_readings))
        found = {}
        for field, value in stored.items():
            source, _, queue = field.decode(errors="replace").partition("|")
            known = from_stored(value)
            if known is not None:
                found[source, queue] = known
        return found

    def _put(self, fence: Fence, marks: dict[Place, str], writes: Sequence[Write]) -> None:
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

    def _forget(self, fence: Fence, last: dict[Place, Reading], now: float) -> None:
        gone = {place: "" for place, known in last.items() if now - known.at > FORGOTTEN_AFTER}
        if gone:
            self._put(fence, gone, ())


def _field(resolution: Resolution, start: int) -> int:
    """Place of a bucket in its hash."""
    return start // resolution.seconds % CHUNK
