"""How finely the past is kept, and for how long: ten seconds for two hours, a minute for two days, ten for a month."""

from __future__ import annotations

from dataclasses import dataclass

CHUNK = 60
"""Buckets of one stored hash: few enough for Redis to keep them packed."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Buckets of one length.

    seconds: length of a bucket. kept: seconds for which buckets are kept. finer: length of the buckets it is made of.
    """

    seconds: int
    kept: int
    finer: int | None = None

    def start(self, at: float) -> int:
        """Unix seconds at which the bucket of an instant begins."""
        return int(at) // self.seconds * self.seconds

    def chunk(self, start: int) -> int:
        """Number of the stored hash that holds the bucket which begins at `start`."""
        return start // (self.seconds * CHUNK)

    def chunks(self, since: int, until: int) -> range:
        """Numbers of the hashes that hold the buckets from `since` up to and including the one of `until`."""
        return range(self.chunk(since), self.chunk(until) + 1)

    def expires(self, chunk: int) -> int:
        """Unix seconds at which a hash is no longer needed."""
        return (chunk + 1) * self.seconds * CHUNK + self.kept


TEN_SECONDS = Resolution(10, 2 * 3_600)
MINUTE = Resolution(60, 48 * 3_600, finer=10)
TEN_MINUTES = Resolution(600, 30 * 86_400, finer=60)
ALL = (TEN_SECONDS, MINUTE, TEN_MINUTES)


def by_seconds(seconds: int) -> Resolution:
    """The resolution of that bucket length."""
    return next(each for each in ALL if each.seconds == seconds)


def fitting(seconds: int, most_points: int = 360) -> Resolution:
    """The finest resolution that still holds so long a range, and in not far more points than can be drawn.

    Args:
        seconds: length of the range.
        most_points: how many points are drawn; up to eight buckets are joined to one.
    """
    for each in ALL:
        if seconds <= each.kept and seconds / each.seconds <= 8 * most_points:
            return each
    return ALL[-1]


def exact(size: int) -> Resolution:
    """The coarsest resolution out of whose buckets ones of that length (seconds) can be made."""
    return next((each for each in reversed(ALL) if size % each.seconds == 0), TEN_SECONDS)


def most_buckets() -> int:
    """Buckets that are kept of one queue at most."""
    return sum(each.kept // each.seconds for each in ALL)
