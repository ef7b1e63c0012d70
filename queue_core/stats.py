"""What a queue holds and does, read in one instant by one script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, overload

from queue_core import keys
from queue_core.connection import Client, mapped_errors
from queue_core.engine import Engine
from queue_core.replies import pairs, text

STATES = {
    "p": "pending", "a": "processing", "s0": "scheduled", "r": "retrying", "s": "succeeded", "d": "failed",
    "x": "cancelled", "t": "purged",
}  # fmt: skip
"""State letters of the records, and their names; `purged` jobs are in the trash and count nowhere."""

SERIES = (
    "enqueued", "succeeded", "failed_attempts", "dead", "retries", "cancelled",
    "pending", "processing", "scheduled", "retrying", "failed",
)  # fmt: skip
"""Names of the per-minute series: six counts of what happened, then five gauges taken once a minute."""

ALERT_ABOVE = 100
BUCKETS = 24
BOUNDS = (*(2**bucket / 1000 for bucket in range(BUCKETS - 1)), float("inf"))
"""Upper bounds of the buckets in seconds."""

_FIELDS = {kind: tuple(f"{kind}|{bucket}" for bucket in range(BUCKETS)) for kind in "hw"}


@dataclass(frozen=True, slots=True)
class Histogram:
    """Times of jobs: `counts[b]` took at most 2^b ms and more than the bucket before; the last takes all above."""

    counts: tuple[int, ...]
    sum_seconds: float

    @property
    def count(self) -> int:
        """Number of times taken."""
        return sum(self.counts)

    def cumulative(self) -> tuple[tuple[float, int], ...]:
        """(upper bound in seconds, number at most that) per bucket, as Prometheus wants it; the last bound is +inf."""
        return tuple(zip(BOUNDS, accumulate(self.counts), strict=True))


@dataclass(frozen=True, slots=True)
class QueueStats:
    """One queue at one instant of its server's clock.

    Args:
        taken_at: unix seconds.
        pending, processing, scheduled, retrying, failed: jobs in that state; failed ones are the dead letters.
        succeeded, cancelled: finished jobs that are still kept.
        purged: jobs in the trash, restorable.
        groups: error groups among the dead letters.
        oldest_pending_seconds: how long the longest waiting pending job has been pending, None when none is. Exact
            while no job waits longer than one priority step (24 h by default) beside jobs of other priorities;
            beyond that a job may hide behind urgent ones, and the age shown is the largest one seen.
        stalled: leases that ended more than 2 s ago and were not yet taken back.
        next_due: unix seconds of the next scheduled or retrying job, None when there is none.
        by_type: type -> state name -> jobs.
        counters: exact totals since the queue began, by the short names of docs/redis-data.md.
        config: the queue's own settings and clock fields.
        types_ever: type -> (attempts that succeeded, that failed), in the order in which the types were first seen;
            type '' is all types beyond the first hundred. Attempts of before it was counted are in none.
        run_time, wait_time: of all successful runs; of all claims since the job became pending.
        schedules, schedules_late: schedules of the queue; of these those whose instant passed more than a minute ago.
        next_schedule: unix seconds of the earliest instant, None when there is none.
        scheduler_heard: unix seconds when a scheduler of the queue was last heard of, None when never.
        first_minute, minutes: unix minute of the first entry of every series; series by the names in `SERIES`,
            oldest first, the last one the present, unfinished minute. None: no gauge was taken.
    """

    name: str
    taken_at: float
    pending: int
    processing: int
    scheduled: int
    retrying: int
    failed: int
    succeeded: int
    cancelled: int
    purged: int
    groups: int
    oldest_pending_seconds: float | None
    stalled: int
    paused: bool
    next_due: float | None
    by_type: dict[str, dict[str, int]]
    counters: dict[str, int]
    config: dict[str, str]
    run_time: Histogram
    wait_time: Histogram
    schedules: int
    schedules_late: int
    next_schedule: float | None
    scheduler_heard: float | None
    first_minute: int
    minutes: dict[str, tuple[int | None, ...]]
    types_ever: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Pending, processing and failed together."""
        return self.pending + self.processing + self.failed

    @property
    def alert(self) -> bool:
        """Whether more than 100 jobs have failed."""
        return self.failed > ALERT_ABOVE

    @property
    def enqueued_total(self) -> int:
        """Jobs ever enqueued."""
        return self.counters.get("e", 0)

    @property
    def succeeded_total(self) -> int:
        """Jobs ever succeeded."""
        return self.counters.get("s", 0)

    @property
    def dead_total(self) -> int:
        """Jobs that ever failed for good, counted each time."""
        return self.counters.get("d", 0)

    @property
    def cancelled_total(self) -> int:
        """Jobs ever cancelled."""
        return self.counters.get("x", 0)

    @property
    def retries_total(self) -> int:
        """Attempts that failed and were to be retried."""
        return self.counters.get("r", 0)

    def per_minute(self, series: str, minutes: int = 5) -> float | None:
        """Mean of a series over the last whole minutes read, None when fewer than two were read."""
        whole = self.minutes.get(series, ())[:-1][-minutes:]
        return sum(value or 0 for value in whole) / len(whole) if whole else None


def parse_stats(name: str, reply: Sequence[Any]) -> QueueStats:
    """Turn a reply of the `stats` script, also one obtained through a pipeline, into QueueStats."""
    now, counts, groups, oldest, stalled, meta, totals, matrix, due, first, series, timed = reply
    pending, processing, scheduled, retrying, succeeded, cancelled = map(int, counts)
    by_type, config, counters = _matrix(matrix), pairs(meta), _numbers(totals)
    taken, since = int(now), int(oldest)
    return QueueStats(
        name=name, taken_at=taken / 1000, pending=pending, processing=processing, scheduled=scheduled,
        retrying=retrying, failed=_dead(counters), succeeded=succeeded, cancelled=cancelled,
        purged=sum(row.get("purged", 0) for row in by_type.values()), groups=int(groups),
        oldest_pending_seconds=None if since < 0 else max(0, taken - since) / 1000, stalled=int(stalled),
        paused=config.get("paused") == "1", next_due=None if int(due) < 0 else int(due) / 1000, by_type=by_type,
        counters={key: value for key, value in counters.items() if "|" not in key}, config=config,
        run_time=_histogram(counters, "h", "rms"), wait_time=_histogram(counters, "w", "wms"),
        schedules=int(timed[0]), schedules_late=int(timed[1]),
        next_schedule=float(timed[2]) / 1000 if timed[2] else None,
        scheduler_heard=int(config["sched"]) / 1000 if config.get("sched", "").isdigit() else None,
        first_minute=int(first), minutes=_series(series), types_ever=_types_ever(counters),
    )  # fmt: skip


def _numbers(flat: Sequence[Any]) -> dict[str, int]:
    parts = iter(flat)
    return {text(key): int(value) for key, value in zip(parts, parts, strict=True)}


def _dead(counters: dict[str, int]) -> int:
    """Dead letters now: those that died, came back, or are mirrored, less those requeued or purged."""
    came, went = ("d", "uq", "dr", "md"), ("dq", "dp")
    return sum(counters.get(name, 0) for name in came) - sum(counters.get(name, 0) for name in went)


def _matrix(flat: Sequence[Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, value in _numbers(flat).items():
        type_, _, letter = key.rpartition("|")
        found.setdefault(type_, {})[STATES.get(letter, letter)] = value
    return found


def _types_ever(counters: dict[str, int]) -> dict[str, tuple[int, int]]:
    places = {key[3:]: place for key, place in counters.items() if key.startswith("ti|")}
    names = {key[3:] for key in counters if key.startswith(("ts|", "tf|"))}
    ordered = sorted(names, key=lambda name: (places.get(name, len(places) + 1), name))
    return {name: (counters.get(f"ts|{name}", 0), counters.get(f"tf|{name}", 0)) for name in ordered}


def _histogram(counters: dict[str, int], kind: str, total: str) -> Histogram:
    return Histogram(tuple([counters.get(name, 0) for name in _FIELDS[kind]]), counters.get(total, 0) / 1000)


def _series(rows: Sequence[Sequence[Any]]) -> dict[str, tuple[int | None, ...]]:
    """A minute without a count had none; a minute without a gauge was not looked at."""
    if not rows:
        return dict.fromkeys(SERIES, ())
    columns = zip(SERIES, zip(*rows, strict=True), strict=True)
    return {
        name: tuple(None if value is None and place > 5 else int(value or 0) for value in column)
        for place, (name, column) in enumerate(columns)
    }


def queue_names(redis: Client, namespace: str = "") -> list[str]:
    """Names of all known queues, sorted; names that are not valid are left out.

    Raises:
        ServerUnavailable: Redis does not answer.
    """
    with mapped_errors():
        found = {text(name) for name in redis.sscan_iter(keys.queues(namespace), count=500)}
    return sorted(name for name in found if keys.QUEUE_NAME.match(name))


def read_stats(redis: Client, names: Sequence[str], namespace: str = "", *, minutes: int = 0) -> dict[str, QueueStats]:
    """Statistics of several queues in one round trip; `minutes` (0 to 1440) of series for each.

    Raises:
        ServerUnavailable: Redis does not answer.
        InvalidJob: a name is not valid.
    """
    if not names:
        return {}
    pipe = redis.pipeline(transaction=False)
    for name in names:
        Engine(redis, name, namespace).call("stats", minutes, client=pipe)
    with mapped_errors():
        replies = pipe.execute()
    return {name: parse_stats(name, reply) for name, reply in zip(names, replies, strict=True)}


@overload
def queue_stats(redis: Client, name: str, namespace: str = "") -> QueueStats: ...
@overload
def queue_stats(redis: Client, name: None = None, namespace: str = "") -> dict[str, QueueStats]: ...
def queue_stats(redis: Client, name: str | None = None, namespace: str = "") -> QueueStats | dict[str, QueueStats]:
    """Statistics of one queue, or of all known ones by name.

    Raises:
        ServerUnavailable: Redis does not answer.
        InvalidJob: the name is not valid.
    """
    if name is not None:
        return read_stats(redis, [name], namespace)[name]
    return read_stats(redis, queue_names(redis, namespace), namespace)
