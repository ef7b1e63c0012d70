"""Charts of single measures: what is counted, and how long jobs waited and ran."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from dashboard.alerts.records import Rule
from dashboard.charts.chart import Chart, Column, Limit, Track
from dashboard.charts.drawing import Value
from dashboard.durations import run_time
from dashboard.filters import rate
from dashboard.history.bucket import TIMES, Bucket
from dashboard.history.history import Past
from dashboard.history.versions import Deployment
from dashboard.language import gettext, number
from dashboard.limits import wait_limit_words
from dashboard.traffic.ranges import Range

IDLE = "~"
OPEN = 2 ** (TIMES - 2) / 1000
"""Seconds from which on times lie in the last bucket, of which no more is known."""
SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


def counted(
    past: Past, shown: Range, metric: str, title: str, *, kind: Literal["line", "bar"] = "line", cls: str = ""
) -> Chart:
    """What happened, per minute or per ten seconds; of longer buckets the highest minute."""
    values = [bucket.peak(metric, past.seconds) for _, bucket in past.points]
    sums = [bucket.value(metric) for _, bucket in past.points]
    whole = past.whole.value(metric)
    columns = [
        Column("" if past.seconds <= 60 else gettext("highest minute"), [_text(value, rate) for value in values])
    ]
    if past.seconds > 60:
        columns.append(Column(gettext("in all"), [_text(value, number) for value in sums]))
    return Chart(
        f"chart-{metric.replace('_', '-')}",
        title,
        shown.unit,
        past.points[0][0],
        past.seconds,
        (Track(values, kind=kind, cls=cls),),
        tuple(columns),
        rate,
        incomplete=incomplete(past),
        marks=marks(past.deployed),
        foot="" if whole is None else gettext("%(count)s in the whole range", count=number(whole)),
    )


def waited(past: Past, rule: Rule | None) -> Chart:
    """How long jobs had waited when they started, and over it how long the oldest one that still waits has waited."""
    oldest = [_oldest(bucket) for _, bucket in past.points]
    tracks = (
        Track(_share(past, "wait", 0.95), "p95", limited=False),
        Track(oldest, gettext("oldest waiting"), cls="two", area=False),
    )
    limit = None if rule is None else Limit(rule.above, wait_limit_words(rule))
    last = Column(gettext("oldest waiting"), [_text(value, run_time) for value in oldest], gettext("Oldest waiting"))
    return _timed(
        past, "wait", gettext("Wait"), gettext("p95, and the oldest waiting"), tracks=tracks, more=(last,), limit=limit
    )


def ran(past: Past) -> Chart:
    """How long jobs ran that succeeded."""
    tracks = (
        Track(_share(past, "run", 0.95), "p95", cls="two", area=False),
        Track(_share(past, "run", 0.5), "p50"),
    )
    return _timed(past, "run", gettext("Run time"), gettext("p50 and p95"), tracks=tracks)


def incomplete(past: Past) -> frozenset[int]:
    """Buckets that were not read to their end: the running one, and those in which the collector was silent."""
    last = len(past.points) - 1
    return frozenset(index for index, (_, bucket) in enumerate(past.points) if bucket.unread or index == last)


def marks(deployed: Sequence[Deployment]) -> tuple[tuple[float, str], ...]:
    """New versions."""
    return tuple((each.at, each.version) for each in deployed)


def time_words(seconds: float | None) -> str:
    """A time out of the histograms."""
    if seconds is not None and seconds >= OPEN:
        return gettext("over %(time)s", time=run_time(OPEN))
    return run_time(seconds)


def percentiles(bucket: Bucket, which: str) -> str:
    """`p50 20ms, p95 1.1s, p99 4s`; empty when no job ended."""
    known = [(name, bucket.percentile(which, share)) for name, share in SHARES]
    return ", ".join(f"{name} {time_words(value)}" for name, value in known if value is not None)


def _timed(
    past: Past,
    which: str,
    title: str,
    unit: str,
    *,
    tracks: tuple[Track, ...],
    more: tuple[Column, ...] = (),
    limit: Limit | None = None,
) -> Chart:
    idle = frozenset(
        index for index, (_, bucket) in enumerate(past.points) if bucket.counted and not getattr(bucket, which)
    )
    columns = [
        Column(name, [IDLE if index in idle else _text(value, time_words) for index, value in enumerate(values)])
        for name, values in ((name, _share(past, which, share)) for name, share in SHARES)
    ]
    whole = percentiles(past.whole, which)
    return Chart(
        f"chart-{which}",
        title,
        unit,
        past.points[0][0],
        past.seconds,
        tracks,
        (*columns, *more),
        time_words,
        incomplete=incomplete(past),
        idle=idle,
        marks=marks(past.deployed),
        limit=limit,
        foot=gettext("%(percentiles)s in the whole range", percentiles=whole) if whole else "",
        seconds=True,
    )


def _share(past: Past, which: str, share: float) -> list[Value]:
    return [bucket.percentile(which, share) for _, bucket in past.points]


def _oldest(bucket: Bucket) -> float | None:
    """Where nothing waits, nothing waits long."""
    oldest = bucket.value("oldest")
    return 0.0 if oldest is None and bucket.value("pending") == 0 else oldest


def _text(value: Value, say: Callable[[float], str]) -> str:
    return "" if value is None else say(value)
