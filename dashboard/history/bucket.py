"""What is kept of one queue over one stretch of time, how stretches are joined, and how they are stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COUNTS = ("enqueued", "succeeded", "failed_attempts", "failed")
LEVELS = ("pending", "oldest")
METRICS = (*COUNTS, *LEVELS)
TIMES = 24
"""Buckets of the histograms of run and wait times: bucket b holds times up to 2^b ms, the last all above."""

Times = tuple[tuple[int, int], ...]
"""(histogram bucket, jobs), without the empty ones."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One stretch of time.

    values: by METRICS, None is what was not read. Counts are of what happened in it; of levels (pending jobs, seconds
    that the longest waiting one had waited) it is the highest.
    run, wait: how many jobs took how long.
    """

    values: tuple[int | None, ...] = (None,) * len(METRICS)
    run: Times = ()
    wait: Times = ()

    def value(self, metric: str) -> int | None:
        """One of METRICS."""
        return self.values[METRICS.index(metric)]

    def percentile(self, which: str, share: float) -> float | None:
        """Seconds within which a share of the jobs ran or waited; None when none did.

        Args:
            which: `run` or `wait`.
            share: 0 to 1.
        """
        times: Times = getattr(self, which)
        total = sum(count for _, count in times)
        if not total:
            return None
        reached = 0
        for bucket, count in times:
            reached += count
            if reached >= share * total:
                return float(2**bucket) / 1000
        return None

    def encoded(self) -> str:
        """As it is stored: a JSON list, without what is missing at its end."""
        flat = [[number for pair in times for number in pair] for times in (self.run, self.wait)]
        values: list[object] = [*self.values, *flat]
        while values and values[-1] in (None, []):
            values.pop()
        return json.dumps(values, separators=(",", ":"))


def decoded(stored: bytes) -> Bucket:
    """The bucket that `encoded` wrote; one that is damaged is one of which nothing is known."""
    try:
        values = json.loads(stored)
        counts = [None if value is None else int(value) for value in values[: len(METRICS)]]
        times = [_pairs(value) for value in values[len(METRICS) : len(METRICS) + 2]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Bucket()
    counts += [None] * (len(METRICS) - len(counts))
    times += [()] * (2 - len(times))
    return Bucket(tuple(counts), times[0], times[1])


def joined(buckets: Iterable[Bucket]) -> Bucket:
    """Several stretches as one: counts are added, of levels the highest is kept; what none knows stays unknown."""
    known = list(buckets)
    counts = (_sum([each.value(metric) for each in known]) for metric in COUNTS)
    levels = (_highest([each.value(metric) for each in known]) for metric in LEVELS)
    return _bucket((*counts, *levels), known)


def together(buckets: Sequence[Bucket]) -> Bucket:
    """The same stretch of several queues as one: as `joined`, but pending jobs are added."""
    added = (_sum([each.value(metric) for each in buckets]) for metric in (*COUNTS, "pending"))
    return _bucket((*added, _highest([each.value("oldest") for each in buckets])), buckets)


def _bucket(values: tuple[int | None, ...], of: Sequence[Bucket]) -> Bucket:
    return Bucket(values, _added([each.run for each in of]), _added([each.wait for each in of]))


def _pairs(flat: Sequence[int]) -> Times:
    numbers = [int(each) for each in flat]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _highest(values: Sequence[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _added(histograms: Sequence[Times]) -> Times:
    totals: dict[int, int] = {}
    for times in histograms:
        for bucket, count in times:
            totals[bucket] = totals.get(bucket, 0) + count
    return tuple(sorted(totals.items()))
