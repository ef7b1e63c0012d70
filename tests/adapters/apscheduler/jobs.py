"""What the jobs of the tests run; a scheduler in the tests' own process finds it by its name."""

from __future__ import annotations

import threading
from collections import Counter

RUNS: Counter[str] = Counter()
CHANGED = threading.Condition()


def note(what: str) -> None:
    """Count one run."""
    with CHANGED:
        RUNS[what] += 1
        CHANGED.notify_all()


def wait_for(what: str, runs: int, *, seconds: float = 30) -> bool:
    """Return when something ran so often in all, False when it did not in time."""
    with CHANGED:
        return CHANGED.wait_for(lambda: RUNS[what] >= runs, seconds)
