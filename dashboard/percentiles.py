"""Percentiles of times that were counted in buckets."""

from __future__ import annotations

import math
from collections.abc import Iterable

Cumulative = Iterable[tuple[float, int]]


def percentile(cumulative: Cumulative, share: float) -> float | None:
    """Seconds within which a share of the jobs ended; None when none did.

    Within its bucket the times are taken to lie evenly, as Prometheus does it. What lies in the last, open bucket took
    at least the bound returned.

    Args:
        cumulative: (upper bound in seconds, jobs that took at most that), ascending; the last bound may be infinite.
        share: 0 to 1.
    """
    rows = list(cumulative)
    wanted = share * (rows[-1][1] if rows else 0)
    low, below = 0.0, 0
    for high, upto in rows:
        if upto > below and upto >= wanted:
            return low if math.isinf(high) else low + (high - low) * max(0.0, wanted - below) / (upto - below)
        low, below = high, upto
    return None
