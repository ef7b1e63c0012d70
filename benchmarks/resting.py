"""The pauses of benchmarks, such as those after which a page shares no reading with the one before."""

from __future__ import annotations

import os
import time

SHARE = float(os.environ.get("BENCH_REST", "1"))
"""Of every pause; with less than 1 a run is quick, and what it says of costs and of idle time means little."""


def rest(seconds: float) -> None:
    """Let so many seconds pass."""
    time.sleep(seconds * SHARE)
