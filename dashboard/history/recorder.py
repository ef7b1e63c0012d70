"""Keeps the history of every queue: the leading collector calls it every second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from dashboard.adapters.occasional import Occasional
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.adapters.sources import Sources
from dashboard.history.besides import Besides
from dashboard.history.bucket import COUNTS, NOTHING, Bucket, decoded, joined, together
from dashboard.history.levels import DOWN
from dashboard.history.places import Place, kept
from dashboard.history.readings import Reading, begun, between, from_stored, reading
from dashboard.history.resolutions import ALL, CHUNK, MINUTE, TEN_SECONDS, Resolution, by_seconds
from dashboard.history.sparks import MINUTES, extended, last_minute
from dashboard.history.version_log import VersionLog
from dashboard.history.writing import Write, Writing
from dashboard.store import Fence, Store

LONGEST_GAP = 60.0
"""Seconds over which counters may be compared; what happened over a longer silence belongs to no bucket."""

MOST_ROLLED = 12
"""Buckets of a coarser resolution that one call makes up for after a change of leader."""

NO_QUEUES = Bucket((*(0 for _ in COUNTS), 0, None, 0, 0, 0, 0))
"""A source that was read and has none."""
NO_JOBS = Bucket((*(None for _ in COUNTS), 0, None, 0, 0, 0, 0))
"""A source that holds schedules alone: what its jobs do is told nowhere."""

FORGOTTEN_AFTER = 30 * 86_400


class Recorder:
    """Writes buckets of all queues.

    Args:
        store: where they are kept.
        sources: what is read, through the snapshot that all viewers share.
        clock: gives unix seconds.
        most_queues: of a source; further ones are kept in the sum of the source alone.
        occasional: what sources are asked more rarely, when it is shared with others.
    """

    def __init__(
        self, store: Store, sources: Sources, clock: Callable[[], float], most_queues: int = 200,
        occasional: Occasional | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._sources = sources
        self._clock = clock
        self._most_queues = most_queues
        self._besides = Besides(occasional or Occasional(sources))
        self._writing = Writing(store)
        self._versions = VersionLog(store, self._writing)
        self._taken = 0

    def record(self, fence: Fence) -> bool:
        """Take one reading of every source, when ten seconds have begun since the last one.

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
                self._versions.note(fence, source, kept(source, self._most_queues), now)
            else:
                self._silent(fence, source.name, last, now)
        self._forget(fence, last, now)
        self._taken = TEN_SECONDS.start(now)
        return False

    def _source(self, fence: Fence, found: SourceSnapshot, last: dict[Place, Reading], now: float) -> None:
        source, whole = found.name, last.get((found.name, ""))
        if whole is not None and TEN_SECONDS.start(now) == TEN_SECONDS.start(whole.at):
            return
        before = whole.at if whole is not None and whole.since is not None else None
        levels, new = self._besides.of(found, before, now)
        readings = {each.name: reading(each, now, last.get((source, each.name))) for each in found.scheduling}
        news = {
            each.name: between(last.get((source, each.name)), readings[each.name], each, LONGEST_GAP, new(each.name))
            for each in found.scheduling
        }
        none = () if found.queues else (NO_JOBS if found.stores else NO_QUEUES,)
        news[""] = together([*none, *news.values()]).standing(levels)
        names = kept(found, self._most_queues)
        start = TEN_SECONDS.start(now) - TEN_SECONDS.seconds
        marks = {(source, name): each.stored() for name, each in readings.items()}
        marks[source, ""] = Reading(now, (), since=begun(whole, now)).stored()
        self._writing.put(fence, marks, [self._write(TEN_SECONDS, (source, name), start, news[name]) for name in names])
        if whole is not None:
            self._roll(fence, [(source, name) for name in names], whole.at, now)

    def _silent(self, fence: Fence, source: str, last: dict[Place, Reading], now: float) -> None:
        """Note that a source does not answer; how its queues stand is not known."""
        whole = last.get((source, ""))
        if whole is not None and TEN_SECONDS.start(now) == TEN_SECONDS.start(whole.at):
            return
        mark = Reading(now, (), since=whole.since if whole else None).stored()
        start = TEN_SECONDS.start(now) - TEN_SECONDS.seconds
        write = self._write(TEN_SECONDS, (source, ""), start, NOTHING.standing(DOWN))
        self._writing.put(fence, {(source, ""): mark}, [write])
        if whole is not None:
            names = sorted(queue for of, queue in last if of == source)
            self._roll(fence, [(source, name) for name in names[: self._most_queues + 1]], whole.at, now)

    def _roll(self, fence: Fence, places: Sequence[Place], since: float, now: float) -> None:
        """Write the coarser buckets that ended between two readings, and the last hour of pending jobs."""
        minutes: dict[Place, dict[int, Bucket]] = {}
        for resolution in (each for each in ALL if each.finer):
            for place in places:
                ended = self._ended(place, resolution, since, now)
                writes = [self._write(resolution, place, start, bucket) for start, bucket in ended.items()]
                self._writing.put(fence, {}, writes)
                if resolution is MINUTE and ended:
                    minutes[place] = ended
        if minutes:
            self._writing.put(fence, {}, self._sparks(minutes, now))

    def _ended(self, place: Place, resolution: Resolution, since: float, now: float) -> dict[int, Bucket]:
        """The buckets that ended between two readings, made out of finer ones; made twice, they are the same."""
        first, end = resolution.start(since), resolution.start(now)
        starts = range(max(first, end - MOST_ROLLED * resolution.seconds), end, resolution.seconds)
        whole = resolution.seconds // (resolution.finer or 1)
        parts = {start: self._parts(place, resolution, start) for start in starts}
        return {start: joined(known, resolution.finer or 1, whole) for start, known in parts.items() if known}

    def _parts(self, place: Place, resolution: Resolution, start: int) -> list[Bucket]:
        """The finer buckets of one bucket; they lie in one hash, since its length is a multiple of both."""
        finer = by_seconds(resolution.finer or 0)
        fields = [str(_field(finer, each)) for each in range(start, start + resolution.seconds, finer.seconds)]
        with self._store.errors():
            stored = self._store.client.hmget(self._key(finer, place, start), fields)
        return [decoded(each) for each in cast("list[bytes | None]", stored) if each is not None]

    def _sparks(self, minutes: dict[Place, dict[int, Bucket]], now: float) -> list[Write]:
        with self._store.errors():
            known = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.history_sparks))
        key, expires = self._store.history_sparks, int(now) + MINUTES * 60
        writes: list[Write] = []
        for (source, queue), ended in minutes.items():
            field = f"{source}|{queue}"
            news = {start // 60: bucket.value("pending") for start, bucket in ended.items()}
            writes.append((key, field, extended(known.pop(field.encode(), None), news), expires))
        old = [field for field, value in known.items() if last_minute(value) < now // 60 - MINUTES]
        return [*writes, *((key, field.decode(errors="replace"), "", expires) for field in old)]

    def _write(self, resolution: Resolution, place: Place, start: int, bucket: Bucket) -> Write:
        expires = resolution.expires(resolution.chunk(start))
        return self._key(resolution, place, start), str(_field(resolution, start)), bucket.encoded(), expires

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

    def _forget(self, fence: Fence, last: dict[Place, Reading], now: float) -> None:
        gone = {place: "" for place, known in last.items() if now - known.at > FORGOTTEN_AFTER}
        if gone:
            self._writing.put(fence, gone, ())


def _field(resolution: Resolution, start: int) -> int:
    """Place of a bucket in its hash."""
    return start // resolution.seconds % CHUNK
