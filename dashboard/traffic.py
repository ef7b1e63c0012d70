"""The time range of charts, and the series they show."""

from __future__ import annotations

from dashboard.adapters.contract import AdapterError, Series
from dashboard.language import gettext
from dashboard.services import Services
from dashboard.web import notice

RANGES = {"15m": 15, "1h": 60, "6h": 360, "24h": 1440}
METRICS = ("enqueued", "succeeded", "failed_attempts", "failed", "pending", "processing")
MOST_POINTS = 120


def range_minutes(text: str) -> tuple[int, str]:
    """Minutes of a range, and its name; one that is not known is one hour, and a notice says so."""
    if text and text not in RANGES:
        known = ", ".join(RANGES)
        notice(
            gettext(
                "range %(text)s is not known, so 1h is shown; there are %(known)s.", text=repr(text[:20]), known=known
            )
        )
    name = text if text in RANGES else "1h"
    return RANGES[name], name


def read_series(bundle: Services, minutes: int, source: str = "", queue: str = "") -> dict[str, Series] | None:
    """Every metric's series, without points where none is kept; None when no source answers, so that charts say so."""
    try:
        found = bundle.sources.series(minutes, source, queue)
    except AdapterError:
        return None
    return {name: _thinned(found.get(name, Series(name, ()))) for name in METRICS}


def _thinned(series: Series) -> Series:
    """At most 120 points: each keeps the highest of its minutes, so that spikes survive; the last stays alone."""
    size = -(-len(series.points) // MOST_POINTS)
    if size <= 1:
        return series
    points = list(series.points)
    last = points.pop()
    kept = []
    for start in range(0, len(points), size):
        chunk = points[start : start + size]
        known = [value for _, value in chunk if value is not None]
        kept.append((chunk[0][0], max(known) if known else None))
    return Series(series.metric, (*kept, last))
