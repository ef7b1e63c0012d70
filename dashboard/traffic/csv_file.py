"""The past as a CSV file: everything that is known of each bucket that is drawn."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from dashboard.export.columns import harmless
from dashboard.filters import moment
from dashboard.history.bucket import COUNTS, Bucket
from dashboard.history.history import Past
from dashboard.traffic.measures import SHARES

COLUMNS = (
    "start", "seconds", *COUNTS, *(f"{metric}_highest_minute" for metric in COUNTS),
    "pending", "oldest_pending_seconds",
    *(f"{which}_seconds_{name}" for which in ("wait", "run") for name, _ in SHARES),
    "unread_seconds", "versions_started",
)  # fmt: skip


def as_csv(past: Past) -> str:
    """One row for each bucket, oldest first; what was not read is empty.

    `start` is RFC 3339 in UTC. Counts are of the whole bucket; in one longer than a minute the highest minute stands
    beside them. `unread_seconds` is how much of it was not read, the whole of it where nothing is known.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for start, bucket in past.points:
        versions = [each.version for each in past.deployed if start <= each.at < start + past.seconds]
        writer.writerow([*_row(start, bucket, past.seconds), " ".join(map(harmless, versions))])
    return text.getvalue()


def _row(start: int, bucket: Bucket, seconds: int) -> Iterator[object]:
    when = moment(start)
    yield when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""
    yield seconds
    yield from (bucket.value(metric) for metric in COUNTS)
    yield from (bucket.peak(metric, seconds) if seconds >= 60 else None for metric in COUNTS)
    yield bucket.value("pending")
    yield bucket.value("oldest")
    for which in ("wait", "run"):
        for _, share in SHARES:
            value = bucket.percentile(which, share)
            yield None if value is None else f"{value:.4g}"
    yield bucket.unread if bucket.counted else seconds
