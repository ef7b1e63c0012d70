"""When the dead letters of a group arrived, what was deployed meanwhile, and whether they still do."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import ErrorGroup, Worker
from dashboard.charts.chart import Chart, Column, Track
from dashboard.durations import length
from dashboard.filters import clock, moment
from dashboard.language import N_, gettext, number

HOUR = 3_600
HOURS = 24
RECENT_MINUTES = 5
"""Over how long the rate of arrival is taken."""
STILL_SECONDS = 60
MOST_MARKS = 4
_ALL_DAY = N_(
    "Dead letters per hour over the last 24 hours: %(count)s in all, most (%(peak)s) in the hour from %(peak_at)s,"
    " %(last)s in the last hour."
)
_SINCE_THEN = N_(
    "Dead letters per hour over the last 24 hours: %(count)s in all, none before %(first)s, most (%(peak)s) in the"
    " hour from %(peak_at)s, %(last)s in the last hour."
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A version that came into use: `at` in unix seconds, `what` says how that is known."""

    at: float
    version: str
    what: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Dead letters of the last 24 hours by hour, oldest first, as (unix seconds of the hour's start, count)."""

    points: tuple[tuple[int, int], ...]
    marks: tuple[Mark, ...]
    per_minute: float
    first_seen: float
    last_seen: float
    growing: bool

    @property
    def count(self) -> int:
        """Dead letters in these hours."""
        return sum(count for _, count in self.points)

    @property
    def recent(self) -> int:
        """Dead letters of the last five minutes."""
        return round(self.per_minute * RECENT_MINUTES)


def arrivals(rows: Sequence[ErrorGroup], workers: Iterable[Worker], now: float) -> Arrivals:
    """Arrivals of a group over all queues it occurs in.

    Args:
        rows: the group in each queue, at least one.
        workers: of all sources; those that serve the queues tell of deployments.
        now: unix seconds.
    """
    trend = summed(rows)
    start = math.ceil(now) - HOURS * HOUR
    return Arrivals(
        tuple((start + hour * HOUR, count) for hour, count in enumerate(trend)),
        marks(rows, workers, now),
        sum(row.per_minute for row in rows),
        min(row.first_seen for row in rows),
        max(row.last_seen for row in rows),
        growing(trend),
    )


def summed(rows: Sequence[ErrorGroup]) -> list[int]:
    """The 24 hourly counts of several rows together, oldest first."""
    trends = [row.trend for row in rows if len(row.trend) == HOURS]
    return [sum(hours) for hours in zip(*trends, strict=True)] or [0] * HOURS


def growing(trend: Sequence[int]) -> bool:
    """Whether the last hour exceeds three times the day's mean: an error that grows, not one that is merely there."""
    return len(trend) > 1 and trend[-1] > 3 * max(sum(trend[:-1]) / (len(trend) - 1), 1)


def marks(rows: Sequence[ErrorGroup], workers: Iterable[Worker], now: float) -> tuple[Mark, ...]:
    """The latest versions that came into use within the 24 hours, oldest first: a worker started, or a job failed.

    The version that was there before these hours is no mark.
    """
    first: dict[str, Mark] = {}
    for mark in (*_started(rows, workers), *_failed(rows)):
        if mark.version not in first or mark.at < first[mark.version].at:
            first[mark.version] = mark
    recent = sorted((mark for mark in first.values() if now - HOURS * HOUR < mark.at <= now), key=lambda mark: mark.at)
    return tuple(recent[-MOST_MARKS:])


def _started(rows: Sequence[ErrorGroup], workers: Iterable[Worker]) -> Iterable[Mark]:
    for worker in serving(rows, workers):
        if worker.version and worker.started_at is not None:
            yield Mark(worker.started_at, worker.version, N_("a worker started"))


def _failed(rows: Sequence[ErrorGroup]) -> Iterable[Mark]:
    for row in rows:
        for version, at in row.versions:
            yield Mark(at, version, N_("first failed here"))


def serving(rows: Sequence[ErrorGroup], workers: Iterable[Worker]) -> list[Worker]:
    """The workers that serve a queue of the group and are not lost."""
    places = {(row.source, row.queue) for row in rows}
    return [w for w in workers if not w.lost and any((w.source, queue) in places for queue in w.queues)]


def still_happening(found: Arrivals, now: float) -> bool:
    """Whether the last one came within a minute."""
    return now - found.last_seen <= STILL_SECONDS


def pace_words(found: Arrivals, now: float) -> str:
    """Whether it still happens: `Still happening: 135 in 5 min`, `43 in 5 min, none for 3 min`, `Quiet for 3 h`."""
    recent = {"num": number(found.recent), "minutes": RECENT_MINUTES}
    if still_happening(found, now):
        return gettext("Still happening: %(num)s in %(minutes)s min", **recent)
    quiet = length(now - found.last_seen)
    if found.recent:
        return gettext("%(num)s in %(minutes)s min, none for %(time)s", **recent, time=quiet)
    return gettext("Quiet for %(time)s", time=quiet)


def described(found: Arrivals) -> str:
    """What the chart shows, in words made from its data."""
    if not found.count:
        last = _clock(found.last_seen)
        return gettext("Dead letters per hour over the last 24 hours: none; the last one came %(time)s.", time=last)
    peak_at, peak = max(found.points, key=lambda point: point[1])
    first = next(at for at, count in found.points if count)
    values = {
        "count": number(found.count), "first": _clock(first), "peak": number(peak), "peak_at": _clock(peak_at),
        "last": number(found.points[-1][1]),
    }  # fmt: skip
    words = gettext(_SINCE_THEN if first > found.points[0][0] else _ALL_DAY, **values)
    told = (gettext("%(version)s from %(time)s.", version=mark.version, time=_clock(mark.at)) for mark in found.marks)
    return " ".join((words, *told))


def chart(found: Arrivals) -> Chart:
    """The points as bars, with the versions that came into use."""
    counts = [float(count) for _, count in found.points]
    return Chart(
        "chart-arrivals",
        gettext("Dead letters"),
        gettext("per hour"),
        found.points[0][0],
        HOUR,
        (Track(counts, kind="bar", cls="bad" if found.growing else ""),),
        (Column("", [number(count) for count in counts]),),
        number,
        marks=tuple((mark.at, mark.version) for mark in found.marks),
        now="",
        words=described(found),
    )


def as_csv(found: Arrivals) -> str:
    """The points as CSV: hour_start (RFC 3339 UTC), dead_letters, versions that came into use in that hour."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("hour_start", "dead_letters", "versions_started"))
    for at, count in found.points:
        when = moment(at)
        versions = " ".join(_harmless(mark.version) for mark in found.marks if at <= mark.at < at + HOUR)
        writer.writerow((when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else "", count, versions))
    return text.getvalue()


def _harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _clock(at: float) -> str:
    return clock(at, seconds=False) if moment(at) else gettext("at an unknown time")
