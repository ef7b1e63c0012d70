"""What is kept of one queue over one stretch of time, how stretches are joined, and how they are stored."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.percentiles import percentile

COUNTS = ("enqueued", "succeeded", "failed_attempts", "failed")
LEVELS = (
    "pending", "oldest", "dead_letters", "no_workers", "stalled", "schedules_late", "new_groups", "redis_memory",
    "redis_eviction", "source_down",
)  # fmt: skip
"""How a queue stands; the last three only of sources as a whole. `redis_memory` is in hundredths of a percent."""
METRICS = (*COUNTS, *LEVELS)
UNTOLD = -1
"""A level that was asked for, and that the product does not tell, or that there is nothing to judge by."""
TIMES = 24
"""Buckets of the histograms of run and wait times: bucket b holds times up to 2^b ms, the last all above."""
MINUTE = 60
_FIRST = 6
"""Values that every stored bucket has; further ones follow as far as they are known, before the lists."""
_ADDED_OVER_TIME = frozenset({*COUNTS, "new_groups"})
_ADDED_OVER_QUEUES = _ADDED_OVER_TIME | {"pending", "dead_letters", "no_workers", "stalled", "schedules_late"}

Times = tuple[tuple[int, int], ...]
"""(histogram bucket, jobs), without the empty ones."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One stretch of time.

    values: by METRICS, None is what was not read, and what is missing at the end; UNTOLD what is not to be had. Counts
    are of what happened in it, and so are new error groups; of levels it is the highest.
    run, wait: how many jobs took how long.
    peaks: by COUNTS the highest minute in it, empty in stretches that are not longer than a minute.
    unread: seconds of it in which nothing was read, so that the counts may be too low.
    """

    values: tuple[int | None, ...] = (None,) * len(METRICS)
    run: Times = ()
    wait: Times = ()
    peaks: tuple[int | None, ...] = ()
    unread: int = 0

    def value(self, metric: str) -> int | None:
        """One of METRICS."""
        at = METRICS.index(metric)
        return self.values[at] if at < len(self.values) else None

    def peak(self, metric: str, seconds: int) -> int | None:
        """The highest minute of one of COUNTS; the mean, rounded up, where only the whole is known.

        Args:
            seconds: length of this bucket; up to a minute its count is the peak.
        """
        peak = self.peaks[COUNTS.index(metric)] if self.peaks else None
        if peak is not None:
            return peak
        value = self.value(metric)
        return value if value is None or seconds <= MINUTE else math.ceil(value * MINUTE / seconds)

    @property
    def read(self) -> bool:
        """Whether anything was read; of a source that did not answer nothing is known but that."""
        return any(value is not None for value in self.values[: METRICS.index("source_down")])

    def standing(self, levels: Mapping[str, int | None]) -> Bucket:
        """The same with other values of some LEVELS."""
        values = (levels[metric] if metric in levels else self.value(metric) for metric in METRICS)
        return replace(self, values=tuple(values))

    @property
    def counted(self) -> bool:
        """Whether anything is known of what happened in it."""
        return any(value is not None for value in self.values[: len(COUNTS)])

    def percentile(self, which: str, share: float) -> float | None:
        """Seconds within which a share of the jobs ran or waited, estimated within a bucket; None when none did.

        Args:
            which: `run` or `wait`.
            share: 0 to 1.
        """
        return percentile(_cumulative(getattr(self, which)), share)

    def encoded(self) -> str:
        """As it is stored: a JSON list, without what is missing at its end."""
        flat = [[number for pair in times for number in pair] for times in (self.run, self.wait)]
        first = (*self.values[:_FIRST], *(None,) * (_FIRST - len(self.values)))
        values = [*first, *_cut(self.values[_FIRST:]), *_cut([*flat, list(self.peaks), self.unread or None])]
        return json.dumps(_cut(values), separators=(",", ":"))


NOTHING = Bucket()


def decoded(stored: bytes) -> Bucket:
    """The bucket that `encoded` wrote; one that is damaged is one of which nothing is known."""
    try:
        read = json.loads(stored)
        lists = next((at for at, value in enumerate(read) if type(value) is list), len(read))
        values, rest = _numbers(read[: min(lists, len(METRICS))]), read[lists:]
        more = len(rest)
        run = _pairs(rest[0]) if more > 0 else ()
        wait = _pairs(rest[1]) if more > 1 else ()
        peaks = _numbers(rest[2]) if more > 2 else ()
        unread = _numbers(rest[3:4]) if more > 3 else (0,)
    except (ValueError, TypeError, KeyError, RecursionError):
        return NOTHING
    known = (*values, *(None,) * (len(METRICS) - len(values)))
    return Bucket(known, run, wait, peaks if len(peaks) == len(COUNTS) else (), unread[0] or 0)


def joined(buckets: Iterable[Bucket], seconds: int = 10, whole: int = 0) -> Bucket:
    """Several stretches as one: counts and new groups are added, of levels the highest is kept; what none knows stays
    unknown.

    Args:
        buckets: stretches of one length.
        seconds: that length. Of stretches of a minute or more the highest minute is kept too.
        whole: how many stretches there should be; those that are not there were not read.
    """
    known = [each for each in buckets if each != NOTHING]
    values = tuple((_sum if metric in _ADDED_OVER_TIME else _highest)(known, metric) for metric in METRICS)
    peaks: tuple[int | None, ...] = ()
    if seconds >= MINUTE:
        peaks = tuple(_most(each.peak(metric, seconds) for each in known) for metric in COUNTS)
    unread = sum(max(each.unread, 0 if each.counted else seconds) for each in known)
    unread += seconds * max(0, whole - len(known)) if known else 0
    return _bucket(values, known, peaks if any(peak is not None for peak in peaks) else (), unread)


def together(buckets: Sequence[Bucket]) -> Bucket:
    """The same stretch of several queues as one: as `joined`, but pending jobs and whatever else is counted are added.

    Their highest minutes are added too, though they may not have been the same one: it was that much at most.
    """
    known = [each for each in buckets if each != NOTHING]
    if len(known) == 1:
        return known[0]
    values = tuple((_sum if metric in _ADDED_OVER_QUEUES else _highest)(known, metric) for metric in METRICS)
    peaks: tuple[int | None, ...] = ()
    if any(each.peaks for each in known):
        rows = [each.peaks or (None,) * len(COUNTS) for each in known]
        peaks = tuple(_added_up(column) for column in zip(*rows, strict=True))
    return _bucket(values, known, peaks, max((each.unread for each in known), default=0))


def _bucket(values: tuple[int | None, ...], of: Sequence[Bucket], peaks: tuple[int | None, ...], unread: int) -> Bucket:
    return Bucket(values, _added([each.run for each in of]), _added([each.wait for each in of]), peaks, unread)


def _cumulative(times: Times) -> Iterator[tuple[float, int]]:
    """As `percentile` takes it: before each bucket that is not empty its lower bound."""
    total = 0
    for bucket, count in times:
        yield (2 ** (bucket - 1) / 1000 if bucket else 0.0), total
        total += count
        yield (math.inf if bucket == TIMES - 1 else 2**bucket / 1000), total


def _numbers(values: Sequence[int | None]) -> tuple[int | None, ...]:
    """Whole numbers or nothing, as they were written; thousands are read for one chart, so nothing is converted."""
    if not set(map(type, values)) <= {int, type(None)}:
        raise TypeError("not what was written")
    return tuple(values)


def _pairs(flat: Sequence[int]) -> Times:
    if not set(map(type, flat)) <= {int}:
        raise TypeError("not what was written")
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _added_up(values: Iterable[int | None]) -> int | None:
    """The sum of what is told."""
    known = [value for value in values if value is not None]
    told = [value for value in known if value != UNTOLD]
    return sum(told) if told else (UNTOLD if known else None)


def _cut(values: Sequence[Any]) -> list[Any]:
    """Without what is missing at the end."""
    known = list(values)
    while known and known[-1] in (None, []):
        known.pop()
    return known


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _sum(buckets: Sequence[Bucket], metric: str) -> int | None:
    return _added_up(each.value(metric) for each in buckets)


def _highest(buckets: Sequence[Bucket], metric: str) -> int | None:
    return _most(each.value(metric) for each in buckets)


def _added(histograms: Sequence[Times]) -> Times:
    totals: dict[int, int] = {}
    for times in histograms:
        for bucket, count in times:
            totals[bucket] = totals.get(bucket, 0) + count
    return tuple(sorted(totals.items()))
