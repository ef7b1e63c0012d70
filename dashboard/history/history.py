"""The past of a queue, of a source or of everything, as charts and the API read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.history.bucket import METRICS, Bucket, decoded, joined, together
from dashboard.history.resolutions import ALL, CHUNK, Resolution, by_seconds, fitting
from dashboard.store import Store

MOST_POINTS = 360
RANGES = {"15m": 900, "1h": 3_600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000}
"""Names of ranges, and their seconds."""


@dataclass(frozen=True, slots=True)
class Past:
    """Buckets of one length, oldest first: (unix seconds of the start, bucket); the last is not over yet.

    seconds: length of a bucket.
    """

    seconds: int
    points: tuple[tuple[int, Bucket], ...]

    def series(self, metric: str) -> tuple[tuple[int, float | None], ...]:
        """One of METRICS by time; what was not read is None."""
        return tuple((start, bucket.value(metric)) for start, bucket in self.points)

    def percentiles(self, which: str, share: float) -> tuple[tuple[int, float | None], ...]:
        """Seconds within which a share of the jobs ran (`run`) or waited (`wait`), by time."""
        return tuple((start, bucket.percentile(which, share)) for start, bucket in self.points)

    @property
    def known(self) -> bool:
        """Whether anything was read at all."""
        return any(bucket.value(metric) is not None for _, bucket in self.points for metric in METRICS)


class History:
    """Reads what the collector recorded.

    Args:
        store: where it is kept.
        clock: gives unix seconds.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def past(self, sources: Sequence[str], queue: str, seconds: int) -> Past:
        """The last so many seconds, in at most 360 points.

        Args:
            sources: names; several are added up.
            queue: one queue, or '' for all of the sources.
            seconds: length of the range, at most 30 days.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        now, resolution = self._clock(), fitting(seconds)
        size = -(-seconds // (resolution.seconds * MOST_POINTS)) * resolution.seconds
        first = int(now - seconds) // size * size
        by_source = [self._read(source, queue, resolution, first, now) for source in sources]
        points = []
        for start in range(first, int(now) + 1, size):
            inner = range(start, start + size, resolution.seconds)
            parts = [joined([found[each] for each in inner if each in found]) for found in by_source]
            points.append((start, together(parts)))
        return Past(size, tuple(points))

    def _read(self, source: str, queue: str, resolution: Resolution, first: int, now: float) -> dict[int, Bucket]:
        """Buckets by their start; the one that is not over yet is made of finer ones."""
        wanted = [(resolution, chunk) for chunk in resolution.chunks(first, int(now))]
        finer = by_seconds(resolution.finer) if resolution.finer else None
        tail = resolution.start(now) - resolution.seconds
        if finer is not None:
            wanted += [(finer, chunk) for chunk in finer.chunks(tail, int(now))]
        keys = [self._store.history(each.seconds, chunk, source, queue) for each, chunk in wanted]
        replies = self._store.run("history", "read", keys)
        found: dict[int, Bucket] = {}
        late: dict[int, list[Bucket]] = {}
        for (each, chunk), flat in zip(wanted, replies, strict=True):
            for start, bucket in _buckets(each, chunk, flat):
                if each is resolution:
                    found[start] = bucket
                elif start >= tail:
                    late.setdefault(resolution.start(start), []).append(bucket)
        return {start: joined(parts) for start, parts in late.items()} | found


def bytes_at_most(queues: int) -> int:
    """Memory that the history of so many queues takes in the store when it is complete, estimated upwards."""
    buckets = sum(each.kept // each.seconds + CHUNK for each in ALL)
    return queues * buckets * 64


def _buckets(resolution: Resolution, chunk: int, flat: Sequence[bytes]) -> list[tuple[int, Bucket]]:
    first = chunk * CHUNK * resolution.seconds
    fields = zip(flat[::2], flat[1::2], strict=True)
    return [(first + int(field) * resolution.seconds, decoded(value)) for field, value in fields if field.isdigit()]
