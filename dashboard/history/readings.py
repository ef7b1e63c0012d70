"""What a queue had counted when it was last read, and what happened since."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dashboard.adapters.contract import Queue
from dashboard.history.bucket import COUNTS, TIMES, Bucket, Times
from dashboard.history.levels import of_queue

Cumulative = tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters of one queue. at: unix seconds. run, wait: jobs per histogram bucket since the queue began.

    since: when the queue was first read (unix seconds), None where that is not known.
    """

    at: float
    counts: tuple[int | None, ...]
    run: tuple[int, ...] = ()
    wait: tuple[int, ...] = ()
    since: float | None = None

    def stored(self) -> str:
        """As JSON."""
        return json.dumps([self.at, self.counts, self.run, self.wait, self.since], separators=(",", ":"))


def reading(queue: Queue, at: float, before: Reading | None = None) -> Reading:
    """What a queue has counted by now; a counter that its product does not keep is None.

    Args:
        before: its last reading, which knows since when it is read.
    """
    counts = tuple(queue.totals.get(name) for name in COUNTS)
    return Reading(at, counts, _parts(queue.run_seconds), _parts(queue.wait_seconds), begun(before, at))


def begun(before: Reading | None, at: float) -> float | None:
    """Since when a queue is read that is read now; what only failed to answer until now was not."""
    return before.since if before and (before.counts or before.since is not None) else at


def from_stored(stored: bytes) -> Reading | None:
    """The reading that `Reading.stored` wrote; None when it is damaged."""
    try:
        at, counts, run, wait, *since = json.loads(stored)
        known = tuple(None if value is None else int(value) for value in counts)
        begun = float(since[0]) if since and since[0] is not None else None
        return Reading(float(at), known, tuple(map(int, run)), tuple(map(int, wait)), begun)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def between(
    before: Reading | None, now: Reading, queue: Queue, longest: float, new_groups: int | None = None
) -> Bucket:
    """What happened between two readings, and how the queue stands.

    Args:
        before: the earlier reading; without it, or when it is older than `longest` seconds, nothing is known of what
            happened. Neither is it when a counter went back, since then the queue was made anew.
        new_groups: error groups that were not there before.
    """
    levels = of_queue(queue, new_groups)
    if before is None or not 0 < now.at - before.at <= longest or _went_back(before, now):
        return Bucket((*(None for _ in COUNTS), *levels))
    counts = (_more(was, is_) for was, is_ in zip(before.counts, now.counts, strict=True))
    return Bucket((*counts, *levels), _grown(before.run, now.run), _grown(before.wait, now.wait))


def _parts(cumulative: Cumulative) -> tuple[int, ...]:
    counts, below = [], 0
    for _, count in cumulative[:TIMES]:
        counts.append(count - below)
        below = count
    return tuple(counts)


def _grown(before: tuple[int, ...], now: tuple[int, ...]) -> Times:
    was = (*before, *(0 for _ in now[len(before) :]))
    grown = ((place, count - old) for place, (old, count) in enumerate(zip(was, now, strict=False)))
    return tuple((place, count) for place, count in grown if count > 0)


def _went_back(before: Reading, now: Reading) -> bool:
    if len(before.counts) != len(now.counts):
        return True
    pairs = zip(before.counts, now.counts, strict=True)
    return any(was is not None and is_ is not None and is_ < was for was, is_ in pairs)


def _more(was: int | None, is_: int | None) -> int | None:
    return None if was is None or is_ is None else is_ - was
