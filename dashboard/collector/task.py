"""One thing the leading collector does again and again, in a thread of its own."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import structlog

from dashboard.collector.lease import Lease
from dashboard.store import Fence, StaleLeader

LONGEST_BACKOFF = 15.0

log = structlog.get_logger("redrive.collector")


class Task:
    """Calls a function while this collector leads.

    Args:
        name: for the log.
        every: seconds between two calls.
        work: is given the proof of leading; True means there is more to do at once. What it raises is logged once
            when it begins and once when it is over, and the calls become rarer meanwhile.
    """

    def __init__(self, name: str, every: float, work: Callable[[Fence], bool]) -> None:
        self.name = name
        self._every = every
        self._work = work
        self._failures = 0
        self._trouble = ""

    def run(self, lease: Lease, stop: threading.Event) -> None:
        """Go on until `stop` is set."""
        while not stop.is_set():
            fence = lease.fence()
            more = self.once(fence) if fence else False
            if not more:
                stop.wait(self.pause())

    def once(self, fence: Fence) -> bool:
        """One call; whether there is more to do at once."""
        try:
            more = self._work(fence)
        except StaleLeader:
            log.info(f"{self.name}: refused, another collector leads by now")
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the collector goes on, and it is logged
            self._failed(error)
            return False
        self._worked()
        return more

    def pause(self) -> float:
        """Seconds until the next call: the usual ones, doubled with each failure up to 15, with jitter."""
        if not self._failures:
            return self._every
        longest = max(LONGEST_BACKOFF, self._every)
        backoff: float = min(longest, max(self._every, 0.5) * 2 ** min(self._failures, 8))
        return backoff * random.uniform(0.5, 1.0)

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        trouble = type(error).__name__
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning(f"{self.name}: does not work, goes on trying", error=str(error), kind=trouble)

    def _worked(self) -> None:
        if self._trouble:
            log.info(f"{self.name}: works again", failures=self._failures)
        self._failures, self._trouble = 0, ""
