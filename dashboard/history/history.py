"""The past of a queue, of a source or of everything, as charts and the API read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from dashboard.adapters.memo import Memo
from dashboard.history.bucket import NOTHING, UNTOLD, Bucket, decoded, joined, together
from dashboard.history.memory import Memory, measured
from dashboard.history.places import Place
from dashboard.history.readings import from_stored
from dashboard.history.resolutions import CHUNK, Resolution, by_seconds, exact, fitting
from dashboard.history.sparks import Spark, hour_until
from dashboard.history.versions import Deployment, deployments
from dashboard.history.versions import from_stored as versions_from
from dashboard.store import Store

MOST_POINTS = 360
MOST_KEYS = 400
RANGES = {"15m": 900, "1h": 3_600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000}
"""Names of ranges, and their seconds."""
_SHARED = (1.0, 3.0, 15.0, 30.0)
"""Seconds for which all viewers of a process share what was read: a twentieth of a bucket, about."""

Point = tuple[int, Bucket]
Wanted = tuple[Resolution, int]


@dataclass(frozen=True, slots=True)
class Past:
    """Buckets of one length, oldest first: (unix seconds of the start, bucket); the last is not over yet.

    seconds: length of a bucket.
    since: when these queues were first read (unix seconds), None when they never were, or it is not known.
    deployed: new versions that came into use meanwhile, oldest first.
    """

    seconds: int
    points: tuple[Point, ...]
    since: float | None = None
    deployed: tuple[Deployment, ...] = ()

    def series(self, metric: str) -> tuple[tuple[int, float | None], ...]:
        """One of METRICS by time; what was not read, or is not told, is None."""
        values = ((start, bucket.value(metric)) for start, bucket in self.points)
        return tuple((start, None if value == UNTOLD else value) for start, value in values)

    def percentiles(self, which: str, share: float) -> tuple[tuple[int, float | None], ...]:
        """Seconds within which a share of the jobs ran (`run`) or waited (`wait`), by time."""
        return tuple((start, bucket.percentile(which, share)) for start, bucket in self.points)

    @property
    def known(self) -> bool:
        """Whether anything was read at all."""
        return any(bucket.read for _, bucket in self.points)

    @property
    def whole(self) -> Bucket:
        """The range as one bucket."""
        return joined((bucket for _, bucket in self.points), self.seconds)


@dataclass(frozen=True, slots=True)
class _Source:
    """What was read of one source."""

    found: dict[int, Bucket]
    since: float | None
    deployed: tuple[Deployment, ...]


class History:
    """Reads what the collector recorded; what was read is shared by all viewers of the process for a moment.

    Args:
        store: where it is kept.
        clock: gives unix seconds.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._pasts = {shared: Memo[Past](shared) for shared in _SHARED}
        self._apart: Memo[tuple[Past, ...]] = Memo(3.0)
        self._sparks: Memo[dict[Place, Spark]] = Memo(3.0)
        self._memory: Memo[Memory] = Memo(60.0)

    def past(self, sources: Sequence[str], queue: str, seconds: int, size: int | None = None) -> Past:
        """The last so many seconds, in at most 360 points.

        Args:
            sources: names; several are added up.
            queue: one queue, or '' for all of the sources.
            seconds: length of the range, at most 30 days.
            size: seconds of a bucket; the finest that fits when left out.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        resolution = exact(size) if size else fitting(seconds)
        size = size or -(-seconds // (resolution.seconds * MOST_POINTS)) * resolution.seconds
        shared = next((each for each in _SHARED if size / 20 <= each), _SHARED[-1])
        key = (tuple(sources), queue, seconds, size)
        count = -(-seconds // size)
        return self._pasts[shared].get(key, lambda: self._past(sources, queue, count, size, resolution))

    def pasts(self, places: Sequence[Place], seconds: int, size: int) -> tuple[Past, ...]:
        """The last so many seconds of several places, each by itself and in their order, read together.

        Args:
            places: queues, or sources as a whole.
            seconds: length of the range.
            size: seconds of a bucket; as fine as that, however many points it makes.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        key = (tuple(places), seconds, size)
        return self._apart.get(key, lambda: self._each(places, -(-seconds // size), size))

    def sparks(self, places: Sequence[Place]) -> dict[Place, Spark]:
        """Pending jobs in each of the last 60 whole minutes, oldest first; a place without any is left out.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        if not places:
            return {}
        minute = int(self._clock()) // 60 - 1
        return self._sparks.get(tuple(places), lambda: self._hours(places, minute))

    def memory(self, places: Sequence[Place]) -> Memory:
        """How much memory the history of all these takes.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return self._memory.get(tuple(places), lambda: self._measured(places))

    def forget(self) -> None:
        """Read everything anew at the next call."""
        self._apart.forget()
        self._sparks.forget()
        self._memory.forget()
        for memo in self._pasts.values():
            memo.forget()

    def _measured(self, places: Sequence[Place]) -> Memory:
        return measured(self._store, places, self._clock())

    def _past(self, sources: Sequence[str], queue: str, count: int, size: int, resolution: Resolution) -> Past:
        now = self._clock()
        first = int(now) // size * size - (count - 1) * size
        found = self._read([(source, queue) for source in sources], resolution, first, now)
        return _past_of(found, first, size, resolution, now)

    def _each(self, places: Sequence[Place], count: int, size: int) -> tuple[Past, ...]:
        now, resolution = self._clock(), exact(size)
        first = int(now) // size * size - (count - 1) * size
        found = self._read(places, resolution, first, now) if places else []
        return tuple(_past_of([each], first, size, resolution, now) for each in found)

    def _read(self, places: Sequence[Place], resolution: Resolution, first: int, now: float) -> list[_Source]:
        wanted = _wanted(resolution, first, now)
        keys = [self._store.history(each.seconds, chunk, *place) for place in places for each, chunk in wanted]
        fields = [f"{source}|{queue}" for source, queue in places]
        readings, versions, hashes = self._fetch(keys, fields)
        found = []
        for at, (reading, version) in enumerate(zip(readings, versions, strict=True)):
            own = hashes[at * len(wanted) : (at + 1) * len(wanted)]
            known = from_stored(reading) if reading else None
            buckets = _found(wanted, own, resolution, now)
            found.append(_Source(buckets, known.since if known else None, versions_from(version)))
        return found

    def _fetch(self, keys: Sequence[str], fields: Sequence[str]) -> tuple[list[bytes], list[bytes], list[list[bytes]]]:
        about = (self._store.history_readings, self._store.history_versions)
        readings, versions, hashes = [], [], []
        for start in range(0, max(1, len(keys)), MOST_KEYS):
            reply = self._store.run("history", "read", (*about, *keys[start : start + MOST_KEYS]), fields)
            readings, versions = reply[0], reply[1]
            hashes += reply[2:]
        return readings, versions, hashes

    def _hours(self, places: Sequence[Place], minute: int) -> dict[Place, Spark]:
        fields = [f"{source}|{queue}" for source, queue in places]
        with self._store.errors():
            values = cast("list[bytes | None]", self._store.client.hmget(self._store.history_sparks, fields))
        hours = {place: hour_until(value, minute) for place, value in zip(places, values, strict=True)}
        return {place: hour for place, hour in hours.items() if hour}


def _past_of(found: Sequence[_Source], first: int, size: int, resolution: Resolution, now: float) -> Past:
    """The past of some places together."""
    native = [(start, _of_all(start, resolution, found)) for start in range(first, int(now) + 1, resolution.seconds)]
    points = tuple(_grouped(native, size, resolution, now)) if size > resolution.seconds else tuple(native)
    since = min((each.since for each in found if each.since is not None), default=None)
    deployed = sorted((one for each in found for one in deployments(each.deployed, first)), key=lambda one: one.at)
    return Past(size, points, since, tuple(each for each in deployed if each.at <= now))


def _wanted(resolution: Resolution, first: int, now: float) -> list[Wanted]:
    """The hashes of a range; the bucket that is not over yet is made of finer ones."""
    wanted = [(resolution, chunk) for chunk in resolution.chunks(first, int(now))]
    if resolution.finer:
        finer = by_seconds(resolution.finer)
        wanted += [(finer, chunk) for chunk in finer.chunks(resolution.start(now) - resolution.seconds, int(now))]
    return wanted


def _found(
    wanted: Sequence[Wanted], hashes: Sequence[list[bytes]], resolution: Resolution, now: float
) -> dict[int, Bucket]:
    found: dict[int, Bucket] = {}
    late: dict[int, list[Bucket]] = {}
    tail, finer = resolution.start(now) - resolution.seconds, resolution.finer or resolution.seconds
    for (each, chunk), flat in zip(wanted, hashes, strict=True):
        for start, bucket in _buckets(each, chunk, flat):
            if each is resolution:
                found[start] = bucket
            elif start >= tail:
                late.setdefault(resolution.start(start), []).append(bucket)
    whole = resolution.seconds // finer
    made = {start: joined(parts, finer, whole if start == tail else 0) for start, parts in late.items()}
    return made | found


def _of_all(start: int, resolution: Resolution, sources: Sequence[_Source]) -> Bucket:
    """One stretch of all sources; where one of them is silent that was read before, the others' sum is too low."""
    parts = [each.found.get(start, NOTHING) for each in sources]
    whole = together(parts)
    silent = any(
        not part.read and each.since is not None and each.since <= start
        for part, each in zip(parts, sources, strict=True)
    )
    if whole == NOTHING or not silent:
        return whole
    return Bucket(whole.values, whole.run, whole.wait, whole.peaks, resolution.seconds)


def _grouped(native: Sequence[Point], size: int, resolution: Resolution, now: float) -> Iterator[Point]:
    """Neighbours joined to longer stretches; of the last one only what is over can have been read."""
    per = size // resolution.seconds
    for at in range(0, len(native), per):
        part = native[at : at + per]
        over = sum(1 for start, _ in part if start + resolution.seconds <= now)
        yield part[0][0], joined((bucket for _, bucket in part), resolution.seconds, over)


def _buckets(resolution: Resolution, chunk: int, flat: Sequence[bytes]) -> Iterator[Point]:
    first = chunk * CHUNK * resolution.seconds
    for field, value in zip(flat[::2], flat[1::2], strict=True):
        if field.isdigit():
            yield first + int(field) * resolution.seconds, decoded(value)
