"""How long the demo's work takes."""

from __future__ import annotations

import time


class Pace:
    """`factor` stretches every duration; 0 makes the work immediate."""

    factor: float = 1.0


def work(seconds: float) -> None:
    """Be busy for a while, as a network or a processor would make it."""
    if Pace.factor:
        time.sleep(seconds * Pace.factor)
